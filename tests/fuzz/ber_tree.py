"""BER as a tree that can be changed anywhere: lengths are written anew, so that a change stays where it is.

Tolerant on purpose: what is no BER is a leaf. Octet strings, bit strings and other primitive objects whose
value is BER throughout are opened as well (extension values, keys, the signed content of EF.SOD).
"""

from __future__ import annotations

from dataclasses import dataclass, field

_CONSTRUCTED = 0x20
_BIT_STRING = b"\x03"
_OPENED = (b"\x03", b"\x04", b"\x53", b"\x80", b"\x81", b"\x82", b"\x85")
_DEEPEST = 20


@dataclass
class Node:
    """One object. ``children`` is ``None`` for a leaf; ``prefix`` stands before the children (the unused bits
    of a bit string). ``length`` overrides the length octets with a lie.
    """

    tag: bytes
    value: bytes = b""
    children: list[Node] | None = None
    prefix: bytes = b""
    length: bytes | None = field(default=None)

    def encode(self) -> bytes:
        """The object with true lengths, unless it was told to lie."""
        value = self.value if self.children is None else self.prefix + encode(self.children)
        if not self.tag:
            return value
        return self.tag + (length_of(len(value)) if self.length is None else self.length) + value

    def walk(self) -> list[Node]:
        """This node and everything below it."""
        found = [self]
        for child in self.children or ():
            found += child.walk()
        return found


def encode(nodes: list[Node]) -> bytes:
    """Objects one after the other."""
    return b"".join(node.encode() for node in nodes)


def length_of(size: int) -> bytes:
    """The shortest length octets."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((0x80 | len(octets),)) + octets


def nested(depth: int, tag: bytes = b"\x30", inside: bytes = b"") -> bytes:
    """``inside`` within so many objects; quick for any depth."""
    headers = []
    size = len(inside)
    for _ in range(depth):
        headers.append(tag + length_of(size))
        size += len(headers[-1])
    return b"".join(reversed(headers)) + inside


def decode(data: bytes, depth: int = 0) -> list[Node] | None:
    """The objects that ``data`` consists of, to its last byte; ``None`` when it is anything else."""
    nodes: list[Node] = []
    position = 0
    while position < len(data):
        read = _object(data, position, depth)
        if read is None:
            return None
        node, position = read
        nodes.append(node)
    return nodes


def _object(data: bytes, start: int, depth: int) -> tuple[Node, int] | None:
    position = start + 1
    if data[start] & 0x1F == 0x1F:
        while position < len(data) and data[position] & 0x80:
            position += 1
        position += 1
    if position >= len(data):
        return None
    tag = data[start:position]
    first = data[position]
    position += 1
    if first < 0x80:
        size = first
    else:
        count = first & 0x7F
        if not 0 < count <= 4 or position + count > len(data):
            return None
        size = int.from_bytes(data[position : position + count])
        position += count
    end = position + size
    if end > len(data):
        return None
    value = data[position:end]
    node = Node(tag, value)
    if depth < _DEEPEST and value:
        if tag[0] & _CONSTRUCTED:
            node.children = decode(value, depth + 1)
        elif tag in _OPENED and len(value) > 3:
            skip = 1 if tag == _BIT_STRING else 0
            inside = decode(value[skip:], depth + 1)
            if inside and value[skip] in (0x02, 0x03, 0x04, 0x06, 0x30, 0x31):
                node.children, node.prefix = inside, value[:skip]
    return node, end
