"""Everything can be done by keys: arrows and Tab, or a number pad."""

from __future__ import annotations

import json

from tests.screens.test_pages import offscreen


def test_every_element_is_reached_in_order_said_and_pressed_as_by_touch():
    """Also: the guard time, the focus kept, typing on pads and keyboards, pages of other letters let go."""
    done = offscreen("tests.screens.key_window", timeout=400)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == []
