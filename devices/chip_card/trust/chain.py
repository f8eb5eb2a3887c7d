"""Who signed a card: from its document signer's certificate up to a trust anchor (ICAO Doc 9303-12 §7).

An issuer is found by its key. Names and key identifiers are written by whoever made a certificate; they say
where to look, and a signature under a key that is held here decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from devices.chip_card.trust.anchors import Anchors, TrustStore, TrustStoreError
from devices.chip_card.trust.certificates import Certificate, CertificateError
from devices.chip_card.trust.countries import signers_countries
from devices.chip_card.trust.public_keys import UnsupportedKey
from kiosk.identity.card_proof import Chain

LONGEST_PATH = 5
"""Certificates from the document signer up to the anchor; those between are link certificates."""
_SIGNING = frozenset(("digital_signature", "non_repudiation"))
_ANY_PURPOSE = "2.5.29.37.0"
# From the worst to the best: of one way up to an anchor the worst finding counts, of several ways the best.
_ORDER = (
    Chain.UNSUPPORTED, Chain.REVOKED, Chain.COUNTRY_DIFFERS, Chain.EXPIRED, Chain.CRL_STALE, Chain.TRUSTED,
)  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """What became of a document signer. ``detail`` is for staff: technical, in English, of no person.

    ``anchor``: the certificate that is trusted, when the way leads up to one.
    """

    chain: Chain
    detail: str
    anchor: Certificate | None = None


def judge(
    signer_der: bytes, store: TrustStore | Anchors, at: date, document_country: str | None = None
) -> Judgement:
    """Judge the document signer of a card as it is on that day.

    ``document_country``: the issuing state in the machine-readable zone, three letters; ``None`` when it is
    not known, and then not compared. Any bytes give a judgement; ``UNSUPPORTED`` also stands for a
    certificate of a known authority that is not meant for signing documents.
    """
    day = at.date() if isinstance(at, datetime) else at
    try:
        anchors = store.load() if isinstance(store, TrustStore) else store
    except TrustStoreError as error:
        return Judgement(Chain.NOT_CHECKED, f"the trust anchors cannot be read: {error}")
    try:
        signer = Certificate.parse(signer_der)
    except CertificateError as error:
        return Judgement(Chain.ISSUER_UNKNOWN, f"the document signer: {error}")
    unsupported: list[str] = []
    best: Judgement | None = None
    for way in _ways((signer,), anchors, unsupported):
        found = _follow(way, anchors, day, document_country)
        if best is None or _ORDER.index(found.chain) > _ORDER.index(best.chain):
            best = found
        if best.chain is Chain.TRUSTED:
            break
    return best or _unknown(signer, anchors, document_country, unsupported)


def _ways(
    way: tuple[Certificate, ...], anchors: Anchors, unsupported: list[str]
) -> Iterator[tuple[Certificate, ...]]:
    """Every way up to an anchor, each signature verified; why others could not be is put into
    ``unsupported``.
    """
    last = way[-1]
    for candidate in anchors.candidates(last.authority_key_identifier, last.issuer_country):
        if candidate in way:
            continue
        try:
            if not last.signed_by(candidate):
                continue
        except UnsupportedKey as error:
            named = candidate.subject == last.issuer
            if named or candidate.key_identifier in (last.authority_key_identifier, b""):
                unsupported.append(f"the signature of {candidate.subject_text} cannot be checked: {error}")
            continue
        if anchors.is_anchor(candidate):
            yield (*way, candidate)
        elif len(way) + 1 < LONGEST_PATH:
            yield from _ways((*way, candidate), anchors, unsupported)


def _follow(way: tuple[Certificate, ...], anchors: Anchors, day: date, country: str | None) -> Judgement:
    """The worst finding on the way from the signer to the anchor."""
    signer, anchor = way[0], way[-1]
    findings: list[tuple[Chain, str]] = []
    findings += [(Chain.UNSUPPORTED, f"no document signer: {reason}") for reason in _misfits(signer)]
    findings += [
        (Chain.UNSUPPORTED, f"{link.subject_text} may not certify")
        for link in way[1:-1]
        if not link.authority
    ]
    reason = _other_country(signer, anchor, country)
    if reason:
        findings.append((Chain.COUNTRY_DIFFERS, reason))
    for one in way:
        if not one.valid_on(day):
            expired = day > one.not_after.date()
            words = (
                f"expired on {one.not_after:%Y-%m-%d}"
                if expired
                else f"not valid before {one.not_before:%Y-%m-%d}"
            )
            findings.append((Chain.EXPIRED, f"{one.subject_text} {words}"))
    notes = []
    for one, issuer in zip(way, (*way[1:], anchor), strict=True):
        lists = anchors.revocation_lists(issuer)
        if any(listed.revokes(one.serial_number) for listed in lists):
            findings.append((Chain.REVOKED, f"{one.subject_text} is on the revocation list"))
        elif one is signer and not lists:
            notes.append("no revocation list held")
        elif one is signer and lists[0].stale_on(day):
            until = lists[0].next_update
            words = f"was to be renewed by {until:%Y-%m-%d}" if until else "names no next one"
            findings.append((Chain.CRL_STALE, f"the revocation list {words}"))
    worst = min((chain for chain, _ in findings), key=_ORDER.index, default=Chain.TRUSTED)
    trusted = f"{signer.subject_text} under {anchor.subject_text} ({anchor.sha256[:16]})"
    return Judgement(worst, "; ".join([trusted, *(words for _, words in findings), *notes]), anchor)


def _misfits(signer: Certificate) -> Iterator[str]:
    """Why a certificate is none of a document signer (Doc 9303-12 table 5)."""
    if signer.unknown_critical:
        yield f"unknown critical extension {', '.join(signer.unknown_critical)}"
    if signer.authority or "key_cert_sign" in (signer.key_usage or ()):
        yield "it is a certification authority's"
    elif signer.key_usage is not None and not signer.key_usage & _SIGNING:
        yield "its key is not for signatures"
    if signer.extended_key_usage and _ANY_PURPOSE not in signer.extended_key_usage:
        yield f"it is for another purpose ({', '.join(sorted(signer.extended_key_usage))})"


def _other_country(signer: Certificate, anchor: Certificate | None, document: str | None) -> str | None:
    """Why signer, authority and document are not of one country (Doc 9303-12 §7.1), if so."""
    of_signer = signer.country or signer.issuer_country
    of_anchor = anchor.country if anchor else of_signer
    if document is None:
        expected = frozenset((of_anchor,)) if of_anchor else frozenset()
        words = f"its authority of {of_anchor}"
    else:
        expected = signers_countries(document)
        words = f"the document of {document.strip('< ')}"
    for one in (of_signer, of_anchor):
        if one not in expected:
            return (
                f"the signer is of {one}, {words}"
                if anchor is None or one != of_anchor
                else (f"the authority is of {one}, {words}")
            )
    return None


def _unknown(
    signer: Certificate, anchors: Anchors, document: str | None, unsupported: list[str]
) -> Judgement:
    """No way led up to an anchor. A signer that does not even claim the document's country is told first."""
    text = f"no anchor's key signed {signer.subject_text} (issuer {signer.issuer_text}; {len(anchors)} held)"
    reason = _other_country(signer, None, document)
    if document is not None and reason:
        return Judgement(Chain.COUNTRY_DIFFERS, f"{reason}; {text}")
    if unsupported:
        return Judgement(Chain.UNSUPPORTED, "; ".join(unsupported[:3]))
    return Judgement(Chain.ISSUER_UNKNOWN, text)
