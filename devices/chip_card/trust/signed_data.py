"""CMS signed data (RFC 5652 §5), the envelope of EF.SOD and of master lists."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from asn1crypto import cms, x509

from devices.chip_card.trust import public_keys
from devices.chip_card.trust.certificates import Certificate, CertificateError, name_of
from devices.chip_card.trust.definite_form import definite
from devices.chip_card.trust.public_keys import MALFORMED, UnsupportedKey
from kiosk.identity.card_proof import Signature

MOST_SIGNERS = 4
MOST_CERTIFICATES = 1000
MOST_TRIED = 8
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"


@dataclass(frozen=True)
class Verified:
    """The result for one signer; ``signer`` is its certificate, if it lies in the envelope."""

    signature: Signature
    signer: Certificate | None
    reason: str = ""


@dataclass(frozen=True)
class SignedData:
    """An envelope that has been opened and not yet verified."""

    content_type: str
    content: bytes = field(repr=False)
    certificates: tuple[Certificate, ...] = field(repr=False)
    _signers: tuple[cms.SignerInfo, ...] = field(repr=False)

    @property
    def unsigned(self) -> bool:
        """Nobody signed it: a mere envelope for certificates, as ``.p7b`` files are."""
        return not self._signers

    @property
    def signature_algorithms(self) -> list[str]:
        """The object identifier of each signer's algorithm."""
        return [signer["signature_algorithm"]["algorithm"].dotted for signer in self._signers]

    @classmethod
    def parse(cls, data: bytes) -> SignedData:
        """Open an envelope in BER or DER. Raises ``ValueError``.

        A certificate inside that cannot be read is as if it were not there.
        """
        try:
            info = cms.ContentInfo.load(definite(data), strict=True)
            if info["content_type"].native != "signed_data":
                raise ValueError("not signed data")
            signed = info["content"]
            inside = signed["encap_content_info"]
            content = bytes(inside["content"]) if inside["content"] else b""
            choices = list(signed["certificates"] or ())
            signers = tuple(signed["signer_infos"])
            if len(signers) > MOST_SIGNERS:
                raise ValueError("too many signers")
            return cls(inside["content_type"].dotted, content, _certificates(choices), signers)
        except MALFORMED as error:
            raise ValueError(f"no signed data: {type(error).__name__}") from None

    def verify(self) -> Verified:
        """The first signer that verifies; else the first that cannot be checked; else the first.

        Each signer speaks for itself: one more that does not verify takes nothing from one that does, as
        anybody could add it.
        """
        results = [self._verify(signer) for signer in self._signers]
        for wanted in (Signature.VALID, Signature.UNSUPPORTED):
            for result in results:
                if result.signature is wanted:
                    return result
        return results[0] if results else Verified(Signature.INVALID, None, "nobody signed it")

    def _verify(self, signer: cms.SignerInfo) -> Verified:
        """Try each certificate that the signer may mean, or every one when it means none: an identifier is
        only a hint, and some issuers write their name in it otherwise than in the certificate.
        """
        meant: list[Certificate] = []
        result = Verified(Signature.INVALID, None, "the signer's certificate is not in it")
        try:
            meant = [one for one in self.certificates if _means(signer["sid"], one)] or list(
                self.certificates
            )
            meant = meant[:MOST_TRIED]
            for certificate in meant:
                try:
                    if self._verifies(signer, certificate):
                        return Verified(Signature.VALID, certificate)
                    if result.signature is not Signature.UNSUPPORTED:
                        result = Verified(Signature.INVALID, certificate, "the signature does not verify")
                except UnsupportedKey as error:
                    result = Verified(Signature.UNSUPPORTED, certificate, str(error))
        except MALFORMED as error:
            reason = f"malformed: {type(error).__name__}"
            return Verified(Signature.INVALID, meant[0] if meant else None, reason)
        return result

    def _verifies(self, signer: cms.SignerInfo, certificate: Certificate) -> bool:
        digest_name = signer["digest_algorithm"]["algorithm"].native
        algorithm, signature = signer["signature_algorithm"], signer["signature"].native
        attributes = signer["signed_attrs"]
        if not attributes:
            return public_keys.verify(certificate.key, algorithm, digest_name, signature, self.content)
        if digest_name not in public_keys.HASHES:
            raise UnsupportedKey(f"hash {digest_name}")
        values = {one["type"].dotted: one["values"] for one in attributes}
        if len(values) != len(attributes) or any(len(one) != 1 for one in values.values()):
            return False
        digest = hashlib.new(digest_name, self.content).digest()
        if not hmac.compare_digest(values[_MESSAGE_DIGEST][0].native, digest):
            return False
        if values[_CONTENT_TYPE][0].dotted != self.content_type:
            return False
        # Signed is the SET OF itself, not the context-tagged form in which it is sent (RFC 5652 §5.4).
        sent = b"\x31" + attributes.dump()[1:]
        if public_keys.verify(certificate.key, algorithm, digest_name, signature, sent):
            return True
        in_order = cms.CMSAttributes(sorted(attributes, key=lambda one: one.dump())).dump(force=True)
        return in_order != sent and public_keys.verify(
            certificate.key, algorithm, digest_name, signature, in_order
        )


def _certificates(choices: list[cms.CertificateChoices]) -> tuple[Certificate, ...]:
    if len(choices) > MOST_CERTIFICATES:
        raise ValueError("too many certificates")
    found = []
    for choice in choices:
        if isinstance(choice.chosen, x509.Certificate):
            try:
                found.append(Certificate.parse(choice.chosen.dump()))
            except CertificateError:
                continue
    return tuple(found)


def _means(identifier: cms.SignerIdentifier, certificate: Certificate) -> bool:
    if identifier.name == "subject_key_identifier":
        return identifier.chosen.native in (certificate.key_identifier, certificate.key_hash)
    return (
        name_of(identifier.chosen["issuer"]) == certificate.issuer
        and identifier.chosen["serial_number"].native == certificate.serial_number
    )
