"""What a citizen needs to know of one administrative procedure, and where that knowledge comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_CODE = re.compile(r"[1-9]\.\d{6}(\.(\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2})?")
_LONGEST_SHOWN = 110
_BREAKS = re.compile(r"[;,(]| – | - ")


class Channel(StrEnum):
    """How a dossier is handed in."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


class Online(StrEnum):
    """How much of a procedure can be done on the National Public Service Portal."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    UNKNOWN = "unknown"


class FeeKind(StrEnum):
    """What may be concluded from the words about a fee.

    *provincial*: the provincial People's Council sets it, even if a portal prints "Miễn phí" in front; its
    text with the exemptions is shown word for word. *regulation*: the words only name a regulation.
    *doubtful*: they contradict themselves or break off.
    """

    FREE = "free"
    AMOUNT = "amount"
    PROVINCIAL = "provincial"
    REGULATION = "regulation"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


class Aspect(StrEnum):
    """What of a procedure somebody compared with its source."""

    NAME = "name"
    TIME = "time"
    FEE = "fee"
    BRING = "bring"
    ONLINE = "online"


@dataclass(frozen=True)
class Method:
    """One way of handing in. Empty texts are not known, which is never the same as none or free.

    ``unit_known`` is false where the source prints a number of days without saying which days.
    """

    channel: Channel
    time: str = ""
    fee: str = ""
    fee_kind: FeeKind = FeeKind.UNKNOWN
    unit_known: bool = True


@dataclass(frozen=True)
class Procedure:
    """One procedure. Texts are Vietnamese as the citizen reads them, NFC; empty ones are not known.

    ``name`` is the official one, ``short`` an own one of few words. ``bring``: what to bring, one thing each.
    ``fee_text`` and ``exemptions`` stand word for word as the source has them. ``in_person``: whether the
    citizen must come himself (None: not known). ``place``: who takes the dossier, where it is not the
    centre's own counter. ``service``: id in services.toml of the queue that leads there. ``everyday``: what
    people call it. ``source``: where the facts were taken from; ``checked``: which of them were compared
    with it, all others are to be asked of an officer. ``stale``: why the text may be out of date.
    """

    code: str
    name: str
    field: str
    short: str = ""
    level: str = ""
    decision: str = ""
    methods: tuple[Method, ...] = ()
    bring: tuple[str, ...] = ()
    time_text: str = ""
    fee_text: str = ""
    fee_kind: FeeKind = FeeKind.UNKNOWN
    exemptions: str = ""
    notes: tuple[str, ...] = ()
    online: Online = Online.UNKNOWN
    in_person: bool | None = None
    place: str = ""
    url: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    service: str | None = None
    everyday: tuple[str, ...] = ()
    source: str = ""
    checked: frozenset[Aspect] = frozenset()
    stale: str = ""
    common: bool = False

    @property
    def shown(self) -> str:
        """The name for a list: the short one, or the official one cut at a clause to about 110 letters."""
        return self.short or shortened(self.name)

    @property
    def all_checked(self) -> bool:
        """Whether every fact was compared with its source."""
        return self.checked == frozenset(Aspect)

    def is_checked(self, aspect: Aspect) -> bool:
        """Whether this fact was; if not, the screen tells the citizen to ask an officer."""
        return aspect in self.checked

    def is_valid(self, day: date) -> bool:
        """Whether it is in force on a day; both dates are included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


def is_code(text: str) -> bool:
    """Whether a text is a procedure's code: ``1.001193``, also with a province's suffix."""
    return _CODE.fullmatch(text) is not None


def bare_code(text: str) -> str | None:
    """The code without its province suffix (``1.001193.000.00.00.H60`` → ``1.001193``), or None."""
    return text[:8] if is_code(text) else None


def shortened(name: str) -> str:
    """A long name up to its last clause or word that fits, with an ellipsis."""
    if len(name) <= _LONGEST_SHOWN:
        return name
    head = name[:_LONGEST_SHOWN]
    ends = [found.start() for found in _BREAKS.finditer(head) if found.start() >= _LONGEST_SHOWN // 2]
    end = ends[-1] if ends else head.rfind(" ")
    return head[: end if end > 0 else _LONGEST_SHOWN].rstrip(" ,;(-–") + "…"
