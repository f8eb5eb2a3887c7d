"""How Vietnamese says what is written in signs."""

from __future__ import annotations

import re

from kiosk.speech.digits import HIGHEST
from kiosk.speech.reading import Reading, Rule, grouped
from kiosk.speech.vietnamese import DIGITS, LETTERS, cardinal, one_by_one

_SIGN_NAMES = {".": "chấm", "-": "gạch ngang", "/": "gạch chéo", "Đ": "đê", "Ư": "ư", "Ơ": "ơ"}
_ABBREVIATIONS = {
    "QR": "kiu a",
    "UBND": "ủy ban nhân dân",
    "HĐND": "hội đồng nhân dân",
    "CCCD": "căn cước công dân",
    "CMND": "chứng minh nhân dân",
    "TTHC": "thủ tục hành chính",
    "BHYT": "bảo hiểm y tế",
    "BHXH": "bảo hiểm xã hội",
    "TP": "thành phố",
    "VNeID": "vi en i đi",
    "PIN": "pin",
    "SĐT": "số điện thoại",
}
_UNITS = {"đ": "đồng", "₫": "đồng", "vnd": "đồng", "vnđ": "đồng", "đồng": "đồng", "%": "phần trăm"}


def number(digits: str) -> str:
    """A number as it stands: with a leading zero, or too long for anyone to grasp, digit by digit."""
    if (digits.startswith("0") and len(digits) > 1) or len(digits) > 9:
        return one_by_one(digits)
    return cardinal(int(digits))


def code(text: str) -> str:
    """Sign by sign: “H06.45-0012” → *hát không sáu chấm bốn năm gạch ngang không không một hai*."""
    return " ".join(_sign(sign) for sign in text)


def _sign(sign: str) -> str:
    if sign in "0123456789":
        return DIGITS[int(sign)]
    return _SIGN_NAMES.get(sign) or LETTERS.get(sign.upper(), sign)


def _grouped_number(text: str) -> str:
    whole, _, part = text.replace(".", "").partition(",")
    value = number(whole) if int(whole) <= HIGHEST else one_by_one(whole)
    return f"{value} phẩy {one_by_one(part) if part.startswith('0') else number(part)}" if part else value


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    said = f"{cardinal(hour)} giờ"
    return f"{said} {cardinal(minute)} phút" if minute else said


def _date(found: re.Match[str]) -> str:
    day, month, year = int(found["day"]), int(found["month"]), found["year"]
    said = "" if found["word"] else "ngày "
    said = f"{found['word'] or ''}{said}{cardinal(day)} tháng {_month(month)}"
    return f"{said} năm {cardinal(int(year))}" if year else said


def _month(month: int) -> str:
    return "tư" if month == 4 else cardinal(month)


def _money(found: re.Match[str]) -> str:
    each = " một " if found["each"] else ""
    return f"{_grouped_number(found['sum'])} {_UNITS[found['unit'].lower()]}{each}"


def _range(found: re.Match[str]) -> str:
    return f"{number(found['low'])} đến {number(found['high'])}"


def _abbreviation(found: re.Match[str]) -> str:
    return _ABBREVIATIONS[found[0]]


