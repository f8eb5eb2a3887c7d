"""Every card that somebody altered, copied or made up, and every one that merely is unusual.

The cards are the ready ones of ``docs/virtual-card.md``, where what an honest reader says of each stands too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from in_process import Heard, keys_of, read_in_process, virtual_card

from devices.chip_card.errors import CardProblem
from devices.chip_card.reading import NotProven, ReadPlan
from devices.chip_card.trust.anchors import TrustStore
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.issuer import DemoIssuer, Root, demo_issuer
from devices.virtual.chip_card.personalisation import personalise
from devices.virtual.chip_card.presets import Preset, presets
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import CardProof, ChipProof, Doubt, GroupHash, Verdict

PERSON = demo_citizens()["lan"]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> DemoIssuer:
    return demo_issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory, issuer: DemoIssuer) -> TrustStore:
    """A reader that knows the demo issuer's roots and revocation lists."""
    store = TrustStore(tmp_path_factory.mktemp("trust"))
    lists = [issuer.revocation_list(root) for root in (Root.DEMO, Root.DEMO_EXPLICIT, Root.OTHER_COUNTRY)]
    for content in (*issuer.trust_anchors(), *lists):
        report = store.import_file(content, "demo", datetime.now(UTC).date())
        assert [entry.outcome.value for entry in report.entries] == ["taken"]
    return store


def outcome(
    issuer: DemoIssuer, trust: TrustStore | None, preset: Preset, keys: AccessKeys | None = None
) -> tuple[FailureCode | None, CardProof | None, Heard]:
    """Failure, proof and what was told, of a whole read with the photo."""
    chip = personalise(PERSON, issuer, preset.profile)
    heard = Heard()
    faults = replace(preset.faults, hang_at=None)  # how long a card may be silent is tested with PC/SC
    try:
        found = read_in_process(
            virtual_card(chip, faults), keys or keys_of(chip), trust, ReadPlan(photo=True), heard
        )
    except NotProven as refused:
        return refused.code, refused.proof, heard
    except CardProblem as problem:
        return problem.code, None, heard
    return None, found.proof, heard


@pytest.mark.parametrize("name", presets())
def test_a_ready_card_has_the_result_that_an_honest_reader_gives(
    issuer: DemoIssuer, trust: TrustStore, name: str
) -> None:
    preset = presets()[name]
    code, proof, heard = outcome(issuer, trust, preset)
    if name == "swapped" and code is None:
        assert {citizen.number for citizen in heard.citizens} == {PERSON.number}, "nothing of two is mixed"
        return
    if preset.failure is not None:
        assert code == preset.failure
        assert proof is None or proof.verdict is Verdict.DO_NOT_RELY or name in ("passport", "foreign-card")
        return
    assert proof is not None, code
    assert proof.verdict.value == preset.verdict
    assert (code is None) == (proof.verdict is not Verdict.DO_NOT_RELY)
    assert set(proof.doubts) >= {Doubt(doubt) for doubt in preset.doubts}
    for result, value in preset.proof.items():
        assert getattr(proof, result).value == value, result
    if code is not None and {GroupHash.MISMATCH, GroupHash.NOT_IN_SOD} & {
        proof.data_groups.get(1), proof.data_groups.get(13),
    }:  # fmt: skip
        assert heard.citizens == [], "nobody is named from altered data"


@pytest.mark.parametrize("name", presets())
def test_without_trust_anchors_no_card_is_ever_called_genuine(issuer: DemoIssuer, name: str) -> None:
    _, proof, _ = outcome(issuer, None, presets()[name])
    assert proof is None or proof.verdict in (Verdict.ISSUER_UNKNOWN, Verdict.DO_NOT_RELY)


