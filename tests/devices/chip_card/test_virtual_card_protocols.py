"""The chip's side of every protocol, met by the reader's, which is written apart from it."""

import itertools

import pytest
from virtual_terminal import Terminal

from devices.chip_card import lds, tlv
from devices.chip_card.access import active_authentication, bac, chip_authentication, pace
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.security_infos import PACE_ECDH_GM_AES_128, PaceInfo
from devices.chip_card.access.session_keys import CipherSuite, password_from_can
from devices.chip_card.apdu import Command, Response
from devices.chip_card.data_groups import dg14
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card import Deck, demo_issuer, in_process_link, preset
from devices.virtual.chip_card.card import VirtualCard
from devices.virtual.chip_card.profile import CardProfile, turned
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import ChipProof

CURVES = range(8, 19)
FIELDS = range(3)
SUITES = ("3DES", "AES-128", "AES-192", "AES-256")
SELECT_APPLICATION = Command(0x00, 0xA4, 0x04, 0x0C, lds.LDS1_AID)


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return Deck(demo_issuer(tmp_path_factory.mktemp("issuer")))


def opened(deck, **knobs):
    """A terminal before an opened chip with these knobs turned."""
    card = deck.card("lan", turned(CardProfile(), knobs))
    terminal = Terminal(in_process_link(card), card.chip)
    terminal.open()
    return terminal


# Each curve, each suite and each mapping, but not all of their products: each curve meets one suite of each
# mapping, and the suites go round.
PACE = [
    (mapping, parameter, SUITES[(parameter + shift) % 4])
    for shift, mapping in enumerate(("gm", "im", "cam"))
    for parameter in (*FIELDS, *CURVES)
    if not (mapping == "cam" and (parameter in FIELDS or (parameter + shift) % 4 == 0))
    and not (mapping == "im" and parameter == 10)
]


@pytest.mark.parametrize(("mapping", "parameter", "suite"), PACE)
def test_pace(deck, mapping, parameter, suite):
    terminal = opened(deck, access="pace", pace_mapping=mapping, pace_curve=parameter, pace_suite=suite)
    assert terminal.access.details.startswith(f"{'DH' if parameter in FIELDS else 'ECDH'}-{mapping.upper()}")
    assert suite in terminal.access.details
    assert len(terminal.read(lds.data_group(1))) == 95


def test_integrated_mapping_is_refused_on_the_one_curve_that_has_none(deck):
    with pytest.raises(CardProblem):
        opened(deck, access="pace", pace_mapping="im", pace_curve=10)


@pytest.mark.parametrize("knobs", [{"access": "bac"}, {"access": "both", "card_access": "missing"}])
def test_basic_access_control(deck, knobs):
    terminal = opened(deck, **knobs)
    assert str(terminal.access.protocol) == "BAC"
    assert len(terminal.read(lds.data_group(1))) == 95


def test_basic_access_control_needs_the_application_and_the_right_zone(deck):
    card = deck.card("lan", "bac-only")
    terminal = Terminal(in_process_link(card), card.chip)
    assert terminal.plain(Command(0, 0x84, 0, 0, b"", 8)).sw == 0x6985
    terminal.plain(SELECT_APPLICATION)
    with pytest.raises(CardProblem) as caught:
        bac.establish(terminal.plain, deck.chip("cu-binh").mrz)
    assert caught.value.code is FailureCode.CARD_MRZ_WRONG
    assert terminal.plain(Command(0, 0x82, 0, 0, bytes(40), 40)).sw == 0x6985, "a challenge is good once"


@pytest.mark.parametrize("ways", ["pace", "bac"])
def test_the_other_way_in_is_closed(deck, ways):
    card = deck.card("lan", turned(CardProfile(), {"access": ways}))
    terminal = Terminal(in_process_link(card), card.chip)
    if ways == "bac":
        assert terminal.plain(Command(0, 0xB0, 0x9C, 0, b"", 256)).sw == 0x6A82
        template = bytes.fromhex("800A04007F0007020204020283010284010D")
        assert terminal.plain(Command(0, 0x22, 0xC1, 0xA4, template)).sw == 0x6D00
    else:
        terminal.plain(SELECT_APPLICATION)
        assert terminal.plain(Command(0, 0x84, 0, 0, b"", 8)).sw == 0x6D00


def test_a_wrong_password_is_refused_at_the_token(deck):
    card = deck.card("lan")
    terminal = Terminal(in_process_link(card), card.chip)
    with pytest.raises(CardProblem) as caught:
        pace.establish(terminal.plain, PaceInfo(PACE_ECDH_GM_AES_128, 2, 13), password_from_can("000000"))
    assert caught.value.code is FailureCode.CARD_CAN_WRONG