_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{3})+(?![0-9])(?:,[0-9]+)?|[0-9]+(?:,[0-9]+)?"
_RULES: tuple[Rule, ...] = (
    (re.compile(r"\b(?:" + "|".join(_ABBREVIATIONS) + r")\b"), _abbreviation),
    (
        re.compile(r"(?P<word>\b[Tt]rang|\b[Cc]âu|\b[Bb]ước)\s+(?P<n>[0-9]{1,3})\s*/\s*(?P<of>[0-9]{1,3})\b"),
        lambda found: f"{found['word']} {number(found['n'])} trên {number(found['of'])}",
    ),
    # phone numbers: national, hotlines of 1800 and 1900, and short ones after the word that announces them
    (
        re.compile(r"(?<![\w.,/-])(?:0[0-9]{2,3}|1[89]00)(?:[ .-]?[0-9]{3,4}){1,3}(?![\w/]|[.,-][0-9])"),
        lambda found: grouped(found[0], one_by_one),
    ),
    (
        re.compile(
            r"(?P<word>\b(?:[Gg]ọi|[Đđ]iện thoại|[Tt]ổng đài|[Đđ]ường dây nóng|[Mm]áy lẻ)(?: số)?:? )"
            r"(?P<phone>[0-9]{3,11}(?: [0-9]{3,4})*)\b"
        ),
        lambda found: found["word"] + grouped(found["phone"], one_by_one),
    ),
    # dossier and procedure codes, numbers of decrees, ticket numbers: letters and digits in one word
    (
        re.compile(r"(?<![\w.])[0-9]\.[0-9]{6}(?:\.[0-9A-Z]+)*(?![\w])"),
        lambda found: code(found[0]),
    ),
    (
        re.compile(
            r"(?<!\w)(?:[A-ZĐ]{1,3}[0-9]+|[0-9]{3}(?:\.[0-9]{2}){2}\.[A-Z])[0-9A-ZĐ]*(?:[.-][0-9A-Z]+)*(?!\w)"
        ),
        lambda found: code(found[0]),
    ),
    (
        re.compile(r"(?<!\w)(?P<n>[0-9]+)/(?P<year>[12][0-9]{3})/(?P<kind>[A-ZĐƯ]+(?:-[A-ZĐƯ]+)*)(?!\w)"),
        lambda found: (
            f"số {number(found['n'])} năm {number(found['year'])} {code(found['kind'].replace('-', ' '))}"
        ),
    ),
    # times and dates
    (
        re.compile(
            r"(?<![\w:.,/])(?P<hour>[01]?[0-9]|2[0-4])\s?(?:giờ|h|g(?=[0-9])|:(?=[0-5][0-9]))\s?"
            r"(?:(?P<minute>[0-5][0-9]|[0-9](?= phút))(?:\s?phút)?)?(?![\w:/]|[.,][0-9])"
        ),
        _time,
    ),
    (
        re.compile(
            r"(?P<word>\b[Nn]gày )?(?<![\w/])(?P<day>[12][0-9]|3[01]|0?[1-9])[/](?P<month>1[0-2]|0?[1-9])"
            r"(?:[/](?P<year>[12][0-9]{3}))?(?![\w/])"
        ),
        _date,
    ),
    (
        re.compile(r"(?P<word>\b[Tt]háng )(?P<month>1[0-2]|0?[1-9])(?:/(?P<year>[12][0-9]{3}))?(?![\w/])"),
        lambda found: (
            found["word"]
            + _month(int(found["month"]))
            + (f" năm {cardinal(int(found['year']))}" if found["year"] else "")
        ),
    ),
    (re.compile(r"(?P<word>\b[Tt]hứ )4\b"), lambda found: f"{found['word']}tư"),
    (
        re.compile(r"(?P<end>giờ|phút)\s?[–-]\s?(?=[0-9a-zđ])"),
        lambda found: f"{found['end']} đến ",
    ),
    # money and other amounts
    (re.compile(r"(?P<n>[0-9])\s?m(?:²|2\b)"), lambda found: f"{found['n']} mét vuông"),
    (
        re.compile(rf"(?<![\w.,])(?P<sum>{_NUMBER})\s?(?P<unit>đồng|đ|₫|[Vv][Nn][DdĐđ]|%)(?!\w)(?P<each>/)?"),
        _money,
    ),
    (
        re.compile(r"(?<![\w.,–-])(?P<low>[0-9]{1,4})\s?(?:–|-)\s?(?P<high>[0-9]{1,4})(?![\w–-]|[.,][0-9])"),
        _range,
    ),
    (re.compile(rf"(?<![\w.,])(?:{_NUMBER})(?!\w|[.,][0-9])"), lambda found: _grouped_number(found[0])),
    (re.compile(r"[0-9][0-9.]*[0-9]|[0-9]"), lambda found: f" {code(found[0])} "),
    (re.compile(r"(?<=[a-z])\.(?=[a-z])"), lambda _found: " chấm "),
    (re.compile(r"\s*%"), lambda _found: " phần trăm"),
    (re.compile(r"\s*&\s*"), lambda _found: " và "),
    (re.compile(r"@"), lambda _found: " a còng "),
    (re.compile(r"\s*\+\s*"), lambda _found: " cộng "),
    (re.compile(r"≤\s*"), lambda _found: "không quá "),
    (re.compile(r"≥\s*"), lambda _found: "từ "),
)


VIETNAMESE = Reading(_RULES, DIGITS)
"""Times by the 24-hour clock, the dot for thousands, the comma for decimals."""
