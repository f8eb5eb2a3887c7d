"""Which of the authorities at hand signed a certificate: those held, and those that come in the same file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from devices.chip_card.trust.certificates import Certificate
from devices.chip_card.trust.public_keys import UnsupportedKey

if TYPE_CHECKING:
    from devices.chip_card.trust.anchors import Anchors

MOST_PARENTS = 8


class IssuerPool:
    """Authorities' certificates at hand, found by what a certificate says of its issuer.

    ``checks`` yields once for each signature that may still be checked.
    """

    def __init__(self, held: Anchors, checks: Iterator[int]) -> None:
        self._held, self._checks = held, checks
        self._by_key: dict[bytes, list[Certificate]] = {}
        self._by_name: dict[object, list[Certificate]] = {}

    def add(self, certificate: Certificate) -> None:
        """One more, from the file."""
        self._by_name.setdefault(certificate.subject, []).append(certificate)
        if certificate.key_identifier is not None:
            self._by_key.setdefault(certificate.key_identifier, []).append(certificate)

    def candidates(
        self, key_identifier: bytes | None, issuer: object, country: str | None
    ) -> Iterator[Certificate]:
        """Those that may be the issuer, each once."""
        of_key = self._by_key.get(key_identifier, []) if key_identifier is not None else []
        near = [*of_key, *self._by_name.get(issuer, [])]
        held = [
            one
            for one in self._held.candidates(key_identifier, country)
            if one.subject == issuer or (key_identifier and one.key_identifier == key_identifier)
        ]
        unique = {one.sha256: one for one in [*near, *held]}
        yield from list(unique.values())[:MOST_PARENTS]

    def parents(self, certificate: Certificate) -> Iterator[Certificate]:
        """Those whose key signed it. Raises ``UnsupportedKey`` when none did and one could not be checked."""
        trouble: UnsupportedKey | None = None
        found = False
        hints = certificate.authority_key_identifier, certificate.issuer, certificate.issuer_country
        for candidate in self.candidates(*hints):
            if candidate.sha256 == certificate.sha256 or not candidate.certifies:
                continue
            try:
                if next(self._checks, None) is None:
                    raise UnsupportedKey("too many signatures in one file")
                if certificate.signed_by(candidate):
                    found = True
                    yield candidate
            except UnsupportedKey as error:
                trouble = error
        if trouble is not None and not found:
            raise trouble
