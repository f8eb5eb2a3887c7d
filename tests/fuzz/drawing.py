"""Inputs of a target as hypothesis draws them."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from tests.fuzz.mutations import mutated, scrambled
from tests.fuzz.target import Loaded, Target

_LONGEST_BARE = 300


def inputs(target: Target, loaded: Loaded) -> st.SearchStrategy[bytes]:
    """Any bytes, an input as it is, or one with up to four changes that keep its form."""

    def changed(data: bytes, number: int, changes: int) -> bytes:
        random = Random(number)  # noqa: S311 - to be repeated
        for _ in range(changes):
            data = mutated(
                target.form,
                data,
                target.longest,
                random=random,
                others=loaded.seeds,
                blind=scrambled(random),
            )
        return data

    seeds, numbers = st.sampled_from(loaded.seeds), st.integers(0, 1 << 32)
    return st.one_of(st.binary(max_size=_LONGEST_BARE), st.builds(changed, seeds, numbers, st.integers(0, 4)))
