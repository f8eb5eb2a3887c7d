"""``centre.toml``: who and where the centre is, its notices and its backups."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from pydantic import ConfigDict, Field

from kiosk.settings.section import Name, Section, Translations

DOSSIER_PAGE = "https://dichvucong.gov.vn/p/home/dvc-tra-cuu-ho-so.html"
"""The National Public Service Portal's page on which a dossier is looked up by its code."""


class BackupSettings(Section):
    """``[backup]``: a copy each night. ``folder`` empty: ``backups`` in the data folder; ``second_folder``:
    another disk, where the journal's copy is written, too. ``keep``: how many copies stay.
    """

    enabled: bool = True
    at: time = time(2, 30)
    keep: Annotated[int, Field(ge=2, le=400)] = 14
    folder: str = ""
    second_folder: str = ""


class NoticeSettings(Section):
    """``[[notice]]``: what everybody in the lobby should read. ``from`` and ``until``: days, both among those
    on which it is shown, or local moments (``2026-12-01T14:00:00``); left out: always. ``text_in``: the
    text by language.
    """

    text: Annotated[str, Field(min_length=1, max_length=200)]
    text_in: Translations = {}
    start: datetime | date | None = Field(None, alias="from")
    until: datetime | date | None = None

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class CentreSettings(Section):
    """``centre.toml``: who and where this centre is. ``database_url`` empty: SQLite in the data folder.
    ``rating_words_days``: how long what citizens write with a rating can be read; ``spare_counter``: the
    counter that gives numbers by hand when the machine is out of order; ``dossier_page``: where a phone
    looks up how far a dossier is, as the QR of *my dossier* has it; ``dossiers_by``: from when
    on, each day the centre opens, staff are told that the day's import of dossiers is missing, once there
    was any.
    """

    site: Name
    name: str
    short_name: str
    hotline: str = "1800 1096"
    timezone: str = "Asia/Ho_Chi_Minh"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    public_url: str = ""
    form_retention_days: Annotated[int, Field(ge=1, le=365)] = 1
    rating_words_days: Annotated[int, Field(ge=1, le=365)] = 60
    spare_counter: str = ""
    dossier_page: Annotated[str, Field(max_length=300)] = DOSSIER_PAGE
    dossiers_by: time = time(9)
    notice: list[NoticeSettings] = []
    database_url: str = ""
    archive_after_days: Annotated[int, Field(ge=7, le=3650)] = 60
    backup: BackupSettings = BackupSettings()
