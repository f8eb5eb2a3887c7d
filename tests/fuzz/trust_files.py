"""Targets: what an issuer signed, and the files that trust anchors come in."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.fuzz.mutations import Form
from tests.fuzz.target import Loaded, Target

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def _definite() -> Loaded:
    from devices.chip_card.trust.definite_form import FormError, definite
    from tests.fuzz import material

    def call(data: bytes) -> None:
        found = definite(data)
        assert definite(found) == found

    seeds = [sod[4:] for sod in material.files(material.SOD)[:3]]
    return Loaded(call, (FormError,), seeds + [material.indefinite(seed) for seed in seeds])


def _sod() -> Loaded:
    from devices.chip_card.errors import CardProblem
    from devices.chip_card.trust import sod
    from tests.fuzz import material

    def call(data: bytes) -> None:
        found = sod.parse(data)
        for number in found.hashes:
            found.check(number, b"")
        found.check(99, data)

    return Loaded(call, (CardProblem,), material.files(material.SOD))


def _sod_content() -> Loaded:
    """What is signed, changed and signed again by the forger that the fuzzer is: it always verifies."""
    from devices.chip_card import tlv
    from devices.chip_card.errors import CardProblem
    from devices.chip_card.trust import sod
    from kiosk.identity.card_proof import Signature
    from tests.devices.chip_card import trust_material as made
    from tests.fuzz import material
    from tests.fuzz.forger import SECURITY_OBJECT, Forger

    forger = Forger(SECURITY_OBJECT)

    def call(data: bytes) -> None:
        found = sod.parse(tlv.encode(0x77, forger.signed(data)))
        assert found.signature is Signature.VALID
        assert found.hashes.keys() <= set(range(1, 17))

    contents = [
        made.security_object({1: b"1", 13: b"13"}),
        made.security_object({2: b""}, "sha512", version=1),
    ]
    return Loaded(call, (CardProblem,), [*contents, *material.signed_contents()])


def _signed_data() -> Loaded:
    from devices.chip_card.trust.signed_data import SignedData
    from tests.fuzz import material

    def call(data: bytes) -> None:
        found = SignedData.parse(data)
        result = found.verify()
        assert result.signature is not None

    return Loaded(call, (ValueError,), material.envelopes())


def _certificate() -> Loaded:
    from devices.chip_card.trust.certificates import Certificate, CertificateError
    from devices.chip_card.trust.public_keys import UnsupportedKey, describe
    from tests.fuzz import material

    def call(data: bytes) -> None:
        found = Certificate.parse(data)
        _ = found.certifies, found.self_issued, found.fingerprint, found.key_hash, found.valid_on(NOW.date())
        assert found.subject_text.isprintable()
        with contextlib.suppress(UnsupportedKey):
            _ = found.self_signed
        found.signed_by(root)
        try:
            describe(found.key)
        except ValueError:  # as its docstring says
            return

    root = Certificate.parse(material.issuer().trust_anchors()[0])
    return Loaded(call, (CertificateError, UnsupportedKey), material.certificates())


def _verification() -> Loaded:
    """Key, algorithm, signature and message, one after the other in BER."""
    from asn1crypto import algos, keys

    from devices.chip_card.trust import public_keys
    from tests.fuzz import ber_tree, material

    def call(data: bytes) -> None:
        parts = [node.encode() for node in ber_tree.decode(data) or []]
        if len(parts) < 3:
            return
        try:
            info = keys.PublicKeyInfo.load(parts[0], strict=True)
            algorithm = algos.SignedDigestAlgorithm.load(parts[1], strict=True)
        except (ValueError, TypeError):
            return
        signature = (ber_tree.decode(parts[2]) or [ber_tree.Node(b"")])[0].value
        try:
            key = public_keys.load(info)
            public_keys.describe(key)
            public_keys.verify(key, algorithm, "sha256", signature, b"message")
        except ValueError:  # as both docstrings say; UnsupportedKey is one
            return

    return Loaded(call, (), material.verifications())


def _crl() -> Loaded:
    from devices.chip_card.trust.certificates import Certificate
    from devices.chip_card.trust.public_keys import UnsupportedKey
    from devices.chip_card.trust.revocation import RevocationError, RevocationList
    from tests.fuzz import material

    root = Certificate.parse(material.issuer().trust_anchors()[0])

    def call(data: bytes) -> None:
        found = RevocationList.parse(data)
        found.stale_on(NOW.date())
        with contextlib.suppress(UnsupportedKey):
            found.signed_by(root)

    return Loaded(call, (RevocationError,), material.revocation_lists())


def _crl_entries() -> Loaded:
    """The entries of a list that verified. What they raise is caught by whoever takes the list."""
    from devices.chip_card.trust.public_keys import MALFORMED
    from devices.chip_card.trust.revocation import RevocationError, RevocationList
    from tests.fuzz import material

    def call(data: bytes) -> None:
        found = RevocationList.parse(data)
        assert found.revoked is not None
        assert not found.revokes(-1) or -1 in found.revoked

    return Loaded(call, (RevocationError, *MALFORMED), material.revocation_lists())


def _card_security() -> Loaded:
    from devices.chip_card.errors import CardProblem
    from devices.chip_card.trust import card_security
    from tests.fuzz import material

    def call(data: bytes) -> None:
        found = card_security.parse(data)
        assert found.infos.summary() is not None

    chips = [material.chip(name) for name in ("pace-cam", "clone-cam")]
    return Loaded(call, (CardProblem,), [chip.card_security for chip in chips if chip.card_security])


def _trust_index() -> Loaded:
    """The index of the trust anchors' folder, spoiled."""
    from devices.chip_card.trust.anchors import TrustStore, TrustStoreError
    from tests.fuzz import material

    folder = material.folder()
    store = TrustStore(folder)
    store.import_file(material.issuer().trust_file(), "demo", NOW.date(), accept_unsigned=True)
    index = (folder / "trust.json").read_bytes()

    def call(data: bytes) -> None:
        (folder / "trust.json").write_bytes(data)
        anchors = TrustStore(folder).load()
        assert len(anchors.kept) == len(anchors)
        _ = anchors.countries, anchors.kept_lists, anchors.list_signers
        for found in anchors.candidates(b"key", "VN"):
            anchors.revocation_lists(found)

    return Loaded(call, (TrustStoreError,), [index, b"{}"])


