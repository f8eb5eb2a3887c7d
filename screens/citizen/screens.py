"""Every citizen's screen as a view-model: the one contract between the visit and its pictures.

A view draws one of these and sends ``button.event`` when a button is pressed; it decides nothing. Which
events can come from a screen is therefore exactly the buttons in its view-model, and besides them:

* ``ScreenTouched()`` on every touch down, wherever it lands, before anything else (someone is there);
* ``Playing.ended`` from the clip player;
* nothing else: time, card, scanner and answers come from the kiosk process.

While ``overlay`` is shown only its buttons are sent. While ``attract`` clips play, ``ScreenTouched`` alone
wakes the kiosk. A touch that begins less than ``TOUCH_GUARD_MS`` after ``KioskView.key`` changed is not
turned into a button's event, so that the second half of a double tap hits nothing; ``step`` also drops
intents whose ``at`` names another screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.speech.news import News
from kiosk.visit.comfort import Comfort
from kiosk.visit.states import (
    NAMES,
    AskPriority,
    CheckAnswers,
    ChooseComfort,
    ChooseLanguage,
    Clips,
    EnterCan,
    FindClips,
    FindProcedure,
    FormDone,
    GiveBack,
    HelpAsked,
    MyDossier,
    MyForms,
    OfferForm,
    Problem,
    ProcedureShown,
    Question,
    Rate,
    Reading,
    Services,
    Start,
    TicketShown,
    VisitState,
)
from screens.citizen.ask_priority.presenter import AskPriorityView, ask_priority_view
from screens.citizen.check_answers.presenter import CheckAnswersView, check_answers_view
from screens.citizen.clips.presenter import ClipsView, clips_view
from screens.citizen.comfort.presenter import ComfortView, comfort_view
from screens.citizen.enter_can.presenter import EnterCanView, enter_can_view
from screens.citizen.find_clips.presenter import FindClipsView, find_clips_view
from screens.citizen.find_procedure.presenter import FindProcedureView, find_procedure_view
from screens.citizen.form_done.presenter import FormDoneView, form_done_view
from screens.citizen.frame import FrameView, frame_view
from screens.citizen.give_back.presenter import GiveBackView, give_back_view
from screens.citizen.help.presenter import HelpView, help_view
from screens.citizen.idle_warning.presenter import IdleWarningView, idle_warning_view
from screens.citizen.language.presenter import LanguageView, language_view
from screens.citizen.my_dossier.presenter import MyDossierView, my_dossier_view
from screens.citizen.my_forms.presenter import MyFormsView, my_forms_view
from screens.citizen.narration import news
from screens.citizen.offer_form.presenter import OfferFormView, offer_form_view
from screens.citizen.problem.presenter import ProblemView, problem_view
from screens.citizen.procedure.presenter import ProcedureView, procedure_view
from screens.citizen.question.presenter import QuestionView, question_view
from screens.citizen.rate.presenter import RateView, rate_view
from screens.citizen.reading.presenter import ReadingView, reading_view
from screens.citizen.services.presenter import ServicesView, services_view
from screens.citizen.start.presenter import StartView, start_view
from screens.citizen.ticket.presenter import TicketView, ticket_view
from screens.locale import Words

TOUCH_GUARD_MS = 350

ScreenView = (
    StartView
    | EnterCanView
    | ReadingView
    | ServicesView
    | AskPriorityView
    | TicketView
    | OfferFormView
    | QuestionView
    | CheckAnswersView
    | FormDoneView
    | ClipsView
    | FindClipsView
    | GiveBackView
    | FindProcedureView
    | ProcedureView
    | MyFormsView
    | MyDossierView
    | RateView
    | ProblemView
)


Overlay = IdleWarningView | LanguageView | ComfortView | HelpView


@dataclass(frozen=True)
class KioskView:
    """What the whole window shows.

    ``name`` is the folder of the screen (``start``, ``enter_can`` …). ``key`` changes exactly when another
    screen or panel is entered: same key, same screen, only update it. ``centre`` is the header, ``help`` the
    footer, ``frame`` the buttons in both, on every screen. ``overlay`` lies over the screen: the idle warning
    before any panel. ``spoken``: what is said of this view when it comes, sentence by sentence; ``news``:
    what of it is said when it comes later.
    """

    name: str
    key: str
    centre: str
    help: str
    screen: ScreenView
    frame: FrameView
    comfort: Comfort
    overlay: Overlay | None = None
    spoken: tuple[str, ...] = ()
    news: tuple[News, ...] = ()


def present(state: VisitState, words: Words) -> KioskView:
    """The window for a state of the visit. ``words`` is the catalogue ``citizen``."""
    screen, overlay = _screen(state, words), _overlay(state, words)
    return KioskView(
        name=NAMES[type(state.screen)],
        key=state.key,
        centre=state.setup.centre_name,
        help=words("frame.help", hotline=state.setup.hotline),
        screen=screen,
        frame=frame_view(state, words),
        comfort=state.comfort,
        overlay=overlay,
        spoken=getattr(overlay or screen, "spoken", ()),
        news=news(overlay or screen),
    )


def _overlay(state: VisitState, words: Words) -> Overlay | None:
    warning = idle_warning_view(state, words)
    if warning is not None:
        return warning
    match state.panel:
        case ChooseLanguage() as panel:
            return language_view(state, panel, words)
        case ChooseComfort() as panel:
            return comfort_view(state, panel, words)
        case HelpAsked() as panel:
            return help_view(state, panel, words)
        case None:
            return None


def _screen(state: VisitState, words: Words) -> ScreenView:  # noqa: PLR0911, PLR0912 - a line for each screen
    match state.screen:
        case Start():
            return start_view(state, words)
        case Clips() as screen:
            return clips_view(state, screen, words)
        case FindClips() as screen:
            return find_clips_view(state, screen, words)
        case EnterCan() as screen:
            return enter_can_view(state, screen, words)
        case Reading() as screen:
            return reading_view(state, screen, words)
        case Services() as screen:
            return services_view(state, screen, words)
        case AskPriority():
            return ask_priority_view(state, words)
        case TicketShown() as screen:
            return ticket_view(state, screen, words)
        case GiveBack() as screen:
            return give_back_view(state, screen, words)
        case FindProcedure() as screen:
            return find_procedure_view(state, screen, words)
        case ProcedureShown() as screen:
            return procedure_view(state, screen, words)
        case MyForms() as screen:
            return my_forms_view(state, screen, words)
        case MyDossier() as screen:
            return my_dossier_view(state, screen, words)
        case Rate() as screen:
            return rate_view(state, screen, words)
        case OfferForm() as screen:
            return offer_form_view(state, screen, words)
        case Question() as screen if state.form is not None:
            return question_view(state, state.form, screen, words)
        case CheckAnswers() as screen if state.form is not None:
            return check_answers_view(state, state.form, screen, words)
        case FormDone() as screen:
            return form_done_view(state, screen, words)
        case Problem() as screen:
            return problem_view(state, screen, words)
        case Question() | CheckAnswers():
            raise AssertionError("a question without a form")
