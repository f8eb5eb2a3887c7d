"""One certificate, as far as Doc 9303-12 §7.1 gives its parts a meaning: a thin view of the DER."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import ClassVar

from asn1crypto import core, x509

from devices.chip_card.trust import public_keys
from devices.chip_card.trust.definite_form import content_of, definite, split
from devices.chip_card.trust.public_keys import MALFORMED, PublicKey, UnsupportedKey

LARGEST = 65535
MASTER_LIST_SIGNER = "2.23.136.1.1.3"
_KEY_USAGE, _BASIC_CONSTRAINTS, _EXTENDED_KEY_USAGE = "2.5.29.15", "2.5.29.19", "2.5.29.37"
_KEY_IDENTIFIER, _AUTHORITY_KEY_IDENTIFIER = "2.5.29.14", "2.5.29.35"
_READ = frozenset(
    (_KEY_USAGE, _BASIC_CONSTRAINTS, _EXTENDED_KEY_USAGE, _KEY_IDENTIFIER, _AUTHORITY_KEY_IDENTIFIER)
)
LONGEST_READ = 4096
_BIT_STRING = 0x03
# Doc 9303-12 table 5: what a certificate may mark as critical and is either looked at here or restricts
# nothing that is judged here (private key usage period, alternative names, policies, name change, document
# types, distribution points).
_UNDERSTOOD = frozenset(
    (
        _KEY_USAGE, _BASIC_CONSTRAINTS, _EXTENDED_KEY_USAGE, _KEY_IDENTIFIER, _AUTHORITY_KEY_IDENTIFIER,
        "2.5.29.16", "2.5.29.17", "2.5.29.18", "2.5.29.31", "2.5.29.32", "2.23.136.1.1.6.1",
        "2.23.136.1.1.6.2",
    )
)  # fmt: skip

Name = tuple[tuple[str, str], ...]
"""A distinguished name to compare: object identifiers and folded text, in their order."""


class CertificateError(ValueError):
    """The bytes are no X.509 certificate that can be read."""


@dataclass(frozen=True)
class Certificate:
    """A certificate whose parts have been read; nothing is verified yet.

    Moments are in UTC. ``key_usage`` is ``None`` when there is no such extension, ``authority`` when there
    are no basic constraints.
    """

    der: bytes = field(repr=False)
    sha256: str
    subject: Name = field(repr=False)
    issuer: Name = field(repr=False)
    subject_text: str
    issuer_text: str = field(repr=False)
    country: str | None
    issuer_country: str | None = field(repr=False)
    serial_number: int
    not_before: datetime
    not_after: datetime
    key_identifier: bytes | None = field(repr=False)
    authority_key_identifier: bytes | None = field(repr=False)
    key_usage: frozenset[str] | None = field(repr=False)
    extended_key_usage: frozenset[str] = field(repr=False)
    authority: bool | None = field(repr=False)
    unknown_critical: tuple[str, ...] = field(repr=False)
    parsed: x509.Certificate = field(repr=False, compare=False)

    @classmethod
    def parse(cls, der: bytes) -> Certificate:
        """Raises ``CertificateError``."""
        if len(der) > LARGEST:
            raise CertificateError("larger than any certificate")
        try:
            definite(der)  # for its bounds; what is no DER fails below
            return _read(der)
        except MALFORMED as error:
            raise CertificateError(f"no certificate: {type(error).__name__}") from None

    @property
    def self_issued(self) -> bool:
        """Subject and issuer are the same name; not yet that its own key signed it."""
        return self.subject == self.issuer

    @property
    def certifies(self) -> bool:
        """A certification authority by its key usage, or where that is missing by its basic constraints."""
        if self.key_usage is None:
            return self.authority is True
        return "key_cert_sign" in self.key_usage

    @property
    def fingerprint(self) -> str:
        """SHA-256 in groups of four, as people compare it."""
        return " ".join(self.sha256[place : place + 4] for place in range(0, 64, 4))

    @cached_property
    def key(self) -> PublicKey:
        """Raises ``UnsupportedKey``, or ``ValueError`` when malformed."""
        return public_keys.load(self.parsed.public_key)

    @cached_property
    def key_bytes(self) -> bytes:
        """The public key itself, without its algorithm: the same in two spellings of one curve."""
        return _key_bytes(self.parsed["tbs_certificate"]["subject_public_key_info"])

    @cached_property
    def key_hash(self) -> bytes:
        """SHA-1 of the key, the usual key identifier (RFC 5280 §4.2.1.2) where none is written down."""
        return hashlib.sha1(self.key_bytes[1:], usedforsecurity=False).digest()

    @cached_property
    def self_signed(self) -> bool:
        """Its own key signed it. Raises ``UnsupportedKey``."""
        return self.self_issued and self.signed_by(self)

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether the issuer's key signed this certificate; names play no part.

        Raises ``UnsupportedKey``. A malformed key or signature is no signature.
        """
        try:
            algorithm = self.parsed["signature_algorithm"]
            if (
                algorithm["algorithm"].dotted
                != self.parsed["tbs_certificate"]["signature"]["algorithm"].dotted
            ):
                return False
            return public_keys.verify(
                issuer.key, algorithm, "", self.parsed["signature_value"].native,
                self.parsed["tbs_certificate"].dump(),
            )  # fmt: skip
        except UnsupportedKey:
            raise
        except MALFORMED:
            return False

    def valid_on(self, day: date) -> bool:
        """Within its validity, both days included."""
        return self.not_before.date() <= day <= self.not_after.date()


