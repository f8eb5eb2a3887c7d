"""BER-TLV as ICAO cards use it (ISO/IEC 7816-4 §5.2.2, X.690), parsed with bounds.

The parser does not recurse: whoever expects children asks for them, so that no nesting of a hostile card
costs anything. Only definite lengths of up to four bytes are accepted, never more than what is there.
"""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 65535
_LONGEST_TAG = 3


class TlvError(ValueError):
    """The bytes are not well-formed TLV within the bounds."""


@dataclass(frozen=True)
class Tlv:
    """One data object. ``tag`` holds its bytes as one number, e.g. ``0x7F49``; ``raw`` is the whole
    object.
    """

    tag: int
    value: bytes
    raw: bytes

    def __repr__(self) -> str:
        return f"Tlv({self.tag:X}, {len(self.value)} bytes)"

    def children(self) -> list[Tlv]:
        """The objects inside. Raises ``TlvError``."""
        return parse(self.value)


def header(data: bytes, offset: int = 0) -> tuple[int, int, int]:
    """Tag, length of the header and length of the value of the object at ``offset``.

    The value itself need not be there yet. Raises ``TlvError``, also when the header is cut off.
    """
    position = offset
    try:
        tag = data[position]
        position += 1
        if tag & 0x1F == 0x1F:
            while True:
                part = data[position]
                position += 1
                tag = tag << 8 | part
                if not part & 0x80:
                    break
                if position - offset >= _LONGEST_TAG:
                    raise TlvError("tag longer than three bytes")
        first = data[position]
        position += 1
        if first < 0x80:
            length = first
        elif first == 0x80 or first > 0x84:
            raise TlvError(f"length form {first:02X} is not allowed")
        else:
            count = first & 0x7F
            if position + count > len(data):
                raise TlvError("the length is cut off")
            length = int.from_bytes(data[position : position + count])
            position += count
    except IndexError:
        raise TlvError("the header is cut off") from None
    if length > LARGEST:
        raise TlvError(f"length {length} is above {LARGEST}")
    return tag, position - offset, length


def parse(data: bytes) -> list[Tlv]:
    """All objects that stand one after the other in ``data``, to its last byte. Raises ``TlvError``."""
    objects = []
    offset = 0
    while offset < len(data):
        tag, header_length, length = header(data, offset)
        end = offset + header_length + length
        if end > len(data):
            raise TlvError("a value is longer than what holds it")
        objects.append(Tlv(tag, data[offset + header_length : end], data[offset:end]))
        offset = end
    return objects


def single(data: bytes, tag: int) -> Tlv:
    """The one object that ``data`` consists of, which must have this tag. Raises ``TlvError``."""
    objects = parse(data)
    if len(objects) != 1 or objects[0].tag != tag:
        raise TlvError(f"expected one object {tag:X}")
    return objects[0]


def encode(tag: int, value: bytes) -> bytes:
    """One object with the shortest length form."""
    tag_bytes = tag.to_bytes((tag.bit_length() + 7) // 8 or 1)
    size = len(value)
    if size < 0x80:
        return tag_bytes + bytes((size,)) + value
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return tag_bytes + bytes((0x80 | len(length),)) + length + value
