"""BAC gives the published bytes, and no chip that cheats gets through.

Numbers: ICAO Doc 9303-11, appendix D (keys from the zone, authentication, secure messaging).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card.access import bac
from devices.chip_card.access.session_keys import CipherSuite, password_from_mrz, session_keys
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode

MRZ_INFORMATION = "L898902C<369080619406236"
CHIP_CHALLENGE, CHALLENGE = "4608F91988702212", "781723860C06C226"
MATERIAL = "0B795240CB7049B01C19B33E32804F0B"
SENT = "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2" + "5F1448EEA8AD90A7"
ANSWERED = "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F" + "2F2D235D074D7449"
EXCHANGES = [  # plain command, protected command, answer, plain answer
    (
        "00A4020C02011E",
        "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
        "990290008E08FA855A5D4C50A8ED9000",
        "9000",
    ),
    (
        "00B0000004",
        "0CB000000D9701048E08ED6705417E96BA5500",
        "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
        "60145F019000",
    ),
    (
        "00B0000412",
        "0CB000040D9701128E082EA28A70F3C7B53500",
        "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
        "04303130365F36063034303030305C0261759000",
    ),
]


class RecordedChip:
    """Plays the chip of the appendix and keeps what it was sent."""

    def __init__(self, challenge=CHIP_CHALLENGE + "9000", authenticate=ANSWERED + "9000"):
        self.sent = []
        self._answers = [challenge, authenticate]

    def __call__(self, command):
        self.sent.append(command.encode().hex().upper())
        return Response.decode(bytes.fromhex(self._answers[len(self.sent) - 1]))


def run(chip):
    numbers = iter((CHALLENGE, MATERIAL))
    return bac.establish(chip, MRZ_INFORMATION, random=lambda size: bytes.fromhex(next(numbers))[:size])


def expect(code, chip):
    with pytest.raises(CardProblem) as caught:
        run(chip)
    assert caught.value.code is code
    assert "L898902C" not in caught.value.detail


def test_keys_of_the_zone_are_those_of_appendix_d_2():
    seed = password_from_mrz(MRZ_INFORMATION)[:16]
    assert seed.hex().upper() == "239AB9CB282DAF66231DC5A4DF6BFBAE"
    keys = session_keys(seed, CipherSuite.TDES)  # as printed there, but for the parity bits
    assert keys.encryption.hex() == "ab94fcedf2664edfb9b291f85d7f77f2"
    assert keys.mac.hex() == "7862d9ece03c1bcd4d77089dcf131442"


def test_the_commands_are_those_of_appendix_d_3():
    chip = RecordedChip()
    run(chip)
    assert chip.sent == ["0084000008", f"0082000028{SENT}28"]


def test_the_channel_sends_and_understands_the_bytes_of_appendix_d_4():
    channel = run(RecordedChip())
    for plain, protected, answer, understood in EXCHANGES:
        sent = channel.protect(Command.decode(bytes.fromhex(plain)))
        assert sent.encode().hex().upper() == protected
        assert channel.unprotect(Response.decode(bytes.fromhex(answer))).encode().hex().upper() == understood


@pytest.mark.parametrize("status", ["6300", "63C0", "63C2", "6982", "6983", "6984", "6985", "6988"])
def test_a_refused_cryptogram_means_another_zone(status):
    expect(FailureCode.CARD_MRZ_WRONG, RecordedChip(authenticate=status))


@pytest.mark.parametrize("status", ["6700", "6A80", "6A86", "6D00", "6E00", "6F00"])
def test_another_refusal_is_no_wrong_zone(status):
    expect(FailureCode.CARD_ACCESS_REFUSED, RecordedChip(authenticate=status))
    expect(FailureCode.CARD_ACCESS_REFUSED, RecordedChip(challenge=status))


def test_a_challenge_that_is_refused_is_no_wrong_zone():
    expect(FailureCode.CARD_ACCESS_REFUSED, RecordedChip(challenge="6982"))


@pytest.mark.parametrize("challenge", ["9000", "4608F919887022" + "9000", CHIP_CHALLENGE + "00" + "9000"])
def test_a_challenge_of_another_size_breaks_the_channel(challenge):
    expect(FailureCode.CARD_CHANNEL_BROKEN, RecordedChip(challenge=challenge))


@given(st.integers(0, 40 * 8 - 1))
def test_any_flipped_bit_of_the_cryptogram_breaks_the_channel(place):
    raw = bytearray.fromhex(ANSWERED)
    raw[place // 8] ^= 1 << place % 8
    expect(FailureCode.CARD_CHANNEL_BROKEN, RecordedChip(authenticate=raw.hex() + "9000"))


def test_an_answer_to_another_challenge_breaks_the_channel():
    # The terminal's own cryptogram given back: a right checksum over the challenges in the wrong order.
    expect(FailureCode.CARD_CHANNEL_BROKEN, RecordedChip(authenticate=SENT + "9000"))


@given(st.binary(max_size=60))
def test_any_answer_gives_a_problem_and_nothing_else(data):
    chip = RecordedChip(authenticate=data.hex() + "9000")
    expect(FailureCode.CARD_CHANNEL_BROKEN, chip)
    with pytest.raises(CardProblem):
        run(RecordedChip(challenge=data.hex() + "9000", authenticate=data.hex() + "6F00"))
