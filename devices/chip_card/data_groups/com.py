"""EF.COM: versions and the list of data groups (ICAO Doc 9303-10 §4.6.1). It is not signed; the SOD's list
is.
"""

from __future__ import annotations

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import COM, DATA_GROUP_TAGS

_TAG_LIST = 0x5C


def data_groups(data: bytes) -> frozenset[int]:
    """Numbers of the data groups the card says it has. Raises ``CardProblem`` (data unreadable)."""
    numbers = {tag: number for number, tag in DATA_GROUP_TAGS.items()}
    try:
        for item in tlv.single(data, COM.tag).children():
            if item.tag == _TAG_LIST:
                return frozenset(numbers[tag] for tag in item.value if tag in numbers)
    except tlv.TlvError as error:
        raise unreadable(f"EF.COM: {error}") from None
    raise unreadable("EF.COM has no list of data groups")
