"""What holds for all tests in one process."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# libpcsclite reads this once, at the first PC/SC context of the process: all tests share one place for a
# private pcscd, and nobody's real readers are touched. tests/devices/chip_card starts the daemon there.
_FOLDER = Path(tempfile.mkdtemp(prefix="mot-cua-test-"))
os.environ["PCSCLITE_CSOCK_NAME"] = str(_FOLDER / "pcscd.comm")


@pytest.fixture(scope="session")
def pcscd_folder() -> Path:
    """The folder in which a private pcscd of the tests puts its socket."""
    return _FOLDER


@pytest.fixture(scope="session", autouse=True)
def _remove_pcscd_folder() -> Iterator[None]:
    yield
    shutil.rmtree(_FOLDER, ignore_errors=True)
