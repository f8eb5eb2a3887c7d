"""Chip Authentication version 1: the chip shows its private key by agreeing on new session keys (ICAO Doc
9303-11 §6.2, BSI TR-03110-1 §3.4).

How the caller proves the chip::

    result = chip_authentication.authenticate(transmit, infos)     # on the channel in use
    channel = SecureChannel(result.keys)                           # counter 0
    try:
        …the next protected command, whatever it is…
    except CardProblem as problem:
        if chip_authentication.disproves(problem):                 # ChipProof.FAILED
    # a good answer: ChipProof.PASSED

The new keys prove nothing until that first answer has verified under them: whoever copied the files can take
part in the agreement, and only the chip with the private key knows its outcome. An answer that does not
verify, or is in clear, is ``CARD_CHANNEL_BROKEN``, which means failed. A pulled card, or a reader that went
away, has other codes, which say nothing about the chip. After a failure the chip must be reset.

``NotCarriedOut`` leaves the channel in use as it was. What any of this is worth depends on DG14's hash in a
verified EF.SOD: a forger's own DG14 holds a forger's own key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from devices.chip_card import tlv
from devices.chip_card.access import chip_public_keys, elliptic_curves
from devices.chip_card.access.chip_public_keys import DhKey
from devices.chip_card.access.diffie_hellman import RandomBelow
from devices.chip_card.access.elliptic_curves import KeyPair
from devices.chip_card.access.security_infos import (
    ChipAuthenticationInfo,
    ChipAuthenticationPublicKey,
    KeyAgreement,
    SecurityInfos,
)
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys, session_keys
from devices.chip_card.apdu import OK, SHORT_LE, WRONG_LENGTH, Command, Response
from devices.chip_card.errors import CardProblem
from devices.chip_card.trust.public_keys import EllipticCurveKey
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import ChipProof

Transmit = Callable[[Command], Response]

_RANKS = {suite: rank for rank, suite in enumerate(CipherSuite)}
_VERSION = 1
_MOST_TRIES = 3
_MOST_KEYS, _MOST_DH_KEYS = 8, 2
_DRAWS = 8
_EPHEMERAL_KEY, _REFERENCE, _KEY_NUMBER = 0x91, 0x80, 0x84
_DYNAMIC_AUTHENTICATION = 0x7C
_MORE_FOLLOWS = 0x10
_PART = 223
"""Bytes of a chained part: with the protection of any suite around them they fit into a short command."""


class NotCarriedOut(CardProblem):
    """No new keys; the channel in use goes on. ``proof``: ``NOT_OFFERED``, ``UNSUPPORTED`` (no key or suite
    that is known here), or ``FAILED`` (the chip refuses what its signed DG14 offers).
    """

    def __init__(self, proof: ChipProof, detail: str) -> None:
        super().__init__(FailureCode.CARD_ACCESS_REFUSED, f"chip authentication: {detail}")
        self.proof = proof


@dataclass(frozen=True)
class ChipAuthenticationResult:
    """Keys of the new channel. ``key_id``: number of the chip's key, if it has one; ``words``: key and cipher
    in the standard's words.
    """

    keys: SessionKeys
    key_id: int | None = None
    words: str = field(default="", compare=False)


@dataclass(frozen=True)
class Offer:
    """A key of the chip that can be used here. ``protocol``: the object identifier's bytes, ``None`` when
    DG14 names none for the key, which means 3DES.
    """

    key: EllipticCurveKey | DhKey
    key_id: int | None
    suite: CipherSuite
    protocol: bytes | None

    @property
    def words(self) -> str:
        """Key and cipher, e.g. ``ECDH brainpoolP256r1, AES-128``."""
        agreement = "" if isinstance(self.key, DhKey) else "ECDH "
        return f"{agreement}{chip_public_keys.describe(self.key)}, {self.suite.label}"

    @property
    def strength(self) -> tuple[int, bool, int]:
        """For comparing: cipher, then curves above primes, then length."""
        if isinstance(self.key, EllipticCurveKey):
            return _RANKS[self.suite], True, self.key.curve.n.bit_length()
        return _RANKS[self.suite], False, self.key.group.p.bit_length()


def disproves(problem: CardProblem) -> bool:
    """Whether the first exchange on the new channel, which ended with this, shows that the chip lacks the
    private key. ``False`` for a card that was pulled and for trouble with the reader.
    """
    return problem.code is FailureCode.CARD_CHANNEL_BROKEN


def offers(infos: SecurityInfos) -> list[Offer]:
    """What can be used here, the strongest first; empty when there is nothing."""
    found = []
    for key in _looked_at(infos):
        try:
            loaded = chip_public_keys.load(key.subject_public_key_info)
        except ValueError:
            continue
        agreement = KeyAgreement.DH if isinstance(loaded, DhKey) else KeyAgreement.ECDH
        if isinstance(loaded, DhKey | EllipticCurveKey) and agreement is key.protocol:
            found += [Offer(loaded, *announced) for announced in _announced(infos, key)]
    usable = [offer for offer in found if offer.key_id is None or offer.key_id >= 0]
    return sorted(usable, key=lambda offer: offer.strength, reverse=True)


def authenticate(
    transmit: Transmit,
    infos: SecurityInfos,
    random: RandomBelow = secrets.randbelow,
    *,
    extended_length: bool = True,
) -> ChipAuthenticationResult:
    """Agree with the chip on new session keys; what they prove is told at the top of this module.

    ``infos``: of DG14. ``random`` is replaced only to recompute published examples. ``extended_length``:
    whether the link and the chip take long commands; a key that does not fit into a short one (only those of
    DH) is sent in a chain of commands otherwise, and when the chip answers 6700 (ISO/IEC 7816-4 §5.3.3).

    Raises ``NotCarriedOut`` when there are no new keys and the channel goes on, any other ``CardProblem``
    from the link or the channel.
    """
    if not infos.chip_authentication_keys:
        proof = ChipProof.UNSUPPORTED if infos.chip_authentication else ChipProof.NOT_OFFERED
        raise NotCarriedOut(proof, "no public key in DG14")
    usable = offers(infos)
    if not usable:
        raise NotCarriedOut(ChipProof.UNSUPPORTED, "no known key and cipher in DG14")
    refusals = []
    for offer in usable[:_MOST_TRIES]:
        public, secret = _ephemeral(offer.key, random)
        sw = _agree(transmit, offer, public, extended_length)
        if sw == OK:
            return ChipAuthenticationResult(session_keys(secret, offer.suite), offer.key_id, offer.words)
        refusals.append(f"{offer.words} refused with {sw:04X}")
    raise NotCarriedOut(ChipProof.FAILED, "; ".join(refusals))


def _looked_at(infos: SecurityInfos) -> list[ChipAuthenticationPublicKey]:
    """The first few keys, and of those of DH fewer: to check a group takes a good part of a second."""
    of_dh = [key for key in infos.chip_authentication_keys if key.protocol is KeyAgreement.DH]
    of_curves = [key for key in infos.chip_authentication_keys if key.protocol is not KeyAgreement.DH]
    return [*of_curves[: _MOST_KEYS - _MOST_DH_KEYS], *of_dh[:_MOST_DH_KEYS]]


def _announced(
    infos: SecurityInfos, key: ChipAuthenticationPublicKey
) -> Iterator[tuple[int | None, CipherSuite, bytes | None]]:
    """Number, cipher and protocol for each way to use the key. Without any ChipAuthenticationInfo for keys of
    its kind, 3DES is meant (§9.2.5).
    """
    same_kind = [info for info in infos.chip_authentication if info.agreement is key.protocol]
    if not same_kind:
        yield key.key_id, CipherSuite.TDES, None
    for info in same_kind:
        if info.suite is not None and info.version == _VERSION and _belong(infos, info, key):
            yield (key.key_id if key.key_id is not None else info.key_id), info.suite, info.protocol


def _belong(infos: SecurityInfos, info: ChipAuthenticationInfo, key: ChipAuthenticationPublicKey) -> bool:
    """The numbers are equal; where only one of both is numbered there must be no other key."""
    if info.key_id == key.key_id:
        return True
    return None in (info.key_id, key.key_id) and len(infos.chip_authentication_keys) == 1


def _ephemeral(key: EllipticCurveKey | DhKey, random: RandomBelow) -> tuple[bytes, bytes]:
    """A fresh public key as it is sent, and the secret shared with the chip's key.

    Neither begins with a zero byte, where a few draws can avoid it: the standard keeps such bytes of a
    secret, and not every chip does.
    """
    pair = (b"", b"")
    for _ in range(_DRAWS):
        pair = _with_curve(key, random) if isinstance(key, EllipticCurveKey) else _with_group(key, random)
        if all(part[0] for part in pair):
            break
    return pair


def _with_curve(key: EllipticCurveKey, random: RandomBelow) -> tuple[bytes, bytes]:
    curve = key.curve
    pair = KeyPair.of(curve, 2 + random(curve.n - 4))
    return elliptic_curves.encode_point(curve, pair.public), pair.shared_x(key.point).to_bytes(curve.size)


def _with_group(key: DhKey, random: RandomBelow) -> tuple[bytes, bytes]:
    group = key.group
    exponent = group.random_exponent(random)
    return group.power(group.g, exponent), group.power(key.y, exponent)


def _agree(transmit: Transmit, offer: Offer, public: bytes, extended_length: bool) -> int:
    """Status of the command that completes the agreement, or of the one that was refused.

    3DES goes by MSE:Set KAT (§6.2.4.1), the only form that the oldest chips know; some chips that announce
    their protocol know only the other form (§6.2.4.2), which is that of AES.
    """
    number = b"" if offer.key_id is None else tlv.encode(_KEY_NUMBER, _unsigned(offer.key_id))
    if offer.suite is CipherSuite.TDES or offer.protocol is None:
        template = Command(0x00, 0x22, 0x41, 0xA6, tlv.encode(_EPHEMERAL_KEY, public) + number)
        sw = _send(transmit, template, extended_length)
        if sw == OK or offer.protocol is None:
            return sw
    select = Command(0x00, 0x22, 0x41, 0xA4, tlv.encode(_REFERENCE, offer.protocol) + number)
    sw = transmit(select).sw
    if sw != OK:
        return sw
    body = tlv.encode(_DYNAMIC_AUTHENTICATION, tlv.encode(0x80, public))
    return _send(transmit, Command(0x00, 0x86, 0, 0, body, SHORT_LE), extended_length)


def _send(transmit: Transmit, command: Command, extended_length: bool) -> int:
    """Status of a command that may be long; see ``authenticate``."""
    if len(command.data) <= _PART or extended_length:
        sw = transmit(command).sw
        if sw != WRONG_LENGTH or len(command.data) <= _PART:
            return sw
    *first, last = (command.data[at : at + _PART] for at in range(0, len(command.data), _PART))
    for part in first:
        sw = transmit(Command(command.cla | _MORE_FOLLOWS, command.ins, command.p1, command.p2, part)).sw
        if sw != OK:
            return sw
    return transmit(Command(command.cla, command.ins, command.p1, command.p2, last, command.le)).sw


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8 or 1)
