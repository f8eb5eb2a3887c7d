"""``kiosk.toml``: how the citizen's machine behaves, and where it speaks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kiosk.settings.section import Section


class KioskVoiceSettings(Section):
    """``[voice]``: where the kiosk speaks. ``aloud`` and ``private`` are ALSA devices as ``aplay -L`` lists
    them, or ``record:FOLDER``: the loudspeaker in the housing, and a handset or headphones; empty: there is
    none, and what is private is never said aloud instead.
    """

    aloud: str = "default"
    private: str = ""
    words_per_minute: Annotated[int, Field(ge=80, le=250)] = 140


class KioskSettings(Section):
    """``kiosk.toml``: how the citizen's machine behaves. ``languages``: those that get a button, in this
    order, as tags of ``screens/locale/languages.toml``; ``show_unreviewed``: also words and recordings that
    no native reader has confirmed.
    """

    idle_warning_seconds: Annotated[int, Field(ge=20, le=600)] = 60
    idle_countdown_seconds: Annotated[int, Field(ge=20, le=120)] = 30
    clips_after_seconds: Annotated[int, Field(ge=10, le=3600)] = 90
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]] = ["vi", "en"]
    show_unreviewed: bool = False
    voice: KioskVoiceSettings = KioskVoiceSettings()
