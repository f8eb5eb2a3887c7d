"""BER of indefinite length made definite (X.690 §8.1.3.6), with bounds: some EF.SODs are written that way.

Everything that has definite lengths already comes out byte for byte, so what is signed stays what was signed.
"""

from __future__ import annotations

DEEPEST = 24
MOST_OBJECTS = 100_000
LONGEST_IDENTIFIER = 64
"""Bytes of an object identifier. To read one of thousands takes seconds."""
_END_OF_CONTENTS = b"\x00\x00"
_CONSTRUCTED, _OCTET_STRING, _OBJECT_IDENTIFIER = 0x20, 0x04, 0x06


class FormError(ValueError):
    """Not BER, or beyond the bounds."""


def definite(data: bytes) -> bytes:
    """The one object that ``data`` consists of, without indefinite lengths and octet strings in pieces.

    Raises ``FormError``.
    """
    if len(data) < 2:
        raise FormError("cut off")
    walk = _Walk(data)
    found, end = walk.object(0, len(data), 0)
    if end != len(data):
        raise FormError("bytes after the end")
    return found


def split(data: bytes, most: int = MOST_OBJECTS) -> list[bytes]:
    """The objects that stand one after the other in ``data``, of definite length; not looked into.

    Raises ``FormError``, also when there are more than ``most``.
    """
    walk = _Walk(data)
    found: list[bytes] = []
    position = 0
    while position < len(data):
        if len(found) == most:
            raise FormError(f"more than {most} objects")
        end = walk.end(position)
        found.append(data[position:end])
        position = end
    return found


def content_of(data: bytes) -> bytes:
    """What stands in the one object that ``data`` is. Raises ``FormError``."""
    walk = _Walk(data)
    if not data or walk.end(0) != len(data):
        raise FormError("not one object")
    return data[walk.header(0, len(data))[0] :]


class _Walk:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._objects = 0

    def end(self, start: int) -> int:
        """Where the object at ``start`` ends."""
        value, length = self.header(start, len(self._data))
        if length is None or value + length > len(self._data):
            raise FormError("cut off, or of indefinite length")
        return value + length

    def object(self, start: int, limit: int, depth: int) -> tuple[bytes, int]:
        """The object at ``start`` in definite form, and where it ends."""
        self._objects += 1
        if self._objects > MOST_OBJECTS or depth > DEEPEST:
            raise FormError("nested too deep, or too many objects")
        data = self._data
        value, length = self.header(start, limit)
        tag = data[start]
        if length is None:
            if not tag & _CONSTRUCTED:
                raise FormError("a primitive object of indefinite length")
            children, end = self._children(value, limit, depth, ended_by_marker=True)
            return self._rebuilt(start, children), end
        end = value + length
        if end > limit:
            raise FormError("an object is longer than what holds it")
        if not tag & _CONSTRUCTED:
            if tag == _OBJECT_IDENTIFIER and length > LONGEST_IDENTIFIER:
                raise FormError("an endless object identifier")
            return data[start:end], end
        children, _ = self._children(value, end, depth, ended_by_marker=False)
        joined = tag & 0x1F == _OCTET_STRING and tag & 0xC0 == 0
        if not joined and b"".join(children) == data[value:end]:
            return data[start:end], end
        return self._rebuilt(start, children), end

    def _children(
        self, position: int, limit: int, depth: int, *, ended_by_marker: bool
    ) -> tuple[list[bytes], int]:
        children: list[bytes] = []
        while position < limit:
            if ended_by_marker and self._data[position : position + 2] == _END_OF_CONTENTS:
                return children, position + 2
            child, position = self.object(position, limit, depth + 1)
            children.append(child)
        if ended_by_marker:
            raise FormError("the end is not marked")
        return children, position

    def _rebuilt(self, start: int, children: list[bytes]) -> bytes:
        """The object with this one's tag around the children."""
        tag_end = self._tag_end(start, len(self._data))
        tag = self._data[start:tag_end]
        if tag == bytes((_CONSTRUCTED | _OCTET_STRING,)):
            pieces = [_value_of_piece(child) for child in children]
            tag, children = bytes((_OCTET_STRING,)), pieces
        content = b"".join(children)
        return tag + _length(len(content)) + content

    def _tag_end(self, start: int, limit: int) -> int:
        position = start + 1
        if self._data[start] & 0x1F == 0x1F:
            while position < limit and self._data[position] & 0x80:
                position += 1
            position += 1
        if position >= limit or position - start > 5:
            raise FormError("the tag is cut off")
        return position

    def header(self, start: int, limit: int) -> tuple[int, int | None]:
        """Where the value begins, and its length; ``None`` when that is indefinite."""
        position = self._tag_end(start, limit)
        first = self._data[position]
        position += 1
        if first < 0x80:
            return position, first
        if first == 0x80:
            return position, None
        count = first & 0x7F
        if count > 4 or position + count > limit:
            raise FormError("the length is cut off")
        return position + count, int.from_bytes(self._data[position : position + count])


def _value_of_piece(piece: bytes) -> bytes:
    if piece[0] != _OCTET_STRING:
        raise FormError("an octet string of other pieces")
    return piece[2 + (piece[1] & 0x7F if piece[1] & 0x80 else 0) :]


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((0x80 | len(length),)) + length
