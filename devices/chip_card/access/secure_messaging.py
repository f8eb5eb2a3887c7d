"""Secure messaging (ICAO Doc 9303-11 §9.8): every command and answer encrypted and authenticated.

The send sequence counter, one block long, is raised before each command and each answer. Data are padded
(ISO/IEC 9797-1 method 2) and encrypted in CBC mode, under a zero vector with 3DES and under E(KSenc, counter)
with AES; the checksum covers counter ‖ padded header ‖ data objects, padded.
"""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from devices.chip_card import tlv
from devices.chip_card.access.block_ciphers import MAC_LENGTH, decrypt, encrypt, mac, pad, unpad
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys
from devices.chip_card.apdu import EXTENDED_LE, SHORT_LE, Command, Response
from devices.chip_card.errors import channel_broken

DATA, DATA_ODD, LE, STATUS, CHECKSUM = 0x87, 0x85, 0x97, 0x99, 0x8E
_LONGEST_SHORT_LC = 255
_OVERHEAD = (2 + 2) + (2 + MAC_LENGTH)  # status and checksum of an answer
_ENCRYPTED_HEADER = 3 + 1  # tag, two bytes of length, padding indicator


class SecureChannel:
    """The terminal's end of a secure channel. After any failure it refuses to be used again.

    ``counter`` is what the send sequence counter starts from: zero after PACE and chip authentication, made
    of both challenges after BAC (§9.8.6.3).
    """

    def __init__(self, keys: SessionKeys, counter: int = 0) -> None:
        self._suite = keys.suite
        self._keys = keys
        self._counter = counter
        self._broken = False
        self._vectors = (
            None
            if keys.suite is CipherSuite.TDES
            else Cipher(algorithms.AES(keys.encryption), modes.ECB()).encryptor()  # noqa: S305 - one block, by the standard
        )

    @property
    def largest_short_answer(self) -> int:
        """Bytes of plain data that fit, protected, into the 256 bytes of a short answer."""
        block = self._suite.block
        return (SHORT_LE - _OVERHEAD - _ENCRYPTED_HEADER) // block * block - 1

    def protect(self, command: Command) -> Command:
        """Wrap a command. Raises ``CardProblem`` on a channel that has failed before."""
        if self._broken:
            raise channel_broken("the channel has failed before")
        counter = self._next_counter()
        header = bytes((command.cla | 0x0C, command.ins, command.p1, command.p2))
        objects = b""
        if command.data:
            plain = pad(command.data, self._suite.block)
            encrypted = encrypt(self._suite, self._keys.encryption, plain, self._vector(counter))
            odd = command.ins & 1
            objects += tlv.encode(DATA_ODD if odd else DATA, encrypted if odd else b"\x01" + encrypted)
        if command.le is not None:
            short = command.le <= SHORT_LE
            wanted = bytes((command.le % SHORT_LE,)) if short else (command.le % EXTENDED_LE).to_bytes(2)
            objects += tlv.encode(LE, wanted)
        message = pad(header, self._suite.block) + (pad(objects, self._suite.block) if objects else b"")
        body = objects + tlv.encode(CHECKSUM, mac(self._suite, self._keys.mac, counter + message))
        extended = command.extended or len(body) > _LONGEST_SHORT_LC
        return Command(
            header[0], header[1], header[2], header[3], body, EXTENDED_LE if extended else SHORT_LE
        )

    def unprotect(self, response: Response) -> Response:
        """Check and unwrap an answer.

        Raises ``CardProblem`` (channel broken) for a plain answer, a wrong or missing checksum, a status that
        differs from the protected one, and anything malformed; the channel is then closed for good.
        """
        if self._broken:
            raise channel_broken("the channel has failed before")
        counter = self._next_counter()
        try:
            return self._unprotect(response, counter)
        except ValueError as error:
            self._broken = True
            raise channel_broken(f"answer {response.sw:04X}: {error}") from None

    def _next_counter(self) -> bytes:
        self._counter = (self._counter + 1) % (1 << 8 * self._suite.block)
        return self._counter.to_bytes(self._suite.block)

    def _vector(self, counter: bytes) -> bytes | None:
        return None if self._vectors is None else self._vectors.update(counter)

    def _unprotect(self, response: Response, counter: bytes) -> Response:
        objects = tlv.parse(response.data)
        if not objects or objects[-1].tag != CHECKSUM:
            raise ValueError("no checksum")
        covered = response.data[: -len(objects[-1].raw)]
        expected = mac(self._suite, self._keys.mac, counter + pad(covered, self._suite.block))
        if not hmac.compare_digest(objects[-1].value, expected):
            raise ValueError("wrong checksum")
        tags = [item.tag for item in objects[:-1]]
        if tags[-1:] != [STATUS] or tags[:-1] not in ([], [DATA], [DATA_ODD]):
            raise ValueError("unexpected data objects")
        if objects[-2].value != response.sw.to_bytes(2):
            raise ValueError("the status is not the protected one")
        if len(tags) == 1:
            return Response(b"", response.sw)
        encrypted = objects[0].value
        if tags[0] == DATA:
            if encrypted[:1] != b"\x01":
                raise ValueError("unknown padding indicator")
            encrypted = encrypted[1:]
        if not encrypted or len(encrypted) % self._suite.block:
            raise ValueError("not whole blocks")
        plain = decrypt(self._suite, self._keys.encryption, encrypted, self._vector(counter))
        return Response(unpad(plain, self._suite.block), response.sw)
