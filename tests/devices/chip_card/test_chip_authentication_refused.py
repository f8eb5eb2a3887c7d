"""A chip that refuses, a copy without the private key, a pulled card, a hostile file: none is proven."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from key_agreement import (
    AES_128,
    AES_256,
    G0,
    TDES,
    PlainChip,
    agree,
    infos_of,
    never,
    public_key,
)

from devices.chip_card import tlv
from devices.chip_card.access import chip_authentication
from devices.chip_card.access.chip_authentication import NotCarriedOut
from devices.chip_card.access.diffie_hellman import standardized
from devices.chip_card.access.elliptic_curves import (
    BRAINPOOL_P256R1,
    SECP256R1,
)
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.session_keys import CipherSuite, session_keys
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem, channel_broken
from devices.virtual.chip_card.authentication import (
    ChipAuthenticator,
    DhAgreementKey,
    EcAgreementKey,
)
from devices.virtual.chip_card.chip_channel import ChannelError, ChipChannel
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import ChipProof


@pytest.mark.parametrize("sw", [0x6300, 0x6A80, 0x6A88, 0x6D00, 0x6700, 0x6982, 0x6F00])
def test_a_chip_that_refuses_what_its_signed_file_offers_has_failed(sw):
    """A copy of the files in a chip that knows no chip authentication."""
    offered = ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128).security_infos()
    with pytest.raises(NotCarriedOut) as caught:
        chip_authentication.authenticate(lambda _: Response(b"", sw), infos_of(offered))
    assert caught.value.proof is ChipProof.FAILED
    assert f"{sw:04X}" in caught.value.detail


def protected(chip_channel, channel, command):
    """One exchange through both ends of secure messaging."""
    sent = Command.decode(channel.protect(command).encode())
    try:
        answer = chip_channel.wrap(Response(b"file", 0x9000)) if chip_channel.unwrap(sent) else None
    except ChannelError as error:
        answer = Response(b"", error.sw)
    return channel.unprotect(answer)


READ = Command(0x00, 0xB0, 0x81, 0x00, b"", 4)


@pytest.mark.parametrize("suite", CipherSuite)
def test_the_first_answer_under_the_new_keys_proves_the_chip(suite):
    chip = ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), suite)
    result, keys, _ = agree(chip)
    assert protected(ChipChannel(keys), SecureChannel(result.keys), READ).data == b"file"
    assert chip.take_keys() is None


@pytest.mark.parametrize(
    "chip",
    [
        ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128),
        ChipAuthenticator(EcAgreementKey(SECP256R1), TDES),
        ChipAuthenticator(DhAgreementKey(standardized(0)), AES_256),
    ],
    ids=["AES-128", "3DES", "DH"],
)
def test_a_copy_without_the_private_key_fails_at_that_answer(chip):
    copy = chip.copied()
    assert copy.security_infos() == chip.security_infos()
    result, keys, _ = agree(copy)
    assert result.keys != keys
    with pytest.raises(CardProblem) as caught:
        protected(ChipChannel(keys), SecureChannel(result.keys), READ)
    assert chip_authentication.disproves(caught.value)


def test_a_copy_that_goes_on_under_the_old_keys_fails():
    result, _, _ = agree(ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128).copied())
    old = ChipChannel(session_keys(b"of PACE"))
    with pytest.raises(CardProblem) as caught:
        SecureChannel(result.keys).unprotect(old.wrap(Response(b"file", 0x9000)))
    assert chip_authentication.disproves(caught.value)


@pytest.mark.parametrize("answer", [Response(b"", 0x6988), Response(b"", 0x6982), Response(b"file", 0x9000)])
def test_an_answer_in_clear_fails(answer):
    result, _, _ = agree(ChipAuthenticator(EcAgreementKey(BRAINPOOL_P256R1), AES_128))
    channel = SecureChannel(result.keys)
    channel.protect(READ)
    with pytest.raises(CardProblem) as caught:
        channel.unprotect(answer)
    assert chip_authentication.disproves(caught.value)


@pytest.mark.parametrize(
    "code", [FailureCode.CARD_REMOVED_EARLY, FailureCode.READER_NOT_FOUND, FailureCode.READER_SERVICE_DOWN]
)
def test_a_pulled_card_or_a_lost_reader_says_nothing_about_the_chip(code):
    assert not chip_authentication.disproves(CardProblem(code, "gone"))
    assert chip_authentication.disproves(channel_broken("wrong checksum"))


def test_trouble_of_the_link_passes_through():
    def pulled(command):
        raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "pulled")

    offered = ChipAuthenticator(EcAgreementKey(SECP256R1), AES_128).security_infos()
    with pytest.raises(CardProblem) as caught:
        chip_authentication.authenticate(pulled, infos_of(offered))
    assert not isinstance(caught.value, NotCarriedOut)


CHIPS = {
    "named": ChipAuthenticator(EcAgreementKey(SECP256R1, "named", 3), AES_128),
    "explicit": ChipAuthenticator(EcAgreementKey(SECP256R1, "explicit", 3), AES_128),
    "standardized": ChipAuthenticator(EcAgreementKey(SECP256R1, "standardized", 3), TDES),
    "x942": ChipAuthenticator(DhAgreementKey(G0, "explicit", 3), AES_128),
    "pkcs3": ChipAuthenticator(DhAgreementKey(G0, "pkcs3", 3), TDES),
}


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(CHIPS)), data=st.data())
def test_any_change_of_the_key_in_dg14_gives_keys_or_a_card_problem(kind, data):
    """Whether it was signed is asked elsewhere; here nothing else is raised, and nothing runs long."""
    chip = CHIPS[kind]
    raw = bytearray(chip.security_infos())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CardProblem):
        chip_authentication.authenticate(PlainChip(chip), infos_of(bytes(raw)))


@given(st.binary(max_size=200), st.sampled_from([1, 2]))
def test_any_bytes_as_a_key_give_a_card_problem(spki, kind):
    with pytest.raises(CardProblem):
        chip_authentication.authenticate(never, infos_of(public_key(tlv.encode(0x30, spki), kind)))


@given(st.binary(max_size=60), st.integers(0, 0xFFFF))
def test_any_answers_give_keys_or_a_card_problem(content, sw):
    offered = ChipAuthenticator(EcAgreementKey(SECP256R1), TDES).security_infos()
    try:
        result = chip_authentication.authenticate(lambda _: Response(content, sw), infos_of(offered))
    except NotCarriedOut as problem:
        assert problem.proof is ChipProof.FAILED
    else:
        assert sw == 0x9000
        assert result.keys.suite is TDES
