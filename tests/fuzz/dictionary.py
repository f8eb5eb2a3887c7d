"""Words for the fuzzer: object identifiers, tags and status words of the card, and pieces of printed text."""

from __future__ import annotations

from tests.fuzz.mutations import NUMBERS, OBJECT_IDENTIFIERS

_STATUS = ("9000", "6282", "6300", "63c2", "6700", "6982", "6a82", "6b00", "6c10", "6d00", "6100")
_TAGS = (
    "7f49",
    "5f1f",
    "7f61",
    "7f60",
    "5f2e",
    "7f2e",
    "5c",
    "7c",
    "8e08",
    "990290",
    "8701",
    "6d82",
    "7782",
    "3180",
)
_HEADERS = (
    b"FAC\x00010\x00", b"\xff\xd8\xff\xe0", b"\xff\xd9", b"\x00\x00\x00\x0cjP  \r\n\x87\n",
    b"\xff\x4f\xff\x51",
    b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----", b"-----BEGIN CMS-----", b"dn: ",
    b"version: 1",
    b"-----BEGIN X509 CRL-----", b"CscaMasterListData:: ", b"userCertificate;binary:: ",
    b"certificateRevocationList;binary:: ", b"\n ", b"IDVNM", b"P<VNM",
    "Nữ".encode(), b"Nam", b"|", b"<<", b"0001",
)  # fmt: skip


def _written(word: bytes) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"'


WORDS = "\n".join(
    _written(word)
    for word in (
        *(bytes.fromhex(word) for word in (*_STATUS, *_TAGS)),
        *OBJECT_IDENTIFIERS,
        *(number for number in NUMBERS if 0 < len(number) <= 32),
        *_HEADERS,
    )
)
"""In libFuzzer's form, one word a line."""
