"""EF.CardAccess: which ways into the chip it offers (ICAO Doc 9303-11 §9.2)."""

from __future__ import annotations

from dataclasses import dataclass

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable

_SET, _SEQUENCE, _INTEGER, _OID = 0x31, 0x30, 0x02, 0x06
_BSI = bytes.fromhex("04007f000702")

PACE_ECDH_GM_AES_128 = _BSI + bytes.fromhex("02040202")
BRAINPOOL_P256R1 = 13

_PACE = _BSI + bytes.fromhex("0204")
_TERMINAL_AUTHENTICATION = _BSI + bytes.fromhex("0202")
_CHIP_AUTHENTICATION = _BSI + bytes.fromhex("0203")


@dataclass(frozen=True)
class PaceInfo:
    """One offered PACE protocol. ``protocol``: the OID's bytes; ``parameter_id``: ICAO Doc 9303-11 table
    6.
    """

    protocol: bytes
    version: int
    parameter_id: int | None


@dataclass(frozen=True)
class CardAccess:
    """What the card says before any secret is given. ``raw`` is the file; the chip confirms it later in
    DG14.
    """

    raw: bytes
    pace: tuple[PaceInfo, ...]
    chip_authentication: bool
    terminal_authentication: bool

    def supported_pace(self) -> PaceInfo | None:
        """The offered protocol that this reader speaks: ECDH generic mapping, AES-128, brainpoolP256r1,
        version 2.
        """
        for info in self.pace:
            if (
                info.protocol == PACE_ECDH_GM_AES_128
                and info.version == 2
                and info.parameter_id == BRAINPOOL_P256R1
            ):
                return info
        return None

    def summary(self) -> str:
        """What is offered, in the standard's names."""
        names = []
        for info in self.pace:
            known = info.protocol == PACE_ECDH_GM_AES_128
            names.append(
                f"{'PACE-ECDH-GM-AES-128' if known else 'PACE ' + info.protocol.hex()}/{info.parameter_id}"
            )
        names += ["CA"] if self.chip_authentication else []
        names += ["TA"] if self.terminal_authentication else []
        return ", ".join(names)


def parse(data: bytes) -> CardAccess:
    """Read the file; unknown entries are passed over. Raises ``CardProblem`` (data unreadable)."""
    pace: list[PaceInfo] = []
    chip = terminal = False
    try:
        for info in tlv.single(data, _SET).children():
            parts = info.children() if info.tag == _SEQUENCE else []
            if not parts or parts[0].tag != _OID:
                continue
            protocol = parts[0].value
            chip = chip or protocol.startswith(_CHIP_AUTHENTICATION)
            terminal = terminal or protocol.startswith(_TERMINAL_AUTHENTICATION)
            if protocol.startswith(_PACE) and len(protocol) == len(PACE_ECDH_GM_AES_128):
                numbers = [int.from_bytes(part.value) for part in parts[1:] if part.tag == _INTEGER]
                if numbers:
                    pace.append(PaceInfo(protocol, numbers[0], numbers[1] if len(numbers) > 1 else None))
    except tlv.TlvError as error:
        raise unreadable(f"EF.CardAccess: {error}") from None
    return CardAccess(data, tuple(pace), chip, terminal)
