"""A chip passes when it signs this reader's challenge with the key in DG15, and in no other way.

Number: ICAO Doc 9303-11 (8th edition), appendix F, worked example of Active Authentication, whose message is
signed here with keys of the tests, since the example gives none.
"""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.access import active_authentication, security_infos
from devices.chip_card.access.chip_public_keys import load
from devices.chip_card.access.diffie_hellman import standardized
from devices.chip_card.access.elliptic_curves import (
    BRAINPOOL_P256R1,
    SECP192R1,
    SECP256R1,
    SECP521R1,
    STANDARDIZED,
)
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.session_keys import CipherSuite, session_keys
from devices.chip_card.apdu import EXTENDED_LE, Command, Response
from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card.authentication import ActiveAuthenticator, DhAgreementKey, EcdsaKey, RsaKey
from devices.virtual.chip_card.chip_channel import ChipChannel
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import ChipProof

PASSED, FAILED, UNSUPPORTED = ChipProof.PASSED, ChipProof.FAILED, ChipProof.UNSUPPORTED
HASHES = ["sha1", "sha224", "sha256", "sha384", "sha512"]
RSA_1024 = RsaKey.generate(1024, "sha1")
RSA_2048 = RsaKey.generate(2048, "sha256")
RSA_SMALL_EXPONENT = RsaKey.generate(1024, "sha1", e=3)

RND_IFD = bytes.fromhex("F173589974BF40C6")
F = bytes.fromhex(
    "6A9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C"
    "98599F40B79F377B5F3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD"
    "4E7292E2DCDA3024B47DA8C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127BC"
)


def dg15_of(key):
    return tlv.encode(0x6F, key.public_key_info())


def infos_of(key):
    return security_infos.parse(tlv.encode(0x31, key.security_infos()))


def signing(key, **options):
    """The result when a chip with this key is asked."""
    chip = ActiveAuthenticator(key)
    return active_authentication.authenticate(chip.answer, dg15_of(key), infos_of(key), **options)


def answered(key, signature, challenge=RND_IFD):
    """The result when the chip gives this signature for this challenge."""
    return active_authentication.authenticate(
        lambda command: Response(signature, 0x9000), dg15_of(key), infos_of(key), random=lambda _: challenge
    )


def sha1(data):
    return hashlib.sha1(data, usedforsecurity=False).digest()


def with_hash(key, name):
    return RsaKey(name, key.n, key.e, key.d)


# -------------------------------------------------------------------------------------------------- the chip


def test_the_published_message_passes():
    assert answered(RSA_1024, RSA_1024.raw(F)) is PASSED
    assert answered(RSA_1024, RSA_1024.raw(F), RND_IFD[::-1]) is FAILED


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("key", [RSA_1024, RSA_2048, RSA_SMALL_EXPONENT], ids=["1024", "2048", "e=3"])
def test_rsa_with_every_hash(key, name):
    assert signing(with_hash(key, name)) is PASSED


def test_rsa_with_the_explicit_trailer_of_sha1():
    message = RSA_1024.message(bytes(105), RND_IFD, bytes.fromhex("33cc"))
    assert answered(RSA_1024, RSA_1024.raw(message)) is PASSED


@pytest.mark.parametrize("curve", STANDARDIZED, ids=repr)
@pytest.mark.parametrize("der", [False, True], ids=["plain", "DER"])
def test_ecdsa_on_every_curve(curve, der):
    assert signing(EcdsaKey(curve, "sha256", der=der)) is PASSED


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("parameters", ["named", "explicit", "standardized"])
def test_ecdsa_with_every_hash_that_dg14_names(name, parameters):
    assert signing(EcdsaKey(BRAINPOOL_P256R1, name, parameters=parameters)) is PASSED


@pytest.mark.parametrize(
    ("curve", "name", "result"),
    [
        (SECP192R1, "sha1", PASSED),
        (BRAINPOOL_P256R1, "sha256", PASSED),
        (BRAINPOOL_P256R1, "sha1", PASSED),
        (SECP521R1, "sha512", PASSED),
        (SECP521R1, "sha256", PASSED),
        (BRAINPOOL_P256R1, "sha512", FAILED),
    ],
)
def test_the_hash_when_dg14_names_none(curve, name, result):
    key = EcdsaKey(curve, name, announced=False)
    assert signing(key) is result
    assert active_authentication.authenticate(ActiveAuthenticator(key).answer, dg15_of(key), None) is result


