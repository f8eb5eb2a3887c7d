"""The signature over the card's data: only what was signed passes; "cannot be checked" is not "wrong"."""

import hashlib

import pytest
import trust_material as made
from asn1crypto import cms
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.errors import CardProblem
from devices.chip_card.trust import sod
from devices.virtual.chip_card.issuer import demo_issuer
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import GroupHash, Signature

GROUPS = {1: b"data group one", 13: b"data group thirteen"}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return demo_issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def signed(issuer):
    return issuer.sod(GROUPS)


def test_what_the_issuer_signed_passes(issuer):
    found = sod.parse(issuer.sod(GROUPS))
    assert found.signature is Signature.VALID
    assert found.check(1, GROUPS[1]) is GroupHash.MATCH
    assert found.check(13, GROUPS[13]) is GroupHash.MATCH
    assert found.signer == issuer.signer.public_bytes(serialization.Encoding.DER)


def test_a_changed_or_unsigned_data_group_fails(issuer):
    found = sod.parse(issuer.sod(GROUPS))
    assert found.check(1, GROUPS[1] + b" ") is GroupHash.MISMATCH
    assert found.check(13, GROUPS[1]) is GroupHash.MISMATCH
    assert found.check(11, b"injected") is GroupHash.NOT_IN_SOD


def test_a_spoiled_signature_fails(issuer):
    assert sod.parse(issuer.sod(GROUPS, spoiled=True)).signature is Signature.INVALID


def test_hashes_exchanged_under_the_old_signature_fail(issuer):
    raw = issuer.sod(GROUPS)
    forged = raw.replace(hashlib.sha256(GROUPS[13]).digest(), hashlib.sha256(b"forged").digest())
    found = sod.parse(forged)
    assert found.check(13, b"forged") is GroupHash.MATCH
    assert found.signature is Signature.INVALID


def test_the_digest_exchanged_too_fails(issuer):
    info = cms.ContentInfo.load(tlv.single(issuer.sod(GROUPS), 0x77).value)
    payload = bytes(info["content"]["encap_content_info"]["content"])
    other = payload.replace(hashlib.sha256(GROUPS[13]).digest(), hashlib.sha256(b"forged").digest())
    raw = issuer.sod(GROUPS).replace(hashlib.sha256(GROUPS[13]).digest(), hashlib.sha256(b"forged").digest())
    raw = raw.replace(hashlib.sha256(payload).digest(), hashlib.sha256(other).digest())
    assert sod.parse(raw).signature is Signature.INVALID


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_found_or_makes_it_unreadable(issuer, signed, data):
    raw = bytearray(signed)
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    try:
        found = sod.parse(bytes(raw))
    except CardProblem as problem:
        # A flipped bit may also make the hash's name an unknown one.
        assert problem.code in (FailureCode.CARD_DATA_UNREADABLE, FailureCode.CARD_NOT_SUPPORTED)
        return
    whole = all(found.check(number, content) is GroupHash.MATCH for number, content in GROUPS.items())
    # Parts that are not signed (the certificate's own signature, for one) are the chain's to judge.
    unsigned = found.signer != issuer.signer.public_bytes(serialization.Encoding.DER)
    assert found.signature is not Signature.VALID or whole or unsigned


@given(st.binary(max_size=400))
def test_any_bytes_are_a_security_object_or_unreadable(raw):
    for data in (raw, tlv.encode(0x77, raw)):
        with pytest.raises(CardProblem) as caught:
            sod.parse(data)
        assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


CSCA = made.Authority()
KEY = made.EcKey()
DSC = CSCA.signer(KEY)
RAW = made.sod(GROUPS, KEY, DSC)


@pytest.mark.parametrize("by_key_id", [False, True])
def test_signers_are_found_by_issuer_or_by_key_identifier(by_key_id):
    found = sod.parse(made.sod(GROUPS, KEY, DSC, by_key_id=by_key_id))
    assert found.signature is Signature.VALID
    assert found.signer == DSC


def test_a_key_identifier_that_is_not_written_down_is_that_of_the_key():
    bare = CSCA.signer(KEY, identifiers=False)
    assert sod.parse(made.sod(GROUPS, KEY, bare, by_key_id=True)).signature is Signature.VALID


