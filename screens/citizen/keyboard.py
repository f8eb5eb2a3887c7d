"""The Vietnamese keyboard, the same on every screen that takes words."""

from __future__ import annotations

from kiosk.eforms.vietnamese_input import InputMethod
from kiosk.visit.events import BackspaceTapped, ClearTapped, KeyTapped, SuggestionTapped
from screens.citizen.parts import Button, Key, Keyboard
from screens.locale import Words

_DIGITS = "1234567890"
_LETTER_ROWS = ("qwertyuiop", "asdfghjklđ")
_LAST_LETTERS = "zxcvbnm"
_VOWELS_AND_SIGNS = "ăâêôơư,.-'"
_TONES = ("sac", "huyen", "hoi", "nga", "nang")


def vietnamese_keyboard(
    at: str, words: Words, *, capital: bool, method: InputMethod, suggestions: tuple[str, ...] = ()
) -> Keyboard:
    """The keyboard of the screen with key ``at``.

    ``capital``: the letters shown are capitals. ``suggestions`` are whole texts that may take the place of
    what was typed; their last words stand on the keys.
    """

    def letter(sign: str) -> Key:
        return Key(sign.upper() if capital else sign, KeyTapped(at, sign))

    marks: tuple[tuple[Key, ...], ...] = ()
    if method is InputMethod.DIRECT:
        tones = tuple(Key(words(f"question.{tone}"), KeyTapped(at, tone), 2.0, "tone") for tone in _TONES)
        marks = (tuple(letter(sign) for sign in _VOWELS_AND_SIGNS), tones)
    return Keyboard(
        (
            *(tuple(letter(sign) for sign in row) for row in (_DIGITS, *_LETTER_ROWS)),
            (
                Key(words("question.shift"), KeyTapped(at, "shift"), 1.5, "wide", active=capital),
                *(letter(sign) for sign in _LAST_LETTERS),
                Key(words("question.backspace"), BackspaceTapped(at), 1.5, "wide"),
            ),
            *marks,
            (
                Key(words(f"question.{method}"), KeyTapped(at, "method"), 2.4, "wide"),
                Key(words("question.space"), KeyTapped(at, "space"), 4.6, "wide"),
                *(() if marks else (Key("-", KeyTapped(at, "-")), Key(",", KeyTapped(at, ",")))),
                Key("/", KeyTapped(at, "/")),
                Key(words("question.clear"), ClearTapped(at), 2.0, "wide"),
            ),
        ),
        tuple(Button(_tail(text), SuggestionTapped(at, text)) for text in suggestions),
    )


def _tail(text: str, most: int = 22) -> str:
    """The last words of a text, as many as a key can show."""
    words = text.split(" ")
    shown = words[-1]
    for word in reversed(words[:-1]):
        if len(word) + 1 + len(shown) > most:
            return f"… {shown}"
        shown = f"{word} {shown}"
    return shown


def search_keyboard(at: str, words: Words, *, method: InputMethod) -> Keyboard:
    """A small keyboard for searching, where marks may be left out."""

    def letter(sign: str) -> Key:
        return Key(sign, KeyTapped(at, sign))

    return Keyboard(
        (
            *(tuple(letter(sign) for sign in row) for row in (_DIGITS, *_LETTER_ROWS)),
            (
                *(letter(sign) for sign in _LAST_LETTERS),
                letter("."),
                Key(words("question.backspace"), BackspaceTapped(at), 2.0, "wide"),
            ),
            (
                Key(words(f"question.{method}"), KeyTapped(at, "method"), 2.4, "wide"),
                Key(words("question.space"), KeyTapped(at, "space"), 4.6, "wide"),
                Key(words("question.clear"), ClearTapped(at), 2.4, "wide"),
            ),
        )
    )
