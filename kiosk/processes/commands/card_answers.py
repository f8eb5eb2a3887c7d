"""What ``main.py card`` tells of a card: the holder, the proof and the verdict, for people and as JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from kiosk.failures import words
from kiosk.identity.card_proof import CardProof, Verdict
from kiosk.identity.citizen import Citizen

if TYPE_CHECKING:
    from devices.chip_card import CardFailure, CardReading, VerifiedFiles


def told(result: CardReading | CardFailure) -> dict[str, Any]:
    """All that came of a reading, for JSON."""
    from devices.chip_card import CardReading

    answer: dict[str, Any] = {
        "access": access_of(result.proof) if result.proof is not None else None,
        "citizen": citizen_of(result.citizen) if isinstance(result, CardReading) else None,
        "proof": proof_of(result.proof) if result.proof is not None else None,
        **verdict_of(result.proof),
        "apdus": result.apdus,
        "bytes": result.bytes,
        "ms": round(result.milliseconds, 1),
        "notes": sorted(result.notes) if isinstance(result, CardReading) else [],
    }
    if not isinstance(result, CardReading):
        answer["failure"] = failure_of(result)
    return answer


def access_of(proof: CardProof) -> dict[str, Any] | None:
    """How the chip was opened, for JSON."""
    if proof.access is None:
        return None
    access = proof.access
    return {
        "protocol": access.protocol.value,
        "password": access.password.value,
        "details": access.details,
        "pace_failed": access.pace_failed,
    }


def proof_of(proof: CardProof) -> dict[str, Any]:
    """Every result by its name, for JSON."""
    return {
        "sod_signature": proof.sod_signature.value,
        "data_groups": {str(number): result.value for number, result in proof.data_groups.items()},
        "chain": proof.chain.value,
        "chip_authentication": proof.chip_authentication.value,
        "active_authentication": proof.active_authentication.value,
        "pace_chip_mapping": proof.pace_chip_mapping.value,
        "access_file": proof.access_file.value,
        "file_list": proof.file_list.value,
        "identity": proof.identity.value,
    }


def verdict_of(proof: CardProof | None) -> dict[str, Any]:
    """The verdict in words and the reasons against the card, for JSON; no verdict without data."""
    if proof is None:
        return {"verdict": None, "reasons": []}
    return {"verdict": verdict_words(proof), "reasons": [doubt.value for doubt in proof.doubts]}


def verdict_words(proof: CardProof) -> str:
    """The verdict, with why where the card is not to be relied on."""
    if proof.verdict is not Verdict.DO_NOT_RELY:
        return proof.verdict.value
    return f"{proof.verdict} ({', '.join(doubt.replace('_', ' ') for doubt in proof.doubts)})"


def citizen_of(citizen: Citizen) -> dict[str, Any]:
    """Every value of the person, for JSON; dates as YYYY-MM-DD."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in ((name, getattr(citizen, name)) for name in Citizen.__dataclass_fields__)
    }


def failure_of(failure: CardFailure) -> dict[str, str | None]:
    """Why nothing was read, for JSON."""
    said = words()[failure.code]
    return {
        "code": failure.code.value,
        "step": failure.step.value if failure.step is not None else None,
        "detail": failure.detail,
        "citizen": f"{said.citizen_what} {said.citizen_do}",
        "staff": f"{said.staff_cause} {said.staff_remedy}",
    }


def print_read(result: CardReading | CardFailure) -> None:
    """All that came of a reading, for people."""
    from devices.chip_card import CardReading

    if isinstance(result, CardReading):
        print_values(citizen_of(result.citizen))
    else:
        print(f"{result.code}: {result.detail}")
        said = words()[result.code]
        print(f"    {said.staff_cause}\n    → {said.staff_remedy}")
    if result.proof is not None:
        if result.proof.access is not None:
            print(f"access: {result.proof.access}")
        print_proof(result.proof)
    print(f"{result.apdus} APDUs, {result.bytes} bytes, {result.milliseconds:.0f} ms")


def print_proof(proof: CardProof) -> None:
    """Every result by its name and the verdict, for people."""
    for name, value in proof_of(proof).items():
        shown = (
            ", ".join(f"DG{number} {result}" for number, result in value.items())
            if name == "data_groups"
            else value
        )
        print(f"{name}: {shown}")
    print(f"verdict: {verdict_words(proof)}")


def holder_of(result: VerifiedFiles) -> dict[str, Any] | None:
    """The holder as dumped files tell; of a passport or a foreign document what its zone says, for JSON."""
    if result.citizen is not None:
        return citizen_of(result.citizen)
    zone = result.zone
    if zone is None:
        return None
    born = zone.birth_date_before(datetime.now(UTC).date())
    return {
        "document": zone.document_code,
        "number": zone.document_number,
        "full_name": zone.full_name,
        "birth_date": born.isoformat() if born is not None else zone.birth,
        "sex": zone.sex.value if zone.sex is not None else None,
        "nationality": zone.nationality,
        "issuer": zone.issuer,
        "expiry_date": zone.expiry_date.isoformat() if zone.expiry_date else zone.expiry,
    }


def print_values(values: dict[str, Any]) -> None:
    """What the card says of its holder, for people."""
    for name, value in values.items():
        if value is not None:
            print(f"{name}: {value}")
