"""What the store raises by its own name. The texts hold no value of any statement and no URL."""

from __future__ import annotations


class StoreUnsafeError(RuntimeError):
    """The database does not run with the settings on which the promises rest."""


class StoreFullError(Exception):
    """The disk is full or refuses to write. The transaction is undone; a later one may succeed."""


class StoreUnreachableError(Exception):
    """The database does not answer. The transaction was not made, unless the connection broke in the moment
    of its commit and nobody could be asked afterwards; who repeats it, repeats it with its key.
    """
