"""The secret part of a citizen's follow link, derived so that it need not stand in the journal.

A token is HMAC-SHA256 of the ticket's id under a secret of the site: nobody can guess it, and tables that are
rebuilt from the journal hold the links that are already printed on slips. The secret lives in the database
and in its backups only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from sqlalchemy import Connection, bindparam, select

from kiosk.centre.store.schema import site_secret
from kiosk.centre.store.upsert import upsert

_NAME = "follow"
_SECRET_BYTES = 32
_TOKEN_BYTES = 16  # 128 bits: a link nobody can guess
_READ = select(site_secret.c.value).where(
    site_secret.c.site == bindparam("in_site"), site_secret.c.name == _NAME
)


def follow_token(secret: bytes, ticket_id: str) -> str:
    """The token of a ticket: 22 letters, digits, ``-`` and ``_``."""
    digest = hmac.digest(secret, ticket_id.encode("utf-8"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).rstrip(b"=").decode("ascii")


def follow_secret(connection: Connection, site: str) -> bytes:
    """The site's secret; made, within the caller's transaction, where there is none yet."""
    secret = connection.execute(_READ, {"in_site": site}).scalar()
    if secret is None:
        fresh = upsert(site_secret).values(site=site, name=_NAME, value=secrets.token_bytes(_SECRET_BYTES))
        connection.execute(fresh.on_conflict_do_nothing(index_elements=["site", "name"]))
        secret = connection.execute(_READ, {"in_site": site}).scalar_one()
    return bytes(secret)
