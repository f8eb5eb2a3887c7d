"""The centre's API (v1) as Python calls, for the kiosk, the ceiling display and the command line.

Calls block; run them on a worker thread. Every answer is a frozen dataclass. Everything that goes wrong is a
``CentreError`` with a failure code; ``CENTRE_UNREACHABLE`` stands for every fault of the transport, so that a
caller knows whether the centre said no or said nothing.

One module a matter: its answers, their reading from JSON, and its calls.
"""

from __future__ import annotations

from kiosk.client.board import Board, BoardCall, BoardCalls, Place
from kiosk.client.connection import AnswerClock, CentreError
from kiosk.client.counters import Counter, CounterCalls, CounterStep, OfficerName
from kiosk.client.devices import DeviceCalls, DeviceRequest, DeviceState
from kiosk.client.dossiers import DossierCalls
from kiosk.client.events import Event, EventCalls
from kiosk.client.forms import Answer, AttachedForm, FormAnswers, FormCalls, FormLine, FormSection
from kiosk.client.help_calls import HelpCall, HelpCalls
from kiosk.client.leases import LeaseCalls, LeasedBlock, NumberLease, OfflineAnswer, OfflineNumber
from kiosk.client.ratings import RatingCalls
from kiosk.client.services import Notice, Notices, PriorityClass, QueueRules, Service, ServiceCalls
from kiosk.client.sessions import Session, SessionCalls, Who
from kiosk.client.tickets import CounterName, FormMark, PrintMark, PriorityClaim, Ticket, TicketCalls, Wait

__all__ = [
    "Answer",
    "AnswerClock",
    "AttachedForm",
    "Board",
    "BoardCall",
    "CentreClient",
    "CentreError",
    "Counter",
    "CounterName",
    "CounterStep",
    "DeviceRequest",
    "DeviceState",
    "Event",
    "FormAnswers",
    "FormLine",
    "FormMark",
    "FormSection",
    "HelpCall",
    "LeasedBlock",
    "Notice",
    "Notices",
    "NumberLease",
    "OfficerName",
    "OfflineAnswer",
    "OfflineNumber",
    "Place",
    "PrintMark",
    "PriorityClaim",
    "PriorityClass",
    "QueueRules",
    "Service",
    "Session",
    "Ticket",
    "Wait",
    "Who",
]


class CentreClient(
    ServiceCalls,
    TicketCalls,
    LeaseCalls,
    FormCalls,
    CounterCalls,
    BoardCalls,
    SessionCalls,
    DeviceCalls,
    EventCalls,
    HelpCalls,
    RatingCalls,
    DossierCalls,
):
    """One client of one centre. Safe to share between threads: each thread gets its own connection."""
