"""The newest entry's number and hash, kept in a file beside the database.

A hash chain alone does not show that its tail was cut, and a database restored from a backup looks whole.
The file tells: if it is ahead of the database, entries that somebody may have seen are gone, and a new
epoch begins.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection

from kiosk.centre import journal
from kiosk.centre.durable import write_file
from kiosk.centre.journal import Head

_LOG = logging.getLogger(__name__)


class OutsideMark:
    """The file ``journal.head.json`` of a data folder."""

    def __init__(self, folder: Path, site: str) -> None:
        self._file = folder / "journal.head.json"
        self._site = site
        self._written: Head | None = None

    def read(self) -> Head | None:
        """What the file says; ``None`` if there is none, it is not readable, or it is another site's."""
        try:
            raw = json.loads(self._file.read_text(encoding="utf-8"))
            if raw.pop("site") != self._site:
                return None
            return Head(epoch=str(raw["epoch"]), seq=int(raw["seq"]), hash=str(raw["hash"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            _LOG.warning("%s cannot be read; it will be written anew", self._file.name)
            return None

    def write(self, head: Head) -> None:
        """Replace the file's content at once and durably. Raises ``OSError``."""
        if head == self._written:
            return
        text = json.dumps({"site": self._site, **asdict(head)})
        write_file(self._file, lambda file: file.write(text.encode("utf-8")))
        self._written = head

    def reason_for_new_epoch(self, connection: Connection) -> str | None:
        """Why numbers must be given in a new epoch from now on, or ``None`` if the database is the one we
        left.
        """
        head = journal.read_head(connection, self._site)
        if head is None:
            return "install"
        mark = self.read()
        if mark is None:
            return "moved"
        if mark.seq <= journal.anchor(connection, self._site).seq:
            return None  # an old mark, of a day that is archived
        entry = journal.find(connection, self._site, mark.seq)
        if entry is None or (entry.hash, entry.epoch) != (mark.hash, mark.epoch):
            return "restore"
        return None
