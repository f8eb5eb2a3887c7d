"""``main.py trust``: whose chip cards this installation trusts. The kiosk sees changes with the next card."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kiosk.processes.commands.options import CommandError

if TYPE_CHECKING:
    from devices.chip_card.trust.anchors import Anchors, Kept, TrustStore
    from devices.chip_card.trust.certificates import Certificate
    from devices.chip_card.trust.import_report import Entry, ImportReport

_LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
_SHORTEST_PREFIX = 8
_MOST_LINES = 30
_DESCRIPTION = """\
Trust anchors are the root certificates (CSCA) of the authorities that sign chip cards. A card whose signer
does not lead up to one of them is "data signed, issuer unknown". They are kept in DATA/trust.
"""


def add(subparsers: Any) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "trust",
        help="import, list and remove the root certificates of card issuers",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, text: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = actions.add_parser(name, help=text, description=_DESCRIPTION + text)
        sub.add_argument(
            "--data",
            type=Path,
            default=Path("var"),
            metavar="DIR",
            help="folder where this installation keeps its data (default: var)",
        )
        sub.add_argument(
            "--trust", "--store", type=Path, metavar="DIR", help="the trust anchors (default: DATA/trust)"
        )
        sub.add_argument("--json", action="store_true", help="answer for programs")
        sub.set_defaults(run=run)
        return sub

    _add_import(
        action(
            "import",
            "Take certificates (DER, PEM), ICAO master lists, LDIF files of the ICAO directory and "
            "revocation lists. Each entry is verified; what does not verify is refused and named. "
            "Exit code 1: something was refused.",
            _import,
        )
    )
    listing = action("list", "Show whose cards are trusted, and the revocation lists.", _list)
    listing.add_argument("--country", metavar="CC", help="only of this country, two letters, e.g. VN")
    show = action("show", "Show one certificate or revocation list.", _show)
    remove = action(
        "remove",
        "Stop trusting a certificate, and forget its revocation lists; or forget one of these.",
        _remove,
    )
    for sub in (show, remove):
        sub.add_argument("sha256", nargs="+", metavar="SHA256", help="its SHA-256, or how that begins")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--accept-signer",
        action="append",
        default=[],
        metavar="SHA256",
        help="from now on take master lists that lead up to this certificate. "
        "Compare its SHA-256 with the one its publisher shows first: it will speak for all countries",
    )
    parser.add_argument(
        "--accept-unsigned",
        action="store_true",
        help="take several authorities from a file that nobody signed, because you know where it comes from",
    )
    parser.add_argument(
        "--country",
        action="append",
        default=[],
        metavar="CC",
        help="take only what is of this country, two letters, e.g. VN; may be given more than once",
    )
    parser.add_argument("--dry-run", action="store_true", help="verify and report, and keep nothing")
    parser.add_argument("--all", action="store_true", help="one line for everything, also in long lists")


# -- import --------------------------------------------------------------------------------------------------


def _import(args: argparse.Namespace) -> int:
    from devices.chip_card.trust.containers import LARGEST_FILE

    store = _store(args)
    accepted = frozenset(_whole_sha256(text) for text in args.accept_signer)
    countries = frozenset(_country(text) for text in args.country)
    reports: list[ImportReport] = []
    for file in args.files:
        try:
            with file.open("rb") as opened:
                data = opened.read(LARGEST_FILE + 1)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        with _guarded():
            report = store.import_file(
                data,
                file.name,
                _today(),
                accept_signers=accepted,
                accept_unsigned=args.accept_unsigned,
                countries=countries,
                keep=not args.dry_run,
            )
        reports.append(report)
    if args.json:
        print(json.dumps([_as_json(report) for report in reports], ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _print_report(report, everything=args.all)
        if args.dry_run:
            print("This was a dry run: nothing was kept.")
    return 0 if all(report.all_well for report in reports) else 1


def _print_report(report: ImportReport, *, everything: bool) -> None:
    from devices.chip_card.trust.import_report import Kind, Outcome

    print(report.name)
    if report.refusal is not None:
        print(f"  refused: {report.refusal}")
        return
    counted = Counter((entry.outcome, entry.kind) for entry in report.entries)
    for (outcome, kind), count in counted.items():
        print(f"  {outcome}: {count} {kind}{'s' if count > 1 else ''}")
    lines = sorted(
        report.entries,
        key=lambda entry: (entry.kind is not Kind.MASTER_LIST, entry.outcome is not Outcome.REFUSED),
    )
    for entry in lines if everything else lines[:_MOST_LINES]:
        _print_entry(entry)
    if not everything and len(lines) > _MOST_LINES:
        print(f"  … and {len(lines) - _MOST_LINES} more; --all shows each")
    _print_advice(report)


def _print_entry(entry: Entry) -> None:
    what = ", ".join(part for part in (entry.kind, entry.country, entry.subject) if part)
    print(f"  {entry.outcome}: {what}{': ' * bool(entry.reason)}{entry.reason}")
    if entry.sha256:
        until = f", until {entry.valid_until}" if entry.valid_until else ""
        print(f"      SHA-256 {entry.sha256}{until}")


def _print_advice(report: ImportReport) -> None:
    from devices.chip_card.trust.import_report import Kind

    accept = dict.fromkeys(entry.accept for entry in report.entries if entry.accept)
    if accept:
        print("  To take these master lists, compare the SHA-256 with the one their publisher shows,")
        print("  and import again with: " + " ".join(f"--accept-signer {sha256}" for sha256 in accept))
    if any(entry.kind is Kind.AUTHORITY and "nobody signed" in entry.reason for entry in report.refused):
        print("  If you know where this file comes from, import again with: --accept-unsigned")
    roots = [entry for entry in report.taken if entry.kind is Kind.AUTHORITY]
    if len(roots) == 1:
        print("  Compare the SHA-256 with the one the authority tells you by another way.")


def _as_json(report: ImportReport) -> dict[str, Any]:
    return {
        "file": report.name,
        "refused": report.refusal,
        "entries": [
            {
                "outcome": entry.outcome.name.lower(),
                "kind": entry.kind.name.lower(),
                "subject": entry.subject,
                "country": entry.country,
                "sha256": entry.sha256,
                "valid_until": entry.valid_until.isoformat() if entry.valid_until else None,
                "reason": entry.reason,
                "accept_signer": entry.accept,
            }
            for entry in report.entries
        ],
    }


# -- list, show, remove --------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    anchors = _anchors(args)
    country = _country(args.country) if args.country else None
    certificates = [one for one in anchors.kept if country in (None, one.facts.get("country"))]
    lists = [one for one in anchors.kept_lists if country in (None, one.facts.get("country"))]
    signers = [] if country else list(anchors.kept_list_signers)
    if args.json:
        parts = {"certificates": certificates, "revocation_lists": lists, "master_list_signers": signers}
        told = {name: [{"sha256": one.sha256, **one.facts} for one in part] for name, part in parts.items()}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    if not certificates:
        print("No trust anchors" + (f" of {country}." if country else ": every card's issuer is unknown."))
    today = _today().isoformat()
    for one in sorted(certificates, key=_order):
        until = one.facts.get("not_after", "")
        late = " EXPIRED" if until < today else ""
        _print_kept(one, f"until {until}{late}", one.facts.get("kind", ""))
    for one in lists:
        _print_kept(one, _freshness(one.facts), f"revocation list, {one.facts.get('revoked')} revoked")
    for one in signers:
        _print_kept(one, "master lists accepted", "issuer of master lists")
    return 0


def _order(one: Kept) -> tuple[str, str]:
    return one.facts.get("country", ""), one.facts.get("not_after", "")


def _print_kept(one: Kept, when: str, what: str) -> None:
    print(
        f"{one.facts.get('country', '--')}  {when:<24}  {one.sha256[:16]}  {what}: {one.facts.get('subject')}"
    )


def _freshness(facts: Mapping[str, str]) -> str:
    following = facts.get("next_update")
    if not following:
        return f"of {facts.get('this_update')}"
    return f"until {following}" + (" LATE" if following < _today().isoformat() else "")


def _show(args: argparse.Namespace) -> int:
    anchors = _anchors(args)
    kept = _found(anchors, args.sha256)
    certificate = anchors.certificate(kept.sha256)
    facts = {"sha256": kept.sha256, **kept.facts}
    if certificate is not None:
        facts |= _described(certificate, anchors)
    elif anchors.holds(kept.sha256) or anchors.revocation_list(kept.sha256) is None:
        raise CommandError(f"the file of {kept.sha256} is gone or altered; import it again")
    if args.json:
        print(json.dumps(facts, ensure_ascii=False, indent=2))
        return 0
    for key, value in facts.items():
        print(f"{key.replace('_', ' ')}: {value}")
    return 0


def _described(certificate: Certificate, anchors: Anchors) -> dict[str, str]:
    from devices.chip_card.trust import public_keys

    lists = anchors.revocation_lists(certificate)
    newest = f"of {lists[0].this_update:%Y-%m-%d}, {len(lists[0].revoked)} revoked" if lists else "none held"
    try:
        key = public_keys.describe(certificate.key)
    except ValueError as error:
        key = f"cannot be used here: {error}"
    return {
        "fingerprint": certificate.fingerprint,
        "issuer": certificate.issuer_text,
        "serial_number": f"{certificate.serial_number:x}",
        "key": key,
        "revocation_list": newest,
    }


def _remove(args: argparse.Namespace) -> int:
    kept = _found(_anchors(args), args.sha256)
    with _guarded():
        _store(args).remove(kept.sha256)
    if args.json:
        print(json.dumps({"removed": kept.sha256}))
    else:
        print(f"Removed: {kept.facts.get('subject', '')} ({kept.sha256}).")
    return 0


# -- what they share -----------------------------------------------------------------------------------------


def _store(args: argparse.Namespace) -> TrustStore:
    from devices.chip_card.trust.anchors import TrustStore

    return TrustStore(args.trust or args.data / "trust")


def _anchors(args: argparse.Namespace) -> Anchors:
    with _guarded():
        return _store(args).load()


@contextmanager
def _guarded() -> Iterator[None]:
    from devices.chip_card.trust.anchors import TrustStoreError

    try:
        yield
    except TrustStoreError as error:
        raise CommandError(f"the trust anchors cannot be used: {error}") from error


def _found(anchors: Anchors, words: list[str]) -> Kept:
    """The one entry whose SHA-256 begins so."""
    prefix = _hexadecimal("".join(words))
    if len(prefix) < _SHORTEST_PREFIX:
        raise CommandError(f"give at least {_SHORTEST_PREFIX} characters of the SHA-256")
    every = {one.sha256: one for one in (*anchors.kept_list_signers, *anchors.kept_lists, *anchors.kept)}
    found = [one for sha256, one in every.items() if sha256.startswith(prefix)]
    if len(found) != 1:
        raise CommandError(
            f"{len(found) or 'nothing'} held begins with {prefix}; see `python main.py trust list`"
        )
    return found[0]


def _whole_sha256(text: str) -> str:
    found = _hexadecimal(text)
    if len(found) != 64:
        raise CommandError("--accept-signer takes a whole SHA-256, 64 hexadecimal characters")
    return found


def _hexadecimal(text: str) -> str:
    """As tools print it: with or without colons and spaces, in capitals or not."""
    found = "".join(text.replace(":", "").split()).lower()
    if any(char not in "0123456789abcdef" for char in found):
        raise CommandError(f"“{text}” is not a SHA-256")
    return found


def _country(text: str) -> str:
    if len(text) != 2 or not text.isalpha():
        raise CommandError(f"“{text}” is not a country of two letters, e.g. VN")
    return text.upper()


def _today() -> date:
    return datetime.now(_LOCAL).date()
