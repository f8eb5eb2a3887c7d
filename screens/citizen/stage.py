"""The whole window: header, the current screen, whom to ask, and what may lie over them."""

from __future__ import annotations

import math
from collections.abc import Callable

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.visit.comfort import Voice
from kiosk.visit.events import ScreenTouched
from screens.citizen.ask_priority.view import AskPriorityPage
from screens.citizen.check_answers.view import CheckAnswersPage
from screens.citizen.clips.view import ClipsPage
from screens.citizen.comfort.presenter import ComfortView
from screens.citizen.comfort.view import ComfortPanel
from screens.citizen.enter_can.view import EnterCanPage
from screens.citizen.find_clips.view import FindClipsPage
from screens.citizen.find_procedure.view import FindProcedurePage
from screens.citizen.focus import Focus
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
from screens.theme import Theme, current, install
from screens.widgets.buttons import Pressable
from screens.widgets.clip_player import OpenClip
from screens.widgets.focus import FocusRing
from screens.widgets.frame import Frame
from screens.widgets.page import Page

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
    "find_clips": FindClipsPage,
    "problem": ProblemPage,
}

OVERLAYS: dict[type, type[Page]] = {
    IdleWarningView: IdleWarningOverlay,
    LanguageView: LanguagePanel,
    ComfortView: ComfortPanel,
    HelpView: HelpPanel,
}

PANELS = (LanguageView, ComfortView, HelpView)
"""What stands in the screen's place while the frame around it goes on."""

DRAWN_FOR_MM = (267.7, 475.9)  # 21.5 inches, 16:9
STAFF_CORNER_MM = 26.0
STAFF_TAPS = 5
STAFF_SECONDS = 4.0


class Outfit:
    """What is built for one theme: the frame, the place between its strips, and the pages shown so far."""

    def __init__(self, theme: Theme) -> None:
        install(theme)
        self.theme = theme
        self.frame, self.place = Frame(), BoxLayout()
        self.column = BoxLayout(orientation="vertical")
        for widget in (self.frame.header, self.place, self.frame.foot):
            self.column.add_widget(widget)
        self.pages: dict[str, Page] = {}
        self.overlays: dict[type, Page] = {}

    def clear(self) -> None:
        """Nothing of a person stays."""
        for page in (*self.pages.values(), *self.overlays.values()):
            page.clear()


