"""Changes that keep an input's form, so that they reach what lies behind the first check.

Every change is drawn from the ``random.Random`` given, and so can be made again from its seed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from enum import Enum
from random import Random

from tests.fuzz import ber_tree
from tests.fuzz.ber_tree import Node

Mutate = Callable[[bytes, int], bytes]
"""Changes bytes without knowing their form; the second argument is the most bytes wanted back."""


class Form(Enum):
    """What an input is made of, which says how it is changed."""

    BER = "ber"
    ANSWER = "answer"
    """Two bytes that say where and how, then the bytes of an answer: BER, or anything."""
    TEXT = "text"
    BYTES = "bytes"


TAGS = bytes.fromhex("0102030405060a0c131416171a1e303180818283848586878a8e8f979fa0a1a2a3a4")
OBJECT_IDENTIFIERS = tuple(bytes.fromhex(one) for one in (
    "04007f00070202040202", "04007f00070202040401", "04007f00070202040604", "04007f00070202020101",
    "04007f000702020302", "04007f00070202030202", "04007f0007020203010204", "04007f000702020102",
    "04007f000702020101",
    "0678000000", "678108010105", "678108010101", "678108010102", "2a864886f70d010702", "2a864886f70d010701",
    "2a864886f70d01010a", "2a864886f70d010101", "2a864886f70d01010b", "2a864886f70d010108", "2a8648ce3d0201",
    "2a8648ce3d030107", "2a8648ce3d040302", "2b24030303020801010d", "2b240303020801010b",
    "608648016503040201",
    "608648016503040203", "2b0e03021a", "551d0f", "551d13", "551d0e", "551d23", "551d25", "550406", "550403",
    "2a864886f70d010903", "2a864886f70d010904", "2a8648ce3d0101", "2a8648ce3d0102", "2a864886f70d010301",
    "2a8648ce3e0201",
))  # fmt: skip
NUMBERS = (
    b"", b"\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\x00\x80", b"\x7f\xff\xff\xff", b"\x80" + bytes(8),
    b"\x00" + b"\xff" * 16, b"\x01" + bytes(128), b"\x7f" + b"\xff" * 2047, b"\x00" * 40 + b"\x05",
)  # fmt: skip
LENGTHS = (
    b"\x80",
    b"\x00",
    b"\x7f",
    b"\x81\x00",
    b"\x82\x00\x01",
    b"\x84\xff\xff\xff\xff",
    b"\x83\x01\x00\x00",
    b"\x85",
)
CHARACTERS = (
    "|", "<", "<<", "\n", "\r\n", "\t", "\x00", "\u202e", "\u200b", "\ufeff", "\ufdfa", "\u0301" * 30, "٣",
    "𝟛", "²", "①",
    "ﬃ", "İ", "ß", "Đ", "đ", "ữ", "\ud800", "\U000e0001", "‹", "９", "9" * 30, "/", "-", ".", ",", ";",
    " ", "VNM", "D<<",
)  # fmt: skip


def mutated(
    form: Form, data: bytes, longest: int, *, random: Random, others: Sequence[bytes], blind: Mutate
) -> bytes:
    """``data`` with a few changes. ``others``: inputs to take parts from; ``blind`` changes bare bytes."""
    if form is Form.BER:
        changed = _ber(data, longest, random, others, blind)
    elif form is Form.ANSWER:
        head = bytes(
            random.randrange(256) if random.random() < 0.2 else byte for byte in data[:2].ljust(2, b"\0")
        )
        changed = head + _ber(data[2:], longest - 2, random, [other[2:] for other in others], blind)
    elif form is Form.TEXT:
        changed = _text(data, longest, random, others, blind)
    else:
        changed = blind(data, longest)
    return changed[:longest]


def scrambled(random: Random) -> Mutate:
    """A blind change for where no fuzzer offers its own."""

    def change(data: bytes, longest: int) -> bytes:
        changed = bytearray(data[:longest])
        for _ in range(random.choice((1, 1, 2, 4))):
            place = random.randrange(len(changed) + 1)
            kind = random.randrange(4)
            if kind == 0:
                changed[place:place] = random.randbytes(random.choice((1, 1, 2, 8)))
            elif kind == 1:
                del changed[place : place + random.choice((1, 1, 2, 16))]
            elif place < len(changed):
                changed[place] = (
                    random.randrange(256) if kind == 2 else changed[place] ^ 1 << random.randrange(8)
                )
        return bytes(changed[:longest])

    return change


def _ber(data: bytes, longest: int, random: Random, others: Sequence[bytes], blind: Mutate) -> bytes:
    nodes = ber_tree.decode(data)
    if not nodes or random.random() < 0.15:
        return blind(data, longest)
    root = Node(b"", children=nodes)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        _change_node(root, random, others, blind)
    return ber_tree.encode(root.children or [])


def _change_node(root: Node, random: Random, others: Sequence[bytes], blind: Mutate) -> None:  # noqa: PLR0912
    parents = [node for node in root.walk() if node.children]
    if not parents:
        return
    parent = random.choice(parents)
    children = parent.children or []
    place = random.randrange(len(children))
    node = children[place]
    kind = random.randrange(14)
    if kind == 0:
        del children[place]
    elif kind == 1:
        children[place:place] = [copy.deepcopy(node)] * random.choice((1, 1, 2, 70))
    elif kind == 2:
        other = random.randrange(len(children))
        children[place], children[other] = children[other], children[place]
    elif kind == 3:
        children[place] = copy.deepcopy(random.choice(root.walk()[1:]))
    elif kind == 4 and others:
        there = ber_tree.decode(random.choice(others))
        if there:
            children[place] = copy.deepcopy(random.choice(random.choice(there).walk()))
    elif kind == 5:
        node.tag = bytes((random.choice(TAGS),))
    elif kind == 6:
        node.length = random.choice(LENGTHS)
    elif kind == 7:
        children[place] = Node(random.choice((b"\x30", b"\x31", b"\x04", b"\xa0", b"\x24")), children=[node])
    elif kind == 8:
        children[place] = Node(
            b"", ber_tree.nested(random.choice((3, 30, 300, 3000)), inside=node.encode()[:200])
        )
        children[place] = Node(b"\x30", children[place].value)
    elif kind == 9:
        children[place:place] = [Node(b"\x06", random.choice(OBJECT_IDENTIFIERS))]
    elif kind == 10:
        node.children, node.value = None, b""
    else:
        _change_leaf(
            random.choice([one for one in root.walk() if one.children is None] or [node]), random, blind
        )


def _change_leaf(leaf: Node, random: Random, blind: Mutate) -> None:
    leaf.children = None
    if leaf.tag == b"\x06" and random.random() < 0.7:
        leaf.value = random.choice(OBJECT_IDENTIFIERS)
    elif leaf.tag == b"\x02" and random.random() < 0.5:
        leaf.value = random.choice(NUMBERS)
    elif random.random() < 0.1:
        leaf.value = leaf.value[: random.randrange(len(leaf.value) + 1)]
    else:
        leaf.value = blind(leaf.value, max(64, 2 * len(leaf.value)))


def _text(data: bytes, longest: int, random: Random, others: Sequence[bytes], blind: Mutate) -> bytes:
    if random.random() < 0.4:
        return blind(data, longest)
    text = text_of(data)
    place = random.randrange(len(text) + 1)
    kind = random.randrange(5)
    if kind == 0:
        text = text[:place] + random.choice(CHARACTERS) + text[place:]
    elif kind == 1:
        text = text[:place] + random.choice(CHARACTERS) + text[place + random.choice((1, 1, 2, 8)) :]
    elif kind == 2:
        text = text[:place] + text[place + random.choice((1, 1, 5)) :]
    elif kind == 3 and others:
        other = text_of(random.choice(others))
        text = text[:place] + other[random.randrange(len(other) + 1) :]
    else:
        text = text[:place] + text[place : place + 12] * random.choice((2, 3, 40)) + text[place:]
    return bytes_of(text)


def text_of(data: bytes) -> str:
    """Text from any bytes, lone surrogates among it."""
    return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """The bytes that ``text_of`` makes this text of, as far as there are any."""
    return text.encode("utf-8", "surrogatepass")
