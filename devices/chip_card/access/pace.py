"""PACE (ICAO Doc 9303-11 §4.4; worked examples in its appendices G, H and I).

Terminal and chip prove to each other that they know the same short password without giving a listener
anything to try passwords against, and agree on the keys of the secure channel. All mappings, ciphers and
standardized domain parameters are spoken; parameters that a chip makes up itself are not (§9.2.2).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from devices.chip_card import tlv
from devices.chip_card.access.agreement_groups import AgreementGroup, AgreementKey, CurveGroup, ModpGroup
from devices.chip_card.access.block_ciphers import decrypt, mac, pad
from devices.chip_card.access.domain_parameters import Curve
from devices.chip_card.access.modp_groups import ModpParameters
from devices.chip_card.access.pace_mapping import (
    ChipMapping,
    chip_mapping,
    decrypt_chip_authentication_data,
    map_generic,
    map_integrated,
)
from devices.chip_card.access.refusals import refuses_password
from devices.chip_card.access.security_infos import Mapping, PaceInfo
from devices.chip_card.access.session_keys import PASSWORD, CipherSuite, SessionKeys, derive, session_keys
from devices.chip_card.apdu import (
    OK,
    REFERENCED_DATA_NOT_FOUND,
    SHORT_LE,
    WRONG_DATA,
    WRONG_PARAMETERS,
    Command,
    Response,
)
from devices.chip_card.errors import CardProblem, channel_broken
from kiosk.failures import FailureCode

MRZ, CAN = 1, 2
_DYNAMIC_AUTHENTICATION, _PUBLIC_KEY, _OID = 0x7C, 0x7F49, 0x06
_NONCE, _MAPPING, _KEY, _TOKEN, _CHIP_DATA = 0x80, 0x82, 0x84, 0x86, 0x8A
_AUTHORITIES = (0x87, 0x88)
_STEPS = {_NONCE: "nonce", _MAPPING: "mapping", _KEY: "key agreement", _TOKEN: "token"}
_LONGEST_NONCE = 64
_OTHER_LENGTH_OF_DATA = 0x6A87
_PARAMETERS_UNWANTED = (WRONG_DATA, WRONG_PARAMETERS, _OTHER_LENGTH_OF_DATA, REFERENCED_DATA_NOT_FOUND)

Transmit = Callable[[Command], Response]
NewKey = Callable[[AgreementGroup], AgreementKey]
RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True)
class PaceResult:
    """The channel's keys, and with chip authentication mapping what is to be checked once the chip's static
    key is known (``pace_mapping.verify_chip_mapping``).
    """

    keys: SessionKeys
    chip_mapping: ChipMapping | None = None


def agreement_group(domain: Curve | ModpParameters) -> AgreementGroup:
    """The group of standardized domain parameters."""
    return CurveGroup(domain) if isinstance(domain, Curve) else ModpGroup(domain)


def decrypt_nonce(suite: CipherSuite, password: bytes, encrypted: bytes) -> bytes:
    """The nonce, CBC with zero vector under the key derived from the password (§4.4.3.3).

    Raises ``ValueError`` for anything but a few whole blocks.
    """
    if not 0 < len(encrypted) <= _LONGEST_NONCE or len(encrypted) % suite.block:
        raise ValueError(f"a nonce of {len(encrypted)} bytes")
    return decrypt(suite, derive(password, PASSWORD, suite), encrypted)


def authentication_token(
    keys: SessionKeys, protocol: bytes, group: AgreementGroup, public_key: bytes
) -> bytes:
    """MAC over the other party's public key (§4.4.3.4)."""
    body = tlv.encode(_OID, protocol) + tlv.encode(group.element_tag, public_key)
    message = tlv.encode(_PUBLIC_KEY, body)
    if keys.suite is CipherSuite.TDES:
        message = pad(message, keys.suite.block)
    return mac(keys.suite, keys.mac, message)


