"""Secure messaging with AES (ICAO Doc 9303-11 §9.8): every command and answer encrypted and authenticated.

The send sequence counter (16 bytes, starting at 0) is raised before each command and each answer. Data are
padded (ISO/IEC 9797-1 method 2) and encrypted in CBC mode under IV = E(KSenc, SSC); the MAC is the first 8
bytes of AES-CMAC over SSC ‖ padded header ‖ data objects, padded.
"""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from devices.chip_card import tlv
from devices.chip_card.access.session_keys import SessionKeys
from devices.chip_card.apdu import EXTENDED_LE, SHORT_LE, Command, Response
from devices.chip_card.errors import channel_broken

BLOCK = 16
DATA, DATA_ODD, LE, STATUS, CHECKSUM = 0x87, 0x85, 0x97, 0x99, 0x8E


def pad(data: bytes) -> bytes:
    """ISO/IEC 9797-1 padding method 2 to whole AES blocks."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpad(data: bytes) -> bytes:
    """Take the padding off. Raises ``ValueError`` when it is not one."""
    body = data.rstrip(b"\x00")
    if not body.endswith(b"\x80") or len(data) - len(body) >= BLOCK:
        raise ValueError("bad padding")
    return body[:-1]


def mac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC cut to 8 bytes."""
    cmac = CMAC(algorithms.AES(key))
    cmac.update(message)
    return cmac.finalize()[:8]


class SecureChannel:
    """The terminal's end of a secure channel. After any failure it refuses to be used again."""

    def __init__(self, keys: SessionKeys) -> None:
        self._keys = keys
        self._counter = 0
        self._broken = False

    def protect(self, command: Command) -> Command:
        """Wrap a command. Raises ``CardProblem`` on a channel that has failed before."""
        if self._broken:
            raise channel_broken("the channel has failed before")
        self._counter += 1
        header = bytes((command.cla | 0x0C, command.ins, command.p1, command.p2))
        objects = b""
        if command.data:
            cipher = self._cipher().encryptor()
            encrypted = cipher.update(pad(command.data)) + cipher.finalize()
            odd = command.ins & 1
            objects += tlv.encode(DATA_ODD if odd else DATA, encrypted if odd else b"\x01" + encrypted)
        if command.le is not None:
            short = command.le <= SHORT_LE
            wanted = bytes((command.le % SHORT_LE,)) if short else (command.le % EXTENDED_LE).to_bytes(2)
            objects += tlv.encode(LE, wanted)
        checksum = mac(self._keys.mac, self._ssc + pad(header) + (pad(objects) if objects else b""))
        body = objects + tlv.encode(CHECKSUM, checksum)
        extended = command.extended or len(body) > 255
        return Command(
            header[0], header[1], header[2], header[3], body, EXTENDED_LE if extended else SHORT_LE
        )

    def unprotect(self, response: Response) -> Response:
        """Check and unwrap an answer.

        Raises ``CardProblem`` (channel broken) for a plain answer, a wrong or missing checksum, a status that
        differs from the protected one, and anything malformed; the channel is then closed for good.
        """
        self._counter += 1
        try:
            return self._unprotect(response)
        except (tlv.TlvError, ValueError) as error:
            self._broken = True
            raise channel_broken(f"answer {response.sw:04X}: {error}") from None

    @property
    def _ssc(self) -> bytes:
        return self._counter.to_bytes(BLOCK)

    def _cipher(self) -> Cipher[modes.CBC]:
        ecb = Cipher(algorithms.AES(self._keys.encryption), modes.ECB()).encryptor()  # noqa: S305 - one block, by the standard
        return Cipher(algorithms.AES(self._keys.encryption), modes.CBC(ecb.update(self._ssc)))

    def _unprotect(self, response: Response) -> Response:
        objects = tlv.parse(response.data)
        if not objects or objects[-1].tag != CHECKSUM:
            raise ValueError("no checksum")
        protected = b"".join(item.raw for item in objects[:-1])
        if not hmac.compare_digest(objects[-1].value, mac(self._keys.mac, self._ssc + pad(protected))):
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
        if not encrypted or len(encrypted) % BLOCK:
            raise ValueError("not whole blocks")
        decryptor = self._cipher().decryptor()
        return Response(unpad(decryptor.update(encrypted) + decryptor.finalize()), response.sw)
