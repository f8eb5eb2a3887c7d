"""What holds for all tests in one process."""

import atexit
import ctypes
import gc
import os
import shutil
import tempfile
from pathlib import Path

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


# How long an example takes says nothing on a busy machine; speed is measured by the benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again after every few tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def pcscd_folder() -> Path:
    """The folder in which a private pcscd of the tests puts its socket."""
    return _FOLDER
