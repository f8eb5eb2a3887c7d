"""Passive authentication: the files of a card against what its issuer signed (ICAO Doc 9303-11 §5.1).

The files are judged as they come, in one thread beside the reading: parsing EF.SOD, verifying its signature,
following the chain and hashing the data groups overlap with the next command, for which the chip takes far
longer. What is judged never changes; only when.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol

from devices.chip_card.data_groups import com
from devices.chip_card.trust import chain, sod
from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.trust.card_security import CardSecurity
from devices.chip_card.trust.sod import SecurityObject
from kiosk.identity.card_proof import Agreement, Chain, GroupHash, Signature

_LOG = logging.getLogger(__name__)


class Moment(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime: ...


@dataclass(frozen=True)
class SignedFiles:
    """What is left when every file was judged."""

    security_object: SecurityObject
    data_groups: dict[int, GroupHash]
    chain: Chain
    file_list: Agreement


class PassiveAuthentication:
    """Takes the files of one card in any order after EF.SOD.

    A context manager: leaving it ends its thread. ``trust``: ``None`` when no trust anchors are kept; the
    chain is then not checked.
    """

    def __init__(self, now: Moment, trust: TrustStore | None) -> None:
        self._now = now
        self._trust = trust
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="card proof")
        self._sod: Future[SecurityObject] | None = None
        self._groups: dict[int, Future[GroupHash]] = {}

    def __enter__(self) -> PassiveAuthentication:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._beside.shutdown(wait=True, cancel_futures=True)

    def take_security_object(self, content: bytes) -> None:
        """EF.SOD has come."""
        self._sod = self._beside.submit(sod.parse, content)

    def take_group(self, number: int, content: bytes) -> None:
        """A data group has come, the whole file."""
        self._groups[number] = self._beside.submit(lambda: self.security_object().check(number, content))

    def security_object(self) -> SecurityObject:
        """Wait for EF.SOD.

        Raises ``CardProblem`` when it cannot be read, ``ValueError`` when it never came.
        """
        if self._sod is None:
            raise ValueError("EF.SOD has not come yet")
        return self._sod.result()

    def vouches_for(self, file: CardSecurity) -> bool:
        """Whether what EF.CardSecurity says counts: signed by the signer of EF.SOD, or by one that is
        trusted.

        Waits for EF.SOD. Raises ``CardProblem`` when it cannot be read.
        """
        if file.signature is not Signature.VALID or file.signer is None:
            return False
        if file.signer == self.security_object().signer:
            return True
        return self._judged(file.signer, None) in (Chain.TRUSTED, Chain.CRL_STALE)

    def has(self, number: int) -> bool:
        """Whether that group was taken."""
        return number in self._groups

    def group(self, number: int) -> GroupHash:
        """Wait for the result of one group that was taken.

        Raises ``CardProblem``, ``KeyError``.
        """
        return self._groups[number].result()

    def finish(
        self, listed: frozenset[int] | None, withheld: frozenset[int], country: str | None
    ) -> SignedFiles:
        """Wait for everything.

        Raises ``CardProblem`` when EF.SOD cannot be read. ``listed``: the groups that EF.COM names, ``None``
        without EF.COM. ``withheld``: groups that were asked for and not given. ``country``: of the
        machine-readable zone, three letters.
        """
        signed = self.security_object()
        groups = {number: future.result() for number, future in self._groups.items()}
        for number in signed.hashes:
            groups.setdefault(number, GroupHash.MISSING if number in withheld else GroupHash.NOT_READ)
        for number in (listed or frozenset()) - signed.hashes.keys():
            groups.setdefault(number, GroupHash.NOT_IN_SOD)
        same = listed == frozenset(signed.hashes)
        return SignedFiles(
            signed,
            dict(sorted(groups.items())),
            self._chain(signed, country),
            Agreement.NOT_COMPARED if listed is None else Agreement.AGREE if same else Agreement.DIFFER,
        )

    def _chain(self, signed: SecurityObject, country: str | None) -> Chain:
        if self._trust is None:
            return Chain.NOT_CHECKED
        if signed.signer is None:
            return Chain.ISSUER_UNKNOWN
        return self._judged(signed.signer, country)

    def _judged(self, signer: bytes, country: str | None) -> Chain:
        if self._trust is None:
            return Chain.NOT_CHECKED
        judgement = chain.judge(signer, self._trust, self._now(), country)
        if judgement.chain is not Chain.TRUSTED:
            _LOG.info("chain: %s (%s)", judgement.chain, judgement.detail)
        return judgement.chain


def listed_groups(com_file: bytes | None) -> frozenset[int] | None:
    """What EF.COM lists; ``None`` without the file.

    Raises ``CardProblem``.
    """
    return None if com_file is None else com.data_groups(com_file)
