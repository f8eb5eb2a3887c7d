"""The portal's run-together text of channel, time, fee and notes, taken apart; nothing is invented. Pure.

*Trực tuyến3 Ngày làm việc7,000 Việt Nam Đồng(…)…Trực tiếp…*: without separators, cut at 400 letters, with two
styles of numbers, and with "Miễn phí" in front of fees that a province sets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.procedures.procedure import Channel, FeeKind, Method

CUT_AT = 400
"""Letters after which the portal's crawl cuts a cell."""

_CHANNELS = {
    "Trực tuyến": Channel.ONLINE,
    "Trực tiếp": Channel.DIRECT,
    "Dịch vụ bưu chính": Channel.POST,
}
_WORD_OF = {channel: word for word, channel in _CHANNELS.items()}
_NO_WORD = "Không có thông tin"
_FREE_WORD = "Miễn phí"
_START = re.compile(rf"({'|'.join(_CHANNELS)})(?=\d|{_NO_WORD}|{_FREE_WORD})")
_UNIT = r"(?:Ngày làm việc|Ngày|Giờ làm việc|Giờ|Tháng|Tuần|Phút)"
_TIME = re.compile(rf"(?:{_NO_WORD}|(\d{{1,3}})(?: ({_UNIT}))?)(?={_FREE_WORD}|{_NO_WORD}|\d|$)")
_AMOUNT = re.compile(r"(\d{1,3}(?:[.,]\d{3})*|\d+) ?(?:Việt Nam Đồng|VNĐ)")
_WRITTEN_AMOUNT = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d{4,})(?= ?(?:đồng|đ\b|Đồng|VNĐ|Việt Nam Đồng))")
_COUNCIL = re.compile(r"hội đồng nhân dân|hđnd", re.IGNORECASE)
_RULE = re.compile(r"thông tư|nghị định|luật|theo quy định|quyết định số", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?:không|không có|không quy định|không thu.{0,40}|miễn (?:lệ )?phí)\.?", re.IGNORECASE
)
_UNDECIDED = re.compile(r"chưa (?:có )?quy định\.?", re.IGNORECASE)
_FREE_FIRST = re.compile(r"(?:miễn|không thu) (?:lệ )?phí", re.IGNORECASE)
_SMALLEST_FEE = 1000


@dataclass(frozen=True)
class Taken:
    """The channels of a text, and what has to be said about it (English, for staff)."""

    methods: tuple[Method, ...]
    doubts: tuple[str, ...]
    whole: bool


def take_apart(raw: str) -> Taken:
    """The channels of one cell. What cannot be understood becomes *not known* with a doubt, never a guess."""
    text = unicodedata.normalize("NFC", raw).strip()
    if not text:
        return Taken((), (), True)
    whole = len(raw) < CUT_AT
    pieces = _START.split(text)
    doubts = [] if not pieces[0].strip() else ["text before the first channel was left out"]
    methods = []
    count = len(pieces) // 2
    for number in range(count):
        last = number == count - 1
        method, told = _method(_CHANNELS[pieces[2 * number + 1]], pieces[2 * number + 2], whole or not last)
        methods.append(method)
        doubts += [f"{method.channel.value}: {one}" for one in told]
    methods = _not_free_beside_council(methods, doubts)
    if not methods:
        doubts.append("no channel, time or fee was found in the text")
    if not whole:
        doubts.append(f"the text is cut at {CUT_AT} letters; later channels and words are lost")
    return Taken(tuple(methods), tuple(dict.fromkeys(doubts)), whole)


def _not_free_beside_council(methods: list[Method], doubts: list[str]) -> list[Method]:
    """A bare *Miễn phí* is not believed where another channel names the provincial council."""
    if not any(method.fee_kind is FeeKind.PROVINCIAL for method in methods):
        return methods
    result = []
    for method in methods:
        if method.fee_kind is FeeKind.FREE and method.fee == _FREE_WORD:
            doubts.append(
                f"{method.channel.value}: “Miễn phí” alone, but the province sets another channel's fee"
            )
            result.append(replace(method, fee="", fee_kind=FeeKind.DOUBTFUL))
        else:
            result.append(method)
    return result


def fee_of_words(words: str) -> FeeKind:
    """What may be concluded from words about a fee that somebody wrote by hand."""
    text = words.strip()
    if not text:
        return FeeKind.UNKNOWN
    if _COUNCIL.search(text):
        return FeeKind.PROVINCIAL
    if _FREE_FIRST.match(text) or text.lower().rstrip(".") == "miễn phí":
        return FeeKind.FREE
    if re.search(r"\d", text) and re.search(r"đồng|đ\b|vnđ", text.lower()):
        return FeeKind.AMOUNT
    return FeeKind.REGULATION if _RULE.search(text) else FeeKind.UNKNOWN


def together(methods: Sequence[Method], texts: Sequence[str]) -> str:
    """One text for all channels: the common one, else each known one behind its channel's own word."""
    known = dict.fromkeys(zip((_WORD_OF[method.channel] for method in methods), texts, strict=True))
    told = {text for _, text in known}
    if len(told) == 1:
        return told.pop()
    return " ".join(f"{word}: {text.rstrip('.')}." for word, text in known if text)


def kind_together(methods: Sequence[Method]) -> FeeKind:
    """What may be concluded when the channels are looked at together: the most careful of them."""
    kinds = {method.fee_kind for method in methods}
    for careful in (
        FeeKind.DOUBTFUL,
        FeeKind.PROVINCIAL,
        FeeKind.REGULATION,
        FeeKind.UNKNOWN,
        FeeKind.AMOUNT,
    ):
        if careful in kinds:
            return careful
    return FeeKind.FREE if kinds else FeeKind.UNKNOWN


