"""Every ready card is what its line says: a plain terminal that knows the demo issuer finds just that."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
from virtual_terminal import Terminal

from devices.chip_card.errors import CardProblem
from devices.chip_card.trust.anchors import TrustStore
from devices.virtual.chip_card import Deck, demo_citizens, demo_issuer, in_process_link, presets
from devices.virtual.chip_card.foreign_cards import KINDS
from devices.virtual.chip_card.issuer import GIVEN_ROOTS
from devices.virtual.chip_card.presets import preset
from devices.virtual.chip_card.profile import CardFaults, CardProfile, LinkTiming, choices, turned
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import CardProof, Doubt, Verdict

TODAY = datetime.now(UTC).date()
NAMED_BY_THE_READER = {"CARD_IS_PASSPORT", "CARD_IS_FOREIGN"}


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return Deck(demo_issuer(tmp_path_factory.mktemp("issuer")))


@pytest.fixture(scope="module")
def store(deck, tmp_path_factory):
    store = TrustStore(tmp_path_factory.mktemp("trust"))
    store.import_file(deck.issuer.trust_file(*GIVEN_ROOTS), "demo.pem", TODAY, accept_unsigned=True)
    return store


def card_of(deck, ready):
    """The card without its waiting times."""
    faults = dataclasses.replace(ready.faults, hang_seconds=0.0)
    timing = dataclasses.replace(ready.timing, sleeps=False)
    return deck.card("lan", ready, faults, timing)


@pytest.mark.parametrize("name", presets())
def test_a_ready_card_is_what_its_line_says(deck, store, name):
    ready = preset(name)
    card = card_of(deck, ready)
    # The terminal does not begin anew when a large block costs the channel, so it begins with a small one.
    largest = ready.faults.largest_answer
    terminal = Terminal(in_process_link(card), card.chip, largest)
    try:
        observed = terminal.observe(store, TODAY)
    except CardProblem as problem:
        assert problem.code == ready.failure
        return
    if ready.failure in NAMED_BY_THE_READER:
        return
    assert ready.failure is None
    proof = observed.proof
    assert proof.verdict.value == ready.verdict
    assert {doubt.value for doubt in proof.doubts} >= set(ready.doubts)
    assert {key: getattr(proof, key).value for key in ready.proof} == ready.proof


def test_cards_of_another_kind_say_so_in_their_zone(deck):
    for name, first, issuer in (("passport", "P<VNM", "VNM"), ("foreign-card", "I<UTO", "UTO")):
        card = card_of(deck, preset(name))
        zone = Terminal(in_process_link(card), card.chip).observe().files[1]
        assert first.encode() in zone
        assert deck.issuer.signer_for(card.chip.profile) is not None
        assert issuer.encode() in zone


def test_every_preset_speaks_the_language_of_the_results():
    names = {field.name for field in dataclasses.fields(CardProof)}
    for ready in presets().values():
        assert (ready.verdict is None) != (ready.failure is None), ready.name
        assert ready.verdict is None or Verdict(ready.verdict)
        assert ready.failure is None or FailureCode(ready.failure)
        assert ready.proof.keys() <= names
        assert all(Doubt(doubt) for doubt in ready.doubts)
        assert len(ready.what) < 130
        assert not ready.doubts or ready.verdict == Verdict.DO_NOT_RELY.value


def test_a_knob_belongs_to_one_thing_only():
    kinds = (CardProfile, CardFaults, LinkTiming)
    knobs = [knob for kind in kinds for knob, _, _ in choices(kind)]
    assert len(knobs) == len(set(knobs))


def test_knobs_are_turned_by_their_words():
    ready = preset("genuine").with_knobs({
        "pace_suite": "AES-256", "removed": "14,15", "ca_key_id": "3", "extended_length": "no",
        "link": "contact-9600", "delay": "0.25", "portrait_bytes": "-",
    })  # fmt: skip
    assert ready.profile.removed == (14, 15)
    assert ready.profile.ca_key_id == 3
    assert ready.profile.pace_suite.label == "AES-256"
    assert ready.profile.portrait_bytes is None
    assert not ready.faults.extended_length
    assert ready.faults.delay == 0.25
    assert ready.timing.link == "contact-9600"


@pytest.mark.parametrize(
    ("knobs", "hint"),
    [
        ({"pace_suit": "3DES"}, "there are document"),
        ({"pace_suite": "DES"}, "3DES, AES-128"),
        ({"extended_length": "perhaps"}, "yes or no"),
        ({"pull_at": "soon"}, "a number"),
        ({"removed": 14}, "a list"),
        ({"answer": "9"}, "2 to 65535"),
        ({"atr": "3B8"}, "2 to 33"),
        ({"extra_bytes": "100000"}, "0 to 256"),
        ({"aa_rsa_bits": "99999"}, "1024 to 4096"),
    ],
)
def test_a_wrong_knob_says_what_is_possible(knobs, hint):
    with pytest.raises(ValueError, match=hint):
        preset("genuine").with_knobs(knobs)


@pytest.mark.parametrize(
    "knobs",
    [
        {"pace_curve": 7}, {"ca_curve": 99}, {"signer_curve": 0}, {"hostile": "dg99:nested"},
        {"hostile": "dg1:fire"}, {"tampered": "11"}, {"pace_curve": 1, "pace_mapping": "cam"},
        {"signature_hash": "sha0"},
    ],
)  # fmt: skip
def test_a_card_that_cannot_be_made_is_refused_before_it_is_laid(deck, knobs):
    with pytest.raises(ValueError, match=r"\w"):
        deck.card("lan", preset("genuine").with_knobs(knobs))


def test_an_unknown_preset_names_the_others():
    with pytest.raises(ValueError, match="genuine, pace-only"):
        preset("perfect")


def test_the_documentation_has_every_ready_card_and_every_knob():
    """The table is what ``virtual card list --format markdown`` prints."""
    text = (Path(__file__).parents[3] / "docs" / "virtual-card.md").read_text(encoding="utf-8")
    for ready in presets().values():
        assert f"| `{ready.name}` | {ready.what} | {ready.says} |\n" in text
    knobs = text.partition("## The knobs")[2]
    for kind in (CardProfile, CardFaults, LinkTiming):
        assert not [knob for knob, _, _ in choices(kind) if f"`{knob}`" not in knobs]
    assert not [name for name in KINDS if f"`{name}`" not in text]


def test_any_person_can_have_any_card(deck):
    for name in demo_citizens():
        card = deck.card(name, "pace-only")
        observed = Terminal(in_process_link(card), card.chip).observe()
        assert observed.number == demo_citizens()[name].number


def test_the_default_is_the_card_of_2021(deck):
    chip = deck.chip("lan")
    assert chip.files[0x1C].hex() == (
        "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f000702020402020201"
        "0202010d"
    )
    assert chip.profile == CardProfile() == turned(CardProfile(), {})
    assert deck.chip("lan", CardProfile()) is chip, "a chip is made once"


def test_the_file_for_readers_holds_one_root_and_its_list(deck):
    text = deck.issuer.trust_file().decode()
    assert text.count("BEGIN CERTIFICATE") == text.count("BEGIN X509 CRL") == 1
    assert deck.issuer.trust_file().startswith(b"-----BEGIN CERTIFICATE-----")
