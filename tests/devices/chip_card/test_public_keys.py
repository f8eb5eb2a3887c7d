"""Keys of the documents' world: every standardized curve, named or spelled out; unsupported is not wrong."""

import contextlib

import pytest
import trust_material as made
from asn1crypto import algos, keys
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.trust import public_keys
from devices.chip_card.trust.public_keys import UnsupportedKey

MESSAGE = b"what is signed"


def loaded(key):
    return public_keys.load(keys.PublicKeyInfo.load(key.info().dump()))


def algorithm(key):
    return algos.SignedDigestAlgorithm(key.algorithm())


@pytest.mark.parametrize("explicit", [True, False], ids=["explicit", "named"])
@pytest.mark.parametrize("curve", curves.STANDARDIZED, ids=lambda curve: curve.name)
def test_every_standardized_curve_is_recognised_and_verifies(curve, explicit):
    key = made.EcKey(curve, explicit)
    found = loaded(key)
    assert (found.curve, found.point) == (curve, key.point)
    signature = key.sign(MESSAGE)
    assert public_keys.verify(found, algorithm(key), "", signature, MESSAGE)
    assert not public_keys.verify(found, algorithm(key), "", signature, MESSAGE + b".")
    assert public_keys.describe(found) == curve.name


@pytest.mark.parametrize("curve", curves.STANDARDIZED, ids=lambda curve: curve.name)
def test_compressed_points_are_those_points(curve):
    """The public point and, in explicit parameters, the base point (SEC 1 §2.3.4)."""
    key = made.EcKey(curve, compressed=True)
    if curve.p % 4 == 3:
        assert loaded(key).point == key.point
    else:
        with pytest.raises(UnsupportedKey):
            loaded(key)


@pytest.mark.parametrize("change", ["p", "a", "b", "x", "y", "n", "h"])
@pytest.mark.parametrize("curve", [curves.SECP256R1, curves.BRAINPOOL_P512R1], ids=lambda curve: curve.name)
def test_a_curve_with_one_parameter_changed_is_unsupported(curve, change):
    """CVE-2020-0601: a chosen generator would let anyone sign for a known public key."""
    values = {"p": curve.p, "a": curve.a, "b": curve.b, "x": curve.gx, "y": curve.gy, "n": curve.n, "h": 1}
    with pytest.raises(UnsupportedKey):
        loaded(made.EcKey(curve, changes={change: values[change] + 2}))


def test_a_cofactor_may_be_left_out_and_a_hash_may_follow():
    """The hash behind the parameters is what other libraries call trailing data."""
    key = made.EcKey(curves.BRAINPOOL_P384R1, changes={"h": None})
    assert loaded(key).point == key.point
    key = made.EcKey(curves.BRAINPOOL_P384R1, changes={"hash": {"algorithm": "sha384"}})
    assert loaded(key).point == key.point


def test_a_point_off_the_curve_is_malformed_not_unsupported():
    key = made.EcKey(curves.SECP256R1)
    info = key.info()
    info["public_key"] = keys.ECPointBitString(b"\x04" + bytes(63) + b"\x01")
    with pytest.raises(ValueError, match="malformed") as caught:
        public_keys.load(keys.PublicKeyInfo.load(info.dump(force=True)))
    assert not isinstance(caught.value, UnsupportedKey)


@pytest.mark.parametrize("hash_name", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("scheme", ["pkcs1", "pss"])
def test_rsa_with_every_hash(scheme, hash_name):
    key = made.RsaKey(scheme, hash_name)
    assert public_keys.verify(loaded(key), algorithm(key), "", key.sign(MESSAGE), MESSAGE)
    other = made.RsaKey("pss" if scheme == "pkcs1" else "pkcs1", hash_name)
    assert not public_keys.verify(loaded(key), algorithm(key), "", other.sign(MESSAGE), MESSAGE)


def test_a_key_that_is_named_pss_itself():
    key = made.RsaKey("pss", "sha384", restricted=True)
    assert public_keys.verify(loaded(key), algorithm(key), "", key.sign(MESSAGE), MESSAGE)


def test_plain_ecdsa_is_two_numbers_without_der():
    """BSI TR-03111 §5.2.1.1."""
    key = made.EcKey(curves.BRAINPOOL_P256R1)
    plain = algos.SignedDigestAlgorithm({"algorithm": "0.4.0.127.0.7.1.1.4.1.3"})
    r, s = key.pair(MESSAGE, "sha256")
    signature = r.to_bytes(32) + s.to_bytes(32)
    assert public_keys.verify(loaded(key), plain, "", signature, MESSAGE)
    assert not public_keys.verify(loaded(key), plain, "", signature[:-1], MESSAGE)
    assert not public_keys.verify(loaded(key), plain, "", key.sign(MESSAGE), MESSAGE)


@pytest.mark.parametrize("name", ["sha3_256_ecdsa", "md5_rsa", "ed25519", "sha1_dsa", "1.2.3.4"])
@pytest.mark.parametrize("key", [made.EcKey(), made.RsaKey()], ids=["ec", "rsa"])
def test_algorithms_that_are_not_known_are_unsupported(key, name):
    with pytest.raises(UnsupportedKey):
        public_keys.verify(loaded(key), algos.SignedDigestAlgorithm({"algorithm": name}), "", b"", MESSAGE)


def test_a_key_of_another_kind_did_not_make_a_signature():
    ec, rsa = made.EcKey(), made.RsaKey()
    assert not public_keys.verify(loaded(ec), algorithm(rsa), "", rsa.sign(MESSAGE), MESSAGE)
    assert not public_keys.verify(loaded(rsa), algorithm(ec), "", ec.sign(MESSAGE), MESSAGE)


def test_a_hash_that_is_not_known_is_unsupported():
    plain_rsa = algos.SignedDigestAlgorithm({"algorithm": "rsassa_pkcs1v15"})
    with pytest.raises(UnsupportedKey):
        public_keys.verify(loaded(made.RsaKey()), plain_rsa, "md5", b"", MESSAGE)


@pytest.mark.parametrize(
    ("exponent", "bits"), [(65537, 512), (65537, 20000), (2**65 + 1, 2048)], ids=["short", "huge", "exponent"]
)
def test_rsa_keys_out_of_bounds_are_unsupported(exponent, bits):
    info = keys.PublicKeyInfo({
        "algorithm": {"algorithm": "rsa"},
        "public_key": keys.RSAPublicKey({"modulus": (1 << bits) - 1, "public_exponent": exponent}),
    })  # fmt: skip
    with pytest.raises(UnsupportedKey):
        public_keys.load(keys.PublicKeyInfo.load(info.dump()))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_of_a_key_gives_a_key_or_a_refusal(data):
    key = data.draw(st.sampled_from([made.EcKey(k=5), made.EcKey(explicit=False, k=5), made.RsaKey()]))
    raw = bytearray(key.info().dump())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = public_keys.load(keys.PublicKeyInfo.load(bytes(raw)))
    except ValueError:
        return
    signature = data.draw(st.binary(max_size=80))
    with contextlib.suppress(UnsupportedKey):
        assert not public_keys.verify(found, algorithm(key), "", signature, MESSAGE)
