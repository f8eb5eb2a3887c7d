"""``main.py languages``: what is missing, stale, unconfirmed, too long or not recorded in a language."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from kiosk.processes import configured_texts
from kiosk.processes.commands.options import CommandError
from kiosk.processes.recordings import ManifestError, fault, read_manifest

VOICES = Path(__file__).resolve().parents[3] / "media" / "voice"
CONFIG = Path("config")
SHOWN = 5
SOURCE, KIOSK, VOICE = "vi", "citizen", "voice"


class Finding(Protocol):
    """One fault of a language, as ``screens.locale.checking`` tells it."""

    @property
    def part(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def fault(self) -> str: ...
    @property
    def detail(self) -> str: ...


class Whole(Protocol):
    """Which screens a language has whole, as ``screens.locale.whole`` tells it."""

    @property
    def total(self) -> int: ...
    @property
    def confirmed(self) -> Sequence[str]: ...
    @property
    def drafted(self) -> Sequence[str]: ...


class Tools(Protocol):
    """What the screens know of their words; given by ``bootstrap``, which may import them."""

    def tags(self) -> Sequence[str]: ...
    def name(self, tag: str) -> str: ...
    def total(self) -> int: ...
    def texts(self, tag: str) -> Sequence[Finding]: ...
    def whole(self, tag: str) -> Whole: ...
    def lengths(self, tag: str, size: tuple[int, int], inches: float) -> Sequence[Finding]: ...
    def update(self, tag: str) -> Sequence[str]: ...
    def to_record(self) -> Mapping[str, str]: ...
    def speaks(self, tag: str) -> bool: ...


def add(subparsers: Any, tools: Callable[[], Tools]) -> None:
    """Add the command to the command line; ``tools`` are made when it runs."""
    parser = subparsers.add_parser(
        "languages",
        help="check and update the words and recordings of the languages",
        description="The languages of the citizen's screens. docs/languages.md is the manual.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="what is missing, stale, unconfirmed, too long or not recorded")
    check.add_argument("languages", nargs="*", metavar="TAG", help="only these (default: all)")
    check.add_argument("--no-lengths", action="store_true", help="do not draw the screens")
    check.add_argument(
        "--config", type=Path, default=CONFIG, metavar="DIR", help="the centre's folder (default: config)"
    )
    check.add_argument("--size", default="1080x1920", help="panel in pixels (default: 1080x1920)")
    check.add_argument("--inches", type=float, default=21.5, help="the panel's diagonal")
    check.add_argument("--all", action="store_true", help="every finding, not the first few of a kind")
    check.add_argument("--json", action="store_true", help="as JSON, everything")
    check.set_defaults(run=lambda args: _check(args, tools()))
    update = actions.add_parser("update", help="bring the translators' files up to today's Vietnamese")
    update.add_argument("languages", nargs="*", metavar="TAG", help="only these (default: all)")
    update.set_defaults(run=lambda args: _update(args, tools()))
    record = actions.add_parser("to-record", help="the sentences a speaker should record, key by key")
    record.add_argument("language", metavar="TAG")
    record.set_defaults(run=lambda args: _to_record(args, tools()))


def _check(args: argparse.Namespace, tools: Tools) -> int:
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    configured: dict[str, tuple[int, int]] = {}
    for tag in _chosen(args.languages, tools):
        findings = list(tools.texts(tag))
        if not args.no_lengths:
            findings += _lengths(args, tools, tag)
        told = [(str(one.fault), one.part, one.key, one.detail) for one in findings]
        count, faults = (0, []) if tag == SOURCE else configured_texts.check(args.config, tag)
        configured[tag] = count, sum(one[0] == "missing" for one in faults)
        found[tag] = told + faults + _recordings(tag, tools)
    if args.json:
        print(json.dumps(_as_json(found, tools)))
    else:
        for tag, told in found.items():
            print(f"{tag}  {tools.name(tag)}")
            if tag != SOURCE:
                print(f"  {_how_far(told, tools.total())}")
                print(f"  {_whole(tools.whole(tag))}")
            if configured[tag][0]:
                print("  the centre's own texts, of {}: {} Vietnamese".format(*configured[tag]))
            _print(told, None if args.all else SHOWN)
    return 1 if any(one[0] not in _HARMLESS for told in found.values() for one in told) else 0


_HARMLESS = ("no recording", "unreviewed", "missing")
"""With these the screens are right, only Vietnamese or synthesised. The others show something wrong."""


def _how_far(told: Sequence[tuple[str, str, str, str]], total: int) -> str:
    """How much of a language is confirmed, waits for a native reader, and is shown in Vietnamese."""
    texts = Counter(one[0] for one in told if one[1] != VOICE and not one[1].endswith(".toml"))
    draft = texts["unreviewed"]
    vietnamese = texts["missing"] + texts["stale"] + texts["places"]
    return f"of {total} texts: {total - draft - vietnamese} good, {draft} unreviewed, {vietnamese} Vietnamese"


def _whole(whole: Whole) -> str:
    """How many screens have every text, and which do with the drafts that wait for a native reader."""
    line = f"whole screens, of {whole.total}: {len(whole.confirmed)} good"
    drafted = f" ({', '.join(whole.drafted)})" if whole.drafted else ""
    return f"{line}, {len(whole.drafted)} unreviewed{drafted}"


def _as_json(found: Mapping[str, Sequence[tuple[str, str, str, str]]], tools: Tools) -> dict[str, Any]:
    """The findings by language, and under ``whole_screens`` which screens have every text."""
    keys = ("fault", "part", "key", "detail")
    listed: dict[str, Any] = {
        tag: [dict(zip(keys, one, strict=True)) for one in told] for tag, told in found.items()
    }
    whole = {tag: tools.whole(tag) for tag in found if tag != SOURCE}
    listed["whole_screens"] = {
        tag: {"of": one.total, "good": list(one.confirmed), "unreviewed": list(one.drafted)}
        for tag, one in whole.items()
    }
    return listed


def _print(told: Sequence[tuple[str, str, str, str]], most: int | None) -> None:
    if not told:
        print("  all well")
    for kind, count in Counter(one[0] for one in told).items():
        print(f"  {kind}: {count}")
        rows = [one for one in told if one[0] == kind]
        if kind in _BY_SCREEN:
            print(f"    by screen: {_by_screen(rows)}")
        for _, part, key, detail in rows[:most]:
            line = detail.replace("\n", " / ")
            print(f"    {part}  {key}  {line}")
        if most is not None and count > most:
            print("    … (--all shows the rest)")


_BY_SCREEN = ("missing", "unreviewed", "too long")


def _by_screen(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """How many on which screen: “start 12, ticket 30, failures 124”."""
    return ", ".join(f"{screen} {count}" for screen, count in Counter(map(_screen, rows)).items())


def _screen(row: tuple[str, str, str, str]) -> str:
    kind, part, key, _ = row
    return key.split(".")[0] if part == KIOSK and kind != "too long" else part


def _lengths(args: argparse.Namespace, tools: Tools, tag: str) -> Sequence[Finding]:
    width, _, height = args.size.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise CommandError(f"--size {args.size}: WIDTHxHEIGHT in pixels is wanted, such as 1080x1920")
    try:
        return tools.lengths(tag, (int(width), int(height)), args.inches)
    except RuntimeError as error:
        raise CommandError(f"the screens could not be drawn: {error}") from error


def _recordings(tag: str, tools: Tools) -> list[tuple[str, str, str, str]]:
    """What is not recorded, recorded of another sentence, not confirmed, or cannot be played."""
    wanted = tools.to_record()
    try:
        recordings = {one.key: one for one in read_manifest(VOICES / tag)}
    except ManifestError as error:
        return [("unreadable", VOICE, "", str(error))]
    told = []
    for key, sentence in wanted.items():
        if key not in recordings and tools.speaks(tag):
            continue  # a synthesised voice says it
        if key not in recordings:
            told.append(("no recording", VOICE, key, sentence))
        elif recordings[key].source != sentence:
            told.append(("stale", VOICE, key, f"says “{recordings[key].source}”, now “{sentence}”"))
    for key, one in recordings.items():
        if key not in wanted:
            told.append(("stale", VOICE, key, "no screen says this"))
        elif trouble := fault(VOICES / tag, one):
            told.append(("unreadable", VOICE, key, trouble))
        elif not one.reviewer:
            told.append(("unreviewed", VOICE, key, one.file))
    return told


def _update(args: argparse.Namespace, tools: Tools) -> int:
    for tag in _chosen(args.languages, tools):
        changed = tools.update(tag)
        print(f"{tag}: {', '.join(changed) if changed else 'as it was'}")
    return 0


def _to_record(args: argparse.Namespace, tools: Tools) -> int:
    (tag,) = _chosen([args.language], tools)
    there = {one.key for one in read_manifest(VOICES / tag)}
    for key, sentence in tools.to_record().items():
        if key not in there:
            print(f"{key}\t{sentence}")
    return 0


def _chosen(tags: Sequence[str], tools: Tools) -> Sequence[str]:
    known = list(tools.tags())
    unknown = [tag for tag in tags if tag not in known]
    if unknown:
        raise CommandError(f"no such language: {', '.join(unknown)}; there are {', '.join(known)}")
    return list(tags) or known
