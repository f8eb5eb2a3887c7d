"""Who signed a card: found by the key, never by a name; every state of the chain has its own result."""

import datetime

import pytest
import trust_material as made
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.trust import chain
from devices.chip_card.trust.anchors import NO_ANCHORS, TrustStore
from devices.chip_card.trust.countries import signers_countries
from kiosk.identity.card_proof import Chain

TODAY = datetime.date(2026, 11, 22)
CSCA = made.Authority()
DSC = CSCA.signer(serial_number=5_000_000)
FORGED_KEY = made.EcKey()


def store_of(folder, *files):
    """A store with these imported, each by the operator's word."""
    store = TrustStore(folder / "trust")
    for content in files:
        report = store.import_file(content, "file", TODAY)
        assert report.all_well, report
    return store


def judged(folder, signer, *files, at=TODAY, country="VNM"):
    return chain.judge(signer, store_of(folder, *files), at, country)


def test_a_signer_under_a_held_root_is_trusted(tmp_path):
    found = judged(tmp_path, DSC, CSCA.certificate())
    assert found.chain is Chain.TRUSTED
    assert found.anchor.der == CSCA.certificate()
    assert "no revocation list held" in found.detail


def test_without_anchors_every_issuer_is_unknown(tmp_path):
    assert chain.judge(DSC, TrustStore(tmp_path / "none"), TODAY, "VNM").chain is Chain.ISSUER_UNKNOWN
    assert chain.judge(DSC, NO_ANCHORS, TODAY, "VNM").chain is Chain.ISSUER_UNKNOWN


def test_a_moment_is_taken_as_its_day(tmp_path):
    moment = datetime.datetime(2026, 11, 22, 23, 59, tzinfo=datetime.UTC)
    assert judged(tmp_path, DSC, CSCA.certificate(), at=moment).chain is Chain.TRUSTED


# -- a forged root (facts §8, row 4) -------------------------------------------------------------------------


def forged_root(**changes):
    """Same name, another key."""
    return made.Authority(CSCA.common, CSCA.country, key=FORGED_KEY, **changes)


def test_a_signer_under_a_root_of_the_same_name_is_of_an_unknown_issuer(tmp_path):
    found = judged(tmp_path, forged_root().signer(), CSCA.certificate())
    assert found.chain is Chain.ISSUER_UNKNOWN
    assert found.anchor is None


def test_also_when_it_claims_the_roots_key_identifier(tmp_path):
    signer = forged_root().signer(authority_identifier=made.key_identifier(CSCA.key))
    assert judged(tmp_path, signer, CSCA.certificate()).chain is Chain.ISSUER_UNKNOWN


def test_also_when_its_signature_is_of_a_kind_that_the_roots_key_cannot_make(tmp_path):
    rsa_root = made.Authority(CSCA.common, CSCA.country, key=made.RsaKey())
    signer = rsa_root.signer(authority_identifier=made.key_identifier(CSCA.key))
    assert judged(tmp_path, signer, CSCA.certificate()).chain is Chain.ISSUER_UNKNOWN


def test_a_signer_without_any_key_identifier_is_found_by_trying_the_keys(tmp_path):
    """Several roots of one name and one country; nothing but the signature tells them apart."""
    others = [made.Authority(CSCA.common).certificate() for _ in range(3)]
    signer = CSCA.signer(identifiers=False)
    found = judged(tmp_path, signer, *others, CSCA.certificate())
    assert found.chain is Chain.TRUSTED
    assert found.anchor.der == CSCA.certificate()


def test_a_signer_that_writes_its_issuers_name_otherwise_is_found_by_the_key(tmp_path):
    """Only the key counts: the name may be spelled anew, as long as the country is the same."""
    other_name = made.Authority("Spelled anew", key=CSCA.key)
    assert judged(tmp_path, other_name.signer(), CSCA.certificate()).chain is Chain.TRUSTED


# -- countries (facts §8, row 5) -----------------------------------------------------------------------------


def test_a_signer_of_another_country_than_the_document(tmp_path):
    german = made.Authority("CSCA Invented", "DE")
    assert judged(tmp_path, german.signer(), german.certificate()).chain is Chain.COUNTRY_DIFFERS
    assert judged(tmp_path, german.signer(), german.certificate(), country="D<<").chain is Chain.TRUSTED


