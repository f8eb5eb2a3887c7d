"""The state of one citizen's visit, and of the lobby around it. Frozen; nothing here does anything.

``VisitState.screen`` is a tagged union named like the screens. What lives longer than a screen (the person,
the tickets, the form) stands beside it; what lives longer than a visit (card on the reader, devices out of
order) stands in ``Lobby``. Everything of the person is in ``VisitState`` and nowhere else, so wiping is
forgetting that value.

One module a subject, each with its screens and what outlives them; ``screens`` and ``panels`` list all that
can be shown, ``visit`` is the whole. Everybody else imports them from here.
"""

from __future__ import annotations

from kiosk.visit.states.card import EnterCan, Person, Reading
from kiosk.visit.states.clips import Clip, ClipLine, Clips, FindClips
from kiosk.visit.states.dossier import MyDossier
from kiosk.visit.states.finding import FindProcedure, ProcedureShown
from kiosk.visit.states.form import (
    CheckAnswers,
    FormDone,
    FormSession,
    FormState,
    MyForms,
    OfferForm,
    Question,
)
from kiosk.visit.states.lobby import Lobby, Start
from kiosk.visit.states.number import AskPriority, GiveBack, HeldTicket, Services, TicketShown
from kiosk.visit.states.panels import PANEL_NAMES, ChooseComfort, ChooseLanguage, HelpAsked, HelpStep, Panel
from kiosk.visit.states.problem import Again, Problem
from kiosk.visit.states.rating import Rate, RatingStep
from kiosk.visit.states.screens import NAMES, Screen
from kiosk.visit.states.setup import Setup
from kiosk.visit.states.visit import VisitState

__all__ = [
    "NAMES",
    "PANEL_NAMES",
    "Again",
    "AskPriority",
    "CheckAnswers",
    "ChooseComfort",
    "ChooseLanguage",
    "Clip",
    "ClipLine",
    "Clips",
    "EnterCan",
    "FindClips",
    "FindProcedure",
    "FormDone",
    "FormSession",
    "FormState",
    "GiveBack",
    "HeldTicket",
    "HelpAsked",
    "HelpStep",
    "Lobby",
    "MyDossier",
    "MyForms",
    "OfferForm",
    "Panel",
    "Person",
    "Problem",
    "ProcedureShown",
    "Question",
    "Rate",
    "RatingStep",
    "Reading",
    "Screen",
    "Services",
    "Setup",
    "Start",
    "TicketShown",
    "VisitState",
]
