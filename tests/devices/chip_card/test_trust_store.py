"""The folder of trust anchors: what is taken, what is refused, and that nothing is ever there by half."""

import base64
import datetime
import itertools
import json
import multiprocessing
import os

import pytest
import trust_material as made
from asn1crypto import cms, core, pem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.trust import containers, importing
from devices.chip_card.trust.anchors import NO_ANCHORS, TrustStore, TrustStoreError
from devices.chip_card.trust.certificates import LARGEST, Certificate, CertificateError
from devices.chip_card.trust.import_report import Kind, Outcome

TODAY = datetime.date(2026, 11, 22)
CSCA = made.Authority()
OTHER = made.Authority("CSCA Other", "DE")


@pytest.fixture
def store(tmp_path):
    return TrustStore(tmp_path / "data" / "trust")


def armored(*ders, label="CERTIFICATE"):
    return b"".join(pem.armor(label, der) for der in ders)


def bring(store, data, **how):
    return store.import_file(data, "file.pem", TODAY, **how)


def outcomes(report):
    return [(entry.outcome, entry.kind) for entry in report.entries]


def only(report):
    [entry] = report.entries
    return entry


# -- one certificate -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["der", "pem", "pem with words around", "p7b", "windows lines"])
def test_a_root_is_taken_in_every_form(store, form):
    der = CSCA.certificate()
    data = {
        "der": der,
        "pem": armored(der),
        "pem with words around": b"subject=CSCA\n" + armored(der) + b"\nend\n",
        "p7b": envelope(der),
        "windows lines": armored(der).replace(b"\n", b"\r\n"),
    }[form]
    entry = only(bring(store, data))
    assert (entry.outcome, entry.kind, entry.country) == (Outcome.TAKEN, Kind.AUTHORITY, "VN")
    assert entry.sha256 == Certificate.parse(der).sha256
    assert entry.valid_until == datetime.date(2040, 1, 1)
    assert store.load().holds(entry.sha256)
    assert outcomes(bring(store, data)) == [(Outcome.HELD, Kind.AUTHORITY)]


def envelope(*ders):
    """Certificates in CMS that nobody signed."""
    inside = [cms.CertificateChoices("certificate", made.x509.Certificate.load(der)) for der in ders]
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data"},
            "certificates": inside,
            "signer_infos": [],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()


CRITICAL = {"extn_id": "1.2.3.4", "critical": True, "extn_value": core.ParsableOctetString(b"\x05\x00")}


@pytest.mark.parametrize(
    ("der", "reason"),
    [
        (made.certificate(made.name("x"), CSCA.key, signer=made.EcKey(), authority=True), "is not held"),
        (made.certificate(made.name("x"), made.EcKey()), "not a certification authority"),
        (made.Authority(country="").certificate(), "names no country"),
        (CSCA.certificate(extra=[CRITICAL]), "unknown critical extension 1.2.3.4"),
        (CSCA.link_to(OTHER), "the key that signed it is not held"),
        (CSCA.certificate()[:-1], "cut off"),
        (CSCA.certificate() + b"\x30\x01", "cut off"),
    ],
    ids=["other key", "no authority", "no country", "critical", "link", "cut off", "more behind"],
)  # fmt: skip
def test_what_does_not_verify_or_is_no_root_is_refused_with_the_reason(store, der, reason):
    report = bring(store, der)
    assert report.refused
    assert reason in report.refused[0].reason
    assert not report.all_well


def test_a_root_with_a_chosen_generator_is_refused(store):
    """CVE-2020-0601: the known public key of a root, on a curve whose generator is that very key."""
    point = CSCA.key.point

    class Forged(made.EcKey):
        @property
        def point(self):
            return point

    forged = made.Authority(CSCA.common, key=Forged(k=1, changes={"x": point.x, "y": point.y}))
    assert only(bring(store, forged.certificate())).outcome is Outcome.REFUSED
    assert len(store.load()) == 0


def test_a_document_signer_is_passed_over(store):
    entry = only(bring(store, CSCA.signer()))
    assert (entry.outcome, entry.kind) == (Outcome.PASSED_OVER, Kind.SIGNER)
    assert len(store.load()) == 0


def test_a_private_key_is_named_and_never_kept(store):
    entry = only(bring(store, armored(b"\x30\x03\x02\x01\x00", label="EC PRIVATE KEY")))
    assert entry.outcome is Outcome.REFUSED
    assert "private key" in entry.reason


