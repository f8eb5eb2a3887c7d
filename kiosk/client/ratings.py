"""Ratings of the service, as a kiosk gives them."""

from __future__ import annotations

from datetime import datetime

from kiosk.client.connection import Connection, given, iso


class RatingCalls(Connection):
    """Calls about ratings."""

    def rate(
        self,
        face: int,
        idempotency_key: str,
        *,
        aspect: str | None = None,
        words: str = "",
        contact: str = "",
        ticket: str | None = None,
        procedure: str | None = None,
        given_at: datetime | None = None,
    ) -> None:
        """Give a rating, 1 very dissatisfied to 5 very satisfied. The same key counts once.

        ``aspect``: ``access``, ``procedure``, ``staff``, ``result`` or ``feedback``. ``ticket`` and
        ``procedure``: of both the centre keeps the service only. ``given_at``: for one told later.

        Raises ``CentreError``: ``IDEMPOTENCY_KEY_REUSED`` when the key came with another rating before.
        """
        body = {"face": face, **given(aspect=aspect, ticket=ticket, procedure=procedure)}
        body |= given(words=words or None, contact=contact or None, given_at=iso(given_at))
        self._call("POST", "/ratings", body, headers={"Idempotency-Key": idempotency_key})
