"""What lies on the reader when it is no ID card, to say so kindly: a bank card, a transport card, a phone.

Only the answer to reset is looked at, and whether an application can be selected; nothing else is read of
such a card, and of its answers only the status is looked at. None of this proves anything: it chooses words.

- Memory cards answer nothing themselves; the reader makes an answer to reset for them that says so (PC/SC
  part 3 §3.1.3.2.3). Chip cards for transport and doors (DESFire, MIFARE Plus, Seos) are known by theirs or
  by their application.
- A payment card has the directory of payment applications (EMV Contactless Book B §3.3.1; on contact EMV
  Book 1 §12.2), or on contact at least an application of a payment scheme.
- A phone cannot be told for certain. Phones show another random identifier each time (``08``, ISO/IEC 14443-3
  §6.5.4), as ID cards do and payment cards rarely do, and mostly no historical bytes. So a payment card with
  a random identifier is called a phone, and so is anything unknown with both. A phone that shows neither is
  called by what its wallet plays, and a plastic card that shows them is taken for a phone.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.chip_card.apdu import OK, SHORT_LE, Command, Response
from devices.chip_card.lds import LDS1_AID
from kiosk.failures import FailureCode

_CONTACTLESS_DIRECTORY = b"2PAY.SYS.DDF01"
_CONTACT_DIRECTORY = b"1PAY.SYS.DDF01"
_PAYMENT_SCHEMES = tuple(
    bytes.fromhex(provider)
    # NAPAS, Visa, Mastercard, JCB, UnionPay, American Express
    for provider in ("A000000727", "A000000003", "A000000004", "A000000065", "A000000333", "A000000025")
)
_TRANSPORT_AND_DOORS = (
    bytes.fromhex("D2760000850100"),
    bytes.fromhex("A0000004400001010001"),
)  # DESFire, Seos

_CONTACTLESS_ATR = bytes.fromhex("8001")
_MEMORY_CARD = bytes.fromhex("804F0CA000000306")
_UNNAMED = 0xFF
_ISO_14443_4 = 0x20
_HISTORICAL_BYTES_OF_TRANSPORT_CARDS = frozenset((
    bytes.fromhex("80"),  # DESFire EV1 and later
    bytes.fromhex("067577810280"),  # DESFire behind readers that give its whole answer to select
    bytes.fromhex("C1052F2F01BCD6"),  # MIFARE Plus
    bytes.fromhex("C1052F2F0035C7"),  # MIFARE Plus S
))  # fmt: skip
_GET_IDENTIFIER = Command(0xFF, 0xCA, 0x00, 0x00, b"", SHORT_LE)
"""Answered by the reader, not the card (PC/SC part 3 §3.2.2.1.3)."""
_RANDOM_IDENTIFIER = 0x08
_BLOCKED = 0x6283
_MORE_TO_COME = 0x61

Transmit = Callable[[Command], Response]


def kind_by_atr(atr: bytes) -> FailureCode | None:
    """What the answer to reset alone tells: a transport card, or ``None``. Nothing is sent to the card."""
    historical = _historical_bytes(atr)
    if historical is None:
        return None
    if historical in _HISTORICAL_BYTES_OF_TRANSPORT_CARDS:
        return FailureCode.CARD_IS_TRANSPORT_CARD
    if historical.startswith(_MEMORY_CARD) and len(historical) >= len(_MEMORY_CARD) + 3:
        unnamed, number = historical[len(_MEMORY_CARD) + 1 : len(_MEMORY_CARD) + 3]
        if unnamed == _UNNAMED and number & _ISO_14443_4:
            return None  # a chip card that the reader did not activate; the number is its SAK
        return FailureCode.CARD_IS_TRANSPORT_CARD
    return None


def kind_of(atr: bytes, transmit: Transmit) -> FailureCode | None:
    """What lies there instead of an ID card; ``None`` when it has the LDS1 application after all.

    ``transmit`` speaks in clear, to a card without EF.CardAccess or without the application. Raises what it
    raises.
    """
    if not atr:
        return FailureCode.CARD_NOT_SUPPORTED
    known = kind_by_atr(atr)
    if known is not None:
        return known
    if _has(transmit, LDS1_AID, le=None):
        return None
    historical = _historical_bytes(atr)
    if historical is None:
        pays = any(_has(transmit, name, le=None) for name in (_CONTACT_DIRECTORY, *_PAYMENT_SCHEMES))
        return FailureCode.CARD_IS_BANK_CARD if pays else FailureCode.CARD_NOT_SUPPORTED
    return _contactless_kind(historical, transmit)


def _contactless_kind(historical: bytes, transmit: Transmit) -> FailureCode:
    if _has(transmit, _CONTACTLESS_DIRECTORY):
        random = _identifier_is_random(transmit)
        return FailureCode.CARD_IS_PHONE if random else FailureCode.CARD_IS_BANK_CARD
    if any(_has(transmit, name) for name in _TRANSPORT_AND_DOORS):
        return FailureCode.CARD_IS_TRANSPORT_CARD
    if not historical and _identifier_is_random(transmit):
        return FailureCode.CARD_IS_PHONE
    return FailureCode.CARD_NOT_SUPPORTED


def _has(transmit: Transmit, name: bytes, le: int | None = SHORT_LE) -> bool:
    """Whether an application of this name can be selected. A blocked one is there, too."""
    sw = transmit(Command(0x00, 0xA4, 0x04, 0x00, name, le)).sw
    return sw in (OK, _BLOCKED) or sw >> 8 == _MORE_TO_COME


def _identifier_is_random(transmit: Transmit) -> bool:
    """Whether the identifier of the anticollision is made up anew each time. It is looked at and dropped."""
    answer = transmit(_GET_IDENTIFIER)
    return answer.sw == OK and len(answer.data) == 4 and answer.data[0] == _RANDOM_IDENTIFIER


def _historical_bytes(atr: bytes) -> bytes | None:
    """Of the answer to reset that a reader makes for contactless cards (PC/SC part 3 §3.1.3.2.3); ``None``
    for contact cards.
    """
    if len(atr) < 4 or atr[0] != 0x3B or atr[1] & 0xF0 != 0x80 or atr[2:4] != _CONTACTLESS_ATR:
        return None
    return atr[4 : 4 + (atr[1] & 0x0F)]
