"""What is known of dossiers: one file that ``main.py dossiers import`` writes and the centre looks up in.

The file stands for the provincial procedure-settlement system until that can be asked itself. It holds codes,
states and days, and nothing of a person.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.centre import durable
from kiosk.dossiers.status import DossierStatus, as_mapping, read_status
from kiosk.procedures.dossier_code import DossierCode

FOLDER, FILE = "dossiers", "statuses.json"
LONGEST_TOLD = timedelta(days=14)
"""What is older says nothing of today; longer than the holidays of Tết, on which nobody exports anything."""
_FORMAT = 1
_LOG = logging.getLogger(__name__)
_Mark = tuple[int, int, int]


def file_of(data: Path) -> Path:
    """The file in a data folder."""
    return data / FOLDER / FILE


def write(data: Path, statuses: Iterable[DossierStatus]) -> Path:
    """Put these in place of what was known before, at once and durably. Raises ``OSError``."""
    file = file_of(data)
    content = {"format": _FORMAT, "dossiers": [as_mapping(status) for status in statuses]}
    encoded = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    durable.make_folder(file.parent)
    durable.write_file(file, lambda opened: opened.write(encoded))
    return file


def load(file: Path) -> dict[str, DossierStatus]:
    """The statuses by their codes; none if there is no file. Raises ``OSError``, ``ValueError``."""
    try:
        content = json.loads(file.read_bytes())
        if content["format"] != _FORMAT:
            raise ValueError("written by another version")
        found = [read_status(one) for one in content["dossiers"]]
    except FileNotFoundError:
        return {}
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not what an import writes") from error
    return {status.code: status for status in found}


@dataclass(frozen=True)
class Imported:
    """What imports have left. ``as_of``: the moment the newest data are of, ``None`` without any; ``fault``:
    why the file cannot be used, in technical English.
    """

    as_of: datetime | None
    fault: str | None


class DossierBook:
    """Looks dossiers up; a file that was written anew is taken up at the next question."""

    def __init__(self, data: Path) -> None:
        self._file = file_of(data)
        self._lock = threading.Lock()
        self._seen: _Mark | None = None
        self._known: dict[str, DossierStatus] = {}
        self._imported = Imported(None, None)

    def status(self, code: DossierCode, now: datetime) -> DossierStatus | None:
        """What was said last of a dossier, unless that is too long ago. May read the file; never fails."""
        with self._lock:
            self._follow()
            found = self._known.get(str(code))
        return found if found is not None and now - found.as_of <= LONGEST_TOLD else None

    def imported(self) -> Imported | None:
        """What imports have left; ``None`` where there never was one. May read the file; never fails."""
        with self._lock:
            self._follow()
            left = self._imported
        # The folder comes with the first import and stays when the file is gone.
        return left if left != Imported(None, None) or self._file.parent.is_dir() else None

    def _follow(self) -> None:
        try:
            looked = self._file.stat()
            mark = (looked.st_mtime_ns, looked.st_size, looked.st_ino)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            self._seen, self._known = None, {}
            self._imported = Imported(None, None if missing else type(error).__name__)
            return
        if mark == self._seen:
            return
        self._seen, fault = mark, None
        try:
            self._known = load(self._file)
        except (OSError, ValueError) as error:
            self._known, fault = {}, type(error).__name__
            _LOG.error("%s cannot be used: %s; import the export again", FILE, fault)
        self._imported = Imported(max((one.as_of for one in self._known.values()), default=None), fault)
