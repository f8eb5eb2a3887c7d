"""Draws the ceiling display in all its states: ``python ceiling_pictures.py OUT WIDTH HEIGHT [STATE …]``.

Writes one PNG a state and ``drawn.json`` with every text, its place and the height of its capitals. With
``SDL_VIDEODRIVER=offscreen`` no display is needed.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.board import Board, Call, Display
from kiosk.settings import ScreenSettings
from screens.ceiling.presenter import ceiling_view
from screens.window import prepare_window

NOW = datetime(2026, 11, 23, 2, 41, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CENTRE = "Trung tâm Phục vụ hành chính công xã Thuận Hòa"


def call(seq, number, counter, seconds_ago):
    return Call(seq, number, counter, NOW - timedelta(seconds=seconds_ago))


def board(*calls, waiting=0):
    return Display(Board(CENTRE, 900, "e1", calls, waiting))


MANY = (
    call(44, "A015", 9, 4),
    call(43, "C007", 2, 7),
    call(42, "K120", 5, 65),
    call(41, "A014", 1, 190),
    call(40, "D003", 9, 400),
    call(39, "C006", 2, 500),
)
STATES = {
    "starting": Display(lost_at=NOW - timedelta(seconds=30)),
    "empty": board(),
    "one": board(call(12, "A001", 1, 300), waiting=1),
    "fresh": board(*MANY, waiting=12),
    "settled": board(*(call(c.call, c.number, c.counter, 100 + c.call) for c in MANY), waiting=7),
    "wide": board(
        call(44, "MQ888", 88, 3),
        call(43, "WM888", 88, 70),
        call(42, "W888", 88, 90),
        call(41, "B008", 8, 99),
        waiting=132,
    ),
    "stale": Display(board(*MANY[2:], waiting=4).board, NOW - timedelta(minutes=6)),
    "name": board(*MANY, waiting=12),
}


def main(out: Path, width: int, height: int, names: list[str]) -> None:
    prepare_window(ScreenSettings(width=width, height=height, diagonal_inches=43), "ceiling")
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.uix.label import Label

    from screens.ceiling.view import CeilingScreen, NameCard, panel_theme
    from screens.theme import install

    install(panel_theme(width, height))
    screen = CeilingScreen()
    Window.add_widget(screen)
    EventLoop.ensure_window()
    card = NameCard(panel_name="Màn hình gọi số", panel_size="1920 × 1080")
    out.mkdir(parents=True, exist_ok=True)
    drawn = {}
    for name in names or STATES:
        screen.remove_widget(card)
        screen.show(ceiling_view(STATES[name], NOW, ZONE))
        if name == "name":
            screen.add_widget(card)
        for _ in range(8):
            EventLoop.idle()
        Path(Window.screenshot(str(out / f"{name}.png"))).replace(out / f"{name}.png")
        drawn[name] = [
            {
                "text": widget.text,
                "font_size": widget.font_size,
                "box": [*widget.to_window(*widget.pos), *widget.size],
                "texture": list(widget.texture_size),
                "font": widget.font_name,
            }
            for widget in screen.walk()
            if isinstance(widget, Label) and widget.text and _seen(widget, screen)
        ]
    (out / "drawn.json").write_text(json.dumps(drawn, ensure_ascii=False, indent=1))


def _seen(widget, root):
    while widget is not root:
        if widget.opacity == 0:
            return False
        widget = widget.parent
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