BAD_INPUTS: dict[str, tuple[str, str | None, str | None]] = {
    "a copy that lacks the private keys": ("clone", "CHIP_COPIED", "chip_copied"),
    "a copy that lacks the key of chip authentication": ("clone-no-ca-key", "CHIP_COPIED", "chip_copied"),
    "a copy that lacks the key of active authentication": ("clone-no-aa-key", "CHIP_COPIED", "chip_copied"),
    "a copy that refuses both protocols": ("clone-mute", "CHIP_COPIED", "chip_copied"),
    "a copy without DG14 and DG15": ("clone-stripped", "CHIP_COPIED", "chip_key_withheld"),
    "one bit of DG1": ("tampered-dg1", "CARD_DATA_ALTERED", "data_altered"),
    "one bit of DG2": ("tampered-dg2", "CARD_DATA_ALTERED", "data_altered"),
    "one bit of DG13": ("tampered-dg13", "CARD_DATA_ALTERED", "data_altered"),
    "one bit of DG14": ("tampered-dg14", "CARD_DATA_ALTERED", "data_altered"),
    "DG13 put in without a signature": ("unsigned-dg13", "CARD_DATA_ALTERED", "data_not_signed"),
    "a root of the same name made by a forger": ("issuer-same-name", None, None),
    "the signer of another country": ("issuer-other-country", "CARD_ISSUER_REFUSED", "country_differs"),
    "DG13 with another number": ("other-number", "CARD_NUMBERS_DISAGREE", "data_disagree"),
    "the SOD of another card": ("sod-of-another-card", "CARD_DATA_ALTERED", "data_altered"),
    "a spoilt signature": ("signature-spoiled", "CHIP_SIGNATURE_INVALID", "signature_invalid"),
    "PACE offered and refused": ("pace-refused", "CARD_PACE_FAILED", None),
    "a wrong token of PACE": ("pace-wrong-token", "CARD_PACE_FAILED", None),
    "a key off the curve, mapping": ("pace-off-curve", "CARD_PACE_FAILED", None),
    "a key off the curve, agreement": ("pace-off-curve-agreement", "CARD_PACE_FAILED", None),
    "our own key back, mapping": ("pace-own-key", "CARD_PACE_FAILED", None),
    "our own key back, agreement": ("pace-own-key-agreement", "CARD_PACE_FAILED", None),
    "the point at infinity, mapping": ("pace-infinity", "CARD_PACE_FAILED", None),
    "the point at infinity, agreement": ("pace-infinity-agreement", "CARD_PACE_FAILED", None),
    "EF.CardAccess altered to a weaker cipher": (
        "card-access-altered", "CARD_DATA_ALTERED", "access_file_altered",
    ),
    "a plain answer in the secure channel": ("channel-plain", "CARD_CHANNEL_BROKEN", None),
    "a wrong checksum": ("channel-wrong-mac", "CARD_CHANNEL_BROKEN", None),
    "a short checksum": ("channel-short-mac", "CARD_CHANNEL_BROKEN", None),
    "no checksum": ("channel-no-mac", "CARD_CHANNEL_BROKEN", None),
    "an answer of before": ("channel-stale", "CARD_CHANNEL_BROKEN", None),
    "bad padding": ("channel-padding", "CARD_CHANNEL_BROKEN", None),
    "a status that is not the protected one": ("channel-status", "CARD_CHANNEL_BROKEN", None),
    "deep nesting": ("hostile-dg1-nested", "CARD_DATA_UNREADABLE", None),
    "a length of four gigabytes": ("hostile-dg1-huge", "CARD_DATA_UNREADABLE", None),
    "an empty file": ("hostile-dg1-empty", "CARD_DATA_UNREADABLE", None),
    "an indefinite length": ("hostile-dg13-indefinite", None, None),
    "a length beyond the file": ("hostile-dg13-long", None, None),
    "reads that succeed and give nothing": ("no-bytes", "CARD_DATA_UNREADABLE", None),
    "more bytes than asked for": ("more-than-asked", "CARD_DATA_UNREADABLE", None),
    "a picture cut off": ("portrait-cut-off", None, None),
    "a picture of 60000 by 60000": ("portrait-bomb", None, None),
    "no face": ("portrait-none", None, None),
    "two faces": ("portrait-two", None, None),
    "odd text in DG13": ("details-odd-text", None, None),
    "DG13 that only the authority can read": ("details-opaque", None, None),
    "pulled in the middle": ("pulled", "CARD_REMOVED_EARLY", None),
    "a passport": ("passport", "CARD_IS_PASSPORT", None),
    "a foreign card": ("foreign-card", "CARD_IS_FOREIGN", None),
    "an expired signer": ("issuer-expired", "CARD_ISSUER_REFUSED", "issuer_expired"),
    "a revoked signer": ("issuer-revoked", "CARD_ISSUER_REFUSED", "issuer_revoked"),
    "an unknown root": ("issuer-unknown", None, None),
    "a signature with SHA-1": ("signed-sha1", None, None),
    "a signature with RSA-PSS": ("signed-rsa-pss", None, None),
    "a curve spelled out": ("signed-explicit", None, None),
    "no extended length": ("short-length-only", None, None),
    "blocks of 160 bytes, answered short": ("block-160-short", None, None),
    "a channel that a large block costs": ("block-kills-channel", None, None),
}  # fmt: skip


@pytest.mark.parametrize(("name", "code", "doubt"), BAD_INPUTS.values(), ids=list(BAD_INPUTS))
def test_a_bad_input_has_its_named_result(
    issuer: DemoIssuer, trust: TrustStore, name: str, code: str | None, doubt: str | None
) -> None:
    found, proof, _ = outcome(issuer, trust, presets()[name])
    assert found == code
    if doubt is not None:
        assert proof is not None
        assert Doubt(doubt) in proof.doubts
    if code is None:
        assert proof is not None
        assert proof.verdict is not Verdict.DO_NOT_RELY


