"""*My dossier*: how far what was handed in is."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.dossiers.status import DossierStatus
from kiosk.procedures.dossier_code import DossierCode
from kiosk.visit.events.kinds import Answer, Intent


@dataclass(frozen=True)
class DossierTapped(Intent):
    """Open *my dossier*."""


@dataclass(frozen=True)
class DossierTold(Answer):
    """How far the dossier is; None where the centre does not know, or says nothing."""

    dossier: DossierCode = field(repr=False)
    status: DossierStatus | None = field(repr=False)
