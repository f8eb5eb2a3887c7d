"""What a virtual card is, how it misbehaves and over what link: every knob, with the 2021 card as default.

``CardProfile`` says what is in the chip and which protocols it speaks, ``CardFaults`` how card or link fail
while it is read, ``LinkTiming`` how long the line takes. All three are plain values: a preset
(``profiles.toml``) is nothing but a few knobs turned away from the default, and ``turned`` turns more of them
by name. Which answer of a reader is the honest one stands with each preset.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, TypeVar

from devices.chip_card.access.session_keys import CipherSuite
from devices.chip_card.apdu import EXTENDED_LE
from devices.virtual.chip_card.link_timing import LinkTiming

__all__ = ["CardFaults", "CardProfile", "LinkTiming", "choices", "turned"]

BRAINPOOL_P256R1 = 13


class Document(StrEnum):
    """Which document the chip lies in: a Vietnamese ID card, a Vietnamese passport (TD3), or an ID card of
    another country (TD1).
    """

    CITIZEN_CARD = "citizen-card"
    PASSPORT = "passport"
    FOREIGN_CARD = "foreign-card"


class AccessWays(StrEnum):
    """Which protocols open the chip."""

    BOTH = "both"
    PACE = "pace"
    BAC = "bac"


class PaceMapping(StrEnum):
    """How PACE maps the nonce (ICAO Doc 9303-11 §4.4.3.3)."""

    GENERIC = "gm"
    INTEGRATED = "im"
    CHIP_AUTHENTICATION = "cam"


class Passwords(StrEnum):
    """Which passwords PACE takes."""

    BOTH = "both"
    CAN = "can"
    MRZ = "mrz"


class PaceFlaw(StrEnum):
    """What goes wrong in PACE, which the card advertises all the same.

    ``refuses-…``: that step answers 6A80; ``off-curve-…``, ``own-key-…``, ``infinity-…``: the public key of
    that step is no point of the curve, the reader's own key, or the point at infinity (``00``);
    ``wrong-token``: the chip's last answer proves nothing.
    """

    NONE = "none"
    REFUSES_TEMPLATE = "refuses-template"
    REFUSES_NONCE = "refuses-nonce"
    REFUSES_MAPPING = "refuses-mapping"
    REFUSES_AGREEMENT = "refuses-agreement"
    REFUSES_TOKEN = "refuses-token"  # noqa: S105 - a step of PACE
    OFF_CURVE_MAPPING = "off-curve-mapping"
    OFF_CURVE_AGREEMENT = "off-curve-agreement"
    OWN_KEY_MAPPING = "own-key-mapping"
    OWN_KEY_AGREEMENT = "own-key-agreement"
    INFINITY_MAPPING = "infinity-mapping"
    INFINITY_AGREEMENT = "infinity-agreement"
    WRONG_TOKEN = "wrong-token"  # noqa: S105 - a step of PACE


class ChipAuthentication(StrEnum):
    """Key agreement of Chip Authentication (ICAO Doc 9303-11 §6.2)."""

    NONE = "none"
    ECDH = "ecdh"
    DH = "dh"


class ActiveAuthentication(StrEnum):
    """Signature of Active Authentication (ICAO Doc 9303-11 §6.1): none, RSA by ISO/IEC 9796-2, or ECDSA with
    the two numbers plain or in DER.
    """

    NONE = "none"
    RSA = "rsa"
    ECDSA_PLAIN = "ecdsa-plain"
    ECDSA_DER = "ecdsa-der"


class KeyParameters(StrEnum):
    """How a public key names its curve: by object identifier, by all its numbers, or by the number of a
    standardized domain parameter (BSI TR-03110-3 §A.2.1.1).
    """

    NAMED = "named"
    EXPLICIT = "explicit"
    STANDARDIZED = "standardized"


class ChipKeys(StrEnum):
    """Whether the chip holds the private keys that belong to the signed public ones.

    A copy has the files only: it holds keys of its own (``wrong…``) or refuses the commands (``none``).
    """

    OWN = "own"
    WRONG = "wrong"
    WRONG_CA = "wrong-ca"
    WRONG_AA = "wrong-aa"
    NONE = "none"


class Hash(StrEnum):
    """A hash algorithm."""

    SHA1 = "sha1"
    SHA224 = "sha224"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


class SignatureScheme(StrEnum):
    """Signature of EF.SOD."""

    ECDSA = "ecdsa"
    RSA_PKCS1 = "rsa-pkcs1"
    RSA_PSS = "rsa-pss"


class SodFlaw(StrEnum):
    """What is wrong with EF.SOD: one bit of the signature is turned, it is the (genuine) one of another
    person's card, or the signer's certificate is left out.
    """

    NONE = "none"
    SPOILED = "spoiled"
    OF_ANOTHER_CARD = "of-another-card"
    NO_CERTIFICATE = "no-certificate"


class SignerState(StrEnum):
    """The document signer's certificate. ``expired`` ended in 2022, ``revoked`` is in the demo CRL."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Root(StrEnum):
    """Who certified the document signer.

    ``demo``: the demo root, which ``--trust-anchor`` gives out; ``demo-explicit``: the second root given out,
    brainpoolP512r1 with all numbers spelled; ``other-country``: the third, of country UT. ``unknown``: a root
    of another name that nobody is given. ``same-name``: a forger's, with the demo root's name, serial number
    and key identifier, and another key.
    """

    DEMO = "demo"
    DEMO_EXPLICIT = "demo-explicit"
    OTHER_COUNTRY = "other-country"
    UNKNOWN = "unknown"
    SAME_NAME = "same-name"


