"""The ready cards of ``profiles.toml``: a name, the knobs that are turned, and what an honest reader says."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from devices.virtual.chip_card.profile import CardFaults, CardProfile, LinkTiming, turned

GENUINE = "genuine"

_FILE = Path(__file__).with_name("profiles.toml")


@dataclass(frozen=True)
class Preset:
    """A ready card. ``says``: the honest answer in words; ``verdict``, ``doubts``, ``proof`` and ``failure``
    the same in the names of ``kiosk.identity.card_proof`` and ``kiosk.failures``, for a reader that knows the
    demo issuer and the card's passwords; ``None`` and empty where it does not come to that.
    """

    name: str
    what: str
    says: str
    profile: CardProfile = field(default_factory=CardProfile)
    faults: CardFaults = field(default_factory=CardFaults)
    timing: LinkTiming = field(default_factory=LinkTiming)
    verdict: str | None = None
    failure: str | None = None
    doubts: tuple[str, ...] = ()
    proof: Mapping[str, str] = field(default_factory=dict)

    def with_knobs(self, knobs: Mapping[str, object]) -> Preset:
        """This card with more knobs turned, of whichever of the three they are. Raises ``ValueError``."""
        parts = {"profile": CardProfile, "faults": CardFaults, "timing": LinkTiming}
        owners = {knob.name: part for part, kind in parts.items() for knob in dataclasses.fields(kind)}
        unknown = [knob for knob in knobs if knob not in owners]
        if unknown:
            raise ValueError(f"no knob “{unknown[0]}”; there are {', '.join(owners)}")
        chosen: dict[str, dict[str, object]] = {part: {} for part in parts}
        for knob, value in knobs.items():
            chosen[owners[knob]][knob] = value
        return Preset(
            self.name, self.what, self.says,
            turned(self.profile, chosen["profile"]),
            turned(self.faults, chosen["faults"]),
            turned(self.timing, chosen["timing"]),
            self.verdict, self.failure, self.doubts, self.proof,
        )  # fmt: skip


@cache
def presets() -> dict[str, Preset]:
    """All of them by name, in the file's order. Raises ``ValueError`` for an entry that is none."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: _preset(name, entry) for name, entry in table.items()}


def preset(name: str) -> Preset:
    """One of them. Raises ``ValueError`` that lists the others."""
    try:
        return presets()[name]
    except KeyError:
        raise ValueError(f"no preset “{name}”; there are {', '.join(presets())}") from None


def _preset(name: str, entry: dict[str, Any]) -> Preset:
    knobs = dict(entry)
    words = {key: knobs.pop(key, None) for key in ("what", "says", "verdict", "failure")}
    doubts, proof = tuple(knobs.pop("doubts", ())), knobs.pop("proof", {})
    turn = {key: knobs.pop(key, {}) for key in ("profile", "faults", "timing")}
    if knobs or not (words["what"] and words["says"]):
        raise ValueError(f"preset “{name}”: {', '.join(knobs) or 'no words'}")
    return Preset(
        name, str(words["what"]), str(words["says"]),
        turned(CardProfile(), turn["profile"]),
        turned(CardFaults(), turn["faults"]),
        turned(LinkTiming(), turn["timing"]),
        words["verdict"], words["failure"], doubts, proof,
    )  # fmt: skip