@pytest.mark.parametrize(
    ("taken", "asked", "sw"), [("can", 1, 0x6A88), ("mrz", 2, 0x6A88), ("both", 3, 0x6A88)]
)
def test_a_password_that_the_chip_does_not_take(deck, taken, asked, sw):
    card = deck.card("lan", turned(CardProfile(), {"pace_passwords": taken}))
    data = tlv.encode(0x80, PACE_ECDH_GM_AES_128) + bytes((0x83, 1, asked))
    assert Response.decode(card.process(Command(0, 0x22, 0xC1, 0xA4, data).encode())).sw == sw


CA = [
    {"chip_authentication": kind, "ca_suite": suite, "ca_curve": curve, "ca_parameters": parameters}
    for (kind, suite), (curve, parameters) in zip(
        itertools.product(("ecdh", "dh"), SUITES),
        itertools.cycle(
            [(13, "named"), (8, "explicit"), (14, "standardized"), (18, "named"), (11, "explicit")]
        ),
        strict=False,
    )
]


@pytest.mark.parametrize("knobs", CA, ids=lambda k: "-".join(map(str, k.values())))
def test_chip_authentication_changes_the_channel(deck, knobs):
    terminal = opened(deck, **knobs)
    infos = dg14.parse(terminal.read(lds.data_group(14)))
    before = terminal.channel
    assert terminal.chip_authentication(infos) is ChipProof.PASSED
    assert len(terminal.read(lds.data_group(1))) == 95
    after, terminal.channel = terminal.channel, before
    with pytest.raises(CardProblem):
        terminal.read(lds.data_group(1))
    assert after is not before


@pytest.mark.parametrize(
    "knobs",
    [
        {"ca_key_id": 5}, {"ca_suite": "3DES", "ca_kat": False}, {"ca_suite": "3DES", "ca_announced": False},
        {"ca_key_id": 0, "chip_authentication": "dh"},
    ],
)  # fmt: skip
def test_chip_authentication_in_its_other_forms(deck, knobs):
    terminal = opened(deck, **knobs)
    infos = dg14.parse(terminal.read(lds.data_group(14)))
    assert terminal.chip_authentication(infos) is ChipProof.PASSED


def test_a_long_key_comes_in_a_chain_of_commands(deck):
    """DH of 2048 bits does not fit into a short command (ISO/IEC 7816-4 §5.3.3)."""
    card = deck.card("lan", turned(CardProfile(), {"chip_authentication": "dh"}))
    terminal = Terminal(in_process_link(card), card.chip)
    terminal.open()
    infos = dg14.parse(terminal.read(lds.data_group(14)))
    result = chip_authentication.authenticate(terminal.send, infos, extended_length=False)
    terminal.channel = SecureChannel(result.keys)
    assert len(terminal.read(lds.data_group(1))) == 95


AA = [
    {"active_authentication": "rsa", "aa_hash": name, "aa_rsa_bits": 1024}
    for name in ("sha1", "sha224", "sha256", "sha384", "sha512")
] + [
    {"active_authentication": kind, "aa_curve": curve, "aa_hash": name}
    for kind, curve, name in (
        ("ecdsa-plain", 8, "sha1"), ("ecdsa-der", 10, "sha224"), ("ecdsa-plain", 14, "sha256"),
        ("ecdsa-der", 16, "sha384"), ("ecdsa-plain", 18, "sha512"),
    )
]  # fmt: skip


@pytest.mark.parametrize("knobs", AA, ids=lambda k: "-".join(map(str, k.values())))
def test_active_authentication_signs_a_challenge(deck, knobs):
    terminal = opened(deck, **knobs)
    infos = dg14.parse(terminal.read(lds.data_group(14)))
    key = terminal.read(lds.data_group(15))
    assert active_authentication.authenticate(terminal.send, key, infos) is ChipProof.PASSED


def test_nothing_authenticates_before_the_chip_is_open(deck):
    card = deck.card("lan")
    terminal = Terminal(in_process_link(card), card.chip)
    terminal.plain(SELECT_APPLICATION)
    assert terminal.plain(Command(0, 0x88, 0, 0, bytes(8), 256)).sw == 0x6D00
    assert terminal.plain(Command(0, 0x22, 0x41, 0xA4, b"")).sw == 0x6D00


