"""DG14: the protocols of the chip and its public keys (ICAO Doc 9303-10 §4.7.14, Doc 9303-11 §9.2)."""

from __future__ import annotations

from devices.chip_card import tlv
from devices.chip_card.access import security_infos
from devices.chip_card.access.security_infos import SecurityInfos
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import data_group


def parse(data: bytes) -> SecurityInfos:
    """Read the data group; unknown entries are passed over. Raises ``CardProblem`` (data unreadable)."""
    try:
        content = tlv.single(data, data_group(14).tag).value
    except tlv.TlvError as error:
        raise unreadable(f"DG14: {error}") from None
    return security_infos.parse(content)
