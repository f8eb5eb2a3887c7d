"""*My dossier*: the code typed, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.dossiers.status import DossierStatus
from kiosk.procedures.dossier_code import DossierCode


@dataclass(frozen=True)
class MyDossier:
    """The code of a dossier being typed; ``letters`` are on the keys instead of digits.

    ``found``: it is complete, and how to look it up is told; page 0, then what the states of a dossier mean.
    ``asked``: the centre has not answered yet how far it is; ``status``: what it answered, where it knows.
    """

    typed: str = field(default="", repr=False)
    letters: bool = False
    found: DossierCode | None = field(default=None, repr=False)
    wrong: bool = False
    page: int = 0
    asked: bool = False
    status: DossierStatus | None = field(default=None, repr=False)
