"""PACE gives the published keys, byte for byte, and no chip that cheats gets through.

Numbers: ICAO Doc 9303-11, appendix G.1 (ECDH, generic mapping, AES-128, brainpoolP256r1).
"""

import pytest

from devices.chip_card import tlv
from devices.chip_card.access import pace
from devices.chip_card.access.elliptic_curves import BRAINPOOL_P256R1 as CURVE
from devices.chip_card.access.elliptic_curves import Point, encode_point, multiply_generator
from devices.chip_card.access.security_infos import PACE_ECDH_GM_AES_128, PaceInfo
from devices.chip_card.access.session_keys import PASSWORD, derive, password_from_mrz, session_keys
from devices.chip_card.apdu import Response
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card.chip_channel import ChannelError, ChipPace
from kiosk.failures import FailureCode


def number(text):
    return int(text.replace(" ", ""), 16)


def point(text):
    x, y = text.split()
    return Point(number(x), number(y))


MRZ_INFORMATION = "T22000129364081251010318"
K = "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD"
K_PI = "89DED1B26624EC1E634C1989302849DD"
ENCRYPTED_NONCE = "95A3A016522EE98D01E76CB6B98B42C3"
NONCE = "3F00C4D39D153F2B2A214A078D899B22"
MAP_TERMINAL = number("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99")
MAP_TERMINAL_PUBLIC = point(
    "7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E "
    "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D"
)
MAP_CHIP_PUBLIC = point(
    "824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57 "
    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54"
)
GENERATOR = point(
    "8CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2 "
    "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522"
)
TERMINAL = number("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595")
TERMINAL_PUBLIC = point(
    "2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C "
    "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462"
)
CHIP_PUBLIC = point(
    "9E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB "
    "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094"
)
SHARED = "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"
KS_ENC, KS_MAC = "F5F0E35C0D7161EE6724EE513A0D9A7F", "FE251C7858B356B24514B3BD5F4297D1"
TOKEN_TERMINAL, TOKEN_CHIP = "C2B0BD78D94BA866", "3ABB9674BCE93C08"
INFO = PaceInfo(PACE_ECDH_GM_AES_128, 2, 13)


class RecordedChip:
    """Plays the chip of the appendix and keeps what it was sent."""

    def __init__(self, **changes):
        self.sent = []
        encoded = {
            name: encode_point(CURVE, p).hex() for name, p in (("m", MAP_CHIP_PUBLIC), ("p", CHIP_PUBLIC))
        }
        self.answers = {
            "nonce": f"7C128010{ENCRYPTED_NONCE}9000",
            "map": f"7C438241{encoded['m']}9000",
            "agree": f"7C438441{encoded['p']}9000",
            "token": f"7C0A8608{TOKEN_CHIP}9000",
        } | changes
        self._left = ["9000", *self.answers.values()]

    def __call__(self, command):
        self.sent.append(command.encode().hex().upper())
        return Response.decode(bytes.fromhex(self._left[len(self.sent) - 1]))


def run(chip):
    scalars = iter((MAP_TERMINAL, TERMINAL))
    secret = password_from_mrz(MRZ_INFORMATION)
    return pace.establish(chip, INFO, secret, pace.MRZ, scalar=lambda _curve: next(scalars))


def test_the_password_and_the_nonce_are_those_of_the_standard():
    assert password_from_mrz(MRZ_INFORMATION).hex().upper() == K
    assert derive(password_from_mrz(MRZ_INFORMATION), PASSWORD).hex().upper() == K_PI
    nonce = pace.decrypt_nonce(password_from_mrz(MRZ_INFORMATION), bytes.fromhex(ENCRYPTED_NONCE))
    assert nonce.hex().upper() == NONCE


def test_the_mapped_generator_is_that_of_the_standard():
    assert multiply_generator(CURVE, MAP_TERMINAL) == MAP_TERMINAL_PUBLIC
    mapped = pace.map_generator(CURVE, bytes.fromhex(NONCE), MAP_TERMINAL, MAP_CHIP_PUBLIC)
    assert mapped.generator == GENERATOR


