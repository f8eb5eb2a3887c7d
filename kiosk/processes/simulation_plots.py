"""The plots of ``main.py simulate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from kiosk.queueing.simulation.study import ESTIMATES, Promise, Study, mean_error

_COLOURS = ("#0b5394", "#c05621", "#2f855a", "#b7791f", "#6b46c1", "#718096")
_DOTS = 150


def draw(studies: Sequence[Study], judged: Sequence[Promise], folder: Path) -> list[Path]:
    """Write all plots as PNG and return their files. Raises ``OSError`` if a file cannot be written."""
    with plt.rc_context({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False}):
        files = [_waits(studies, folder / "waiting-times.png")]
        if judged:
            files.append(_errors(judged, folder / "estimate-error.png"))
            files.append(_kept(judged, folder / "estimate-kept.png"))
    return files


def _waits(studies: Sequence[Study], file: Path) -> Path:
    """Which share waited longer than so many minutes."""
    figure, axes = plt.subplots(1, 2, figsize=(12, 5), sharey=True, layout="constrained")
    longest = 0.0
    for one_axes, priority, title in zip(
        axes, (False, True), ("Ordinary citizens", "Priority citizens"), strict=True
    ):
        for one, colour in zip(studies, _COLOURS, strict=False):
            waits = sorted(one.waits(priority=priority))
            if not waits:
                continue
            longest = max(longest, waits[int(0.99 * (len(waits) - 1))])
            shares = [100 * (1 - (place + 1) / len(waits)) for place in range(len(waits))]
            label = f"{one.kind.replace('_', ' ')} (mean {fmean(waits):.0f} min)"
            one_axes.plot(waits, shares, color=colour, label=label, linewidth=1.8)
        one_axes.set_title(title)
        one_axes.set_xlabel("minutes from taking the number to the first call")
        one_axes.grid(alpha=0.3)
        one_axes.legend(title="discipline", frameon=False)
    for one_axes in axes:
        one_axes.set_xlim(0, longest or 1)
        one_axes.set_ylim(0, 100)
    axes[0].set_ylabel("% who waited longer")
    figure.suptitle("Waiting time by discipline, the same simulated days")
    return _written(figure, file)


def _errors(judged: Sequence[Promise], file: Path) -> Path:
    """Mean error of each estimate by the hour at which the number was taken."""
    figure, axes = plt.subplots(figsize=(12, 6.5), layout="constrained")
    by_hour = {hour: [one for one in judged if one.at.hour == hour] for hour in range(24)}
    hours = [hour for hour, promises in by_hour.items() if len(promises) >= 10]
    width = 0.8 / len(ESTIMATES)
    for place, (name, colour) in enumerate(zip(ESTIMATES, _COLOURS, strict=True)):
        errors = [mean_error(by_hour[hour], name) for hour in hours]
        label = f"{name} (all day {mean_error(judged, name):.1f} min)"
        middles = [index + (place - (len(ESTIMATES) - 1) / 2) * width for index in range(len(hours))]
        axes.bar(middles, errors, width, color=colour, label=label)
    axes.set_xticks(
        range(len(hours)), [f"{hour:02d}–{hour + 1:02d} h\n{len(by_hour[hour])}" for hour in hours]
    )
    axes.set_xlabel("hour at which the number was taken, and how many")
    axes.set_ylabel("mean absolute error, minutes")
    axes.set_title("How far foretold waits were from the real ones")
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False, loc="upper right")
    axes.set_ylim(0, 1.5 * axes.get_ylim()[1])  # room for the legend
    return _written(figure, file)


def _kept(judged: Sequence[Promise], file: Path) -> Path:
    """Foretold against real waits, and how often the upper figure was kept."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5.5), layout="constrained")
    pairs = [(one.wait.median or 0.0, one.actual) for one in judged]
    most = sorted(max(pair) for pair in pairs)[int(0.98 * (len(pairs) - 1))]
    left.scatter(*zip(*pairs, strict=True), s=8, alpha=0.35, color=_COLOURS[0], linewidths=0)
    left.plot([0, most], [0, most], color="#1a202c", linewidth=1)
    left.set_xlim(0, most)
    left.set_ylim(0, most)
    left.set_xlabel("foretold median, minutes")
    left.set_ylabel("real wait, minutes")
    left.set_title("Each dot one citizen")
    left.grid(alpha=0.3)
    edges = [(0, 5), (5, 15), (15, 30), (30, 60), (60, 120), (120, 10_000)]
    groups = [
        (low, high, [one for one in judged if low <= (one.wait.median or 0) < high]) for low, high in edges
    ]
    groups = [group for group in groups if len(group[2]) >= 10]
    shares = [100 * fmean(one.kept_upper for one in group) for _, _, group in groups]
    bars = right.bar(range(len(groups)), shares, color=_COLOURS[0], width=0.6)
    right.bar_label(bars, [f"{share:.0f} %" for share in shares], label_type="center", color="white")
    right.axhline(90, color=_COLOURS[1], linewidth=1.5, linestyle="--", label="promised: 90 %")
    names = [f"{low}–{high}" if high < 10_000 else f"over {low}" for low, high, _ in groups]
    right.set_xticks(
        range(len(groups)), [f"{name}\n{len(group[2])}" for name, group in zip(names, groups, strict=True)]
    )
    right.set_xlabel("foretold median in minutes, and how many citizens")
    right.set_ylabel("% not longer than the upper figure told")
    right.set_ylim(0, 112)
    right.set_title("Were the promises kept?")
    right.legend(frameon=False, loc="upper left", borderaxespad=0)
    right.set_yticks(range(0, 101, 20))
    return _written(figure, file)


def _written(figure: Figure, file: Path) -> Path:
    try:
        figure.savefig(file, dpi=_DOTS)
    finally:
        plt.close(figure)
    return file
