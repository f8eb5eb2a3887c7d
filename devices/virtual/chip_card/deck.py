"""All cards that can be laid: any invented person's with any profile, made once and kept."""

from __future__ import annotations

from devices.virtual.chip_card.card import Chip, VirtualCard
from devices.virtual.chip_card.citizens import demo_citizens
from devices.virtual.chip_card.issuer import DemoIssuer
from devices.virtual.chip_card.personalisation import other_person, personalise
from devices.virtual.chip_card.presets import Preset, preset
from devices.virtual.chip_card.profile import CardFaults, CardProfile, LinkTiming


class Deck:
    """Cards signed by one issuer."""

    def __init__(self, issuer: DemoIssuer) -> None:
        self.issuer = issuer
        self._chips: dict[tuple[str, CardProfile], Chip] = {}

    def chip(self, name: str, profile: CardProfile | None = None) -> Chip:
        """This person's chip. Raises ``KeyError`` for an unknown name and ``ValueError`` for a profile that
        no chip can have.
        """
        wanted = (name, profile or CardProfile())
        if wanted not in self._chips:
            self._chips[wanted] = personalise(demo_citizens()[name], self.issuer, wanted[1])
        return self._chips[wanted]

    def card(
        self,
        name: str,
        profile: CardProfile | Preset | str | None = None,
        faults: CardFaults | None = None,
        timing: LinkTiming | None = None,
    ) -> VirtualCard:
        """This person's card, fresh. ``profile`` may be a preset or its name; ``faults`` and ``timing`` given
        here replace the preset's. Raises ``KeyError`` and ``ValueError``.
        """
        if isinstance(profile, str):
            profile = preset(profile)
        if isinstance(profile, Preset):
            faults, timing = faults or profile.faults, timing or profile.timing
            profile = profile.profile
        chip = self.chip(name, profile)
        other = None
        if faults is not None and faults.swap_at is not None:
            other = self.chip(other_person(demo_citizens()[name]).name)
        return VirtualCard(chip, faults, timing, other)
