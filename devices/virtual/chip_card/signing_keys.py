"""Private keys of the demo issuers: ECDSA on every standardized curve, RSA with both paddings, and where they
are kept.

Nothing here protects anything: the keys sign invented cards, and their arithmetic is not constant-time.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

from asn1crypto import algos
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.elliptic_curves import Curve
from devices.virtual.chip_card.authentication import ec_public_key_info

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}  # fmt: skip


class SigningKey(Protocol):
    """What signs certificates and EF.SOD."""

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""

    def algorithm(self, hash_name: str) -> algos.SignedDigestAlgorithm:
        """How its signatures are named."""

    def sign(self, message: bytes, hash_name: str) -> bytes:
        """A signature over the message's hash."""


@dataclass(frozen=True)
class EcSigningKey:
    """ECDSA. ``parameters``: how the public key names its curve (``named`` or ``explicit``)."""

    curve: Curve
    secret: int = field(repr=False)
    parameters: str = "named"

    @classmethod
    def generate(cls, curve: Curve, parameters: str = "named") -> EcSigningKey:
        """A fresh key."""
        return cls(curve, 2 + secrets.randbelow(curve.n - 4), parameters)

    @cached_property
    def _public(self) -> curves.Point:
        return curves.multiply_generator(self.curve, self.secret)

    def public_key_info(self) -> bytes:
        """See ``SigningKey``."""
        return ec_public_key_info(self.curve, self._public, self.parameters)

    def algorithm(self, hash_name: str) -> algos.SignedDigestAlgorithm:
        """See ``SigningKey``."""
        return algos.SignedDigestAlgorithm({"algorithm": f"{hash_name}_ecdsa"})

    def sign(self, message: bytes, hash_name: str) -> bytes:
        """The two numbers in DER (SEC 1 §4.1.3); always the same ones for the same message."""
        n, digest = self.curve.n, hashlib.new(hash_name, message).digest()
        number = int.from_bytes(digest) >> max(0, 8 * len(digest) - n.bit_length())
        r = s = 0
        seed = self.secret.to_bytes(self.curve.size + 1) + digest
        while not r or not s:
            seed = hashlib.shake_256(seed).digest(self.curve.size + 16)
            k = 2 + int.from_bytes(seed) % (n - 4)
            r = curves.multiply_generator(self.curve, k).x % n
            s = pow(k, -1, n) * (number + r * self.secret) % n
        return tlv.encode(0x30, b"".join(tlv.encode(2, v.to_bytes(v.bit_length() // 8 + 1)) for v in (r, s)))


@dataclass(frozen=True)
class RsaSigningKey:
    """RSA with PKCS #1 v1.5, or with PSS and a salt as long as the hash."""

    key: rsa.RSAPrivateKey = field(repr=False)
    pss: bool = False

    def public_key_info(self) -> bytes:
        """See ``SigningKey``."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def algorithm(self, hash_name: str) -> algos.SignedDigestAlgorithm:
        """See ``SigningKey``."""
        if not self.pss:
            return algos.SignedDigestAlgorithm({"algorithm": f"{hash_name}_rsa"})
        parameters = {
            "hash_algorithm": {"algorithm": hash_name},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": hash_name}},
            "salt_length": hashlib.new(hash_name).digest_size,
        }
        return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})

    def sign(self, message: bytes, hash_name: str) -> bytes:
        """See ``SigningKey``."""
        algorithm = _HASHES[hash_name]()
        if not self.pss:
            return self.key.sign(message, padding.PKCS1v15(), algorithm)
        salt = algorithm.digest_size
        return self.key.sign(message, padding.PSS(padding.MGF1(algorithm), salt), algorithm)


class KeyFolder:
    """Keys kept in a folder of ours, so that roots stay the same and slow ones are made once. Mode 0600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def ec(self, name: str, curve: Curve, parameters: str = "named") -> EcSigningKey:
        """The key of this name, made at the first call."""
        path = self.folder / f"{name}.key"
        try:
            number, secret = path.read_text("ascii").split()
            known = curves.by_parameter_id(int(number))
            if known == curve:
                return EcSigningKey(curve, int(secret, 16), parameters)
        except (OSError, ValueError):
            pass
        key = EcSigningKey.generate(curve, parameters)
        _write(path, f"{curve.parameter_id} {key.secret:x}\n".encode("ascii"))
        return key

    def rsa(self, bits: int, *, pss: bool = False) -> RsaSigningKey:
        """The key of so many bits, made at the first call."""
        path = self.folder / f"rsa-{bits}.key"
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), None)
            if isinstance(key, rsa.RSAPrivateKey):
                return RsaSigningKey(key, pss)
        except (OSError, ValueError):
            pass
        fresh = rsa.generate_private_key(65537, bits)
        encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        _write(path, fresh.private_bytes(encoding, form, serialization.NoEncryption()))
        return RsaSigningKey(fresh, pss)


def _write(path: Path, content: bytes) -> None:
    """All or nothing, for the owner only."""
    fresh = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