def test_an_expired_root_is_taken_so_that_its_cards_are_called_expired(store):
    assert bring(store, made.Authority(end=made.moment(2021)).certificate()).taken


def test_a_root_whose_key_identifier_is_malformed_is_taken(store):
    """Some states wrote it without its inner tag; it only says where to look."""
    authority = made.Authority()
    parsed = made.x509.Certificate.load(authority.certificate())
    body = parsed["tbs_certificate"].dump().replace(b"\x04\x16\x04\x14", b"\x04\x16\x61\x62", 1)
    parsed["tbs_certificate"] = made.x509.TbsCertificate.load(body)
    parsed["signature_value"] = authority.key.sign(body)
    assert Certificate.parse(parsed.dump()).key_identifier is None
    assert bring(store, parsed.dump()).taken
    signer = Certificate.parse(authority.signer(identifiers=False))
    [found] = store.load().candidates(signer.authority_key_identifier, signer.issuer_country)
    assert signer.signed_by(found)


# -- several ------------------------------------------------------------------------------------------------


def test_several_roots_that_nobody_signed_need_the_operators_word(store):
    data = armored(CSCA.certificate(), OTHER.certificate())
    report = bring(store, data)
    assert outcomes(report) == [(Outcome.REFUSED, Kind.AUTHORITY)] * 2
    assert "nobody signed" in report.refused[0].reason
    assert len(store.load()) == 0
    assert len(bring(store, data, accept_unsigned=True).taken) == 2


def test_a_root_with_its_renewal_and_links_is_one_authority(store):
    renewed, new = made.Authority(key=CSCA.key, start=made.moment(2026)), made.Authority()
    data = armored(CSCA.link_to(new), renewed.certificate(), CSCA.certificate())
    report = bring(store, data)
    assert sorted(outcomes(report)) == [
        (Outcome.TAKEN, Kind.AUTHORITY), (Outcome.TAKEN, Kind.AUTHORITY), (Outcome.TAKEN, Kind.LINK),
    ]  # fmt: skip


def test_links_are_followed_in_any_order(store):
    chain = [made.Authority(f"CSCA {number}") for number in range(4)]
    links = [one.link_to(next_one) for one, next_one in itertools.pairwise(chain)]
    report = bring(store, armored(*reversed(links), chain[0].certificate()))
    assert len(report.taken) == 4


def test_links_that_only_hold_each_other_are_refused(store):
    one, other = made.Authority("One"), made.Authority("Other")
    report = bring(store, armored(one.link_to(other), other.link_to(one)))
    assert outcomes(report) == [(Outcome.REFUSED, Kind.LINK)] * 2


def test_a_link_that_says_it_is_no_authority_is_refused(store):
    bring(store, CSCA.certificate())
    link = made.certificate(OTHER.name, OTHER.key, CSCA.name, CSCA.key, usage={"key_cert_sign"})
    assert "no authority" in only(bring(store, link)).reason


def test_der_one_after_the_other_and_what_stands_twice(store):
    data = CSCA.certificate() + CSCA.certificate() + OTHER.certificate()
    assert len(bring(store, data, accept_unsigned=True).taken) == 2


def test_only_the_countries_asked_for(store):
    data = armored(CSCA.certificate(), OTHER.certificate())
    report = bring(store, data, accept_unsigned=True, countries=frozenset({"VN"}))
    assert [entry.country for entry in report.taken] == ["VN"]
    assert [entry.outcome for entry in report.entries if entry.country == "DE"] == [Outcome.PASSED_OVER]


def test_a_dry_run_keeps_nothing(store):
    assert bring(store, CSCA.certificate(), keep=False).taken
    assert not store.folder.exists()


# -- LDIF of the ICAO directory ------------------------------------------------------------------------------


def ldif(*entries):
    lines = [b"version: 1", b""]
    for attribute, value in entries:
        text = attribute + b":: " + base64.b64encode(value)
        folded = [text[:76], *(b" " + text[place : place + 75] for place in range(76, len(text), 75))]
        lines += [
            b"dn: cn=x,o=ml,c=VN,dc=data,dc=download,dc=pkd,dc=icao,dc=int",
            b"pkdVersion: 70",
            *folded,
            b"",
        ]
    return b"\n".join(lines)


