"""Where a system forbids namespaces, the virtual reader stands apart by a library loaded into pcscd."""

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

READS_A_CARD = """
    import contextlib, os, socket, sys
    from pathlib import Path
    from devices.virtual.chip_card import VirtualCardReader, launchers
    from devices.virtual.chip_card.launchers import DRIVER_PORT

    launchers.NamespaceLauncher.allowed = lambda self: False
    first, second = (VirtualCardReader(Path(folder)) for folder in sys.argv[1:3])
    taken = socket.socket()
    with contextlib.suppress(OSError):  # taken already is as good
        taken.bind(("", DRIVER_PORT))  # by any other program
    second.start()  # another lobby on the same machine
    first.start()
    os.environ.update(first.environment)
    first.insert("lan")
    assert first.wait_until_seen(20)

    from devices.chip_card import CardReading, ChipCardReader
    from kiosk.settings import CardReaderSettings

    reader = ChipCardReader(CardReaderSettings())
    reading = reader.read(first.citizens()["lan"].can)
    print("read" if isinstance(reading, CardReading) and reading.proof.data_intact else reading)
    for one in (first, second):
        one.stop()
"""


def test_two_lobbies_read_cards_side_by_side(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(READS_A_CARD), *folders],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "read", done.stderr
    for folder in folders:
        assert not (folder / "run" / "pcscd.comm").exists(), "the daemon took its socket away with it"
