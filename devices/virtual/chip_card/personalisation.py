"""Fills a chip with the files and keys of an invented person, as its profile wants them.

First everything is made as an honest authority would, and signed; what a forger changes is changed after
that. Only what is signed though nobody should sign it (an opaque or hostile DG13, another person's number) is
made before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from devices.chip_card import tlv
from devices.chip_card.lds import CARD_ACCESS, COM, DATA_GROUP_TAGS, SOD
from devices.virtual.chip_card.access_files import card_access, mapping_infos, signed_infos
from devices.virtual.chip_card.biometric_template import template
from devices.virtual.chip_card.card import Chip
from devices.virtual.chip_card.chip_secrets import ChipSecrets, issued
from devices.virtual.chip_card.citizens import DemoCitizen, demo_citizens
from devices.virtual.chip_card.details import details, dg13
from devices.virtual.chip_card.hostile_files import trap
from devices.virtual.chip_card.issuer import DemoIssuer
from devices.virtual.chip_card.profile import (
    AccessWays,
    CardAccessFile,
    CardProfile,
    ComList,
    Details,
    Document,
    SodFlaw,
)
from devices.virtual.chip_card.zone import information
from devices.virtual.chip_card.zone import zone as mrz

__all__ = ["dg13", "mrz", "other_person", "personalise"]

_ZONE, _FACE, _FINGERPRINTS, _ADDITIONAL, _DETAILS, _SECURITY, _ACTIVE = 1, 2, 3, 11, 13, 14, 15
_OTHER_RESIDENCE = "Thôn Tân Lập, Suối Lành, Tuyên Quang"


def personalise(citizen: DemoCitizen, issuer: DemoIssuer, profile: CardProfile | None = None) -> Chip:
    """A chip with this person's files, signed by the demo issuer; altered afterwards where the person's entry
    or the profile says so. Raises ``ValueError`` for a profile that no chip can have.
    """
    wanted = _with_entry(profile or CardProfile(), citizen)
    secrets = issued(wanted)
    groups = _honest_groups(citizen, wanted, secrets)
    traps = dict(trap(text) for text in wanted.hostile)
    signed = {
        number: traps.get(number, content)
        for number, content in groups.items()
        if number not in wanted.unsigned
    }
    missing = [number for number in wanted.tampered if number not in groups]
    if missing:
        raise ValueError(f"the card has no DG{missing[0]} to tamper with")
    files = dict(groups)
    for number in wanted.tampered:
        files[number] = _tampered(number, groups[number], citizen, wanted)
    held = secrets.held(wanted.chip_keys)
    if _SECURITY in wanted.tampered:
        held = issued(wanted)
        files[_SECURITY] = _group(_SECURITY, signed_infos(wanted, held))
    files = {number: content for number, content in files.items() if number not in wanted.removed}
    files |= {COM.sfi: _com(files, wanted), SOD.sfi: _sod(signed, citizen, issuer, wanted)}
    if wanted.access is not AccessWays.BAC and wanted.card_access is not CardAccessFile.MISSING:
        files[CARD_ACCESS.sfi] = card_access(wanted, secrets)
    security = None
    if secrets.mapping_key is not None:
        security = issuer.card_security(mapping_infos(wanted, secrets), wanted)
    return Chip(
        files | traps,
        citizen.can,
        information(mrz(citizen, wanted.document)),
        wanted,
        held.chip,
        held.active,
        security,
        held.mapping_key,
        bytes.fromhex(wanted.atr),
    )


def other_person(citizen: DemoCitizen) -> DemoCitizen:
    """Somebody else of the invented people."""
    people = demo_citizens()
    return people["lan"] if citizen.name != "lan" else people["chi-hanh"]


def _with_entry(profile: CardProfile, citizen: DemoCitizen) -> CardProfile:
    """What the person's own entry says of the card, in the profile's words."""
    if citizen.altered == "dg13":
        return dataclasses.replace(profile, tampered=(*profile.tampered, _DETAILS))
    if citizen.altered == "signature":
        return dataclasses.replace(profile, sod_flaw=SodFlaw.SPOILED)
    return profile


def _honest_groups(citizen: DemoCitizen, profile: CardProfile, secrets: ChipSecrets) -> dict[int, bytes]:
    """The data groups as the authority makes them."""
    lines = mrz(citizen, profile.document)
    contents = {
        _ZONE: tlv.encode(0x5F1F, lines.encode("ascii")),
        _FACE: template(citizen, profile.portrait, profile.portrait_bytes),
        _FINGERPRINTS: bytes(16),
        _SECURITY: signed_infos(profile, secrets),
    }
    if profile.details is not Details.MISSING and profile.document is Document.CITIZEN_CARD:
        contents[_DETAILS] = details(citizen, profile.details)
    if secrets.active is not None:
        contents[_ACTIVE] = secrets.active.public_key_info()
    if _ADDITIONAL in profile.unsigned:
        name = tlv.encode(0x5F0E, b"NGUYEN<<VAN<THEM<VAO")
        contents[_ADDITIONAL] = tlv.encode(0x5C, b"\x5f\x0e") + name
    return {number: _group(number, content) for number, content in sorted(contents.items()) if content}


def _tampered(number: int, honest: bytes, citizen: DemoCitizen, profile: CardProfile) -> bytes:
    """A data group after the forger's hand."""
    if number == _ZONE:
        lines = mrz(citizen, profile.document)
        at = 60 if profile.document is not Document.PASSPORT else 5
        letter = "A" if lines[at] != "A" else "B"
        return _group(number, tlv.encode(0x5F1F, f"{lines[:at]}{letter}{lines[at + 1 :]}".encode("ascii")))
    if number == _FACE:
        return _group(number, template(other_person(citizen), profile.portrait, profile.portrait_bytes))
    if number == _DETAILS and profile.details is not Details.OPAQUE:
        moved = dataclasses.replace(citizen, residence=_OTHER_RESIDENCE)
        return _group(number, details(moved, profile.details))
    return honest[:-1] + bytes((honest[-1] ^ 1,))


def _sod(
    groups: Mapping[int, bytes], citizen: DemoCitizen, issuer: DemoIssuer, profile: CardProfile
) -> bytes:
    if profile.sod_flaw is SodFlaw.OF_ANOTHER_CARD:
        theirs = dataclasses.replace(profile, sod_flaw=SodFlaw.NONE)
        groups = _honest_groups(other_person(citizen), theirs, issued(theirs))
        return issuer.sod(groups, profile=theirs)
    return issuer.sod(groups, profile=profile)


def _com(numbers: Collection[int], profile: CardProfile) -> bytes:
    """EF.COM with version 1.7 of the LDS, Unicode 4.0.0, and the list of the groups that are there."""
    listed = {number for number in numbers if number in DATA_GROUP_TAGS}
    if profile.com is ComList.SHORT:
        listed -= {_DETAILS}
    elif profile.com is ComList.LONG:
        listed |= {_ADDITIONAL}
    content = tlv.encode(0x5F01, b"0107") + tlv.encode(0x5F36, b"040000")
    content += tlv.encode(0x5C, bytes(DATA_GROUP_TAGS[number] for number in sorted(listed)))
    return tlv.encode(COM.tag, content)


def _group(number: int, content: bytes) -> bytes:
    return tlv.encode(DATA_GROUP_TAGS[number], content)
