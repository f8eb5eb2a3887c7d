"""Builds the process of a ceiling display: its window and its loudspeaker."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kiosk.bootstrap.windows import join, run_window


def run_display(args: argparse.Namespace) -> int:
    """Run a ceiling display until its window is closed; the exit code."""
    joined = join(args)
    centre = joined.settings.centre
    from screens.window import prepare_window

    prepare_window(joined.devices.ceiling_screen, f"{centre.short_name} – ceiling display")
    from kiosk.processes.display import DisplayProcess
    from screens.ceiling.app import CeilingApp
    from screens.ceiling.presenter import ceiling_view, screen_name
    from screens.ceiling.view import NameCard
    from screens.panel import Panel

    zone = ZoneInfo(centre.timezone)
    app = CeilingApp(lambda: ceiling_view(process.display, datetime.now(UTC), zone, centre.name))
    panel = Panel(screen_name(), joined.devices.ceiling_screen, app.draw_anew, NameCard)
    process = DisplayProcess(joined.client, joined.devices, panel, app.refresh)
    process.start()
    try:
        run_window(app, args, "ceiling", lambda: ("ceiling", ""))
    finally:
        process.stop()
    return app.exit_code
