"""Public keys and signatures of travel documents: named and explicit curves, RSA PKCS #1 v1.5 and PSS.

Signers of travel documents mostly spell their curve out (explicit parameters), which ``cryptography``
refuses, also with values behind them that it calls trailing data. Such a curve is accepted only when every
constant is that of a standardized curve (``domain_parameters.matching``): a match of some would let a forger
choose the generator (CVE-2020-0601).

"Cannot be checked here" is ``UnsupportedKey`` and never "wrong".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from devices.chip_card.access import elliptic_curves
from devices.chip_card.access.elliptic_curves import Curve, CurveError, Point
from devices.chip_card.trust.definite_form import content_of, split

MALFORMED = (
    ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError,
)  # fmt: skip
"""What asn1crypto raises for structures that are not what they should be."""

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}  # fmt: skip
HASHES = frozenset(_HASHES)
"""asn1crypto's names of the hashes that Doc 9303-12 §4.1.6 allows, and SHA-1 of the first documents."""

_PKCS1, _PSS, _ECDSA, _PLAIN = "RSA PKCS #1 v1.5", "RSA PSS", "ECDSA", "plain ECDSA"
_SCHEMES: dict[str, tuple[str, str | None]] = {
    "1.2.840.113549.1.1.1": (_PKCS1, None), "1.2.840.113549.1.1.5": (_PKCS1, "sha1"),
    "1.2.840.113549.1.1.14": (_PKCS1, "sha224"), "1.2.840.113549.1.1.11": (_PKCS1, "sha256"),
    "1.2.840.113549.1.1.12": (_PKCS1, "sha384"), "1.2.840.113549.1.1.13": (_PKCS1, "sha512"),
    "1.3.14.3.2.29": (_PKCS1, "sha1"), "1.2.840.113549.1.1.10": (_PSS, None),
    "1.2.840.10045.4.1": (_ECDSA, "sha1"), "1.2.840.10045.4.3.1": (_ECDSA, "sha224"),
    "1.2.840.10045.4.3.2": (_ECDSA, "sha256"), "1.2.840.10045.4.3.3": (_ECDSA, "sha384"),
    "1.2.840.10045.4.3.4": (_ECDSA, "sha512"),
    "1.2.840.10045.2.1": (_ECDSA, None),  # the key's name where the signature's should stand, as some write
    # BSI TR-03111 §5.2.1.1: r ‖ s without DER
    "0.4.0.127.0.7.1.1.4.1.1": (_PLAIN, "sha1"), "0.4.0.127.0.7.1.1.4.1.2": (_PLAIN, "sha224"),
    "0.4.0.127.0.7.1.1.4.1.3": (_PLAIN, "sha256"), "0.4.0.127.0.7.1.1.4.1.4": (_PLAIN, "sha384"),
    "0.4.0.127.0.7.1.1.4.1.5": (_PLAIN, "sha512"),
}  # fmt: skip
_MGF1 = "1.2.840.113549.1.1.8"
_SHORTEST_MODULUS, _LONGEST_MODULUS, _LONGEST_EXPONENT = 1024, 16384, 64


class UnsupportedKey(ValueError):  # noqa: N818 - names the key, and is reported as "unsupported", not as an error
    """Key or signature algorithm that cannot be checked here; says nothing about genuineness."""


@dataclass(frozen=True)
class EllipticCurveKey:
    """A point on a standardized curve, also on one that OpenSSL lacks."""

    curve: Curve
    point: Point


PublicKey = EllipticCurveKey | rsa.RSAPublicKey


def load(info: keys.PublicKeyInfo) -> PublicKey:
    """The key of a certificate. Raises ``UnsupportedKey`` for unknown kinds and ``ValueError`` for malformed
    ones.
    """
    try:
        kind = _kind(info)
        if kind == "ec":
            curve = _curve(info["algorithm"]["parameters"])
            return EllipticCurveKey(curve, _point(curve, info["public_key"].native))
        if kind in ("rsa", "rsassa_pss"):
            numbers = info["public_key"].parsed
            return _rsa(numbers["modulus"].native, numbers["public_exponent"].native)
    except UnsupportedKey:
        raise
    except MALFORMED as error:
        raise ValueError(f"malformed public key: {type(error).__name__}") from None
    raise UnsupportedKey(f"keys of kind {kind}")


def describe(key: PublicKey) -> str:
    """The key in the standard's words, e.g. ``RSA 4096``."""
    return key.curve.name if isinstance(key, EllipticCurveKey) else f"RSA {key.key_size}"


def verify(
    key: PublicKey, algorithm: algos.SignedDigestAlgorithm, digest_name: str, signature: bytes, message: bytes
) -> bool:
    """Whether the signature over ``message`` is the key's.

    ``digest_name`` is used where the algorithm itself names no hash (CMS with ``rsaEncryption``).
    Raises ``UnsupportedKey`` for algorithms not known here, ``ValueError`` for malformed parameters.
    """
    oid = algorithm["algorithm"].dotted
    if oid not in _SCHEMES:
        raise UnsupportedKey(f"signature algorithm {oid}")
    scheme, named_hash = _SCHEMES[oid]
    if isinstance(key, EllipticCurveKey) is not (scheme in (_ECDSA, _PLAIN)):
        return False  # a key of the other kind did not make it
    if isinstance(key, EllipticCurveKey):
        return _verify_ecdsa(key, named_hash or digest_name, signature, message, plain=scheme == _PLAIN)
    if scheme == _PSS:
        return _verify_pss(key, algorithm, signature, message)
    return _verify_rsa(key, padding.PKCS1v15(), hash_named(named_hash or digest_name), signature, message)