def test_a_signer_that_claims_another_country_than_its_root(tmp_path):
    german = made.Authority("CSCA Invented", "DE")
    signer = german.signer(country="VN")
    assert judged(tmp_path, signer, german.certificate()).chain is Chain.COUNTRY_DIFFERS
    assert judged(tmp_path, signer, german.certificate(), country="D").chain is Chain.COUNTRY_DIFFERS
    assert judged(tmp_path, signer, german.certificate(), country=None).chain is Chain.COUNTRY_DIFFERS


def test_a_signer_of_another_country_whose_issuer_is_unknown_too(tmp_path):
    signer = made.Authority("CSCA Invented", "DE").signer()
    found = chain.judge(signer, NO_ANCHORS, TODAY, "VNM")
    assert found.chain is Chain.COUNTRY_DIFFERS
    assert chain.judge(signer, NO_ANCHORS, TODAY).chain is Chain.ISSUER_UNKNOWN


def test_letters_of_a_country_in_small_print_are_the_same(tmp_path):
    small = made.Authority(country="vn")
    assert judged(tmp_path, small.signer(), small.certificate()).chain is Chain.TRUSTED


@pytest.mark.parametrize(
    ("document", "certificate"),
    [("VNM", "VN"), ("D<<", "DE"), ("D", "DE"), ("UNO", "UN"), ("EUE", "EU"), ("GBD", "GB"), ("RKS", "KS")],
)
def test_countries_of_documents_and_their_signers(document, certificate):
    assert certificate in signers_countries(document)


def test_an_unknown_country_of_a_document_has_no_signer(tmp_path):
    assert signers_countries("QQQ") == frozenset()
    assert judged(tmp_path, DSC, CSCA.certificate(), country="QQQ").chain is Chain.COUNTRY_DIFFERS


# -- validity, key rollover, link certificates (facts §8, row 19) --------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"end": made.moment(2026, 11, 21)}, "expired on 2026-11-21"),
        ({"start": made.moment(2026, 11, 23)}, "not valid before 2026-11-23"),
    ],
)
def test_a_signer_out_of_its_time(tmp_path, changes, words):
    found = judged(tmp_path, CSCA.signer(**changes), CSCA.certificate())
    assert found.chain is Chain.EXPIRED
    assert words in found.detail


def test_a_signer_on_its_last_day(tmp_path):
    signer = CSCA.signer(end=made.moment(2026, 11, 22))
    assert judged(tmp_path, signer, CSCA.certificate()).chain is Chain.TRUSTED


def test_a_root_out_of_its_time(tmp_path):
    old = made.Authority(end=made.moment(2026, 1, 1))
    assert judged(tmp_path, old.signer(), old.certificate()).chain is Chain.EXPIRED


def test_a_root_that_was_renewed_with_the_same_key(tmp_path):
    old = made.Authority(end=made.moment(2026, 1, 1))
    renewed = made.Authority(key=old.key, start=made.moment(2025))
    found = judged(tmp_path, old.signer(), old.certificate(), renewed.certificate())
    assert found.chain is Chain.TRUSTED
    assert found.anchor.der == renewed.certificate()


def test_a_new_key_of_the_same_name_behind_a_link_certificate(tmp_path):
    """Key rollover (Doc 9303-12 §7.1.1): only the old root is held, and the link to the new key."""
    new = made.Authority()
    signer = new.signer()
    assert judged(tmp_path / "a", signer, CSCA.certificate()).chain is Chain.ISSUER_UNKNOWN
    found = judged(tmp_path / "b", signer, CSCA.certificate(), CSCA.link_to(new))
    assert found.chain is Chain.TRUSTED
    assert found.anchor.der == CSCA.certificate()


def test_a_link_certificate_of_another_kind_of_key_and_another_name(tmp_path):
    """From RSA to an elliptic curve: the link's signature is of another kind than its own key."""
    old = made.Authority("CSCA 1", key=made.RsaKey())
    new = made.Authority("CSCA 2", key=made.EcKey(curves.BRAINPOOL_P384R1, hash_name="sha384"))
    found = judged(tmp_path, new.signer(), old.certificate(), old.link_to(new))
    assert found.chain is Chain.TRUSTED