def test_ldif_brings_authorities_and_lists_and_counts_document_signers(store):
    data = ldif(
        (b"userCertificate;binary", CSCA.signer()),
        (b"cACertificate;binary", CSCA.certificate()),
        (b"certificateRevocationList;binary", CSCA.revocation_list(1, 2)),
        (b"userCertificate;binary", CSCA.signer()),
    )
    for content in (data, data.replace(b"\n", b"\r\n"), b"# made by hand\n" + data):
        report = bring(TrustStore(store.folder / str(len(content))), content)
        assert [(entry.outcome, entry.kind) for entry in report.entries] == [
            (Outcome.TAKEN, Kind.AUTHORITY),
            (Outcome.TAKEN, Kind.REVOCATION_LIST),
            (Outcome.PASSED_OVER, Kind.SIGNER),
        ]
        assert "2 document signers" in report.entries[2].reason


def test_an_entry_that_is_not_base64_does_not_spoil_the_others(store):
    data = ldif((b"cACertificate;binary", CSCA.certificate())) + b"\ncACertificate;binary:: !!!\n"
    report = bring(store, data)
    assert outcomes(report) == [(Outcome.TAKEN, Kind.AUTHORITY), (Outcome.REFUSED, Kind.OTHER)]
    assert "not base64" in report.refused[0].reason


# -- bounds --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x00" * 100,
        b"PK\x03\x04",
        "tiếng Việt".encode(),
        b"\x30",
        b"\x30\x80",
        b"version: 1\n",
    ],
)
def test_files_of_other_kinds_are_refused(store, data):
    report = bring(store, data)
    assert report.refusal or report.refused
    assert not report.all_well
    assert not report.taken


def test_a_file_may_not_be_larger_than_the_largest(store, monkeypatch):
    monkeypatch.setattr(containers, "LARGEST_FILE", 1000)
    assert "larger than" in bring(store, CSCA.certificate() * 9).refusal


def test_a_file_may_not_have_more_parts_than_the_most(store, monkeypatch):
    monkeypatch.setattr(containers, "MOST_OBJECTS", 3)
    report = bring(store, CSCA.certificate() + CSCA.signer() * 5)
    assert len(report.taken) == 1
    assert report.refused[0].reason.startswith("3 more parts")


def test_a_file_may_not_cost_more_checks_than_the_most(store, monkeypatch):
    monkeypatch.setattr(importing, "MOST_CHECKS", 1)
    links = [CSCA.link_to(made.Authority(f"CSCA {number}")) for number in range(3)]
    report = bring(store, armored(CSCA.certificate(), *links))
    assert len(report.taken) == 2
    assert "too many signatures" in report.refused[0].reason


def test_a_certificate_has_a_largest_size():
    with pytest.raises(CertificateError):
        Certificate.parse(b"\x30" * (LARGEST + 1))


def test_names_cannot_write_to_the_terminal(store):
    hostile = made.Authority("CSCA\x1b[2J\x07 of nobody")
    entry = only(bring(store, hostile.certificate()))
    assert entry.subject.isprintable()
    assert store.import_file(b"?", "x\x1b[2J", TODAY).name.isprintable()


# -- the folder ----------------------------------------------------------------------------------------------


def test_no_folder_is_an_empty_store(store):
    assert len(store.load()) == 0
    assert not store.folder.exists()


def test_a_running_reader_sees_what_another_process_imports(store):
    reader = TrustStore(store.folder)
    assert len(reader.load()) == 0
    bring(store, CSCA.certificate())
    assert len(reader.load()) == 1
    assert reader.load() is reader.load(), "and reads again only when something has changed"
    bring(store, OTHER.certificate())
    assert reader.load().countries == {"VN", "DE"}


def test_the_folder_can_be_read_by_another_user(store):
    bring(store, CSCA.certificate())
    for file in [store.folder / "trust.json", *(store.folder / "certificates").iterdir()]:
        assert file.stat().st_mode & 0o044 == 0o044


def test_removing_takes_the_revocation_lists_with_it(store):
    bring(store, armored(CSCA.certificate()) + armored(CSCA.revocation_list(1), label="X509 CRL"))
    [kept] = store.load().kept
    assert len(store.load().kept_lists) == 1
    assert store.remove(kept.sha256)
    assert (store.load().kept, store.load().kept_lists) == ((), ())
    assert list((store.folder / "certificates").iterdir()) == []
    assert list((store.folder / "revocation-lists").iterdir()) == []
    assert not store.remove(kept.sha256)


