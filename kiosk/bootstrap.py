"""The command line, and how each process is built from settings: the one place that chooses implementations.

Everything heavy is imported inside the command that needs it: the centre never loads Kivy, the windows never
load the database.
"""

# ruff: noqa: PLC0415
from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from kiosk.processes.commands.options import CommandError, add_folders
from kiosk.settings import DeviceSettings, Settings, SettingsError, load

if TYPE_CHECKING:
    from kivy.app import App

    from devices.contract import DeviceStatus, TestReport
    from kiosk.client import CentreClient
    from kiosk.processes.clip_making.lettering import Look
    from kiosk.processes.clips import ClipSource
    from kiosk.processes.clock_skew import CentreClock
    from kiosk.processes.commands import gallery, languages
    from kiosk.processes.kiosk import KioskProcess
    from kiosk.processes.narrator import Narrator
    from kiosk.processes.offline_numbers import OfflineNumbers
    from kiosk.processes.owned_devices import OwnedDevices
    from kiosk.visit.comfort import Comfort
    from kiosk.visit.events import Event
    from kiosk.visit.states import VisitState
    from screens.citizen.app import CitizenApp
    from screens.citizen.screens import KioskView
    from screens.maintenance.model import Devices, PinAnswer, Report
    from screens.maintenance.view import MaintenanceRoot

PUBLISH_SECONDS = 0.05
CARD_LOOK_SECONDS = 5.0
LANGUAGES_AFTER_SECONDS = 4.0
KIOSK_DEVICES = ("card_reader", "printer", "scanner", "kiosk_screen")
VOICES = Path(__file__).parent.parent / "media" / "voice"

_DESCRIPTION = """\
Một Cửa, the lobby of a commune's Public Administration Service Center.

Usually one command is enough:   python main.py run            (with the devices of config/devices.toml)
To try it without any device:    python main.py run --virtual
"""


