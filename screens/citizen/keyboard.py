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
SUGGESTIONS = 3
_LETTERS_ON_SUGGESTION = 13
_TONES = ("sac", "huyen", "hoi", "nga", "nang")


def vietnamese_keyboard(
    at: str, words: Words, *, capital: bool, method: InputMethod, suggestions: tuple[str, ...] | None = None
) -> Keyboard:
    """The keyboard of the screen with key ``at``.

    ``capital``: the letters shown are capitals. ``suggestions`` are whole texts that may take the place of
    what was typed; their last words stand on the keys. ``None``: there never are any here.
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
        None if suggestions is None else _suggested(at, suggestions),
    )


def _suggested(at: str, suggestions: tuple[str, ...]) -> tuple[Button, ...]:
    return tuple(Button(_tail(text), SuggestionTapped(at, text)) for text in suggestions[:SUGGESTIONS])


def _tail(text: str) -> str:
    """The last words of a text, as many as a key can show; at least one."""
    words = text.split(" ")
    shown = words[-1]
    for word in reversed(words[:-1]):
        if len(word) + 1 + len(shown) > _LETTERS_ON_SUGGESTION:
            break
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
