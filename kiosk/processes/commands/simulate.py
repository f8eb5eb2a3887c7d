"""``main.py simulate``: a simulated lobby compares disciplines and judges the estimate of the wait."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, quantiles
from typing import TYPE_CHECKING, Any

from kiosk.processes.commands.options import CommandError

if TYPE_CHECKING:
    from kiosk.queueing.simulation.study import Promise, Study
    from kiosk.queueing.simulation.world import World

DISCIPLINES = ("fair", "first_come", "strict", "ratio")
WORLDS = ("usual", "calm", "heavy-tails", "closures")


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "simulate",
        help="try disciplines and the estimate of the wait in a simulated lobby",
        description="Simulates days of a lobby with the rules of this kiosk: who waits how long under each "
        "discipline, and how far the foretold waits were from the real ones. The same seed gives the same "
        "days. The first days are learnt from and not judged. What the simulated world assumes stands in "
        "kiosk/queueing/simulation/world.py.",
    )
    parser.add_argument("--days", type=int, default=20, help="simulated working days (default: 20)")
    parser.add_argument("--seed", type=int, default=1, help="number that chooses the days (default: 1)")
    parser.add_argument("--counters", type=int, default=4, help="counters of the lobby (default: 4)")
    parser.add_argument(
        "--arrivals", type=float, default=140, metavar="N", help="citizens a day (default: 140)"
    )
    parser.add_argument(
        "--disciplines",
        default=",".join(DISCIPLINES),
        metavar="NAMES",
        help=f"with commas between, the first with estimates (default: {','.join(DISCIPLINES)})",
    )
    parser.add_argument("--world", choices=WORLDS, default="usual", help="how unruly it is (default: usual)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the plots (default: none are drawn)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Simulate, print the tables and draw the plots."""
    from kiosk.queueing.simulation import study

    kinds = [kind.strip() for kind in args.disciplines.split(",") if kind.strip()]
    unknown = [kind for kind in kinds if kind not in DISCIPLINES]
    if unknown or not kinds:
        raise CommandError(f"disciplines are {', '.join(DISCIPLINES)}; not {', '.join(unknown) or 'none'}")
    if args.days < 2 or args.counters < 1 or args.arrivals <= 0:
        raise CommandError("at least 2 days, 1 counter and some citizens are needed")
    world = _world(args)
    studies = []
    for number, kind in enumerate(kinds):
        print(f"simulating {args.days} days, {kind} …", flush=True)
        studies.append(study.run(world, kind, args.days, args.seed, foretell=number == 0))
    learnt_from = min(5, args.days // 2)
    judged = [promise for promise in studies[0].promises if promise.day >= learnt_from]
    _print_disciplines(studies)
    if judged:
        _print_estimates(judged, kinds[0], learnt_from)
    if args.out is not None:
        from kiosk.processes.simulation_plots import draw

        try:
            args.out.mkdir(parents=True, exist_ok=True)
            files = draw(studies, judged, args.out)
        except OSError as error:
            raise CommandError(f"plots cannot be written to {args.out}: {error.strerror}") from error
        print("\nPlots: " + ", ".join(str(file) for file in files))
    return 0


def _world(args: argparse.Namespace) -> World:
    from kiosk.queueing.simulation.world import World, calm, heavy_tails, sudden_closures

    unruly: dict[str, Callable[[World], World]] = {
        "usual": lambda world: world,
        "calm": calm,
        "heavy-tails": heavy_tails,
        "closures": sudden_closures,
    }
    return unruly[args.world](World(counters=args.counters, arrivals_per_day=args.arrivals))


def _print_disciplines(studies: Sequence[Study]) -> None:
    print("\nMinutes to the first call, by discipline")
    print(f"{'':12} {'ordinary':^23} {'priority':^23} {'overtaken':>9} {'counters':>9} {'served':>7}")
    columns = f"{'mean':>7} {'90 %':>7} {'longest':>7}"
    print(f"{'':12} {columns} {columns} {'at most':>9} {'busy':>9} {'':>7}")
    for one in studies:
        figures = " ".join(_figures(one.waits(priority=priority)) for priority in (False, True))
        visits = [visit for day in one.days for visit in day.visits]
        most = max((visit.overtaken for visit in visits), default=0)
        served = fmean(visit.outcome == "completed" for visit in visits)
        print(f"{one.kind:12} {figures} {most:>9} {one.utilisation:>9.0%} {served:>7.0%}")


def _figures(waits: Sequence[float]) -> str:
    if len(waits) < 2:
        return " ".join(["      –"] * 3)
    return f"{fmean(waits):7.1f} {quantiles(waits, n=10)[-1]:7.1f} {max(waits):7.1f}"


def _print_estimates(judged: Sequence[Promise], kind: str, learnt_from: int) -> None:
    from kiosk.queueing.simulation.study import AHEAD, ESTIMATES, OURS, mean_error, mean_lateness

    print(f"\nForetold when the number was taken ({kind}, {len(judged)} waits after {learnt_from} days)")
    print(f"{'':58} {'mean error':>10} {'later than told':>16}")
    for name in ESTIMATES:
        error, late = mean_error(judged, name), mean_lateness(judged, name)
        print(f"{name:58} {error:6.1f} min {late:+12.1f} min")
    ratio = mean_error(judged, OURS) / mean_error(judged, AHEAD)
    print(f"\n{OURS} ÷ {AHEAD}: {ratio:.2f}")
    print(f"not longer than the 90 % time:            {fmean(one.kept_p90 for one in judged):.1%}")
    print(f"not longer than the upper figure told:    {fmean(one.kept_upper for one in judged):.1%}")
    print(f"between the two figures told:             {fmean(one.in_range for one in judged):.1%}")
