"""What lies under the code scanner: the code of a chip card, of a dossier's receipt, or a foreign one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from devices.contract import Device
from kiosk.identity import card_qr
from kiosk.identity.access_keys import AccessKeys
from kiosk.procedures import dossier_code
from kiosk.processes.data_minimisation import needed
from kiosk.visit.events import CodeScanned, DossierScanned, ForeignCodeScanned

_LOG = logging.getLogger(__name__)


class Scanner(Device, Protocol):
    """What the kiosk uses of the code scanner."""

    def on_code(self, callback: Callable[[str], None]) -> None: ...


def scanned(text: str) -> CodeScanned | DossierScanned | ForeignCodeScanned:
    """What the visit is told of a code's text."""
    try:
        code = card_qr.parse(text)
        keys = AccessKeys.from_qr(code)
    except card_qr.CardQrError as error:
        return _scanned_other(text, str(error))
    return CodeScanned(needed(code.citizen()), keys)


def _scanned_other(text: str, no_card: str) -> DossierScanned | ForeignCodeScanned:
    """A receipt's code, or one that no screen can use; what it says is never logged."""
    try:
        return DossierScanned(dossier_code.found_in(text))
    except dossier_code.DossierCodeError:
        _LOG.info("a scanned code is no card's and no dossier's: %s", no_card)
        return ForeignCodeScanned()
