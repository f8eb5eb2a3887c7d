"""Command and response APDUs (ISO/IEC 7816-4 §5.1), short and extended."""

from __future__ import annotations

from dataclasses import dataclass, replace

SHORT_LE = 256
EXTENDED_LE = 65536

OK = 0x9000
END_OF_FILE = 0x6282
VERIFICATION_FAILED = 0x6300
WRONG_LENGTH = 0x6700
SECURITY_NOT_SATISFIED = 0x6982
CONDITIONS_NOT_SATISFIED = 0x6985
NO_FILE_SELECTED = 0x6986
SM_OBJECTS_MISSING = 0x6987
SM_OBJECTS_INCORRECT = 0x6988
WRONG_DATA = 0x6A80
FUNCTION_NOT_SUPPORTED = 0x6A81
FILE_NOT_FOUND = 0x6A82
WRONG_PARAMETERS = 0x6A86
REFERENCED_DATA_NOT_FOUND = 0x6A88
WRONG_OFFSET = 0x6B00
INS_NOT_SUPPORTED = 0x6D00
CLA_NOT_SUPPORTED = 0x6E00


@dataclass(frozen=True)
class Command:
    """A command APDU. ``le`` is the largest number of bytes wanted back, ``None`` for none (no Le field)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None

    def __repr__(self) -> str:
        return f"Command({self.header.hex()}, {len(self.data)} bytes, {self.le})"

    @property
    def header(self) -> bytes:
        """CLA, INS, P1, P2."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def extended(self) -> bool:
        """True when the short form cannot carry it."""
        return len(self.data) > 255 or (self.le or 0) > SHORT_LE

    def encode(self) -> bytes:
        """The bytes of the APDU; the short form whenever it suffices. Raises ``ValueError`` beyond 65536."""
        if len(self.data) > 65535 or (self.le or 0) > EXTENDED_LE:
            raise ValueError("too long for an APDU")
        if not self.extended:
            body = bytes((len(self.data),)) + self.data if self.data else b""
            end = bytes((self.le % SHORT_LE,)) if self.le is not None else b""
            return self.header + body + end
        body = len(self.data).to_bytes(2) + self.data if self.data else b""
        end = (self.le % EXTENDED_LE).to_bytes(2) if self.le is not None else b""
        return self.header + b"\x00" + body + end

    def with_le(self, le: int) -> Command:
        """The same command asking for another number of bytes."""
        return replace(self, le=le)

    @classmethod
    def decode(cls, raw: bytes) -> Command:
        """Read the bytes of an APDU. Raises ``ValueError`` when the lengths do not fit."""
        if len(raw) < 4:
            raise ValueError("shorter than a header")
        cla, ins, p1, p2 = raw[:4]
        body = raw[4:]
        if not body:
            return cls(cla, ins, p1, p2)
        if len(body) == 1:
            return cls(cla, ins, p1, p2, b"", body[0] or SHORT_LE)
        if body[0]:
            data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
            if len(data) != body[0] or len(rest) > 1:
                raise ValueError("Lc does not fit")
            return cls(cla, ins, p1, p2, data, (rest[0] or SHORT_LE) if rest else None)
        if len(body) == 3:
            return cls(cla, ins, p1, p2, b"", int.from_bytes(body[1:]) or EXTENDED_LE)
        size = int.from_bytes(body[1:3])
        data, rest = body[3 : 3 + size], body[3 + size :]
        if not size or len(data) != size or len(rest) not in (0, 2):
            raise ValueError("extended Lc does not fit")
        return cls(cla, ins, p1, p2, data, (int.from_bytes(rest) or EXTENDED_LE) if rest else None)


@dataclass(frozen=True)
class Response:
    """A response APDU: data and the two status bytes as one number."""

    data: bytes
    sw: int

    def __repr__(self) -> str:
        return f"Response({len(self.data)} bytes, {self.sw:04X})"

    @classmethod
    def decode(cls, raw: bytes) -> Response:
        """Read the bytes of an answer. Raises ``ValueError`` when it has no status bytes."""
        if len(raw) < 2:
            raise ValueError("shorter than a status")
        return cls(raw[:-2], int.from_bytes(raw[-2:]))

    def encode(self) -> bytes:
        """The bytes of the answer."""
        return self.data + self.sw.to_bytes(2)
