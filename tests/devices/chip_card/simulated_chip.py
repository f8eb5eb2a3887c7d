"""The chip's side of BAC, PACE and secure messaging, written from the standard apart from the reader's code:
schoolbook arithmetic and single blocks, so that a mistake on one side is not cancelled by the other.

ICAO Doc 9303-11: §4.3 BAC, §4.4 PACE, §9.7 key derivation, §9.8 secure messaging.
"""

import hashlib
import secrets

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from devices.chip_card import tlv
from devices.chip_card.apdu import Command, Response

KEY_LENGTHS = {1: 16, 2: 16, 3: 24, 4: 32}  # 3DES, AES-128, AES-192, AES-256 as in the last number of an OID
TDES = 1


def kdf(secret, counter, suite):
    name = "sha1" if KEY_LENGTHS[suite] == 16 else "sha256"
    return hashlib.new(name, secret + counter.to_bytes(4)).digest()[: KEY_LENGTHS[suite]]


def block_length(suite):
    return 8 if suite == TDES else 16


def single_block(suite, key, block, *, decrypting=False):
    algorithm = TripleDES((key * 3)[:24]) if suite == TDES else algorithms.AES(key)
    cipher = Cipher(algorithm, modes.ECB())  # noqa: S305 - the building block of all modes
    return (cipher.decryptor() if decrypting else cipher.encryptor()).update(block)


def cbc(suite, key, data, vector=None, *, decrypting=False):
    size = block_length(suite)
    assert len(data) % size == 0
    chain, result = vector or bytes(size), b""
    for at in range(0, len(data), size):
        block = data[at : at + size]
        if decrypting:
            result += exclusive_or(single_block(suite, key, block, decrypting=True), chain)
            chain = block
        else:
            chain = single_block(suite, key, exclusive_or(block, chain))
            result += chain
    return result


def exclusive_or(one, other):
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def padded(data, suite):
    size = block_length(suite)
    data += b"\x80"
    return data + bytes(-len(data) % size)


def unpadded(data):
    return data[: data.rindex(b"\x80")]


def checksum(suite, key, message):
    """Over a message that the caller has padded, where it is 3DES."""
    if suite != TDES:
        cmac = CMAC(algorithms.AES(key))
        cmac.update(message)
        return cmac.finalize()[:8]
    left, right = key[:8], key[8:]
    chain = bytes(8)
    for at in range(0, len(message), 8):
        chain = single_block(TDES, left, exclusive_or(message[at : at + 8], chain))
    return single_block(TDES, left, single_block(TDES, right, chain, decrypting=True))


class ChipEnd:
    """The chip's end of secure messaging. ``answer`` and ``understand`` are called in turn."""

    def __init__(self, suite, encryption, mac, counter=0):
        self.suite, self._encryption, self._mac, self._counter = suite, encryption, mac, counter

    def _next(self):
        self._counter += 1
        return self._counter.to_bytes(block_length(self.suite))

    def _vector(self, counter):
        return bytes(8) if self.suite == TDES else single_block(self.suite, self._encryption, counter)

    def understand(self, command):
        counter = self._next()
        objects = tlv.parse(command.data)
        found = {item.tag: item.value for item in objects}
        assert [item.tag for item in objects] in (
            [0x87, 0x97, 0x8E], [0x85, 0x97, 0x8E], [0x87, 0x8E], [0x85, 0x8E], [0x97, 0x8E], [0x8E]
        )  # fmt: skip
        header = bytes((command.cla, command.ins, command.p1, command.p2))
        body = b"".join(item.raw for item in objects[:-1])
        message = counter + padded(header, self.suite) + (padded(body, self.suite) if body else b"")
        assert checksum(self.suite, self._mac, message) == found[0x8E]
        encrypted = b""
        if 0x87 in found:
            assert command.ins % 2 == 0
            assert found[0x87][0] == 1
            encrypted = found[0x87][1:]
        elif 0x85 in found:
            assert command.ins % 2 == 1
            encrypted = found[0x85]
        data = b""
        if encrypted:
            plain = cbc(self.suite, self._encryption, encrypted, self._vector(counter), decrypting=True)
            data = unpadded(plain)
        le = None
        if 0x97 in found:
            le = int.from_bytes(found[0x97]) or (256 if len(found[0x97]) == 1 else 65536)
        return Command(command.cla & ~0x0C, command.ins, command.p1, command.p2, data, le)

    def answer(self, response, odd=False):
        counter = self._next()
        body = b""
        if response.data:
            plain = padded(response.data, self.suite)
            encrypted = cbc(self.suite, self._encryption, plain, self._vector(counter))
            body = tlv.encode(0x85, encrypted) if odd else tlv.encode(0x87, b"\x01" + encrypted)
        return self.seal(body + tlv.encode(0x99, response.sw.to_bytes(2)), response.sw, counter)

    def seal(self, body, sw, counter=None):
        """A right checksum around any data objects."""
        counter = self._next() if counter is None else counter
        code = checksum(self.suite, self._mac, counter + padded(body, self.suite))
        return Response(body + tlv.encode(0x8E, code), sw)