def _master_list() -> Loaded:
    from devices.chip_card.trust import master_list
    from devices.chip_card.trust.certificates import Certificate, CertificateError
    from devices.chip_card.trust.signed_data import SignedData
    from tests.fuzz import material

    def call(data: bytes) -> None:
        for der in master_list.parse(SignedData.parse(data)).certificates:
            try:
                Certificate.parse(der)
            except CertificateError:
                continue

    return Loaded(call, (ValueError,), material.master_lists())


def _master_list_content() -> Loaded:
    """The list inside a true signature, imported by one who accepts its signer."""
    from devices.chip_card.trust import importing
    from devices.chip_card.trust.anchors import NO_ANCHORS
    from devices.chip_card.trust.certificates import Certificate
    from tests.fuzz import material
    from tests.fuzz.forger import MASTER_LIST, Forger

    forger = Forger(MASTER_LIST, extended="2.23.136.1.1.3")
    rules = importing.Rules(NOW.date(), accept_signers=frozenset((Certificate.parse(forger.root).sha256,)))

    def call(data: bytes) -> None:
        file = forger.signed(data, others=forger.root)
        report, _ = importing.examine(file, "list", NO_ANCHORS, rules)
        assert report.entries or report.refusal

    return Loaded(call, (), [material.master_list_content([forger.root, *material.certificates()[:3]])])


def _containers() -> Loaded:
    from devices.chip_card.trust.containers import ContainerError, unpack
    from tests.fuzz import material

    return Loaded(unpack, (ContainerError,), material.bundles())


def _import() -> Loaded:
    """A whole import, without a folder."""
    from devices.chip_card.trust import importing
    from devices.chip_card.trust.anchors import NO_ANCHORS
    from tests.fuzz import material

    rules = (
        importing.Rules(NOW.date()),
        importing.Rules(NOW.date(), accept_unsigned=True, countries=frozenset(("VN",))),
    )

    def call(data: bytes) -> None:
        for rule in rules:
            report, _ = importing.examine(data, data[:30].decode("latin-1"), NO_ANCHORS, rule)
            assert report.refusal or report.entries
            assert report.name.isprintable()

    seeds = [
        *material.bundles(),
        *material.certificates()[:4],
        *material.revocation_lists(),
        *material.master_lists(),
    ]
    return Loaded(call, (), seeds)


