"""A slip as a one-bit picture: the only form of Vietnamese that is the same on every printer.

All lengths are dots of a 203 dpi head (8 dots = 1 mm). 80 mm paper has 576 printable dots, 58 mm paper 384.
In the picture 0 is ink and 255 is paper, as Pillow's mode "1" has it.
"""

from __future__ import annotations

import unicodedata

from PIL import Image

from devices.ticket_printer.slip import PreparationSheet, Slip, TestSlip, TicketSlip
from devices.ticket_printer.strip import BOLD, DOTS, TEXT, Strip
from devices.ticket_printer.words import preparation_words, test_words, ticket_words

_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_VOWELS = "aăâeêioôơuưy"


def draw(slip: Slip, paper_mm: int) -> Image.Image:
    """The slip as a mode "1" picture, ``DOTS[paper_mm]`` dots wide and as long as it needs.

    Raises ``KeyError`` for another paper width than 58 or 80.
    """
    sheet = Strip(DOTS[paper_mm])
    match slip:
        case TestSlip():
            _draw_test(sheet, slip, paper_mm)
        case PreparationSheet():
            _draw_preparation(sheet, slip)
        case TicketSlip():
            _draw_ticket(sheet, slip)
    return sheet.picture()


def _draw_ticket(sheet: Strip, slip: TicketSlip) -> None:
    words = ticket_words()
    wide = sheet.width >= DOTS[80]
    sheet.space(6)
    office, place = words.office_and_place(slip.centre)
    sheet.text(office, TEXT, 28 if wide else 23, most_lines=3)
    if place:
        sheet.space(5)
        sheet.text(place.upper(), BOLD, 38 if wide else 30, most_lines=2)
    sheet.space(14)
    sheet.sawteeth()
    sheet.space(18)
    sheet.text(words.your_number, BOLD, 34 if wide else 26, fit=True)
    sheet.space(22 if wide else 16)
    sheet.number(slip.number, 186 if wide else 128)
    if slip.copy:
        sheet.space(14)
        sheet.text(words.copy, TEXT, 30 if wide else 26)
    sheet.space(22 if wide else 16)
    sheet.text(slip.service, BOLD, 42 if wide else 34, most_lines=4)
    counters = words.counters(slip.counters)
    if counters:
        sheet.space(16)
        sheet.plate(counters, BOLD, 46 if wide else 36)
    sheet.space(16)
    if slip.offline:
        sheet.text(words.offline, BOLD, 32 if wide else 25, fit=True)
        sheet.space(4)
        sheet.text(words.offline_keep, TEXT, 30 if wide else 25, most_lines=3)
    else:
        sheet.text(words.ahead(slip.ahead), TEXT, 34 if wide else 26, most_lines=2)
        wait = words.waiting_time(slip.wait) if slip.ahead else ""
        if wait:
            sheet.text(wait, TEXT, 34 if wide else 26, most_lines=2)
    sheet.space(18)
    sheet.rule()
    if slip.follow_url:
        sheet.code(slip.follow_url, words.follow, TEXT, 34 if wide else 25)
        sheet.rule()
    sheet.space(14)
    sheet.text(words.moment(slip.issued_at, slip.timezone), TEXT, 27 if wide else 22, most_lines=2)
    sheet.space(6)
    sheet.text(words.keep, TEXT, 27 if wide else 22, most_lines=2)
    sheet.space(8)


def _draw_preparation(sheet: Strip, slip: PreparationSheet) -> None:
    words = preparation_words()
    wide = sheet.width >= DOTS[80]
    size = 30 if wide else 25
    sheet.space(6)
    sheet.text(slip.centre, TEXT, 27 if wide else 22, most_lines=3)
    sheet.space(12)
    sheet.sawteeth()
    sheet.space(14)
    sheet.text(words.title, BOLD, 32 if wide else 25, fit=True)
    sheet.space(10)
    sheet.text(slip.title, BOLD, 38 if wide else 31, most_lines=8)
    sheet.space(4)
    sheet.text(words.code.format(code=slip.code), TEXT, size - 4)
    for section in slip.sections:
        sheet.space(14)
        sheet.rule()
        sheet.space(10)
        sheet.item(section.heading, BOLD, size + 3)
        for line in section.lines:
            sheet.space(5)
            sheet.item(line, TEXT, size, box=section.to_tick)
    sheet.space(16)
    sheet.rule()
    if slip.url:
        sheet.code(slip.url, words.portal, TEXT, size)
        sheet.rule()
    sheet.space(12)
    sheet.text(words.not_official, TEXT, size - 4, most_lines=3)
    sheet.text(ticket_words().moment(slip.printed_at, slip.timezone), TEXT, size - 4, most_lines=2)
    sheet.space(8)


def _draw_test(sheet: Strip, slip: TestSlip, paper_mm: int) -> None:
    words = test_words()
    wide = sheet.width >= DOTS[80]
    size = 27 if wide else 22
    sheet.space(6)
    sheet.text(words.title, BOLD, 40 if wide else 32, fit=True)
    sheet.text(words.not_a_number, TEXT, size)
    sheet.space(14)
    sheet.text(words.width.format(paper=paper_mm, dots=sheet.width), TEXT, size)
    sheet.space(8)
    sheet.ruler()
    sheet.text(words.ruler, TEXT, size - 3, most_lines=2)
    sheet.space(16)
    sheet.rule()
    sheet.space(12)
    sheet.text(words.letters, TEXT, size)
    sheet.space(4)
    for line in alphabet():
        sheet.text(line, TEXT, 29 if wide else 23, most_lines=3)
        sheet.space(7)
    sheet.space(14)
    sheet.text(words.grey, TEXT, size - 3, most_lines=2)
    sheet.space(8)
    sheet.gratings()
    sheet.space(14)
    sheet.rule()
    sheet.code(slip.code, words.scan, TEXT, 30 if wide else 25)
    sheet.rule()
    sheet.space(12)
    sheet.text(ticket_words().moment(slip.printed_at, slip.timezone), TEXT, size, most_lines=2)
    sheet.text(slip.printer, TEXT, size - 3, most_lines=3)
    sheet.space(8)


def alphabet() -> tuple[str, ...]:
    """Every Vietnamese vowel with each of its six tones, and đ: lower case, then capitals (NFC)."""
    lines = [
        " ".join(
            "".join(unicodedata.normalize("NFC", vowel + tone) for tone in _TONES)
            for vowel in _VOWELS[i : i + 3]
        )
        for i in range(0, len(_VOWELS), 3)
    ]
    lines[-1] += " đ"
    return (*lines, *(line.upper() for line in lines))
