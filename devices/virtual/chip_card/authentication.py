"""The chip's end of Chip Authentication and Active Authentication (ICAO Doc 9303-11 §6.1 and §6.2).

Written apart from the reader's end, so that a mistake there does not cancel itself out here: shared are only
TLV, the curves and groups with their arithmetic, and the shape of commands and session keys.

How a card uses it::

    chip = ChipAuthenticator(EcAgreementKey(curve), CipherSuite.AES_128)
    active = ActiveAuthenticator(EcdsaKey(curve, "sha256"))
    dg14 = 6E { SET { …, chip.security_infos(), active.security_infos() } }
    dg15 = 6F { active.public_key_info() }

    # for each plain command, after secure messaging was taken off and before other protocols are asked:
    answer = chip.answer(command) or active.answer(command)      # None: not a command of theirs
    # after the answer was wrapped by the old channel:
    keys = chip.take_keys()                                      # not None: a new channel, counter 0
    # at power-on and reset:
    chip.reset()

``chip.copied()`` and ``active.copied()`` are what a forger makes: the same signed files, another private key.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import rsa

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.diffie_hellman import Group, standardized
from devices.chip_card.access.elliptic_curves import Curve, Point
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys
from devices.chip_card.apdu import Command, Response

_PUBLIC_KEY = bytes.fromhex("04007f0007020201")
_CHIP_AUTHENTICATION = bytes.fromhex("04007f0007020203")
_ACTIVE_AUTHENTICATION = bytes.fromhex("678108010105")
_ECDSA_PLAIN = bytes.fromhex("04007f000701010401")
_STANDARDIZED = bytes.fromhex("04007f00070102")
_EC_PUBLIC_KEY = bytes.fromhex("2a8648ce3d0201")
_PRIME_FIELD = bytes.fromhex("2a8648ce3d0101")
_DH_X942 = bytes.fromhex("2a8648ce3e0201")
_DH_PKCS3 = bytes.fromhex("2a864886f70d010301")
_RSA = bytes.fromhex("2a864886f70d010101")
_DH, _ECDH = 1, 2
_CIPHERS = {CipherSuite.TDES: 1, CipherSuite.AES_128: 2, CipherSuite.AES_192: 3, CipherSuite.AES_256: 4}
_SIGNATURE_NUMBERS = {"sha1": 1, "sha224": 2, "sha256": 3, "sha384": 4, "sha512": 5}
_TRAILERS = {"sha1": "bc", "sha224": "38cc", "sha256": "34cc", "sha384": "36cc", "sha512": "35cc"}
_MORE_FOLLOWS = 0x10


class AgreementKey(Protocol):
    """A static key of Chip Authentication."""

    @property
    def kind(self) -> int:
        """1 for DH, 2 for ECDH, as in the object identifiers."""

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""

    def agree(self, terminal: bytes) -> bytes:
        """The shared secret with the terminal's key as it was sent. Raises ``ValueError`` for an unusable
        one.
        """

    def another(self) -> AgreementKey:
        """A fresh private key in the same curve or group."""


class EcAgreementKey:
    """ECDH. ``parameters``: ``named``, ``explicit`` or ``standardized``; ``k``: a given private key."""

    kind = _ECDH

    def __init__(self, curve: Curve, parameters: str = "named", k: int | None = None) -> None:
        self.curve = curve
        self._parameters = parameters
        self._k = k if k is not None else 2 + secrets.randbelow(curve.n - 4)

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        public = curves.multiply_generator(self.curve, self._k)
        return ec_public_key_info(self.curve, public, self._parameters)

    def agree(self, terminal: bytes) -> bytes:
        """The x coordinate with all its bytes. Raises ``ValueError``."""
        point = curves.decode_point(self.curve, terminal)
        return curves.shared_x(self.curve, self._k, point).to_bytes(self.curve.size)

    def another(self) -> EcAgreementKey:
        """A fresh private key."""
        return EcAgreementKey(self.curve, self._parameters)


class DhAgreementKey:
    """DH. ``parameters``: ``explicit`` (X9.42, with the order), ``standardized`` (a group of RFC 5114), or
    ``pkcs3`` (without the order); ``x``: a given private key.
    """

    kind = _DH

    def __init__(self, group: Group, parameters: str = "explicit", x: int | None = None) -> None:
        self.group = group
        self._parameters = parameters
        self._x = x if x is not None else 2 + secrets.randbelow((group.q or group.p) - 4)

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        group = self.group
        if self._parameters == "standardized":
            number = next(number for number in range(3) if standardized(number) == group)
            algorithm = _oid(_STANDARDIZED) + _integer(number)
        elif self._parameters == "pkcs3":
            algorithm = _oid(_DH_PKCS3) + _sequence(_integer(group.p), _integer(group.g))
        elif group.q is not None:
            numbers = _sequence(_integer(group.p), _integer(group.g), _integer(group.q))
            algorithm = _oid(_DH_X942) + numbers
        else:
            raise ValueError("X9.42 parameters have an order")
        return _public_key_info(algorithm, _integer(pow(group.g, self._x, group.p)))

    def agree(self, terminal: bytes) -> bytes:
        """The common power with all its bytes. Raises ``ValueError``."""
        p, y = self.group.p, int.from_bytes(terminal)
        if not 1 < y < p - 1:
            raise ValueError("out of range")
        return pow(y, self._x, p).to_bytes((p.bit_length() + 7) // 8)

    def another(self) -> DhAgreementKey:
        """A fresh private key."""
        return DhAgreementKey(self.group, self._parameters)


class ChipAuthenticator:
    """Chip Authentication version 1.

    ``key_id``: number of the key in DG14; the terminal must name it then. ``announced``: ``False`` leaves
    the ChipAuthenticationInfo out of DG14, as some older documents do (3DES is meant).
    ``key_agreement_template``: ``False`` makes a 3DES chip refuse MSE:Set KAT and know only MSE:Set AT with
    GENERAL AUTHENTICATE.
    """

    def __init__(
        self,
        key: AgreementKey,
        suite: CipherSuite,
        key_id: int | None = None,
        *,
        announced: bool = True,
        key_agreement_template: bool = True,
    ) -> None:
        self._signed = key
        self._key = key
        self._suite = suite
        self._key_id = key_id
        self._announced = announced
        self._key_agreement_template = key_agreement_template and suite is CipherSuite.TDES
        self.reset()

    def copied(self) -> ChipAuthenticator:
        """A forger's copy: the same in DG14, another private key."""
        copy = ChipAuthenticator(
            self._signed,
            self._suite,
            self._key_id,
            announced=self._announced,
            key_agreement_template=self._key_agreement_template,
        )
        copy._key = self._signed.another()
        return copy

    def security_infos(self) -> bytes:
        """The entries of DG14's set: ChipAuthenticationInfo and ChipAuthenticationPublicKeyInfo."""
        number = () if self._key_id is None else (_integer(self._key_id),)
        kind = bytes((self._key.kind,))
        key = _sequence(_oid(_PUBLIC_KEY + kind), self._signed.public_key_info(), *number)
        return (_sequence(_oid(self._protocol), _integer(1), *number) if self._announced else b"") + key

    def reset(self) -> None:
        """Forget what a terminal began."""
        self._selected = False
        self._parts = b""
        self._keys: SessionKeys | None = None

    def answer(self, command: Command) -> Response | None:
        """Answer a command of this protocol, ``None`` for any other."""
        place = (command.ins, command.p1, command.p2)
        if place == (0x22, 0x41, 0xA6) and self._key_agreement_template:
            return self._joined(command, self._key_agreement)
        if place == (0x22, 0x41, 0xA4):
            return self._select(command.data)
        if place == (0x86, 0, 0) and self._selected:
            return self._joined(command, self._general_authenticate)
        return Response(b"", 0x6A86) if place[:2] == (0x22, 0x41) else None

    def take_keys(self) -> SessionKeys | None:
        """Keys of the new channel, once, after the answer to the command that made them was sent."""
        keys, self._keys = self._keys, None
        return keys

    @property
    def _protocol(self) -> bytes:
        return _CHIP_AUTHENTICATION + bytes((self._key.kind, _CIPHERS[self._suite]))

    def _joined(self, command: Command, act: _Act) -> Response:
        """Command chaining (ISO/IEC 7816-4 §5.3.3): act when the last part has come."""
        parts = self._parts + command.data
        self._parts = parts if command.cla & _MORE_FOLLOWS else b""
        return Response(b"", 0x9000) if self._parts else act(parts)

    def _select(self, data: bytes) -> Response:
        items = _items(data)
        if items.get(0x80) != self._protocol:
            return Response(b"", 0x6A80)
        if not self._names_key(items):
            return Response(b"", 0x6A88)
        self._selected = True
        return Response(b"", 0x9000)

    def _general_authenticate(self, data: bytes) -> Response:
        self._selected = False
        answer = self._agree(_items(_items(data).get(0x7C, b"")).get(0x80))
        return Response(tlv.encode(0x7C, b""), 0x9000) if answer.sw == 0x9000 else answer

    def _key_agreement(self, data: bytes) -> Response:
        items = _items(data)
        return self._agree(items.get(0x91)) if self._names_key(items) else Response(b"", 0x6A88)

    def _names_key(self, items: dict[int, bytes]) -> bool:
        return int.from_bytes(items[0x84]) == self._key_id if 0x84 in items else self._key_id is None

    def _agree(self, terminal: bytes | None) -> Response:
        try:
            secret = self._key.agree(terminal or b"")
        except ValueError:
            return Response(b"", 0x6A80)
        self._keys = SessionKeys(
            self._suite, _derived(secret, 1, self._suite), _derived(secret, 2, self._suite)
        )
        return Response(b"", 0x9000)


