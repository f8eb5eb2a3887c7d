"""SecurityInfos: which protocols a chip speaks (ICAO Doc 9303-11 §9.2), as EF.CardAccess and DG14 list them.

EF.CardAccess can be read by anyone and is signed by nobody; the same entries stand again in DG14, which the
issuer signs, so that a list that was changed on the way shows afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from devices.chip_card import tlv
from devices.chip_card.access.domain_parameters import Curve, by_parameter_id
from devices.chip_card.access.modp_groups import ModpParameters
from devices.chip_card.access.modp_groups import by_parameter_id as modp_by_parameter_id
from devices.chip_card.access.object_identifiers import dotted
from devices.chip_card.access.session_keys import CipherSuite
from devices.chip_card.errors import unreadable
from devices.chip_card.tlv import Tlv
from kiosk.identity.card_proof import Agreement

_SET, _SEQUENCE, _INTEGER, _OID = 0x31, 0x30, 0x02, 0x06
_BSI = bytes.fromhex("04007f000702")  # bsi-de protocols, 0.4.0.127.0.7.2
_PUBLIC_KEY, _TERMINAL, _CHIP, _PACE = (_BSI + bytes((0x02, arc)) for arc in (1, 2, 3, 4))
_ACTIVE_AUTHENTICATION = bytes.fromhex("678108010105")  # 2.23.136.1.1.5
_VERSION_OF_PACE = 2
_ENOUGH_STRENGTH = 128

PACE_ECDH_GM_AES_128 = _PACE + bytes((2, 2))


class KeyAgreement(StrEnum):
    """Diffie-Hellman in a prime field or on an elliptic curve."""

    DH = "DH"
    ECDH = "ECDH"


class Mapping(StrEnum):
    """How PACE makes a generator of the chip's nonce: generic, integrated, or with chip authentication."""

    GENERIC = "GM"
    INTEGRATED = "IM"
    CHIP_AUTHENTICATION = "CAM"


_SUITES = dict(enumerate(CipherSuite, 1))
_STRENGTHS = {
    CipherSuite.TDES: 112, CipherSuite.AES_128: 128, CipherSuite.AES_192: 192, CipherSuite.AES_256: 256
}  # fmt: skip
_PACE_KINDS = {
    1: (KeyAgreement.DH, Mapping.GENERIC),
    2: (KeyAgreement.ECDH, Mapping.GENERIC),
    3: (KeyAgreement.DH, Mapping.INTEGRATED),
    4: (KeyAgreement.ECDH, Mapping.INTEGRATED),
    6: (KeyAgreement.ECDH, Mapping.CHIP_AUTHENTICATION),
}
_AGREEMENTS = {1: KeyAgreement.DH, 2: KeyAgreement.ECDH}
_PREFERENCE = (Mapping.CHIP_AUTHENTICATION, Mapping.GENERIC, Mapping.INTEGRATED)


class _PaceProtocol(NamedTuple):
    agreement: KeyAgreement
    mapping: Mapping
    suite: CipherSuite