def info_with(oid):
    parts = bytes.fromhex("0606678108010105020101") + tlv.encode(6, bytes.fromhex(oid))
    return security_infos.parse(tlv.encode(0x31, tlv.encode(0x30, parts)))


def test_a_hash_that_dg14_names_is_the_only_one():
    key = EcdsaKey(BRAINPOOL_P256R1, "sha1")
    chip = ActiveAuthenticator(key)
    for oid, result in (
        ("04007f00070101040103", FAILED),  # plain, SHA-256
        ("04007f00070101040101", PASSED),
        ("2a8648ce3d0401", PASSED),  # ecdsa-with-SHA1 of X9.62
        ("2a8648ce3d040302", FAILED),
        ("2a0304", PASSED),  # nothing known: as if none were named
    ):
        assert active_authentication.authenticate(chip.answer, dg15_of(key), info_with(oid)) is result


def test_each_challenge_is_new():
    challenges = []

    def transmit(command):
        challenges.append(command.data)
        return ActiveAuthenticator(RSA_1024).answer(command)

    for _ in range(4):
        assert active_authentication.authenticate(transmit, dg15_of(RSA_1024), None) is PASSED
    assert len(set(challenges)) == 4
    assert {len(challenge) for challenge in challenges} == {8}


@pytest.mark.parametrize("key", [RSA_1024, EcdsaKey(SECP256R1), EcdsaKey(SECP256R1, der=True)])
def test_a_copy_with_another_private_key_fails(key):
    copy = ActiveAuthenticator(key).copied()
    assert tlv.encode(0x6F, copy.public_key_info()) == dg15_of(key)
    assert active_authentication.authenticate(copy.answer, dg15_of(key), infos_of(key)) is FAILED


@pytest.mark.parametrize("key", [RSA_1024, EcdsaKey(SECP256R1), EcdsaKey(SECP256R1, der=True)])
def test_an_answer_to_another_challenge_fails(key):
    old = key.sign(RND_IFD)
    assert answered(key, old) is PASSED
    assert answered(key, old, b"12345678") is FAILED


