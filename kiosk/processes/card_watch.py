"""The chip card on the reader: that it is laid down or taken away, and its reading for the visit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Protocol, cast

from devices.chip_card import CardFailure, CardPresence, CardReading, ReadStep
from devices.contract import Device
from devices.supervisor import DeviceWorker, WorkerStoppedError
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.processes.data_minimisation import needed
from kiosk.processes.error_place import error_place
from kiosk.visit.events import (
    CardFailed,
    CardInserted,
    CardProgress,
    CardRead,
    CardRefused,
    CardRemoved,
    Event,
    ReadingStep,
)

_LOG = logging.getLogger(__name__)

PRESENCE_SECONDS = 0.25
"""How long one look at the reader may wait for a change; a reading waits at most so long for its turn."""
READER_AGAIN_SECONDS = 1.0

_STEPS = {
    ReadStep.ACCESS: ReadingStep.OPENING,
    ReadStep.IDENTITY: ReadingStep.READING,
    ReadStep.PROOF: ReadingStep.CHECKING,
    ReadStep.PHOTO: ReadingStep.CHECKING,  # never asked for here
}


class Reader(Device, Protocol):
    """What the kiosk uses of the chip card reader."""

    def presence(self, wait: float = 0.0) -> CardPresence: ...
    def recognise(self) -> FailureCode | None: ...
    def read(
        self, keys: AccessKeys | str, progress: Callable[[ReadStep], None] = ...
    ) -> CardReading | CardFailure: ...


class CardWatch:
    """Looks at the reader again and again, from ``start`` until ``stop`` is set; a reading takes its turn in
    between.

    ``worker`` is the reader's, asked for only after ``start``: everything is done on its thread. ``dispatch``
    gets what was seen and read. Keeps no keys and nothing of a card.
    """

    def __init__(
        self, worker: Callable[[], DeviceWorker], dispatch: Callable[[Event], None], stop: threading.Event
    ) -> None:
        self._worker = worker
        self._dispatch = dispatch
        self._stop = stop
        self._thread = threading.Thread(target=self._watch, name="card-watch", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    # -- reading -----------------------------------------------------------------------------------------

    def read(self, visit: str, attempt: int, keys: AccessKeys) -> None:
        """Read the card; returns at once, ``CardProgress`` and ``CardRead`` or ``CardFailed`` follow."""
        secret = [keys]  # taken out by the job, so that a finished job holds nothing

        def read() -> None:
            reader = cast(Reader, self._worker().device)

            def progress(at: ReadStep) -> None:
                self._dispatch(CardProgress(visit, attempt, _STEPS[at]))

            try:
                result = reader.read(secret.pop(), progress)
            except Exception as error:  # a bug of the driver
                _LOG.error("reading failed: %s", error_place(error))
                self._dispatch(CardFailed(visit, attempt, FailureCode.UNEXPECTED))
                return
            if isinstance(result, CardFailure):
                self._dispatch(CardFailed(visit, attempt, result.code))
            else:
                _LOG.info(
                    "card read: %d APDUs, %d bytes, %.0f ms", result.apdus, result.bytes, result.milliseconds
                )
                self._dispatch(CardRead(visit, attempt, needed(result.citizen), result.proof))

        self._worker().submit(read)

    # -- presence ----------------------------------------------------------------------------------------

    def _watch(self) -> None:
        worker = self._worker()
        before = CardPresence(None, card=False)
        while not self._stop.is_set():
            try:
                seen = worker.submit(lambda: cast(Reader, worker.device).presence(PRESENCE_SECONDS)).result()
            except (WorkerStoppedError, CancelledError):
                return
            except Exception:  # a bug of the driver, logged by the worker
                seen = CardPresence(None, card=False, failure=FailureCode.UNEXPECTED)
            if before.card and (not seen.card or seen.token != before.token):
                self._dispatch(CardRemoved())
            if seen.card and (not before.card or seen.token != before.token):
                self._laid(worker)
            if seen.failure is FailureCode.CARDS_TWO and before.failure is not FailureCode.CARDS_TWO:
                self._dispatch(CardRefused(FailureCode.CARDS_TWO))
            if seen.failure is not None or seen.reader is None:
                self._stop.wait(READER_AGAIN_SECONDS)
            before = seen

    def _laid(self, worker: DeviceWorker) -> None:
        """Whether it can be an ID card is known from its first answers, before anybody types a digit."""
        try:
            refused = worker.submit(lambda: cast(Reader, worker.device).recognise()).result()
        except (WorkerStoppedError, CancelledError):
            return
        except Exception:  # a bug of the driver, logged by the worker; the reading will tell
            refused = None
        self._dispatch(CardInserted() if refused is None else CardRefused(refused))
