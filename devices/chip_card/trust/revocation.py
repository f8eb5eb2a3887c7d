"""Revocation lists of the countries' signing authorities (ICAO Doc 9303-12 §7.2, RFC 5280 §5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from asn1crypto import core, crl, x509

from devices.chip_card.trust import public_keys
from devices.chip_card.trust.certificates import (
    LONGEST_READ,
    Certificate,
    Extensions,
    Name,
    country_of,
    name_of,
    name_text,
    whole_octets,
)
from devices.chip_card.trust.definite_form import FormError, content_of, definite, split
from devices.chip_card.trust.public_keys import MALFORMED, UnsupportedKey

LARGEST = 2_000_000
_NUMBER, _AUTHORITY_KEY_IDENTIFIER = "2.5.29.20", "2.5.29.35"
_UNDERSTOOD = frozenset((_NUMBER, _AUTHORITY_KEY_IDENTIFIER, "2.5.29.18"))
_REASON, _REMOVED = bytes.fromhex("0603551d15"), bytes.fromhex("04030a0108")  # removeFromCRL(8)
_LARGEST_BESIDE = 65535
_SEQUENCE, _INTEGER = 0x30, 0x02
_TIMES = (0x17, 0x18)
_MOST_PARTS, _MOST_PARTS_OF_BODY = 3, 7


class RevocationError(ValueError):
    """The bytes are no revocation list that can be read, or one of a kind that Doc 9303 does not allow."""


@dataclass(frozen=True)
class RevocationList:
    """A list as it was read; nothing is verified yet. ``next_update``: ``None`` when it names none."""

    der: bytes = field(repr=False)
    sha256: str
    issuer: Name = field(repr=False)
    issuer_text: str
    country: str | None
    this_update: datetime
    next_update: datetime | None
    number: int | None
    authority_key_identifier: bytes | None = field(repr=False)
    parsed: crl.CertificateList = field(repr=False, compare=False)

    @classmethod
    def parse(cls, der: bytes) -> RevocationList:
        """Raises ``RevocationError``, also for partial lists (delta, indirect, by reason)."""
        if len(der) > LARGEST:
            raise RevocationError("larger than any revocation list")
        try:
            return _read(der)
        except RevocationError:
            raise
        except MALFORMED as error:
            raise RevocationError(f"no revocation list: {type(error).__name__}") from None

    def signed_by(self, issuer: Certificate) -> bool:
        """Whether the authority's key signed it. Raises ``UnsupportedKey``."""
        try:
            body, beside = self.parsed["tbs_cert_list"], self.parsed["signature_algorithm"]
            algorithm = body["signature"]  # the one that is signed itself
            if algorithm["algorithm"].dotted != beside["algorithm"].dotted:
                return False
            signature = whole_octets(self.parsed["signature"])
            return public_keys.verify(issuer.key, algorithm, "", signature, body.dump())
        except UnsupportedKey:
            raise
        except MALFORMED:
            return False

    def stale_on(self, day: date) -> bool:
        """Past its next update, or without one."""
        return self.next_update is None or self.next_update.date() < day

    def revokes(self, serial_number: int) -> bool:
        """Whether it lists the certificate of that number.

        A number whose bytes are nowhere in the file is not looked for entry by entry: long lists are quick.
        """
        significant = core.Integer(serial_number).contents.lstrip(b"\x00\xff")
        return significant in self.der and serial_number in self.revoked

    @cached_property
    def revoked(self) -> frozenset[int]:
        """The numbers of all revoked certificates. Raises ``ValueError`` when the entries are malformed.

        Entries are plain enough to be read without a tree of objects, which for a long list takes seconds.
        """
        numbers = set()
        for entry in split(self.parsed["tbs_cert_list"]["revoked_certificates"].contents or b""):
            if entry[0] != _SEQUENCE:
                raise ValueError("not an entry of a revocation list")
            parts = split(content_of(entry), _MOST_PARTS)
            if len(parts) < 2 or parts[0][0] != _INTEGER or parts[1][0] not in _TIMES:
                raise ValueError("not an entry of a revocation list")
            if len(parts) == 2 or not _is_removed(parts[2]):
                numbers.add(int.from_bytes(content_of(parts[0]), signed=True))
        return frozenset(numbers)


def _is_removed(extensions: bytes) -> bool:
    """Whether an entry says that its certificate counts again (RFC 5280 §5.3.1)."""
    for extension in split(content_of(extensions)):
        parts = split(content_of(extension), _MOST_PARTS)
        if parts[0] == _REASON:
            return parts[-1] == _REMOVED
    return False


def _check_bounds(der: bytes) -> None:
    """Refuse what would take long, everywhere but in the entries, which are looked at only by ``revoked``.

    Raises ``FormError``.
    """
    body, *beside = split(content_of(der), _MOST_PARTS)
    before = 0
    size = 0
    for part in (*split(content_of(body), _MOST_PARTS_OF_BODY), *beside):
        if not (before in _TIMES and part[0] == _SEQUENCE):
            size += len(part)
            definite(part)
        before = part[0]
    if size > _LARGEST_BESIDE:
        raise FormError("too much beside the entries")


def _read(der: bytes) -> RevocationList:
    _check_bounds(der)
    parsed = crl.CertificateList.load(der, strict=True)
    body = parsed["tbs_cert_list"]
    number, authority = None, None
    written = body["crl_extensions"]
    for extension in Extensions.load(written.untag().dump(), strict=True) if written else ():
        oid, value = extension["oid"].dotted, extension["value"].native
        if len(value) > LONGEST_READ:
            raise ValueError("an endless extension")
        if oid == _NUMBER:
            number = core.Integer.load(value, strict=True).native
        elif oid == _AUTHORITY_KEY_IDENTIFIER:
            authority = x509.AuthorityKeyIdentifier.load(value, strict=True)["key_identifier"].native
        elif extension["critical"].native and oid not in _UNDERSTOOD:
            raise RevocationError(f"a partial list, or one with an unknown critical extension ({oid})")
    issuer = name_of(body["issuer"])
    this_update, next_update = body["this_update"].native, body["next_update"].native
    whole_octets(parsed["signature"])
    return RevocationList(
        der=der,
        sha256=hashlib.sha256(der).hexdigest(),
        issuer=issuer,
        issuer_text=name_text(body["issuer"]),
        country=country_of(issuer),
        this_update=this_update.astimezone(UTC),
        next_update=next_update.astimezone(UTC) if next_update is not None else None,
        number=number,
        authority_key_identifier=authority,
        parsed=parsed,
    )
