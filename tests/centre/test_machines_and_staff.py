"""Staff at one of two kiosks, or at the command line, over a running centre: whose devices they work with."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.contract import Condition, TestReport
from kiosk.client import CentreClient
from kiosk.failures import FailureCode
from kiosk.processes.commands import device as command
from kiosk.processes.commands.options import CommandError
from kiosk.processes.device_desk import DeskError, DeviceDesk, of_several
from kiosk.processes.effective_settings import effective_settings
from kiosk.settings import DeviceSettings
from tests.centre.support import Seed, WarmProcess

SHIPPED = DeviceSettings()
OWN = dict.fromkeys(
    ("card_reader", "printer", "scanner", "kiosk_screen"), lambda: pytest.fail("asked directly")
)


class House:
    """Two kiosks and a display that have reported; the first kiosk is out of paper."""

    def __init__(self, process: WarmProcess, seed: Seed) -> None:
        self.url, self.tokens = process.url, seed.tokens
        self.client("kiosk").report_device("printer", "needs_attention", FailureCode.PRINTER_PAPER_OUT)
        self.client("kiosk-2").report_device("printer", "ready")
        self.client("display").report_device("speaker", "ready")

    def client(self, role: str) -> CentreClient:
        return CentreClient(self.url, self.tokens[role])

    def at(self, kiosk: str | None) -> DeviceDesk:
        """Where staff stand: at a kiosk, or anywhere else."""
        home = self.client(kiosk) if kiosk else None
        return DeviceDesk(self.client("maintenance"), OWN if kiosk else {}, SHIPPED, home=home)

    def answered_by(self, kiosk: str, work: Callable[[], TestReport]) -> TestReport:
        """What comes of ``work`` while this kiosk, and no other, answers what it is asked."""
        over = threading.Event()
        client = self.client(kiosk)

        def answer() -> None:
            while not over.wait(0.02):
                for request in client.device_requests(None, "requested"):
                    client.answer_device_request(request.id, passed=True, lines=[("by", kiosk)])

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            return work()
        finally:
            over.set()
            thread.join()


@pytest.fixture
def house(process: WarmProcess, seed: Seed) -> House:
    return House(process, seed)


@pytest.mark.on_sqlite
class TestAtAKiosk:
    def test_its_own_devices_are_shown_and_those_of_other_kinds_of_machine(self, house: House) -> None:
        devices, unreachable = house.at("kiosk-2").devices()
        assert unreachable is None
        assert [(one.name, one.machine) for one in devices] == [
            *((name, "kiosk-2") for name in OWN), ("speaker", "display-1"), ("ceiling_screen", "display-1"),
        ]  # fmt: skip
        (printer,) = [one for one in devices if one.name == "printer"]
        assert (printer.status.condition, printer.status.failure) == (Condition.READY, None)
        assert of_several(devices) == frozenset()

    def test_tests_and_settings_are_its_own(self, house: House) -> None:
        desk = house.at("kiosk-2")
        tested = house.answered_by("kiosk-2", lambda: desk.test("printer"))
        assert tested.lines == (("by", "kiosk-2"),)
        assert house.answered_by("kiosk-2", lambda: desk.set("printer", {"paper_mm": 58})).passed
        assert (desk.settings("printer")["paper_mm"], house.at("kiosk").settings("printer")["paper_mm"]) == (
            58,
            80,
        )
        kept = [effective_settings(house.client(name), SHIPPED) for name in ("kiosk", "kiosk-2")]
        assert [one.printer.paper_mm for one in kept] == [80, 58]


@pytest.mark.on_sqlite
class TestElsewhere:
    def test_the_command_tells_which_printer_is_out_of_paper(
        self, house: House, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command, "_desk", lambda _args: house.at(None))
        told = argparse.Namespace(name="printer", can=None, machine=None, changes=["paper_mm=58"])
        assert command._list(told) == 1
        lines = capsys.readouterr().out.splitlines()
        states = [line.partition(" since")[0] for line in lines if line.startswith("printer")]
        assert states == ["printer (kiosk-1): needs attention", "printer (kiosk-2): ready"]
        assert any(line.startswith("speaker: ready") for line in lines), "there is but one"
        for run in (command._test, command._set):
            with pytest.raises(CommandError, match="kiosk-1, kiosk-2"):
                run(told)
        told.machine = "kiosk-2"
        report = house.answered_by("kiosk-2", lambda: house.at(None).test("printer", machine="kiosk-2"))
        assert report.lines == (("by", "kiosk-2"),)

    def test_settings_of_several_are_not_mixed_up(self, house: House) -> None:
        with pytest.raises(DeskError) as refused:
            house.at(None).settings("printer")
        assert refused.value.failure is FailureCode.DEVICE_MACHINE_NOT_NAMED
        assert house.at(None).settings("printer", "kiosk-2")["paper_mm"] == 80
