"""EF.SOD: the issuer's signature over the hashes of all data groups (ICAO Doc 9303-10 §4.6.2, Doc 9303-11
§5.1).

Two things are answered here: does every data group read have the hash that was signed, and does the signature
verify under the document signer's certificate that lies in the same file. Whether that certificate comes from
the state is the chain of trust (Doc 9303-12), which is not judged here: until then a forger's own signer
passes this check.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from asn1crypto import cms, core, x509

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import SOD
from devices.chip_card.trust import public_keys
from devices.chip_card.trust.public_keys import UnsupportedKey
from kiosk.identity.card_proof import GroupHash, Signature

_LDS_SECURITY_OBJECT = frozenset(
    ("2.23.136.1.1.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1", "1.2.840.113549.1.7.1")
)
_HASHES = frozenset(("sha1", "sha224", "sha256", "sha384", "sha512"))


class DataGroupHash(core.Sequence):  # type: ignore[misc]
    """One signed hash."""

    _fields: ClassVar = [("number", core.Integer), ("value", core.OctetString)]


class DataGroupHashes(core.SequenceOf):  # type: ignore[misc]
    """All signed hashes."""

    _child_spec = DataGroupHash


class LdsSecurityObject(core.Sequence):  # type: ignore[misc]
    """What is signed (ICAO Doc 9303-10 §4.6.2.2); version 1 adds the versions of LDS and Unicode at its
    end.
    """

    _fields: ClassVar = [
        ("version", core.Integer),
        ("hash_algorithm", cms.DigestAlgorithm),
        ("hashes", DataGroupHashes),
        ("versions", core.Any, {"optional": True}),
    ]


@dataclass(frozen=True)
class SecurityObject:
    """The signed hashes, and whether the signature over them verifies. ``signer``: the certificate in DER, if
    any.
    """

    hash_name: str
    hashes: Mapping[int, bytes] = field(repr=False)
    signature: Signature
    signer: bytes | None = field(repr=False)

    def check(self, number: int, content: bytes) -> GroupHash:
        """Compare a data group (the whole file) with its signed hash."""
        signed = self.hashes.get(number)
        if signed is None:
            return GroupHash.NOT_IN_SOD
        digest = hashlib.new(self.hash_name, content, usedforsecurity=True).digest()
        return GroupHash.MATCH if hmac.compare_digest(digest, signed) else GroupHash.MISMATCH


def parse(data: bytes) -> SecurityObject:
    """Read the file and verify its signature.

    Raises ``CardProblem`` (data unreadable) when it is no signed LDS security object. A signature that is
    wrong, or that cannot be checked here, is a result: ``FAILED`` or ``UNSUPPORTED``.
    """
    try:
        signed = _signed_data(tlv.single(data, SOD.tag).value)
        payload = bytes(signed["encap_content_info"]["content"])
        security_object = LdsSecurityObject.load(payload, strict=True)
        hash_name = security_object["hash_algorithm"]["algorithm"].native
        hashes = {item["number"].native: item["value"].native for item in security_object["hashes"]}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise unreadable(f"EF.SOD: {type(error).__name__}") from None
    if hash_name not in _HASHES:
        raise unreadable(f"EF.SOD: hash algorithm {hash_name}")
    if len(hashes) != len(security_object["hashes"]):
        raise unreadable("EF.SOD: a data group is listed twice")
    signer: bytes | None = None
    try:
        certificate, info = _signer(signed)
        signer = certificate.dump()
        result = _verify(signed, info, certificate, payload)
    except UnsupportedKey:
        result = Signature.UNSUPPORTED
    except (ValueError, TypeError, KeyError, AttributeError):
        result = Signature.INVALID
    return SecurityObject(hash_name, hashes, result, signer)


def _signed_data(data: bytes) -> cms.SignedData:
    info = cms.ContentInfo.load(data, strict=True)
    if info["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    signed: cms.SignedData = info["content"]
    if signed["encap_content_info"]["content_type"].dotted not in _LDS_SECURITY_OBJECT:
        raise ValueError("not an LDS security object")
    return signed


def _signer(signed: cms.SignedData) -> tuple[x509.Certificate, cms.SignerInfo]:
    """The one signer and its certificate, found by key identifier or by issuer and serial number."""
    infos = list(signed["signer_infos"])
    if len(infos) != 1:
        raise ValueError("not exactly one signer")
    identifier = infos[0]["sid"]
    for choice in signed["certificates"] or ():
        certificate = choice.chosen
        if not isinstance(certificate, x509.Certificate):
            continue
        if identifier.name == "subject_key_identifier":
            if certificate.key_identifier == identifier.chosen.native:
                return certificate, infos[0]
        elif (
            certificate.issuer.dump() == identifier.chosen["issuer"].dump()
            and certificate.serial_number == identifier.chosen["serial_number"].native
        ):
            return certificate, infos[0]
    raise ValueError("the signer's certificate, which must be in the file, is not")


def _verify(
    signed: cms.SignedData, info: cms.SignerInfo, certificate: x509.Certificate, payload: bytes
) -> Signature:
    digest_name = info["digest_algorithm"]["algorithm"].native
    message = payload
    attributes = info["signed_attrs"]
    if attributes:
        if digest_name not in _HASHES:
            raise UnsupportedKey(f"hash {digest_name}")
        values = {item["type"].native: item["values"] for item in attributes}
        if len(values) != len(attributes):
            return Signature.INVALID
        digest = hashlib.new(digest_name, payload).digest()
        if not hmac.compare_digest(values["message_digest"][0].native, digest):
            return Signature.INVALID
        if values["content_type"][0].dotted != signed["encap_content_info"]["content_type"].dotted:
            return Signature.INVALID
        # Signed is the SET OF itself, not the context-tagged form in which it is sent (RFC 5652 §5.4).
        message = b"\x31" + attributes.dump()[1:]
    key = public_keys.load(certificate.public_key)
    valid = public_keys.verify(
        key, info["signature_algorithm"], digest_name, info["signature"].native, message
    )
    return Signature.VALID if valid else Signature.INVALID
