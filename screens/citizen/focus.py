"""Keys instead of fingers: the focus, where it goes, what a key presses. Sends only what a touch would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Protocol

from kivy.clock import Clock

from kiosk.visit.events import BackspaceTapped, DigitTapped, KeyTapped, PanelClosed
from screens.citizen.key_moves import Move, Typed, move_of_key, move_of_text, types_on_pad
from screens.widgets.buttons import BackButton, Key, Pressable, PrimaryButton
from screens.widgets.focus import FocusRing

SETTLED_SECONDS = 0.3  # by then a new screen stands where it will stand
ASIDE = 2.5  # so much farther away something seems that does not stand straight ahead
NEAR_PX = 2.0


class Surroundings(Protocol):
    """What the keys need to know of the window."""

    def in_order(self) -> list[Pressable]:
        """Everything that can be pressed now, in natural order."""

    def someone_is_there(self) -> bool:
        """Tell that a key was pressed; whether keys may press anything now."""

    def say_again(self) -> None:
        """Say what this screen says."""

    def say_focus(self, sentence: str) -> None:
        """Say what the focus has come to."""

    def say_typed(self, sign: str) -> None:
        """Say what was typed."""


class Focus:
    """Where the keys stand on one window. The ring is seen from the first key to the next touch."""

    def __init__(self, around: Surroundings, ring: FocusRing) -> None:
        self._around, self._ring = around, ring
        self._target: Pressable | None = None
        self._event: object = None
        self._place = 0
        self._by_keys = False
        self._also_text = ""
        self._fresh = True  # nobody has moved it on this screen yet
        self._typed = False  # the last key typed a sign
        self._find_soon = Clock.create_trigger(self._find, 0)
        self._find_settled = Clock.create_trigger(self._find, SETTLED_SECONDS)

    @property
    def target(self) -> Pressable | None:
        """What the keys stand on while the ring is seen."""
        return self._target if self._by_keys else None

    def entered(self) -> None:
        """Another screen or panel: the keys begin at its first element."""
        self._target, self._event, self._place, self._fresh, self._typed = None, None, 0, True, False
        self._find_soon()
        self._find_settled()

    def changed(self) -> None:
        """The same screen with other contents: the keys stay where they are."""
        if self._by_keys:
            self._find_soon()

    def touched(self) -> None:
        """A finger is used: no ring."""
        self._by_keys = False
        self._ring.stand_around(None)

    def rebuilt(self) -> None:
        """All widgets are others now; what the keys stood on is found again by what it sends."""
        self._ring.stand_around(None)
        self._target = None

    def on_key(self, key: int, modifiers: Sequence[str]) -> bool:
        """A key went down; whether it meant anything."""
        if "ctrl" in modifiers or "alt" in modifiers or "meta" in modifiers:
            return False
        self._also_text = types_on_pad(key)
        return self._do(move_of_key(key, shift="shift" in modifiers, typing=self._typing()))

    def on_text(self, text: str) -> bool:
        """Text came from a keyboard; whether it meant anything."""
        if text and text == self._also_text:  # the pad's key was taken already
            self._also_text = ""
            return True
        return self._do(move_of_text(text, typing=self._typing()))

    # -- what keys do --------------------------------------------------------------------------------------

    def _do(self, move: Move | Typed | None) -> bool:
        if move is None or not self._around.someone_is_there():
            return move is not None
        if isinstance(move, Typed):
            self._type(move.sign)
            return True
        if move is Move.AGAIN:
            self._around.say_again()
            return True
        if move is Move.BACK or (move is Move.ERASE and not self._press_event(BackspaceTapped)):
            self._back()
            return True
        if move is Move.ERASE:
            return True
        if not self._by_keys:  # the first key shows where one is
            self._by_keys = True
            self._find()
            self._fresh = False
            self._tell()
        elif move is Move.PRESS:
            if self._target is not None:
                self._target.press()
        else:
            self._go(move)
        return True

    def _typing(self) -> bool:
        return any(isinstance(_event_of(one), DigitTapped | KeyTapped) for one in self._around.in_order())

    def _type(self, sign: str) -> None:
        """Press the key on the screen that types ``sign``; then Enter goes on, where that can be."""
        order = self._around.in_order()
        wanted = "space" if sign == " " else sign.lower()
        key = next((one for one in order if _types(one) == wanted), None)
        if key is None:
            return
        shift = next((one for one in order if _types(one) == "shift"), None)
        if sign.isupper() and isinstance(shift, Key) and not shift.active:
            shift.press()
        key.press()
        self._around.say_typed(key.label)
        self._by_keys, self._fresh = True, False
        self._typed = True
        self._stand(self._onward() or key)

    def _onward(self) -> Pressable | None:
        return next((one for one in self._around.in_order() if isinstance(one, PrimaryButton)), None)

    def _press_event(self, kind: type) -> bool:
        found = next((one for one in self._around.in_order() if isinstance(_event_of(one), kind)), None)
        if found is not None:
            found.press()
        return found is not None

    def _back(self) -> None:
        back = next((one for one in self._around.in_order() if isinstance(one, BackButton)), None)
        if back is not None:
            back.press()
        else:
            self._press_event(PanelClosed)

    # -- where it goes -------------------------------------------------------------------------------------

    def _go(self, move: Move) -> None:
        self._fresh = self._typed = False
        order = self._around.in_order()
        if not order:
            return
        here = order.index(self._target) if self._target in order else -1
        if move in (Move.NEXT, Move.BEFORE):
            self._stand(order[(here + (1 if move is Move.NEXT else -1)) % len(order)])
        else:
            wanted = self._ahead(order, move)
            if wanted is None:
                step = 1 if move in (Move.DOWN, Move.RIGHT) else -1
                wanted = order[(here + step) % len(order)]
            self._stand(wanted)
        self._tell()

    def _ahead(self, order: list[Pressable], move: Move) -> Pressable | None:
        """The nearest in a direction; ``None`` when there is nothing."""
        if self._target is None:
            return None
        along = {Move.UP: (0, 1), Move.DOWN: (0, -1), Move.LEFT: (-1, 0), Move.RIGHT: (1, 0)}[move]
        from_box, best, least = _box(self._target), None, 0.0
        for one in order:
            box = _box(one)
            ahead, aside = _apart(from_box, box, along)
            if one is self._target or ahead < -NEAR_PX:
                continue
            cost = ahead + ASIDE * aside
            if best is None or cost < least:
                best, least = one, cost
        return best

    def _stand(self, widget: Pressable | None) -> None:
        order = self._around.in_order()
        self._target = widget
        self._event = _event_of(widget) if widget is not None else None
        self._place = order.index(widget) if widget in order else 0
        self._ring.stand_around(widget if self._by_keys else None)

    def _find(self, *_args: object) -> None:
        """Stand on what one stood on, though its widget may be another now."""
        order = self._around.in_order()
        if not order:
            self._stand(None)
        elif self._fresh:
            self._stand(order[0])
        elif self._typed and self._onward() is not None:  # the last sign has opened the way on
            self._stand(self._onward())
        elif self._target not in order:
            same = next((one for one in order if _same(_event_of(one), self._event)), None)
            self._stand(same or order[min(self._place, len(order) - 1)])
        else:
            self._stand(self._target)

    def _tell(self) -> None:
        if self._target is not None:
            parts = (self._target.label, self._target.hint, getattr(self._target, "state_words", ""))
            self._around.say_focus(". ".join(part.rstrip(". ") for part in parts if part))


def _event_of(widget: Pressable) -> object:
    return getattr(widget.button, "event", None)


def _types(widget: Pressable) -> str:
    event = _event_of(widget)
    if isinstance(event, DigitTapped):
        return event.digit
    return event.key if isinstance(event, KeyTapped) else ""


def _same(one: object, other: object) -> bool:
    """Whether two events say the same, on whatever screen."""
    if type(one) is not type(other) or not is_dataclass(one):
        return False
    return all(getattr(one, f.name) == getattr(other, f.name) for f in fields(one) if f.name != "at")


def _box(widget: Pressable) -> tuple[float, float, float, float]:
    left, bottom = widget.to_window(*widget.pos)
    return left, bottom, left + widget.width, bottom + widget.height


def _apart(
    one: tuple[float, float, float, float],
    other: tuple[float, float, float, float],
    along: tuple[int, int],
) -> tuple[float, float]:
    """How far ``other`` lies ahead of ``one`` in the direction ``along``, and how far aside, in pixels."""
    across = (other[0] - one[2], one[0] - other[2])  # to the right, to the left
    upward = (other[1] - one[3], one[1] - other[3])  # above, below
    if along[0]:
        return (across[0] if along[0] > 0 else across[1]), max(0.0, *upward)
    return (upward[0] if along[1] > 0 else upward[1]), max(0.0, *across)
