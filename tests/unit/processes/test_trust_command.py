"""``main.py trust`` as a commune's IT person meets it: what was taken, what not and why, what to do next."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.bootstrap import command_line

NOW = datetime.now(UTC).replace(microsecond=0)


class Issuer:
    """An invented authority."""

    def __init__(self, common, country="VN", days=900):
        self.key = ec.generate_private_key(ec.SECP256R1())
        oid = x509.oid.NameOID
        self.name = x509.Name(
            [x509.NameAttribute(oid.COUNTRY_NAME, country), x509.NameAttribute(oid.COMMON_NAME, common)]
        )
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1000))
            .not_valid_after(NOW + timedelta(days=days))
            .add_extension(x509.BasicConstraints(True, 0), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        self.sha256 = self.certificate.fingerprint(hashes.SHA256()).hex()

    def revocation_list(self, days=30):
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(NOW - timedelta(days=60))
            .next_update(NOW + timedelta(days=days))
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)


VIETNAM, LAOS = Issuer("CSCA Invented"), Issuer("CSCA Other", "LA")


@pytest.fixture
def trust(tmp_path, capsys):
    """Run the command; its exit code, output and errors."""

    def run(*arguments):
        words = [str(argument) for argument in arguments]
        code = command_line(["trust", *words, "--data", str(tmp_path / "data")])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def file(tmp_path):
    def write(content, name="file.pem"):
        path = Path(tmp_path / name)
        path.write_bytes(content)
        return path

    return write


def test_without_anchors_that_is_said(trust, tmp_path):
    code, out, _ = trust("list")
    assert (code, out) == (0, "No trust anchors: every card's issuer is unknown.\n")
    assert not (tmp_path / "data").exists()


def test_a_root_is_imported_listed_shown_and_removed(trust, file):
    code, out, _ = trust("import", file(VIETNAM.der, "csca.der"))
    assert code == 0
    assert "taken: CSCA, VN, CN=CSCA Invented" in out
    assert VIETNAM.sha256 in out
    assert "Compare the SHA-256" in out
    code, out, _ = trust("list")
    assert VIETNAM.sha256[:16] in out
    spaced = ":".join(VIETNAM.sha256[place : place + 2].upper() for place in range(0, 64, 2))
    code, out, _ = trust("show", spaced)
    assert code == 0
    assert "key: secp256r1" in out
    assert "revocation list: none held" in out
    code, out, _ = trust("remove", VIETNAM.sha256[:8])
    assert code == 0
    assert "CN=CSCA Invented" in out
    assert trust("list")[1].startswith("No trust anchors")


def test_a_second_import_changes_nothing(trust, file):
    path = file(VIETNAM.pem)
    trust("import", path)
    code, out, _ = trust("import", path)
    assert code == 0
    assert "already held: CSCA" in out


def test_what_is_refused_is_named_and_the_exit_code_tells(trust, file):
    code, out, _ = trust("import", file(b"no certificate", "letter.docx"), file(VIETNAM.pem))
    assert code == 1
    assert "letter.docx\n  refused: neither PEM nor DER nor LDIF" in out
    assert "taken: CSCA, VN" in out, "one file does not spoil another"


def test_several_roots_that_nobody_signed_need_a_word(trust, file):
    path = file(VIETNAM.pem + LAOS.pem)
    code, out, _ = trust("import", path)
    assert code == 1
    assert "--accept-unsigned" in out
    code, out, _ = trust("import", path, "--accept-unsigned", "--country", "vn")
    assert code == 0
    assert trust("list", "--country", "VN")[1].count("\n") == 1
    assert trust("list", "--country", "LA")[1] == "No trust anchors of LA.\n"


def test_a_dry_run_keeps_nothing(trust, file):
    code, out, _ = trust("import", file(VIETNAM.pem), "--dry-run")
    assert code == 0
    assert "nothing was kept" in out
    assert trust("list")[1].startswith("No trust anchors")


def test_revocation_lists_and_what_is_late(trust, file):
    old = Issuer("CSCA Old", days=-1)
    code, out, _ = trust(
        "import", file(old.pem, "old.pem"), file(VIETNAM.pem), file(VIETNAM.revocation_list(), "crl.pem")
    )
    assert code == 0
    trust("import", file(old.revocation_list(-1), "late.pem"))
    out = trust("list")[1]
    assert "EXPIRED" in out
    assert "LATE" in out
    code, out, _ = trust("show", VIETNAM.sha256)
    assert "0 revoked" in out


def test_answers_for_programs(trust, file):
    _, out, _ = trust("import", file(VIETNAM.pem), "--json")
    [report] = json.loads(out)
    assert report["entries"][0]["outcome"] == "taken"
    assert report["entries"][0]["sha256"] == VIETNAM.sha256
    _, out, _ = trust("list", "--json")
    assert json.loads(out)["certificates"][0]["country"] == "VN"
    _, out, _ = trust("show", VIETNAM.sha256, "--json")
    assert json.loads(out)["fingerprint"].replace(" ", "") == VIETNAM.sha256
    _, out, _ = trust("remove", VIETNAM.sha256, "--json")
    assert json.loads(out) == {"removed": VIETNAM.sha256}


def test_another_folder(trust, file, tmp_path):
    trust("import", file(VIETNAM.pem), "--trust", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "trust.json").exists()
    assert VIETNAM.sha256[:16] in trust("list", "--store", tmp_path / "elsewhere")[1]


def test_a_long_report_is_cut_and_all_shows_it(trust, file):
    lines = b"".join(b"cACertificate;binary:: " + base64.b64encode(b"\x30\x00") + b"\n" for _ in range(50))
    path = file(b"version: 1\n" + lines, "many.ldif")
    code, out, _ = trust("import", path)
    assert code == 1
    assert "and 20 more" in out
    assert len(trust("import", path, "--all")[1].splitlines()) > 50


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["import", "nowhere.der"], "cannot be read: No such file"),
        (["import", "nowhere.der", "--accept-signer", "abcd"], "64 hexadecimal"),
        (["import", "nowhere.der", "--country", "VNM"], "two letters"),
        (["show", "abc"], "at least 8"),
        (["show", "0123456789"], "nothing held begins with 0123456789"),
        (["remove", "not hexadecimal"], "is not a SHA-256"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(trust, arguments, told):
    code, out, err = trust(*arguments)
    assert code == 2
    assert told in err
    assert err.count("\n") == 1
    assert out == ""


def test_a_damaged_store_is_told(trust, tmp_path):
    (tmp_path / "data" / "trust").mkdir(parents=True)
    (tmp_path / "data" / "trust" / "trust.json").write_text("{")
    code, _, err = trust("list")
    assert code == 2
    assert "trust.json" in err


def test_an_entry_without_its_facts_is_still_listed(trust, tmp_path):
    folder = tmp_path / "data" / "trust"
    folder.mkdir(parents=True)
    parts = {
        "certificates": {"ab" * 32: {}},
        "revocation_lists": {"cd" * 32: {}},
        "list_signers": {"ef" * 32: {}},
    }
    (folder / "trust.json").write_text(json.dumps({"format": 1, **parts}))
    code, out, _ = trust("list")
    assert code == 0
    assert len(out.splitlines()) == 3
    assert trust("show", "ab" * 32)[0] == 2
    assert trust("remove", "ab" * 32)[0] == 0


def test_the_command_explains_itself(capsys):
    for arguments in (
        ["--help"],
        ["import", "--help"],
        ["list", "--help"],
        ["show", "--help"],
        ["remove", "--help"],
    ):
        with pytest.raises(SystemExit) as ended:
            command_line(["trust", *arguments])
        assert ended.value.code in (0, None)
        told = capsys.readouterr().out
        assert "trust" in told
