"""Every citizen's screen as a picture: ``python -m screens.gallery OUT [NAME …]``.

The screens are those of a real visit, walked through with the flow's own events; the citizen is invented.
With ``SDL_VIDEODRIVER=offscreen`` no display is needed. ``--size 1920x1080`` turns the panel round.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.comfort import Comfort
from screens.citizen.screens import KioskView
from screens.gallery.clips import clips
from screens.gallery.doors import doors
from screens.gallery.panels import panels
from screens.gallery.procedures import procedures
from screens.gallery.told import citizen_of, services_of, setup_of, told
from screens.gallery.visit import card, form, services_and_ticket, start, troubles
from screens.gallery.walk import FRAMES, NOW, Walk

__all__ = ["FRAMES", "NOW", "Walk", "citizen_of", "samples", "services_of", "setup_of", "told"]


def samples(comfort: Comfort | None = None) -> dict[str, KioskView]:
    """View-models of every screen by name, in the order of a visit, as this citizen wants them."""
    table = told()
    setup, services = replace(setup_of(table), comfort=comfort or Comfort()), services_of(table)
    walk = Walk(setup)
    start(walk)
    card(walk, citizen_of(table))
    services_and_ticket(walk, services)
    form(walk, table["typed"])
    troubles(walk, setup, services)
    clips(walk, setup)
    panels(walk, setup, services)
    procedures(walk, setup, services)
    doors(walk, setup, services)
    return walk.views