class Stage(FloatLayout):
    """Shows one ``KioskView`` after the other; pages are built once, when they are first shown or before.

    Letters, colours and places follow ``KioskView.comfort``: where one of them changes, everything is built
    anew; what is built for the usual ones is kept. ``say`` speaks sentences, one after the other; an empty
    tuple stops what is being said.
    """

    def __init__(
        self,
        send: Callable[[object], None],
        ask_for_staff: Callable[[], None],
        open_clip: OpenClip | None = None,
        say: Callable[[tuple[str, ...]], None] | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self._send, self._ask_for_staff, self._open_clip, self._say = send, ask_for_staff, open_clip, say
        self._usual = current().drawn_for(*DRAWN_FOR_MM)
        self._overlay: Page | None = None
        self._view: KioskView | None = None
        self._entered = 0.0  # when the screen could be seen; infinite until it was drawn
        self._drawn = Clock.create_trigger(self._begin_guard, 0)
        self._corner_taps: list[float] = []
        self._ring = FocusRing()
        self._focus = Focus(self, self._ring)
        self.listens = True
        self._usual_outfit = self._outfit = Outfit(self._usual)
        self._wear(self._usual)
        Window.bind(on_key_down=self._on_key_down, on_textinput=self._on_text)

    @property
    def page(self) -> Page | None:
        """The page of the screen, also while a panel stands in its place, once it is built."""
        return self._outfit.pages.get(self._view.name) if self._view is not None else None

    @property
    def top_page(self) -> Page | None:
        """What is answered now: the idle warning, a panel, or the screen's page."""
        return self._overlay or self.page

    def show(self, view: KioskView) -> None:
        """Show ``view``; a page that is left is emptied."""
        if self._outfit.theme.suited_to(view.comfort) is not self._outfit.theme:
            self._outfit.clear()
            self._wear(self._usual.suited_to(view.comfort))
        install(self._outfit.theme)
        self._follow(view)
        if not self.listens:
            install(self._usual)

    def build_ahead(self) -> bool:
        """Build the next page that was never shown, so that nobody waits for it; false when all are built."""
        missing = [name for name in PAGES if name not in self._outfit.pages]
        kinds = [kind for kind in OVERLAYS if kind not in self._outfit.overlays]
        if missing:
            self._page(missing[0])
        elif kinds:
            self._overlay_for(kinds[0])
        return len(missing) + len(kinds) > 1

    def _follow(self, view: KioskView) -> None:
        before, self._view = self._view, view
        if before is None or before.key != view.key:
            self._entered = math.inf
            self._drawn()
            self._focus.entered()
        else:
            self._focus.changed()
        covered = type(view.overlay) in PANELS
        if before is not None and before.name != view.name and before.name in self._outfit.pages:
            self._outfit.pages[before.name].clear()
        if not covered or view.name in self._outfit.pages:  # else it is built when the panel goes
            self._page(view.name).show(view.screen)
        self._outfit.frame.show(view.centre, view.help, view.frame)
        self._show_overlay(view)
        shown = self._overlay if covered else self.page
        place = self._outfit.place
        if place.children != [shown]:
            place.clear_widgets()
            place.add_widget(shown)

    def wipe(self) -> None:
        """Empty every page, also those not shown, and go back to the usual letters and colours."""
        self._outfit.clear()
        self._view = None
        if self._outfit is not self._usual_outfit:
            self._wear(self._usual)

    def cover(self) -> None:
        """The staff's screen lies over everything: it has the usual letters, and the keys."""
        self.listens = False
        install(self._usual)

    def uncover(self) -> None:
        """The citizen's screens are seen again."""
        self.listens = True
        install(self._outfit.theme)

    def send_event(self, event: object) -> None:
        """Pass on what was pressed in the frame."""
        self._send(event)

    def _wear(self, theme: Theme) -> None:
        """Put on what is built for ``theme``; of another than the usual nothing is kept afterwards."""
        self._outfit = self._usual_outfit if theme is self._usual else Outfit(theme)
        install(theme)
        Window.clearcolor = theme.paper  # a rectangle as large as the window takes a third of a frame
        self._overlay = None
        self._focus.rebuilt()
        self.clear_widgets()
        self.add_widget(self._outfit.column)
        self.add_widget(self._ring)

    def _page(self, name: str) -> Page:
        pages = self._outfit.pages
        if name not in pages:
            page = PAGES[name]()
            page.send = self._send
            if isinstance(page, ClipsPage):
                page.player.open_clip = self._open_clip
            pages[name] = page
        return pages[name]

    def _show_overlay(self, view: KioskView) -> None:
        """Lay the idle warning over everything, or a panel into the screen's place; or take it away."""
        wanted = None if view.overlay is None else self._overlay_for(type(view.overlay))
        if self._overlay is not None and self._overlay is not wanted:
            if self._overlay.parent is self:
                self.remove_widget(self._overlay)
            self._overlay.clear()
        if wanted is not None:
            wanted.show(view.overlay)
            if type(view.overlay) not in PANELS and wanted.parent is None:
                self.add_widget(wanted, 1)  # beneath the ring
        self._overlay = wanted

    def _overlay_for(self, kind: type) -> Page:
        overlays = self._outfit.overlays
        if kind not in overlays:
            page = OVERLAYS[kind]()
            page.send = self._send
            overlays[kind] = page
        return overlays[kind]

    # -- keys ----------------------------------------------------------------------------------------------

    def in_order(self) -> list[Pressable]:
        """Everything that can be pressed now: the content from the top, the ways on and out, the frame."""
        page = self.top_page
        if page is None or page.get_root_window() is None:
            return []
        over = self._overlay is not None and self._overlay.parent is self
        return page.pressables() + (
            [] if over else [one for one in self._outfit.frame.buttons if one.enabled]
        )

    def someone_is_there(self) -> bool:
        """Tell that a key was pressed; whether keys may press anything now, as for a touch."""
        self._send(ScreenTouched())
        return not self._deaf()

    def say_again(self) -> None:
        """Say what this screen says."""
        if self._say is not None and self._view is not None:
            self._say(self._view.spoken)

    def say_focus(self, sentence: str) -> None:
        """Say what the focus has come to, where screens are spoken."""
        view = self._view
        if self._say is not None and view is not None and view.comfort.voice is not Voice.OFF:
            self._say((sentence,))

    def say_typed(self, sign: str) -> None:
        """Say what was typed, where nobody else hears it."""
        view = self._view
        if self._say is not None and view is not None and view.comfort.voice is Voice.PRIVATE:
            self._say((sign,))

    def let_go(self) -> None:
        """The window closes: hear no keys any more."""
        Window.unbind(on_key_down=self._on_key_down, on_textinput=self._on_text)

    def _on_key_down(
        self, _window: object, key: int, _scancode: int, _text: object, modifiers: list[str]
    ) -> bool:
        return self.listens and self._focus.on_key(key, modifiers)

    def _on_text(self, _window: object, text: str) -> bool:
        return self.listens and self._focus.on_text(text)

    def _begin_guard(self, *_args: object) -> None:
        self._entered = Clock.get_time()

    def _deaf(self) -> bool:
        """Whether what is pressed now is the rest of what was meant for the screen before, or only wakes."""
        view = self._view
        if view is None or (Clock.get_time() - self._entered) * 1000 < TOUCH_GUARD_MS:
            return True
        return bool(getattr(view.screen, "attract", False))

    # -- touches -------------------------------------------------------------------------------------------

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Say that someone is there; then let the touch reach what may have it."""
        self._send(ScreenTouched())
        if self._say is not None:
            self._say(())
        self._focus.touched()
        self._count_corner_tap(touch)
        if self._deaf():
            return True
        if self._overlay is not None and self._overlay.parent is self:
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
