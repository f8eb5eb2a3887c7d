"""Every screen can be heard, in every language, and a lobby does not hear what is nobody's business."""

from __future__ import annotations

import pytest

from kiosk.speech import spoken
from kiosk.visit.comfort import Comfort, Voice
from screens.gallery import samples, told

SPEAKS_ITSELF = ("clip_playing", "clip_stopped", "clip_take", "clip_by_itself")
"""A clip has a voice of its own."""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_screen_can_be_heard(language: str) -> None:
    silent = [
        name
        for name, view in samples(Comfort(language=language, voice=Voice.ALOUD)).items()
        if not any(sentence.strip() for sentence in view.spoken) and name not in SPEAKS_ITSELF
    ]
    assert silent == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_heard_holds_no_digit_and_no_empty_sentence(language: str) -> None:
    for name, view in samples(Comfort(language=language)).items():
        for sentence in view.spoken:
            said = spoken(sentence, language)
            assert said, name
            assert not any(character.isdigit() for character in said), f"{name}: {said}"
            assert "{" not in said, f"{name}: {said}"


def test_what_a_card_told_is_said_only_into_headphones() -> None:
    citizen = told()["citizen"]
    heard = {
        voice: " ".join(
            sentence for view in samples(Comfort(voice=voice)).values() for sentence in view.spoken
        ).lower()
        for voice in (Voice.ALOUD, Voice.PRIVATE)
    }
    for text in (citizen["full_name"].lower(), citizen["residence"].lower()):
        assert text in heard[Voice.PRIVATE]
        assert text not in heard[Voice.ALOUD]
    assert citizen["number"] not in heard[Voice.ALOUD].replace(" ", "")
