"""The search for a procedure and what is shown of one."""

from __future__ import annotations

import tomllib

from kiosk.procedures.library import ProcedureLibrary
from kiosk.procedures.shipped import read_shipped
from kiosk.procedures.vocabulary import read_vocabulary
from kiosk.visit.effects import LoadServices, Search
from kiosk.visit.events import (
    BackspaceTapped,
    FindTapped,
    Found,
    FoundProcedure,
    KeyTapped,
    PageTapped,
    PrintResult,
    PrintSheetTapped,
    ProcedureChosen,
    ServiceChoice,
    ServicesLoaded,
    SheetPrinted,
)
from kiosk.visit.states import Setup
from screens.gallery.walk import ROOT, Walk

_ELSEWHERE = ("l", "a", "m", "space", "h", "o", "space", "c", "h", "i", "e", "u")
_NOWHERE = ("m", "a", "y", "space", "b", "a", "y")


def procedures(walk: Walk, setup: Setup, services: tuple[ServiceChoice, ...]) -> None:
    file = ROOT / "config" / "procedures" / "ho-tich.toml"
    library = ProcedureLibrary(read_shipped(file.name, tomllib.loads(file.read_text(encoding="utf-8"))))
    finding = Walk(setup)
    finding.do(FindTapped())
    finding.keep("find_procedure")
    finding.do(ServicesLoaded(finding.asked(LoadServices).visit, services))
    finding.do(*(KeyTapped(key=key) for key in ("k", "h", "a", "i", "space", "s", "i", "n", "h")))
    search = finding.asked(Search)
    hits = [library.get(hit.code) for hit in library.search(search.text, search.limit)]
    found = tuple(FoundProcedure(one, one.service) for one in hits if one is not None)
    finding.do(Found(search.visit, search.text, found))
    finding.keep("find_procedure_found")
    before = finding.state
    finding.do(*(BackspaceTapped() for _ in search.text), *(KeyTapped(key=key) for key in _NOWHERE))
    finding.do(Found(search.visit, finding.asked(Search).text, ()))
    finding.keep("find_procedure_nothing")
    finding.do(*(BackspaceTapped() for _ in _NOWHERE), *(KeyTapped(key=key) for key in _ELSEWHERE))
    search = finding.asked(Search)
    words = tomllib.loads((file.parent / "words.toml").read_text(encoding="utf-8"))
    told = ProcedureLibrary((), read_vocabulary(words)).elsewhere(search.text)
    finding.do(Found(search.visit, search.text, (), told or ""))
    finding.keep("find_procedure_elsewhere")
    finding.state = before
    finding.do(ProcedureChosen(code=found[0].procedure.code))
    finding.keep("procedure")
    finding.do(PrintSheetTapped())
    finding.do(SheetPrinted(search.visit, found[0].procedure.code, PrintResult.PRINTED))
    finding.keep("procedure_printed")
    finding.do(PageTapped(page=1))
    finding.keep("procedure_2")
    walk.views |= finding.views
