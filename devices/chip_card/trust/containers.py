"""The files that certificates come in: DER, PEM, and the LDIF of the ICAO public key directory.

Nothing is verified here. Everything is bounded: a file may be anything.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST_FILE = 128 * 1024 * 1024
"""The directory's largest collection has 75 MB."""
LARGEST_OBJECT = 16 * 1024 * 1024
MOST_OBJECTS = 5000

_PEM_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----\r?\n")
_PEM_MARK = b"-----"
_LDIF = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:#[^\n]*\n\s*)*(?:version:|dn:|#)", re.IGNORECASE)
# Attributes of the directory's schema (RFC 4523, Doc 9303-12 §9), without ";binary".
_OBJECTS = frozenset(
    (b"cacertificate", b"certificaterevocationlist", b"cscamasterlistdata", b"pkdmasterlistcontent")
)
_DOCUMENT_SIGNERS = b"usercertificate"
_SEQUENCE = 0x30


class ContainerError(ValueError):
    """Not a file that certificates come in."""


@dataclass
class Contents:
    """What lies in a file, each in DER or BER, still of any kind. ``document_signers`` are only counted: each
    card brings its own. ``unreadable``: which parts are not what they should be. ``beyond``: how many were
    left unread because there were too many.
    """

    objects: list[bytes] = field(default_factory=list)
    document_signers: int = 0
    unreadable: list[str] = field(default_factory=list)
    beyond: int = 0

    @property
    def full(self) -> bool:
        """Nothing more is kept."""
        return len(self.objects) + len(self.unreadable) >= MOST_OBJECTS

    def take(self, data: bytes, where: str) -> None:
        """One more part."""
        if len(data) > LARGEST_OBJECT:
            self.refuse(f"{where}: larger than {LARGEST_OBJECT} bytes")
        elif self.full:
            self.beyond += 1
        else:
            self.objects.append(data)

    def refuse(self, reason: str) -> None:
        """One more part that is not what it should be."""
        if self.full:
            self.beyond += 1
        else:
            self.unreadable.append(reason)


def unpack(data: bytes) -> Contents:
    """Take a file apart. Raises ``ContainerError``."""
    if len(data) > LARGEST_FILE:
        raise ContainerError(f"larger than {LARGEST_FILE // 1024 // 1024} MB")
    if b"-----BEGIN " in data[:LARGEST_OBJECT]:
        found = _from_pem(data)
    elif data[:1] == bytes((_SEQUENCE,)):
        found = _from_der(data)
    elif _LDIF.match(data[:4096]):
        found = _from_ldif(data)
    else:
        raise ContainerError("neither PEM nor DER nor LDIF")
    if not (found.objects or found.unreadable or found.document_signers):
        raise ContainerError("nothing in it that a certificate could be")
    return found


def _from_pem(data: bytes) -> Contents:
    found = Contents()
    for number, (label, body) in enumerate(_blocks(data), 1):
        where = f"block {number} ({label})"
        if "PRIVATE KEY" in label:
            found.refuse(f"{where}: a private key, which belongs nowhere near a kiosk")
        elif label not in ("CERTIFICATE", "X509 CERTIFICATE", "X509 CRL", "CMS", "PKCS7"):
            found.refuse(f"{where}: of no use here")
        elif body is None:
            found.refuse(f"{where}: its end is missing")
        else:
            _take_base64(found, body, where)
    return found


def _blocks(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Label and text of each block (RFC 7468); ``None`` for a text that the block's own end does not follow.

    Every byte is looked at once, however many blocks begin.
    """
    position = 0
    while (begin := _PEM_BEGIN.search(data, position)) is not None:
        label = begin.group(1)
        end = data.find(_PEM_MARK, begin.end())
        closed = end >= 0 and data.startswith(b"-----END " + label + _PEM_MARK, end)
        yield label.decode(), data[begin.end() : end] if closed else None
        position = end if end >= 0 else len(data)


def _from_der(data: bytes) -> Contents:
    """One object, or several one after the other."""
    found = Contents()
    if data[1:2] == b"\x80":  # indefinite length: one object only
        found.take(data, "the file")
        return found
    position = 0
    while position < len(data):
        number = len(found.objects) + found.beyond + 1
        end = _end(data, position)
        if end is None:
            found.refuse(f"object {number}: cut off, or not DER")
            break
        found.take(data[position:end], f"object {number}")
        position = end
    return found


def _end(data: bytes, position: int) -> int | None:
    header = data[position : position + 6]
    if len(header) < 2 or header[0] != _SEQUENCE or header[1] == 0x80:
        return None
    if header[1] < 0x80:
        end = position + 2 + header[1]
    else:
        count = header[1] & 0x7F
        if count > 4 or len(header) < 2 + count:
            return None
        end = position + 2 + count + int.from_bytes(header[2 : 2 + count])
    return end if end <= len(data) else None


def _from_ldif(data: bytes) -> Contents:
    """RFC 2849: folded lines, ``attribute;binary:: base64``."""
    found = Contents()
    for number, line in _unfolded(data):
        name, separator, value = line.partition(b"::")
        if not separator:
            continue
        attribute = name.split(b";")[0].strip().lower()
        if attribute == _DOCUMENT_SIGNERS:
            found.document_signers += 1
        elif attribute in _OBJECTS:
            _take_base64(found, value, f"line {number} ({attribute.decode()})")
    return found


def _unfolded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Logical lines with the number of their first line."""
    parts: list[bytes] = []
    first = 1
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.removesuffix(b"\r")
        if text[:1] == b" " and parts:
            parts.append(text[1:])
            continue
        if parts:
            yield first, b"".join(parts)
        parts, first = [text], number
    yield first, b"".join(parts)


def _take_base64(found: Contents, body: bytes, where: str) -> None:
    try:
        found.take(base64.b64decode(b"".join(body.split()), validate=True), where)
    except (binascii.Error, ValueError):
        found.refuse(f"{where}: not base64")
