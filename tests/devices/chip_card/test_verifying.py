"""Dumped files are proven without the card: everything but the chip, and never more than that."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card import TrustStore, verify_files
from devices.chip_card.lds import COM, SOD
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.issuer import DemoIssuer, demo_issuer
from devices.virtual.chip_card.personalisation import personalise
from devices.virtual.chip_card.presets import presets
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import Chain, ChipProof, GroupHash, Signature, Verdict

PERSON = demo_citizens()["lan"]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> DemoIssuer:
    return demo_issuer(tmp_path_factory.mktemp("issuer"))


def files_of(issuer: DemoIssuer, preset: str = "genuine") -> tuple[bytes, bytes, dict[int, bytes]]:
    """EF.SOD, EF.COM and the data groups of a ready card."""
    files = personalise(PERSON, issuer, presets()[preset].profile).files
    groups = {number: files[number] for number in (1, 2, 13, 14, 15) if number in files}
    return files[SOD.sfi], files[COM.sfi], groups


def test_the_files_of_a_genuine_card_are_genuine_and_the_chip_is_not_proven(
    issuer: DemoIssuer, tmp_path: pytest.TempPathFactory
) -> None:
    trust = TrustStore(tmp_path)
    for root in issuer.trust_anchors():
        trust.import_file(root, "root", datetime.now(UTC).date())
    sod, com, groups = files_of(issuer)
    verified = verify_files(sod, groups, com, trust)
    assert verified.citizen is not None
    assert verified.citizen.full_name == PERSON.full_name
    assert verified.proof is not None
    assert verified.proof.verdict is Verdict.DATA_GENUINE
    assert verified.proof.chip_authentication is ChipProof.NOT_DONE
    assert verified.proof.data_groups[3] is GroupHash.NOT_READ
    assert verified.code is None
    assert verify_files(sod, groups, com).proof.chain is Chain.NOT_CHECKED


@pytest.mark.parametrize("number", [1, 2, 13, 14, 15])
def test_one_altered_file_is_enough_and_is_named(issuer: DemoIssuer, number: int) -> None:
    sod, com, groups = files_of(issuer)
    groups[number] = groups[number][:-1] + bytes((groups[number][-1] ^ 1,))
    verified = verify_files(sod, groups, com)
    assert verified.citizen is None
    assert verified.zone is None
    assert verified.code is FailureCode.CARD_DATA_ALTERED
    assert verified.proof is not None
    assert [n for n, result in verified.proof.data_groups.items() if result is GroupHash.MISMATCH] == [number]


@pytest.mark.parametrize(
    ("preset", "code"),
    [("passport", FailureCode.CARD_IS_PASSPORT), ("foreign-card", FailureCode.CARD_IS_FOREIGN)],
)
def test_another_document_is_named_and_its_zone_told(
    issuer: DemoIssuer, preset: str, code: FailureCode
) -> None:
    sod, com, groups = files_of(issuer, preset)
    verified = verify_files(sod, groups, com)
    assert verified.code is code
    assert verified.citizen is None
    assert verified.zone is not None
    assert verified.proof is not None
    assert verified.proof.sod_signature is Signature.VALID


def test_a_group_that_nobody_signed_is_told_and_nothing_made_of_it(issuer: DemoIssuer) -> None:
    sod, com, groups = files_of(issuer)
    verified = verify_files(sod, {**groups, 11: b"\x6b\x00"}, com)
    assert verified.proof is not None
    assert verified.proof.data_groups[11] is GroupHash.NOT_IN_SOD
    assert verified.citizen is not None


def test_without_dg1_nobody_is_named(issuer: DemoIssuer) -> None:
    sod, com, groups = files_of(issuer)
    verified = verify_files(sod, {13: groups[13]}, com)
    assert verified.citizen is None
    assert verified.proof is not None
    assert verified.proof.verdict is Verdict.ISSUER_UNKNOWN


@settings(max_examples=40, deadline=None)
@given(sod=st.binary(max_size=300), content=st.binary(max_size=80), com=st.none() | st.binary(max_size=30))
def test_any_bytes_give_an_answer(sod: bytes, content: bytes, com: bytes | None) -> None:
    verified = verify_files(sod, {1: content}, com)
    assert verified.citizen is None
    assert verified.proof is None or verified.proof.verdict is Verdict.DO_NOT_RELY
