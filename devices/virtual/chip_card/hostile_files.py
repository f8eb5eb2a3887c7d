"""Files that a card should never hold: the traps that a reader's parser has to survive."""

from __future__ import annotations

from devices.chip_card.lds import CARD_ACCESS, COM, DATA_GROUP_TAGS, SOD
from devices.virtual.chip_card.profile import Hostile

_DEPTH = 5000
_OTHER_FILES = {"card-access": CARD_ACCESS, "com": COM, "sod": SOD}


def trap(text: str) -> tuple[int, bytes]:
    """Short identifier and content of a file given as ``dg13:nested``. Raises ``ValueError``."""
    name, _, kind_name = text.partition(":")
    kinds = {kind.value: kind for kind in Hostile}
    if name in _OTHER_FILES:
        sfi, tag = _OTHER_FILES[name].sfi, _OTHER_FILES[name].tag
    elif name.startswith("dg") and name[2:].isdecimal() and int(name[2:]) in DATA_GROUP_TAGS:
        sfi = int(name[2:])
        tag = DATA_GROUP_TAGS[sfi]
    else:
        raise ValueError(f"no file “{name}”; there are dg1 to dg16, {', '.join(_OTHER_FILES)}")
    if kind_name not in kinds:
        raise ValueError(f"“{text}”: there are {', '.join(kinds)}")
    return sfi, content(tag, kinds[kind_name])


def content(tag: int, kind: Hostile) -> bytes:  # noqa: PLR0911 - one line for each trap
    """A file that begins with this tag, with this trap in it."""
    first = bytes((tag,))
    match kind:
        case Hostile.HUGE_LENGTH:
            return first + b"\x84\xff\xff\xff\xff" + bytes(64)
        case Hostile.LENGTH_OVER_END:
            return first + b"\x82\x40\x00" + bytes(300)
        case Hostile.INDEFINITE:
            return first + b"\x80" + b"\x30\x03\x02\x01\x01" + b"\x00\x00"
        case Hostile.NESTED:
            return first + b"\x82" + (_DEPTH * 4).to_bytes(2) + _nested(_DEPTH)
        case Hostile.CHILD_TOO_LONG:
            return first + b"\x04" + b"\x30\x7f\x02\x01"
        case Hostile.EMPTY:
            return b""
        case Hostile.EMPTY_OBJECT:
            return first + b"\x00"
        case Hostile.ZEROES:
            return bytes(300)
        case Hostile.WRONG_TAG:
            return b"\x04\x82\x01\x00" + bytes(256)


def _nested(depth: int) -> bytes:
    """Sequences in sequences, four bytes of header each."""
    return b"".join(b"\x30\x82" + (left * 4).to_bytes(2) for left in range(depth - 1, -1, -1))