@pytest.mark.parametrize("hash_name", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("version", [0, 1])
def test_hashes_and_versions_of_the_signed_list(hash_name, version):
    found = sod.parse(made.sod(GROUPS, KEY, DSC, hash_name=hash_name, digest=hash_name, version=version))
    assert found.signature is Signature.VALID
    assert found.hash_name == hash_name
    assert found.check(13, GROUPS[13]) is GroupHash.MATCH


@pytest.mark.parametrize(
    "key",
    [
        made.RsaKey(),
        made.RsaKey(hash_name="sha1"),
        made.RsaKey("pss"),
        made.RsaKey("pss", "sha512"),
        made.RsaKey("pss", restricted=True),
        made.EcKey(curves.BRAINPOOL_P224R1, hash_name="sha1"),
        made.EcKey(curves.SECP521R1, explicit=False, hash_name="sha512"),
    ],
    ids=["pkcs1", "pkcs1 sha1", "pss", "pss sha512", "pss key", "brainpoolP224r1 sha1", "secp521r1 sha512"],
)
def test_signature_algorithms_of_document_signers(key):
    signer = CSCA.signer(key)
    assert sod.parse(made.sod(GROUPS, key, signer)).signature is Signature.VALID
    wrong = made.sod(GROUPS, key, signer, sign=lambda message: key.sign(message + b"!"))
    assert sod.parse(wrong).signature is Signature.INVALID


def test_rsa_named_without_its_hash_uses_the_digest():
    key = made.RsaKey()
    raw = made.sod(GROUPS, key, CSCA.signer(key), algorithm={"algorithm": "rsassa_pkcs1v15"})
    assert sod.parse(raw).signature is Signature.VALID


def test_a_file_that_leaves_out_the_signers_certificate_fails():
    """It must be there (ICAO Doc 9303-10 §4.6.2.2); leaving it out is no way around the check."""
    found = sod.parse(made.sod(GROUPS, KEY, DSC, certificates=[]))
    assert found.signature is Signature.INVALID
    assert found.signer is None


def test_of_two_certificates_with_one_identifier_the_one_whose_key_signed_counts():
    other = CSCA.signer(made.EcKey(), serial_number=4711)
    right = CSCA.signer(KEY, serial_number=4711)
    found = sod.parse(made.sod(GROUPS, KEY, right, certificates=[other, right]))
    assert found.signature is Signature.VALID
    assert found.signer == right


def test_a_signer_that_somebody_added_takes_nothing_from_the_issuers():
    foreign = made.EcKey()
    stranger = made.Authority("CSCA of nobody", key=made.EcKey()).signer(foreign)
    first = cms.ContentInfo.load(made.signed_data(b"0\x00", foreign, stranger))["content"]["signer_infos"][0]
    found = sod.parse(
        made.sod(GROUPS, KEY, DSC, more_signers=[first.native and first], certificates=[stranger, DSC])
    )
    assert found.signature is Signature.VALID
    assert found.signer == DSC


@pytest.mark.parametrize(
    "content_type", ["2.23.136.1.1.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", "1.2.840.113549.1.7.1"]
)
def test_content_types_of_all_years(content_type):
    raw = made.sod(GROUPS, KEY, DSC, content_type=content_type)
    assert sod.parse(raw).signature is Signature.VALID


def test_a_master_list_is_no_security_object():
    with pytest.raises(CardProblem):
        sod.parse(made.sod(GROUPS, KEY, DSC, content_type=made.MASTER_LIST))


def test_attributes_signed_for_another_content_type_fail():
    content = made.security_object(GROUPS)
    attributes = [
        {"type": "content_type", "values": [made.MASTER_LIST]},
        {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
    ]
    assert sod.parse(made.sod(GROUPS, KEY, DSC, attributes=attributes)).signature is Signature.INVALID


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (made.EcKey(changes={"b": 12345}), "explicit parameters of no known curve"),
        (made.EcKey(changes={"x": curves.SECP256R1.gx + 1}), "explicit parameters of no known curve"),
    ],
    ids=["unknown curve", "chosen generator"],
)
def test_an_unknown_curve_is_unsupported_not_wrong(key, reason):
    found = sod.parse(made.sod(GROUPS, key, CSCA.signer(key)))
    assert found.signature is Signature.UNSUPPORTED
    assert reason in found.reason


