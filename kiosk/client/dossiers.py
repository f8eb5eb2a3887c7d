"""How far a dossier is, as far as the centre was told."""

from __future__ import annotations

from kiosk.client.connection import Connection
from kiosk.dossiers.status import DossierStatus, read_status
from kiosk.procedures.dossier_code import DossierCode


class DossierCalls(Connection):
    """Calls about dossiers."""

    def dossier_status(self, code: DossierCode) -> DossierStatus:
        """What another system said last. ``DOSSIER_UNKNOWN`` where nothing fresh is known of it."""
        return self._read(read_status, "POST", "/dossiers/look-up", {"code": str(code)})
