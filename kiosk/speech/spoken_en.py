"""How English says what is written in signs."""

from __future__ import annotations

import re

from kiosk.speech.digits import HIGHEST
from kiosk.speech.english import DIGITS, MONTHS, cardinal, one_by_one, ordinal, year
from kiosk.speech.reading import Reading, Rule, grouped

_SIGN_NAMES = {".": "dot", "-": "dash", "/": "slash"}
_UNITS = {
    "min": ("minute", "minutes"),
    "hr": ("hour", "hours"),
    "sec": ("second", "seconds"),
}
_ABBREVIATIONS = {"QR": "Q R", "ID": "I D", "PIN": "pin", "VNeID": "V N E I D"}


def number(digits: str) -> str:
    """A number as it stands: with a leading zero, or too long for anyone to grasp, digit by digit."""
    if (digits.startswith("0") and len(digits) > 1) or len(digits) > 9:
        return one_by_one(digits)
    return cardinal(int(digits))


def code(text: str) -> str:
    """Sign by sign: “H06.45” → *H zero six dot four five*."""
    return " ".join(
        DIGITS[int(sign)] if sign in "0123456789" else _SIGN_NAMES.get(sign, sign) for sign in text
    )


def _grouped_number(text: str) -> str:
    whole, _, part = text.replace(",", "").partition(".")
    value = number(whole) if int(whole) <= HIGHEST else one_by_one(whole)
    return f"{value} point {one_by_one(part)}" if part else value


def _money(found: re.Match[str]) -> str:
    whole = re.sub("[.,]", "", found["sum"])
    return f"{number(whole)} dong" + (" each " if found["each"] else "")


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found["hour"]), int(found["minute"])
    half = "a m" if hour % 24 < 12 else "p m"
    said = cardinal(hour % 12 or 12)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    return f"{said} {half}"


def _date(found: re.Match[str]) -> str:
    said = f"the {ordinal(int(found['day']))} of {MONTHS[int(found['month']) - 1]}"
    return f"{said} {year(int(found['year']))}" if found["year"] else said


def _unit(found: re.Match[str]) -> str:
    one, many = _UNITS[found["unit"]]
    amount = found["amount"]
    return f"{amount}{one if amount.strip() == '1' else many}"


_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_RULES: tuple[Rule, ...] = (
    (re.compile(r"\b(?:" + "|".join(_ABBREVIATIONS) + r")\b"), lambda found: _ABBREVIATIONS[found[0]]),
    (re.compile(r"(?P<amount>(?<![\w.,])[0-9]+ )(?P<unit>min|hr|sec)\b"), _unit),
    (
        re.compile(
            r"(?P<word>\b[Pp]age|\b[Qq]uestion|\b[Ss]tep)\s+(?P<n>[0-9]{1,3})\s*/\s*(?P<of>[0-9]{1,3})\b"
        ),
        lambda found: f"{found['word']} {number(found['n'])} of {number(found['of'])}",
    ),
    (
        re.compile(r"(?<![\w.,/-])(?:0[0-9]{2,3}|1[89]00)(?:[ .-]?[0-9]{3,4}){1,3}(?![\w/]|[.,-][0-9])"),
        lambda found: grouped(found[0], one_by_one),
    ),
    (
        re.compile(r"(?P<word>\b(?:[Cc]all|[Pp]hone|[Hh]otline):? )(?P<phone>[0-9]{3,11}(?: [0-9]{3,4})*)\b"),
        lambda found: found["word"] + grouped(found["phone"], one_by_one),
    ),
    (re.compile(r"(?<![\w.])[0-9]\.[0-9]{6}(?:\.[0-9A-Z]+)*(?![\w])"), lambda found: code(found[0])),
    (
        re.compile(
            r"(?<!\w)(?:[A-ZĐ]{1,3}[0-9]+|[0-9]{3}(?:\.[0-9]{2}){2}\.[A-Z])[0-9A-ZĐ]*(?:[.-][0-9A-Z]+)*(?!\w)"
        ),
        lambda found: code(found[0]),
    ),
    (re.compile(r"(?<![\w:])(?P<hour>[01]?[0-9]|2[0-4]):(?P<minute>[0-5][0-9])(?![\w:])"), _time),
    (
        re.compile(
            r"(?<![\w/])(?P<day>[12][0-9]|3[01]|0?[1-9])/(?P<month>1[0-2]|0?[1-9])"
            r"(?:/(?P<year>[12][0-9]{3}))?(?![\w/])"
        ),
        _date,
    ),
    # money as English writes it (16,000) or as Vietnamese does (16.000)
    (
        re.compile(
            r"(?<![\w.,])(?P<sum>[0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]+)\s?"
            r"(?:VND|VNĐ|vnd|dong|đồng|đ|₫)(?!\w)(?P<each>/)?"
        ),
        _money,
    ),
    (
        re.compile(r"(?<![\w.,–-])(?P<low>[0-9]{1,4})\s?(?:–|-)\s?(?P<high>[0-9]{1,4})(?![\w–-]|[.,][0-9])"),
        lambda found: f"{number(found['low'])} to {number(found['high'])}",
    ),
    (re.compile(rf"(?<![\w.,])(?:{_NUMBER})(?!\w|[.,][0-9])"), lambda found: _grouped_number(found[0])),
    (re.compile(r"[0-9][0-9.]*[0-9]|[0-9]"), lambda found: f" {code(found[0])} "),
    (re.compile(r"(?<=[a-z])\.(?=[a-z])"), lambda _found: " dot "),
    (re.compile(r"\s*%"), lambda _found: " per cent"),
    (re.compile(r"\s*&\s*"), lambda _found: " and "),
    (re.compile(r"@"), lambda _found: " at "),
    (re.compile(r"\s*\+\s*"), lambda _found: " plus "),
    (re.compile(r"≤\s*"), lambda _found: "at most "),
    (re.compile(r"≥\s*"), lambda _found: "at least "),
    (re.compile(r"\b(?P<amount>)(?P<unit>min|hr|sec)\b"), lambda found: _UNITS[found["unit"]][1]),
)


ENGLISH = Reading(_RULES, DIGITS)
"""Times by the 12-hour clock, the comma for thousands, the day before the month."""