class ComList(StrEnum):
    """The list of EF.COM: as the files are, without DG13, or with a DG11 that is not there."""

    TRUE = "true"
    SHORT = "short"
    LONG = "long"


class Details(StrEnum):
    """DG13. ``opaque``: signed, in a form that only the authority knows (as cards of 2024 may have it);
    ``missing``: never made; ``other-number``: signed, with another person's number; ``odd-text``: signed,
    with bad UTF-8, control and direction characters and a field twice.
    """

    FULL = "full"
    OPAQUE = "opaque"
    MISSING = "missing"
    OTHER_NUMBER = "other-number"
    ODD_TEXT = "odd-text"


class CardAccessFile(StrEnum):
    """EF.CardAccess against the signed DG14: the same; altered (DG14 signs AES-256 for PACE, the file offers
    what the chip then speaks); or not there.
    """

    SIGNED = "signed"
    ALTERED = "altered"
    MISSING = "missing"


class Portrait(StrEnum):
    """The picture in DG2, always drawn. ``bomb``: a header that claims 60000×60000 pixels."""

    JPEG = "jpeg"
    JPEG_2000 = "jpeg2000"
    NO_FACE = "no-face"
    TWO_FACES = "two-faces"
    CUT_OFF = "cut-off"
    BOMB = "bomb"


class Hostile(StrEnum):
    """What stands in a file in place of its content."""

    HUGE_LENGTH = "huge-length"
    LENGTH_OVER_END = "length-over-end"
    INDEFINITE = "indefinite"
    NESTED = "nested"
    CHILD_TOO_LONG = "child-too-long"
    EMPTY = "empty"
    EMPTY_OBJECT = "empty-object"
    ZEROES = "zeroes"
    WRONG_TAG = "wrong-tag"


class BlockRefusal(StrEnum):
    """What a READ BINARY above the largest block is answered with; ``6C`` names the size that is possible,
    ``6282`` and ``short`` (9000) give fewer bytes, the others none.
    """

    WRONG_LENGTH = "6700"
    RIGHT_LENGTH = "6C"
    END_OF_FILE = "6282"
    WRONG_OFFSET = "6B00"
    SHORT = "short"


class ChannelFault(StrEnum):
    """What is wrong with a protected answer. ``stale-counter``: MAC over the counter of the answer before;
    ``status-differs``: another status outside than the protected one; ``plain``: unprotected.
    """

    NONE = "none"
    PLAIN = "plain"
    WRONG_MAC = "wrong-mac"
    SHORT_MAC = "short-mac"
    MISSING_MAC = "missing-mac"
    MISSING_STATUS = "missing-status"
    STALE_COUNTER = "stale-counter"
    BAD_PADDING = "bad-padding"
    STATUS_DIFFERS = "status-differs"


