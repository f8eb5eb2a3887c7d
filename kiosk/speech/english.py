"""How English reads numbers aloud: cardinals, ordinals, years, digits one by one."""

from __future__ import annotations

from kiosk.speech.digits import groups, named

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_TEENS = tuple(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ")  # noqa: SIM905
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ("", "thousand", "million", "billion")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def cardinal(number: int) -> str:
    """15 → *fifteen*, 1005 → *one thousand and five*.

    Raises ``ValueError`` for a number below 0 or above 999,999,999,999.
    """
    words: list[str] = []
    for place, group in groups(number):
        if words and place == 0 and group < 100:
            words.append("and")
        words.append(_three_digits(group))
        if _GROUPS[place]:
            words.append(_GROUPS[place])
    return " ".join(words) or DIGITS[0]


def ordinal(number: int) -> str:
    """24 → *twenty-fourth*. Raises ``ValueError`` as ``cardinal`` does."""
    head, separator, last = _split_last(cardinal(number))
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return head + separator + last


def year(number: int) -> str:
    """1978 → *nineteen seventy-eight*, 2005 → *two thousand and five*, 2026 → *twenty twenty-six*."""
    hundreds, rest = divmod(number, 100)
    if not 11 <= hundreds <= 99 or (hundreds % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(hundreds)} hundred"
    return f"{cardinal(hundreds)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def one_by_one(digits: str) -> str:
    """Each digit by its own name: "015" → *zero one five*. Raises ``ValueError`` for anything else."""
    return named(digits, DIGITS)


def _three_digits(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    below = ""
    if rest >= 20:
        below = _TENS[tens] + (f"-{DIGITS[ones]}" if ones else "")
    elif rest >= 10:
        below = _TEENS[rest - 10]
    elif rest:
        below = DIGITS[ones]
    if not hundreds:
        return below
    return f"{DIGITS[hundreds]} hundred" + (f" and {below}" if below else "")


def _split_last(words: str) -> tuple[str, str, str]:
    place = max(words.rfind(" "), words.rfind("-"))
    return (words[:place], words[place], words[place + 1 :]) if place >= 0 else ("", "", words)
