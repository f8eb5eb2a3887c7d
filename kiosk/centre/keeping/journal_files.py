"""Journal entries as lines of JSON in files, one file a day, plain or compressed.

A line holds everything of an entry, its hash as well, so that the files can be verified and replayed without
the database that they came from.
"""

from __future__ import annotations

import gzip
import heapq
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from kiosk.centre.journal import Entry, Verified, canonical, entry_hash

PLAIN = ".jsonl"
PACKED = ".jsonl.gz"


def line_of(entry: Entry) -> str:
    """One line, without its end."""
    head = canonical(
        {"seq": entry.seq, "epoch": entry.epoch, "at": entry.at, "type": entry.type, "actor": entry.actor}
    )
    subject, own = json.dumps(entry.subject, ensure_ascii=False), json.dumps(entry.hash)
    return f'{head[:-1]},"subject":{subject},"payload":{entry.payload},"hash":{own}}}'


def entry_of(line: str) -> Entry:
    """The entry of a line. Raises ``ValueError`` for anything else."""
    try:
        raw = json.loads(line)
        return Entry(
            seq=int(raw["seq"]),
            epoch=str(raw["epoch"]),
            type=str(raw["type"]),
            at=str(raw["at"]),
            actor=str(raw["actor"]),
            subject=str(raw["subject"]),
            payload=canonical(raw["payload"]),
            hash=str(raw["hash"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not a line of a journal") from error


def day_files(folder: Path) -> list[Path]:
    """The files of a folder by day."""
    return sorted([*folder.glob(f"????-??-??{PLAIN}"), *folder.glob(f"????-??-??{PACKED}")])


def day_of(file: Path) -> str:
    """``YYYY-MM-DD``."""
    return file.name.partition(".")[0]


def opened(file: Path) -> BinaryIO:
    """A file's lines as they were before it was compressed."""
    return cast(BinaryIO, gzip.open(file, "rb") if file.name.endswith(PACKED) else file.open("rb"))


def read_file(file: Path) -> Iterator[Entry]:
    """The entries of a file up to the first line that is not whole."""
    try:
        with opened(file) as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    return
                yield entry_of(line.decode("utf-8"))
    except (ValueError, EOFError, OSError, zlib.error):
        return


def read_folder(folder: Path, after: int = 0) -> Iterator[Entry]:
    """All entries above ``after`` by number, whatever the clock was when they were written."""
    files = (read_file(file) for file in day_files(folder))
    for entry in heapq.merge(*files, key=_number):
        if entry.seq > after:
            yield entry


def newest(folder: Path) -> Entry | None:
    """The entry with the greatest number."""
    plain = [file for file in day_files(folder) if file.name.endswith(PLAIN)]
    last = [entry for entry in map(_last_of, plain or day_files(folder)) if entry is not None]
    return max(last, key=_number, default=None)


def chained(site: str, sources: Iterable[Iterable[Entry]], after: Verified) -> Iterator[Entry]:
    """Of all entries that any source offers those that follow, one by one, from ``after``.

    What is altered, belongs to another branch of the chain or comes after a gap is left out.
    """
    seq, prev = after.seq, after.hash
    for entry in heapq.merge(*sources, key=_number):
        if entry.seq <= seq:
            continue
        if entry.seq > seq + 1:
            return
        record = (entry.type, entry.actor, entry.subject, entry.payload)
        if entry_hash((site, entry.epoch, entry.seq), entry.at, record, prev) == entry.hash:
            yield entry
            seq, prev = entry.seq, entry.hash


def _last_of(file: Path) -> Entry | None:
    last = None
    if file.name.endswith(PLAIN):
        with file.open("rb") as opened_file:
            size = opened_file.seek(0, 2)
            for reach in (1 << 16, size):
                opened_file.seek(max(0, size - reach))
                for line in reversed(opened_file.read().split(b"\n")[:-1]):
                    try:
                        return entry_of(line.decode("utf-8"))
                    except ValueError:
                        continue
        return None
    for entry in read_file(file):
        last = entry
    return last


def _number(entry: Entry) -> int:
    return entry.seq
