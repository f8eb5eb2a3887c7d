"""The demo issuer: a signing root and a document signer made at run time, which no state knows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devices.chip_card import tlv
from devices.chip_card.lds import SOD
from devices.chip_card.trust.sod import LdsSecurityObject

_LDS_SECURITY_OBJECT = "2.23.136.1.1.1"


@dataclass(frozen=True)
class DemoIssuer:
    """Root certificate, document signer and its key. Keys never leave the folder of the virtual reader."""

    root: x509.Certificate
    signer: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def sod(self, groups: dict[int, bytes], *, spoiled: bool = False) -> bytes:
        """EF.SOD over these data groups; ``spoiled`` turns one bit of the signature."""
        security_object = LdsSecurityObject({
            "version": 0,
            "hash_algorithm": {"algorithm": "sha256"},
            "hashes": [
                {"number": number, "value": hashlib.sha256(content).digest()}
                for number, content in sorted(groups.items())
            ],
        }).dump()  # fmt: skip
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": [_LDS_SECURITY_OBJECT]}),
                cms.CMSAttribute(
                    {"type": "message_digest", "values": [hashlib.sha256(security_object).digest()]}
                ),
            ]
        )
        signature = self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        if spoiled:
            signature = signature[:-1] + bytes((signature[-1] ^ 1,))
        certificate = asn1_x509.Certificate.load(self.signer.public_bytes(serialization.Encoding.DER))
        signed = cms.SignedData({
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {
                "content_type": _LDS_SECURITY_OBJECT, "content": core.ParsableOctetString(security_object),
            },
            "certificates": [cms.CertificateChoices("certificate", certificate)],
            "signer_infos": [{
                "version": "v1",
                "sid": cms.SignerIdentifier("issuer_and_serial_number", {
                    "issuer": certificate.issuer, "serial_number": certificate.serial_number,
                }),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": signature,
            }],
        })  # fmt: skip
        return tlv.encode(SOD.tag, cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def demo_issuer(folder: Path) -> DemoIssuer:
    """The issuer kept in ``folder`` (mode 0700), made there at the first call."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root_file, signer_file, key_file = folder / "csca.pem", folder / "ds.pem", folder / "ds.key"
    if not key_file.exists():
        _make(root_file, signer_file, key_file)
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the demo issuer's key is not an EC key")
    root = x509.load_pem_x509_certificate(root_file.read_bytes())
    return DemoIssuer(root, x509.load_pem_x509_certificate(signer_file.read_bytes()), key)


def _make(root_file: Path, signer_file: Path, key_file: Path) -> None:
    root_key = ec.generate_private_key(ec.BrainpoolP384R1())
    signer_key = ec.generate_private_key(ec.BrainpoolP256R1())
    root_name = _name("CSCA of the invented cards")
    start = datetime.now(UTC) - timedelta(days=1)
    pem = serialization.Encoding.PEM

    def builder(
        subject: x509.Name, key: ec.EllipticCurvePrivateKey, years: int, authority: bool
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=365 * years))
            .add_extension(
                x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
            )
        )

    root = builder(root_name, root_key, 15, authority=True).sign(root_key, hashes.SHA384())
    signer_name = _name("document signer of the invented cards")
    signer = builder(signer_name, signer_key, 12, authority=False).sign(root_key, hashes.SHA384())
    root_file.write_bytes(root.public_bytes(pem))
    signer_file.write_bytes(signer.public_bytes(pem))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        signer_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Mot Cua demonstration, no authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
