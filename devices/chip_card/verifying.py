"""Files that were dumped from a card, proven without the card: everything but the chip itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from devices.chip_card.data_groups import dg1
from devices.chip_card.errors import CardProblem
from devices.chip_card.holder import Note, citizen_of, compared, printed_data
from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.trust.passive_authentication import PassiveAuthentication, listed_groups
from kiosk.failures import FailureCode
from kiosk.identity.card_doubts import failure_of
from kiosk.identity.card_proof import Agreement, CardProof, ChipProof, GroupHash
from kiosk.identity.citizen import Citizen
from kiosk.identity.mrz import MachineReadableZone


@dataclass(frozen=True)
class VerifiedFiles:
    """What the files prove. ``citizen`` is ``None`` when they leave a doubt, or hold no readable DG1.

    ``code`` and ``detail`` say why not; ``proof`` is ``None`` when EF.SOD cannot be read at all. ``zone``:
    what the machine-readable zone says, of a passport and of a foreign document too; ``None`` with a doubt.
    """

    proof: CardProof | None
    citizen: Citizen | None = field(default=None, repr=False)
    notes: frozenset[Note] = frozenset()
    code: FailureCode | None = None
    detail: str = ""
    zone: MachineReadableZone | None = field(default=None, repr=False)


def verify_files(
    sod: bytes,
    groups: Mapping[int, bytes],
    com: bytes | None = None,
    trust: TrustStore | None = None,
    at: datetime | None = None,
) -> VerifiedFiles:
    """Prove whole files by EF.SOD. ``groups``: by number; ``at``: moment of the check, now by default.

    Never raises for any bytes.
    """
    now = at or datetime.now(UTC)
    with PassiveAuthentication(lambda: now, trust) as passive:
        passive.take_security_object(sod)
        for number, content in groups.items():
            passive.take_group(number, content)
        try:
            passive.security_object()
            listed = listed_groups(com)
        except CardProblem as trouble:
            return VerifiedFiles(None, code=trouble.code, detail=trouble.detail)
        return _judged(passive, groups, listed, now)


def _judged(
    passive: PassiveAuthentication, groups: Mapping[int, bytes], listed: frozenset[int] | None, now: datetime
) -> VerifiedFiles:
    notes: set[Note] = set()
    citizen, identity, parsed, trouble = None, Agreement.NOT_COMPARED, None, None
    readable = {number for number in groups if passive.group(number) is GroupHash.MATCH}
    if 1 in readable:
        try:
            parsed = dg1.parse(groups[1])
            zone = dg1.vietnamese(parsed)
            printed = printed_data(groups[13] if 13 in readable else None, notes)
            citizen = citizen_of(zone, printed, notes, now.date())
            identity = compared(zone, printed, None, notes)
        except CardProblem as problem:
            trouble = problem
    files = passive.finish(listed, frozenset(), parsed.issuer if parsed is not None else None)
    signed = files.security_object.hashes
    proof = replace(
        CardProof(None),
        sod_signature=files.security_object.signature,
        data_groups=files.data_groups,
        chain=files.chain,
        file_list=files.file_list,
        identity=identity,
        chip_authentication=ChipProof.NOT_DONE if 14 in signed else ChipProof.NOT_OFFERED,
        active_authentication=ChipProof.NOT_DONE if 15 in signed else ChipProof.NOT_OFFERED,
        pace_chip_mapping=ChipProof.NOT_DONE,
    )
    code = failure_of(proof)
    if code is not None:
        return VerifiedFiles(proof, None, frozenset(notes), code, ", ".join(proof.doubts))
    if trouble is not None:
        return VerifiedFiles(proof, None, frozenset(notes), trouble.code, trouble.detail, parsed)
    return VerifiedFiles(proof, citizen, frozenset(notes), zone=parsed)
