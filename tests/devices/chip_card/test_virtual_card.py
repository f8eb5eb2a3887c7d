"""The virtual card keeps its secrets as a real one does, or reading it would prove nothing."""

import io

import pytest
from asn1crypto import cms
from PIL import Image

from devices.chip_card import tlv
from devices.chip_card.apdu import Command
from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.card import VirtualCard
from devices.virtual.chip_card.issuer import demo_issuer
from devices.virtual.chip_card.personalisation import personalise

SELECT_APPLICATION = "00A4040007A0000002471001"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return demo_issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def chip(issuer):
    return personalise(demo_citizens()["lan"], issuer)


@pytest.fixture
def card(chip):
    return VirtualCard(chip)


def ask(card, command):
    return card.process(bytes.fromhex(command)).hex().upper()


def test_what_the_card_offers_is_read_before_anything_else(card):
    answer = ask(card, "00B09C0000")
    assert answer.startswith("3134300D0608")
    assert answer.endswith("9000")
    assert ask(card, "00A4020C02011C") == "9000"
    assert ask(card, "00B0000004") == "313430" + "0D" + "9000"
    assert ask(card, "00A4000C023F00") == "6D00"


@pytest.mark.parametrize("sfi", [0x1E, 0x1D, 1, 2, 3, 13, 14, 15])
def test_nothing_is_read_without_access(card, sfi):
    assert ask(card, f"00B0{0x80 | sfi:02X}0000") == "6A82"
    assert ask(card, SELECT_APPLICATION) == "9000"
    assert ask(card, f"00B0{0x80 | sfi:02X}0000") == "6982"
    assert ask(card, "00B0000000") == "6986"
    assert ask(card, "00B08B0000") == "6A82"


def test_a_protected_command_without_a_channel_is_refused(card):
    assert ask(card, "0CB09E000D9701008E08" + "00" * 8 + "00") == "6988"


def test_steps_of_pace_out_of_order_are_refused(card):
    assert ask(card, "008600000C7C0A8508" + "00" * 8 + "00") == "6985"
    assert ask(card, "0022C1A412800A04007F0007020204020283010284010D") == "9000"
    assert ask(card, "008600000C7C0A8508" + "00" * 8 + "00") == "6A80"
    assert ask(card, "0022C1A412800A04007F0007020204020283010384010D") == "6A88"
    assert ask(card, "0022C1A412800A04007F0007020204020483010284010D") == "6A80"


@pytest.mark.parametrize("raw", ["00", "00B0", "00B09C000000", "00A404000501", "FFFFFFFFFF"])
def test_malformed_commands_are_answered(card, raw):
    assert ask(card, raw)[-4:] in ("6700", "6D00", "6988")


def test_other_applications_are_unknown(card):
    assert ask(card, "00A4040007A0000000031010") == "6A82"


def test_a_read_beyond_the_end_says_so(card):
    assert ask(card, "00B09C00000040").endswith("6282")
    assert ask(card, "00A4020C02011C") == "9000"
    assert ask(card, "00B0010000") == "6B00"


def test_a_command_in_clear_ends_the_channel(chip):
    from devices.chip_card.access import pace
    from devices.chip_card.access.secure_messaging import SecureChannel
    from devices.chip_card.access.security_infos import PACE_ECDH_GM_AES_128, PaceInfo
    from devices.chip_card.apdu import Response

    card = VirtualCard(chip)

    def transmit(command):
        return Response.decode(card.process(command.encode()))

    channel = SecureChannel(
        pace.establish(transmit, PaceInfo(PACE_ECDH_GM_AES_128, 2, 13), chip.can.encode()).keys
    )
    select = Command.decode(bytes.fromhex(SELECT_APPLICATION))
    assert channel.unprotect(transmit(channel.protect(select))).sw == 0x9000
    assert channel.unprotect(transmit(channel.protect(Command(0, 0xB0, 0x83, 0, b"", 256)))).sw == 0x6982
    assert transmit(Command(0, 0xB0, 0x81, 0, b"", 256)).sw == 0x6982
    assert transmit(channel.protect(Command(0, 0xB0, 0x81, 0, b"", 256))).sw == 0x6988


def test_the_files_are_those_of_a_vietnamese_card(chip):
    assert sorted(chip.files) == [1, 2, 3, 13, 14, 15, 0x1C, 0x1D, 0x1E]
    assert len(chip.files[1]) == 95
    assert len(chip.files[0x1E]) == 26


def test_the_portrait_is_a_drawing_of_usual_size(chip):
    raw = chip.files[2]
    assert raw[:2] == b"\x75\x82"
    start = raw.index(b"\xff\xd8\xff")
    picture = Image.open(io.BytesIO(raw[start:]))
    picture.load()
    assert picture.size == (240, 320)
    assert 8_000 < len(raw) < 20_000
    assert raw.index(b"FAC\x00010\x00") < start


def test_the_signer_is_certified_by_the_demo_root_and_names_no_authority(issuer, chip):
    issuer.signer.verify_directly_issued_by(issuer.root)
    signed = cms.ContentInfo.load(tlv.single(chip.files[0x1D], 0x77).value)["content"]
    certificate = signed["certificates"][0].chosen
    assert "no authority" in certificate.subject.human_friendly
    assert not issuer.signer.extensions.get_extension_for_class(
        type(issuer.root.extensions[0].value)
    ).value.ca


def test_issuer_keys_are_made_once_and_for_the_owner_only(tmp_path):
    first = demo_issuer(tmp_path / "issuer")
    assert demo_issuer(tmp_path / "issuer").signer == first.signer
    assert (tmp_path / "issuer" / "ds.key").stat().st_mode & 0o077 == 0


def test_there_are_people_for_every_story():
    people = demo_citizens()
    assert len(people) >= 6
    assert people["cu-binh"].birth_date.year == 1943
    assert people["anh-hung"].spouse == people["chi-ha"].full_name
    assert people["chi-ha"].spouse == people["anh-hung"].full_name
    assert {person.altered for person in people.values()} == {"", "dg13", "signature"}
    assert not [
        person
        for person in people.values()
        if person.number in repr(person) or person.full_name in repr(person)
    ]
