"""What a first start needs: the devices' tokens and, with virtual devices, accounts to try it all with."""

from __future__ import annotations

import multiprocessing
import os
import re
import secrets
import string
import sys
from pathlib import Path

from kiosk.processes.commands.options import CommandError
from kiosk.processes.maintenance_pin import MaintenancePin
from kiosk.settings import Settings

ROLES = ("kiosk", "display", "maintenance")
_DEMO = (
    ("officer", "canbo", "Cán bộ thử"),
    ("head", "truong", "Lãnh đạo thử"),
    ("maintenance", "kythuat", "Kỹ thuật thử"),
)
_DEMO_FILE = "demo-accounts.txt"
_ACCOUNT = re.compile(r"[a-z]+: login (?P<login>\S+) +password (?P<password>\S+)")


def prepare(settings: Settings, data: Path, *, demo: bool) -> bool:
    """Make what is missing: tokens in ``data/tokens``; with ``demo`` also accounts and a PIN, kept in a file.

    Returns whether anything was missing. The centre's code is loaded in a process of its own, so that the
    supervisor stays small. Raises ``CommandError``.
    """
    if not _missing(data, demo):
        return False
    process = multiprocessing.get_context("fork").Process(target=_make, args=(settings, data, demo))
    process.start()
    process.join()
    if process.exitcode != 0 or _missing(data, demo):
        raise CommandError("the devices' tokens could not be made; see the lines above")
    return True


def demo_lines(data: Path) -> list[str]:
    """The demo accounts as they are shown to whoever started the lobby."""
    try:
        return (data / _DEMO_FILE).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def demo_accounts(data: Path) -> list[dict[str, str]]:
    """Login and password of each demo account, as the virtual lobby's page shows them."""
    found = (_ACCOUNT.match(line) for line in demo_lines(data))
    return [{"login": one["login"], "password": one["password"]} for one in found if one]


def _missing(data: Path, demo: bool) -> bool:
    tokens = any(not _token_file(data, role).exists() for role in ROLES)
    return tokens or (demo and not (data / _DEMO_FILE).exists())


def _token_file(data: Path, role: str) -> Path:
    return data / "tokens" / f"{role}.token"


def _make(settings: Settings, data: Path, demo: bool) -> None:
    # Loads the database code.
    from kiosk.centre.accounts import AccountError  # noqa: PLC0415
    from kiosk.centre.admin import add_officer, create_token  # noqa: PLC0415

    try:
        for role in ROLES:
            file = _token_file(data, role)
            if not file.exists():
                _write_private(file, create_token(settings, data, role, f"{role}-1") + "\n")
        if demo and not (data / _DEMO_FILE).exists():
            lines = []
            for role, login, name in _DEMO:
                password = secrets.token_urlsafe(9)
                add_officer(settings, data, login, role, password, name=name)
                lines.append(f"{role}: login {login}  password {password}")
            pin = "".join(secrets.choice(string.digits) for _ in range(6))
            MaintenancePin(data).set(pin)
            lines.append(f"PIN of the kiosk's maintenance screen (5 touches in its top left corner): {pin}")
            _write_private(data / _DEMO_FILE, "\n".join(lines) + "\n")
    except (AccountError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        os._exit(1)


def _write_private(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    fresh.replace(file)
