"""Composing Vietnamese text key by key: direct vowel and tone keys, Telex, VNI. Pure; always NFC.

Tone placement is the one of older spelling (hòa, thúy), which names on cards mostly use. A word that cannot
be a Vietnamese syllable is left exactly as typed, so that names with f, j, w, z or of other languages are
never changed.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class InputMethod(StrEnum):
    """How marks are typed: by keys of their own, by letters (Telex), or by digits (VNI)."""

    DIRECT = "direct"
    TELEX = "telex"
    VNI = "vni"


class Tone(StrEnum):
    """The five marked tones; the value is the combining mark, the name the key's id in lower case."""

    HUYEN = "\u0300"
    SAC = "\u0301"
    NGA = "\u0303"
    HOI = "\u0309"
    NANG = "\u0323"


TONE_KEYS = {tone.name.lower(): tone for tone in Tone}
_TELEX_TONES = {"s": Tone.SAC, "f": Tone.HUYEN, "r": Tone.HOI, "x": Tone.NGA, "j": Tone.NANG}
_TELEX_DOUBLES = {"a": "â", "e": "ê", "o": "ô", "d": "đ"}
_TELEX_HORNS = {"a": "ă", "o": "ơ", "u": "ư"}
_VNI_TONES = {"1": Tone.SAC, "2": Tone.HUYEN, "3": Tone.HOI, "4": Tone.NGA, "5": Tone.NANG}
_VNI_MARKS = {
    "6": {"a": "â", "e": "ê", "o": "ô"},
    "7": {"o": "ơ", "u": "ư"},
    "8": {"a": "ă"},
    "9": {"d": "đ"},
}
_PLAIN = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d"}

_VOWELS = set("aăâeêioôơuưy")
_MARKED_VOWELS = set("ăâêôơư")
_ONSET_LIST = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_ONSETS = frozenset(_ONSET_LIST.split()) | {""}
_CODAS = frozenset(["", "c", "ch", "m", "n", "ng", "nh", "p", "t"])
# finished ones, and those that come about while a word is being typed
_NUCLEUS_LIST = (
    "a ă â e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iê iêu iu oa oă oai oao oay oe oeo oi oo ôi ơi ua uâ "
    "uây uê ui uô uôi uơ uy uya uyê uyu ưa ưi ươ ươi ươu ưu yê yêu ye ie ieu ue uo uoi uou uye yeu"
)
_NUCLEI = frozenset(_NUCLEUS_LIST.split())
_LONGEST_TEXT = 200


def with_tone(text: str, tone: Tone | None) -> str:
    """Set the tone of the last word (None clears it). The same tone twice clears it. A text without vowel
    stays.
    """
    head, word = _last_word(text)
    letters, present = _split_tone(word)
    return head + _place(letters, None if tone is present else tone)


def press(text: str, key: str, *, upper: bool = False, method: InputMethod = InputMethod.DIRECT) -> str:
    """The text after one key.

    ``key`` is one letter or sign, ``space``, ``backspace``, or a tone key of ``TONE_KEYS`` (or ``no_tone``).
    Keys that mean nothing leave the text as it is; no text grows beyond 200 characters.
    """
    if key == "backspace":
        return _erased(text)
    if key in TONE_KEYS or key == "no_tone":
        return with_tone(text, TONE_KEYS.get(key))
    sign = " " if key == "space" else unicodedata.normalize("NFC", key)
    if len(sign) != 1 or len(text) >= _LONGEST_TEXT or (sign == " " and text[-1:] in ("", " ")):
        return text
    sign = sign.upper() if upper else sign
    if method is InputMethod.TELEX and sign.isalpha():
        return _telex_press(text, sign)
    if method is InputMethod.VNI and sign.isalnum():
        return _vni_press(text, sign)
    head, word = _last_word(text)
    return head + _replaced_tone(word + sign) if sign.isalpha() else text + sign


def starts_word(text: str) -> bool:
    """True at the beginning of a word."""
    return not text or not text[-1].isalpha()


def compose_telex(keys: str) -> str:
    """The word that these Telex keys give; the keys themselves when they give no Vietnamese syllable."""
    text = ""
    for key in keys:
        text = _telex_press(text, key)
    letters, tone = _split_tone(text)
    marked = tone is not None or any(letter in _PLAIN for letter in letters.lower())
    return text if not marked or _is_syllable(letters, tone) else keys


def is_syllable(word: str) -> bool:
    """Whether a word has the shape of a Vietnamese syllable (not whether it exists)."""
    return _is_syllable(*_split_tone(unicodedata.normalize("NFC", word)))


