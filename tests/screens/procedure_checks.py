"""Shows every page of the shipped procedures on a window without a display and prints what is wrong with it.

Run as a process of its own: ``python -m tests.screens.procedure_checks WIDTH HEIGHT MODE [MOST]``: ``MOST``
procedures, those with the most words first, or all. Prints JSON as ``tests.screens.page_checks``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.processes.procedure_files import load_shipped
from kiosk.visit.effects import LoadServices, Search
from kiosk.visit.events import (
    FindTapped,
    Found,
    FoundProcedure,
    KeyTapped,
    PageTapped,
    PrintResult,
    PrintSheetTapped,
    ProcedureChosen,
    ServicesLoaded,
    SheetPrinted,
)
from screens.gallery import Walk, services_of, setup_of, told
from screens.gallery.walk import ROOT
from tests.screens.page_checks import problems


def words_in(procedure) -> int:
    return sum(map(len, (*procedure.bring, procedure.fee_text, procedure.exemptions, *procedure.notes)))


NO_PRINTER = FailureCode.PRINTER_UNREACHABLE  # more words than when it was printed


def pages_of(comfort, most: int | None):
    """The views of every page, by the procedure's code and the page's number."""
    table = told()
    start = Walk(replace(setup_of(table), comfort=comfort))
    start.do(FindTapped())
    start.do(ServicesLoaded(start.asked(LoadServices).visit, services_of(table)))
    start.do(*(KeyTapped(key=key) for key in ("k", "h", "a", "i")))
    search = start.asked(Search)
    views = {}
    shipped = load_shipped(ROOT / "config" / "procedures")
    for procedure in sorted(shipped, key=words_in, reverse=True)[:most]:
        walk = Walk(replace(setup_of(table), comfort=comfort))
        walk.state = start.state
        walk.do(Found(search.visit, search.text, (FoundProcedure(procedure, procedure.service),)))
        walk.do(ProcedureChosen(code=procedure.code))
        walk.do(PrintSheetTapped())  # what is told of the paper takes its place too
        walk.do(SheetPrinted(search.visit, procedure.code, PrintResult.FAILED, NO_PRINTER))
        number = 0
        while number == 0 or walk.views[f"{procedure.code}, page {number}"].screen.following:
            walk.do(*([PageTapped(page=number)] if number else []))
            number += 1
            walk.keep(f"{procedure.code}, page {number}")
        views |= walk.views
    return views


def main(arguments: list[str]) -> None:
    width, height, mode, *most = arguments
    chosen = int(most[0]) if most else None
    for told_of in problems(int(width), int(height), [mode], [], lambda comfort: pages_of(comfort, chosen)):
        print(json.dumps(told_of, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