@dataclass(frozen=True)
class PaceInfo:
    """One offered PACE protocol (§9.2.1). ``protocol``: the OID's bytes; ``parameter_id``: the number of the
    standardized domain parameters (§9.5.1).
    """

    protocol: bytes
    version: int
    parameter_id: int | None

    @property
    def agreement(self) -> KeyAgreement | None:
        """``None`` for a protocol the standard does not have."""
        return self._known.agreement if self._known else None

    @property
    def mapping(self) -> Mapping | None:
        """``None`` for a protocol the standard does not have."""
        return self._known.mapping if self._known else None

    @property
    def suite(self) -> CipherSuite | None:
        """``None`` for a protocol the standard does not have."""
        return self._known.suite if self._known else None

    @property
    def domain(self) -> Curve | ModpParameters | None:
        """The standardized domain parameters, of the kind that the protocol needs."""
        if self.agreement is KeyAgreement.ECDH:
            return by_parameter_id(self.parameter_id)
        return modp_by_parameter_id(self.parameter_id) if self.agreement is KeyAgreement.DH else None

    @property
    def supported(self) -> bool:
        """Whether this reader speaks it: version 2 on standardized domain parameters.

        Parameters that the chip makes up itself could give the password away and are never used (§9.2.2);
        secp224r1 has no integrated mapping (§9.5.1).
        """
        domain = self.domain
        if self.version != _VERSION_OF_PACE or domain is None:
            return False
        return not (self.mapping is Mapping.INTEGRATED and isinstance(domain, Curve) and domain.p % 4 != 3)

    @property
    def strength(self) -> int:
        """Bits of security of the weaker part, cipher or group; 0 where one of them is not known."""
        suite, domain = self.suite, self.domain
        return min(_STRENGTHS[suite], domain.strength) if suite is not None and domain is not None else 0

    @property
    def label(self) -> str:
        """The standard's name and the parameters' number: ``PACE-ECDH-GM-AES-128/13``."""
        return f"{self._name or 'PACE ' + self.protocol.hex()}/{self.parameter_id}"

    @property
    def words(self) -> str:
        """Mapping, cipher and curve for people: ``ECDH-GM-AES-128 on brainpoolP256r1``."""
        domain = self.domain
        where = domain.name if domain is not None else f"parameters {self.parameter_id}"
        return f"{self._name.removeprefix('PACE-') or self.protocol.hex()} on {where}"

    @property
    def _name(self) -> str:
        known = self._known
        return f"PACE-{known.agreement}-{known.mapping}-{known.suite.label}" if known else ""

    @property
    def _known(self) -> _PaceProtocol | None:
        if len(self.protocol) != len(_PACE) + 2 or not self.protocol.startswith(_PACE):
            return None
        kind, suite = _PACE_KINDS.get(self.protocol[-2]), _SUITES.get(self.protocol[-1])
        if kind is None or suite is None:
            return None
        if kind[1] is Mapping.CHIP_AUTHENTICATION and suite is CipherSuite.TDES:
            return None
        return _PaceProtocol(*kind, suite)


@dataclass(frozen=True)
class ChipAuthenticationInfo:
    """One offered chip authentication (§9.2.5). ``protocol``: the OID's bytes; ``key_id``: which of the
    chip's keys, where it has several.
    """

    protocol: bytes
    version: int
    key_id: int | None

    @property
    def agreement(self) -> KeyAgreement | None:
        """``None`` for a protocol the standard does not have."""
        return _AGREEMENTS.get(self.protocol[-2])

    @property
    def suite(self) -> CipherSuite | None:
        """``None`` for a protocol the standard does not have."""
        return _SUITES.get(self.protocol[-1])


@dataclass(frozen=True)
class ChipAuthenticationPublicKey:
    """A static key of the chip (§9.2.6), for chip authentication or PACE with chip authentication mapping.

    ``subject_public_key_info``: its DER.
    """

    protocol: KeyAgreement
    subject_public_key_info: bytes
    key_id: int | None


@dataclass(frozen=True)
class ActiveAuthenticationInfo:
    """The signature of an ECDSA active authentication (§9.2.4); ``signature_algorithm`` is a dotted OID."""

    version: int
    signature_algorithm: str


@dataclass(frozen=True)
class SecurityInfos:
    """What a chip says of itself. ``raw`` is the whole SET; ``entries`` the DER of each SecurityInfo."""

    raw: bytes
    entries: tuple[bytes, ...]
    pace: tuple[PaceInfo, ...]
    chip_authentication: tuple[ChipAuthenticationInfo, ...]
    chip_authentication_keys: tuple[ChipAuthenticationPublicKey, ...]
    active_authentication: ActiveAuthenticationInfo | None
    terminal_authentication: bool

    def best_pace(self) -> PaceInfo | None:
        """The offered PACE protocol to use, ``None`` when this reader speaks none of them.

        The strongest, where 128 bits are as good as more: a larger curve only costs the chip time. Of equal
        strength, chip authentication mapping first, which proves the chip on the way, then generic, then
        integrated mapping; then the smaller group, elliptic curves being smaller than prime fields.
        """
        spoken = [info for info in self.pace if info.supported]
        return min(spoken, key=_rank, default=None)

    def compare(self, card_access: SecurityInfos) -> Agreement:
        """Whether this list, from DG14, bears out what EF.CardAccess said before (§4.2, §9.2.11).

        It does when every entry of EF.CardAccess stands here byte for byte and EF.CardAccess kept back no
        entry of PACE, which would be a way to force a weaker one. TerminalAuthenticationInfo is left out:
        DG14 may add a file identifier to it, and it steers nothing here. A DG14 without any entry of PACE
        repeats nothing, so that there is nothing to compare.
        """
        ours, its = frozenset(self.entries), frozenset(card_access.entries)
        pace = {entry for entry in ours if _is_of(entry, _PACE)}
        if not pace and any(_is_of(entry, _PACE) for entry in its):
            return Agreement.NOT_COMPARED
        missing = {entry for entry in its - ours if not _is_of(entry, _TERMINAL)}
        return Agreement.DIFFER if missing or pace - its else Agreement.AGREE

    def confirms(self, card_access: SecurityInfos) -> bool:
        """True when ``compare`` says that they agree."""
        return self.compare(card_access) is Agreement.AGREE

    def summary(self) -> str:
        """What is offered, in the standard's names."""
        names = [info.label for info in self.pace]
        names += ["CA"] if self.chip_authentication or self.chip_authentication_keys else []
        names += ["AA"] if self.active_authentication else []
        names += ["TA"] if self.terminal_authentication else []
        return ", ".join(names)