@pytest.mark.parametrize("moment", ["before any file", "at the index"])
def test_a_break_in_the_middle_leaves_the_old_state(store, monkeypatch, moment):
    bring(store, CSCA.certificate())
    replace, calls = TrustStore._replace, []

    def break_off(self, file, content):
        calls.append(file.name)
        if moment == "before any file" or file.name == "trust.json":
            raise OSError(28, "No space left on device")
        replace(self, file, content)

    with monkeypatch.context() as broken:
        broken.setattr(TrustStore, "_replace", break_off)
        with pytest.raises(TrustStoreError, match="No space left"):
            bring(store, OTHER.certificate())
    assert calls
    fresh = TrustStore(store.folder)
    assert fresh.load().countries == {"VN"}
    assert bring(fresh, OTHER.certificate()).taken
    assert len(list((store.folder / "certificates").iterdir())) == 2


def test_files_that_the_index_does_not_name_mean_nothing_and_are_cleared(store):
    bring(store, CSCA.certificate())
    der = OTHER.certificate()
    stray = store.folder / "certificates" / f"{Certificate.parse(der).sha256}.der"
    stray.write_bytes(der)
    assert store.load().certificate(Certificate.parse(der).sha256) is not None
    assert list(store.load().candidates(None, "DE")) == []
    bring(store, CSCA.certificate())
    assert not stray.exists()


@pytest.mark.parametrize("index", ["", "{", "[]", "{}", '{"format": 2}', "[" * 100_000])
def test_an_index_that_is_none_is_told_and_not_overwritten(store, index):
    store.folder.mkdir(parents=True)
    (store.folder / "trust.json").write_text(index)
    with pytest.raises(TrustStoreError):
        store.load()
    with pytest.raises(TrustStoreError):
        bring(store, CSCA.certificate())
    assert (store.folder / "trust.json").read_text() == index


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "trust").write_text("")
    with pytest.raises(TrustStoreError):
        TrustStore(tmp_path / "trust").import_file(CSCA.certificate(), "x", TODAY)


def _import_in_a_process(folder, der, gate):
    gate.wait()
    TrustStore(folder).import_file(der, "x", TODAY)


def test_two_processes_that_import_at_once_both_succeed(store):
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(4)
    ders = [made.Authority(f"CSCA {number}").certificate() for number in range(4)]
    processes = [context.Process(target=_import_in_a_process, args=(store.folder, der, gate)) for der in ders]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    assert {one.sha256 for one in store.load().kept} == {Certificate.parse(der).sha256 for der in ders}


def test_the_index_tells_people_where_each_anchor_came_from(store):
    bring(store, CSCA.certificate())
    [facts] = json.loads((store.folder / "trust.json").read_text())["certificates"].values()
    assert facts["from"] == "file.pem"
    assert facts["on"] == "2026-11-22"
    assert facts["word_of"] == "the operator"
    assert facts["not_after"] == "2040-01-01"


# -- whatever comes ------------------------------------------------------------------------------------------

PIECES = [
    CSCA.certificate(), CSCA.signer(), CSCA.link_to(OTHER), CSCA.revocation_list(1, 2), b"\x30\x80",
    made.master_list([CSCA.certificate()], CSCA.key, CSCA.signer(CSCA.key, extended="2.23.136.1.1.3")),
    envelope(OTHER.certificate()),
]  # fmt: skip
EVERYTHING = importing.Rules(TODAY, accept_unsigned=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_file_gives_a_report(data):
    raw = bytearray(b"".join(data.draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))))
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = bytes(raw)
    form = data.draw(st.sampled_from(["der", "pem", "ldif"]))
    if form == "pem":
        raw = armored(raw, label=data.draw(st.sampled_from(["CERTIFICATE", "X509 CRL", "CMS", "KEY"])))
    elif form == "ldif":
        raw = ldif((data.draw(st.sampled_from([b"cACertificate;binary", b"pkdMasterListContent"])), raw))
    report, additions = importing.examine(raw, "x", NO_ANCHORS, EVERYTHING)
    assert report.refusal or report.entries
    for der in additions.certificates.values():
        one = Certificate.parse(der)
        assert one.certifies


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(raw):
    report, additions = importing.examine(raw, os.fsdecode(raw[:9]), NO_ANCHORS, EVERYTHING)
    assert report.refusal or report.refused
    assert not additions.certificates


def test_curves_of_every_kind_are_taken(store):
    ders = [
        made.Authority(f"CSCA {curve.name}", key=made.EcKey(curve)).certificate()
        for curve in curves.STANDARDIZED
    ]
    assert len(bring(store, armored(*ders), accept_unsigned=True).taken) == len(ders)