# -- words, letters, tones -----------------------------------------------------------------------------------


def _last_word(text: str) -> tuple[str, str]:
    at = len(text)
    while at and text[at - 1].isalpha():
        at -= 1
    return text[:at], text[at:]


def _erased(text: str) -> str:
    """Without its last letter; the tone moves to where it now belongs."""
    head, word = _last_word(text)
    return head + _replaced_tone(word[:-1]) if word else text[:-1]


def _split_tone(word: str) -> tuple[str, Tone | None]:
    """The word without its tone, and the tone (the last one if there were several)."""
    marks = {tone.value: tone for tone in Tone}
    tone: Tone | None = None
    letters = ""
    for sign in unicodedata.normalize("NFD", word):
        if sign in marks:
            tone = marks[sign]
        else:
            letters += sign
    return unicodedata.normalize("NFC", letters), tone


def _parts(letters: str) -> tuple[str, str, str]:
    """Onset, nucleus and coda of a word without tone; of lower-case letters."""
    low = letters.lower()
    at = 0
    while at < len(low) and low[at] not in _VOWELS:
        at += 1
    follows = low[at + 1 : at + 2]
    takes_next = (low[:at] == "q" and low[at : at + 1] == "u") or (
        low[:at] == "g" and low[at : at + 1] == "i"
    )
    if takes_next and follows and follows in _VOWELS:
        at += 1
    end = at
    while end < len(low) and low[end] in _VOWELS:
        end += 1
    return low[:at], low[at:end], low[end:]


def _is_syllable(letters: str, tone: Tone | None) -> bool:
    onset, nucleus, coda = _parts(letters)
    if onset not in _ONSETS or nucleus not in _NUCLEI or coda not in _CODAS:
        return False
    return not (coda in ("c", "ch", "p", "t") and tone in (Tone.HUYEN, Tone.HOI, Tone.NGA))


def _tone_at(letters: str) -> int | None:
    """Where the tone mark stands: on the last vowel with a mark of its own, else by the syllable's shape."""
    onset, nucleus, coda = _parts(letters)
    if not nucleus:
        return None
    start = len(onset)
    marked = [at for at, vowel in enumerate(nucleus) if vowel in _MARKED_VOWELS]
    if marked:
        return start + marked[-1]
    if coda:
        return start + len(nucleus) - 1
    return start + (1 if len(nucleus) > 2 else 0)


def _place(letters: str, tone: Tone | None) -> str:
    at = _tone_at(letters) if tone is not None else None
    if tone is None or at is None:
        return letters
    return unicodedata.normalize("NFC", letters[: at + 1] + tone.value + letters[at + 1 :])


def _replaced_tone(word: str) -> str:
    """The word with its tone where it belongs; unchanged when it is no Vietnamese syllable."""
    letters, tone = _split_tone(word)
    if tone is None or not _is_syllable(letters, None):
        return word
    return _place(letters, tone)


# -- Telex ---------------------------------------------------------------------------------------------------


def _telex_press(text: str, key: str) -> str:
    head, word = _last_word(text)
    letters, tone = _split_tone(word)
    low = key.lower()
    made = _telex_letter(letters, low, key)
    if made is None and low in _TELEX_DOUBLES:
        made = _telex_late(letters, tone, low, key)
    if made is not None:
        return head + _place(made, tone)
    if (low in _TELEX_TONES or low == "z") and _parts(letters)[1]:
        return head + _telex_tone(letters, tone, low, key)
    return _with_letter(text, key)


def _with_letter(text: str, letter: str) -> str:
    """One more letter, before which *uơ* becomes *ươ*; the tone moves to where it now belongs."""
    head, word = _last_word(text)
    letters, tone = _split_tone(word)
    letters = _horned(letters + letter)
    return head + (_place(letters, tone) if tone is not None else letters)


def _telex_tone(letters: str, tone: Tone | None, low: str, key: str) -> str:
    if low == "z":
        return letters if tone is not None else letters + key
    wanted = _TELEX_TONES[low]
    return letters + key if tone is wanted else _place(letters, wanted)


def _telex_letter(letters: str, low: str, key: str) -> str | None:
    """What doubling and *w* make of the last letters; None when the key is neither."""
    last = letters[-1:].lower()
    if low == "w":
        return _telex_w(letters, key)
    if low in _TELEX_DOUBLES and last == low:
        return letters[:-1] + _cased(_TELEX_DOUBLES[low], letters[-1])
    if low in _TELEX_DOUBLES and last == _TELEX_DOUBLES[low]:
        return letters[:-1] + _cased(low, letters[-1]) + key
    return None