class _Act(Protocol):
    def __call__(self, data: bytes) -> Response: ...


class SigningKey(Protocol):
    """A key of Active Authentication."""

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""

    def security_infos(self) -> bytes:
        """ActiveAuthenticationInfo for DG14, empty where none is needed."""

    def sign(self, challenge: bytes) -> bytes:
        """The answer to INTERNAL AUTHENTICATE."""

    def another(self) -> SigningKey:
        """A fresh private key of the same kind."""


@dataclass(frozen=True)
class RsaKey:
    """ISO/IEC 9796-2 scheme 1: header 6A, random M1, hash over M1 and challenge, trailer."""

    hash_name: str
    n: int = field(repr=False)
    e: int
    d: int = field(repr=False)

    @classmethod
    def generate(cls, bits: int = 2048, hash_name: str = "sha256", e: int = 65537) -> RsaKey:
        """A fresh key."""
        key = rsa.generate_private_key(e, bits).private_numbers()
        return cls(hash_name, key.public_numbers.n, key.public_numbers.e, key.d)

    @property
    def size(self) -> int:
        """Bytes of a signature."""
        return (self.n.bit_length() + 7) // 8

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        return _public_key_info(_oid(_RSA) + b"\x05\x00", _sequence(_integer(self.n), _integer(self.e)))

    def security_infos(self) -> bytes:
        """None: the trailer names the hash."""
        return b""

    def sign(self, challenge: bytes) -> bytes:
        """Signature with message recovery."""
        trailer = bytes.fromhex(_TRAILERS[self.hash_name])
        length = self.size - 1 - hashlib.new(self.hash_name).digest_size - len(trailer)
        return self.raw(self.message(secrets.token_bytes(length), challenge, trailer))

    def message(self, m1: bytes, challenge: bytes, trailer: bytes) -> bytes:
        """What is signed."""
        return b"\x6a" + m1 + hashlib.new(self.hash_name, m1 + challenge).digest() + trailer

    def raw(self, message: bytes) -> bytes:
        """The private operation alone, for tests that sign something else."""
        return pow(int.from_bytes(message), self.d, self.n).to_bytes(self.size)

    def another(self) -> RsaKey:
        """A fresh private key."""
        return RsaKey.generate(self.n.bit_length(), self.hash_name, self.e)