def hash_named(name: str) -> hashes.HashAlgorithm:
    """The hash of asn1crypto's name. Raises ``UnsupportedKey``."""
    if name not in _HASHES:
        raise UnsupportedKey(f"hash {name}")
    return _HASHES[name]()


def _verify_ecdsa(
    key: EllipticCurveKey, hash_name: str, signature: bytes, message: bytes, *, plain: bool
) -> bool:
    digest = hashlib.new(hash_named(hash_name).name, message).digest()
    if plain:
        half, odd = divmod(len(signature), 2)
        if odd:
            return False
        r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
    else:
        try:
            r, s = decode_dss_signature(signature)
        except ValueError:
            return False
    return elliptic_curves.verify_ecdsa(key.curve, key.point, digest, r, s)


def _verify_pss(
    key: rsa.RSAPublicKey, algorithm: algos.SignedDigestAlgorithm, signature: bytes, message: bytes
) -> bool:
    """RFC 4055 §3.1; absent parameters stand for SHA-1, its MGF1 and a salt of 20 bytes."""
    try:
        parameters = algorithm["parameters"]
        if not isinstance(parameters, algos.RSASSAPSSParams):
            parameters = algos.RSASSAPSSParams({})
        hash_name = parameters["hash_algorithm"]["algorithm"].native
        mask = parameters["mask_gen_algorithm"]
        mask_oid, mask_hash = mask["algorithm"].dotted, mask["parameters"]["algorithm"].native
        salt, trailer = int(parameters["salt_length"]), int(parameters["trailer_field"])
    except MALFORMED as error:
        raise ValueError(f"malformed PSS parameters: {type(error).__name__}") from None
    if mask_oid != _MGF1 or trailer != 1 or not 0 <= salt <= _LONGEST_MODULUS // 8:
        raise UnsupportedKey("PSS with other than MGF1 and trailer 1")
    pss = padding.PSS(padding.MGF1(hash_named(mask_hash)), salt)
    return _verify_rsa(key, pss, hash_named(hash_name), signature, message)


def _verify_rsa(
    key: rsa.RSAPublicKey,
    how: padding.PKCS1v15 | padding.PSS,
    hashed: hashes.HashAlgorithm,
    signature: bytes,
    message: bytes,
) -> bool:
    try:
        key.verify(signature, message, how, hashed)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise UnsupportedKey(str(error)) from None
    return True


def _rsa(modulus: int, exponent: int) -> rsa.RSAPublicKey:
    if not _SHORTEST_MODULUS <= modulus.bit_length() <= _LONGEST_MODULUS:
        raise UnsupportedKey(f"RSA with {modulus.bit_length()} bits")
    if exponent.bit_length() > _LONGEST_EXPONENT:
        raise UnsupportedKey("RSA with a huge exponent")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _kind(info: keys.PublicKeyInfo) -> str:
    """The algorithm's name, or its identifier: asked for it, ``info`` refuses kinds that it does not know."""
    algorithm = split(content_of(info.dump()), 2)[0]
    kind: str = keys.PublicKeyAlgorithm.load(algorithm, strict=True)["algorithm"].native
    return kind


def _curve(parameters: keys.ECDomainParameters) -> Curve:
    if parameters.name == "named":
        oid = parameters.chosen.dotted
        curve = elliptic_curves.named(oid)
        if curve is None:
            raise UnsupportedKey(f"curve {oid}")
        return curve
    if parameters.name != "specified":
        raise UnsupportedKey("inherited curve parameters")
    spelled = parameters.chosen
    if spelled["field_id"]["field_type"].native != "prime_field":
        raise UnsupportedKey("a curve over no prime field")
    p = spelled["field_id"]["parameters"].native
    base = spelled["base"].native
    a, b = (int.from_bytes(spelled["curve"][name].native) for name in ("a", "b"))
    n, cofactor = spelled["order"].native, spelled["cofactor"].native
    for curve in elliptic_curves.STANDARDIZED:
        generator = _generator(curve, base) if curve.p == p else None
        if generator is not None:
            matching = elliptic_curves.matching(p, a, b, generator.x, generator.y, n, cofactor)
            if matching is not None:
                return matching
    raise UnsupportedKey("explicit parameters of no known curve")


def _generator(curve: Curve, base: bytes) -> Point | None:
    """The base point, which may be compressed: then it stands for the curve's own if x and parity agree."""
    size = curve.size
    if len(base) == 1 + 2 * size and base[0] == 4:
        return Point(int.from_bytes(base[1 : 1 + size]), int.from_bytes(base[1 + size :]))
    if base == bytes((2 + (curve.gy & 1),)) + curve.gx.to_bytes(size):
        return Point(curve.gx, curve.gy)
    return None


def _point(curve: Curve, data: bytes) -> Point:
    """A public point, uncompressed or compressed (SEC 1 §2.3.4). Raises ``ValueError`` off the curve."""
    if len(data) != 1 + curve.size or data[0] not in (2, 3):
        return elliptic_curves.decode_point(curve, data)
    x = int.from_bytes(data[1:])
    if curve.p % 4 != 3:
        raise UnsupportedKey(f"a compressed point on {curve.name}")
    y = pow((x * x + curve.a) * x + curve.b, (curve.p + 1) // 4, curve.p)
    point = Point(x, y if y & 1 == data[0] & 1 else curve.p - y)
    if not elliptic_curves.is_on_curve(curve, point):
        raise CurveError("the point is not on the curve")
    return point