def _telex_late(letters: str, tone: Tone | None, low: str, key: str) -> str | None:
    """A doubling after the rest of the syllable (*nguyene*, *dand*); once more undoes it. None: it is not."""
    if not _is_syllable(letters, tone) or _is_syllable(letters + key, None):
        return None
    marked, plain = _TELEX_DOUBLES[low], letters.lower()
    if marked in plain:
        at = plain.rindex(marked)
        return letters[:at] + _cased(low, letters[at]) + letters[at + 1 :] + key
    at = 0 if low == "d" and plain[:1] == "d" else plain.rfind(low)
    if at < 0 or (low == "d" and at):
        return None
    made = letters[:at] + _cased(marked, letters[at]) + letters[at + 1 :]
    return made if _is_syllable(made, tone) and _parts(made)[1] else None


def _telex_w(letters: str, key: str) -> str:
    """*w*: horn or breve on the vowel before it, undone by a second *w*; alone it is *ư*."""
    for at in range(len(letters) - 1, -1, -1):
        vowel = letters[at].lower()
        before = letters[max(at - 1, 0) : at].lower()
        if vowel in ("a", "u") and before in ("ư", "ơ"):
            continue  # ưa, ưu, ươu: the mark stands already
        if vowel in _TELEX_HORNS and not (vowel == "u" and before == "q"):
            to = _horn_at(letters, at)
            marked = _TELEX_HORNS[letters[to].lower()]
            return _horned(letters[:to] + _cased(marked, letters[to]) + letters[to + 1 :])
        if vowel in _TELEX_HORNS.values():
            return letters[:at] + _cased(_PLAIN[vowel], letters[at]) + letters[at + 1 :] + key
        if vowel not in _VOWELS and at < len(letters) - 2:
            break
    return letters + _cased("ư", key)


def _horn_at(letters: str, at: int) -> int:
    """Where the mark meant for the vowel at ``at`` goes: *uaw* is *ưa*, *uuw* is *ưu*, *uouw* is *ươu*."""
    before, vowel = letters[:at].lower(), letters[at].lower()
    earlier = before.endswith("u") and before != "qu" and vowel in ("a", "u")
    return at - 1 if earlier or (before.endswith("uo") and vowel == "u") else at


def _horned(letters: str) -> str:
    """*uơ* before another letter is *ươ*: uow + ng → ương, but thuở keeps its u."""
    low = letters.lower()
    at = low.find("uơ")
    if at >= 0 and low[at + 2 : at + 3] and low[at - 1 : at] != "q":
        return letters[:at] + _cased("ư", letters[at]) + letters[at + 1 :]
    return letters


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter


# -- VNI -----------------------------------------------------------------------------------------------------


def compose_vni(keys: str) -> str:
    """The word that these VNI keys give; the keys themselves when they give no Vietnamese syllable."""
    text = ""
    for key in keys:
        text = press(text, key, method=InputMethod.VNI)
    return text if is_syllable(text) else keys


def _vni_press(text: str, sign: str) -> str:
    """A digit that has nothing to mark in the word before it stays a digit; typed twice it is undone."""
    if sign not in "0123456789":
        return _with_letter(text, sign)
    digit = sign
    head, word = _last_word(text)
    letters, tone = _split_tone(word)
    if digit == "0":
        return head + letters if tone is not None else text + digit
    if digit in _VNI_TONES:
        wanted = _VNI_TONES[digit]
        if _tone_at(letters) is None:
            return text + digit
        return head + letters + digit if tone is wanted else head + _place(letters, wanted)
    marked = _vni_marked(letters, digit)
    return text + digit if marked is None else head + _place(marked, tone)


def _vni_marked(letters: str, digit: str) -> str | None:
    """The letters with the digit's mark on the last one that takes it; None when none does.

    Another mark gives way (a6, then 8, is ă); the same digit again undoes.
    """
    marks = _VNI_MARKS[digit]
    for at in range(len(letters) - 1, -1, -1):
        low = letters[at].lower()
        plain = _PLAIN.get(low, low)
        if low == marks.get(plain):
            return letters[:at] + _cased(plain, letters[at]) + letters[at + 1 :] + digit
        if plain in marks:
            to = _horn_at(letters, at) if digit == "7" else at
            marked = marks[plain if to == at else letters[to].lower()]
            return _horned(letters[:to] + _cased(marked, letters[to]) + letters[to + 1 :])
    return None
