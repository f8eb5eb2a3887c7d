"""The demo issuer: roots and document signers made at run time, which no state knows, and what they sign."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import cms, core, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.lds import SOD
from devices.chip_card.trust.sod import LdsSecurityObject
from devices.virtual.chip_card.certificates import (
    Authority,
    name,
    revocation_list,
    root_certificate,
    signer_certificate,
)
from devices.virtual.chip_card.profile import CardProfile, Root, SignatureScheme, SignerState, SodFlaw
from devices.virtual.chip_card.signing_keys import EcSigningKey, KeyFolder, SigningKey

GIVEN_ROOTS = (Root.DEMO, Root.DEMO_EXPLICIT, Root.OTHER_COUNTRY)
"""Roots that a reader may be given; the others are forgers' and strangers'."""
_LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
_SECURITY_INFOS = "0.4.0.127.0.7.3.2.1"
REVOKED_SERIAL = 0x7265766F6B6564
_ROOT_SERIAL = 0x6D6F7463756101
_BEGIN, _END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
_SIGNER_BEGIN, _SIGNER_END = datetime(2020, 6, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
_SIGNER_EXPIRED = datetime(2022, 6, 30, tzinfo=UTC)


@dataclass(frozen=True)
class DocumentSigner:
    """A document signer's certificate in DER and its key."""

    certificate: bytes = field(repr=False)
    key: SigningKey = field(repr=False)


