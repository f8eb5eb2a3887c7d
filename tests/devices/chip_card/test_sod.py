"""The signature over the card's data: only what was signed passes; "cannot be checked" is not "wrong"."""

import datetime
import hashlib

import pytest
from asn1crypto import cms, core, keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.errors import CardProblem
from devices.chip_card.trust import public_keys, sod
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
        assert problem.code is FailureCode.CARD_DATA_UNREADABLE
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


def certificate_of(key):
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "signer")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=900))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))


def signed_by(key, algorithm, sign, *, by_key_id=False, certificate=None, embed=True):
    payload = sod.LdsSecurityObject({
        "version": 0, "hash_algorithm": {"algorithm": "sha256"},
        "hashes": [{"number": n, "value": hashlib.sha256(c).digest()} for n, c in GROUPS.items()],
    }).dump()  # fmt: skip
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["2.23.136.1.1.1"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(payload).digest()]}),
        ]
    )
    certificate = certificate or certificate_of(key)
    if by_key_id:
        sid = cms.SignerIdentifier("subject_key_identifier", certificate.key_identifier_value.native)
    else:
        sid = cms.SignerIdentifier(
            "issuer_and_serial_number",
            {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
        )
    signed = cms.SignedData({
        "version": "v3", "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {
            "content_type": "2.23.136.1.1.1", "content": core.ParsableOctetString(payload),
        },
        "certificates": [cms.CertificateChoices("certificate", certificate)] if embed else None,
        "signer_infos": [{
            "version": "v1", "sid": sid,
            "digest_algorithm": {"algorithm": "sha256"}, "signed_attrs": attributes,
            "signature_algorithm": algorithm, "signature": sign(attributes.dump()),
        }],
    })  # fmt: skip
    return tlv.encode(0x77, cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(65537, 2048)


def ec_sign(message):
    return EC_KEY.sign(message, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("by_key_id", [False, True])
def test_ecdsa_signers_are_found_by_issuer_or_by_key_identifier(by_key_id):
    raw = signed_by(EC_KEY, {"algorithm": "sha256_ecdsa"}, ec_sign, by_key_id=by_key_id)
    assert sod.parse(raw).signature is Signature.VALID


@pytest.mark.parametrize("name", ["sha256_rsa", "rsassa_pkcs1v15"])
def test_rsa_signers(name):
    raw = signed_by(
        RSA_KEY, {"algorithm": name}, lambda m: RSA_KEY.sign(m, padding.PKCS1v15(), hashes.SHA256())
    )
    assert sod.parse(raw).signature is Signature.VALID


def test_rsa_pss_signers():
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    parameters = {
        "hash_algorithm": {"algorithm": "sha256"}, "salt_length": 32,
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
    }  # fmt: skip
    algorithm = {"algorithm": "rsassa_pss", "parameters": parameters}
    assert (
        sod.parse(signed_by(RSA_KEY, algorithm, lambda m: RSA_KEY.sign(m, pss, hashes.SHA256()))).signature
        is Signature.VALID
    )
    assert (
        sod.parse(
            signed_by(RSA_KEY, algorithm, lambda m: RSA_KEY.sign(m, padding.PKCS1v15(), hashes.SHA256()))
        ).signature
        is Signature.INVALID
    )


def test_a_file_that_leaves_out_the_signers_certificate_fails():
    """It must be there (ICAO Doc 9303-10 §4.6.2.2); leaving it out is no way around the check."""
    raw = signed_by(EC_KEY, {"algorithm": "sha256_ecdsa"}, ec_sign, embed=False)
    assert sod.parse(raw).signature is Signature.INVALID


def explicit(curve, **changes):
    """A key's certificate entry with its curve spelled out."""
    p, a, b, x, y, n = (int(value, 16) for value in public_keys._EXPLICIT[curve])
    values = {"p": p, "a": a, "b": b, "x": x, "y": y, "n": n, "h": 1} | changes
    size = (curve().key_size + 7) // 8
    key = ec.generate_private_key(curve())
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    domain = keys.SpecifiedECDomain({
        "version": 1,
        "field_id": {"field_type": "prime_field", "parameters": core.Integer(values["p"])},
        "curve": {"a": values["a"].to_bytes(size), "b": values["b"].to_bytes(size)},
        "base": keys.ECPoint(b"\x04" + values["x"].to_bytes(size) + values["y"].to_bytes(size)),
        "order": values["n"], "cofactor": values["h"],
    })  # fmt: skip
    info = keys.PublicKeyInfo({
        "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("specified", domain)},
        "public_key": keys.ECPointBitString(point),
    })  # fmt: skip
    return key, keys.PublicKeyInfo.load(info.dump())


@pytest.mark.parametrize("curve", public_keys._EXPLICIT, ids=lambda curve: curve.name)
def test_a_curve_that_is_spelled_out_is_recognised(curve):
    key, info = explicit(curve)
    loaded = public_keys.load(info)
    assert loaded.public_numbers() == key.public_key().public_numbers()
    # The constants themselves: the generator is on the curve and is what OpenSSL takes it for.
    p, a, b, x, y, _ = (int(value, 16) for value in public_keys._EXPLICIT[curve])
    assert (y * y - (x**3 + a * x + b)) % p == 0
    one = ec.derive_private_key(1, curve()).public_key().public_numbers()
    assert (one.x, one.y) == (x, y)


@pytest.mark.parametrize("change", ["p", "a", "b", "x", "y", "n", "h"])
def test_a_curve_with_one_parameter_changed_is_not(change):
    """CVE-2020-0601: a chosen generator would let anyone sign for a known public key."""
    values = dict(zip("pabxyn", (int(v, 16) for v in public_keys._EXPLICIT[ec.SECP256R1]), strict=True)) | {
        "h": 1
    }
    _, info = explicit(ec.SECP256R1, **{change: values[change] + 2})
    with pytest.raises(public_keys.UnsupportedKey):
        public_keys.load(info)


def test_an_unknown_curve_is_unsupported_not_wrong(issuer):
    certificate = certificate_of(EC_KEY)
    _, info = explicit(ec.SECP256R1, b=12345)
    certificate["tbs_certificate"]["subject_public_key_info"] = info
    raw = signed_by(EC_KEY, {"algorithm": "sha256_ecdsa"}, ec_sign, certificate=certificate)
    assert sod.parse(raw).signature is Signature.UNSUPPORTED
