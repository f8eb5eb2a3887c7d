"""The search for procedures, and one procedure shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.eforms.vietnamese_input import InputMethod
from kiosk.failures import FailureCode
from kiosk.visit.events import FoundProcedure, PrintResult


@dataclass(frozen=True)
class FindProcedure:
    """What one wants to do, typed; the procedures that fit follow each key.

    ``hits`` belong to ``searched``; ``None``: nothing was searched yet. Without marks Telex is as
    good as plain letters, and whoever knows it may set them. ``elsewhere``: what to say of a matter that is
    done at another place. ``from_services``: one goes back to their list.
    """

    text: str = field(default="", repr=False)
    method: InputMethod = InputMethod.TELEX
    page: int = 0
    hits: tuple[FoundProcedure, ...] | None = None
    searched: str = field(default="", repr=False)
    elsewhere: str = field(default="", repr=False)
    from_services: bool = False


@dataclass(frozen=True)
class ProcedureShown:
    """One procedure, page by page. ``found_by``: the search it came from. ``printed``: of its sheet."""

    found: FoundProcedure
    found_by: FindProcedure
    page: int = 0
    printing: bool = False
    printed: PrintResult | None = None
    print_failure: FailureCode | None = None