# ------------------------------------------------------------------------------------------------ forgeries


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1023))
def test_no_flipped_bit_of_an_rsa_signature_passes(place):
    signature = bytearray(RSA_1024.raw(F))
    signature[place // 8] ^= 1 << place % 8
    assert answered(RSA_1024, bytes(signature)) is FAILED


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1023))
def test_no_flipped_bit_of_the_signed_message_passes(place):
    """Whoever had the private operation, every bit of what is signed still counts."""
    message = bytearray(F)
    message[place // 8] ^= 1 << place % 8
    assert answered(RSA_1024, RSA_1024.raw(bytes(message))) is FAILED


ECDSA_PLAIN, ECDSA_DER = EcdsaKey(BRAINPOOL_P256R1), EcdsaKey(BRAINPOOL_P256R1, der=True)
SIGNATURES = {ECDSA_PLAIN: ECDSA_PLAIN.sign(RND_IFD), ECDSA_DER: ECDSA_DER.sign(RND_IFD)}


@settings(max_examples=200, deadline=None)
@given(key=st.sampled_from([ECDSA_PLAIN, ECDSA_DER]), data=st.data())
def test_no_flipped_bit_of_an_ecdsa_signature_passes(key, data):
    signature = bytearray(SIGNATURES[key])
    place = data.draw(st.integers(0, 8 * len(signature) - 1))
    signature[place // 8] ^= 1 << place % 8
    assert answered(key, bytes(signature)) is FAILED


@settings(max_examples=100, deadline=None)
@given(key=st.sampled_from([RSA_1024, ECDSA_PLAIN, ECDSA_DER]), answer=st.binary(max_size=300))
def test_no_other_answer_passes(key, answer):
    assert answered(key, answer) is FAILED


@pytest.mark.parametrize(
    "message",
    [
        b"\x4a" + F[1:],  # total recovery, in which the challenge would not stand
        b"\x6b" + F[1:],
        b"\x2a" + F[1:],
        b"\x00\x6a" + F[1:45] + F[46:],
        F[:-1] + b"\xbb",
        F[:-1] + b"\xcc",
        F[:-2] + b"\x33\xcc",
        F[:-2] + b"\x34\xcc",
        F[:-2] + b"\x31\xcc",  # RIPEMD-160
        RSA_1024.message(bytes(106), b"other ch", b"\xbc"),
        RSA_1024.message(bytes(105), RND_IFD, b"\x32\xcc"),
        b"\x6a" + bytes(106) + sha1(bytes(106)) + b"\xbc",  # the challenge left out
        b"\x6a" + bytes(106) + sha1(RND_IFD) + b"\xbc",  # M1 left out
        b"\x6a" + bytes(106) + sha1(RND_IFD + bytes(106)) + b"\xbc",
        b"\x6a" + bytes(85) + sha1(bytes(85) + RND_IFD) + bytes(21) + b"\xbc",
        b"\x6a" + sha1(RND_IFD) + b"\xbc" + bytes(106),  # garbage at the end
        b"\x6a" + bytes(105) + b"\x6a" + sha1(RND_IFD) + b"\xbc",  # a header in the middle
        bytes(106) + b"\x6a" + sha1(RND_IFD) + b"\xbc",  # zeros before the header
        b"\x6b" + b"\xbb" * 105 + b"\xba" + sha1(RND_IFD) + b"\xbc",  # padded, no M1
        b"\x00\x01" + b"\xff" * 89 + b"\x00" + RND_IFD.ljust(36, b"\x00"),  # PKCS #1
        bytes(128),
    ],
)
def test_a_message_of_any_other_form_fails_though_the_key_signed_it(message):
    assert len(message) == 128
    assert answered(RSA_1024, RSA_1024.raw(message)) is FAILED


def cube_root(number):
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


def test_a_cube_made_without_the_private_key_fails():
    """With the exponent 3, anyone can make up a number whose cube begins with header, hash and trailer. None
    ends with them: BC and CC are four times an odd number, and no cube is.
    """
    wanted = b"\x6a" + sha1(RND_IFD) + b"\xbc"
    root = cube_root(int.from_bytes(wanted + bytes(106)))
    assert (root**3).to_bytes(128).startswith(wanted)
    assert answered(RSA_SMALL_EXPONENT, root.to_bytes(128)) is FAILED


def test_a_signature_is_exactly_as_long_as_the_key_and_below_it():
    signature = RSA_1024.raw(F)
    number = int.from_bytes(signature)
    assert answered(RSA_1024, signature) is PASSED
    assert answered(RSA_1024, b"\x00" + signature) is FAILED
    assert answered(RSA_1024, signature + b"\x00") is FAILED
    assert answered(RSA_1024, signature[:-1]) is FAILED
    assert answered(RSA_1024, (number + RSA_1024.n).to_bytes(129)) is FAILED
    messages = (RSA_1024.message(bytes(105) + bytes((n,)), RND_IFD, b"\xbc") for n in range(256))
    numbers = (int.from_bytes(RSA_1024.raw(message)) for message in messages)
    small = next(number for number in numbers if number + RSA_1024.n < 1 << 1024)
    assert answered(RSA_1024, small.to_bytes(128)) is PASSED
    assert answered(RSA_1024, (small + RSA_1024.n).to_bytes(128)) is FAILED
    assert answered(RSA_1024, (RSA_1024.n - number).to_bytes(128)) is FAILED
    for trivial in (0, 1, RSA_1024.n - 1):
        assert answered(RSA_1024, trivial.to_bytes(128)) is FAILED


def der(*numbers, tag=0x30):
    return tlv.encode(tag, b"".join(tlv.encode(2, number) for number in numbers))


def test_ecdsa_numbers_in_any_other_form_fail():
    key, n = ECDSA_PLAIN, BRAINPOOL_P256R1.n
    signature = SIGNATURES[key]
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    wide = [number.to_bytes(33) for number in (r, s)]
    minimal = [number.to_bytes(number.bit_length() // 8 + 1) for number in (r, s)]
    assert answered(key, signature) is PASSED
    assert answered(key, der(*minimal)) is PASSED
    for forged in (
        b"",
        signature[:-1],
        b"\x00" + signature,
        signature + b"\x00",
        signature[:32] + b"\x00" + signature[32:],
        b"".join(wide),
        signature[32:] + signature[:32],
        bytes(64),
        bytes(32) + signature[32:],
        signature[:32] + bytes(32),
        (r + n).to_bytes(33) + s.to_bytes(33),
        der(*minimal) + b"\x00",
        der(*minimal, b"\x01"),
        der(*minimal, tag=0x31),
        der(b"\x00" + minimal[0], minimal[1]),
        der(b"\x00", b"\x00"),
        der((r + n).to_bytes(34), minimal[1]),
        der(b"", b""),
        der(minimal[0].lstrip(b"\x00"), b"\x80" * 32),
        der(b"\xff" * 32, minimal[1]),
        b"\x30\x81" + der(*minimal)[1:],
        b"\x30\x80" + der(*minimal)[2:] + bytes(2),
    ):
        assert answered(key, forged) is FAILED, forged.hex()


# -------------------------------------------------------------------------------------- lengths and refusals


class Lengths:
    """A chip that takes commands of some lengths only."""

    def __init__(self, key, refused=(), answer=0x6700):
        self.chip = ActiveAuthenticator(key)
        self.refused = refused
        self.answer = answer
        self.asked = []

    def __call__(self, command):
        self.asked.append(command.le)
        return Response(b"", self.answer) if command.le in self.refused else self.chip.answer(command)


@pytest.mark.parametrize(
    ("extended_length", "refused", "asked"),
    [
        (True, (), [EXTENDED_LE]),
        (True, (EXTENDED_LE,), [EXTENDED_LE, 256]),
        (False, (), [256]),
    ],
)
def test_a_long_answer_is_asked_for_in_the_way_that_link_and_chip_can(extended_length, refused, asked):
    chip = Lengths(RSA_2048, refused)
    result = active_authentication.authenticate(
        chip, dg15_of(RSA_2048), None, extended_length=extended_length
    )
    assert result is PASSED
    assert chip.asked == asked


def test_a_short_answer_is_asked_for_with_a_short_command():
    for key in (RSA_1024, ECDSA_PLAIN, EcdsaKey(SECP521R1, "sha512", der=True)):
        chip = Lengths(key)
        assert active_authentication.authenticate(chip, dg15_of(key), infos_of(key)) is PASSED
        assert chip.asked == [256]


@pytest.mark.parametrize(("key", "length"), [(RSA_1024, 128), (RSA_2048, 256)])
def test_a_length_that_the_chip_names_is_asked_for_with_another_challenge(key, length):
    challenges = []

    def transmit(command):
        challenges.append((command.le, command.data))
        if len(challenges) == 1:
            return Response(b"", 0x6C00 | length & 0xFF)
        return ActiveAuthenticator(key).answer(command)

    assert active_authentication.authenticate(transmit, dg15_of(key), None, extended_length=False) is PASSED
    assert [le for le, _ in challenges] == [256, length]
    assert challenges[0][1] != challenges[1][1]


@pytest.mark.parametrize("sw", [0x6700, 0x6D00, 0x6E00, 0x6A81, 0x6982, 0x6985, 0x6C00, 0x61FF, 0x6F00])
@pytest.mark.parametrize("key", [RSA_1024, RSA_2048, ECDSA_PLAIN])
def test_a_refusal_is_called_what_the_caller_calls_it(sw, key):
    def refuses(command):
        return Response(b"", sw)

    assert active_authentication.authenticate(refuses, dg15_of(key), infos_of(key)) is UNSUPPORTED
    assert (
        active_authentication.authenticate(refuses, dg15_of(key), infos_of(key), refusal=ChipProof.WITHHELD)
        is ChipProof.WITHHELD
    )


def test_a_chip_that_cuts_a_long_answer_off_is_no_copy():
    def cuts(command):
        return Response(RSA_2048.sign(command.data)[:231], 0x9000)

    short = active_authentication.authenticate(cuts, dg15_of(RSA_2048), None, extended_length=False)
    assert short is UNSUPPORTED
    assert active_authentication.authenticate(cuts, dg15_of(RSA_2048), None) is FAILED

    def cuts_more(command):
        return Response(RSA_2048.sign(command.data)[:200], 0x9000)

    shorter = active_authentication.authenticate(cuts_more, dg15_of(RSA_2048), None, extended_length=False)
    assert shorter is FAILED


def test_an_empty_answer_fails():
    assert answered(RSA_1024, b"") is FAILED
    assert answered(ECDSA_PLAIN, b"") is FAILED


@pytest.mark.parametrize("suite", CipherSuite)
@pytest.mark.parametrize("extended_length", [True, False])
@pytest.mark.parametrize("key", [RSA_2048, RSA_1024, ECDSA_PLAIN], ids=["RSA-2048", "RSA-1024", "ECDSA"])
def test_through_the_secure_channel(suite, extended_length, key):
    keys = session_keys(b"of PACE", suite)
    channel, chip_channel, chip = SecureChannel(keys), ChipChannel(keys), ActiveAuthenticator(key)
    lengths = []

    def transmit(command):
        sent = channel.protect(command).encode()
        answer = chip_channel.wrap(chip.answer(chip_channel.unwrap(Command.decode(sent)))).encode()
        lengths.append((len(sent) > 5 and sent[4] == 0, len(answer)))
        return channel.unprotect(Response.decode(answer))

    options = {"extended_length": extended_length}
    assert active_authentication.authenticate(transmit, dg15_of(key), infos_of(key), **options) is PASSED
    ((extended, length),) = lengths
    assert extended is (key is RSA_2048 and extended_length)
    assert (length > 258) is (key is RSA_2048)


# ------------------------------------------------------------------------------------------- keys not known


def never(command):
    raise AssertionError("nothing is asked")


def rsa_dg15(n, e):
    return dg15_of(RsaKey("sha1", n, e, 0))


@pytest.mark.parametrize(
    "content",
    [
        rsa_dg15((1 << 511) + 1, 65537),  # too short to prove anything
        rsa_dg15(RSA_1024.n >> 3 | 1, 65537),  # 1021 bits
        rsa_dg15(RSA_1024.n << 3 | 1, 65537),  # 1027 bits: no header at a byte's begin
        rsa_dg15((1 << 20000) + 1, 65537),
        rsa_dg15(RSA_1024.n, (1 << 100) + 1),
        dg15_of(DhAgreementKey(standardized(0))),
        dg15_of(EcdsaKey(SECP256R1)).replace(
            bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030999")
        ),
        tlv.encode(0x6F, bytes.fromhex("300b300506032b6570030200ff")),
    ],
    ids=["512", "1021", "1027", "20001", "exponent", "DH", "curve", "Ed25519"],
)
def test_a_key_that_is_not_known_here_is_unsupported(content):
    assert active_authentication.authenticate(never, content, None) is UNSUPPORTED


def test_a_hash_that_is_not_known_here_is_unsupported():
    infos = info_with("04007f00070101040106")  # RIPEMD-160
    assert active_authentication.authenticate(never, dg15_of(ECDSA_PLAIN), infos) is UNSUPPORTED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x6f\x00",
        bytes.fromhex("6f023000"),
        dg15_of(RSA_1024) + b"\x00",
        b"\x6e" + dg15_of(RSA_1024)[1:],
        tlv.encode(0x6F, dg15_of(RSA_1024)[4:] * 2),
        rsa_dg15(RSA_1024.n, 1),
        rsa_dg15(RSA_1024.n, 2),
    ],
)
def test_what_is_no_key_at_all_is_unreadable(content):
    with pytest.raises(CardProblem) as caught:
        active_authentication.authenticate(never, content, None)
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


DG15S = [dg15_of(key) for key in (RSA_1024, ECDSA_PLAIN, EcdsaKey(SECP256R1, parameters="explicit"))]


@settings(max_examples=200, deadline=None)
@given(content=st.sampled_from(DG15S), data=st.data())
def test_any_change_of_dg15_gives_a_result_that_is_no_pass_or_a_card_problem(content, data):
    raw = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    answer = data.draw(st.sampled_from([b"", bytes(64), bytes(128), b"\x01" * 128]))
    try:
        result = active_authentication.authenticate(lambda _: Response(answer, 0x9000), bytes(raw), None)
    except CardProblem as problem:
        assert problem.code is FailureCode.CARD_DATA_UNREADABLE
    else:
        assert result in (FAILED, UNSUPPORTED)


@given(st.binary(max_size=300))
def test_any_bytes_in_dg15_give_a_result_or_a_card_problem(content):
    for raw in (content, tlv.encode(0x6F, content), tlv.encode(0x6F, tlv.encode(0x30, content))):
        try:
            result = active_authentication.authenticate(lambda _: Response(b"", 0x9000), raw, None)
        except CardProblem:
            continue
        assert result in (FAILED, UNSUPPORTED)


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=106, max_size=106), st.binary(min_size=8, max_size=8))
def test_any_message_of_the_right_form_passes(m1, challenge):
    assert answered(RSA_1024, RSA_1024.raw(RSA_1024.message(m1, challenge, b"\xbc")), challenge) is PASSED


def test_the_keys_of_the_tests_are_rsa():
    assert isinstance(load(RSA_1024.public_key_info()), rsa.RSAPublicKey)
