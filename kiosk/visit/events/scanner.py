"""What the scanner read."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.citizen import Citizen
from kiosk.procedures.dossier_code import DossierCode


@dataclass(frozen=True)
class CodeScanned:
    """The scanner read a code that is a citizen card's QR. ``citizen`` is what it says: unsigned, proves
    nothing. ``keys``: what it opens the chip with.
    """

    citizen: Citizen = field(repr=False)
    keys: AccessKeys = field(repr=False)


@dataclass(frozen=True)
class DossierScanned:
    """The scanner read the code of a dossier, as receipts carry it."""

    code: DossierCode = field(repr=False)


@dataclass(frozen=True)
class ForeignCodeScanned:
    """The scanner read a code that no screen here can use."""
