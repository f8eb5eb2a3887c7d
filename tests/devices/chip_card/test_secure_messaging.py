"""The secure channel gives published bytes, agrees with a chip written apart, stops at any wrong bit.

The published 3DES channel is in the test of BAC (ICAO Doc 9303-11, appendix D.4).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_chip import ChipEnd

from devices.chip_card import tlv
from devices.chip_card.access.block_ciphers import decrypt, encrypt, mac, pad, retail_mac, unpad
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys, session_keys
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode

SECRET = bytes.fromhex("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925")
NUMBERS = {suite: number for number, suite in enumerate(CipherSuite, 1)}
KEYS = {suite: session_keys(SECRET, suite) for suite in CipherSuite}
every_suite = pytest.mark.parametrize("suite", CipherSuite, ids=lambda suite: suite.label)
READ = Command(0, 0xB0, 0, 0, b"", 16)


def both_ends(suite, counter=0):
    keys = KEYS[suite]
    return SecureChannel(keys, counter), ChipEnd(NUMBERS[suite], keys.encryption, keys.mac, counter)


# The two AES examples are those of gmrtd (github.com/gmrtd/gmrtd, iso7816/secure_messaging_test.go, MIT).
def test_a_command_is_wrapped_as_another_implementation_does():
    keys = SessionKeys(
        CipherSuite.AES_128,
        bytes.fromhex("cc86415f2ed7e8fd663b754265695ae1"),
        bytes.fromhex("581e84b8ee06c4d3eee30461498d7fb3"),
    )
    command = Command(0x00, 0x22, 0x41, 0xA4, bytes.fromhex("800a04007f000702020302028401c3"))
    assert SecureChannel(keys, 0xBA).protect(command).encode().hex() == (
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
    channel = SecureChannel(keys, 0x0B)
    response = channel.unprotect(Response.decode(answer))
    assert response.sw == 0x9000
    assert response.data.hex().startswith("a729901d1a71874700133107ec53306404307bc382c63d8c150c3c72080ace05")
    assert len(response.data) == channel.largest_short_answer == 223


commands = st.builds(
    Command,
    cla=st.sampled_from([0x00, 0x10]),
    ins=st.sampled_from([0xA4, 0xB0, 0xB1, 0x22, 0x86]),
    p1=st.integers(0, 255),
    p2=st.integers(0, 255),
    data=st.binary(max_size=700),
    le=st.none() | st.integers(1, 65536),
)


@every_suite
@given(
    counter=st.sampled_from([0, 1, (1 << 64) - 9]),
    exchanges=st.lists(
        st.tuples(commands, st.binary(max_size=1200), st.integers(0x6100, 0x9FFF)), max_size=3
    ),
)
def test_reader_and_chip_understand_each_other(suite, counter, exchanges):
    reader, chip = both_ends(suite, counter)
    for command, data, sw in exchanges:
        sent = Command.decode(reader.protect(command).encode())
        assert sent.cla & 0x0C == 0x0C
        assert command.data not in sent.data or len(command.data) < 4
        assert chip.understand(sent) == command
        answer = chip.answer(Response(data, sw), odd=command.ins % 2 == 1)
        assert reader.unprotect(Response.decode(answer.encode())) == Response(data, sw)


@pytest.mark.parametrize(
    ("suite", "largest"),
    [
        (CipherSuite.TDES, 231),
        (CipherSuite.AES_128, 223),
        (CipherSuite.AES_192, 223),
        (CipherSuite.AES_256, 223),
    ],
)
def test_the_largest_short_answer_fits_and_one_byte_more_does_not(suite, largest):
    channel, chip = both_ends(suite)
    assert channel.largest_short_answer == largest
    assert len(chip.answer(Response(bytes(largest), 0x9000)).data) <= 256
    assert len(chip.answer(Response(bytes(largest + 1), 0x9000)).data) > 256


def test_a_counter_that_runs_over_begins_again():
    reader, chip = SecureChannel(KEYS[CipherSuite.TDES], (1 << 64) - 1), both_ends(CipherSuite.TDES, -1)[1]
    assert chip.understand(reader.protect(READ)) == READ


def protected_answer(suite, data=b"personal"):
    _, chip = both_ends(suite, 1)
    return chip.answer(Response(data, 0x9000))


def expect_broken(suite, answer):
    channel, _ = both_ends(suite)
    channel.protect(READ)
    with pytest.raises(CardProblem) as caught:
        channel.unprotect(answer)
    assert caught.value.code is FailureCode.CARD_CHANNEL_BROKEN
    good = protected_answer(suite)
    for use in (lambda: channel.protect(READ), lambda: channel.unprotect(good)):
        with pytest.raises(CardProblem) as caught:
            use()
        assert caught.value.code is FailureCode.CARD_CHANNEL_BROKEN


@every_suite
@given(data=st.data())
def test_any_flipped_bit_closes_the_channel_for_good(suite, data):
    raw = bytearray(protected_answer(suite).encode())
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    expect_broken(suite, Response.decode(bytes(raw)))


@every_suite
@given(raw=st.binary(min_size=2, max_size=80))
def test_any_other_answer_closes_the_channel(suite, raw):
    expect_broken(suite, Response.decode(raw))


@every_suite
@pytest.mark.parametrize("sw", [0x9000, 0x6982, 0x6987, 0x6988])
def test_a_plain_answer_inside_the_channel_is_refused(suite, sw):
    expect_broken(suite, Response(b"", sw))
    expect_broken(suite, Response(b"plain data", sw))


@every_suite
def test_a_status_without_checksum_is_refused(suite):
    expect_broken(suite, Response(tlv.encode(0x99, b"\x90\x00"), 0x9000))


@every_suite
def test_a_checksum_of_another_length_is_refused(suite):
    answer = protected_answer(suite)
    shorter = answer.data[:-10] + b"\x8e\x04" + answer.data[-8:-4]
    expect_broken(suite, Response(shorter, 0x9000))
    expect_broken(suite, Response(answer.data[:-10] + b"\x8e\x00", 0x9000))
    expect_broken(suite, Response(answer.data[:-10] + b"\x8e\x09" + answer.data[-8:] + b"\x00", 0x9000))


@every_suite
def test_the_status_outside_must_be_the_one_inside(suite):
    expect_broken(suite, Response(protected_answer(suite).data, 0x6282))


@every_suite
def test_a_protected_refusal_leaves_the_channel_open(suite):
    reader, chip = both_ends(suite)
    for sw in (0x6982, 0x6A82, 0x6B00, 0x6CFF):
        chip.understand(reader.protect(READ))
        assert reader.unprotect(chip.answer(Response(b"", sw))) == Response(b"", sw)


@every_suite
def test_a_repeated_answer_is_refused(suite):
    channel, _ = both_ends(suite)
    channel.protect(READ)
    answer = protected_answer(suite)
    assert channel.unprotect(answer).data == b"personal"
    channel.protect(READ)
    with pytest.raises(CardProblem):
        channel.unprotect(answer)


@every_suite
def test_an_answer_that_was_left_out_is_noticed(suite):
    reader, chip = both_ends(suite)
    chip.understand(reader.protect(READ))
    chip.answer(Response(b"one", 0x9000))
    chip.understand(Command.decode(both_ends(suite, 2)[0].protect(READ).encode()))
    with pytest.raises(CardProblem):
        reader.unprotect(chip.answer(Response(b"two", 0x9000)))


@every_suite
@pytest.mark.parametrize(
    "tags",
    [
        (0x99, 0x87),
        (0x87, 0x87, 0x99),
        (0x85, 0x87, 0x99),
        (0x87, 0x99, 0x99),
        (0x87,),
        (0x80, 0x99),
        (0x97, 0x99),
        (0x81, 0x99),
        (0x8E, 0x99),
        (),
    ],
)
def test_objects_that_do_not_belong_there_are_refused_even_with_a_right_checksum(suite, tags):
    block = bytes(suite.block)
    values = {0x99: b"\x90\x00", 0x87: b"\x01" + block, 0x85: block}
    expect_sealed_broken(suite, [(tag, values.get(tag, b"x")) for tag in tags])


def expect_sealed_broken(suite, objects):
    _, chip = both_ends(suite, 1)
    body = b"".join(tlv.encode(tag, value) for tag, value in objects)
    expect_broken(suite, chip.seal(body, 0x9000))


STATUS = (0x99, b"\x90\x00")


@every_suite
@pytest.mark.parametrize("value", [b"", b"\x90", b"\x90\x00\x00", b"\x61\x00"])
def test_a_malformed_status_is_refused_even_with_a_right_checksum(suite, value):
    expect_sealed_broken(suite, [(0x99, value)])


@every_suite
def test_malformed_data_are_refused_even_with_a_right_checksum(suite):
    block = suite.block
    for value in (
        b"", b"\x01", b"\x02" + bytes(block), b"\x00" + bytes(block), b"\x01" + bytes(block - 1),
        b"\x01" + bytes(block + 1), bytes(block),
    ):  # fmt: skip
        expect_sealed_broken(suite, [(0x87, value), STATUS])
    for value in (b"", bytes(block - 1), bytes(block + 1)):
        expect_sealed_broken(suite, [(0x85, value), STATUS])


@every_suite
@pytest.mark.parametrize("last", [b"\x00", b"\x01", b"\x81"])
def test_data_without_padding_are_refused_even_with_a_right_checksum(suite, last):
    keys = KEYS[suite]
    vector = None
    if suite is not CipherSuite.TDES:
        vector = encrypt(suite, keys.encryption, (2).to_bytes(16))  # the first answer's counter
    plain = bytes(suite.block - 1) + last
    encrypted = encrypt(suite, keys.encryption, plain, vector)
    assert decrypt(suite, keys.encryption, encrypted, vector) == plain
    expect_sealed_broken(suite, [(0x87, b"\x01" + encrypted), STATUS])


@given(st.binary(max_size=100), st.sampled_from([8, 16]))
def test_padding_comes_off_again(data, block):
    assert len(pad(data, block)) % block == 0
    assert unpad(pad(data, block), block) == data


@pytest.mark.parametrize("data", [b"", bytes(16), b"\x80" + bytes(16), b"\x01" * 16])
def test_what_is_no_padding_is_refused(data):
    with pytest.raises(ValueError, match="padding"):
        unpad(data, 16)


@pytest.mark.parametrize("message", [b"", b"1234567", b"123456789"])
def test_the_retail_mac_takes_whole_blocks_only(message):
    with pytest.raises(ValueError, match="blocks"):
        retail_mac(bytes(16), message)


def test_the_retail_mac_of_one_block_is_3des():
    key = bytes(range(16))
    assert mac(CipherSuite.TDES, key, b"12345678") == encrypt(CipherSuite.TDES, key, b"12345678")