@dataclass(frozen=True)
class CardProfile:
    """What a card is. The default is a Vietnamese card of 2021.

    ``atr``: answer to reset, hex. Curves are given by their standardized domain parameter (8 to 18, ICAO Doc
    9303-11 table 6); for PACE 0 to 2 are the prime fields. ``pace_offer_id``: EF.CardAccess names the curve,
    as all known cards do. ``wrong_password_seconds``: how much longer the chip takes after each wrong
    password. ``master_file``: SELECT of the master file works (Vietnamese cards answer 6D00).

    ``ca_key_id``: number of the chip's key, in DG14 and in the command. ``ca_announced``, ``aa_announced``:
    DG14 says with which algorithms the keys are used; older documents leave it out. ``ca_kat``: a 3DES chip
    takes MSE:Set KAT, and not MSE:Set AT only.

    ``removed``: groups that are signed and taken out of the files and EF.COM; ``tampered``: groups with one
    bit or letter changed after signing; ``unsigned``: groups that are there and not signed (11 is made for
    this). ``portrait_bytes``: size of the picture, above 32768 for READ BINARY with odd INS. ``hostile``:
    files and what they hold instead, such as ``dg13:nested``; a group's own hash is signed over it.
    """

    document: Document = Document.CITIZEN_CARD
    atr: str = "3B8880010031C173C840009092"
    access: AccessWays = AccessWays.BOTH
    master_file: bool = False
    pace_mapping: PaceMapping = PaceMapping.GENERIC
    pace_suite: CipherSuite = CipherSuite.AES_128
    pace_curve: int = BRAINPOOL_P256R1
    pace_offer_id: bool = True
    pace_passwords: Passwords = Passwords.BOTH
    pace_flaw: PaceFlaw = PaceFlaw.NONE
    wrong_password_seconds: float = 0.0

    chip_authentication: ChipAuthentication = ChipAuthentication.ECDH
    ca_suite: CipherSuite = CipherSuite.AES_128
    ca_curve: int = BRAINPOOL_P256R1
    ca_parameters: KeyParameters = KeyParameters.NAMED
    ca_key_id: int | None = None
    ca_announced: bool = True
    ca_kat: bool = True
    active_authentication: ActiveAuthentication = ActiveAuthentication.ECDSA_PLAIN
    aa_hash: Hash = Hash.SHA256
    aa_curve: int = BRAINPOOL_P256R1
    aa_rsa_bits: int = 1024
    aa_announced: bool = True
    chip_keys: ChipKeys = ChipKeys.OWN

    signature: SignatureScheme = SignatureScheme.ECDSA
    signature_hash: Hash = Hash.SHA256
    signer_curve: int = BRAINPOOL_P256R1
    signer_parameters: KeyParameters = KeyParameters.NAMED
    signer_rsa_bits: int = 2048
    group_hash: Hash = Hash.SHA256
    signer_state: SignerState = SignerState.VALID
    root: Root = Root.DEMO
    sod_flaw: SodFlaw = SodFlaw.NONE

    removed: tuple[int, ...] = ()
    tampered: tuple[int, ...] = ()
    unsigned: tuple[int, ...] = ()
    com: ComList = ComList.TRUE
    card_access: CardAccessFile = CardAccessFile.SIGNED
    details: Details = Details.FULL
    portrait: Portrait = Portrait.JPEG
    portrait_bytes: int | None = None
    hostile: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for numbers that would only keep the machine busy."""
        _within("bytes of “atr”", _octets(self.atr), 2, 33)
        _within("portrait_bytes", self.portrait_bytes or 0, 0, 1_000_000)
        _within("aa_rsa_bits", self.aa_rsa_bits, 1024, 4096)
        _within("signer_rsa_bits", self.signer_rsa_bits, 1024, 4096)
        _within("ca_key_id", self.ca_key_id or 0, 0, 127)


@dataclass(frozen=True)
class CardFaults:
    """Switches of a card, and of the hand that holds it. Commands count from 1 since the card was laid.

    ``pull_at``: the card is pulled out when this command arrives. ``swap_at``: from this command on another
    person's card answers, freshly powered, and nobody has seen a card leave. ``extended_length``: ``False``
    refuses extended commands, as some chips do. ``largest_answer``: data bytes above which a protected read
    costs the channel, as with others. ``largest_block``: data bytes above which a read is answered by
    ``block_refusal``. ``extra_bytes``: a read gives so many more than asked for. ``no_bytes_from``: every
    READ BINARY from this command on succeeds with no data.

    ``channel_fault`` spoils the protected answer of number ``channel_fault_at`` (from 1, counted in each
    channel). ``answer_at``: this command is answered by the bytes ``answer`` (hex, with status), in clear.
    ``delay``: seconds before each answer. ``hang_at``: this command is answered ``hang_seconds`` later.
    """

    pull_at: int | None = None
    swap_at: int | None = None
    extended_length: bool = True
    largest_answer: int = EXTENDED_LE
    largest_block: int = EXTENDED_LE
    block_refusal: BlockRefusal = BlockRefusal.WRONG_LENGTH
    extra_bytes: int = 0
    no_bytes_from: int | None = None
    channel_fault: ChannelFault = ChannelFault.NONE
    channel_fault_at: int = 2
    answer_at: int | None = None
    answer: str = "6F00"
    delay: float = 0.0
    hang_at: int | None = None
    hang_seconds: float = 30.0

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for what no answer can be made of."""
        _within("extra_bytes", self.extra_bytes, 0, 256)
        for name in ("largest_answer", "largest_block"):
            _within(name, getattr(self, name), 1, EXTENDED_LE)
        _within("bytes of “answer”", _octets(self.answer), 2, 65535)


