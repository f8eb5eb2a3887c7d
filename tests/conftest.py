"""What holds for all tests in one process."""

import atexit
import ctypes
import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# libpcsclite reads this once, at the first PC/SC context of the process: all tests share one place for a
# private pcscd, and nobody's real readers are touched. tests/devices/chip_card starts the daemon there.
_FOLDER = Path(tempfile.mkdtemp(prefix="mot-cua-test-"))
os.environ["PCSCLITE_CSOCK_NAME"] = str(_FOLDER / "pcscd.comm")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


# Each password that is checked takes 19 MiB for a moment. From its second one on glibc would keep them, one
# for each arena of threads; so large a piece is to be mapped and given back (mallopt(3), M_MMAP_THRESHOLD).
ctypes.CDLL(None).mallopt(-3, 4 * 1024 * 1024)


# How long an example takes says nothing on a busy machine; speed is measured by the benchmarks. Each run has
# the same examples, so that a failure belongs to the change it is seen with; RANDOM_EXAMPLES=N draws N new.
_drawn = int(os.environ.get("RANDOM_EXAMPLES", "0"))
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("drawn", deadline=None, max_examples=_drawn or 100)
settings.load_profile("drawn" if _drawn else "same")


# Files that take long, by work or by waiting, the longest first: where several processes share the files,
# none of these begins when everything else is done.
LONG = (
    "screens/test_pages.py", "whole/test_tour.py", "screens/test_lobby_touches.py", "faults/test_lobby.py",
    "devices/chip_card/test_fuzz.py", "centre/test_ticket_life_moves.py",
    "centre/test_ticket_life_table.py", "screens/test_forgetting.py", "browser/test_officer_actions.py",
    "screens/test_clip_touches.py", "screens/test_gallery.py", "devices/chip_card/test_chip_card_reader.py",
    "browser/test_lobby_page.py", "browser/test_suspended_kiosk_page.py", "browser/test_officer_page.py",
    "whole/test_killed.py", "browser/test_ratings_page.py", "browser/test_help_calls_page.py",
    "browser/test_maintenance_page.py", "screens/test_keys.py", "centre/test_centre_together.py",
    "centre/test_centre_counters.py", "centre/test_leases.py", "centre/test_offline_tickets.py",
    "centre/test_leases_ahead.py", "centre/test_centre_tickets.py",
    "centre/test_keeping_backup.py", "centre/test_centre_events.py", "centre/test_centre_access.py",
    "faults/test_power_cut.py", "faults/test_kills.py", "centre/test_keeping_rebuild.py",
    "centre/test_centre_hammer.py", "centre/test_centre_crash.py", "centre/test_postgresql_store.py",
    "faults/test_full_disk.py", "flow/test_two_kiosks.py", "unit/clips/test_clip_building.py",
    "unit/processes/test_clips.py", "unit/clips/test_clips_command.py", "unit/queueing/test_simulation.py",
    "unit/queueing/test_discipline_properties.py", "devices/chip_card/test_readers.py",
    "devices/chip_card/test_card_command.py", "unit/processes/test_offline_numbers.py",
    "devices/speaker/test_speaker.py", "devices/chip_card/test_attacks.py",
    "devices/ticket_printer/test_ticket_printer.py", "unit/processes/test_command_line.py",
    "centre/test_keeping_recovery.py", "centre/test_keeping_archive.py", "centre/test_issuing_visits.py",
    "devices/chip_card/test_hostile_files.py", "centre/test_matters.py", "centre/test_issuing_persons.py",
    "browser/test_follow_page.py", "screens/test_touches.py", "browser/test_head_page.py",
)  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file of tests goes to one process; whole lobbies all go to the same one, so that never two run at
    once. Files are taken in the order of ``pytest_collection_modifyitems``.
    """
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return "tests/whole" if file.startswith("tests/whole/") else file

    config.option.loadscopereorder = False
    return Files(config, log) if config.option.dist == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the files: the long ones first."""
    if not hasattr(config, "workerinput"):
        return
    rank = {Path(__file__).parent / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path, len(LONG)))


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again after every few tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def pcscd_folder() -> Path:
    """The folder in which a private pcscd of the tests puts its socket."""
    return _FOLDER
