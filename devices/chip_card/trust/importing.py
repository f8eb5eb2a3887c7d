"""What a file brings to the trust anchors: taken is only what verifies (ICAO Doc 9303-12 §5 and §8).

The rules, in short:

- A self-signed certificate of an authority must verify under its own key. That it is genuine is the
  operator's word: one such certificate in a file is taken; several are taken only when somebody whose lists
  are accepted signed the file, or when the operator says so.
- A link certificate must verify under an authority that is held or comes in the same file.
- A master list must verify, and its signer must lead up, by signatures, to an authority whose lists the
  operator accepts. That its own authority lies in the list, or that it is held, is not enough: it would let
  each country speak for all others.
- A revocation list must verify under an authority that is held or comes in the same file.
- Document signers' certificates are no anchors; each card brings its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from devices.chip_card.trust import containers, master_list
from devices.chip_card.trust.certificates import MASTER_LIST_SIGNER, Certificate, CertificateError
from devices.chip_card.trust.containers import ContainerError
from devices.chip_card.trust.import_report import Entry, ImportReport, Kind, Outcome
from devices.chip_card.trust.issuer_pool import IssuerPool
from devices.chip_card.trust.public_keys import MALFORMED, UnsupportedKey
from devices.chip_card.trust.revocation import RevocationError, RevocationList
from devices.chip_card.trust.signed_data import SignedData
from kiosk.identity.card_proof import Signature

if TYPE_CHECKING:
    from devices.chip_card.trust.anchors import Anchors

LONGEST_PATH = 5
MOST_CHECKS = 20_000
"""Signatures of link certificates and list signers that are checked for one file."""
_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True)
class Rules:
    """What the operator decided; see ``TrustStore.import_file``."""

    at: date
    accept_signers: frozenset[str] = frozenset()
    accept_unsigned: bool = False
    countries: frozenset[str] = frozenset()


@dataclass
class Additions:
    """What an import adds, by SHA-256: the content, and what the index says of it."""

    certificates: dict[str, bytes] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)
    replaced_lists: set[str] = field(default_factory=set)
    _facts: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    def add(self, part: str, sha256: str, facts: dict[str, str]) -> None:
        """One entry of the index."""
        self._facts.setdefault(part, {})[sha256] = facts

    def entries(self, name: str, at: date) -> dict[str, dict[str, dict[str, str]]]:
        """The index's new entries, each with where it came from and when."""
        came = {"from": name, "on": at.isoformat()}
        return {
            part: {sha256: facts | came for sha256, facts in entries.items()}
            for part, entries in self._facts.items()
        }


def examine(data: bytes, name: str, held: Anchors, rules: Rules) -> tuple[ImportReport, Additions]:
    """Look at every part of a file. Any bytes give a report."""
    safe_name = "".join(char if char.isprintable() else "?" for char in name)[:200]
    try:
        contents = containers.unpack(data)
    except ContainerError as error:
        return ImportReport(safe_name, refusal=str(error)), Additions()
    examination = _Examination(held, rules)
    examination.examine(contents)
    return ImportReport(safe_name, tuple(examination.entries)), examination.additions


