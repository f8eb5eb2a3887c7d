"""Reading JSON of the centre's answers. All times are UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from kiosk.failures import FailureCode

Json = dict[str, Any]
T = TypeVar("T")


class ForeignAnswerError(ValueError):
    """JSON that is not what the centre's API promises."""


def as_promised(build: Callable[[Any], T], raw: Any) -> T:
    """Read JSON. Raises ``ForeignAnswerError`` for any that is of another shape."""
    try:
        return build(raw)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ForeignAnswerError(f"{getattr(build, '__name__', 'answer')}: {type(error).__name__}") from error


def read_time(text: str) -> datetime:
    """Read one ``time`` from JSON."""
    return datetime.fromisoformat(text)


def read_maybe(build: Callable[[Any], T], raw: Any) -> T | None:
    """Read one ``maybe`` from JSON."""
    return None if raw is None else build(raw)


def read_failure(raw: str | None) -> FailureCode | None:
    """Read one ``failure`` from JSON."""
    if raw is None:
        return None
    try:
        return FailureCode(raw)
    except ValueError:
        return FailureCode.UNEXPECTED
