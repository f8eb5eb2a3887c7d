"""Every screen can be heard, and what can be done there; every button has words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import pytest

from kiosk.visit.comfort import Comfort, Voice
from screens.citizen.parts import Button, Key
from screens.gallery import citizen_of, samples, told


def buttons_in(value):
    if isinstance(value, Button | Key):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from buttons_in(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from buttons_in(getattr(value, field.name))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_screen_is_spoken(language):
    silent = set()
    for name, view in samples(Comfort(language=language, voice=Voice.ALOUD)).items():
        if not view.spoken and getattr(view.screen, "playing", None) is None:  # a clip speaks for itself
            silent.add(name)
        assert all(text.strip() for text in view.spoken), name
    assert silent == set()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_button_is_without_words(language):
    for name, view in samples(Comfort(language=language)).items():
        for button in buttons_in((view.screen, view.overlay, view.frame)):
            assert button.label.strip(), f"{name}: {button.event}"


def test_what_can_be_touched_on_a_problem_is_said():
    view = samples()["problem"]
    assert view.screen.primary.label in view.spoken[-1]
    assert all(other.label in view.spoken[-1] for other in view.screen.others)


def test_the_lobby_does_not_hear_what_stands_in_the_form_and_headphones_do():
    number = citizen_of(told()).number
    for voice, heard in ((Voice.ALOUD, False), (Voice.PRIVATE, True)):
        said = " ".join(samples(Comfort(voice=voice))["check_answers_1"].spoken).replace(" ", "")
        assert (number in said) is heard
