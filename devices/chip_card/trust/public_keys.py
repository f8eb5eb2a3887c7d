"""Public keys and signatures of the documents' world: named and explicit curves, RSA PKCS #1 v1.5 and PSS.

Signers of travel documents mostly spell their curve out (explicit parameters), which ``cryptography``
refuses. Such a curve is accepted only when field prime, a, b, generator, order and cofactor all equal those
of a known curve: a match of some of them would let a forger choose the generator (CVE-2020-0601).
"""

from __future__ import annotations

from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}  # fmt: skip
_NAMED: dict[str, type[ec.EllipticCurve]] = {
    "1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1, "1.3.36.3.3.2.8.1.1.11": ec.BrainpoolP384R1,
    "1.3.36.3.3.2.8.1.1.13": ec.BrainpoolP512R1, "1.2.840.10045.3.1.7": ec.SECP256R1,
    "1.3.132.0.34": ec.SECP384R1, "1.3.132.0.35": ec.SECP521R1, "1.3.132.0.33": ec.SECP224R1,
}  # fmt: skip
# curve: p, a, b, x and y of the generator, order (RFC 5639 §3.4, §3.6, §3.7; SEC 2 §2.4.2, §2.5.1, §2.6.1);
# all cofactor 1
_EXPLICIT: dict[type[ec.EllipticCurve], tuple[str, str, str, str, str, str]] = {
    ec.BrainpoolP256R1: (
        "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
        "7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
        "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
        "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262",
        "547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997",
        "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
    ),
    ec.SECP256R1: (
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
        "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
        "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
        "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
    ),
    ec.BrainpoolP384R1: (
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53",
        "7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8C7DD22CE2826",
        "04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB78696FA504C11",
        "1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87B2E247D4AF1E",
        "8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C5315",
        "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565",
    ),
    ec.SECP384R1: (
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFC",
        "B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF",
        "AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7",
        "3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
    ),
    ec.BrainpoolP512R1: (
        "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA703308717D4D9B009BC66842AECDA12AE6A380E6"
        "2881FF2F2D82C68528AA6056583A48F3",
        "7830A3318B603B89E2327145AC234CC594CBDD8D3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B5"
        "7F1117A72BF2C7B9E7C1AC4D77FC94CA",
        "3DF91610A83441CAEA9863BC2DED5D5AA8253AA10A2EF1C98B9AC8B57F1117A72BF2C7B9E7C1AC4D77FC94CADC083E67"
        "984050B75EBAE5DD2809BD638016F723",
        "81AEE4BDD82ED9645A21322E9C4C6A9385ED9F70B5D916C1B43B62EEF4D0098EFF3B1F78E2D0D48D50D1687B93B97D5F"
        "7C6D5047406A5E688B352209BCB9F822",
        "7DDE385D566332ECC0EABFA9CF7822FDF209F70024A57B1AA000C55B881F8111B2DCDE494A5F485E5BCA4BD88A2763AE"
        "D1CA2B2FA8F0540678CD1E0F3AD80892",
        "AADD9DB8DBE9C48B3FD4E6AE33C9FC07CB308DB3B3C9D20ED6639CCA70330870553E5C414CA92619418661197FAC1047"
        "1DB1D381085DDADDB58796829CA90069",
    ),
    ec.SECP521R1: (
        "1FF" + "F" * 128,
        "1FF" + "F" * 127 + "C",
        "51953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF"
        "073573DF883D2C34F1EF451FD46B503F00",
        "C6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8"
        "DE3348B3C1856A429BF97E7E31C2E5BD66",
        "11839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0"
        "761353C7086A272C24088BE94769FD16650",
        "1FF" + "F" * 63 + "A51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
    ),
}


class UnsupportedKey(ValueError):  # noqa: N818 - names the key, and is reported as "unsupported", not as an error
    """Key or signature algorithm that cannot be checked here; says nothing about genuineness."""


def load(info: keys.PublicKeyInfo) -> PublicKey:
    """The key of a certificate. Raises ``UnsupportedKey`` for unknown kinds and ``ValueError`` for malformed
    ones.
    """
    kind = info.algorithm
    if kind == "ec":
        curve = _curve(info["algorithm"]["parameters"])
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, info["public_key"].native)
    if kind in ("rsa", "rsassa_pss"):
        numbers = info["public_key"].parsed
        return rsa.RSAPublicNumbers(numbers["public_exponent"].native, numbers["modulus"].native).public_key()
    raise UnsupportedKey(f"keys of kind {kind}")


def hash_named(name: str) -> hashes.HashAlgorithm:
    """The hash of asn1crypto's name. Raises ``UnsupportedKey``."""
    if name not in _HASHES:
        raise UnsupportedKey(f"hash {name}")
    return _HASHES[name]()


def verify(
    key: PublicKey, algorithm: algos.SignedDigestAlgorithm, digest_name: str, signature: bytes, message: bytes
) -> bool:
    """Whether the signature over ``message`` is the key's.

    ``digest_name`` is used where the algorithm itself names no hash (CMS with ``rsaEncryption``).
    Raises ``UnsupportedKey`` for algorithms not known here or not fitting the key.
    """
    kind = algorithm.signature_algo
    try:
        if kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hash_named(_digest(algorithm, digest_name))))
        elif kind == "rsassa_pkcs1v15" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hash_named(_digest(algorithm, digest_name)))
        elif kind == "rsassa_pss" and isinstance(key, rsa.RSAPublicKey):
            parameters = algorithm["parameters"]
            hash_algorithm = hash_named(parameters["hash_algorithm"]["algorithm"].native)
            mask = parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native
            salt = parameters["salt_length"].native
            key.verify(signature, message, padding.PSS(padding.MGF1(hash_named(mask)), salt), hash_algorithm)
        else:
            raise UnsupportedKey(f"signature {kind}")
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise UnsupportedKey(str(error)) from None
    return True


def _digest(algorithm: algos.SignedDigestAlgorithm, fallback: str) -> str:
    try:
        return str(algorithm.hash_algo)
    except ValueError:
        return fallback


def _curve(parameters: keys.ECDomainParameters) -> ec.EllipticCurve:
    if parameters.name == "named":
        known = _NAMED.get(parameters.chosen.dotted)
        if known is None:
            raise UnsupportedKey(f"curve {parameters.chosen.dotted}")
        return known()
    if parameters.name != "specified":
        raise UnsupportedKey("inherited curve parameters")
    spelled = parameters.chosen
    if spelled["field_id"]["field_type"].native != "prime_field":
        raise UnsupportedKey("not a prime field")
    base = spelled["base"].native
    size = (len(base) - 1) // 2
    found = (
        spelled["field_id"]["parameters"].native,
        int.from_bytes(spelled["curve"]["a"].native),
        int.from_bytes(spelled["curve"]["b"].native),
        int.from_bytes(base[1 : 1 + size]),
        int.from_bytes(base[1 + size :]) if base[:1] == b"\x04" else None,
        spelled["order"].native,
    )
    cofactor = spelled["cofactor"].native
    for curve, constants in _EXPLICIT.items():
        p, a, b, x, y, n = (int(constant, 16) for constant in constants)
        y_of_base = found[4] if found[4] is not None else (y if base[:1] == bytes((2 + (y & 1),)) else -1)
        if (*found[:4], y_of_base, found[5]) == (p, a, b, x, y, n) and cofactor in (None, 1):
            return curve()
    raise UnsupportedKey("explicit parameters of no known curve")
