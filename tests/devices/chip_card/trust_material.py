"""Invented issuers for tests: keys on any curve, certificates, revocation lists, signed data."""

import hashlib
import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, crl, keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves
from devices.chip_card.trust.sod import LdsSecurityObject

HASHES = {
    "sha1": hashes.SHA1(),  # noqa: S303 - the documents of the first years
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
MASTER_LIST = "2.23.136.1.1.2"
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
THIS_UPDATE, NEXT_UPDATE = datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
_serial_numbers = itertools.count(1000)


@dataclass(frozen=True)
class EcKey:
    """A key on any of the standardized curves; ``explicit`` spells the curve out in certificates."""

    curve: elliptic_curves.Curve = elliptic_curves.SECP256R1
    explicit: bool = True
    hash_name: str = "sha256"
    compressed: bool = False
    k: int = 0
    changes: dict = field(default_factory=dict)

    def __post_init__(self):
        if not self.k:
            object.__setattr__(self, "k", secrets.randbelow(self.curve.n - 3) + 2)

    @property
    def point(self):
        return elliptic_curves.multiply_generator(self.curve, self.k)

    def info(self):
        return keys.PublicKeyInfo({
            "algorithm": {"algorithm": "ec", "parameters": self._parameters()},
            "public_key": keys.ECPointBitString(self._encoded(self.point)),
        })  # fmt: skip

    def _encoded(self, point):
        if self.compressed:
            return bytes((2 + (point.y & 1),)) + point.x.to_bytes(self.curve.size)
        return elliptic_curves.encode_point(self.curve, point)

    def _parameters(self):
        if not self.explicit:
            return keys.ECDomainParameters("named", self.curve.oid)
        curve, size = self.curve, self.curve.size
        values = {
            "p": curve.p,
            "a": curve.a,
            "b": curve.b,
            "x": curve.gx,
            "y": curve.gy,
            "n": curve.n,
            "h": 1,
        }
        values |= self.changes
        domain = {
            "version": 1,
            "field_id": {"field_type": "prime_field", "parameters": core.Integer(values["p"])},
            "curve": {"a": values["a"].to_bytes(size), "b": values["b"].to_bytes(size)},
            "base": keys.ECPoint(self._encoded(elliptic_curves.Point(values["x"], values["y"]))),
            "order": values["n"],
        }  # fmt: skip
        if values["h"] is not None:
            domain["cofactor"] = values["h"]
        if "hash" in values:
            domain["hash"] = values["hash"]
        return keys.ECDomainParameters("specified", keys.SpecifiedECDomain(domain))

    def algorithm(self):
        return {"algorithm": f"{self.hash_name}_ecdsa"}

    def pair(self, message, hash_name=None):
        """r and s of ECDSA, by the schoolbook (SEC 1 §4.1.3)."""
        curve = self.curve
        digest = hashlib.new(hash_name or self.hash_name, message).digest()
        e = int.from_bytes(digest) >> max(0, 8 * len(digest) - curve.n.bit_length())
        while True:
            k = secrets.randbelow(curve.n - 3) + 2
            r = elliptic_curves.multiply_generator(curve, k).x % curve.n
            s = pow(k, -1, curve.n) * (e + r * self.k) % curve.n
            if r and s:
                return r, s

    def sign(self, message):
        return encode_dss_signature(*self.pair(message))


_RSA = rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True)
class RsaKey:
    """``scheme``: pkcs1 or pss. ``restricted`` names the key itself PSS."""

    scheme: str = "pkcs1"
    hash_name: str = "sha256"
    restricted: bool = False
    private: rsa.RSAPrivateKey = _RSA

    def info(self):
        der = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        info = keys.PublicKeyInfo.load(der)
        if self.restricted:
            info = keys.PublicKeyInfo({
                "algorithm": {"algorithm": "rsassa_pss", "parameters": self.algorithm()["parameters"]},
                "public_key": info["public_key"].parsed,
            })  # fmt: skip
        return info

    def algorithm(self):
        if self.scheme == "pkcs1":
            return {"algorithm": f"{self.hash_name}_rsa"}
        size = HASHES[self.hash_name].digest_size
        return {
            "algorithm": "rsassa_pss",
            "parameters": algos.RSASSAPSSParams({
                "hash_algorithm": {"algorithm": self.hash_name}, "salt_length": size,
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": self.hash_name}},
            }),
        }  # fmt: skip

    def sign(self, message):
        hashed = HASHES[self.hash_name]
        if self.scheme == "pkcs1":
            return self.private.sign(message, padding.PKCS1v15(), hashed)
        pss = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        return self.private.sign(message, pss, hashed)


