"""The trust anchors of one installation: certificates of countries' signing authorities, kept in a folder.

The folder holds one file for each certificate and revocation list, named by its SHA-256, and ``trust.json``,
which says what counts. That index is replaced as a whole and last, so an import is there entirely or not at
all, whenever the power fails; a file that the index does not name means nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from devices.chip_card.trust import importing
from devices.chip_card.trust.certificates import Certificate, CertificateError
from devices.chip_card.trust.import_report import ImportReport, Kind
from devices.chip_card.trust.revocation import RevocationError, RevocationList

MOST_CANDIDATES = 64
_INDEX, _CERTIFICATES, _LISTS = "trust.json", "certificates", "revocation-lists"
_FORMAT = 1


class TrustStoreError(Exception):
    """The folder cannot be read or written, or holds something else."""


@dataclass(frozen=True)
class Kept:
    """One entry of the index. ``facts`` are for people, and say where to look for an issuer."""

    sha256: str
    facts: Mapping[str, str]


class Anchors:
    """What the folder held at one moment. Certificates are read when they are first asked for."""

    def __init__(
        self,
        certificates: Mapping[str, Mapping[str, str]],
        lists: Mapping[str, Mapping[str, str]],
        list_signers: Mapping[str, Mapping[str, str]],
        read: Callable[[str, str], bytes | None],
    ) -> None:
        self._certificates, self._lists, self._list_signers = certificates, lists, list_signers
        self._read = read
        self._parsed: dict[str, Certificate | None] = {}
        self._parsed_lists: dict[str, RevocationList | None] = {}

    def __len__(self) -> int:
        return len(self._certificates)

    @property
    def kept(self) -> tuple[Kept, ...]:
        """All trusted certificates as the index lists them."""
        return tuple(Kept(sha256, facts) for sha256, facts in self._certificates.items())

    @property
    def kept_lists(self) -> tuple[Kept, ...]:
        """All revocation lists as the index lists them."""
        return tuple(Kept(sha256, facts) for sha256, facts in self._lists.items())

    @property
    def kept_list_signers(self) -> tuple[Kept, ...]:
        """The authorities whose master lists are taken."""
        return tuple(Kept(sha256, facts) for sha256, facts in self._list_signers.items())

    @cached_property
    def countries(self) -> frozenset[str]:
        """Whose certificates are held."""
        return frozenset(facts.get("country", "") for facts in self._certificates.values())

    def holds(self, sha256: str) -> bool:
        """Whether the index names this certificate."""
        return sha256 in self._certificates

    def holds_list(self, sha256: str) -> bool:
        """Whether the index names this revocation list."""
        return sha256 in self._lists

    def certificate(self, sha256: str) -> Certificate | None:
        """A certificate that is held; ``None`` also when its file is gone or altered."""
        if sha256 not in self._parsed:
            der = self._read(_CERTIFICATES, sha256)
            try:
                self._parsed[sha256] = None if der is None else Certificate.parse(der)
            except CertificateError:
                self._parsed[sha256] = None
        return self._parsed[sha256]

    def is_anchor(self, certificate: Certificate) -> bool:
        """Trusted by itself, and not only by a certificate above it as a link certificate is."""
        return self._certificates.get(certificate.sha256, {}).get("kind") == Kind.AUTHORITY

    def revocation_list(self, sha256: str) -> RevocationList | None:
        """A revocation list that is held; ``None`` also when its file is gone or altered."""
        if sha256 not in self._parsed_lists:
            der = self._read(_LISTS, sha256)
            try:
                self._parsed_lists[sha256] = None if der is None else RevocationList.parse(der)
            except RevocationError:
                self._parsed_lists[sha256] = None
        return self._parsed_lists[sha256]

    def candidates(self, key_identifier: bytes | None, country: str | None) -> Iterator[Certificate]:
        """Held certificates that may hold the key: by its identifier first, then those of the country.

        Both only say where to look; whoever asks verifies a signature.
        """
        first = key_identifier.hex() if key_identifier else None
        by_key = [sha for sha, facts in self._certificates.items() if facts.get("key_identifier") == first]
        of_country = [sha for sha, facts in self._certificates.items() if facts.get("country") == country]
        for sha256 in list(dict.fromkeys((by_key if first else []) + of_country))[:MOST_CANDIDATES]:
            found = self.certificate(sha256)
            if found is not None:
                yield found

    def revocation_lists(self, authority: Certificate) -> list[RevocationList]:
        """The lists of that authority, newest first: under its key, or under another key of the same name.

        One list covers what all keys of an authority have signed (Doc 9303-12 §7.2).
        """
        found = []
        for sha256, facts in self._lists.items():
            if facts.get("country") != authority.country:
                continue
            issuer = self.certificate(facts.get("issuer", ""))
            if issuer is None or (
                issuer.key_bytes != authority.key_bytes and issuer.subject != authority.subject
            ):
                continue
            listed = self.revocation_list(sha256)
            if listed is not None:
                found.append(listed)
        return sorted(found, key=lambda one: one.this_update, reverse=True)

    @cached_property
    def list_signers(self) -> tuple[Certificate, ...]:
        """The authorities whose master lists are taken."""
        found = (self.certificate(sha256) for sha256 in self._list_signers)
        return tuple(one for one in found if one is not None)


NO_ANCHORS = Anchors({}, {}, {}, lambda _folder, _sha256: None)


@dataclass
class TrustStore:
    """The folder. Several processes may use it; readers need no write permission.

    A folder that does not exist is an empty store.
    """

    folder: Path
    _seen: tuple[int, int, int] | None = field(default=None, init=False, repr=False)
    _anchors: Anchors = field(default=NO_ANCHORS, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def load(self) -> Anchors:
        """What is held now; quick when nothing has changed. Raises ``TrustStoreError``."""
        with self._lock:
            try:
                stat = (self.folder / _INDEX).stat()
            except FileNotFoundError:
                self._seen, self._anchors = None, NO_ANCHORS
                return self._anchors
            except OSError as error:
                raise TrustStoreError(f"{self.folder}: {error.strerror}") from None
            mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if mark != self._seen:
                index = self._index()
                self._anchors = Anchors(
                    index["certificates"], index["revocation_lists"], index["list_signers"], self._read
                )
                self._seen = mark
            return self._anchors

    def import_file(
        self,
        data: bytes,
        name: str,
        at: date,
        *,
        accept_signers: frozenset[str] = frozenset(),
        accept_unsigned: bool = False,
        countries: frozenset[str] = frozenset(),
        keep: bool = True,
    ) -> ImportReport:
        """Take from a file what verifies, and say of everything what became of it.

        ``accept_signers``: SHA-256 of certificates whose master lists are taken, now and later.
        ``accept_unsigned``: take more than one authority from a file that nobody signed. ``countries``: take
        only theirs (two letters), all when empty. ``keep``: ``False`` only reports. Raises
        ``TrustStoreError`` when the folder cannot be written.
        """
        rules = importing.Rules(at, accept_signers, accept_unsigned, countries)
        if not keep:
            return importing.examine(data, name, self.load(), rules)[0]
        with self._writing() as index:
            report, additions = importing.examine(data, name, self.load(), rules)
            for der in additions.certificates.values():
                self._write(_CERTIFICATES, der)
            for der in additions.lists.values():
                self._write(_LISTS, der)
            for part, entries in additions.entries(name, at).items():
                index[part].update(entries)
            for sha256 in additions.replaced_lists:
                index["revocation_lists"].pop(sha256, None)
        return report

    def remove(self, sha256: str) -> bool:
        """Stop trusting a certificate, its revocation lists with it, or forget a revocation list.

        ``False`` when none has this SHA-256. Raises ``TrustStoreError``.
        """
        with self._writing() as index:
            found = [part for part in _PARTS if index[part].pop(sha256, None) is not None]
            lists = index["revocation_lists"]
            for one in [one for one, facts in lists.items() if facts.get("issuer") == sha256]:
                del lists[one]
        return bool(found)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[dict[str, Any]]:
        """The index to change, for this process alone; what became of it counts when the block ends."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                index = self._index()
                before = json.dumps(index)
                yield index
                if json.dumps(index) != before:
                    os.sync()  # every file the new index names is on the disk before the index is
                    self._replace(self.folder / _INDEX, _encoded(index))
                self._tidy(index)
        except OSError as error:
            raise TrustStoreError(f"{self.folder}: {error.strerror or error}") from None

    def _index(self) -> dict[str, Any]:
        try:
            index = json.loads((self.folder / _INDEX).read_bytes())
        except FileNotFoundError:
            return {"format": _FORMAT, **{part: {} for part in _PARTS}}
        except (OSError, ValueError, RecursionError) as error:
            raise TrustStoreError(f"{self.folder / _INDEX} cannot be read: {type(error).__name__}") from None
        sound = isinstance(index, dict) and index.get("format") == _FORMAT
        if not sound or not all(_is_part(index.get(part)) for part in _PARTS):
            raise TrustStoreError(f"{self.folder / _INDEX} is not an index of trust anchors")
        return dict(index)

    def _read(self, folder: str, sha256: str) -> bytes | None:
        if len(sha256) != 64 or not sha256.isalnum():
            return None
        try:
            content = (self.folder / folder / f"{sha256}.der").read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def _write(self, folder: str, content: bytes) -> None:
        sha256 = hashlib.sha256(content).hexdigest()
        if self._read(folder, sha256) is None:
            (self.folder / folder).mkdir(exist_ok=True)
            self._replace(self.folder / folder / f"{sha256}.der", content)

    def _replace(self, file: Path, content: bytes) -> None:
        handle, fresh = tempfile.mkstemp(prefix=".new-", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as opened:
                opened.write(content)
                opened.flush()
                if file.name == _INDEX:
                    os.fsync(opened.fileno())
            Path(fresh).chmod(0o644)
            Path(fresh).replace(file)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise

    def _tidy(self, index: dict[str, Any]) -> None:
        """Remove files that the index does not name: of removed entries, and of a break."""
        wanted = {
            _CERTIFICATES: index["certificates"] | index["list_signers"],
            _LISTS: index["revocation_lists"],
        }
        for folder, named in wanted.items():
            for file in (self.folder / folder).glob("*"):
                if file.stem not in named:
                    file.unlink(missing_ok=True)
        for file in self.folder.glob(".new-*"):
            file.unlink(missing_ok=True)


_PARTS = ("certificates", "revocation_lists", "list_signers")


def _is_part(part: object) -> bool:
    return isinstance(part, dict) and all(
        isinstance(facts, dict) and all(isinstance(value, str) for value in facts.values())
        for facts in part.values()
    )


def _encoded(index: dict[str, Any]) -> bytes:
    return json.dumps(index, ensure_ascii=False, indent=1).encode() + b"\n"
