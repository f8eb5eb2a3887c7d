"""What does not change while the kiosk runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.eforms.definition import FormDefinition
from kiosk.eforms.suggestions import Suggestions
from kiosk.visit.comfort import Comfort
from kiosk.visit.states.clips import Clip


@dataclass(frozen=True)
class Setup:
    """What does not change while the kiosk runs. ``machine`` makes ids unique: random, new at every start."""

    machine: str
    centre_name: str
    hotline: str
    commune: str
    retention_days: int
    idle_warning_seconds: float
    idle_countdown_seconds: float
    clips_after_seconds: float
    forms: Mapping[str, FormDefinition] = field(default_factory=dict)
    clips: tuple[Clip, ...] = ()
    public_url: str = ""
    languages: tuple[str, ...] = ("vi", "en")
    comfort: Comfort = field(default_factory=Comfort)
    dossier_page: str = "https://dichvucong.gov.vn/p/home/dvc-tra-cuu-ho-so.html"
    suggestions: Suggestions = field(default_factory=Suggestions)