def name_of(name: x509.Name) -> Name:
    """The name to compare: case, white space and string types do not matter (RFC 5280 §7.1)."""
    return tuple(
        (part["type"].dotted, " ".join(_text(part["value"]).casefold().split()))
        for rdn in name.chosen
        for part in rdn
    )


def name_text(name: x509.Name) -> str:
    """The name for people, ``CN=…, O=…, C=…``, without characters that a terminal obeys."""
    short = {"2.5.4.3": "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU"}
    parts = [
        f"{short.get(part['type'].dotted, part['type'].dotted)}={_text(part['value'])}"
        for rdn in name.chosen
        for part in rdn
    ]
    return "".join(char if char.isprintable() else "?" for char in ", ".join(reversed(parts)))[:200]


def country_of(name: Name) -> str | None:
    """The two letters of ``countryName`` in capitals."""
    found = [value.upper() for oid, value in name if oid == "2.5.4.6"]
    return found[0] if found else None


def whole_octets(value: core.BitString) -> bytes:
    """A bit string that holds octets. Raises ``ValueError`` when bits are left over."""
    content: bytes = value.contents
    if not content or content[0] != 0:
        raise ValueError("bits are left over")
    return content[1:]


def _text(value: core.Asn1Value) -> str:
    native = value.native
    return native if isinstance(native, str) else repr(native)


class _Extension(core.Sequence):  # type: ignore[misc]
    """One extension, its value not looked into."""

    _fields: ClassVar = [
        ("oid", core.ObjectIdentifier),
        ("critical", core.Boolean, {"default": False}),
        ("value", core.OctetString),
    ]


class Extensions(core.SequenceOf):  # type: ignore[misc]
    """Extensions of a certificate or of a revocation list, their values not looked into."""

    _child_spec = _Extension


def _read(der: bytes) -> Certificate:
    parsed = x509.Certificate.load(der, strict=True)
    body = parsed["tbs_certificate"]
    subject, issuer = name_of(body["subject"]), name_of(body["issuer"])
    extensions: dict[str, bytes] = {}
    unknown_critical = []
    written = body["extensions"]
    for extension in Extensions.load(written.untag().dump(), strict=True) if written else ():
        oid = extension["oid"].dotted
        if oid in extensions:
            raise ValueError("an extension stands twice")
        extensions[oid] = extension["value"].native
        if oid in _READ and len(extensions[oid]) > LONGEST_READ:
            raise ValueError("an endless extension")
        if extension["critical"].native and oid not in _UNDERSTOOD:
            unknown_critical.append(oid)
    usage, constraints = extensions.get(_KEY_USAGE), extensions.get(_BASIC_CONSTRAINTS)
    extended = extensions.get(_EXTENDED_KEY_USAGE)
    whole_octets(parsed["signature_value"])
    _key_bytes(body["subject_public_key_info"])
    return Certificate(
        der=der,
        sha256=hashlib.sha256(der).hexdigest(),
        subject=subject,
        issuer=issuer,
        subject_text=name_text(body["subject"]),
        issuer_text=name_text(body["issuer"]),
        country=country_of(subject),
        issuer_country=country_of(issuer),
        serial_number=body["serial_number"].native,
        not_before=_moment(body["validity"]["not_before"]),
        not_after=_moment(body["validity"]["not_after"]),
        key_identifier=_key_identifier(extensions),
        authority_key_identifier=_authority_key_identifier(extensions),
        key_usage=frozenset(x509.KeyUsage.load(usage, strict=True).native) if usage is not None else None,
        extended_key_usage=_purposes(extended) if extended is not None else frozenset(),
        authority=_authority(constraints) if constraints is not None else None,
        unknown_critical=tuple(unknown_critical),
        parsed=parsed,
    )


def _key_bytes(info: core.Sequence) -> bytes:
    """The bit string of any kind of key, known or not. Raises ``ValueError``."""
    parts = split(info.contents, 2)
    if len(parts) != 2 or parts[1][0] != _BIT_STRING:
        raise ValueError("no public key")
    return content_of(parts[1])


def _authority(value: bytes) -> bool:
    return bool(x509.BasicConstraints.load(value, strict=True)["ca"].native)


def _purposes(value: bytes) -> frozenset[str]:
    return frozenset(one.dotted for one in x509.ExtKeyUsageSyntax.load(value, strict=True))


# The key identifiers only say where to look: a malformed one, as some states have written, is none.


def _key_identifier(extensions: dict[str, bytes]) -> bytes | None:
    try:
        found: bytes | None = core.OctetString.load(extensions[_KEY_IDENTIFIER], strict=True).native
    except MALFORMED:
        return None
    return found


def _authority_key_identifier(extensions: dict[str, bytes]) -> bytes | None:
    try:
        value = x509.AuthorityKeyIdentifier.load(extensions[_AUTHORITY_KEY_IDENTIFIER], strict=True)
        found: bytes | None = value["key_identifier"].native
    except MALFORMED:
        return None
    return found


def _moment(value: core.Asn1Value) -> datetime:
    moment: datetime = value.native
    return moment.astimezone(UTC)