def test_an_unknown_signature_algorithm_is_unsupported_not_wrong():
    raw = made.sod(GROUPS, KEY, DSC, algorithm={"algorithm": "sha3_256_ecdsa"})
    assert sod.parse(raw).signature is Signature.UNSUPPORTED


def test_a_signer_that_writes_its_issuers_name_in_another_order_is_found():
    """Seen on real documents: the parts of the name stand otherwise than in the certificate."""
    signed = cms.ContentInfo.load(tlv.single(RAW, 0x77).value)
    identifier = signed["content"]["signer_infos"][0]["sid"].chosen
    parts = identifier["issuer"].chosen
    turned = made.x509.Name("", made.x509.RDNSequence([parts[1], parts[0], parts[2]]))
    raw = RAW.replace(
        identifier["issuer"].dump() + identifier["serial_number"].dump(),
        turned.dump() + identifier["serial_number"].dump(),
    )
    assert raw != RAW
    assert sod.parse(raw).signature is Signature.VALID


@pytest.mark.parametrize("version", [2, 5])
def test_later_versions_of_the_signed_list_are_not_supported(version):
    with pytest.raises(CardProblem) as caught:
        sod.parse(made.sod(GROUPS, KEY, DSC, version=version))
    assert caught.value.code is FailureCode.CARD_NOT_SUPPORTED


def test_hashes_of_an_unknown_kind_are_not_supported_rather_than_altered():
    raw = made.sod(GROUPS, KEY, DSC, hash_name="sha3_256")
    with pytest.raises(CardProblem) as caught:
        sod.parse(raw)
    assert caught.value.code is FailureCode.CARD_NOT_SUPPORTED


def indefinite(raw, offset=0):
    """The same objects with indefinite lengths wherever they may stand (X.690 §8.1.3.6): not inside the
    certificate and the signed attributes, which are always DER; octet strings of the content in two pieces.
    """
    found = cms.ContentInfo.load(tlv.single(raw, 0x77).value)
    signed = found["content"]
    content = bytes(signed["encap_content_info"]["content"])
    pieces = tlv.encode(4, content[:50]) + tlv.encode(4, content[50:])
    inside = b"\xa0\x80" + b"\x24\x80" + pieces + bytes(4)
    encapsulated = b"\x30\x80" + signed["encap_content_info"]["content_type"].dump() + inside + bytes(2)
    parts = [signed["version"].dump(), signed["digest_algorithms"].dump(), encapsulated]
    parts += [b"\xa0\x80" + b"".join(one.dump() for one in signed["certificates"]) + bytes(2)]
    parts += [b"\x31\x80" + b"".join(one.dump() for one in signed["signer_infos"]) + bytes(2)]
    body = b"\xa0\x80\x30\x80" + b"".join(parts) + bytes(4)
    return tlv.encode(0x77, b"\x30\x80" + found["content_type"].dump() + body + bytes(2))


@pytest.mark.parametrize("hash_name", ["sha256", "sha512"])
def test_indefinite_lengths_are_read(hash_name):
    raw = made.sod(GROUPS, KEY, DSC, hash_name=hash_name)
    found = sod.parse(indefinite(raw))
    assert found.signature is Signature.VALID
    assert found.hashes == sod.parse(raw).hashes


@pytest.mark.parametrize(
    "inside",
    [
        b"\x30\x80" * 3000,
        b"\x30\x80" + b"\x05\x00" * 20000,
        b"\x24\x80" * 40,
        b"\x30\x84\xff\xff\xff\xff",
        b"\x1f" * 90,
    ],
    ids=["deep", "never ended", "pieces in pieces", "longer than all", "endless tag"],
)
def test_forms_without_end_are_refused(inside):
    with pytest.raises(CardProblem) as caught:
        sod.parse(tlv.encode(0x77, inside))
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_cut_or_joined_file_is_named(data):
    place = data.draw(st.integers(0, len(RAW)))
    inside = RAW[:place] + data.draw(st.binary(max_size=40)) + RAW[place + data.draw(st.integers(0, 40)) :]
    for candidate in (inside, tlv.encode(0x77, inside)):
        try:
            found = sod.parse(candidate)
        except CardProblem:
            continue
        assert isinstance(found.signature, Signature)
