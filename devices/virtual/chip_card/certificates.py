"""Certificates and revocation lists of the demo issuers, field by field (RFC 5280, ICAO Doc 9303-12 §7).

Certificate builders of libraries refuse much of what real and forged certificates have: curves spelled out,
SHA-1, another authority's name, serial number and key identifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import core, crl, keys, x509

from devices.virtual.chip_card.signing_keys import SigningKey


@dataclass(frozen=True)
class Authority:
    """A root: its name, its key and its certificate in DER."""

    name: x509.Name = field(repr=False)
    key: SigningKey = field(repr=False)
    hash_name: str
    certificate: bytes = field(repr=False)
    key_id: bytes = field(repr=False)


def name(country: str, common: str) -> x509.Name:
    """A distinguished name that claims no authority."""
    return x509.Name.build({
        "country_name": country, "organization_name": "Mot Cua demonstration, no authority",
        "common_name": common,
    })  # fmt: skip


def key_identifier(key: SigningKey) -> bytes:
    """SHA-1 of the public key's bits (RFC 5280 §4.2.1.2)."""
    info = keys.PublicKeyInfo.load(key.public_key_info())
    return hashlib.sha1(info["public_key"].contents[1:], usedforsecurity=False).digest()


def root_certificate(  # noqa: PLR0917 - what a certificate is made of
    subject: x509.Name,
    key: SigningKey,
    hash_name: str,
    begins: datetime,
    ends: datetime,
    serial: int,
    claimed_key_id: bytes | None = None,
) -> Authority:
    """A self-signed root (CSCA). ``claimed_key_id``: an identifier that is not this key's."""
    key_id = claimed_key_id or key_identifier(key)
    extensions = [
        _extension("basic_constraints", {"ca": True, "path_len_constraint": 0}, critical=True),
        _extension("key_usage", {"key_cert_sign", "crl_sign"}, critical=True),
        _extension("key_identifier", key_id),
    ]
    made = _certificate(subject, subject, key, key, hash_name, begins, ends, serial, extensions)
    return Authority(subject, key, hash_name, made, key_id)


def signer_certificate(  # noqa: PLR0917 - what a certificate is made of
    authority: Authority,
    subject: x509.Name,
    key: SigningKey,
    begins: datetime,
    ends: datetime,
    serial: int,
) -> bytes:
    """A document signer's certificate in DER."""
    extensions = [
        _extension("authority_key_identifier", {"key_identifier": authority.key_id}),
        _extension("key_identifier", key_identifier(key)),
        _extension("basic_constraints", {"ca": False}, critical=True),
        _extension("key_usage", {"digital_signature"}, critical=True),
    ]
    return _certificate(
        subject, authority.name, key, authority.key, authority.hash_name, begins, ends, serial, extensions
    )


def revocation_list(
    authority: Authority, revoked: Iterable[int], this_update: datetime, next_update: datetime
) -> bytes:
    """The authority's revocation list in DER."""
    algorithm = authority.key.algorithm(authority.hash_name)
    entries = [
        {"user_certificate": serial, "revocation_date": x509.Time({"utc_time": this_update})}
        for serial in revoked
    ]
    to_sign = crl.TbsCertList({
        "version": "v2",
        "signature": algorithm,
        "issuer": authority.name,
        "this_update": x509.Time({"utc_time": this_update}),
        "next_update": x509.Time({"utc_time": next_update}),
        "revoked_certificates": entries,
        "crl_extensions": [
            {
                "extn_id": "authority_key_identifier",
                "extn_value": {"key_identifier": authority.key_id},
            },
            {"extn_id": "crl_number", "extn_value": int(this_update.timestamp())},
        ],
    })  # fmt: skip
    signature = authority.key.sign(to_sign.dump(), authority.hash_name)
    made: bytes = crl.CertificateList({
        "tbs_cert_list": to_sign, "signature_algorithm": algorithm,
        "signature": core.OctetBitString(signature),
    }).dump()  # fmt: skip
    return made


def _certificate(  # noqa: PLR0917 - what a certificate is made of
    subject: x509.Name,
    issuer: x509.Name,
    key: SigningKey,
    issuer_key: SigningKey,
    hash_name: str,
    begins: datetime,
    ends: datetime,
    serial: int,
    extensions: list[dict[str, Any]],
) -> bytes:
    algorithm = issuer_key.algorithm(hash_name)
    to_sign = x509.TbsCertificate({
        "version": "v3",
        "serial_number": serial,
        "signature": algorithm,
        "issuer": issuer,
        "validity": {"not_before": _time(begins), "not_after": _time(ends)},
        "subject": subject,
        "subject_public_key_info": keys.PublicKeyInfo.load(key.public_key_info()),
        "extensions": extensions,
    })  # fmt: skip
    signature = issuer_key.sign(to_sign.dump(), hash_name)
    made: bytes = x509.Certificate({
        "tbs_certificate": to_sign, "signature_algorithm": algorithm,
        "signature_value": core.OctetBitString(signature),
    }).dump()  # fmt: skip
    return made


def _time(moment: datetime) -> x509.Time:
    return x509.Time({"utc_time": moment})


def _extension(kind: str, value: Any, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": kind, "critical": critical, "extn_value": value}
