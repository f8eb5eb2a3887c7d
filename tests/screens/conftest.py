"""What the tests of windows share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.x_server import x_server


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A private X server as small as a kiosk's window in the tests."""
    with x_server(540, 960) as name:
        yield name
