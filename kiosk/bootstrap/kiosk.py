"""Builds the process of the citizen's machine: its window, its devices, its voice and the staff's door."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kiosk.bootstrap.staff import Staff
from kiosk.bootstrap.voice import clip_opener, narrate, narrator_of, speak
from kiosk.bootstrap.windows import join, run_window
from kiosk.processes.commands.options import CommandError
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.eforms.definition import FormDefinition
    from kiosk.eforms.suggestions import Suggestions
    from kiosk.processes.procedure_search import ProcedureSearch
    from kiosk.visit.events import Event
    from kiosk.visit.states import Clip
    from screens.citizen.screens import KioskView

LANGUAGES_AFTER_SECONDS = 4.0


def run_kiosk(args: argparse.Namespace) -> int:
    """Run the citizen's machine until its window is closed; the exit code."""
    joined = join(args)
    settings, devices = joined.settings, joined.devices
    from screens.window import prepare_window

    prepare_window(devices.kiosk_screen, f"{settings.centre.short_name} – kiosk")
    from kiosk.processes.kiosk import KioskProcess
    from kiosk.visit.events import ScreenTouched
    from screens.citizen.app import CitizenApp
    from screens.citizen.screens import present
    from screens.locale import catalogue
    from screens.panel import Panel

    content = _read_content(settings, args.data)
    shown: list[KioskView] = []
    _read_languages_soon(settings)
    narrator = narrator_of(settings)

    def source() -> KioskView:
        state = process.state
        words = catalogue("citizen", state.comfort.language, unreviewed=settings.kiosk.show_unreviewed)
        shown[:] = [present(state, words)]
        view = shown[0]
        narrate(narrator, state, view)
        return view

    def dispatch(event: object) -> None:
        if isinstance(event, ScreenTouched):
            narrator.touched()
        process.dispatch(cast("Event", event))

    app = CitizenApp(
        source,
        dispatch,
        lambda: process.crashed(),  # noqa: PLW0108 - the process is made after the window
        open_clip=clip_opener(settings),
        speak=lambda sentences: speak(narrator, sentences, process.state.comfort),
        maintenance=lambda close: staff.screen(close),  # noqa: PLW0108
    )
    name = catalogue("maintenance")("name.kiosk_screen")
    panel = Panel(name, devices.kiosk_screen, lambda _screen: app.stop())
    from devices.chip_card import ChipCardReader, TrustStore

    trust = TrustStore(args.data / "trust")
    process = KioskProcess(
        joined.client,
        settings,
        panel,
        app.refresh,
        devices=devices,
        forms=content.forms,
        clips=content.clips,
        suggestions=content.suggestions,
        procedures=content.procedures,
        numbers=joined.numbers,
        clock=joined.clock,
        make_reader=lambda chosen: ChipCardReader(
            chosen, trust=trust, block_sizes=args.data / "card-block-sizes.json"
        ),
    )
    staff = Staff(args.data, joined, process, app)

    def screen() -> tuple[str, str]:
        view = shown[0]
        return (f"maintenance/{staff.shown}" if staff.shown else view.name), view.key

    process.start()
    try:
        run_window(app, args, "kiosk", screen)
    finally:
        process.stop()
        narrator.close()
    return app.exit_code


@dataclass(frozen=True)
class _Content:
    """What citizens find at the machine, of the settings' folder and of this installation's."""

    forms: Mapping[str, FormDefinition]
    clips: tuple[Clip, ...]
    suggestions: Suggestions
    procedures: ProcedureSearch


def _read_content(settings: Settings, data: Path) -> _Content:
    """Raises ``CommandError`` for a form that is not as it must be."""
    from kiosk.clip_library import SHIPPED, load_clips
    from kiosk.eforms.definition import FormDefinitionError, load_forms
    from kiosk.processes.procedure_search import ProcedureSearch
    from kiosk.processes.suggestion_lists import read_suggestions

    try:
        forms = load_forms(settings.folder / "forms")
        clips = load_clips(SHIPPED, data / "clips")
    except FormDefinitionError as error:
        raise CommandError(str(error)) from error
    suggestions = read_suggestions(settings.folder / "suggestions")
    return _Content(forms, clips, suggestions, ProcedureSearch(settings.folder, data))


def _read_languages_soon(settings: Settings) -> None:
    """Read the other languages when the first screen stands, so that nobody waits who touches one."""
    from kiosk import failures
    from screens.locale import catalogue

    def read() -> None:
        for tag in settings.kiosk.languages:
            catalogue("citizen", tag, unreviewed=settings.kiosk.show_unreviewed)
            failures.words(tag, unreviewed=settings.kiosk.show_unreviewed)

    timer = threading.Timer(LANGUAGES_AFTER_SECONDS, read)
    timer.daemon = True
    timer.start()
