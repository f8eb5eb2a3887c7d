"""Master lists: one authority speaks for others, but only where the operator has said so."""

import datetime

import pytest
import trust_material as made
from test_trust_store import ldif

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.trust.certificates import Certificate
from devices.chip_card.trust.import_report import Kind, Outcome

TODAY = datetime.date(2026, 11, 22)
MASTER_LIST_SIGNER = "2.23.136.1.1.3"
PUBLISHER = made.Authority(
    "CSCA Publisher", "DE", key=made.EcKey(curves.BRAINPOOL_P384R1, hash_name="sha384")
)
VIETNAM = made.Authority("CSCA Invented", "VN", key=made.EcKey(curves.BRAINPOOL_P512R1, hash_name="sha512"))
OTHERS = [made.Authority(f"CSCA {country}", country) for country in ("FR", "LA", "TH")]
SIGNER_KEY = made.EcKey(curves.BRAINPOOL_P256R1)
SIGNER = PUBLISHER.signer(SIGNER_KEY, "Master List Signer", extended=MASTER_LIST_SIGNER)
LISTED = [PUBLISHER.certificate(), VIETNAM.certificate(), *(one.certificate() for one in OTHERS)]
LIST = made.master_list(LISTED, SIGNER_KEY, SIGNER, inside=[PUBLISHER.certificate()], by_key_id=True)


def sha256(der):
    return Certificate.parse(der).sha256


PUBLISHERS = frozenset({sha256(PUBLISHER.certificate())})


@pytest.fixture
def store(tmp_path):
    return TrustStore(tmp_path / "trust")


def bring(store, data, **how):
    return store.import_file(data, "list.ml", TODAY, **how)


def countries(store):
    return store.load().countries


def test_a_list_whose_issuer_was_not_accepted_is_refused_and_names_what_to_compare(store):
    [entry] = bring(store, LIST).entries
    assert (entry.outcome, entry.kind) == (Outcome.REFUSED, Kind.MASTER_LIST)
    assert entry.accept == sha256(PUBLISHER.certificate())
    assert "Master List Signer" in entry.reason
    assert countries(store) == frozenset()


def test_an_accepted_list_brings_its_countries(store):
    report = bring(store, LIST, accept_signers=PUBLISHERS)
    assert len(report.taken) == 1 + len(LISTED)
    assert countries(store) == {"DE", "VN", "FR", "LA", "TH"}
    assert "Master List Signer" in store.load().kept[0].facts["word_of"]


def test_accepting_the_signer_itself_is_enough(store):
    report = bring(store, LIST, accept_signers=frozenset({sha256(SIGNER)}))
    assert len(report.taken) == 1 + len(LISTED)


def test_the_next_edition_needs_no_word_any_more(store):
    bring(store, LIST, accept_signers=PUBLISHERS)
    new_key = made.EcKey()
    signer = PUBLISHER.signer(new_key, "Master List Signer 2", extended=MASTER_LIST_SIGNER)
    newcomer = made.Authority("CSCA JP", "JP").certificate()
    report = bring(store, made.master_list([*LISTED, newcomer], new_key, signer))
    assert [entry.country for entry in report.taken] == ["DE", "JP"]
    assert len(report.of(Outcome.HELD)) == len(LISTED)


def test_the_next_edition_under_the_publishers_next_key_is_followed_by_its_link(store):
    bring(store, LIST, accept_signers=PUBLISHERS)
    new = made.Authority(PUBLISHER.common, "DE")
    new_key = made.EcKey()
    signer = new.signer(new_key, extended=MASTER_LIST_SIGNER)
    without = made.master_list([new.certificate()], new_key, signer)
    assert bring(store, without).refused
    linked = made.master_list([new.certificate(), PUBLISHER.link_to(new)], new_key, signer)
    assert not bring(store, linked).refused


def test_that_its_own_authority_lies_in_the_list_proves_nothing(store):
    """Anybody can make a list, an authority of any name, and put one into the other."""
    forger = made.Authority(PUBLISHER.common, "DE")
    key = made.EcKey()
    signer = forger.signer(key, extended=MASTER_LIST_SIGNER)
    forged = made.master_list([*LISTED, forger.certificate()], key, signer)
    bring(store, LIST, accept_signers=PUBLISHERS)
    held = countries(store)
    [entry] = bring(store, forged).entries
    assert entry.outcome is Outcome.REFUSED
    assert countries(store) == held