def _chain() -> Loaded:
    from devices.chip_card.trust import chain
    from devices.chip_card.trust.anchors import TrustStore
    from tests.fuzz import material

    folder = tempfile.TemporaryDirectory(prefix="fuzz-trust-")
    store = TrustStore(Path(folder.name, "trust"))
    report = store.import_file(material.issuer().trust_file(), "demo", NOW.date(), accept_unsigned=True)
    assert report.taken

    def call(data: bytes) -> None:
        assert folder
        anchors = store.load()
        judgement = chain.judge(data, anchors, NOW, "VNM")
        assert judgement.chain in chain.Chain
        chain.judge(data, anchors, NOW.date())

    return Loaded(call, (), material.certificates())


def _verify_files() -> Loaded:
    """Dumped files, as the command line takes them: EF.SOD, EF.COM and DG1, DG13 and DG14 together."""
    from devices.chip_card.verifying import verify_files
    from tests.fuzz import ber_tree, material

    numbers = {0x61: 1, 0x75: 2, 0x6D: 13, 0x6E: 14, 0x6F: 15}

    def call(data: bytes) -> None:
        parts = [node.encode() for node in ber_tree.decode(data) or []] or [data]
        sod = next((part for part in parts if part[:1] == b"\x77"), parts[0])
        com = next((part for part in parts if part[:1] == b"\x60"), None)
        groups = {numbers[part[0]]: part for part in parts if part[:1] and part[0] in numbers}
        found = verify_files(sod, groups, com, None, NOW)
        assert found.citizen is None or found.proof is not None

    return Loaded(call, (), material.whole_cards())


def _signed_groups() -> Loaded:
    """Groups of any content under a signature that verifies: a forger's own signer can always do this."""
    from devices.chip_card.verifying import verify_files
    from tests.fuzz import ber_tree, material
    from tests.fuzz.forger import SECURITY_OBJECT, Forger

    forger = Forger(SECURITY_OBJECT)
    numbers = {0x61: 1, 0x6D: 13}

    def call(data: bytes) -> None:
        parts = [node.encode() for node in ber_tree.decode(data) or []]
        groups = {numbers[part[0]]: part for part in parts if part[0] in numbers}
        verify_files(forger.sod(groups), groups, None, None, NOW)

    return Loaded(call, (), list(material.identities()))


TARGETS = (
    Target("definite-form", "SOD", Form.BER, _definite, longest=8000, short=800),
    Target("sod", "SOD", Form.BER, _sod, longest=8000, short=200, cost=1.5),
    Target("sod-content", "SOD", Form.BER, _sod_content, longest=8000, short=50, cost=4),
    Target("signed-data", "SOD, master list", Form.BER, _signed_data, longest=8000, short=120, cost=1.5),
    Target("certificate", "SOD, master list", Form.BER, _certificate, longest=4000, short=250, cost=1),
    Target("verification", "SOD, master list, CRL", Form.BER, _verification, longest=3000, short=400, cost=1),
    Target("chain", "SOD", Form.BER, _chain, longest=4000, short=80, cost=2),
    Target("card-security", "SOD", Form.BER, _card_security, longest=8000, short=120, cost=1.5),
    Target("trust-index", "trust anchors", Form.BYTES, _trust_index, longest=8000, short=120, cost=1),
    Target("crl", "CRL", Form.BER, _crl, longest=4000, short=400, cost=1),
    Target("crl-entries", "CRL", Form.BER, _crl_entries, longest=4000, short=400, cost=1),
    Target("master-list", "master list", Form.BER, _master_list, longest=20_000, short=120, cost=2),
    Target(
        "master-list-content",
        "master list",
        Form.BER,
        _master_list_content,
        longest=20_000,
        short=10,
        long=50_000,
        cost=8,
    ),
    Target("containers", "master list", Form.BYTES, _containers, longest=20_000, short=1000),
    Target("import", "master list", Form.BYTES, _import, longest=20_000, short=25, long=100_000, cost=4),
    Target("verify-files", "SOD, COM, DG1, DG13", Form.BER, _verify_files, longest=20_000, short=40, cost=3),
    Target(
        "signed-groups", "DG1, DG13", Form.BER, _signed_groups, longest=8000, short=20, long=50_000, cost=5
    ),
)