def _octets(text: str) -> int:
    """How many bytes the hex digits give; none for anything else."""
    try:
        return len(bytes.fromhex(text))
    except ValueError:
        return 0


def _within(name: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise ValueError(f"“{name}” is {least} to {most}")


Knobs = TypeVar("Knobs", CardProfile, CardFaults, LinkTiming)


def turned(base: Knobs, knobs: Mapping[str, object]) -> Knobs:
    """A copy with these knobs turned; texts are read as the knob's own kind (``yes``/``no``, numbers, lists
    with commas, ``-`` for none). Raises ``ValueError`` that says what is possible.
    """
    kinds = typing.get_type_hints(type(base))
    unknown = [name for name in knobs if name not in kinds]
    if unknown:
        raise ValueError(f"no knob “{unknown[0]}”; there are {', '.join(kinds)}")
    changes: dict[str, Any] = {name: _value(name, kinds[name], value) for name, value in knobs.items()}
    return dataclasses.replace(base, **changes)


def choices(kind: type[CardProfile | CardFaults | LinkTiming]) -> list[tuple[str, str, str]]:
    """Each knob with its default and, where they can be listed, its possible values."""
    kinds, default = typing.get_type_hints(kind), kind()
    rows = []
    for knob in dataclasses.fields(kind):
        of = kinds[knob.name]
        words = [_word(choice) for choice in of] if isinstance(of, type) and issubclass(of, Enum) else []
        value = getattr(default, knob.name)
        shown = ",".join(map(str, value)) if isinstance(value, tuple) else _word(value)
        rows.append((knob.name, "-" if value in (None, ()) else shown, ", ".join(words)))
    return rows


def _value(name: str, kind: Any, value: object) -> object:
    """``value`` as this kind. Raises ``ValueError``."""
    parts = typing.get_args(kind)
    if isinstance(kind, types.UnionType):
        return None if value in (None, "-", "") else _value(name, parts[0], value)
    if typing.get_origin(kind) is tuple:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise ValueError(f"“{name}” is a list")
        return tuple(_value(name, parts[0], item) for item in items if item not in ("", "-"))
    if isinstance(kind, type) and issubclass(kind, Enum):
        choices = {_word(choice): choice for choice in kind}
        word = _word(value) if isinstance(value, kind) else str(value)
        if word not in choices:
            raise ValueError(f"“{name}” is one of {', '.join(choices)}, not “{word}”")
        return choices[word]
    if kind is bool:
        words = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
        if str(value).lower() not in words:
            raise ValueError(f"“{name}” is yes or no, not “{value}”")
        return words[str(value).lower()]
    try:
        return kind(value)
    except (TypeError, ValueError):
        raise ValueError(f"“{name}” is a number, not “{value}”") from None


def _word(choice: object) -> str:
    return choice.label if isinstance(choice, CipherSuite) else str(getattr(choice, "value", choice))