class EcdsaKey:
    """ECDSA with the two numbers plain, one after the other (BSI TR-03111 §5.2.1), or in DER.

    ``announced``: ``False`` leaves the ActiveAuthenticationInfo out of DG14, as some older documents do.
    """

    def __init__(
        self,
        curve: Curve,
        hash_name: str = "sha256",
        *,
        der: bool = False,
        parameters: str = "named",
        announced: bool = True,
    ) -> None:
        self.curve = curve
        self.hash_name = hash_name
        self._der = der
        self._parameters = parameters
        self._announced = announced
        self._d = 2 + secrets.randbelow(curve.n - 4)

    def public_key_info(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        public = curves.multiply_generator(self.curve, self._d)
        return ec_public_key_info(self.curve, public, self._parameters)

    def security_infos(self) -> bytes:
        """ActiveAuthenticationInfo, which names the hash."""
        if not self._announced:
            return b""
        algorithm = _ECDSA_PLAIN + bytes((_SIGNATURE_NUMBERS[self.hash_name],))
        return _sequence(_oid(_ACTIVE_AUTHENTICATION), _integer(1), _oid(algorithm))

    def sign(self, challenge: bytes) -> bytes:
        """Signature over the hash of the challenge."""
        n = self.curve.n
        digest = hashlib.new(self.hash_name, challenge).digest()
        number = int.from_bytes(digest) >> max(0, 8 * len(digest) - n.bit_length())
        r = s = 0
        while not r or not s:
            k = 2 + secrets.randbelow(n - 4)
            r = curves.multiply_generator(self.curve, k).x % n
            s = pow(k, -1, n) * (number + r * self._d) % n
        if self._der:
            return _sequence(_integer(r), _integer(s))
        length = (n.bit_length() + 7) // 8
        return r.to_bytes(length) + s.to_bytes(length)

    def another(self) -> EcdsaKey:
        """A fresh private key."""
        return EcdsaKey(
            self.curve,
            self.hash_name,
            der=self._der,
            parameters=self._parameters,
            announced=self._announced,
        )


class ActiveAuthenticator:
    """Active Authentication: signs the challenge of the terminal."""

    def __init__(self, key: SigningKey) -> None:
        self._signed = key
        self._key = key

    def copied(self) -> ActiveAuthenticator:
        """A forger's copy: the same in DG15, another private key."""
        copy = ActiveAuthenticator(self._signed)
        copy._key = self._signed.another()
        return copy

    def public_key_info(self) -> bytes:
        """The content of DG15."""
        return self._signed.public_key_info()

    def security_infos(self) -> bytes:
        """The entry of DG14's set, empty where none is needed."""
        return self._signed.security_infos()

    def answer(self, command: Command) -> Response | None:
        """Answer INTERNAL AUTHENTICATE, ``None`` for any other command.

        A signature that is longer than was asked for is refused with its length (6Cxx).
        """
        if (command.ins, command.p1, command.p2) != (0x88, 0, 0):
            return None
        if len(command.data) != 8 or command.le is None:
            return Response(b"", 0x6700)
        signature = self._key.sign(command.data)
        if len(signature) > command.le:
            return Response(b"", 0x6C00 | len(signature) & 0xFF if len(signature) <= 256 else 0x6700)
        return Response(signature, 0x9000)


def ec_public_key_info(curve: Curve, public: Point, parameters: str = "named") -> bytes:
    """SubjectPublicKeyInfo with the curve ``named``, spelled out (``explicit``, RFC 3279 §2.3.5), or by its
    ``standardized`` number.
    """
    if parameters == "standardized":
        algorithm = _oid(_STANDARDIZED) + _integer(curve.parameter_id)
    elif parameters == "explicit":
        spelled = _sequence(
            _integer(1),
            _sequence(_oid(_PRIME_FIELD), _integer(curve.p)),
            _sequence(*(tlv.encode(0x04, number.to_bytes(curve.size)) for number in (curve.a, curve.b))),
            tlv.encode(0x04, curves.encode_point(curve, Point(curve.gx, curve.gy))),
            _integer(curve.n),
            _integer(1),
        )
        algorithm = _oid(_EC_PUBLIC_KEY) + spelled
    else:
        algorithm = _oid(_EC_PUBLIC_KEY) + _oid(_name(curve.oid))
    return _public_key_info(algorithm, curves.encode_point(curve, public))


def _name(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    encoded = bytearray()
    for number in (40 * first + second, *rest):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | number & 0x7F)
        encoded += bytes(reversed(groups))
    return bytes(encoded)


def _derived(secret: bytes, counter: int, suite: CipherSuite) -> bytes:
    """KDF of ICAO Doc 9303-11 §9.7.1."""
    name = "sha256" if suite in (CipherSuite.AES_192, CipherSuite.AES_256) else "sha1"
    length = {CipherSuite.AES_192: 24, CipherSuite.AES_256: 32}.get(suite, 16)
    return hashlib.new(name, secret + bytes((0, 0, 0, counter)), usedforsecurity=False).digest()[:length]


def _items(data: bytes) -> dict[int, bytes]:
    try:
        return {item.tag: item.value for item in tlv.parse(data)}
    except tlv.TlvError:
        return {}


def _public_key_info(algorithm: bytes, key: bytes) -> bytes:
    return _sequence(_sequence(algorithm), tlv.encode(0x03, b"\x00" + key))


def _sequence(*parts: bytes) -> bytes:
    return tlv.encode(0x30, b"".join(parts))


def _oid(name: bytes) -> bytes:
    return tlv.encode(0x06, name)


def _integer(number: int) -> bytes:
    return tlv.encode(0x02, number.to_bytes(number.bit_length() // 8 + 1))