def test_session_keys_and_tokens_are_those_of_the_standard():
    keys = session_keys(bytes.fromhex(SHARED))
    assert (keys.encryption.hex().upper(), keys.mac.hex().upper()) == (KS_ENC, KS_MAC)
    token = pace.authentication_token(keys.mac, PACE_ECDH_GM_AES_128, CURVE, CHIP_PUBLIC)
    assert token.hex().upper() == TOKEN_TERMINAL
    token = pace.authentication_token(keys.mac, PACE_ECDH_GM_AES_128, CURVE, TERMINAL_PUBLIC)
    assert token.hex().upper() == TOKEN_CHIP


def test_the_whole_protocol_sends_the_commands_of_the_standard():
    chip = RecordedChip()
    keys = run(chip)
    assert (keys.encryption.hex().upper(), keys.mac.hex().upper()) == (KS_ENC, KS_MAC)
    assert chip.sent == [
        "0022C1A412800A04007F0007020204020283010184010D",
        "10860000027C0000",
        f"10860000457C438141{encode_point(CURVE, MAP_TERMINAL_PUBLIC).hex().upper()}00",
        f"10860000457C438341{encode_point(CURVE, TERMINAL_PUBLIC).hex().upper()}00",
        f"008600000C7C0A8508{TOKEN_TERMINAL}00",
    ]


def hex_point(p):
    return encode_point(CURVE, p).hex()


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("map", "7C438241" + hex_point(Point(MAP_CHIP_PUBLIC.x, MAP_CHIP_PUBLIC.y ^ 1))),
        ("map", "7C03820100"),
        ("map", "7C438241" + hex_point(MAP_TERMINAL_PUBLIC)),
        ("map", "7C438241" + "04" + "FF" * 64),
        ("map", "7C00"),
        ("map", ""),
        ("agree", "7C438441" + hex_point(TERMINAL_PUBLIC)),
        ("agree", "7C438441" + hex_point(Point(CHIP_PUBLIC.x, 0))),
        ("agree", "7C438241" + hex_point(CHIP_PUBLIC)),
        ("token", "7C0A86083ABB9674BCE93C09"),
        ("token", "7C098607" + TOKEN_CHIP[:14]),
        ("token", "7C028600"),
        ("nonce", "7C11800F" + ENCRYPTED_NONCE[:30]),
        ("nonce", "7C84FFFFFFFF"),
    ],
)
def test_a_chip_that_cheats_breaks_the_channel(step, answer):
    with pytest.raises(CardProblem) as caught:
        run(RecordedChip(**{step: answer + "9000"}))
    assert caught.value.code is FailureCode.CARD_CHANNEL_BROKEN


@pytest.mark.parametrize("status", ["6300", "63C2", "6982", "6985", "6988"])
def test_a_refused_token_means_a_wrong_number(status):
    with pytest.raises(CardProblem) as caught:
        run(RecordedChip(token=status))
    assert caught.value.code is FailureCode.CARD_CAN_WRONG


@pytest.mark.parametrize("step", ["nonce", "map", "agree"])
def test_a_refusal_on_the_way_is_no_wrong_number(step):
    with pytest.raises(CardProblem) as caught:
        run(RecordedChip(**{step: "6A80"}))
    assert caught.value.code is FailureCode.CARD_ACCESS_REFUSED


def test_terminal_and_virtual_chip_agree_on_keys():
    chip = ChipPace(PACE_ECDH_GM_AES_128, b"417263")

    def transmit(command):
        return Response(b"" if command.ins == 0x22 else chip.step(command.data), 0x9000)

    keys = pace.establish(transmit, INFO, b"417263")
    assert chip.keys == keys


def test_the_virtual_chip_refuses_another_password():
    chip = ChipPace(PACE_ECDH_GM_AES_128, b"417263")

    def transmit(command):
        try:
            return Response(b"" if command.ins == 0x22 else chip.step(command.data), 0x9000)
        except ChannelError as error:
            return Response(b"", error.sw)

    with pytest.raises(CardProblem) as caught:
        pace.establish(transmit, INFO, b"417264")
    assert caught.value.code is FailureCode.CARD_CAN_WRONG
    assert chip.keys is None


def test_nothing_of_keys_or_points_shows_in_a_repr():
    keys = session_keys(bytes.fromhex(SHARED))
    assert KS_ENC.lower() not in repr(keys).lower()
    assert str(GENERATOR.x) not in repr(GENERATOR)
    assert "7C" not in repr(tlv.Tlv(0x80, b"secret", b"secret"))[8:]
