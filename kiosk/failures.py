"""Every named failure of the lobby: its code and who is told. The words stand in ``failures.vi.toml``.

What citizens read is translated in ``screens/locale/LANGUAGE/LC_MESSAGES/failures.po``, under the keys
``CODE.citizen_what`` and ``CODE.citizen_do``.

A failure is a value that travels from a device or the centre to the person who can act on it. A citizen
reads what happened and what to do now; staff read the cause, the remedy and what no longer works; officers
read of what anybody in the lobby can mend, and how.
``docs/failures.md`` is generated from this table.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from kiosk.catalogues import SOURCE_LANGUAGE, translated

_WORDS = Path(__file__).with_name("failures.vi.toml")
_TRANSLATIONS = Path(__file__).parents[1] / "screens" / "locale"  # one folder for whoever translates


class FailureCode(StrEnum):
    """Codes are stable: they stand in the journal, in API answers (RFC 9457 ``code``) and in the manual."""

    # chip card and its reader
    CARD_REMOVED_EARLY = "CARD_REMOVED_EARLY"
    CARD_NOT_SUPPORTED = "CARD_NOT_SUPPORTED"
    CARD_CAN_WRONG = "CARD_CAN_WRONG"
    CARD_ACCESS_REFUSED = "CARD_ACCESS_REFUSED"
    CARD_CHANNEL_BROKEN = "CARD_CHANNEL_BROKEN"
    CARD_DATA_UNREADABLE = "CARD_DATA_UNREADABLE"
    CARD_DATA_ALTERED = "CARD_DATA_ALTERED"
    CHIP_SIGNATURE_INVALID = "CHIP_SIGNATURE_INVALID"
    CARD_NUMBERS_DISAGREE = "CARD_NUMBERS_DISAGREE"
    CARD_SWAPPED = "CARD_SWAPPED"
    CARD_MRZ_WRONG = "CARD_MRZ_WRONG"
    CARD_NEEDS_QR = "CARD_NEEDS_QR"
    CARD_PACE_FAILED = "CARD_PACE_FAILED"
    CARD_NOT_VERIFIABLE = "CARD_NOT_VERIFIABLE"
    CARD_ISSUER_REFUSED = "CARD_ISSUER_REFUSED"
    CHIP_COPIED = "CHIP_COPIED"
    CARDS_TWO = "CARDS_TWO"
    CARD_IS_BANK_CARD = "CARD_IS_BANK_CARD"
    CARD_IS_TRANSPORT_CARD = "CARD_IS_TRANSPORT_CARD"
    CARD_IS_PHONE = "CARD_IS_PHONE"
    CARD_IS_PASSPORT = "CARD_IS_PASSPORT"
    CARD_IS_FOREIGN = "CARD_IS_FOREIGN"
    CARD_WITHOUT_CHIP = "CARD_WITHOUT_CHIP"
    READER_NOT_FOUND = "READER_NOT_FOUND"
    READER_SERVICE_DOWN = "READER_SERVICE_DOWN"
    READER_IN_USE = "READER_IN_USE"
    # ticket printer
    PRINTER_PAPER_OUT = "PRINTER_PAPER_OUT"
    PRINTER_PAPER_LOW = "PRINTER_PAPER_LOW"
    PRINTER_COVER_OPEN = "PRINTER_COVER_OPEN"
    PRINTER_ERROR = "PRINTER_ERROR"
    PRINTER_SILENT = "PRINTER_SILENT"
    PRINTER_UNREACHABLE = "PRINTER_UNREACHABLE"
    PRINTER_UNCONFIRMED = "PRINTER_UNCONFIRMED"
    # other devices
    SCANNER_NOT_FOUND = "SCANNER_NOT_FOUND"
    SPEAKER_NOT_FOUND = "SPEAKER_NOT_FOUND"
    SPEAKER_SILENT = "SPEAKER_SILENT"
    VOICE_MISSING = "VOICE_MISSING"
    SCREEN_NOT_FOUND = "SCREEN_NOT_FOUND"
    DEVICE_SILENT = "DEVICE_SILENT"
    DEVICE_SETTING_INVALID = "DEVICE_SETTING_INVALID"
    DEVICE_OWNER_ABSENT = "DEVICE_OWNER_ABSENT"
    DEVICE_MACHINE_NOT_NAMED = "DEVICE_MACHINE_NOT_NAMED"
    CLIP_UNREADABLE = "CLIP_UNREADABLE"
    # the centre and its API
    CENTRE_UNREACHABLE = "CENTRE_UNREACHABLE"
    CENTRE_REFUSED = "CENTRE_REFUSED"
    STORE_FULL = "STORE_FULL"
    STORE_UNREACHABLE = "STORE_UNREACHABLE"
    JOURNAL_BROKEN = "JOURNAL_BROKEN"
    CENTRE_RESTORED = "CENTRE_RESTORED"
    BACKUP_FAILED = "BACKUP_FAILED"
    JOURNAL_COPY_FAILED = "JOURNAL_COPY_FAILED"
    REQUEST_INVALID = "REQUEST_INVALID"
    REQUEST_TOO_LARGE = "REQUEST_TOO_LARGE"
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    NOT_ALLOWED = "NOT_ALLOWED"
    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    SIGN_IN_LOCKED = "SIGN_IN_LOCKED"
    NOT_FOUND = "NOT_FOUND"
    DOSSIER_UNKNOWN = "DOSSIER_UNKNOWN"
    DOSSIERS_UNREADABLE = "DOSSIERS_UNREADABLE"
    DOSSIERS_OUTDATED = "DOSSIERS_OUTDATED"
    DOSSIERS_TOO_OLD = "DOSSIERS_TOO_OLD"
    SERVICE_CLOSED = "SERVICE_CLOSED"
    LAST_TICKET_GONE = "LAST_TICKET_GONE"
    SERVICE_FULL = "SERVICE_FULL"
    SERVICE_STOPPED = "SERVICE_STOPPED"
    PRIORITY_UNKNOWN = "PRIORITY_UNKNOWN"
    NUMBERS_EXHAUSTED = "NUMBERS_EXHAUSTED"
    OFFLINE_NUMBERS_REFUSED = "OFFLINE_NUMBERS_REFUSED"
    OFFLINE_NUMBERS_USED_UP = "OFFLINE_NUMBERS_USED_UP"
    KIOSK_CLOCK_DIFFERS = "KIOSK_CLOCK_DIFFERS"
    IDEMPOTENCY_KEY_MISSING = "IDEMPOTENCY_KEY_MISSING"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    COUNTER_CLOSED = "COUNTER_CLOSED"
    COUNTER_BUSY = "COUNTER_BUSY"
    COUNTER_TAKEN = "COUNTER_TAKEN"
    COUNTER_IDLE = "COUNTER_IDLE"
    TICKET_STATE_WRONG = "TICKET_STATE_WRONG"
    TICKET_ELSEWHERE = "TICKET_ELSEWHERE"
    RECALL_TOO_SOON = "RECALL_TOO_SOON"
    REJOIN_TOO_LATE = "REJOIN_TOO_LATE"
    REJOINS_USED_UP = "REJOINS_USED_UP"
    UNDO_TOO_LATE = "UNDO_TOO_LATE"
    TRANSFER_NOWHERE = "TRANSFER_NOWHERE"
    TRANSFER_COUNTER_CLOSED = "TRANSFER_COUNTER_CLOSED"
    SERVICE_WITHOUT_COUNTER = "SERVICE_WITHOUT_COUNTER"
    SERVICE_ASKED_ALREADY = "SERVICE_ASKED_ALREADY"
    PARK_REASON_UNKNOWN = "PARK_REASON_UNKNOWN"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    CLOCK_JUMPED = "CLOCK_JUMPED"
    DAY_IN_USE = "DAY_IN_USE"
    FORM_NOT_ACCEPTED = "FORM_NOT_ACCEPTED"
    FORM_KEY_DESTROYED = "FORM_KEY_DESTROYED"
    HELP_NOT_CALLED = "HELP_NOT_CALLED"
    RATING_NOT_SENT = "RATING_NOT_SENT"
    RATING_WORDS_DESTROYED = "RATING_WORDS_DESTROYED"
    # settings and the program itself
    SETTINGS_INVALID = "SETTINGS_INVALID"
    PIN_WRONG = "PIN_WRONG"
    PIN_LOCKED = "PIN_LOCKED"
    UNEXPECTED = "UNEXPECTED"


@dataclass(frozen=True)
class FailureWords:
    """The words of one failure. Empty ``citizen_*`` means that citizens are never told of it, empty
    ``lobby_*`` that nobody in the lobby can mend it, so that officers are not told either.
    """

    citizen_what: str
    citizen_do: str
    staff_cause: str
    staff_remedy: str
    consequence: str
    lobby_what: str
    lobby_do: str


@cache
def words(language: str = SOURCE_LANGUAGE, *, unreviewed: bool = False) -> dict[FailureCode, FailureWords]:
    """Words of every code: what citizens read in ``language`` or else Vietnamese, staff's in Vietnamese.

    ``unreviewed`` also takes translations that no native reader has confirmed. Raises ``ValueError`` naming
    the codes that lack words or the entries that name no code.
    """
    table = _table()
    known = {code.value for code in FailureCode}
    missing, unknown = known - table.keys(), table.keys() - known
    if missing or unknown:
        raise ValueError(f"{_WORDS.name}: without words {sorted(missing)}, without code {sorted(unknown)}")
    texts = citizen_texts()
    if language != SOURCE_LANGUAGE:
        texts = translated(texts, translation_file(language), unreviewed=unreviewed)
    return {
        FailureCode(code): FailureWords(
            citizen_what=texts.get(f"{code}.citizen_what", ""),
            citizen_do=texts.get(f"{code}.citizen_do", ""),
            staff_cause=entry["staff_cause"],
            staff_remedy=entry["staff_remedy"],
            consequence=entry.get("consequence", ""),
            lobby_what=_lobby_what(entry),
            lobby_do=entry.get("lobby_do", ""),
        )
        for code, entry in table.items()
    }


def _lobby_what(entry: Mapping[str, str]) -> str:
    """What officers read that happened: as citizens do unless it has words of its own."""
    if not entry.get("lobby_do"):
        return ""
    return entry.get("lobby_what") or entry.get("citizen_what") or entry["staff_cause"]


def citizen_texts() -> dict[str, str]:
    """What citizens read, in Vietnamese, by ``CODE.citizen_what`` and ``CODE.citizen_do``, NFC."""
    return {
        f"{code}.{part}": unicodedata.normalize("NFC", entry[part])
        for code, entry in _table().items()
        for part in ("citizen_what", "citizen_do")
        if entry.get(part)
    }


def translation_file(language: str) -> Path:
    """Where the citizens' words in ``language`` stand; the file need not be there."""
    return _TRANSLATIONS / language / "LC_MESSAGES" / "failures.po"


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