def test_a_forger_with_a_root_of_the_same_name_is_never_genuine(
    issuer: DemoIssuer, trust: TrustStore
) -> None:
    _, proof, _ = outcome(issuer, trust, presets()["issuer-same-name"])
    assert proof is not None
    assert proof.verdict is Verdict.ISSUER_UNKNOWN


def test_a_forger_cannot_prove_a_copied_card_with_a_key_that_he_signed_himself(
    issuer: DemoIssuer, trust: TrustStore, tmp_path: Path
) -> None:
    profile = presets()["pace-cam-alone"].profile
    issuers = (issuer, demo_issuer(tmp_path / "forger"))
    genuine, forged = (personalise(PERSON, each, profile) for each in issuers)
    copy = replace(genuine, card_security=forged.card_security, mapping_key=forged.mapping_key)
    found = read_in_process(virtual_card(copy), keys_of(copy), trust)
    assert found.proof.pace_chip_mapping is ChipProof.NOT_OFFERED
    assert found.proof.verdict is Verdict.DATA_GENUINE
    assert read_in_process(virtual_card(genuine), keys_of(genuine), trust).proof.verdict is Verdict.GENUINE


def test_a_wrong_number_costs_the_card_one_attempt(issuer: DemoIssuer) -> None:
    chip = personalise(PERSON, issuer)
    card = virtual_card(chip)
    with pytest.raises(CardProblem) as caught:
        read_in_process(card, AccessKeys.from_can("000000"))
    assert caught.value.code is FailureCode.CARD_CAN_WRONG
    assert card.commands <= 6


def test_a_wrong_zone_costs_at_most_two_attempts_of_basic_access_control(issuer: DemoIssuer) -> None:
    chip = personalise(PERSON, issuer, presets()["bac-only"].profile)
    wrong = tuple(AccessKeys.from_mrz(f"123456789 900101 {day}0101").mrz[0] for day in (30, 31))
    card = virtual_card(chip)
    with pytest.raises(CardProblem) as caught:
        read_in_process(card, AccessKeys(mrz=wrong))
    assert caught.value.code is FailureCode.CARD_MRZ_WRONG
    assert card.commands < 16


def test_six_digits_do_not_open_a_chip_that_wants_the_zone(issuer: DemoIssuer) -> None:
    chip = personalise(PERSON, issuer, presets()["bac-only"].profile)
    with pytest.raises(CardProblem) as caught:
        read_in_process(virtual_card(chip), AccessKeys.from_can(chip.can))
    assert caught.value.code is FailureCode.CARD_NEEDS_QR


def test_pace_that_fails_is_replaced_by_bac_only_by_policy_and_the_result_says_so(
    issuer: DemoIssuer, trust: TrustStore
) -> None:
    chip = personalise(PERSON, issuer, presets()["pace-refused"].profile)
    with pytest.raises(CardProblem) as caught:
        read_in_process(virtual_card(chip), keys_of(chip), trust)
    assert caught.value.code is FailureCode.CARD_PACE_FAILED
    found = read_in_process(virtual_card(chip), keys_of(chip), trust, ReadPlan(bac_after_failed_pace=True))
    assert found.proof.access is not None
    assert found.proof.access.pace_failed
    assert "after PACE had failed" in str(found.proof.access)


def test_the_holder_is_told_before_the_photo_is_read(issuer: DemoIssuer, trust: TrustStore) -> None:
    chip = personalise(PERSON, issuer)
    heard = Heard()
    told_at: list[int] = []
    card = virtual_card(chip)
    heard.citizens = Noting(told_at, card)
    read_in_process(card, keys_of(chip), trust, ReadPlan(photo=True), heard)
    without = virtual_card(chip)
    found = read_in_process(without, keys_of(chip), trust)
    assert told_at
    assert told_at[0] < without.commands
    assert found.photo is None


class Noting(list):
    """Notes how many commands the card had answered when something was told."""

    def __init__(self, places, card):
        super().__init__()
        self.places, self.card = places, card

    def append(self, item):
        self.places.append(self.card.commands)
        super().append(item)


@pytest.mark.parametrize("at", range(1, 26))
def test_a_card_pulled_at_any_command_gives_no_data(issuer: DemoIssuer, trust: TrustStore, at: int) -> None:
    chip = personalise(PERSON, issuer)
    card = virtual_card(chip, replace(presets()["genuine"].faults, pull_at=at))
    heard = Heard()
    try:
        found = read_in_process(card, keys_of(chip), trust, heard=heard)
    except CardProblem as problem:
        assert problem.code is FailureCode.CARD_REMOVED_EARLY
    else:
        assert found.proof.verdict is Verdict.GENUINE
        assert at > card.commands
