"""Forms that citizens confirmed: checked, locked with the day's key, shown to the one officer who needs
them.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, update

from kiosk.centre.day_keys import DayKeys, KeyDestroyedError, first_day_kept
from kiosk.centre.moments import Clock
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import counter as counter_table
from kiosk.centre.store.schema import form as form_table
from kiosk.centre.store.schema import ticket
from kiosk.centre.store.store import Reading, StoreFullError, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.centre.web.words import word
from kiosk.eforms.answers import Answers, from_wire, holds, label_of, shown
from kiosk.eforms.definition import FormDefinition, load_forms
from kiosk.eforms.rules import problems
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import local_date
from kiosk.queueing.ticket import ACTIVE, TicketState
from kiosk.settings import Settings

_LOG = logging.getLogger(__name__)
_NONCE_BYTES = 12  # NIST SP 800-38D §8.2.2: random, far below 2**32 uses of one day's key
_FILLABLE = frozenset({TicketState.WAITING, *ACTIVE})


@dataclass(frozen=True)
class Confirmed:
    """A form as it came from a kiosk; ``repr`` shows nothing of what the citizen said."""

    form: str
    version: str
    consent: Json
    answers: list[Json] = field(repr=False)


class FormDesk:
    """The forms of this centre. Raises ``FormDefinitionError`` when one of its definitions is wrong."""

    def __init__(self, settings: Settings, plan: Plan, keys_folder: Path, clock: Clock) -> None:
        self._plan = plan
        self._clock = clock
        self._retention_days = settings.centre.form_retention_days
        self._keys = DayKeys(keys_folder)
        self._definitions: dict[str, FormDefinition] = load_forms(settings.folder / "forms")

    def attach(self, transaction: Transaction, actor: str, ticket_id: str, confirmed: Confirmed) -> None:
        """Check a form and attach it to a ticket, in place of one attached before.

        Raises ``RefusalError``: ``NOT_FOUND``, ``TICKET_STATE_WRONG``, ``FORM_NOT_ACCEPTED``,
        ``FORM_KEY_DESTROYED``.
        """
        query = select(ticket).where(ticket.c.site == self._plan.site, ticket.c.id == ticket_id)
        row = transaction.connection.execute(query).mappings().first()
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such ticket.")
        if TicketState(row["state"]) not in _FILLABLE:
            raise RefusalError(FailureCode.TICKET_STATE_WRONG, f"The ticket is {row['state']}.")
        today = local_date(transaction.now, self._plan.zone)
        self._check(row["service"], confirmed, today)
        day = date.fromisoformat(row["day"])
        if day < first_day_kept(today, self._retention_days):
            raise _destroyed()
        body = json.dumps({"consent": confirmed.consent, "answers": confirmed.answers}, ensure_ascii=False)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        try:
            key = self._keys.read_or_make(day)
        except OSError as error:
            raise StoreFullError("the day's key cannot be written") from error
        sealed = AESGCM(key).encrypt(nonce, body.encode("utf-8"), self._bound_to(ticket_id))
        kept = {
            "day": row["day"],
            "form": confirmed.form,
            "version": confirmed.version,
            "attached_at": transaction.at,
            "nonce": nonce,
            "sealed": sealed,
        }
        fresh = upsert(form_table).values(site=self._plan.site, ticket=ticket_id, **kept)
        transaction.connection.execute(
            fresh.on_conflict_do_update(index_elements=["site", "ticket"], set_=kept)
        )
        transaction.connection.execute(
            update(ticket)
            .where(ticket.c.site == self._plan.site, ticket.c.id == ticket_id)
            .values(form=confirmed.form, form_attached_at=transaction.at)
        )
        payload = {"ticket_id": ticket_id, "form": confirmed.form, "version": confirmed.version}
        transaction.record("form.attached", actor, ticket_id, payload)

    def _check(self, service: str, confirmed: Confirmed, today: date) -> None:
        known = self._plan.services.get(service)
        definition = self._definitions.get(confirmed.form)
        if definition is None or known is None or known.form != confirmed.form:
            raise _not_accepted("the ticket's service has no such form")
        if definition.version != confirmed.version:
            raise _not_accepted(f"version {definition.version} is in use")
        if not definition.in_force(today):
            raise _not_accepted("the form is not in force today")
        try:
            answers = from_wire(confirmed.answers)
        except ValueError:
            raise _not_accepted("the answers cannot be read, or a field is answered twice") from None
        wrong = problems(definition, answers, today)
        if wrong:
            known_ids = {made.id for made in definition.fields()}
            places = [one.field if one.field in known_ids else "?" for one in wrong]
            raise _not_accepted(
                "; ".join(f"{place}: {one.code}" for place, one in zip(places, wrong, strict=True))
            )

    def open(self, reading: Reading, ticket_id: str, login: str) -> Json:
        """The form of a ticket, for the officer at whose counter it is called or served, and nobody else.

        Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``, ``FORM_KEY_DESTROYED``.
        """
        query = (
            select(ticket.c.state, ticket.c.counter, counter_table.c.officer)
            .join_from(
                ticket,
                counter_table,
                (counter_table.c.site == ticket.c.site) & (counter_table.c.id == ticket.c.counter),
                isouter=True,
            )
            .where(ticket.c.site == self._plan.site, ticket.c.id == ticket_id)
        )
        row = reading.connection.execute(query).mappings().first()
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such ticket.")
        if TicketState(row["state"]) not in ACTIVE or row["officer"] != login:
            raise RefusalError(
                FailureCode.NOT_ALLOWED,
                "Only while the ticket is called or served at this officer's counter.",
            )
        kept = select(form_table).where(
            form_table.c.site == self._plan.site, form_table.c.ticket == ticket_id
        )
        sealed = reading.connection.execute(kept).mappings().first()
        if sealed is None:
            raise RefusalError(FailureCode.NOT_FOUND, "No form is attached to this ticket.")
        return self._shown(sealed, self._unsealed(sealed))

    def _unsealed(self, sealed: Row) -> Json:
        try:
            key = self._keys.read(date.fromisoformat(sealed["day"]))
            text = AESGCM(key).decrypt(sealed["nonce"], sealed["sealed"], self._bound_to(sealed["ticket"]))
        except (KeyDestroyedError, InvalidTag):
            raise _destroyed() from None
        opened: Json = json.loads(text)
        return opened

    def _shown(self, sealed: Row, opened: Json) -> Json:
        answers = from_wire(opened["answers"])
        definition = self._definitions.get(sealed["form"])
        return {
            "form": sealed["form"],
            "version": sealed["version"],
            "title": sealed["form"] if definition is None else definition.title,
            "sections": [] if definition is None else _sections(definition, answers),
            "consent": opened["consent"],
            "attached_at": sealed["attached_at"],
        }

    def _bound_to(self, ticket_id: str) -> bytes:
        """Additional data: a sealed form opens only in its own ticket's row."""
        return f"{self._plan.site}/{ticket_id}".encode()

    def destroy_expired_keys(self) -> list[date]:
        """Destroy the keys of days that are past keeping; returns those days. Never raises."""
        today = local_date(self._clock(), self._plan.zone)
        try:
            return self._keys.destroy_before(first_day_kept(today, self._retention_days))
        except OSError as error:
            _LOG.error("expired keys cannot be destroyed: %s", type(error).__name__)
            return []


def _sections(definition: FormDefinition, answers: Answers) -> list[Json]:
    sections = []
    for section in definition.sections:
        lines = []
        for made in section.fields:
            answer = answers.get(made.id)
            if answer is None and not holds(made.when, answers):
                continue
            lines.append(
                {
                    "field": made.id,
                    "label": label_of(made, answers),
                    "value": None if answer is None else answer.value,
                    "shown": "" if answer is None else shown(made, answer.value),
                    "source": "" if answer is None else answer.source.value,
                    "source_label": "" if answer is None else word(f"source.{answer.source.value}"),
                }
            )
        if lines:
            sections.append({"title": section.title, "lines": lines})
    return sections


def _not_accepted(why: str) -> RefusalError:
    return RefusalError(FailureCode.FORM_NOT_ACCEPTED, f"The form is not accepted: {why}.")


def _destroyed() -> RefusalError:
    return RefusalError(FailureCode.FORM_KEY_DESTROYED, "The key of that day was destroyed as promised.")
