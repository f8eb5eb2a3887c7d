"""The largest and the oddest that a file has room for, in each place of an input in turn.

Chance seldom makes 60,000 bytes of one kind; quadratic work and deep nesting show only there.

Run: ``python -m tests.fuzz.extremes_runner TARGET [--runs N] [--json FILE]``
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.fuzz import ber_tree
from tests.fuzz.ber_tree import Node
from tests.fuzz.mutations import CHARACTERS, Form, bytes_of, text_of
from tests.fuzz.target import LARGEST_FILE, Target
from tests.fuzz.targets import TARGETS, load
from tests.fuzz.watch import WARM_UP, Outcome, Watch, tell_findings, told

_ROOM = 60_000
_SEEDS = 3
_MOST_PLACES = 80

OBJECTS: dict[str, bytes] = {
    "deep": ber_tree.nested(14_000),
    "deep sets": ber_tree.nested(20, b"\x31", ber_tree.nested(12_000, b"\xa0")),
    "empty sequences": b"\x30\0" * (_ROOM // 2),
    "nulls": b"\5\0" * (_ROOM // 2),
    "small integers": b"\2\1\1" * (_ROOM // 3),
    "sequences of one": b"\x30\2\5\0" * (_ROOM // 4),
    "sets of an identifier": b"\x31\5\x30\3\6\1\x2a" * (_ROOM // 7),
    "texts": b"\x0c\1x" * (_ROOM // 3),
}
"""Instead of what stands in a constructed object."""

VALUES: dict[str, bytes] = {
    "zeros": bytes(_ROOM),
    "ones": b"\xff" * _ROOM,
    "largest integer": b"\x7f" + b"\xff" * _ROOM,
    "even integer": b"\x40" + bytes(2048),
    "long arc": b"\x2a" + b"\xff" * _ROOM + b"\x7f",
    "many arcs": b"\x2a" * _ROOM,
    "63 arcs": b"\x2a" + b"\xff" * 61 + b"\x7f",
    "combining marks": ("a" + "\u0315\u0300\u0327" * 9_000).encode()[:_ROOM],
    "unfolding": "\ufdfa".encode() * (_ROOM // 3),
    "bidirectional": "\u202e".encode() * (_ROOM // 3),
    "digits": b"9" * _ROOM,
    "spaces": b" " * _ROOM,
    "deep": b"\0" + ber_tree.nested(14_000),
    "nothing": b"",
}
"""Instead of the value of a primitive object."""


def cases(target: Target, seeds: list[bytes]) -> Iterator[bytes]:
    """Every extreme in every place of a few seeds; bare bytes and texts are filled up."""
    longest = max(target.longest, LARGEST_FILE) if target.form in (Form.BER, Form.ANSWER) else target.longest
    for seed in seeds[:: max(1, len(seeds) // _SEEDS)][:_SEEDS]:
        head = seed[:2] if target.form is Form.ANSWER else b""
        nodes = None if target.form in (Form.TEXT, Form.BYTES) else ber_tree.decode(seed[len(head) :])
        if nodes:
            for case in _in_places(nodes):
                if len(head + case) <= longest:
                    yield head + case
        for filling in _fillings(seed, target.form):
            yield filling[:longest]


def _in_places(nodes: list[Node]) -> Iterator[bytes]:
    places = len(Node(b"", children=nodes).walk()) - 1
    for place in range(0, places, max(1, places // _MOST_PLACES)):
        original = Node(b"", children=nodes).walk()[1 + place]
        constructed = original.children is not None
        for extreme in (OBJECTS if constructed else VALUES).values():
            tree = Node(b"", children=copy.deepcopy(nodes))
            node = tree.walk()[1 + place]
            if constructed:
                node.children = [Node(b"", extreme, length=b"")]
            else:
                node.value = extreme
            yield ber_tree.encode(tree.children or [])


def _fillings(seed: bytes, form: Form) -> Iterator[bytes]:
    yield b""
    for extreme in (*VALUES.values(), *OBJECTS.values()):
        yield extreme
        yield seed + extreme
        yield seed[:2] + extreme
    if form is Form.TEXT:
        text = text_of(seed)
        for character in CHARACTERS:
            for place in range(0, len(text), max(1, len(text) // 8)):
                yield bytes_of(text[:place] + character * 500 + text[place:])
        yield bytes_of(text.replace("|", "|" * 300))
    else:
        for size in (1, 2, 8, 64):
            part = seed[:size] or b"\0"
            yield part * (_ROOM // len(part))
        lines = seed.split(b"\n")
        yield b"\n".join(line for line in lines for _ in range(max(1, _ROOM // max(1, len(seed)))))


def fuzz(name: str, most: int) -> Outcome:
    """All of them, or so many."""
    target, loaded = TARGETS[name], load(TARGETS[name])
    for data in loaded.seeds[:WARM_UP]:
        with contextlib.suppress(Exception):
            loaded.call(data)
    watch = Watch(name, loaded.call, loaded.allowed)
    for case in itertools.islice(cases(target, loaded.seeds), most):
        watch(case)
    return watch.finish()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=sys.maxsize, help="at most so many")
    parser.add_argument("--json", type=Path, help="a file for the outcome")
    chosen = parser.parse_args()
    outcome = fuzz(chosen.target, chosen.runs)
    print(told(outcome))
    tell_findings(outcome)
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(outcome)]))
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main())