class _Examination:
    def __init__(self, held: Anchors, rules: Rules) -> None:
        self._held, self._rules = held, rules
        self._checks = iter(range(MOST_CHECKS))
        self._taken: dict[str, Certificate] = {}
        self.entries: list[Entry] = []
        self.additions = Additions()

    def examine(self, contents: containers.Contents) -> None:
        """Certificates first, then master lists, then the revocation lists that all of them may verify."""
        parts = [_opened(content) for content in contents.objects]
        for reason in [part for part in parts if isinstance(part, str)]:
            self._refuse(Kind.OTHER, reason)
        envelopes = [part for part in parts if isinstance(part, SignedData)]
        unsigned = [part for part in parts if isinstance(part, Certificate)]
        for envelope in envelopes:
            if envelope.unsigned:  # .p7b
                unsigned += envelope.certificates
                if not envelope.certificates:
                    self._refuse(Kind.OTHER, "an envelope without a certificate that can be read")
        self._take_unsigned(unsigned)
        for envelope in [one for one in envelopes if not one.unsigned]:
            self._take_master_list(envelope)
        for one in [part for part in parts if isinstance(part, RevocationList)]:
            self._take_revocation_list(one)
        for reason in contents.unreadable:
            self._refuse(Kind.OTHER, reason)
        if contents.beyond:
            most = containers.MOST_OBJECTS
            self._refuse(Kind.OTHER, f"{contents.beyond} more parts: a file may have {most}")
        if contents.document_signers:
            words = f"{contents.document_signers} document signers: each card brings its own"
            self.entries.append(Entry(Outcome.PASSED_OVER, Kind.SIGNER, reason=words))

    # -- certificates

    def _take_unsigned(self, certificates: list[Certificate]) -> None:
        roots = {one.key_bytes for one in certificates if not self._is_held(one) and _self_signed(one)}
        several = len(roots) > 1 and not self._rules.accept_unsigned
        reason = f"one of {len(roots)} authorities in a file that nobody signed" if several else None
        self._take_authorities(certificates, "the operator", reason)

    def _take_authorities(
        self, certificates: Iterable[Certificate], word: str, roots_refused: str | None = None
    ) -> None:
        """Self-signed ones, then link certificates under them and under what is held. ``word``: whose."""
        pool = self._pool()
        links: dict[str, Certificate] = {}
        for one in {found.sha256: found for found in certificates}.values():
            reason = self._unusable(one)
            if one.sha256 in self._taken or reason is None:
                continue
            if reason:
                self._refuse(_kind(one), reason, one)
            elif _self_signed(one):
                if roots_refused:
                    self._refuse(Kind.AUTHORITY, roots_refused, one)
                else:
                    self._take(Kind.AUTHORITY, one, word)
                    pool.add(one)
            else:
                links[one.sha256] = one
                pool.add(one)
        self._take_links(links, pool, word)

    def _unusable(self, one: Certificate) -> str | None:
        """Why a certificate cannot be an anchor: empty when it can, ``None`` when that was told already."""
        if self._is_held(one):
            self._tell(Outcome.HELD, _kind(one), one)
        elif self._rules.countries and one.country not in self._rules.countries:
            self._tell(Outcome.PASSED_OVER, _kind(one), one, "of another country")
        elif not one.certifies and not one.self_issued:
            self._tell(Outcome.PASSED_OVER, Kind.SIGNER, one, "each card brings its own")
        elif not one.certifies:
            return "it is not a certification authority's"
        elif one.country is None:
            return "it names no country"
        elif one.unknown_critical:
            return f"unknown critical extension {', '.join(one.unknown_critical)}"
        else:
            return ""
        return None

    def _take_links(self, links: dict[str, Certificate], pool: IssuerPool, word: str) -> None:
        parents: dict[str, list[Certificate]] = {}
        reasons: dict[str, str] = {}
        for sha256, one in links.items():
            reasons[sha256] = f"the key that signed it is not held (issuer {one.issuer_text})"
            try:
                parents[sha256] = list(pool.parents(one))
            except UnsupportedKey as error:
                parents[sha256] = []
                reasons[sha256] = f"its signature cannot be checked here: {error}"
        for _ in range(LONGEST_PATH):
            for sha256 in [sha256 for sha256, above in parents.items() if any(map(self._is_trusted, above))]:
                one = links[sha256]
                if one.authority:
                    self._take(Kind.LINK, one, word)
                else:
                    self._refuse(Kind.LINK, "its basic constraints say that it is no authority", one)
                del parents[sha256]
        for sha256 in parents:
            self._refuse(Kind.LINK, reasons[sha256], links[sha256])

    def _pool(self) -> IssuerPool:
        pool = IssuerPool(self._held, self._checks)
        for one in self._taken.values():
            pool.add(one)
        return pool

    def _is_held(self, one: Certificate) -> bool:
        return self._held.holds(one.sha256)

    def _is_trusted(self, one: Certificate) -> bool:
        return one.sha256 in self._taken or self._is_held(one)

    def _take(self, kind: Kind, one: Certificate, word: str) -> None:
        self._taken[one.sha256] = one
        self.additions.certificates[one.sha256] = one.der
        facts = {
            "kind": str(kind), "subject": one.subject_text, "country": one.country or "",
            "key_identifier": (one.key_identifier or b"").hex(),
            "not_before": one.not_before.date().isoformat(), "not_after": one.not_after.date().isoformat(),
            "word_of": word,
        }  # fmt: skip
        self.additions.add("certificates", one.sha256, facts)
        self._tell(Outcome.TAKEN, kind, one)

    # -- master lists

    def _take_master_list(self, envelope: SignedData) -> None:
        if envelope.content_type != master_list.CONTENT_TYPE:
            self._refuse(Kind.OTHER, f"signed data of type {envelope.content_type}")
            return
        verified = envelope.verify()
        signer = verified.signer
        if verified.signature is not Signature.VALID or signer is None:
            wrong = "does not verify" if verified.signature is Signature.INVALID else "cannot be checked here"
            self._refuse(Kind.MASTER_LIST, f"its signature {wrong}: {verified.reason}", signer)
            return
        if MASTER_LIST_SIGNER not in signer.extended_key_usage:
            self._refuse(Kind.MASTER_LIST, "its signer's certificate is not for master lists", signer)
            return
        if not signer.valid_on(self._rules.at):
            until = f"{signer.not_before:%Y-%m-%d} to {signer.not_after:%Y-%m-%d}"
            self._refuse(Kind.MASTER_LIST, f"its signer is valid from {until}", signer)
            return
        try:
            listed = master_list.parse(envelope)
        except ValueError as error:
            self._refuse(Kind.MASTER_LIST, str(error), signer)
            return
        certificates, unreadable = _certificates(listed.certificates)
        if self._may_speak(signer, [*envelope.certificates, *certificates]):
            self._tell(Outcome.TAKEN, Kind.MASTER_LIST, signer, f"{len(listed.certificates)} certificates")
            self._take_authorities(certificates, f"a master list of {signer.subject_text}")
            for reason in unreadable:
                self._refuse(Kind.OTHER, reason)

    def _may_speak(self, signer: Certificate, at_hand: list[Certificate]) -> bool:
        """Whether the operator accepts this signer's lists; tells why not, and keeps who was accepted."""
        pool = self._pool()
        for one in [*at_hand, *self._held.list_signers]:
            pool.add(one)
        way = self._way_to_accepted(signer, pool)
        top = way[-1]
        if not self._accepts(top):
            words = f"signed by {signer.subject_text}, whose lists are not accepted"
            entry = Entry(Outcome.REFUSED, Kind.MASTER_LIST, top.subject_text, top.country, top.sha256)
            until = top.not_after.date()
            self.entries.append(replace(entry, valid_until=until, reason=words, accept=top.sha256))
            return False
        if any(self._revoked(one, above) for one, above in itertools.pairwise(way)):
            self._refuse(Kind.MASTER_LIST, "a certificate of its signer is on a revocation list", signer)
            return False
        if top.sha256 not in {one.sha256 for one in self._held.list_signers}:
            self.additions.certificates[top.sha256] = top.der
            facts = {"subject": top.subject_text, "country": top.country or ""}
            self.additions.add("list_signers", top.sha256, facts)
        return True

    def _accepts(self, one: Certificate) -> bool:
        if one.sha256 in self._rules.accept_signers:
            return True
        return any(one.key_bytes == other.key_bytes for other in self._held.list_signers)

    def _way_to_accepted(self, signer: Certificate, pool: IssuerPool) -> list[Certificate]:
        """From the signer up by signatures to one whose lists are accepted; as far up as one gets if none."""
        best = [signer]
        open_ways = [[signer]]
        seen = {signer.sha256}
        while open_ways:
            way = open_ways.pop(0)
            if self._accepts(way[-1]):
                return way
            if len(way) > len(best) and (len(best) == 1 or not best[-1].self_issued):
                best = way
            if len(way) >= LONGEST_PATH:
                continue
            for above in _parents(pool, way[-1]):
                if above.sha256 not in seen:
                    seen.add(above.sha256)
                    open_ways.append([*way, above])
        return best

    def _revoked(self, one: Certificate, authority: Certificate) -> bool:
        return any(listed.revokes(one.serial_number) for listed in self._held.revocation_lists(authority))

    # -- revocation lists

    def _take_revocation_list(self, one: RevocationList) -> None:
        if self._held.holds_list(one.sha256) or one.sha256 in self.additions.lists:
            self._tell_list(Outcome.HELD, one)
            return
        if self._rules.countries and one.country not in self._rules.countries:
            self._tell_list(Outcome.PASSED_OVER, one, "of another country")
            return
        issuer, reason = self._issuer_of_list(one)
        if issuer is None:
            self._tell_list(Outcome.REFUSED, one, reason)
            return
        if one.this_update.date() > self._rules.at + _CLOCKS_DIFFER:
            self._tell_list(Outcome.REFUSED, one, f"it is of {one.this_update:%Y-%m-%d}, after today")
            return
        try:
            count = len(one.revoked)
        except MALFORMED:
            self._tell_list(Outcome.REFUSED, one, "its entries cannot be read")
            return
        replaced = set()
        for other in self._held.revocation_lists(issuer):
            if other.issuer == one.issuer and other.authority_key_identifier == one.authority_key_identifier:
                if other.this_update >= one.this_update:
                    self._tell_list(Outcome.HELD, one, f"one of {other.this_update:%Y-%m-%d} is held")
                    return
                replaced.add(other.sha256)
        self.additions.replaced_lists |= replaced
        self.additions.lists[one.sha256] = one.der
        facts = {
            "issuer": issuer.sha256, "subject": one.issuer_text, "country": issuer.country or "",
            "this_update": one.this_update.date().isoformat(),
            "next_update": one.next_update.date().isoformat() if one.next_update else "",
            "revoked": str(count),
        }  # fmt: skip
        self.additions.add("revocation_lists", one.sha256, facts)
        note = ", past its next update" if one.stale_on(self._rules.at) else ""
        self._tell_list(Outcome.TAKEN, one, f"{count} revoked{note}")

    def _issuer_of_list(self, one: RevocationList) -> tuple[Certificate | None, str]:
        """The authority whose key signed it; else why there is none."""
        pool = self._pool()
        reason = f"the key that signed it is not held (issuer {one.issuer_text})"
        for candidate in pool.candidates(one.authority_key_identifier, one.issuer, one.country):
            try:
                if not one.signed_by(candidate):
                    continue
            except UnsupportedKey as error:
                reason = f"its signature cannot be checked here: {error}"
                continue
            if candidate.key_usage is not None and "crl_sign" not in candidate.key_usage:
                reason = "its signer's key is not for revocation lists"
                continue
            return candidate, ""
        return None, reason

    # -- the report

    def _refuse(self, kind: Kind, reason: str, one: Certificate | None = None) -> None:
        if one is None:
            self.entries.append(Entry(Outcome.REFUSED, kind, reason=reason))
        else:
            self._tell(Outcome.REFUSED, kind, one, reason)

    def _tell(self, outcome: Outcome, kind: Kind, one: Certificate, reason: str = "") -> None:
        until = one.not_after.date()
        self.entries.append(Entry(outcome, kind, one.subject_text, one.country, one.sha256, until, reason))

    def _tell_list(self, outcome: Outcome, one: RevocationList, reason: str = "") -> None:
        until = one.next_update.date() if one.next_update else None
        kind = Kind.REVOCATION_LIST
        self.entries.append(Entry(outcome, kind, one.issuer_text, one.country, one.sha256, until, reason))


