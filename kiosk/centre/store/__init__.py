"""The centre's database: one writer, readers beside it, and the journal in every change (``store.py``)."""