def parse(data: bytes) -> SecurityInfos:
    """Read the SET; entries of other kinds are passed over. Raises ``CardProblem`` (data unreadable)."""
    try:
        entries = tlv.single(data, _SET).children()
        parsed = [_entry(entry) for entry in entries]
    except ValueError as error:
        raise unreadable(f"SecurityInfos: {error}") from None
    active = [info for info in parsed if isinstance(info, ActiveAuthenticationInfo)]
    return SecurityInfos(
        raw=data,
        entries=tuple(entry.raw for entry in entries),
        pace=tuple(info for info in parsed if isinstance(info, PaceInfo)),
        chip_authentication=tuple(info for info in parsed if isinstance(info, ChipAuthenticationInfo)),
        chip_authentication_keys=tuple(
            info for info in parsed if isinstance(info, ChipAuthenticationPublicKey)
        ),
        active_authentication=active[0] if active else None,
        terminal_authentication=any(_is_of(entry.raw, _TERMINAL) for entry in entries),
    )


_Info = PaceInfo | ChipAuthenticationInfo | ChipAuthenticationPublicKey | ActiveAuthenticationInfo


def _entry(entry: Tlv) -> _Info | None:
    """One SecurityInfo; ``None`` when it is of another kind. Raises ``ValueError``."""
    parts = entry.children() if entry.tag == _SEQUENCE else []
    if len(parts) < 2 or parts[0].tag != _OID:
        return None
    protocol, required = parts[0].value, parts[1]
    number = _number(parts[2]) if len(parts) > 2 else None
    kind, arcs = protocol[: len(_PACE)], protocol[len(_PACE) :]
    version = _number(required)
    if version is not None:
        if kind == _PACE and len(arcs) == 2:
            return PaceInfo(protocol, version, number)
        if kind == _CHIP and len(arcs) == 2:
            return ChipAuthenticationInfo(protocol, version, number)
        if protocol == _ACTIVE_AUTHENTICATION and len(parts) > 2 and parts[2].tag == _OID:
            return ActiveAuthenticationInfo(version, dotted(parts[2].value))
    if kind == _PUBLIC_KEY and len(arcs) == 1 and arcs[0] in _AGREEMENTS and required.tag == _SEQUENCE:
        return ChipAuthenticationPublicKey(_AGREEMENTS[arcs[0]], required.raw, number)
    return None


def _number(item: Tlv) -> int | None:
    return int.from_bytes(item.value, signed=True) if item.tag == _INTEGER and len(item.value) < 9 else None


def _is_of(entry: bytes, arc: bytes) -> bool:
    """Whether a SecurityInfo's protocol stands below this arc."""
    try:
        parts = tlv.parse(entry)[0].children()
    except tlv.TlvError:
        return False
    return bool(parts) and parts[0].tag == _OID and parts[0].value.startswith(arc)


def _rank(info: PaceInfo) -> tuple[int, int, int]:
    domain, mapping = info.domain, info.mapping
    size = domain.p.bit_length() if domain is not None else 0
    preference = _PREFERENCE.index(mapping) if mapping is not None else len(_PREFERENCE)
    return -min(info.strength, _ENOUGH_STRENGTH), preference, size
