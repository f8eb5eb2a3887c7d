"""SecurityInfos of a chip (ICAO Doc 9303-11 §9.2): EF.CardAccess, DG14 and EF.CardSecurity."""

from __future__ import annotations

from devices.chip_card import tlv
from devices.chip_card.access.session_keys import CipherSuite
from devices.virtual.chip_card.authentication import EcAgreementKey
from devices.virtual.chip_card.chip_pace import pace_protocol
from devices.virtual.chip_card.chip_secrets import ChipSecrets
from devices.virtual.chip_card.profile import AccessWays, CardAccessFile, CardProfile

_SET = 0x31
_TERMINAL_AUTHENTICATION = bytes.fromhex("300d060804007f0007020202020101")
_KEY_OF_ECDH = bytes.fromhex("04007f000702020102")
_PACE_VERSION = 2


def card_access(profile: CardProfile, secrets: ChipSecrets) -> bytes:
    """EF.CardAccess: what the chip offers before anything is proven."""
    announced, _ = _chip_infos(secrets)
    return tlv.encode(_SET, announced + _pace_info(profile, profile.pace_suite))


def signed_infos(profile: CardProfile, secrets: ChipSecrets) -> bytes:
    """The content of DG14; empty when there is nothing to tell."""
    infos, key = _chip_infos(secrets)
    if profile.access is not AccessWays.BAC:
        infos += _pace_info(profile, _signed_suite(profile))
    infos += key
    if secrets.active is not None:
        infos += secrets.active.security_infos()
    return tlv.encode(_SET, infos) if infos else b""


def mapping_infos(profile: CardProfile, secrets: ChipSecrets) -> bytes:
    """What EF.CardSecurity signs: EF.CardAccess, and the public key of the chip authentication mapping."""
    if secrets.mapping_curve is None:
        raise ValueError("the chip has no chip authentication mapping")
    key = EcAgreementKey(secrets.mapping_curve, profile.ca_parameters.value, secrets.mapping_key)
    number = tlv.encode(0x02, bytes((profile.ca_key_id,))) if profile.ca_key_id is not None else b""
    public = tlv.encode(0x30, tlv.encode(0x06, _KEY_OF_ECDH) + key.public_key_info() + number)
    return tlv.encode(_SET, tlv.single(card_access(profile, secrets), _SET).value + public)


def _chip_infos(secrets: ChipSecrets) -> tuple[bytes, bytes]:
    """What stands before PACE's entry (terminal authentication, and chip authentication where it is
    announced), and the chip's public key.
    """
    if secrets.chip is None:
        return b"", b""
    *announced, key = (item.raw for item in tlv.parse(secrets.chip.security_infos()))
    return _TERMINAL_AUTHENTICATION + b"".join(announced), key


def _pace_info(profile: CardProfile, suite: CipherSuite) -> bytes:
    protocol = tlv.encode(0x06, pace_protocol(profile.pace_mapping, suite, profile.pace_curve))
    curve = tlv.encode(0x02, bytes((profile.pace_curve,))) if profile.pace_offer_id else b""
    return tlv.encode(0x30, protocol + tlv.encode(0x02, bytes((_PACE_VERSION,))) + curve)


def _signed_suite(profile: CardProfile) -> CipherSuite:
    if profile.card_access is not CardAccessFile.ALTERED:
        return profile.pace_suite
    strong = profile.pace_suite is CipherSuite.AES_256
    return CipherSuite.AES_192 if strong else CipherSuite.AES_256
