"""The verdict on a card: never better than what was proven, and always with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.failures import FailureCode, words
from kiosk.identity.card_doubts import failure_of
from kiosk.identity.card_proof import (
    Access,
    AccessProtocol,
    Agreement,
    CardProof,
    Chain,
    ChipProof,
    Doubt,
    GroupHash,
    Password,
    Signature,
    Verdict,
)

BEST = CardProof(
    Access(AccessProtocol.PACE, Password.CAN),
    Signature.VALID,
    {1: GroupHash.MATCH, 2: GroupHash.NOT_READ, 13: GroupHash.MATCH, 14: GroupHash.MATCH},
    Chain.TRUSTED,
    ChipProof.PASSED,
    ChipProof.NOT_OFFERED,
    ChipProof.NOT_OFFERED,
    Agreement.AGREE,
    Agreement.AGREE,
    Agreement.AGREE,
)

PROOFS = st.builds(
    CardProof,
    st.just(BEST.access),
    st.sampled_from(Signature),
    st.dictionaries(st.integers(1, 16), st.sampled_from(GroupHash), max_size=4),
    st.sampled_from(Chain),
    st.sampled_from(ChipProof),
    st.sampled_from(ChipProof),
    st.sampled_from(ChipProof),
    st.sampled_from(Agreement),
    st.sampled_from(Agreement),
    st.sampled_from(Agreement),
)


DOUBTFUL: list[tuple[dict[str, object], Doubt, FailureCode]] = [
    ({"sod_signature": Signature.INVALID}, Doubt.SIGNATURE_INVALID, FailureCode.CHIP_SIGNATURE_INVALID),
    ({"sod_signature": Signature.UNSUPPORTED}, Doubt.SIGNATURE_UNSUPPORTED, FailureCode.CARD_NOT_VERIFIABLE),
    ({"sod_signature": Signature.NOT_CHECKED}, Doubt.NOTHING_SIGNED, FailureCode.CARD_NOT_VERIFIABLE),
    ({"data_groups": {}}, Doubt.NOTHING_SIGNED, FailureCode.CARD_NOT_VERIFIABLE),
    (
        {"data_groups": {1: GroupHash.MATCH, 13: GroupHash.MISMATCH}},
        Doubt.DATA_ALTERED,
        FailureCode.CARD_DATA_ALTERED,
    ),
    (
        {"data_groups": {1: GroupHash.MATCH, 13: GroupHash.NOT_IN_SOD}},
        Doubt.DATA_NOT_SIGNED,
        FailureCode.CARD_DATA_ALTERED,
    ),
    ({"chip_authentication": ChipProof.FAILED}, Doubt.CHIP_COPIED, FailureCode.CHIP_COPIED),
    ({"active_authentication": ChipProof.FAILED}, Doubt.CHIP_COPIED, FailureCode.CHIP_COPIED),
    ({"pace_chip_mapping": ChipProof.FAILED}, Doubt.CHIP_COPIED, FailureCode.CHIP_COPIED),
    ({"active_authentication": ChipProof.WITHHELD}, Doubt.CHIP_KEY_WITHHELD, FailureCode.CHIP_COPIED),
    ({"chain": Chain.EXPIRED}, Doubt.ISSUER_EXPIRED, FailureCode.CARD_ISSUER_REFUSED),
    ({"chain": Chain.REVOKED}, Doubt.ISSUER_REVOKED, FailureCode.CARD_ISSUER_REFUSED),
    ({"chain": Chain.COUNTRY_DIFFERS}, Doubt.COUNTRY_DIFFERS, FailureCode.CARD_ISSUER_REFUSED),
    ({"chain": Chain.UNSUPPORTED}, Doubt.ISSUER_UNSUPPORTED, FailureCode.CARD_NOT_VERIFIABLE),
    ({"access_file": Agreement.DIFFER}, Doubt.ACCESS_FILE_ALTERED, FailureCode.CARD_DATA_ALTERED),
    ({"identity": Agreement.DIFFER}, Doubt.DATA_DISAGREE, FailureCode.CARD_NUMBERS_DISAGREE),
]


def test_everything_proven_is_genuine() -> None:
    assert BEST.verdict is Verdict.GENUINE
    assert BEST.data_intact
    assert BEST.chip_proven
    assert failure_of(BEST) is None


def test_without_a_proof_of_the_chip_only_the_data_are_genuine() -> None:
    proof = replace(BEST, chip_authentication=ChipProof.NOT_OFFERED)
    assert proof.verdict is Verdict.DATA_GENUINE


@pytest.mark.parametrize("chain", [Chain.ISSUER_UNKNOWN, Chain.NOT_CHECKED])
def test_a_proven_chip_of_an_unknown_issuer_is_not_called_genuine(chain: Chain) -> None:
    assert replace(BEST, chain=chain).verdict is Verdict.ISSUER_UNKNOWN


def test_a_stale_revocation_list_is_told_and_stops_nothing() -> None:
    assert replace(BEST, chain=Chain.CRL_STALE).verdict is Verdict.GENUINE


@pytest.mark.parametrize(("changed", "doubt", "code"), DOUBTFUL)
def test_one_failed_check_is_enough_whatever_else_passed(
    changed: dict[str, object], doubt: Doubt, code: FailureCode
) -> None:
    proof = replace(BEST, **changed)  # type: ignore[arg-type]
    assert proof.verdict is Verdict.DO_NOT_RELY
    assert proof.doubts == (doubt,)
    assert failure_of(proof) is code


def test_every_doubt_stands_in_the_table_above_and_its_failure_has_words_for_the_citizen() -> None:
    assert {doubt for _, doubt, _ in DOUBTFUL} == set(Doubt)
    assert all(words()[code].citizen_do for _, _, code in DOUBTFUL)


@given(PROOFS)
def test_no_card_is_relied_on_that_has_a_doubt_and_none_refused_without_one(proof: CardProof) -> None:
    assert (proof.verdict is Verdict.DO_NOT_RELY) == bool(proof.doubts)
    assert (failure_of(proof) is None) == (not proof.doubts)
    if proof.verdict in (Verdict.GENUINE, Verdict.DATA_GENUINE):
        assert proof.data_intact
        assert proof.chain in (Chain.TRUSTED, Chain.CRL_STALE)
    if proof.verdict is Verdict.GENUINE:
        assert proof.chip_proven


@given(PROOFS)
def test_a_failed_chip_proof_is_never_outweighed_by_another_that_passed(proof: CardProof) -> None:
    results = (proof.chip_authentication, proof.active_authentication, proof.pace_chip_mapping)
    if {ChipProof.FAILED, ChipProof.WITHHELD} & set(results):
        assert proof.verdict is Verdict.DO_NOT_RELY


def test_an_unsigned_group_of_which_nothing_is_made_changes_nothing() -> None:
    proof = replace(
        BEST, data_groups={**BEST.data_groups, 11: GroupHash.NOT_IN_SOD}, file_list=Agreement.DIFFER
    )
    assert proof.verdict is Verdict.GENUINE