class TestFiles:
    """Reading through the channel."""

    @pytest.mark.parametrize("way", ["short identifier", "selected", "selected by odd read"])
    def test_a_file_is_read_by_any_name(self, deck, way):
        terminal = opened(deck)
        expected = terminal.chip.files[1]
        if way == "short identifier":
            answer = terminal.send(Command(0, 0xB0, 0x81, 0, b"", 256))
        else:
            assert terminal.send(Command(0, 0xA4, 0x02, 0x0C, b"\x01\x01")).sw == 0x9000
            if way == "selected":
                answer = terminal.send(Command(0, 0xB0, 0, 0, b"", 256))
            else:
                far = terminal.send(Command(0, 0xB1, 0, 0, b"\x54\x01\x00", 256))
                answer = Response(tlv.single(far.data, 0x53).value, far.sw)
        assert (answer.data, answer.sw) == (expected, 0x9000)

    @pytest.mark.parametrize("offset", [0, 255, 256, 0x7FFF, 0x8000, 0xFFFF])
    def test_any_place_of_a_large_file_is_reached_by_an_odd_read(self, deck, offset):
        terminal = opened(deck, portrait_bytes=66000)
        whole = terminal.chip.files[2]
        assert len(whole) > 66000
        where = tlv.encode(0x54, offset.to_bytes(2))
        for le in (16, 127, 128, 256, 1000):
            answer = terminal.send(Command(0, 0xB1, 0, 0x02, where, le))
            part = tlv.single(answer.data, 0x53).value
            assert len(answer.data) <= le
            assert part == whole[offset : offset + len(part)]

    def test_fingerprints_stay_locked_in_the_channel(self, deck):
        terminal = opened(deck)
        assert terminal.send(Command(0, 0xB0, 0x83, 0, b"", 256)).sw == 0x6982
        assert terminal.send(Command(0, 0xA4, 0x02, 0x0C, b"\x01\x03")).sw == 0x6982

    def test_wrong_reads_have_their_own_answers(self, deck):
        terminal = opened(deck)
        wrong = {
            Command(0, 0xB0, 0x8B, 0, b"", 256): 0x6A82, Command(0, 0xB0, 0, 0, b"", 256): 0x6986,
            Command(0, 0xB0, 0x81, 0xFF, b"", 256): 0x6B00, Command(0, 0xB0, 0x81, 0): 0x6700,
            Command(0, 0xB1, 0, 1, b"\x53\x00", 256): 0x6A80,
            Command(0, 0xB1, 1, 1, b"\x54\x00", 256): 0x6A86,
            Command(0, 0xCA, 0, 0, b"", 256): 0x6D00, Command(0, 0x86, 0, 0, b"\x7c\x00", 256): 0x6985,
        }  # fmt: skip
        for command, sw in wrong.items():
            assert terminal.send(command).sw == sw, command

    def test_the_master_file_is_refused_as_on_vietnamese_cards(self, deck):
        for refused, sw in ((False, 0x9000), (True, 0x6D00)):
            card = deck.card("lan", turned(CardProfile(), {"master_file": not refused}))
            assert card.process(bytes.fromhex("00A4000C023F00")) == sw.to_bytes(2)

    def test_the_security_file_beside_the_application_needs_a_channel(self, deck):
        card = deck.card("lan", "pace-cam")
        assert card.process(bytes.fromhex("00B09D0000")) == b"\x69\x82"
        terminal = Terminal(in_process_link(card), card.chip)
        assert terminal.card_security()[0] == 0x30


class TestChannel:
    """What keeps the channel, and what ends it."""

    def test_a_command_in_clear_ends_it(self, deck):
        terminal = opened(deck)
        assert terminal.plain(Command(0, 0xB0, 0x81, 0, b"", 256)).sw == 0x6982
        with pytest.raises(CardProblem):
            terminal.read(lds.data_group(1))

    def test_a_replayed_command_ends_it(self, deck):
        terminal = opened(deck)
        command = terminal.channel.protect(Command(0, 0xB0, 0x81, 0, b"", 256))
        assert terminal.plain(command).sw == 0x9000
        assert terminal.plain(command).sw == 0x6988
        assert terminal.plain(command).sw == 0x6988

    def test_a_flipped_bit_ends_it(self, deck):
        terminal = opened(deck)
        raw = bytearray(terminal.channel.protect(Command(0, 0xB0, 0x81, 0, b"", 256)).encode())
        raw[-4] ^= 1
        assert terminal.link.transmit(bytes(raw)) == b"\x69\x88"

    def test_a_reset_ends_it(self, deck):
        terminal = opened(deck)
        terminal.link.cold_reset()
        assert terminal.plain(terminal.channel.protect(Command(0, 0xB0, 0x81, 0, b"", 256))).sw == 0x6988

    def test_the_suite_of_the_channel_is_the_one_of_the_protocol(self, deck):
        assert opened(deck, access="bac").channel.largest_short_answer == 231
        assert opened(deck).channel.largest_short_answer == 223


def test_a_chip_can_be_made_of_any_files():
    from devices.virtual.chip_card.card import Chip

    card = VirtualCard(Chip({0x1C: b"\x31\x00"}, "123456"))
    assert card.process(bytes.fromhex("00B09C0000")) == b"\x31\x00\x90\x00"
    assert card.process(SELECT_APPLICATION.encode()) == b"\x90\x00"
    assert card.process(bytes.fromhex("0084000008")) == b"\x6d\x00", "without a zone there is no key"
    assert preset("genuine").profile == card.chip.profile
    assert CipherSuite.AES_128 is card.chip.profile.pace_suite
