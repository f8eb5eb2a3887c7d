"""The secure channel gives published bytes, agrees with a chip written apart, stops at any wrong bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.access.block_ciphers import mac, pad, unpad
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys, session_keys
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card.chip_channel import ChipChannel
from kiosk.failures import FailureCode

# Keys of ICAO Doc 9303-11, appendix G.1.
KEYS = session_keys(bytes.fromhex("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"))


def at(keys, counter):
    channel = SecureChannel(keys)
    channel._counter = counter
    return channel


# The two AES examples are those of gmrtd (github.com/gmrtd/gmrtd, iso7816/secure_messaging_test.go, MIT).
def test_a_command_is_wrapped_as_another_implementation_does():
    keys = SessionKeys(
        CipherSuite.AES_128,
        bytes.fromhex("cc86415f2ed7e8fd663b754265695ae1"),
        bytes.fromhex("581e84b8ee06c4d3eee30461498d7fb3"),
    )
    command = Command(0x00, 0x22, 0x41, 0xA4, bytes.fromhex("800a04007f000702020302028401c3"))
    assert at(keys, 0xBA).protect(command).encode().hex() == (
        "0c2241a41d871101980953d37f67558690045d78a853b18a8e08929767a2cef172e200"
    )


def test_an_answer_is_unwrapped_as_another_implementation_does():
    keys = SessionKeys(
        CipherSuite.AES_128,
        bytes.fromhex("a8e85e938514ec67ae33cda3d43d3c48"),
        bytes.fromhex("27f1adeb705a049a305b0c619b14b9b3"),
    )
    answer = bytes.fromhex(
        "8781e1012fabf9e0655d7e987fd28a8aeb19c9cadd990d49399799ed1fe465bcea56da9ba3024291d40d23d7f1e00485d71f"
        "addc6d8c1382e8028dd22efdcc72ed47663d56d20dd6c4b867956fe0507313083ae7fc54fb46133f184febbe13ad6fd3e261"
        "6a1f4a829e75ada1a0e443ca738288f6014be8a7745d8259b089e6bee35bcc4bf5b63db5fdd84244f67eca099213b70a861b"
        "4487225aa68af684278fceb4cb809de42be3ee95b0e0d72bcdb0ed47cb56efc264e04a9397a90e81ad1d81efa2d14b2ca8ec"
        "7bd997f4b1c1fd344d5dee8589c38b227ca4cb35810060a7cc76403e990290008e083eb47ef4fa82afc99000"
    )
    response = at(keys, 0x0B).unprotect(Response.decode(answer))
    assert response.sw == 0x9000
    assert response.data.hex().startswith("a729901d1a71874700133107ec53306404307bc382c63d8c150c3c72080ace05")
    assert len(response.data) == 223


commands = st.builds(
    Command,
    cla=st.sampled_from([0x00, 0x10]),
    ins=st.sampled_from([0xA4, 0xB0, 0x22, 0x86]),
    p1=st.integers(0, 255),
    p2=st.integers(0, 255),
    data=st.binary(max_size=700),
    le=st.none() | st.integers(1, 65536),
)


@given(
    exchanges=st.lists(st.tuples(commands, st.binary(max_size=4200), st.integers(0x6100, 0x9FFF)), max_size=4)
)
def test_reader_and_chip_understand_each_other(exchanges):
    reader, chip = SecureChannel(KEYS), ChipChannel(KEYS)
    for command, data, sw in exchanges:
        if not command.data and command.le is None:
            continue
        sent = Command.decode(reader.protect(command).encode())
        assert sent.cla & 0x0C == 0x0C
        assert command.data not in sent.data or len(command.data) < 4
        understood = chip.unwrap(sent)
        assert understood == command
        answer = chip.wrap(Response(data, sw))
        assert reader.unprotect(Response.decode(answer.encode())) == Response(data, sw)


def protected_answer(data=b"personal"):
    chip = ChipChannel(KEYS)
    chip._count = 1
    return chip.wrap(Response(data, 0x9000))


def expect_broken(answer):
    channel = SecureChannel(KEYS)
    channel.protect(Command(0, 0xB0, 0, 0, b"", 16))
    with pytest.raises(CardProblem) as caught:
        channel.unprotect(answer)
    assert caught.value.code is FailureCode.CARD_CHANNEL_BROKEN
    with pytest.raises(CardProblem):
        channel.protect(Command(0, 0xB0, 0, 0, b"", 16))


@given(st.data())
def test_any_flipped_bit_closes_the_channel_for_good(data):
    raw = bytearray(protected_answer().encode())
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    expect_broken(Response.decode(bytes(raw)))


@pytest.mark.parametrize("sw", [0x9000, 0x6982, 0x6988])
def test_a_plain_answer_inside_the_channel_is_refused(sw):
    expect_broken(Response(b"", sw))
    expect_broken(Response(b"plain data", sw))


def test_a_status_without_checksum_is_refused():
    expect_broken(Response(tlv.encode(0x99, b"\x90\x00"), 0x9000))


def test_the_status_outside_must_be_the_one_inside():
    expect_broken(Response(protected_answer().data, 0x6282))


def test_a_repeated_answer_is_refused():
    channel = SecureChannel(KEYS)
    channel.protect(Command(0, 0xB0, 0, 0, b"", 16))
    answer = protected_answer()
    assert channel.unprotect(answer).data == b"personal"
    channel.protect(Command(0, 0xB0, 0, 0, b"", 16))
    with pytest.raises(CardProblem):
        channel.unprotect(answer)


@pytest.mark.parametrize(
    "objects",
    [
        [(0x99, b"\x90\x00"), (0x87, b"\x01" + bytes(16))],
        [(0x87, b"\x01" + bytes(16)), (0x87, b"\x01" + bytes(16)), (0x99, b"\x90\x00")],
        [(0x87, b"\x02" + bytes(16)), (0x99, b"\x90\x00")],
        [(0x87, b"\x01" + bytes(15)), (0x99, b"\x90\x00")],
        [(0x87, b"\x01"), (0x99, b"\x90\x00")],
        [(0x87, b"\x01" + bytes(16)), (0x99, b"\x90\x00")],
        [(0x87, b"\x01" + bytes(16))],
        [(0x80, b"x"), (0x99, b"\x90\x00")],
    ],
)
def test_malformed_answers_are_refused_even_with_a_right_checksum(objects):
    body = b"".join(tlv.encode(tag, value) for tag, value in objects)
    checksum = mac(KEYS.suite, KEYS.mac, (2).to_bytes(16) + pad(body, 16))
    expect_broken(Response(body + tlv.encode(0x8E, checksum), 0x9000))


@given(st.binary(max_size=100))
def test_padding_comes_off_again(data):
    assert len(pad(data, 16)) % 16 == 0
    assert unpad(pad(data, 16), 16) == data


@pytest.mark.parametrize("data", [b"", bytes(16), b"\x80" + bytes(16), b"\x01" * 16])
def test_what_is_no_padding_is_refused(data):
    with pytest.raises(ValueError, match="padding"):
        unpad(data, 16)
