"""What of a citizen's card the visit takes up at all."""

from __future__ import annotations

from kiosk.identity.citizen import Citizen


def needed(citizen: Citizen) -> Citizen:
    """The person without what no procedure of this kiosk asks for: family names, former number, marks."""
    return Citizen(
        number=citizen.number,
        full_name=citizen.full_name,
        birth_date=citizen.birth_date,
        sex=citizen.sex,
        nationality=citizen.nationality,
        ethnicity=citizen.ethnicity,
        hometown=citizen.hometown,
        residence=citizen.residence,
        issue_date=citizen.issue_date,
        expiry_date=citizen.expiry_date,
        source=citizen.source,
    )
