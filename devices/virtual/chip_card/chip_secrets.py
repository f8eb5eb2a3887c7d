"""The key pairs of a chip: those that its issuer made and signed, and those that a copy has instead."""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass, field
from functools import cache

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.diffie_hellman import standardized
from devices.chip_card.access.elliptic_curves import Curve
from devices.virtual.chip_card.authentication import (
    ActiveAuthenticator,
    AgreementKey,
    ChipAuthenticator,
    DhAgreementKey,
    EcAgreementKey,
    EcdsaKey,
    RsaKey,
    SigningKey,
)
from devices.virtual.chip_card.profile import (
    ActiveAuthentication,
    CardProfile,
    ChipAuthentication,
    ChipKeys,
    KeyParameters,
    PaceMapping,
)

_DH_GROUP = 2


@dataclass(frozen=True)
class ChipSecrets:
    """Chip authentication, active authentication, and the key of the chip authentication mapping, which is on
    PACE's curve and does chip authentication too, where the chip has both.
    """

    chip: ChipAuthenticator | None = field(default=None, repr=False)
    active: ActiveAuthenticator | None = field(default=None, repr=False)
    mapping_curve: Curve | None = None
    mapping_key: int | None = field(default=None, repr=False)

    def held(self, kind: ChipKeys) -> ChipSecrets:
        """What the chip holds: these keys, other ones, or none."""
        if kind is ChipKeys.NONE:
            return ChipSecrets()
        chip, active, mapping_key = self.chip, self.active, self.mapping_key
        if kind in (ChipKeys.WRONG, ChipKeys.WRONG_CA):
            chip = chip.copied() if chip is not None else None
            mapping_key = _secret(self.mapping_curve) if self.mapping_curve is not None else None
        if kind in (ChipKeys.WRONG, ChipKeys.WRONG_AA):
            active = active.copied() if active is not None else None
        return dataclasses.replace(self, chip=chip, active=active, mapping_key=mapping_key)


def issued(profile: CardProfile) -> ChipSecrets:
    """Fresh keys as this profile has them. Raises ``ValueError`` for curves that are none."""
    curve = mapping_key = None
    if profile.pace_mapping is PaceMapping.CHIP_AUTHENTICATION:
        curve = curve_of(profile.pace_curve)
        mapping_key = _secret(curve)
    chip = active = None
    if profile.chip_authentication is not ChipAuthentication.NONE:
        key = _agreement_key(profile, curve, mapping_key)
        chip = ChipAuthenticator(
            key,
            profile.ca_suite,
            profile.ca_key_id,
            announced=profile.ca_announced,
            key_agreement_template=profile.ca_kat,
        )
    if profile.active_authentication is not ActiveAuthentication.NONE:
        active = ActiveAuthenticator(_signing_key(profile))
    return ChipSecrets(chip, active, curve, mapping_key)


def curve_of(parameter_id: int) -> Curve:
    """The curve of this number. Raises ``ValueError``."""
    curve = curves.by_parameter_id(parameter_id)
    if curve is None:
        raise ValueError(f"no curve {parameter_id}; there are 8 to 18")
    return curve


def _secret(curve: Curve) -> int:
    return 2 + secrets.randbelow(curve.n - 4)


def _agreement_key(profile: CardProfile, curve: Curve | None, mapping_key: int | None) -> AgreementKey:
    spelled = profile.ca_parameters
    if profile.chip_authentication is ChipAuthentication.ECDH:
        return EcAgreementKey(curve or curve_of(profile.ca_curve), spelled.value, mapping_key)
    group = standardized(_DH_GROUP)
    if group is None:
        raise ValueError("the standardized group is not known")
    return DhAgreementKey(group, "standardized" if spelled is KeyParameters.STANDARDIZED else "explicit")


def _signing_key(profile: CardProfile) -> SigningKey:
    if profile.active_authentication is ActiveAuthentication.RSA:
        return _rsa_key(profile.aa_rsa_bits, profile.aa_hash)
    der = profile.active_authentication is ActiveAuthentication.ECDSA_DER
    return EcdsaKey(curve_of(profile.aa_curve), profile.aa_hash, der=der, announced=profile.aa_announced)


@cache
def _rsa_key(bits: int, hash_name: str) -> RsaKey:
    """One for all chips of this process: making one takes long."""
    return RsaKey.generate(bits, hash_name)
