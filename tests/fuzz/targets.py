"""Every parser of bytes or text from outside, by name.

Modules of the product are imported by the targets' loaders, not here, so that the fuzzer can instrument them
first.
"""

from __future__ import annotations

from tests.fuzz import card_files, chip_answers, printed_text, trust_files, whole_cards
from tests.fuzz.target import Loaded, Target

TARGETS: dict[str, Target] = {
    one.name: one
    for module in (card_files, chip_answers, printed_text, trust_files, whole_cards)
    for one in module.TARGETS
}


def load(target: Target) -> Loaded:
    """Import what the target needs and make its seeds."""
    return target.loader()