def establish(
    transmit: Transmit,
    info: PaceInfo,
    password: bytes,
    reference: int = CAN,
    *,
    new_key: NewKey = lambda group: group.generate(),
    random: RandomBytes = secrets.token_bytes,
) -> PaceResult:
    """Run PACE: one MSE:Set AT and four GENERAL AUTHENTICATE.

    ``reference``: which password (1 MRZ, 2 CAN). ``new_key`` and ``random`` are replaced only to recompute
    published examples.
    Raises ``CardProblem``: password wrong (``CARD_CAN_WRONG``, ``CARD_MRZ_WRONG``), protocol refused
    (``CARD_ACCESS_REFUSED``) or not spoken here (``CARD_NOT_SUPPORTED``), or an answer that an honest chip
    does not give (``CARD_CHANNEL_BROKEN``).
    """
    suite, domain = info.suite, info.domain
    if not info.supported or suite is None or domain is None:
        raise CardProblem(FailureCode.CARD_NOT_SUPPORTED, f"{info.label} is not spoken here")
    chip = _Chip(transmit, reference)
    group = agreement_group(domain)
    chip.set_authentication_template(info)
    try:
        nonce = decrypt_nonce(suite, password, chip.step(_NONCE))
        chip_map_key = None
        if info.mapping is Mapping.INTEGRATED:
            generator = map_integrated(group, suite, nonce, lambda t: chip.step(_MAPPING, t), random)
        else:
            generator, chip_map_key = map_generic(group, nonce, lambda own: chip.step(_MAPPING, own), new_key)
        chip.now = _KEY
        key = new_key(group)
        public = key.multiply(generator)
        chip_public = chip.step(_KEY, public)
        if group.canonical(chip_public) == public:
            raise ValueError("the chip gave our own key back")
        keys = session_keys(key.shared_secret(chip_public), suite)

        token = authentication_token(keys, info.protocol, group, chip_public)
        answer = chip.step(_TOKEN, token)
        if not hmac.compare_digest(answer, authentication_token(keys, info.protocol, group, public)):
            raise ValueError("it is wrong")
        if info.mapping is not Mapping.CHIP_AUTHENTICATION or chip_map_key is None:
            return PaceResult(keys)
        return PaceResult(keys, _chip_mapping(info, keys, chip_map_key, chip.encrypted_data))
    except ValueError as error:
        raise channel_broken(f"PACE: {_STEPS[chip.now]}: {error}") from None


def _chip_mapping(info: PaceInfo, keys: SessionKeys, public: bytes, encrypted: bytes | None) -> ChipMapping:
    if encrypted is None:
        raise ValueError("no chip authentication data")
    data = decrypt_chip_authentication_data(keys, encrypted)
    if not isinstance(info.domain, Curve) or info.parameter_id is None:
        raise ValueError("chip authentication mapping on no curve")
    return chip_mapping(info.domain, info.parameter_id, public, data)


class _Chip:
    """The chip's side of one run: sends the steps, takes the answers apart. ``now``: the step under way."""

    def __init__(self, transmit: Transmit, reference: int) -> None:
        self._transmit = transmit
        self._reference = reference
        self.now = _NONCE
        self.encrypted_data: bytes | None = None

    def set_authentication_template(self, info: PaceInfo) -> None:
        """Choose protocol and password (§4.4.4.1).

        The parameters' number is required where a chip has several; some chips want it always, and one that
        refuses it is asked once more without.
        """
        data = tlv.encode(0x80, info.protocol) + bytes((0x83, 1, self._reference))
        sw = self._transmit(_set_at(data + bytes((0x84, 1, info.parameter_id or 0)))).sw
        if sw in _PARAMETERS_UNWANTED:
            sw = self._transmit(_set_at(data)).sw
        # 63Cx: accepted, and the password has x tries left.
        if sw != OK and sw & 0xFFF0 != 0x63C0:
            raise CardProblem(FailureCode.CARD_ACCESS_REFUSED, f"PACE: MSE:Set AT answered {sw:04X}")

    def step(self, expected: int, value: bytes | None = None) -> bytes:
        """One GENERAL AUTHENTICATE (§4.4.4.2): our data object has the number before that of the answer's.

        Raises ``ValueError`` for an answer of another form, ``CardProblem`` for a refusal.
        """
        self.now = expected
        last = expected == _TOKEN
        data = tlv.encode(expected - 1, value) if value is not None else b""
        body = tlv.encode(_DYNAMIC_AUTHENTICATION, data)
        answer = self._transmit(Command(0x00 if last else 0x10, 0x86, 0, 0, body, SHORT_LE))
        if answer.sw != OK:
            raise self._refused(answer.sw)
        if not answer.data and expected == _MAPPING:
            return b""  # an integrated mapping has nothing to answer
        objects = tlv.single(answer.data, _DYNAMIC_AUTHENTICATION).children()
        tags = [item.tag for item in objects]
        if tags == [] and expected == _MAPPING:
            return b""
        further = [tag for tag in tags[1:] if not (last and tag in (*_AUTHORITIES, _CHIP_DATA))]
        if tags[:1] != [expected] or further:
            raise ValueError(
                f"expected {expected:02X}, got {' '.join(f'{tag:02X}' for tag in tags) or 'none'}"
            )
        if last:
            self.encrypted_data = next((item.value for item in objects if item.tag == _CHIP_DATA), None)
        return objects[0].value

    def _refused(self, sw: int) -> CardProblem:
        if self.now == _TOKEN and refuses_password(sw):
            code = FailureCode.CARD_CAN_WRONG if self._reference == CAN else FailureCode.CARD_MRZ_WRONG
            return CardProblem(code, f"PACE: the chip refused the token, {sw:04X}")
        return CardProblem(FailureCode.CARD_ACCESS_REFUSED, f"PACE: {_STEPS[self.now]} answered {sw:04X}")


def _set_at(data: bytes) -> Command:
    return Command(0x00, 0x22, 0xC1, 0xA4, data)
