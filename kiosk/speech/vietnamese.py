"""How Vietnamese reads a called number aloud: cardinal words, digits one by one, and the names of letters.

The rules of compounds: 1 after *mươi* is *mốt*, 4 after *mươi* is *tư*, 5 after *mười* or *mươi* is *lăm*;
an empty tens place is *linh*; a group that is not the first says its *không trăm*; an empty group is silent.
Read one by one, a digit always keeps its plain name: 015 is *không một năm*.
"""

from __future__ import annotations

from kiosk.speech.digits import groups, named

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")

LETTERS = {
    "A": "A",
    "B": "bê",
    "C": "xê",
    "D": "đê",
    "E": "e",
    "F": "ép",
    "G": "gờ",
    "H": "hát",
    "I": "i",
    "J": "gi",
    "K": "ca",
    "L": "e lờ",
    "M": "em mờ",
    "N": "en nờ",
    "O": "o",
    "P": "pê",
    "Q": "quy",
    "R": "e rờ",
    "S": "ét sì",
    "T": "tê",
    "U": "u",
    "V": "vê",
    "W": "vê kép",
    "X": "ích xì",
    "Y": "i dài",
    "Z": "dét",
}
"""The name under which people know a letter in a code; of the bare letter a voice may make anything."""

LOUDSPEAKER_TEST = "Đây là lời thử loa"
"""Said when maintenance staff try the loudspeaker; calls nobody."""

_GROUPS = ("", "nghìn", "triệu", "tỷ")


def cardinal(number: int) -> str:
    """The number as words: 15 → *mười lăm*, 1005 → *một nghìn không trăm linh năm*.

    Raises ``ValueError`` for a number below 0 or above 999,999,999,999.
    """
    words: list[str] = []
    for place, group in groups(number):
        words += _three_digits(group, first=not words)
        if _GROUPS[place]:
            words.append(_GROUPS[place])
    return " ".join(words) or DIGITS[0]


def one_by_one(digits: str) -> str:
    """Each digit by its own name: "015" → *không một năm*. Raises ``ValueError`` for anything else."""
    return named(digits, DIGITS)


def ticket_number(number: str) -> str:
    """A ticket's number as it is called, letters by name, digits one by one: "A015" → *A không một năm*.

    Raises ``ValueError`` when it is not Latin capital letters followed by digits.
    """
    digits = number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    letters = number[: len(number) - len(digits)]
    return " ".join([*(LETTERS[letter] for letter in letters), one_by_one(digits)])


def announcement(number: str, counter: int) -> str:
    """The sentence that calls a ticket to a counter: *Mời số A không một năm, đến quầy số chín*.

    It holds no digit. Raises ``ValueError`` when the ticket's number or the counter's cannot be read aloud.
    """
    return f"Mời số {ticket_number(number)}, đến quầy số {cardinal(counter)}"


def _three_digits(group: int, *, first: bool) -> list[str]:
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words: list[str] = []
    if hundreds or not first:
        words += [DIGITS[hundreds], "trăm"]
    if tens == 0:
        if ones:
            words += ["linh", DIGITS[ones]] if words else [DIGITS[ones]]
        return words
    words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 4 and tens > 1:
        words.append("tư")
    elif ones == 5:
        words.append("lăm")
    elif ones:
        words.append(DIGITS[ones])
    return words