class CurvePoints:
    """A curve's points as pairs, ``None`` being infinity; double and add."""

    tag = 0x86

    def __init__(self, curve):
        self.curve, self.order, self.prime = curve, curve.n, curve.p
        self.generator = (curve.gx, curve.gy)
        self.size = (curve.p.bit_length() + 7) // 8

    def combine(self, one, other):
        p = self.prime
        if one is None or other is None:
            return one or other
        if one[0] == other[0] and (one[1] + other[1]) % p == 0:
            return None
        if one == other:
            slope = (3 * one[0] ** 2 + self.curve.a) * pow(2 * one[1], -1, p) % p
        else:
            slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, p) % p
        x = (slope**2 - one[0] - other[0]) % p
        return x, (slope * (one[0] - x) - one[1]) % p

    def times(self, factor, element):
        result = None
        for bit in bin(factor)[2:]:
            result = self.combine(result, result)
            if bit == "1":
                result = self.combine(result, element)
        return result

    def encode(self, element):
        return b"\x04" + element[0].to_bytes(self.size) + element[1].to_bytes(self.size)

    def decode(self, data):
        assert data[0] == 4
        assert len(data) == 1 + 2 * self.size
        return int.from_bytes(data[1 : 1 + self.size]), int.from_bytes(data[1 + self.size :])

    def secret(self, element):
        return element[0].to_bytes(self.size)

    def from_number(self, t):
        """Simplified Shallue-Woestijne-Ulas as in [BCIMRT2010] §7, roots taken by Euler's criterion."""
        p, a, b = self.prime, self.curve.a, self.curve.b
        alpha = -(t**2) % p
        x2 = -b * pow(a, -1, p) * (1 + pow(alpha**2 + alpha, -1, p)) % p
        x3 = alpha * x2 % p
        h2, h3 = ((x**3 + a * x + b) % p for x in (x2, x3))
        if pow(h2, (p - 1) // 2, p) == 1:
            return x2, pow(h2, (p + 1) // 4, p)
        return x3, (p - pow(h3, (p + 1) // 4, p)) % p


class PrimeField:
    """Numbers modulo a prime."""

    tag = 0x84

    def __init__(self, parameters):
        self.prime, self.generator, self.order = parameters.p, parameters.g, parameters.q
        self.size = (parameters.p.bit_length() + 7) // 8

    def combine(self, one, other):
        return one * other % self.prime

    def times(self, factor, element):
        return pow(element, factor, self.prime)

    def encode(self, element):
        return element.to_bytes((element.bit_length() + 7) // 8)

    def decode(self, data):
        return int.from_bytes(data)

    def secret(self, element):
        return element.to_bytes(self.size)

    def from_number(self, number):
        return pow(number, (self.prime - 1) // self.order, self.prime)


CONSTANTS = {
    16: ("a668892a7c41e3ca739f40b057d85904", "a4e136ac725f738b01c1f60217c188ad"),
    32: (
        "d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
        "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517",
    ),
}


class PaceChip:
    """One chip with one password. ``info``: what it offers; ``static``: its secret number for chip
    authentication mapping; ``nonce``: bytes of its nonce, one block of a key's length unless given.
    """

    def __init__(self, info, elements, password, reference, *, static=None, nonce=None):
        self._protocol, self._elements, self._reference = info.protocol, elements, reference
        self.suite = info.protocol[-1]
        self._mapping = {1: "GM", 2: "GM", 3: "IM", 4: "IM", 6: "CAM"}[info.protocol[-2]]
        self._key = kdf(password, 3, self.suite)
        self._static = static
        size = nonce or -(-KEY_LENGTHS[self.suite] // block_length(self.suite)) * block_length(self.suite)
        self._nonce = secrets.token_bytes(size)
        self.commands = []
        self.end = None

    @property
    def static_public(self):
        return self._elements.times(self._static, self._elements.generator)

    def __call__(self, command):
        self.commands.append(command)
        if command.ins == 0x22:
            wanted = {item.tag: item.value for item in tlv.parse(command.data)}
            known = wanted[0x80] == self._protocol and wanted[0x83] == bytes((self._reference,))
            return Response(b"", 0x9000 if known else 0x6A88)
        items = tlv.single(command.data, 0x7C).children()
        tag, value = (items[0].tag, items[0].value) if items else (0x7F, b"")
        answers = {0x7F: self._give_nonce, 0x81: self._map, 0x83: self._agree, 0x85: self._confirm}[tag](
            value
        )
        if answers is None:
            return Response(b"", 0x6300)
        return Response(tlv.encode(0x7C, b"".join(tlv.encode(*each) for each in answers)), 0x9000)

    def _give_nonce(self, _):
        return [(0x80, cbc(self.suite, self._key, self._nonce))]

    def _random(self):
        return 2 + secrets.randbelow(self._elements.order - 3)

    def _map(self, value):
        elements = self._elements
        if self._mapping == "IM":
            self._generator = elements.from_number(self._reduced(value))
            return []
        self._map_secret = self._random()
        shared = elements.times(self._map_secret, elements.decode(value))
        by_nonce = elements.times(int.from_bytes(self._nonce) % elements.order, elements.generator)
        self._generator = elements.combine(by_nonce, shared)
        return [(0x82, elements.encode(elements.times(self._map_secret, elements.generator)))]

    def _reduced(self, additional):
        length = KEY_LENGTHS[self.suite]
        c0, c1 = (bytes.fromhex(constant) for constant in CONSTANTS[len(self._nonce)])
        count = -(-(self._elements.prime.bit_length() + 64) // (8 * len(c0)))
        key, parts = cbc(self.suite, additional, self._nonce), b""
        for _ in range(count):
            parts += cbc(self.suite, key[:length], c1)
            key = cbc(self.suite, key[:length], c0)
        return int.from_bytes(parts) % self._elements.prime

    def _agree(self, value):
        elements = self._elements
        secret = self._random()
        self._peer = value
        self._public = elements.encode(elements.times(secret, self._generator))
        shared = elements.secret(elements.times(secret, elements.decode(value)))
        self._keys = kdf(shared, 1, self.suite), kdf(shared, 2, self.suite)
        return [(0x84, self._public)]

    def _confirm(self, value):
        if value != self._token(self._public):
            return None
        self.end = ChipEnd(self.suite, *self._keys)
        answer = [(0x86, self._token(self._peer))]
        if self._mapping == "CAM":
            order = self._elements.order
            number = pow(self._static, -1, order) * self._map_secret % order
            data = number.to_bytes((order.bit_length() + 7) // 8)
            vector = single_block(self.suite, self._keys[0], b"\xff" * 16)
            answer.append((0x8A, cbc(self.suite, self._keys[0], padded(data, self.suite), vector)))
        return answer

    def _token(self, public):
        message = tlv.encode(0x7F49, tlv.encode(6, self._protocol) + tlv.encode(self._elements.tag, public))
        return checksum(self.suite, self._keys[1], padded(message, TDES) if self.suite == TDES else message)


class BacChip:
    """One chip that opens by its zone."""

    def __init__(self, mrz_information):
        seed = hashlib.new("sha1", mrz_information.encode(), usedforsecurity=False).digest()[:16]
        self._keys = kdf(seed, 1, TDES), kdf(seed, 2, TDES)
        self._challenge = secrets.token_bytes(8)
        self.end = None

    def __call__(self, command):
        if command.ins == 0x84:
            return Response(self._challenge, 0x9000)
        encryption, mac = self._keys
        cryptogram, code = command.data[:32], command.data[32:]
        plain = cbc(TDES, encryption, cryptogram, decrypting=True)
        if checksum(TDES, mac, padded(cryptogram, TDES)) != code or plain[8:16] != self._challenge:
            return Response(b"", 0x6300)
        material = secrets.token_bytes(16)
        seed = exclusive_or(plain[16:], material)
        counter = int.from_bytes(self._challenge[4:] + plain[4:8])
        self.end = ChipEnd(TDES, kdf(seed, 1, TDES), kdf(seed, 2, TDES), counter)
        answer = cbc(TDES, encryption, self._challenge + plain[:8] + material)
        return Response(answer + checksum(TDES, mac, padded(answer, TDES)), 0x9000)