def key_identifier(key):
    return hashlib.sha1(bytes(key.info()["public_key"].contents)[1:], usedforsecurity=False).digest()


def name(common, country="VN"):
    parts = {"country_name": country} if country else {}
    return x509.Name.build({**parts, "organization_name": "Invented", "common_name": common})


def moment(year, month=1, day=1):
    return datetime(year, month, day, tzinfo=UTC)


def certificate(
    subject,
    key,
    issuer=None,
    signer=None,
    *,
    authority=False,
    start=START,
    end=END,
    usage=None,
    extended=None,
    identifiers=True,
    constraints=True,
    authority_identifier=None,
    extra=(),
    serial_number=None,
):
    """DER of a certificate; without issuer and signer it is signed by its own key."""
    issuer, signer = issuer or subject, signer or key
    usual = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
    usage = usual if usage is None else usage
    extensions = []
    if usage:
        extensions.append({"extn_id": "key_usage", "critical": True, "extn_value": x509.KeyUsage(set(usage))})
    if constraints:
        value = x509.BasicConstraints({"ca": authority} | ({"path_len_constraint": 0} if authority else {}))
        extensions.append({"extn_id": "basic_constraints", "critical": True, "extn_value": value})
    if identifiers:
        own, above = key_identifier(key), authority_identifier or key_identifier(signer)
        extensions.append({"extn_id": "key_identifier", "extn_value": core.OctetString(own)})
        value = x509.AuthorityKeyIdentifier({"key_identifier": above})
        extensions.append({"extn_id": "authority_key_identifier", "extn_value": value})
    if extended:
        extensions.append({"extn_id": "extended_key_usage", "critical": True, "extn_value": [extended]})
    extensions += extra
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": serial_number or next(_serial_numbers),
            "signature": signer.algorithm(),
            "issuer": issuer,
            "validity": {"not_before": _time(start), "not_after": _time(end)},
            "subject": subject,
            "subject_public_key_info": key.info(),
            "extensions": extensions,
        }
    )
    signed = {"tbs_certificate": body, "signature_algorithm": signer.algorithm()}
    return x509.Certificate({**signed, "signature_value": signer.sign(body.dump())}).dump()


def _time(when):
    return x509.Time("utc_time", when) if when.year < 2050 else x509.Time("general_time", when)


@dataclass(frozen=True)
class Authority:
    """A country's signing authority with its own certificate."""

    common: str = "CSCA Invented"
    country: str = "VN"
    key: EcKey | RsaKey = field(default_factory=EcKey)
    start: datetime = START
    end: datetime = END

    @property
    def name(self):
        return name(self.common, self.country)

    def certificate(self, **changes):
        values = {"authority": True, "start": self.start, "end": self.end} | changes
        return _made_once(self, "own", values, lambda: certificate(self.name, self.key, **values))

    def signer(self, key=None, common="DS Invented", country=None, **changes):
        """A document signer's certificate."""
        return certificate(
            name(common, country or self.country), key or EcKey(), self.name, self.key, **changes
        )

    def link_to(self, other, **changes):
        """The certificate of the next key (or authority) under this one's key."""
        return certificate(other.name, other.key, self.name, self.key, authority=True, **changes)

    def revocation_list(
        self, *serial_numbers, this_update=THIS_UPDATE, next_update=NEXT_UPDATE, extra=(), key=None, number=1
    ):
        key = key or self.key
        above = x509.AuthorityKeyIdentifier({"key_identifier": key_identifier(key)})
        body = {
            "version": "v2",
            "signature": key.algorithm(),
            "issuer": self.name,
            "this_update": _time(this_update),
            "crl_extensions": [
                {"extn_id": "crl_number", "extn_value": core.Integer(number)},
                {"extn_id": "authority_key_identifier", "extn_value": above},
                *extra,
            ],
        }
        if next_update:
            body["next_update"] = _time(next_update)
        if serial_numbers:
            when = _time(this_update)
            body["revoked_certificates"] = [
                {"user_certificate": number, "revocation_date": when} for number in serial_numbers
            ]
        body = crl.TbsCertList(body)
        signed = {"tbs_cert_list": body, "signature_algorithm": key.algorithm()}
        return crl.CertificateList({**signed, "signature": key.sign(body.dump())}).dump()


