"""Signs anything, quickly: with a signer of its own, as every forger can, the signature always verifies."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.devices.chip_card import trust_material as made
from tests.fuzz import ber_tree
from tests.fuzz.material import wrapped

_SIGNED_DATA, _SHA256 = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("300b0609608648016503040201")
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_CONTENT_TYPE, _MESSAGE_DIGEST = (
    bytes.fromhex("06092a864886f70d010903"),
    bytes.fromhex("06092a864886f70d010904"),
)
SECURITY_OBJECT, MASTER_LIST = bytes.fromhex("0606678108010101"), bytes.fromhex("0606678108010102")


class Forger:
    """An invented authority and a signer under it. ``content_type``: what it signs, the identifier's BER."""

    def __init__(self, content_type: bytes, **certificate: object) -> None:
        key = made.EcKey(explicit=False)
        self.authority = made.Authority(country="UT")
        self.root: bytes = self.authority.certificate()
        self.signer: bytes = self.authority.signer(key, **certificate)
        self._private = ec.derive_private_key(key.k, ec.SECP256R1())
        self._content_type = content_type
        body = ber_tree.decode(ber_tree.decode(self.signer)[0].children[0].encode())[0].children
        self._sid = wrapped("30", body[3].encode(), body[1].encode())

    def signed(self, content: bytes, *, others: bytes = b"") -> bytes:
        """CMS signed data over the content; ``others``: more certificates inside."""
        values = sorted((
            wrapped("30", _CONTENT_TYPE, wrapped("31", self._content_type)),
            wrapped("30", _MESSAGE_DIGEST, wrapped("31", wrapped("04", hashlib.sha256(content).digest()))),
        ))  # fmt: skip
        signature = self._private.sign(wrapped("31", *values), ec.ECDSA(hashes.SHA256()))
        signer = wrapped(
            "30",
            b"\2\1\1",
            self._sid,
            _SHA256,
            wrapped("a0", *values),
            _ECDSA_SHA256,
            wrapped("04", signature),
        )
        inside = wrapped("30", self._content_type, wrapped("a0", wrapped("04", content)))
        data = wrapped(
            "30",
            b"\2\1\3",
            wrapped("31", _SHA256),
            inside,
            wrapped("a0", self.signer, others),
            wrapped("31", signer),
        )
        return wrapped("30", _SIGNED_DATA, wrapped("a0", data))

    def sod(self, groups: dict[int, bytes]) -> bytes:
        """EF.SOD over these groups."""
        hashed = (
            wrapped("30", bytes((2, 1, number)), wrapped("04", hashlib.sha256(content).digest()))
            for number, content in groups.items()
        )
        return wrapped("77", self.signed(wrapped("30", b"\2\1\0", _SHA256, wrapped("30", *hashed))))
