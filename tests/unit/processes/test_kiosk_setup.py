"""What the visit is told of the centre's settings."""

from __future__ import annotations

from pathlib import Path

from kiosk.processes.visit_setup import setup_of
from kiosk.settings import load

CONFIG = Path(__file__).resolve().parents[3] / "config"


def test_my_dossier_leads_to_the_page_of_the_settings() -> None:
    shipped = load(CONFIG)
    page = "https://dichvucong.tuyenquang.gov.vn/tra-cuu"
    own = shipped.model_copy(update={"centre": shipped.centre.model_copy(update={"dossier_page": page})})
    assert setup_of(own, {}, ()).dossier_page == page