_made = {}


def _made_once(authority, kind, values, make):
    place = (id(authority), kind, repr(sorted(values.items(), key=lambda one: one[0])))
    if place not in _made:
        _made[place] = (authority, make())  # the authority is kept so that its id is not given to another
    return _made[place][1]


def signed_data(
    content, signer_key, signer_certificate, *, content_type=LDS_SECURITY_OBJECT, certificates=None,
    by_key_id=False, algorithm=None, sign=None, digest="sha256", attributes=None, more_signers=(),
):  # fmt: skip
    """CMS signed data over ``content`` in DER."""
    found = x509.Certificate.load(signer_certificate)
    if by_key_id:
        sid = cms.SignerIdentifier("subject_key_identifier", key_identifier(signer_key))
    else:
        value = {"issuer": found.issuer, "serial_number": found.serial_number}
        sid = cms.SignerIdentifier("issuer_and_serial_number", value)
    if attributes is None:
        attributes = [
            {"type": "content_type", "values": [content_type]},
            {"type": "message_digest", "values": [hashlib.new(digest, content).digest()]},
        ]
    attributes = cms.CMSAttributes([cms.CMSAttribute(one) for one in attributes])
    signer = {
        "version": "v1", "sid": sid, "digest_algorithm": {"algorithm": digest}, "signed_attrs": attributes,
        "signature_algorithm": algorithm or signer_key.algorithm(),
        "signature": (sign or signer_key.sign)(attributes.dump()),
    }  # fmt: skip
    inside = [signer_certificate] if certificates is None else certificates
    signed = cms.SignedData({
        "version": "v3", "digest_algorithms": [{"algorithm": digest}],
        "encap_content_info": {"content_type": content_type, "content": core.ParsableOctetString(content)},
        "certificates": [cms.CertificateChoices("certificate", x509.Certificate.load(one)) for one in inside],
        "signer_infos": [*more_signers, signer],
    })  # fmt: skip
    return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()


def security_object(groups, hash_name="sha256", version=0):
    content = {
        "version": version, "hash_algorithm": {"algorithm": hash_name},
        "hashes": [
            {"number": number, "value": hashlib.new(hash_name, group).digest()}
            for number, group in groups.items()
        ],
    }  # fmt: skip
    if version:
        versions = tlv.encode(0x30, tlv.encode(0x13, b"0108") + tlv.encode(0x13, b"040000"))
        content["versions"] = core.Any(core.load(versions))
    return LdsSecurityObject(content).dump()


def sod(groups, signer_key, signer_certificate, *, hash_name="sha256", version=0, **how):
    """EF.SOD over the groups."""
    content = security_object(groups, hash_name, version)
    return tlv.encode(0x77, signed_data(content, signer_key, signer_certificate, **how))


def master_list(certificates, signer_key, signer_certificate, *, inside=None, **how):
    """A master list in CMS (Doc 9303-12 §8.2)."""
    items = core.load(tlv_set(certificates))
    content = tlv.encode(0x02, b"\x00") + items.dump()
    content = core.Sequence.load(_sequence(content)).dump()
    return signed_data(
        content, signer_key, signer_certificate, content_type=MASTER_LIST,
        certificates=[signer_certificate, *(inside or ())], **how,
    )  # fmt: skip


def tlv_set(items):
    body = b"".join(sorted(items))
    return b"\x31" + _length(len(body)) + body


def _sequence(body):
    return b"\x30" + _length(len(body)) + body


def _length(size):
    if size < 0x80:
        return bytes((size,))
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((0x80 | len(length),)) + length
