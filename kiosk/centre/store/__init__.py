"""The centre's database: one writer, readers beside it, and the journal in every change."""

from kiosk.centre.store.store import Reading, Store, StoreFullError, Transaction

__all__ = ["Reading", "Store", "StoreFullError", "Transaction"]