def test_links_over_several_keys(tmp_path):
    second, third = made.Authority("CSCA 2"), made.Authority("CSCA 3")
    files = [CSCA.certificate(), CSCA.link_to(second), second.link_to(third)]
    assert judged(tmp_path, third.signer(), *files).chain is Chain.TRUSTED


def test_a_link_certificate_alone_is_no_anchor(tmp_path):
    """Whoever removes a root removes what hung on it."""
    new = made.Authority()
    store = store_of(tmp_path, CSCA.certificate(), CSCA.link_to(new))
    [root] = [one for one in store.load().kept if one.facts["kind"] == "CSCA"]
    assert store.remove(root.sha256)
    assert chain.judge(new.signer(), store, TODAY, "VNM").chain is Chain.ISSUER_UNKNOWN


def test_an_expired_link_does_not_spoil_a_root_that_is_held_itself(tmp_path):
    new = made.Authority()
    link = CSCA.link_to(new, end=made.moment(2025))
    found = judged(tmp_path / "a", new.signer(), CSCA.certificate(), link)
    assert found.chain is Chain.EXPIRED
    found = judged(tmp_path / "b", new.signer(), CSCA.certificate(), link, new.certificate())
    assert found.chain is Chain.TRUSTED


# -- revocation (facts §8, row 19) ---------------------------------------------------------------------------


def test_a_revoked_signer(tmp_path):
    found = judged(tmp_path, DSC, CSCA.certificate(), CSCA.revocation_list(7, 5_000_000, 8))
    assert found.chain is Chain.REVOKED
    assert judged(tmp_path, CSCA.signer(), CSCA.certificate()).chain is Chain.TRUSTED


def test_a_list_past_its_next_update(tmp_path):
    stale = CSCA.revocation_list(5_000_000, next_update=made.moment(2026, 11, 21))
    assert judged(tmp_path, CSCA.signer(), CSCA.certificate(), stale).chain is Chain.CRL_STALE
    assert judged(tmp_path, DSC).chain is Chain.REVOKED, "what it revoked stays revoked"


def test_a_list_without_a_next_update_is_never_fresh(tmp_path):
    listed = CSCA.revocation_list(next_update=None)
    assert judged(tmp_path, DSC, CSCA.certificate(), listed).chain is Chain.CRL_STALE


def test_a_list_under_the_new_key_counts_for_signers_of_the_old_one(tmp_path):
    """One list covers all keys of an authority (Doc 9303-12 §7.2)."""
    new = made.Authority()
    listed = new.revocation_list(5_000_000)
    assert judged(tmp_path, DSC, CSCA.certificate(), new.certificate(), listed).chain is Chain.REVOKED


def test_a_list_of_another_authority_says_nothing(tmp_path):
    other = made.Authority("Another")
    listed = other.revocation_list(5_000_000)
    found = judged(tmp_path, DSC, CSCA.certificate(), other.certificate(), listed)
    assert found.chain is Chain.TRUSTED


def test_a_revoked_link_certificate(tmp_path):
    new = made.Authority()
    files = [CSCA.certificate(), CSCA.link_to(new, serial_number=77_777), CSCA.revocation_list(77_777)]
    assert judged(tmp_path, new.signer(), *files).chain is Chain.REVOKED


# -- algorithms (facts §8, row 19) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        *(made.EcKey(curve, explicit=True) for curve in curves.STANDARDIZED),
        made.EcKey(curves.BRAINPOOL_P384R1, hash_name="sha1"),
        made.EcKey(curves.SECP384R1, changes={"hash": {"algorithm": "sha384"}}),
        made.RsaKey(hash_name="sha1"),
        made.RsaKey("pss"),
        made.RsaKey("pss", "sha512", restricted=True),
    ],
    ids=lambda key: f"{getattr(key, 'scheme', '') or key.curve.name} {key.hash_name}",
)
def test_explicit_curves_sha1_and_pss_are_followed(tmp_path, key):
    authority = made.Authority(key=key)
    assert judged(tmp_path, authority.signer(), authority.certificate()).chain is Chain.TRUSTED
    forged = made.Authority(key=made.EcKey()).signer(authority_identifier=made.key_identifier(key))
    assert judged(tmp_path, forged).chain is Chain.ISSUER_UNKNOWN


