"""What was proven of a chip ID card: separate, named results, and one verdict for people. Pure.

The results never melt into one flag (ICAO Doc 9303-11 §5 and §6, Doc 9303-12 §3): a card whose issuer is
merely unknown is something else than a forged one, and a check that was not carried out is not
a check that passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AccessProtocol(StrEnum):
    """How the chip was opened."""

    PACE = "PACE"
    BAC = "BAC"


class Password(StrEnum):
    """What opened it: six digits of the number, or three values of the machine-readable zone."""

    CAN = "CAN"
    MRZ = "MRZ"


@dataclass(frozen=True)
class Access:
    """How the chip was opened. ``details`` names mapping, cipher and curve in the standard's words.

    ``pace_failed``: the card offers PACE, failed it, and was read by BAC because the policy allows that.
    """

    protocol: AccessProtocol
    password: Password
    details: str = ""
    pace_failed: bool = False

    def __str__(self) -> str:
        words = f"{self.protocol} with {self.password}" + (f" ({self.details})" if self.details else "")
        return words + (", after PACE had failed" if self.pace_failed else "")


class Signature(StrEnum):
    """The signature of EF.SOD under the certificate that lies in it."""

    VALID = "valid"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"
    NOT_CHECKED = "not_checked"


class GroupHash(StrEnum):
    """A data group against the hash that EF.SOD signs for it.

    ``NOT_READ``: signed, and this read did not ask for it. ``MISSING``: signed, and the card does not
    give it.
    """

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_IN_SOD = "not_in_sod"
    NOT_READ = "not_read"
    MISSING = "missing"


class Chain(StrEnum):
    """The document signer's certificate against the trust anchors (ICAO Doc 9303-12 §3 and §7).

    ``CRL_STALE``: all is well by a revocation list that is past its next update. ``COUNTRY_DIFFERS``: the
    signer's country is not the one in the machine-readable zone.
    """

    TRUSTED = "trusted"
    ISSUER_UNKNOWN = "issuer_unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CRL_STALE = "crl_stale"
    COUNTRY_DIFFERS = "country_differs"
    UNSUPPORTED = "unsupported"
    NOT_CHECKED = "not_checked"


class ChipProof(StrEnum):
    """Whether the chip holds a private key that cannot be copied (chip or active authentication, PACE-CAM).

    ``NOT_OFFERED``: nothing the issuer signed speaks of it. ``WITHHELD``: the issuer signed the key, and the
    card does not give it, as a copy without the private key would.
    """

    PASSED = "passed"
    FAILED = "failed"
    WITHHELD = "withheld"
    NOT_OFFERED = "not_offered"
    UNSUPPORTED = "unsupported"
    NOT_DONE = "not_done"


GROUPS_USED = (1, 2, 13, 14, 15)
"""Data groups of which something is made. Any other that nobody signed is passed over and changes nothing."""


class Agreement(StrEnum):
    """Whether two sources on the same card say the same. ``NOT_COMPARED``: one of them is not there."""

    AGREE = "agree"
    DIFFER = "differ"
    NOT_COMPARED = "not_compared"


class Doubt(StrEnum):
    """A reason not to rely on a card."""

    SIGNATURE_INVALID = "signature_invalid"
    SIGNATURE_UNSUPPORTED = "signature_unsupported"
    NOTHING_SIGNED = "nothing_signed"
    DATA_ALTERED = "data_altered"
    DATA_NOT_SIGNED = "data_not_signed"
    CHIP_COPIED = "chip_copied"
    CHIP_KEY_WITHHELD = "chip_key_withheld"
    ISSUER_EXPIRED = "issuer_expired"
    ISSUER_REVOKED = "issuer_revoked"
    ISSUER_UNSUPPORTED = "issuer_unsupported"
    COUNTRY_DIFFERS = "country_differs"
    ACCESS_FILE_ALTERED = "access_file_altered"
    DATA_DISAGREE = "data_disagree"


class Verdict(StrEnum):
    """What a person is told; the values are the words of the command line."""

    GENUINE = "genuine chip and data"
    DATA_GENUINE = "genuine data, chip not proven"
    ISSUER_UNKNOWN = "data signed, issuer unknown"
    DO_NOT_RELY = "do not rely on this card"


@dataclass(frozen=True)
class CardProof:
    """Every result of one card, or of dumped files (``access`` is ``None`` then).

    ``data_groups``: one entry for each group that was read or is signed. ``access_file``: EF.CardAccess,
    which is read before anything is proven, against the signed DG14. ``file_list``: EF.COM, which nobody
    signs, against EF.SOD. ``identity``: number, birth date and sex of DG1, DG13, the
    printed QR and what was typed.
    """

    access: Access | None
    sod_signature: Signature = Signature.NOT_CHECKED
    data_groups: Mapping[int, GroupHash] = field(default_factory=dict)
    chain: Chain = Chain.NOT_CHECKED
    chip_authentication: ChipProof = ChipProof.NOT_DONE
    active_authentication: ChipProof = ChipProof.NOT_DONE
    pace_chip_mapping: ChipProof = ChipProof.NOT_DONE
    access_file: Agreement = Agreement.NOT_COMPARED
    file_list: Agreement = Agreement.NOT_COMPARED
    identity: Agreement = Agreement.NOT_COMPARED

    @property
    def data_intact(self) -> bool:
        """True when the signature over EF.SOD verifies and at least one group was read and all that were
        match it. It says nothing of who signed.
        """
        read = [result for result in self.data_groups.values() if result is not GroupHash.NOT_READ]
        return self.sod_signature is Signature.VALID and GroupHash.MATCH in read and not self._group_doubts()

    @property
    def chip_proven(self) -> bool:
        """True when one of the three protocols showed that this chip is the one the issuer made."""
        return ChipProof.PASSED in self._chip_results()

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every reason not to rely on the card; empty when there is none."""
        found: list[Doubt] = []
        if self.sod_signature is Signature.INVALID:
            found.append(Doubt.SIGNATURE_INVALID)
        elif self.sod_signature is Signature.UNSUPPORTED:
            found.append(Doubt.SIGNATURE_UNSUPPORTED)
        elif self.sod_signature is Signature.NOT_CHECKED or GroupHash.MATCH not in self.data_groups.values():
            found.append(Doubt.NOTHING_SIGNED)
        found += self._group_doubts()
        if ChipProof.FAILED in self._chip_results():
            found.append(Doubt.CHIP_COPIED)
        if ChipProof.WITHHELD in self._chip_results():
            found.append(Doubt.CHIP_KEY_WITHHELD)
        by_chain = {
            Chain.EXPIRED: Doubt.ISSUER_EXPIRED,
            Chain.REVOKED: Doubt.ISSUER_REVOKED,
            Chain.UNSUPPORTED: Doubt.ISSUER_UNSUPPORTED,
            Chain.COUNTRY_DIFFERS: Doubt.COUNTRY_DIFFERS,
        }
        if self.chain in by_chain:
            found.append(by_chain[self.chain])
        if self.access_file is Agreement.DIFFER:
            found.append(Doubt.ACCESS_FILE_ALTERED)
        if self.identity is Agreement.DIFFER:
            found.append(Doubt.DATA_DISAGREE)
        return tuple(found)

    @property
    def verdict(self) -> Verdict:
        """The one word for people. An unknown issuer never gives "genuine", whatever else passed."""
        if self.doubts:
            return Verdict.DO_NOT_RELY
        if self.chain not in (Chain.TRUSTED, Chain.CRL_STALE):
            return Verdict.ISSUER_UNKNOWN
        return Verdict.GENUINE if self.chip_proven else Verdict.DATA_GENUINE

    def _group_doubts(self) -> list[Doubt]:
        results = self.data_groups.values()
        found = []
        if GroupHash.MISMATCH in results:
            found.append(Doubt.DATA_ALTERED)
        if any(self.data_groups.get(number) is GroupHash.NOT_IN_SOD for number in GROUPS_USED):
            found.append(Doubt.DATA_NOT_SIGNED)
        return found

    def _chip_results(self) -> tuple[ChipProof, ChipProof, ChipProof]:
        return self.chip_authentication, self.active_authentication, self.pace_chip_mapping
