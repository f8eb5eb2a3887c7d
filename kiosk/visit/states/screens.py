"""Every screen, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.visit.states.card import EnterCan, Reading
from kiosk.visit.states.clips import Clips, FindClips
from kiosk.visit.states.dossier import MyDossier
from kiosk.visit.states.finding import FindProcedure, ProcedureShown
from kiosk.visit.states.form import CheckAnswers, FormDone, MyForms, OfferForm, Question
from kiosk.visit.states.lobby import Start
from kiosk.visit.states.number import AskPriority, GiveBack, Services, TicketShown
from kiosk.visit.states.problem import Problem
from kiosk.visit.states.rating import Rate

Screen = (
    Start
    | Clips
    | FindClips
    | EnterCan
    | Reading
    | Services
    | AskPriority
    | TicketShown
    | GiveBack
    | FindProcedure
    | ProcedureShown
    | MyForms
    | MyDossier
    | Rate
    | OfferForm
    | Question
    | CheckAnswers
    | FormDone
    | Problem
)


NAMES: Mapping[type, str] = {
    Start: "start",
    Clips: "clips",
    FindClips: "find_clips",
    EnterCan: "enter_can",
    Reading: "reading",
    Services: "services",
    AskPriority: "ask_priority",
    TicketShown: "ticket",
    GiveBack: "give_back",
    FindProcedure: "find_procedure",
    ProcedureShown: "procedure",
    MyForms: "my_forms",
    MyDossier: "my_dossier",
    Rate: "rate",
    OfferForm: "offer_form",
    Question: "question",
    CheckAnswers: "check_answers",
    FormDone: "form_done",
    Problem: "problem",
}
"""The name of each screen, as its folder is called."""
