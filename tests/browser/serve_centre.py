"""Run as a process of its own: the real centre on a given port, with people of every role.

Usage: python -m tests.browser.serve_centre DATA PORT [LOBBY_URL]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kiosk.centre import service  # isort: skip
from kiosk.centre import admin
from kiosk.centre.web import LobbyControl
from kiosk.settings import Settings, load
from tests.browser.centre_process import PASSWORD

CONFIG = Path(__file__).parents[2] / "config"
PEOPLE = {
    "ha": ("officer", "Nguyễn Thu Hà"),
    "lan": ("officer", "Hoàng Thị Lan"),
    "bao-tri": ("maintenance", "Vàng Văn Sình"),
    "truong": ("head", "Triệu Thị Xuân"),
}


def prepare(settings: Settings, data: Path) -> None:
    data.mkdir()
    for login, (role, name) in PEOPLE.items():
        admin.add_officer(settings, data, login, role, PASSWORD, name=name)
    tokens = {role: admin.create_token(settings, data, role, role) for role in ("kiosk", "display")}
    (data / "test-tokens.json").write_text(json.dumps(tokens))


def main() -> None:
    data, port = Path(sys.argv[1]), int(sys.argv[2])
    lobby = LobbyControl(sys.argv[3], "lobby-secret") if len(sys.argv) > 3 else None
    settings = load(CONFIG)
    if not data.exists():
        prepare(settings, data)
    sys.exit(service.serve(settings, data, host="127.0.0.1", port=port, virtual_lobby=lobby))


if __name__ == "__main__":
    main()