class DemoIssuer:
    """Roots of an invented authority, and the signers they certify. Keys never leave ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._keys = KeyFolder(folder)
        self._roots: dict[Root, Authority] = {}
        self._signers: dict[tuple[object, ...], DocumentSigner] = {}

    @property
    def root(self) -> x509.Certificate:
        """The root of the default profile."""
        return x509.load_der_x509_certificate(self.authority(Root.DEMO).certificate)

    @property
    def signer(self) -> x509.Certificate:
        """Who signs the cards of the default profile."""
        return x509.load_der_x509_certificate(self.signer_for(CardProfile()).certificate)

    def trust_anchors(self) -> list[bytes]:
        """The certificates of ``GIVEN_ROOTS`` in DER."""
        return [self.authority(root).certificate for root in GIVEN_ROOTS]

    def revocation_list(
        self, root: Root = Root.DEMO, made: datetime | None = None, valid: timedelta = timedelta(days=90)
    ) -> bytes:
        """A root's revocation list in DER, as of ``made`` (now); the demo root's names one signer."""
        begins = (made or datetime.now(UTC)).replace(microsecond=0)
        revoked = [REVOKED_SERIAL] if root is Root.DEMO else []
        return revocation_list(self.authority(root), revoked, begins, begins + valid)

    def trust_file(self, *roots: Root) -> bytes:
        """PEM text with these root certificates and their revocation lists, to be imported by a reader; the
        demo root's if none is named. Readers may refuse files with several roots that nobody signed.
        """
        blocks = []
        for root in roots or (Root.DEMO,):
            blocks.append(pem.armor("CERTIFICATE", self.authority(root).certificate))
            blocks.append(pem.armor("X509 CRL", self.revocation_list(root)))
        return b"".join(blocks)

    def authority(self, root: Root) -> Authority:
        """A root with its key; the first three stay the same as long as the folder does."""
        if root not in self._roots:
            self._roots[root] = self._made_authority(root)
        return self._roots[root]

    def signer_for(self, profile: CardProfile) -> DocumentSigner:
        """The document signer that this profile asks for."""
        wanted = (
            profile.signature, profile.signer_curve, profile.signer_parameters, profile.signer_rsa_bits,
            profile.signer_state, profile.root,
        )  # fmt: skip
        if wanted not in self._signers:
            self._signers[wanted] = self._made_signer(profile)
        return self._signers[wanted]

    def sod(
        self, groups: Mapping[int, bytes], *, spoiled: bool = False, profile: CardProfile | None = None
    ) -> bytes:
        """EF.SOD over these data groups; ``spoiled`` turns one bit of the signature."""
        wanted = profile or CardProfile()
        security_object = LdsSecurityObject({
            "version": 0,
            "hash_algorithm": {"algorithm": wanted.group_hash},
            "hashes": [
                {"number": number, "value": hashlib.new(wanted.group_hash, content).digest()}
                for number, content in sorted(groups.items())
            ],
        }).dump()  # fmt: skip
        flaw = SodFlaw.SPOILED if spoiled else wanted.sod_flaw
        return tlv.encode(SOD.tag, self._signed(_LDS_SECURITY_OBJECT, security_object, wanted, flaw))

    def card_security(self, security_infos: bytes, profile: CardProfile) -> bytes:
        """EF.CardSecurity over these SecurityInfos (ICAO Doc 9303-11 §9.2.11)."""
        return self._signed(_SECURITY_INFOS, security_infos, profile, SodFlaw.NONE)

    def _signed(self, kind: str, content: bytes, profile: CardProfile, flaw: SodFlaw) -> bytes:
        signer, hash_name = self.signer_for(profile), profile.signature_hash
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": [kind]}),
                cms.CMSAttribute(
                    {"type": "message_digest", "values": [hashlib.new(hash_name, content).digest()]}
                ),
            ]
        )
        signature = signer.key.sign(attributes.dump(), hash_name)
        if flaw is SodFlaw.SPOILED:
            signature = signature[:-1] + bytes((signature[-1] ^ 1,))
        certificate = asn1_x509.Certificate.load(signer.certificate)
        embedded = [] if flaw is SodFlaw.NO_CERTIFICATE else [("certificate", certificate)]
        signed = cms.SignedData({
            "version": "v3",
            "digest_algorithms": [{"algorithm": hash_name}],
            "encap_content_info": {
                "content_type": kind, "content": core.ParsableOctetString(content),
            },
            "certificates": [cms.CertificateChoices(*choice) for choice in embedded],
            "signer_infos": [{
                "version": "v1",
                "sid": cms.SignerIdentifier("issuer_and_serial_number", {
                    "issuer": certificate.issuer, "serial_number": certificate.serial_number,
                }),
                "digest_algorithm": {"algorithm": hash_name},
                "signed_attrs": attributes,
                "signature_algorithm": signer.key.algorithm(hash_name),
                "signature": signature,
            }],
        })  # fmt: skip
        made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
        return made

    def _made_authority(self, root: Root) -> Authority:
        p256, p384 = curves.BRAINPOOL_P256R1, curves.BRAINPOOL_P384R1
        demo = name("VN", "CSCA of the invented cards")
        if root is Root.DEMO:
            key = self._keys.ec("csca", p384)
            return root_certificate(demo, key, "sha384", _BEGIN, _END, _ROOT_SERIAL)
        if root is Root.DEMO_EXPLICIT:
            key = self._keys.ec("csca-explicit", curves.BRAINPOOL_P512R1, "explicit")
            subject = name("VN", "CSCA of the invented cards, curve spelled out")
            return root_certificate(subject, key, "sha512", _BEGIN, _END, _ROOT_SERIAL + 1)
        if root is Root.OTHER_COUNTRY:
            key = self._keys.ec("csca-other-country", p256)
            subject = name("UT", "CSCA of an invented country")
            return root_certificate(subject, key, "sha256", _BEGIN, _END, _ROOT_SERIAL + 2)
        if root is Root.SAME_NAME:
            claimed = self.authority(Root.DEMO).key_id
            forger = EcSigningKey.generate(p384)
            return root_certificate(demo, forger, "sha384", _BEGIN, _END, _ROOT_SERIAL, claimed)
        nobody = EcSigningKey.generate(p256)
        return root_certificate(
            name("VN", "CSCA that nobody knows"), nobody, "sha256", _BEGIN, _END, secrets.randbits(62)
        )

    def _made_signer(self, profile: CardProfile) -> DocumentSigner:
        authority = self.authority(profile.root)
        key: SigningKey
        if profile.signature is SignatureScheme.ECDSA:
            curve = curves.by_parameter_id(profile.signer_curve)
            if curve is None:
                raise ValueError(f"no curve {profile.signer_curve}; there are 8 to 18")
            default = CardProfile()
            if (profile.signer_curve, profile.signer_parameters) == (
                default.signer_curve, default.signer_parameters,
            ):  # fmt: skip
                key = self._keys.ec("ds", curve)
            else:
                key = EcSigningKey.generate(curve, profile.signer_parameters)
        else:
            pss = profile.signature is SignatureScheme.RSA_PSS
            key = self._keys.rsa(profile.signer_rsa_bits, pss=pss)
        country = "UT" if profile.root is Root.OTHER_COUNTRY else "VN"
        serial = REVOKED_SERIAL
        if profile.signer_state is not SignerState.REVOKED:
            # The same as long as key and profile are, so that the signer is the same certificate.
            words = repr((profile.signature, profile.signer_state, profile.root)).encode()
            serial = int.from_bytes(hashlib.sha256(key.public_key_info() + words).digest()[:8]) >> 1
        ends = _SIGNER_EXPIRED if profile.signer_state is SignerState.EXPIRED else _SIGNER_END
        subject = name(country, "document signer of the invented cards")
        certificate = signer_certificate(authority, subject, key, _SIGNER_BEGIN, ends, serial)
        return DocumentSigner(certificate, key)


def demo_issuer(folder: Path) -> DemoIssuer:
    """The issuer kept in ``folder`` (mode 0700), made there at the first call."""
    issuer = DemoIssuer(folder)
    issuer.signer_for(CardProfile())
    return issuer