def test_a_signature_that_cannot_be_checked_is_unsupported_not_unknown(tmp_path):
    class Future(made.EcKey):
        def algorithm(self):
            return {"algorithm": "sha3_256_ecdsa"}

    future = Future(k=CSCA.key.k)
    signer = made.Authority(key=future).signer()
    found = judged(tmp_path, signer, CSCA.certificate())
    assert found.chain is Chain.UNSUPPORTED
    assert "cannot be checked" in found.detail
    assert chain.judge(signer, NO_ANCHORS, TODAY, "VNM").chain is Chain.ISSUER_UNKNOWN


def test_a_signer_with_an_unknown_curve_of_its_own_is_still_certified(tmp_path):
    """Its own signatures cannot be checked, which EF.SOD's result says; who certified it can."""
    signer = CSCA.signer(made.EcKey(changes={"b": 12345}))
    assert judged(tmp_path, signer, CSCA.certificate()).chain is Chain.TRUSTED


# -- certificates of the authority that are no document signer's ---------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"usage": {"key_encipherment"}}, "not for signatures"),
        ({"usage": {"digital_signature", "key_cert_sign"}}, "certification authority"),
        ({"authority": True}, "certification authority"),
        ({"extended": "2.23.136.1.1.3"}, "another purpose"),
        (
            {
                "extra": [
                    {
                        "extn_id": "1.2.3.4",
                        "critical": True,
                        "extn_value": core.ParsableOctetString(b"\x05\x00"),
                    }
                ]
            },
            "unknown critical extension 1.2.3.4",
        ),
    ],
)
def test_what_is_not_meant_to_sign_documents_does_not(tmp_path, changes, words):
    found = judged(tmp_path, CSCA.signer(**changes), CSCA.certificate())
    assert found.chain is Chain.UNSUPPORTED
    assert words in found.detail


def test_the_root_itself_is_no_document_signer(tmp_path):
    assert judged(tmp_path, CSCA.certificate(), CSCA.certificate()).chain is not Chain.TRUSTED


def test_a_signer_without_constraints_and_usage_may_sign(tmp_path):
    signer = CSCA.signer(usage=set(), constraints=False)
    assert judged(tmp_path, signer, CSCA.certificate()).chain is Chain.TRUSTED


def test_a_chain_below_a_document_signer_is_none(tmp_path):
    """A stolen document signer cannot make further ones."""
    key = made.EcKey()
    middle = made.Authority("DS Invented", key=key)
    below = middle.signer()
    store = store_of(tmp_path, CSCA.certificate())
    store.import_file(CSCA.signer(key), "stolen", TODAY)
    assert chain.judge(below, store, TODAY, "VNM").chain is Chain.ISSUER_UNKNOWN


# -- whatever comes ------------------------------------------------------------------------------------------


def test_a_damaged_store_is_not_checked_and_says_so(tmp_path):
    store = store_of(tmp_path, CSCA.certificate())
    (store.folder / "trust.json").write_text("{")
    found = chain.judge(DSC, TrustStore(store.folder), TODAY, "VNM")
    assert found.chain is Chain.NOT_CHECKED
    assert "trust.json" in found.detail


def test_an_anchor_whose_file_was_altered_is_no_longer_one(tmp_path):
    store = store_of(tmp_path, CSCA.certificate())
    [file] = (store.folder / "certificates").iterdir()
    file.write_bytes(made.Authority(key=FORGED_KEY).certificate())
    assert chain.judge(DSC, TrustStore(store.folder), TODAY, "VNM").chain is Chain.ISSUER_UNKNOWN
    forged = forged_root().signer()
    assert chain.judge(forged, TrustStore(store.folder), TODAY, "VNM").chain is Chain.ISSUER_UNKNOWN


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return store_of(tmp_path_factory.mktemp("chain"), CSCA.certificate(), CSCA.revocation_list(1))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_signer_with_any_byte_changed_is_never_trusted(store, data):
    raw = bytearray(DSC)
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    found = chain.judge(bytes(raw), store, TODAY, "VNM")
    assert found.chain is not Chain.TRUSTED


@given(raw=st.binary(max_size=300), country=st.none() | st.text("<VNMD19 ", max_size=5))
def test_any_bytes_are_judged(store, raw, country):
    found = chain.judge(raw, store, TODAY, country)
    assert found.chain is Chain.ISSUER_UNKNOWN