def _opened(content: bytes) -> Certificate | RevocationList | SignedData | str:
    """One object of a file; a text says why it is none of use."""
    if _first_tag_inside(content) == 0x06:
        try:
            return SignedData.parse(content)
        except ValueError as error:
            return str(error)
    try:
        return Certificate.parse(content)
    except CertificateError as error:
        first = error
    try:
        return RevocationList.parse(content)
    except RevocationError as error:
        partial = not str(error).startswith("no ")
        return str(error) if partial else f"{first}, and {error}"


def _first_tag_inside(content: bytes) -> int | None:
    """The tag behind the header of the outermost object: an object identifier in CMS."""
    if len(content) < 2:
        return None
    position = 2 + (content[1] & 0x7F if content[1] > 0x80 else 0)
    return content[position] if position < len(content) else None


def _certificates(ders: Iterable[bytes]) -> tuple[list[Certificate], list[str]]:
    found, unreadable = [], []
    for number, der in enumerate(ders, 1):
        try:
            found.append(Certificate.parse(der))
        except CertificateError as error:
            unreadable.append(f"certificate {number} of the master list: {error}")
    return found, unreadable


def _parents(pool: IssuerPool, certificate: Certificate) -> list[Certificate]:
    found: list[Certificate] = []
    try:
        found.extend(pool.parents(certificate))
    except UnsupportedKey:
        return found
    return found


def _self_signed(one: Certificate) -> bool:
    """An own signature of another kind than the key is a link certificate's of the same name."""
    try:
        return one.certifies and one.self_signed
    except UnsupportedKey:
        return False


def _kind(one: Certificate) -> Kind:
    if not one.certifies:
        return Kind.SIGNER
    return Kind.AUTHORITY if _self_signed(one) else Kind.LINK
