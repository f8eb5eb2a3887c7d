"""The whole window: header, the current screen, whom to ask, and what may lie over them."""

from __future__ import annotations

from collections.abc import Callable

from kivy.clock import Clock
from kivy.input.motionevent import MotionEvent
from kivy.lang import Builder
from kivy.uix.floatlayout import FloatLayout

from kiosk.visit.events import ScreenTouched
from screens.citizen.ask_priority.view import AskPriorityPage
from screens.citizen.check_answers.view import CheckAnswersPage
from screens.citizen.clips.view import ClipsPage
from screens.citizen.comfort.presenter import ComfortView
from screens.citizen.comfort.view import ComfortPanel
from screens.citizen.enter_can.view import EnterCanPage
from screens.citizen.find_procedure.view import FindProcedurePage
from screens.citizen.form_done.view import FormDonePage
from screens.citizen.give_back.view import GiveBackPage
from screens.citizen.help.presenter import HelpView
from screens.citizen.help.view import HelpPanel
from screens.citizen.idle_warning.presenter import IdleWarningView
from screens.citizen.idle_warning.view import IdleWarningOverlay
from screens.citizen.language.presenter import LanguageView
from screens.citizen.language.view import LanguagePanel
from screens.citizen.my_dossier.view import MyDossierPage
from screens.citizen.my_forms.view import MyFormsPage
from screens.citizen.offer_form.view import OfferFormPage
from screens.citizen.problem.view import ProblemPage
from screens.citizen.procedure.view import ProcedurePage
from screens.citizen.question.view import QuestionPage
from screens.citizen.rate.view import RatePage
from screens.citizen.reading.view import ReadingPage
from screens.citizen.screens import TOUCH_GUARD_MS, KioskView
from screens.citizen.services.view import ServicesPage
from screens.citizen.start.view import StartPage
from screens.citizen.ticket.view import TicketPage
from screens.theme import current, install
from screens.widgets.clip_player import OpenClip
from screens.widgets.page import Page

Builder.load_string(
    """
<Stage>:
    canvas.before:
        Color:
            rgba: theme.paper
        Rectangle:
            pos: self.pos
            size: self.size
    BoxLayout:
        orientation: "vertical"
        Header:
            id: header
        BoxLayout:
            id: place
        HelpLine:
            id: help
"""
)

PAGES: dict[str, type[Page]] = {
    "start": StartPage,
    "enter_can": EnterCanPage,
    "reading": ReadingPage,
    "services": ServicesPage,
    "ask_priority": AskPriorityPage,
    "ticket": TicketPage,
    "offer_form": OfferFormPage,
    "question": QuestionPage,
    "check_answers": CheckAnswersPage,
    "form_done": FormDonePage,
    "give_back": GiveBackPage,
    "find_procedure": FindProcedurePage,
    "procedure": ProcedurePage,
    "my_forms": MyFormsPage,
    "my_dossier": MyDossierPage,
    "rate": RatePage,
    "clips": ClipsPage,
    "problem": ProblemPage,
}

OVERLAYS: dict[type, type[Page]] = {
    IdleWarningView: IdleWarningOverlay,
    LanguageView: LanguagePanel,
    ComfortView: ComfortPanel,
    HelpView: HelpPanel,
}

DRAWN_FOR_MM = (267.7, 475.9)  # 21.5 inches, 16:9
STAFF_CORNER_MM = 26.0
STAFF_TAPS = 5
STAFF_SECONDS = 4.0


class Stage(FloatLayout):
    """Shows one ``KioskView`` after the other; pages are built once, when they are first shown."""

    def __init__(
        self,
        send: Callable[[object], None],
        ask_for_staff: Callable[[], None],
        open_clip: OpenClip | None = None,
        **kwargs: object,
    ) -> None:
        install(current().drawn_for(*DRAWN_FOR_MM))
        super().__init__(**kwargs)
        self._send, self._ask_for_staff, self._open_clip = send, ask_for_staff, open_clip
        self._pages: dict[str, Page] = {}
        self._overlays: dict[type, Page] = {}
        self._overlay: Page | None = None
        self._view: KioskView | None = None
        self._entered = 0.0
        self._corner_taps: list[float] = []

    @property
    def page(self) -> Page | None:
        """The page that is shown."""
        return self._pages.get(self._view.name) if self._view is not None else None

    def show(self, view: KioskView) -> None:
        """Show ``view``; a page that is left is emptied."""
        before, self._view = self._view, view
        if before is None or before.key != view.key:
            self._entered = Clock.get_time()
        page = self._page(view.name)
        if before is not None and before.name != view.name:
            self._pages[before.name].clear()
        page.show(view.screen)
        place = self.ids.place
        if place.children != [page]:
            place.clear_widgets()
            place.add_widget(page)
        self.ids.header.centre, self.ids.help.help = view.centre, view.help
        self._show_overlay(view)

    def wipe(self) -> None:
        """Empty every page, also those not shown."""
        for page in (*self._pages.values(), *self._overlays.values()):
            page.clear()

    def _page(self, name: str) -> Page:
        if name not in self._pages:
            page = PAGES[name]()
            page.send = self._send
            if isinstance(page, ClipsPage):
                page.player.open_clip = self._open_clip
            self._pages[name] = page
        return self._pages[name]

    def _show_overlay(self, view: KioskView) -> None:
        """Lay the idle warning or a panel over the screen, or take away what lies there."""
        wanted = None if view.overlay is None else self._overlay_for(type(view.overlay))
        if self._overlay is not None and self._overlay is not wanted:
            self.remove_widget(self._overlay)
            self._overlay.clear()
        if wanted is not None:
            wanted.show(view.overlay)
            if wanted.parent is None:
                self.add_widget(wanted)
        self._overlay = wanted

    def _overlay_for(self, kind: type) -> Page:
        if kind not in self._overlays:
            page = OVERLAYS[kind]()
            page.send = self._send
            self._overlays[kind] = page
        return self._overlays[kind]

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Say that someone is there; then let the touch reach what may have it."""
        self._send(ScreenTouched())
        self._count_corner_tap(touch)
        view = self._view
        if view is None or (Clock.get_time() - self._entered) * 1000 < TOUCH_GUARD_MS:
            return True
        if getattr(view.screen, "attract", False):
            return True
        if self._overlay is not None:
            self._overlay.on_touch_down(touch)
            return True
        return bool(super().on_touch_down(touch))

    def _count_corner_tap(self, touch: MotionEvent) -> None:
        corner = current().mm(STAFF_CORNER_MM)
        if touch.x > self.x + corner or touch.y < self.top - corner:
            self._corner_taps.clear()
            return
        now = Clock.get_time()
        self._corner_taps = [tap for tap in self._corner_taps if now - tap < STAFF_SECONDS] + [now]
        if len(self._corner_taps) >= STAFF_TAPS:
            self._corner_taps.clear()
            self._ask_for_staff()
