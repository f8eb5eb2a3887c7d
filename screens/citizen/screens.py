"""Every citizen's screen as a view-model: the one contract between the visit and its pictures.

A view draws one of these and sends ``button.event`` when a button is pressed; it decides nothing. Which
events
can come from a screen is therefore exactly the buttons in its view-model, and besides them:

* ``ScreenTouched()`` on every touch down, wherever it lands, before anything else (someone is there);
* ``Playing.ended`` from the clip player;
* nothing else: time, card, scanner and answers come from the kiosk process.

While ``overlay`` is shown only its buttons are sent. While ``attract`` clips play, ``ScreenTouched`` alone
wakes the kiosk.
A touch that begins less than ``TOUCH_GUARD_MS`` after ``KioskView.key`` changed is not turned into a
button's event, so
that the second half of a double tap hits nothing; ``step`` also drops intents whose ``at`` names another
screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.check_answers.presenter import CheckAnswersView
from screens.citizen.clips.presenter import ClipsView
from screens.citizen.enter_can.presenter import EnterCanView
from screens.citizen.form_done.presenter import FormDoneView
from screens.citizen.idle_warning.presenter import IdleWarningView
from screens.citizen.offer_form.presenter import OfferFormView
from screens.citizen.problem.presenter import ProblemView
from screens.citizen.question.presenter import QuestionView
from screens.citizen.reading.presenter import ReadingView
from screens.citizen.services.presenter import ServicesView
from screens.citizen.start.presenter import StartView
from screens.citizen.ticket.presenter import TicketView

TOUCH_GUARD_MS = 350

ScreenView = (
    StartView
    | EnterCanView
    | ReadingView
    | ServicesView
    | TicketView
    | OfferFormView
    | QuestionView
    | CheckAnswersView
    | FormDoneView
    | ClipsView
    | ProblemView
)


@dataclass(frozen=True)
class KioskView:
    """What the whole window shows.

    ``name`` is the folder of the screen (``start``, ``enter_can`` …). ``key`` changes exactly when another
    screen is
    entered: same key, same screen, only update it. ``centre`` is the header, ``help`` the footer, on every
    screen.
    """

    name: str
    key: str
    centre: str
    help: str
    screen: ScreenView
    overlay: IdleWarningView | None = None
