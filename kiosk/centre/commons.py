"""What the processes of one centre know together, in memory only.

It belongs to the process that started them, or to the only one there is. Nothing of it reaches the disk: the
digits of a card because they are personal, the rest because it is worth nothing after a restart.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any, Protocol

from prometheus_client import Metric

from kiosk.centre.handover import Handover

_ANSWER_SECONDS = 2.0


class Digits(Protocol):
    """As ``Handover``: what is put is taken once, within a minute."""

    def put(self, key: str, text: str) -> None:
        """Keep ``text`` until it is taken or its time is over."""

    def take(self, key: str) -> str | None:
        """What was put there; the second time, or when it was too late, nothing."""

    def clear(self) -> None:
        """Forget everything, at the end of a centre of one process."""


class Seen(Protocol):
    """When each machine's device was last heard of."""

    def get(self, name: str, /) -> datetime | None:
        """The moment of its last heartbeat."""

    def __setitem__(self, name: str, moment: datetime, /) -> None:
        """A heartbeat came."""


class Commons(Protocol):
    """The whole of it."""

    digits: Digits
    seen: Seen

    def tell_fault(self, fault: str) -> None:
        """The journal is broken: say so to all."""

    def fault(self) -> str | None:
        """What one of the processes found broken."""

    def exchange(self, figures: Sequence[Metric]) -> Mapping[int, Sequence[Metric]]:
        """Leave one's figures, each second; get the newest of every process by its number. Of a centre that
        is one process: nothing.
        """


class OwnCommons:
    """Of a centre that is one process, and of the parent of several."""

    def __init__(self) -> None:
        self.digits: Digits = Handover()
        self.seen: Seen = dict[str, datetime]()
        self._fault: str | None = None

    def tell_fault(self, fault: str) -> None:
        """Keep it."""
        self._fault = fault

    def fault(self) -> str | None:
        """What was told."""
        return self._fault

    def exchange(self, figures: Sequence[Metric]) -> Mapping[int, Sequence[Metric]]:
        """There are no others."""
        return {}


class SharedCommons:
    """The parent's side: answers what its children ask, one after the other."""

    def __init__(self) -> None:
        self._own = OwnCommons()
        self._figures: dict[int, Sequence[Metric]] = {}
        self._answers: Mapping[str, Callable[..., Any]] = {
            "put": self._own.digits.put,
            "take": self._own.digits.take,
            "saw": self._own.seen.__setitem__,
            "seen": self._own.seen.get,
            "tell_fault": self._own.tell_fault,
            "fault": self._own.fault,
        }

    def answer(self, process: int, asked: tuple[Any, ...]) -> Any:
        """What to send back to a child."""
        name, *values = asked
        if name == "exchange":
            self._figures[process] = values[0]
            return self._figures
        return self._answers[name](*values)

    def left(self, process: int) -> None:
        """A child ended; its figures begin anew with the next one."""
        self._figures.pop(process, None)

    def clear(self) -> None:
        """Forget everything."""
        self._own.digits.clear()


class CommonsAt:
    """A child's side, over the pipe to its parent. Callable from any thread.

    Where the parent does not answer, nothing is known; a child whose parent is gone ends anyway.
    """

    def __init__(self, parent: Connection) -> None:
        self._parent = parent
        self._lock = threading.Lock()
        self.digits: Digits = _DigitsAt(self.ask)
        self.seen: Seen = _SeenAt(self.ask)

    def ask(self, *words: Any) -> Any:
        """The parent's answer; ``None`` if there is none."""
        with self._lock:
            try:
                self._parent.send(words)
                return self._parent.recv() if self._parent.poll(_ANSWER_SECONDS) else None
            except (OSError, EOFError):
                return None

    def tell_fault(self, fault: str) -> None:
        """Tell the parent."""
        self.ask("tell_fault", fault)

    def fault(self) -> str | None:
        """What any of the processes told."""
        found: str | None = self.ask("fault")
        return found

    def exchange(self, figures: Sequence[Metric]) -> Mapping[int, Sequence[Metric]]:
        """Leave one's figures with the parent and get those of all."""
        return self.ask("exchange", list(figures)) or {}


class _DigitsAt:
    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def put(self, key: str, text: str) -> None:
        self._ask("put", key, text)

    def take(self, key: str) -> str | None:
        found: str | None = self._ask("take", key)
        return found

    def clear(self) -> None:
        """The other processes may still need them."""


class _SeenAt:
    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def get(self, name: str, /) -> datetime | None:
        found: datetime | None = self._ask("seen", name)
        return found

    def __setitem__(self, name: str, moment: datetime, /) -> None:
        self._ask("saw", name, moment)
