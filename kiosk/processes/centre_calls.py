"""What the visit asks of the centre, on threads of its own, so that a silent centre holds up nothing."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from kiosk.client import Answer as SentAnswer
from kiosk.client import CentreClient, CentreError, FormAnswers
from kiosk.processes.error_place import error_place
from kiosk.processes.issuing import Issuing
from kiosk.visit.effects import AskDossier, IssueTicket, SendForm
from kiosk.visit.events import (
    DossierTold,
    Event,
    FormFailed,
    FormSent,
    ServicesFailed,
    ServicesLoaded,
    TicketIssued,
    TicketRefused,
)

_LOG = logging.getLogger(__name__)


class CentreCalls:
    """Threads for calls of the centre, and the calls that carry out an effect of the visit.

    A call waits for its answer and then tells ``dispatch``; ``begin`` has it, or one of a neighbour (a call
    for help, a rating), done on a thread. Nothing begins once ``stop`` is set.
    """

    def __init__(
        self,
        client: CentreClient,
        issuing: Issuing,
        dispatch: Callable[[Event], None],
        stop: threading.Event,
    ) -> None:
        self._client = client
        self._issuing = issuing
        self._dispatch = dispatch
        self._stop = stop
        self._threads = ThreadPoolExecutor(3, "centre-calls")

    def begin(self, job: Callable[..., None], *arguments: object) -> None:
        """Have a job done on a thread; returns at once."""
        if self._stop.is_set():
            return

        def run() -> None:
            try:
                job(*arguments)
            except Exception as error:  # a bug: the citizen is told after the wait; never what it was about
                _LOG.error("%s failed: %s", job.__name__, error_place(error))

        with contextlib.suppress(RuntimeError):  # the process has stopped meanwhile
            self._threads.submit(run)

    def shut_down(self) -> None:
        """What waits for a thread is dropped; what was begun ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    # -- the calls ---------------------------------------------------------------------------------------

    def load_services(self, visit: str) -> None:
        """What can be chosen now."""
        try:
            offer = self._issuing.offer()
        except CentreError as error:
            self._dispatch(ServicesFailed(visit, error.code))
            return
        loaded = ServicesLoaded(visit, offer.services, offer.priorities, offer.offline, offer.day)
        self._dispatch(loaded)

    def issue(self, effect: IssueTicket) -> None:
        """A number, of the centre or of those held here."""
        try:
            ticket = self._issuing.issue(effect)
        except CentreError as error:
            self._dispatch(TicketRefused(effect.visit, effect.key, error.code))
            return
        self._dispatch(TicketIssued(effect.visit, effect.key, ticket))

    def ask_dossier(self, effect: AskDossier) -> None:
        """How far a dossier is."""
        status = None
        with contextlib.suppress(CentreError):  # unknown or unreachable: then nothing is claimed
            status = self._client.dossier_status(effect.code)
        self._dispatch(DossierTold(effect.visit, effect.code, status))

    def send_form(self, effect: SendForm) -> None:
        """The answers of a form, to the number they belong to."""
        answers = effect.answers
        form = FormAnswers(
            form=effect.form.id,
            version=effect.form.version,
            consent_at=effect.consent_at,
            consent_text_version=effect.form.consent.version,
            answers=tuple(
                SentAnswer(made.id, answers[made.id].value, answers[made.id].source, answers[made.id].read_at)
                for made in effect.form.fields()
                if made.id in answers and not answers[made.id].empty
            ),
        )
        try:
            self._client.attach_form(effect.ticket, form)
        except CentreError as error:
            self._dispatch(FormFailed(effect.visit, effect.ticket, error.code))
            return
        self._dispatch(FormSent(effect.visit, effect.ticket))
