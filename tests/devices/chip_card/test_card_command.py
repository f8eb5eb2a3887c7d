"""`main.py card` and `main.py trust`, as somebody uses them who knows nothing of the kiosk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.issuer import demo_issuer

ROOT = Path(__file__).parents[3]
LAN = demo_citizens()["lan"]
PERSONAL = (LAN.number, LAN.full_name, LAN.residence, LAN.father, LAN.mother, "NGUYEN", LAN.can)


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PCSCLITE_CSOCK_NAME"}
    return subprocess.run(
        [sys.executable, "main.py", *arguments],
        cwd=ROOT, env=environment, input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the demo issuer's root is trusted."""
    folder = tmp_path_factory.mktemp("data")
    read = run("card", "read", "--data", str(folder), "--virtual", "lan", "--can", LAN.can, "--json")
    assert json.loads(read.stdout)["verdict"] == "data signed, issuer unknown"
    root = folder / "root.pem"
    root.write_bytes(demo_issuer(folder / "virtual-card" / "issuer").trust_file())
    taken = run("trust", "import", str(root), "--data", str(folder))
    assert taken.returncode == 0, taken.stdout + taken.stderr
    return folder


def test_a_card_of_a_trusted_issuer_is_genuine(data: Path) -> None:
    done = run("card", "read", "--data", str(data), "--virtual", "lan", "--can", LAN.can, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["verdict"] == "genuine chip and data"
    assert told["citizen"]["full_name"] == LAN.full_name
    assert told["access"] == {
        "protocol": "PACE", "password": "CAN", "details": "ECDH-GM-AES-128 on brainpoolP256r1",
        "pace_failed": False,
    }  # fmt: skip
    assert told["proof"]["chain"] == "trusted"
    assert told["proof"]["data_groups"]["2"] == "not_read"
    assert (told["apdus"], told["reasons"]) == (16, [])
    assert told["bytes"] > 0
    assert told["ms"] > 0
    assert done.stderr == ""


def test_the_issuer_of_the_invented_cards_can_be_trusted_for_one_read(tmp_path: Path) -> None:
    read = ("card", "read", "--data", str(tmp_path), "--virtual", "lan", "--can", LAN.can)
    assert "verdict: genuine chip and data" in run(*read, "--trust-demo").stdout
    assert "verdict: data signed, issuer unknown" in run(*read).stdout


def test_the_photo_is_read_only_when_asked_for_and_written_as_a_picture(data: Path, tmp_path: Path) -> None:
    read = ("card", "read", "--data", str(data), "--virtual", "lan", "--can", LAN.can, "--json")
    for name, begins in (("face.jpg", b"\xff\xd8\xff"), ("face.png", b"\x89PNG")):
        done = run(*read, "--photo", str(tmp_path / name))
        told = json.loads(done.stdout)
        assert told["proof"]["data_groups"]["2"] == "match"
        assert (told["photo"]["width"], told["photo"]["height"]) == (240, 320)
        assert (tmp_path / name).read_bytes().startswith(begins)
    done = run(*read, "--photo", str(tmp_path / "face.jpg"))
    assert done.returncode == 2
    assert "nothing was overwritten" in done.stderr


def test_a_photo_that_is_no_picture_is_not_written(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "face.jpg"
    done = run(
        "card", "read", "--data", str(data), "--virtual", "lan:portrait-bomb", "--can", LAN.can, "--json",
        "--photo", str(file),
    )  # fmt: skip
    assert done.returncode == 0
    assert json.loads(done.stdout)["photo"] == {"problem": "the photo cannot be decoded: too_large"}
    assert not file.exists()


def test_a_copied_card_gives_no_data_and_says_why(data: Path) -> None:
    done = run("card", "read", "--data", str(data), "--virtual", "lan:clone", "--can", LAN.can, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["citizen"] is None
    assert told["verdict"] == "do not rely on this card (chip copied)"
    assert told["failure"]["code"] == "CHIP_COPIED"
    assert not [text for text in PERSONAL if text in done.stdout + done.stderr]


def test_a_chip_that_opens_by_bac_is_read_with_the_printed_qr(data: Path) -> None:
    done = run(
        "card", "read", "--data", str(data), "--virtual", "lan:bac-only", "--qr", "-", "--json", text=LAN.qr
    )
    told = json.loads(done.stdout)
    assert told["access"]["protocol"] == "BAC"
    assert told["verdict"] == "genuine chip and data"
    assert told["proof"]["identity"] == "agree"


def test_a_bank_card_is_called_one(data: Path) -> None:
    done = run("card", "read", "--data", str(data), "--virtual", "bank", "--can", "123456")
    assert done.returncode == 1
    assert done.stdout.startswith("CARD_IS_BANK_CARD")
    assert "thẻ căn cước" in done.stdout


def test_dumped_files_are_proven_without_the_card(data: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    dumped = run(
        "card", "dump", "--data", str(data), "--virtual", "lan", "--can", LAN.can, "--files", str(files)
    )
    assert dumped.returncode == 0, dumped.stderr
    assert {(file.stat().st_mode & 0o777) for file in files.iterdir()} == {0o600}
    given = [f"--dg={number}={files / f'DG{number}.bin'}" for number in (1, 2, 13, 14, 15)]
    sod = ("--sod", str(files / "EF.SOD.bin"), "--com", str(files / "EF.COM.bin"))
    done = run("card", "verify", "--data", str(data), *sod, *given, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["verdict"] == "genuine data, chip not proven"
    assert told["citizen"]["number"] == LAN.number
    assert told["access"] is None

    changed = bytearray((files / "DG13.bin").read_bytes())
    changed[-1] ^= 1
    (tmp_path / "changed.bin").write_bytes(changed)
    forged = ["--dg", f"1={files / 'DG1.bin'}", "--dg", f"13={tmp_path / 'changed.bin'}"]
    done = run("card", "verify", "--data", str(data), *sod, *forged, "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["citizen"] is None
    assert told["proof"]["data_groups"]["13"] == "mismatch"
    assert told["verdict"] == "do not rely on this card (data altered)"


def test_a_dump_for_support_holds_nothing_of_the_person(data: Path) -> None:
    done = run("card", "dump", "--data", str(data), "--virtual", "lan", "--can", LAN.can, "--redacted")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["files"]["EF.SOD"]["hash"] == "sha256"
    assert told["files"]["DG15"]["key"]["kind"] == "ec"
    assert told["block_sizes"]["256"] == "9000, 256 bytes"
    assert len(told["exchanges"]) > 15
    assert not [text for text in PERSONAL if text in done.stdout]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("read",), "give one of --can, --qr and --mrz"),
        (("read", "--can", "12a456"), "--can: the CAN is not six digits"),
        (("read", "--can", "123456", "--virtual", "nobody:clone"), "no invented person"),
        (("verify", "--sod", "nowhere.bin"), "nowhere.bin: No such file"),
        (("verify", "--sod", "README.md", "--dg", "17=README.md"), "N from 1 to 16"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(data: Path, arguments: tuple[str, ...], says: str) -> None:
    done = run("card", *arguments, "--data", str(data))
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_is_no_sod_is_told_without_a_traceback(data: Path) -> None:
    done = run("card", "verify", "--data", str(data), "--sod", "README.md")
    assert done.returncode == 1
    assert "CARD_DATA_UNREADABLE" in done.stdout
    assert done.stderr == ""
