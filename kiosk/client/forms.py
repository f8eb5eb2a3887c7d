"""Forms: as a citizen confirmed one, and as the officer reads it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime

from kiosk.client.connection import Connection, iso, part
from kiosk.client.reading import Json, read_time


@dataclass(frozen=True)
class Answer:
    """One confirmed field of a form.

    ``source``: ``chip``, ``card_qr``, ``typed``, ``centre`` or ``computed``.
    """

    field: str
    value: str | bool | None = dataclass_field(repr=False)
    source: str
    read_at: datetime | None = None


@dataclass(frozen=True)
class FormAnswers:
    """A form as a citizen confirmed it, with the consent it rests on."""

    form: str
    version: str
    consent_at: datetime
    consent_text_version: str
    answers: tuple[Answer, ...] = dataclass_field(repr=False)


@dataclass(frozen=True)
class FormLine:
    """One line of an attached form, as the officer reads it."""

    field: str
    label: str
    value: str | bool | None = dataclass_field(repr=False)
    shown: str = dataclass_field(repr=False)
    source: str
    source_label: str


@dataclass(frozen=True)
class FormSection:
    """A titled part of an attached form."""

    title: str
    lines: tuple[FormLine, ...]


@dataclass(frozen=True)
class AttachedForm:
    """The form attached to a ticket."""

    form: str
    version: str
    title: str
    sections: tuple[FormSection, ...]
    consent_at: datetime
    consent_text_version: str
    attached_at: datetime


def read_attached_form(raw: Json) -> AttachedForm:
    """Read one ``attached_form`` from JSON."""
    return AttachedForm(
        form=raw["form"],
        version=raw["version"],
        title=raw["title"],
        sections=tuple(
            FormSection(title=section["title"], lines=tuple(FormLine(**line) for line in section["lines"]))
            for section in raw["sections"]
        ),
        consent_at=read_time(raw["consent"]["at"]),
        consent_text_version=raw["consent"]["text_version"],
        attached_at=read_time(raw["attached_at"]),
    )


class FormCalls(Connection):
    """Calls about forms."""

    def attach_form(self, ticket_id: str, form: FormAnswers) -> None:
        """Attach a confirmed form to a ticket.

        Raises ``CentreError``: ``FORM_NOT_ACCEPTED``, ``TICKET_STATE_WRONG``, ``NOT_FOUND``.
        """
        body = {
            "form": form.form,
            "version": form.version,
            "consent": {"at": iso(form.consent_at), "text_version": form.consent_text_version},
            "answers": [
                {"field": a.field, "value": a.value, "source": a.source, "read_at": iso(a.read_at)}
                for a in form.answers
            ],
        }
        self._call("PUT", f"/tickets/{part(ticket_id)}/form", body)

    def form(self, ticket_id: str) -> AttachedForm:
        """The form of the ticket being called or served at this officer's counter.

        Raises ``CentreError``: ``NOT_ALLOWED``, ``NOT_FOUND``, ``FORM_KEY_DESTROYED``.
        """
        return self._read(read_attached_form, "GET", f"/tickets/{part(ticket_id)}/form")