def test_a_country_that_is_trusted_does_not_speak_for_others(store):
    """The root of one country is held for its own documents; whose lists are taken is another decision."""
    bring(store, VIETNAM.certificate())
    key = made.EcKey()
    signer = VIETNAM.signer(key, extended=MASTER_LIST_SIGNER)
    [entry] = bring(store, made.master_list(LISTED, key, signer)).entries
    assert entry.outcome is Outcome.REFUSED
    assert countries(store) == {"VN"}


def test_a_document_signer_cannot_sign_a_list(store):
    key = made.EcKey()
    signer = PUBLISHER.signer(key)
    [entry] = bring(store, made.master_list(LISTED, key, signer), accept_signers=PUBLISHERS).entries
    assert entry.outcome is Outcome.REFUSED
    assert "not for master lists" in entry.reason


def test_an_altered_list_is_refused(store):
    for place in (LIST.index(b"CSCA LA"), len(LIST) - 3):
        altered = LIST[:place] + bytes((LIST[place] ^ 1,)) + LIST[place + 1 :]
        report = bring(store, altered, accept_signers=PUBLISHERS)
        assert not report.taken
        assert "does not verify" in report.refused[0].reason


def test_a_list_of_an_expired_signer_is_refused(store):
    key = made.EcKey()
    signer = PUBLISHER.signer(key, extended=MASTER_LIST_SIGNER, end=made.moment(2026, 1, 1))
    [entry] = bring(store, made.master_list(LISTED, key, signer), accept_signers=PUBLISHERS).entries
    assert "2026-01-01" in entry.reason


def test_a_list_of_a_revoked_signer_is_refused(store):
    bring(store, LIST, accept_signers=PUBLISHERS)
    bring(store, PUBLISHER.revocation_list(Certificate.parse(SIGNER).serial_number))
    [entry] = bring(store, LIST).entries
    assert "revocation list" in entry.reason


def test_entries_that_do_not_verify_do_not_spoil_the_others(store):
    stranger = made.Authority("Stranger", "XX").link_to(made.Authority("CSCA MY", "MY"))
    unsound = made.certificate(made.name("Unsound", "PH"), made.EcKey(), signer=made.EcKey(), authority=True)
    report = bring(
        store, made.master_list([*LISTED, stranger, unsound], SIGNER_KEY, SIGNER), accept_signers=PUBLISHERS
    )
    assert len(report.taken) == 1 + len(LISTED)
    assert {entry.country for entry in report.refused} == {"MY", "PH"}


def test_only_one_country_of_a_list(store):
    bring(store, LIST, accept_signers=PUBLISHERS, countries=frozenset({"VN"}))
    assert countries(store) == {"VN"}


def test_lists_in_the_ldif_of_the_directory_are_each_judged(store):
    key = made.EcKey()
    french = OTHERS[0].signer(key, extended=MASTER_LIST_SIGNER)
    data = ldif(
        (b"pkdMasterListContent", LIST),
        (b"pkdMasterListContent", made.master_list([made.Authority("X", "KH").certificate()], key, french)),
    )
    report = bring(store, data, accept_signers=PUBLISHERS)
    assert [(entry.country, entry.accept) for entry in report.refused] == [
        ("FR", sha256(OTHERS[0].certificate()))
    ]
    assert "KH" not in countries(store)


def test_a_removed_publisher_is_asked_for_again(store):
    bring(store, LIST, accept_signers=PUBLISHERS)
    [publisher] = PUBLISHERS
    assert store.remove(publisher)
    [entry] = bring(store, LIST).entries
    assert entry.accept == publisher


def test_content_that_is_no_list_is_refused(store):
    for content in (b"\x30\x00", b"\x30\x03\x02\x01\x05", b"\x02\x01\x00", b""):
        data = made.signed_data(content, SIGNER_KEY, SIGNER, content_type=made.MASTER_LIST)
        report = bring(store, data, accept_signers=PUBLISHERS)
        assert report.refused
        assert not report.taken
