"""Which way into the chip is taken: PACE where it is offered, BAC where it is the only one, and no silent
change.

A chip that offers PACE and then fails it is read by BAC only when the policy says so, and the result records
it: whoever can disturb PACE could otherwise force the weaker way (ICAO Doc 9303-11 §4.2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from devices.chip_card import lds
from devices.chip_card.access import bac, pace
from devices.chip_card.access.pace_mapping import ChipMapping
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.security_infos import PaceInfo, SecurityInfos
from devices.chip_card.access.session_keys import password_from_can, password_from_mrz
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import Access, AccessProtocol, Password

Transmit = Callable[[Command], Response]
_Opens = TypeVar("_Opens")

_PACE_TROUBLE = frozenset((FailureCode.CARD_ACCESS_REFUSED, FailureCode.CARD_CHANNEL_BROKEN))


@dataclass(frozen=True)
class Opened:
    """A chip that lets itself be read.

    ``application``: the LDS1 application is selected already.
    """

    channel: SecureChannel
    access: Access
    chip_mapping: ChipMapping | None = None
    application: bool = False


def open_chip(
    transmit: Transmit,
    reset: Callable[[], None],
    offered: SecurityInfos | None,
    keys: AccessKeys,
    *,
    bac_after_failed_pace: bool = False,
) -> Opened:
    """Open the chip with what is known of the card; one attempt, two where the expiry date leaves two keys.

    ``offered``: EF.CardAccess, ``None`` for a chip without it. ``reset``: takes power away and gives it
    again. Raises ``CardProblem``: the key is wrong (``CARD_CAN_WRONG``, ``CARD_MRZ_WRONG``), the chip needs a
    key that is not known (``CARD_NEEDS_QR``), PACE failed (``CARD_PACE_FAILED``), or the chip offers nothing
    that is spoken here (``CARD_NOT_SUPPORTED``).
    """
    info = offered.best_pace() if offered is not None else None
    if info is None:
        if offered is not None and offered.pace and not keys.mrz:
            raise CardProblem(FailureCode.CARD_NOT_SUPPORTED, f"the card offers only: {offered.summary()}")
        return _by_bac(transmit, keys)
    try:
        return _by_pace(transmit, reset, info, keys)
    except CardProblem as trouble:
        if trouble.code not in _PACE_TROUBLE:
            raise
        failed = CardProblem(FailureCode.CARD_PACE_FAILED, trouble.detail)
        if not (bac_after_failed_pace and keys.mrz):
            raise failed from None
    reset()
    return _by_bac(transmit, keys, pace_failed=True)


def _by_pace(transmit: Transmit, reset: Callable[[], None], info: PaceInfo, keys: AccessKeys) -> Opened:
    """With the CAN; where the chip knows no such password, as in passports, with the zone."""
    password = Password.CAN
    try:
        if keys.can is None:
            raise CardProblem(FailureCode.CARD_ACCESS_REFUSED, "no CAN is known")
        result = pace.establish(transmit, info, password_from_can(keys.can), pace.CAN)
    except CardProblem as trouble:
        if trouble.code is not FailureCode.CARD_ACCESS_REFUSED or not keys.mrz:
            raise
        if keys.can is not None:
            reset()
        passwords = [password_from_mrz(mrz) for mrz in keys.mrz]
        tries = [partial(pace.establish, transmit, info, secret, pace.MRZ) for secret in passwords]
        result = _first_that_opens(tries, reset)
        password = Password.MRZ
    access = Access(AccessProtocol.PACE, password, info.words)
    return Opened(SecureChannel(result.keys), access, result.chip_mapping)


def _by_bac(transmit: Transmit, keys: AccessKeys, *, pace_failed: bool = False) -> Opened:
    lds.select_application(transmit)
    if not keys.mrz:
        raise CardProblem(FailureCode.CARD_NEEDS_QR, "the chip opens by BAC only, which needs printed dates")
    channel = _first_that_opens([partial(bac.establish, transmit, mrz) for mrz in keys.mrz], lambda: None)
    access = Access(AccessProtocol.BAC, Password.MRZ, "3DES", pace_failed)
    return Opened(channel, access, application=True)


def _first_that_opens(tries: Sequence[Callable[[], _Opens]], reset: Callable[[], None]) -> _Opens:
    """Up to two keys that the printed dates leave, in their order; never a search."""
    for place, attempt in enumerate(tries):
        if place:
            reset()
        try:
            return attempt()
        except CardProblem as trouble:
            if trouble.code is not FailureCode.CARD_MRZ_WRONG or place + 1 == len(tries):
                raise
    raise ValueError("no key to try")
