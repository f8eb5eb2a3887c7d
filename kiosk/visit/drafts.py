"""From what is being typed to an answer's value and back."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kiosk.eforms.answers import Value
from kiosk.eforms.definition import Field, FieldType
from kiosk.eforms.suggestions import Suggestions
from kiosk.eforms.vietnamese_input import starts_word

OPTIONS_PER_PAGE = 6
DATE_DIGITS = 8


class InputKind(StrEnum):
    """How an answer is entered."""

    CHOICE = "choice"
    DIGITS = "digits"
    DATE = "date"
    TEXT = "text"


_KINDS = {
    FieldType.ENUM: InputKind.CHOICE,
    FieldType.BOOL: InputKind.CHOICE,
    FieldType.DATE: InputKind.DATE,
    FieldType.ID12: InputKind.DIGITS,
    FieldType.PHONE: InputKind.DIGITS,
    FieldType.INT: InputKind.DIGITS,
}


def input_kind(made: Field) -> InputKind:
    """How this field is entered on the kiosk."""
    return _KINDS.get(made.type, InputKind.TEXT)


def most_digits(made: Field) -> int:
    """How many digits may be typed at most."""
    match made.type:
        case FieldType.DATE:
            return DATE_DIGITS
        case FieldType.ID12:
            return 12
        case FieldType.PHONE:
            return 10
        case FieldType.INT if made.max is not None:
            return len(str(made.max))
        case _:
            return 6


def draft_of(made: Field, value: Value) -> str:
    """What stands in the entry when an answer is to be changed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if made.type is FieldType.DATE:
        try:
            day = date.fromisoformat(value)
            return f"{day.day:02d}{day.month:02d}{day.year:04d}"
        except ValueError:
            return ""
    return value


def value_of(made: Field, draft: str) -> Value:
    """The answer that a draft gives. A draft that is no date stays text, for the rules to refuse."""
    text = " ".join(draft.split())
    if not text:
        return None
    match made.type:
        case FieldType.BOOL:
            return {"true": True, "false": False}.get(text, text)
        case FieldType.DATE if len(text) == DATE_DIGITS:
            return f"{text[4:]}-{text[2:4]}-{text[:2]}"
        case FieldType.IDNO:
            return text.upper()
        case FieldType.INT if text.isdecimal():
            return str(int(text))
        case _:
            return text


def suggested(suggestions: Suggestions, made: Field, draft: str) -> tuple[str, ...] | None:
    """What the keyboard may offer for the draft of this field; None where it never offers anything."""
    match made.type:
        case FieldType.NAME:
            return suggestions.of_name(draft)
        case FieldType.ADDR:
            return suggestions.of_place(draft)
        case _:
            return None


def types_capital(made: Field, draft: str, shift: bool) -> bool:
    """Whether the next letter is a capital; ``shift`` turns it round.

    Each word of a name or an address begins with one, else only the first word.
    """
    if made.type in (FieldType.NAME, FieldType.ADDR):
        begins = starts_word(draft)
    elif made.type is FieldType.IDNO:
        begins = True
    else:
        begins = not draft
    return begins != shift