def command_line(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 not all well, 2 cannot be done as asked."""
    args = _parser().parse_args(arguments)
    try:
        code: int = args.run(args)
    except SettingsError as error:
        sys.stderr.writelines(f"settings: {problem}\n" for problem in error.problems)
        return 2
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `main.py … | head`
        sys.stderr.close()
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    from kiosk.processes.commands import (
        backup,
        card,
        centre,
        check,
        clips,
        device,
        dossiers,
        gallery,
        journal,
        languages,
        pin,
        procedures,
        run,
        service,
        simulate,
        tour,
        trust,
        virtual,
    )

    parser = argparse.ArgumentParser(
        prog="main.py", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    run.add(subparsers)
    centre.add(subparsers)
    _add_window(subparsers, "kiosk", "run the citizen's machine (its window and its devices)")
    _add_window(subparsers, "display", "run a ceiling display (its window and its loudspeaker)")
    of_the_centre = (service, journal, backup, card, check, device, pin)
    for command in (*of_the_centre, procedures, dossiers, trust, virtual, tour):
        command.add(subparsers)
    simulate.add(subparsers)
    clips.add(subparsers, _clip_look)
    languages.add(subparsers, _language_tools)
    gallery.add(subparsers, _gallery_tool)
    return parser


def _clip_look() -> Look:
    """Colours and letters of the screens, for the clips that are drawn here."""
    from dataclasses import asdict

    from kiosk.processes.clip_making.lettering import Look
    from screens.theme import FONT_FILES, FONTS, Palette

    weights = {"regular": "text", "semibold": "semibold", "bold": "bold"}
    return Look(asdict(Palette()), {weight: FONTS / FONT_FILES[face] for weight, face in weights.items()})


def _language_tools() -> languages.Tools:
    """The words of the screens, for the command that checks them."""
    from screens.locale.tools import LanguageTools

    return LanguageTools()


def _gallery_tool() -> gallery.Tool:
    """What draws the screens and looks at no settings."""
    from screens.gallery.product import GalleryTool

    return GalleryTool()


# -- the windows -----------------------------------------------------------------------------------------


def _add_window(subparsers: Any, role: str, text: str) -> None:
    parser = subparsers.add_parser(
        role,
        help=text,
        description=f"{text[0].upper()}{text[1:]}. Talks to the centre; `main.py run` starts it by itself.",
    )
    add_folders(parser)
    parser.add_argument(
        "--centre", metavar="URL", help="address of the centre (default: this machine, port of centre.toml)"
    )
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help=f"device token (default: DATA/tokens/{role}.token)"
    )
    parser.add_argument(
        "--virtual", action="store_true", help="tell the virtual lobby what the window shows (for the tour)"
    )
    parser.set_defaults(run=_kiosk if role == "kiosk" else _display, role=role)


@dataclass(frozen=True)
class _Joined:
    """What both windows begin with."""

    settings: Settings
    devices: DeviceSettings
    client: CentreClient
    clock: CentreClock
    numbers: OfflineNumbers | None


def _join(args: argparse.Namespace) -> _Joined:
    """Settings, the client of the centre, and the settings of the devices as the centre keeps them."""
    from kiosk.client import CentreClient
    from kiosk.processes.clock_skew import CentreClock
    from kiosk.processes.effective_settings import effective_settings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:  # python-escpos tells the root logger of each connection
        handler.addFilter(lambda record: record.name != "root" or record.levelno >= logging.WARNING)
    settings = load(args.config)
    file: Path = args.token_file or args.data / "tokens" / f"{args.role}.token"
    try:
        token = file.read_text().strip()
    except OSError as error:
        raise CommandError(
            f"no device token in {file}; make one with "
            f"`python main.py token --role {args.role} --name NAME`, "
            "or start the whole lobby with `python main.py run`"
        ) from error
    url = args.centre or f"http://127.0.0.1:{settings.centre.port}"
    numbers = _offline_numbers(args.data, file) if args.role == "kiosk" else None
    clock = CentreClock(float((numbers.recall("skew") if numbers else None) or 0.0))
    client = CentreClient(url, token, clock=clock)
    return _Joined(settings, effective_settings(client, settings.devices), client, clock, numbers)


def _offline_numbers(data: Path, token_file: Path) -> OfflineNumbers | None:
    """The numbers this kiosk holds, a file for each token. Without it the kiosk works on the link only."""
    from kiosk.processes.offline_numbers import OfflineNumbers, OfflineStoreError

    try:
        return OfflineNumbers(data / "kiosk" / f"offline-numbers-{token_file.stem}.sqlite3")
    except (OSError, OfflineStoreError) as error:
        logging.getLogger("kiosk").error("no numbers can be held for when the centre is silent: %s", error)
        return None


def _display(args: argparse.Namespace) -> int:
    joined = _join(args)
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
        _run_window(app, args, "ceiling", lambda: ("ceiling", ""))
    finally:
        process.stop()
    return app.exit_code


def _kiosk(args: argparse.Namespace) -> int:
    joined = _join(args)
    settings, devices = joined.settings, joined.devices
    from screens.window import prepare_window

    prepare_window(devices.kiosk_screen, f"{settings.centre.short_name} – kiosk")
    from kiosk.clip_library import SHIPPED, load_clips
    from kiosk.eforms.definition import FormDefinitionError, load_forms
    from kiosk.processes.kiosk import KioskProcess
    from kiosk.processes.procedure_search import ProcedureSearch
    from kiosk.processes.suggestion_lists import read_suggestions
    from kiosk.visit.events import ScreenTouched
    from screens.citizen.app import CitizenApp
    from screens.citizen.screens import present
    from screens.locale import catalogue
    from screens.panel import Panel

    try:
        forms = load_forms(settings.folder / "forms")
        clips = load_clips(SHIPPED, args.data / "clips")
    except FormDefinitionError as error:
        raise CommandError(str(error)) from error
    data: Path = args.data
    suggestions = read_suggestions(settings.folder / "suggestions")
    procedures = ProcedureSearch(settings.folder, data)
    shown: list[KioskView] = []
    narrator = _narrator(settings)

    def source() -> KioskView:
        state = process.state
        words = catalogue("citizen", state.comfort.language, unreviewed=settings.kiosk.show_unreviewed)
        shown[:] = [present(state, words)]
        view = shown[0]
        _narrate(narrator, state, view)
        return view

    def dispatch(event: object) -> None:
        if isinstance(event, ScreenTouched):
            narrator.touched()
        process.dispatch(cast("Event", event))

    app = CitizenApp(
        source,
        dispatch,
        lambda: process.crashed(),  # noqa: PLW0108 - the process is made after the window
        open_clip=_clip_opener(settings),
        speak=lambda sentences: _speak(narrator, sentences, process.state.comfort),
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
        forms=forms,
        clips=clips,
        suggestions=suggestions,
        procedures=procedures,
        numbers=joined.numbers,
        clock=joined.clock,
        make_reader=lambda chosen: ChipCardReader(
            chosen, trust=trust, block_sizes=args.data / "card-block-sizes.json"
        ),
    )
    staff = _Staff(args.data, joined, process, app)

    def screen() -> tuple[str, str]:
        view = shown[0]
        return (f"maintenance/{staff.shown}" if staff.shown else view.name), view.key

    process.start()
    try:
        _run_window(app, args, "kiosk", screen)
    finally:
        process.stop()
        narrator.close()
    return app.exit_code


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


def _narrate(narrator: Narrator, state: VisitState, view: KioskView) -> None:
    entered = (view.key, type(view.overlay))
    narrator.follow(state.visit, entered, view.spoken, view.comfort, view.news, mistakes=state.mistakes)


def _speak(narrator: Narrator, sentences: tuple[str, ...], comfort: Comfort) -> None:
    """Say what a key asked for; nothing ends what is being said."""
    if sentences:
        narrator.focus(" ".join(sentences), comfort)
    else:
        narrator.touched()


def _narrator(settings: Settings) -> Narrator:
    """The kiosk's voice; the languages it speaks are read soon."""
    from kiosk.processes.narrator import Narrator
    from kiosk.processes.recordings import Recordings
    from kiosk.processes.speech_guide import SpeechGuide
    from screens.locale import fixed_texts

    _read_languages_soon(settings)
    voice, unreviewed = settings.kiosk.voice, settings.kiosk.show_unreviewed
    guide = SpeechGuide(
        aloud=voice.aloud,
        private=voice.private,
        words_per_minute=voice.words_per_minute,
        recordings=Recordings(VOICES, unreviewed=unreviewed),
    )
    return Narrator(guide, lambda tag: fixed_texts("citizen", tag, unreviewed=unreviewed))


def _clip_opener(settings: Settings) -> Callable[..., ClipSource]:
    """Plays clips, heard where the kiosk speaks."""
    from kiosk.processes.clips import ClipSource

    def opened(
        video: Path, captions: Path | None, size: tuple[int, int], *, aside: bool, **how: Any
    ) -> ClipSource:
        voice = settings.kiosk.voice
        return ClipSource(video, captions, *size, device=voice.private if aside else voice.aloud, **how)

    return opened


class _Owned:
    """A device of the kiosk process, looked at and tested on its own worker."""

    def __init__(self, devices: OwnedDevices, name: str) -> None:
        self._devices = devices
        self.name = name

    def status(self) -> DeviceStatus:
        return self._devices.worker(self.name).status

    def test(self, can: str | None = None) -> TestReport:
        return self._devices.test(self.name, can)

    def close(self) -> None:
        """The worker goes on with it."""


class _Staff:
    """What the maintenance screen can do: the PIN, and the devices through the centre or directly."""

    def __init__(self, data: Path, joined: _Joined, process: KioskProcess, app: CitizenApp) -> None:
        from kiosk.client import CentreClient
        from kiosk.processes.device_desk import DeviceDesk
        from kiosk.processes.maintenance_pin import MaintenancePin

        try:
            token = (data / "tokens" / "maintenance.token").read_text().strip()
            client = CentreClient(joined.client.url, token)
        except OSError:
            client = joined.client  # may ask for this machine's own devices
        self._process, self._app = process, app
        self._pin = MaintenancePin(data)
        self._desk = DeviceDesk(
            client, {name: partial(self._owned, name) for name in KIOSK_DEVICES}, joined.devices
        )
        self._workers = ThreadPoolExecutor(2, "maintenance")
        self._root: MaintenanceRoot | None = None

    @property
    def shown(self) -> str:
        """Which page of the maintenance screen is shown; empty while it is closed."""
        return self._root.screen_name if self._root is not None and self._root.parent is not None else ""

    def screen(self, close: Callable[[], None]) -> MaintenanceRoot:
        """The screen, locked."""
        from screens.maintenance.presenter import MaintenancePresenter
        from screens.maintenance.view import MaintenanceRoot

        def leave() -> None:
            self._process.end_visit()
            close()

        presenter = MaintenancePresenter(
            self, self._background, leave, now=lambda: datetime.now(UTC), clock=time.monotonic
        )
        self._root = MaintenanceRoot(presenter)
        return self._root

    def _owned(self, name: str) -> _Owned:
        return _Owned(self._process.devices, name)

    def _background(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        def done(future: Future[Any]) -> None:
            error = future.exception()
            if error is not None:
                logging.getLogger("maintenance").error("%s", type(error).__name__, exc_info=error)
                return
            self._app.post(lambda: then(future.result()))

        self._workers.submit(work).add_done_callback(done)

    # -- screens.maintenance.presenter.DeviceActions

    def check_pin(self, pin: str) -> PinAnswer:
        from screens.maintenance.model import PinAnswer

        if not self._pin.exists:
            return PinAnswer(False, known=False)
        verdict = self._pin.check(pin)
        return PinAnswer(verdict.failure is None, verdict.tries_left, verdict.until)

    def devices(self) -> Devices:
        from kiosk.client import CentreError
        from screens.maintenance.model import DeviceInfo, Devices

        try:
            found, unreachable = self._desk.devices()
        except CentreError:
            return Devices((), centre_answers=False)
        return Devices(
            tuple(
                DeviceInfo(
                    one.name,
                    one.status.condition.value,
                    one.status.failure,
                    one.status.warning,
                    one.status.facts,
                    one.since,
                    one.settings,
                )
                for one in found
            ),
            centre_answers=unreachable is None,
        )

    def test(self, name: str) -> Report:
        return self._reported(lambda: self._desk.test(name))

    def card_lies_there(self) -> bool:
        worker = self._process.devices.worker("card_reader")
        try:
            status = worker.submit(lambda: worker.device.status()).result(CARD_LOOK_SECONDS)  # noqa: PLW0108
        except Exception:  # a hanging reader or a bug of its driver shows in the test that follows
            return False
        return status.facts.get("card") == "present"

    def read_chip(self, can: str) -> Report:
        """The digits go to the reader's own thread and nowhere else."""
        return self._reported(lambda: self._process.devices.test("card_reader", can))

    def save(self, name: str, changes: Mapping[str, str]) -> Report:
        from kiosk.processes.device_desk import typed_changes

        return self._reported(
            lambda: self._desk.set(name, typed_changes(name, self._desk.settings(name), changes))
        )

    def suspended(self) -> bool:
        return self._process.state.lobby.suspended

    def suspend(self, suspended: bool) -> bool:
        return self._process.suspend(suspended)

    def readers(self) -> Sequence[str]:
        worker = self._process.devices.worker("card_reader")
        found: Sequence[str] = worker.submit(lambda: cast(Any, worker.device).readers()).result(5)
        return found

    @staticmethod
    def _reported(work: Callable[[], TestReport]) -> Report:
        from kiosk.client import CentreError
        from kiosk.failures import words
        from kiosk.processes.device_desk import DeskError
        from screens.maintenance.model import Report

        try:
            report = work()
        except DeskError as error:
            told = words()[error.failure].staff_cause if error.failure else str(error)
            return Report(False, failure=error.failure, refused=told)
        except CentreError as error:
            return Report(False, failure=error.code, refused=words()[error.code].staff_cause)
        return Report(report.passed, report.lines, report.failure)


def _run_window(
    app: App, args: argparse.Namespace, window: str, screen: Callable[[], tuple[str, str]]
) -> None:
    """Run a window until it is closed or the process is asked to end."""
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda *_: app.stop())
    if args.virtual:
        _publish(args.data, window, screen)
    app.run()


def _publish(data: Path, window: str, screen: Callable[[], tuple[str, str]]) -> None:
    from kivy.clock import Clock

    from kiosk.processes.publishing import Publisher
    from screens.described import described_window

    publisher = Publisher(data / "virtual" / "control.json", window)

    def tell(_seconds: float) -> None:
        name, key = screen()
        publisher.publish({"screen": name, "key": key, **described_window()})

    Clock.schedule_interval(tell, PUBLISH_SECONDS)