def dong(amount: int) -> str:
    """An amount as Vietnamese writes it: 8000 → ``8.000 đồng``."""
    return f"{amount:,} đồng".replace(",", ".")


def _method(channel: Channel, body: str, whole: bool) -> tuple[Method, list[str]]:
    doubts: list[str] = []
    time, unit_known, rest = _time(body, doubts)
    fee, kind, after = _fee(rest, whole, doubts)
    if time and unit_known and _other_days(time, after):
        unit_known = False
        doubts.append("“ngày” may mean working days: the notes say so")
    return Method(channel, time, fee, kind, unit_known), doubts


def _time(body: str, doubts: list[str]) -> tuple[str, bool, str]:
    found = _TIME.match(body)
    if found is None:
        doubts.append("the time could not be read")
        start = re.search(rf"{_FREE_WORD}|{_NO_WORD}", body)
        return "", True, body[start.start() :] if start else ""
    rest = body[found.end() :]
    number, unit = found.group(1), found.group(2)
    if number is None:
        return "", True, rest
    if unit is None:
        doubts.append(f"time “{number}” has no unit")
        return number, False, rest
    return f"{int(number)} {unit.lower()}", True, rest


def _other_days(time: str, notes: str) -> bool:
    number, _, unit = time.partition(" ")
    return unit == "ngày" and re.search(rf"\b0?{number}\b[^.;]{{0,20}}ngày làm việc", notes) is not None


def _fee(rest: str, whole: bool, doubts: list[str]) -> tuple[str, FeeKind, str]:
    """Words and kind of the fee, and what follows them."""
    amount = _AMOUNT.match(rest)
    if amount is not None:
        note, after, closed = _note(rest[amount.end() :])
        return (*_priced(amount.group(1), note, closed or whole, doubts), after)
    for word, judge in ((_FREE_WORD, _called_free), (_NO_WORD, _not_told)):
        if rest.startswith(word):
            note, after, closed = _note(rest[len(word) :])
            return (*judge(note, after, closed or whole, doubts), after)
    if rest:
        doubts.append("the fee could not be read" if whole else "the fee is cut off")
    return "", FeeKind.UNKNOWN, rest


def _note(text: str) -> tuple[str, str, bool]:
    """The bracket right after a fee without its brackets, what follows it, and whether it was closed."""
    if not text.startswith("("):
        return "", text, True
    end = _closing(text)
    if end is None:
        return _neat(text.lstrip("(")), "", False
    note = text[1:end].strip()
    while note.startswith("(") and _closing(note) == len(note) - 1:
        note = note[1:-1].strip()
    return _neat(note), text[end + 1 :], True


def _closing(text: str) -> int | None:
    """Where the bracket at the beginning is closed."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return at
    return None


def _neat(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()


def _called_free(  # noqa: PLR0911 - one answer for each kind of words
    note: str, after: str, closed: bool, doubts: list[str]
) -> tuple[str, FeeKind]:
    """*Miễn phí* is free only when nothing beside it says otherwise."""
    if _COUNCIL.search(note) or (not note and _COUNCIL.search(after) and "lệ phí" in after):
        doubts.append("“Miễn phí” stands before a fee that the province sets; it is not free")
        return _unless_cut(note, closed, doubts), FeeKind.PROVINCIAL
    if not note or _NOTHING.fullmatch(note):
        return _FREE_WORD, FeeKind.FREE
    if _UNDECIDED.fullmatch(note):
        return "", FeeKind.UNKNOWN
    if not closed:
        return _unless_cut(note, closed, doubts), FeeKind.DOUBTFUL
    if _FREE_FIRST.match(note):
        return note, FeeKind.FREE
    if _RULE.search(note):
        doubts.append("“Miễn phí” stands before a regulation; not taken for free")
        return note, FeeKind.REGULATION
    doubts.append("“Miễn phí” stands before other words; not taken for free")
    return note, FeeKind.DOUBTFUL


def _not_told(note: str, after: str, closed: bool, doubts: list[str]) -> tuple[str, FeeKind]:
    if _COUNCIL.search(note):
        return _unless_cut(note, closed, doubts), FeeKind.PROVINCIAL
    return (note, FeeKind.REGULATION) if note and closed else ("", FeeKind.UNKNOWN)


def _priced(number: str, note: str, closed: bool, doubts: list[str]) -> tuple[str, FeeKind]:
    amount = int(re.sub(r"[.,]", "", number))
    written = {int(one.replace(".", "")) for one in _WRITTEN_AMOUNT.findall(note)}
    if _COUNCIL.search(note):
        doubts.append(f"{dong(amount)} is one province's sample; the provincial council sets the fee")
        return _unless_cut(note, closed, doubts), FeeKind.PROVINCIAL
    if amount < _SMALLEST_FEE or (written and amount not in written):
        told = ", ".join(dong(one) for one in sorted(written)) or "nothing else"
        doubts.append(f"the fee contradicts itself: {dong(amount)} and in words {told}")
        return _unless_cut(note, closed, doubts), FeeKind.DOUBTFUL
    if not note:
        return dong(amount), FeeKind.AMOUNT
    if note.startswith("/"):
        return f"{dong(amount)}{note}", FeeKind.AMOUNT
    if not closed:
        _unless_cut(note, closed, doubts)
        return dong(amount), FeeKind.DOUBTFUL
    return f"{dong(amount)} ({note})", FeeKind.AMOUNT


def _unless_cut(note: str, closed: bool, doubts: list[str]) -> str:
    """Words about a fee are shown whole or not at all."""
    if closed:
        return note
    doubts.append("the words about the fee break off and were left out")
    return ""
