"""What is the same for every centre of a process of tests is read once: nearly each test begins a centre of
its own, and a fifth of the processor's time of that went to the same files again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kiosk.centre import forms, web
from kiosk.centre.web.static_files import StaticTree
from kiosk.eforms.definition import FormDefinition, load_forms

_one_tree = cache(StaticTree)  # the files of the pages, never written to

# A definition is frozen; files that are other than before, such as a test's own, are read anew.
_read: dict[frozenset[tuple[Path, bytes]], dict[str, FormDefinition]] = {}


def _forms(folder: Path) -> dict[str, FormDefinition]:
    files = frozenset((path, path.read_bytes()) for path in folder.glob("*.toml"))
    if files not in _read:
        _read[files] = load_forms(folder)
    return dict(_read[files])


@contextlib.contextmanager
def read_once() -> Iterator[None]:
    """Centres that are made inside share what they have read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "load_forms", _forms)
        patch.setattr(web, "StaticTree", _one_tree)
        yield
