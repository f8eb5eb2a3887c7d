"""EF.COM: versions and the list of data groups (ICAO Doc 9303-10 §4.6.1). It is not signed; the SOD's list
is.
"""

from __future__ import annotations

from dataclasses import dataclass

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import COM, DATA_GROUP_TAGS

_LDS_VERSION, _UNICODE_VERSION, _TAG_LIST = 0x5F01, 0x5F36, 0x5C
_NUMBERS = {tag: number for number, tag in DATA_GROUP_TAGS.items()}


@dataclass(frozen=True)
class FileList:
    """What the card says it has. Versions as ``1.7`` and ``4.0.0``, ``None`` when missing or malformed;
    ``unknown_tags``: listed, and of no data group.
    """

    data_groups: frozenset[int]
    lds_version: str | None = None
    unicode_version: str | None = None
    unknown_tags: tuple[int, ...] = ()


def parse(data: bytes) -> FileList:
    """Read the file. Raises ``CardProblem`` (data unreadable) when there is no list of data groups."""
    try:
        items = tlv.single(data, COM.tag).children()
    except tlv.TlvError as error:
        raise unreadable(f"EF.COM: {error}") from None
    found: dict[int, bytes] = {}
    for item in items:
        found.setdefault(item.tag, item.value)
    tags = found.get(_TAG_LIST)
    if tags is None:
        raise unreadable("EF.COM has no list of data groups")
    return FileList(
        data_groups=frozenset(_NUMBERS[tag] for tag in tags if tag in _NUMBERS),
        lds_version=_version(found.get(_LDS_VERSION), 2),
        unicode_version=_version(found.get(_UNICODE_VERSION), 3),
        unknown_tags=tuple(sorted({tag for tag in tags if tag not in _NUMBERS})),
    )


def data_groups(data: bytes) -> frozenset[int]:
    """Numbers of the data groups the card says it has. Raises ``CardProblem`` (data unreadable)."""
    return parse(data).data_groups


def _version(digits: bytes | None, parts: int) -> str | None:
    """Two decimal digits for each part."""
    if digits is None or len(digits) != 2 * parts or not digits.isdigit():
        return None
    return ".".join(str(int(digits[place : place + 2])) for place in range(0, len(digits), 2))
