"""What the visit is told of the settings at the start of the process."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from kiosk.centre_address import phone_address
from kiosk.eforms.definition import FormDefinition
from kiosk.eforms.suggestions import Suggestions
from kiosk.settings import Settings
from kiosk.visit.states import Clip, Setup


def setup_of(
    settings: Settings,
    forms: Mapping[str, FormDefinition],
    clips: tuple[Clip, ...],
    machine: str | None = None,
    suggestions: Suggestions | None = None,
) -> Setup:
    """What the visit needs of the settings. ``machine`` is random at every start, so that no id comes
    twice.
    """
    centre, kiosk = settings.centre, settings.kiosk
    return Setup(
        machine=machine or secrets.token_hex(8),
        centre_name=centre.name,
        hotline=centre.hotline,
        commune=centre.short_name,
        retention_days=centre.form_retention_days,
        idle_warning_seconds=float(kiosk.idle_warning_seconds),
        idle_countdown_seconds=float(kiosk.idle_countdown_seconds),
        clips_after_seconds=float(kiosk.clips_after_seconds),
        public_url=phone_address(centre.public_url, centre.host, centre.port),
        forms=dict(forms),
        clips=clips,
        suggestions=suggestions or Suggestions(),
        languages=tuple(kiosk.languages),
        dossier_page=centre.dossier_page,
    )
