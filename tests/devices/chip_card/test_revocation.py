"""Revocation lists: whole lists of an authority that is held, and the newest of each."""

import datetime

import pytest
import trust_material as made
from asn1crypto import core, crl
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.trust.certificates import Certificate
from devices.chip_card.trust.import_report import Kind, Outcome
from devices.chip_card.trust.revocation import RevocationError, RevocationList

TODAY = datetime.date(2026, 11, 22)
CSCA = made.Authority()
LIST = CSCA.revocation_list(5, 300, 2**127 + 9)


@pytest.fixture
def store(tmp_path):
    found = TrustStore(tmp_path / "trust")
    found.import_file(CSCA.certificate(), "csca", TODAY)
    return found


def bring(store, der):
    [entry] = store.import_file(der, "crl", TODAY).entries
    assert entry.kind is Kind.REVOCATION_LIST
    return entry


def test_a_list_is_read():
    found = RevocationList.parse(LIST)
    assert found.revoked == {5, 300, 2**127 + 9}
    assert (found.country, found.number) == ("VN", 1)
    assert found.this_update == made.THIS_UPDATE
    assert [found.revokes(number) for number in (5, 300, 2**127 + 9, 6, 3, 2**127)] == [True] * 3 + [
        False
    ] * 3
    assert not found.stale_on(TODAY)
    assert found.stale_on(datetime.date(2027, 2, 2))


def test_an_empty_list_revokes_nothing():
    assert RevocationList.parse(CSCA.revocation_list()).revoked == frozenset()


def test_an_entry_that_was_taken_back_does_not_revoke():
    body = crl.CertificateList.load(LIST)["tbs_cert_list"].native
    entry = {
        "user_certificate": 5,
        "revocation_date": made._time(made.THIS_UPDATE),
        "crl_entry_extensions": [{"extn_id": "crl_reason", "extn_value": "remove_from_crl"}],
    }
    parsed = crl.CertificateList.load(LIST)
    parsed["tbs_cert_list"]["revoked_certificates"] = [entry]
    assert body["revoked_certificates"]
    assert RevocationList.parse(parsed.dump(force=True)).revoked == frozenset()


def test_a_list_under_a_held_authority_is_taken(store):
    entry = bring(store, LIST)
    assert entry.outcome is Outcome.TAKEN
    assert entry.valid_until == datetime.date(2027, 2, 1)
    assert "3 revoked" in entry.reason
    assert bring(store, LIST).outcome is Outcome.HELD


def test_a_stale_list_is_taken_and_said_to_be_stale(store):
    entry = bring(store, CSCA.revocation_list(5, next_update=made.moment(2026, 11, 10)))
    assert entry.outcome is Outcome.TAKEN
    assert "past its next update" in entry.reason


def test_a_newer_list_replaces_the_older_and_never_the_other_way(store):
    newer = CSCA.revocation_list(5, 6, this_update=made.moment(2026, 11, 20))
    assert bring(store, LIST).outcome is Outcome.TAKEN
    assert bring(store, newer).outcome is Outcome.TAKEN
    assert len(store.load().kept_lists) == 1
    assert bring(store, LIST).outcome is Outcome.HELD
    [kept] = store.load().kept_lists
    assert kept.sha256 == RevocationList.parse(newer).sha256


def test_lists_of_two_keys_of_one_authority_stand_side_by_side(store):
    new = made.Authority()
    store.import_file(new.certificate(), "new", TODAY)
    assert bring(store, LIST).outcome is Outcome.TAKEN
    assert bring(store, new.revocation_list(9)).outcome is Outcome.TAKEN
    assert len(store.load().kept_lists) == 2


@pytest.mark.parametrize(
    ("der", "reason"),
    [
        (made.Authority().revocation_list(5), "is not held"),
        (CSCA.revocation_list(5, key=made.EcKey()), "is not held"),
        (CSCA.revocation_list(5, this_update=made.moment(2026, 12, 24)), "after today"),
    ],
    ids=["same name", "other key", "future"],
)
def test_a_list_that_is_not_the_authoritys_is_refused(store, der, reason):
    entry = bring(store, der)
    assert entry.outcome is Outcome.REFUSED
    assert reason in entry.reason


def test_a_list_of_a_key_that_is_not_for_lists_is_refused(tmp_path):
    store = TrustStore(tmp_path / "trust")
    store.import_file(CSCA.certificate(usage={"key_cert_sign"}), "csca", TODAY)
    assert "not for revocation lists" in bring(store, LIST).reason


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("delta_crl_indicator", core.Integer(1)),
        ("issuing_distribution_point", {"only_contains_user_certs": True}),
        ("1.2.3.4", core.ParsableOctetString(b"\x05\x00")),
    ],
)
def test_a_list_that_does_not_tell_everything_is_refused(kind, value):
    extra = [{"extn_id": kind, "critical": True, "extn_value": value}]
    with pytest.raises(RevocationError, match="partial"):
        RevocationList.parse(CSCA.revocation_list(5, extra=extra))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_change_is_a_list_of_nobody_or_none(data):
    raw = bytearray(LIST)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = RevocationList.parse(bytes(raw))
    except RevocationError:
        return
    own = Certificate.parse(CSCA.certificate())
    try:
        assert not found.signed_by(own)
    except ValueError as error:
        assert "algorithm" in str(error)


@given(st.binary(max_size=300))
def test_any_bytes_are_no_list(raw):
    with pytest.raises(RevocationError):
        RevocationList.parse(raw)
