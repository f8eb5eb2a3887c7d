"""What fuzzing has found, each by its smallest form: files that broke a parser, or kept it busy."""

import json

import pytest
from asn1crypto import crl

from devices.chip_card import tlv
from devices.chip_card.access import chip_authentication, security_infos
from devices.chip_card.access.object_identifiers import dotted
from devices.chip_card.data_groups import dg14, dg15
from devices.chip_card.errors import CardProblem
from devices.chip_card.support_dump import CardDump, redacted_dump
from devices.chip_card.trust import containers, definite_form, master_list, sod
from devices.chip_card.trust.certificates import Certificate, CertificateError
from devices.chip_card.trust.public_keys import UnsupportedKey
from devices.chip_card.trust.revocation import RevocationError, RevocationList
from devices.chip_card.trust.signed_data import SignedData
from kiosk.failures import FailureCode
from kiosk.identity import mrz
from kiosk.identity.access_keys import AccessKeyError, AccessKeys
from kiosk.identity.card_proof import Access, AccessProtocol, Password
from tests.devices.chip_card import trust_material as made
from tests.fuzz.material import wrapped
from tests.fuzz.zone_digits import with_digits

ENDLESS_IDENTIFIER = wrapped("06", b"\xff" * 60_000 + b"\x7f")
DH_PRIME_OF_3072_BITS = int(  # RFC 3526 §4
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3"
    "CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5"
    "AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356"
    "208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28F"
    "B5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521AB"
    "DF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6B"
    "F12FFA06D98A0864D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFC"
    "E0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)


def integer(number):
    return wrapped("02", number.to_bytes(number.bit_length() // 8 + 1))


def unreadable(call, data):
    with pytest.raises(CardProblem) as caught:
        call(data)
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


# -- EF.CardAccess and DG14


def test_an_endless_identifier_of_active_authentication_is_unreadable():
    info = wrapped("30", bytes.fromhex("0606678108010105"), b"\2\1\1", ENDLESS_IDENTIFIER)
    unreadable(security_infos.parse, wrapped("31", info))


def test_an_endless_identifier_of_dg15_is_unreadable():
    key = wrapped("30", wrapped("30", ENDLESS_IDENTIFIER), wrapped("03", b"\0\1"))
    unreadable(dg15.parse, wrapped("6f", key))


def test_no_number_of_an_identifier_is_beyond_words():
    assert dotted(b"\x2a" + b"\xff" * 62 + b"\x7f").startswith("1.2.")
    with pytest.raises(ValueError, match="65 bytes"):
        dotted(b"\xff" * 64 + b"\x7f")


@pytest.mark.timeout(30)
def test_many_dh_keys_in_groups_of_their_own_are_not_all_checked():
    p = DH_PRIME_OF_3072_BITS
    group = wrapped("30", integer(p), integer(4), integer((p - 1) // 2))
    algorithm = wrapped("30", bytes.fromhex("06072a8648ce3e0201"), group)
    key = wrapped("30", algorithm, wrapped("03", b"\0" + integer(pow(4, 12345, p))))
    info = wrapped("30", bytes.fromhex("060904007f000702020101"), key)
    file = wrapped("6e", wrapped("31", info * 50))
    assert len(chip_authentication.offers(dg14.parse(file))) == 2


# -- EF.SOD and certificates


def test_an_endless_identifier_inside_of_ef_sod_is_unreadable():
    key = made.EcKey()
    signer = made.Authority().signer(key)
    content = wrapped("30", b"\2\1\0", wrapped("30", ENDLESS_IDENTIFIER), wrapped("30"))
    unreadable(sod.parse, tlv.encode(0x77, made.signed_data(content, key, signer)))
    with pytest.raises(definite_form.FormError):
        definite_form.definite(wrapped("30", ENDLESS_IDENTIFIER))


def test_a_version_beyond_words_is_unreadable():
    key = made.EcKey()
    signer = made.Authority().signer(key)
    content = definite_form.split(definite_form.content_of(made.security_object({1: b"1"})))
    longest = wrapped("30", wrapped("02", b"\x40" + bytes(2048)), *content[1:])
    unreadable(sod.parse, tlv.encode(0x77, made.signed_data(longest, key, signer)))


def objects(data):
    """What stands in an object, one after the other."""
    return definite_form.split(definite_form.content_of(data))


def of_key(spki):
    """A certificate with that public key."""
    body, *rest = objects(made.Authority().certificate())
    parts = objects(body)
    parts[6] = spki
    return wrapped("30", wrapped("30", *parts), *rest)


def test_a_key_of_an_unknown_kind_is_unsupported_and_still_compared():
    spki = wrapped("30", wrapped("30", bytes.fromhex("06082b24030302080107")), wrapped("03", b"\0key"))
    found = Certificate.parse(of_key(spki))
    assert found.key_bytes == b"\0key"
    assert len(found.key_hash) == 20
    with pytest.raises(UnsupportedKey):
        _ = found.key


@pytest.mark.parametrize("spki", ["3000", "30020500", "300406000403", "060100", "30053000030100"])
def test_a_certificate_without_a_public_key_is_none(spki):
    der = of_key(bytes.fromhex(spki))
    if spki == "30053000030100":
        assert Certificate.parse(der).key_bytes == b"\0"
    else:
        with pytest.raises(CertificateError):
            Certificate.parse(der)


def test_an_endless_extension_is_not_read():
    extra = [{"extn_id": "extended_key_usage", "critical": False, "extn_value": ["2.23.136.1.1.3"] * 2000}]
    with pytest.raises(CertificateError):
        Certificate.parse(made.Authority().signer(extra=extra))


def test_the_support_dump_names_a_key_without_parameters():
    spki = wrapped("30", wrapped("30", bytes.fromhex("06072a8648ce3d0201")), wrapped("03", b"\0\4"))
    dump = CardDump(
        b"", None, Access(AccessProtocol.PACE, Password.CAN), {"DG15": wrapped("6f", spki)}, {}, {}, []
    )
    assert json.dumps(redacted_dump(dump))


# -- trust anchors


@pytest.mark.timeout(30)
@pytest.mark.parametrize("line", [b"-----BEGIN A-----\n", b"-----BEGIN CMS-----\n-----END A-----\n"])
def test_a_million_blocks_that_never_end(line):
    found = containers.unpack(line * (1_000_000 // len(line)))
    assert not found.objects
    assert len(found.unreadable) == containers.MOST_OBJECTS
    assert found.beyond > 0


def test_a_block_that_begins_within_another_is_read_by_itself():
    text = (
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    )
    found = containers.unpack(text)
    assert found.objects == [b"\x30\0"]
    assert len(found.unreadable) == 1


@pytest.mark.timeout(30)
def test_a_revocation_list_with_an_endless_identifier_is_none():
    body, *rest = objects(made.Authority().revocation_list())
    extension = wrapped("30", wrapped("06", b"\xff" * 50_000 + b"\x7f"), b"\4\0")
    parts = [*objects(body)[:-1], wrapped("a0", wrapped("30", extension))]
    with pytest.raises(RevocationError):
        RevocationList.parse(wrapped("30", wrapped("30", *parts), *rest))


@pytest.mark.timeout(30)
def test_an_endless_tag_is_no_revocation_list():
    with pytest.raises(RevocationError):
        RevocationList.parse(b"\x3f" + b"\xff" * 1_000_000)


def test_a_revocation_list_is_read_as_the_library_reads_it():
    numbers = [1, 127, 128, 255, 1 << 64, (1 << 159) - 1]
    der = made.Authority().revocation_list(*numbers)
    entries = crl.CertificateList.load(der)["tbs_cert_list"]["revoked_certificates"]
    slowly = {entry["user_certificate"].native for entry in entries}
    assert RevocationList.parse(der).revoked == slowly == set(numbers)


@pytest.mark.timeout(30)
def test_a_long_revocation_list():
    when = wrapped("17", b"260101000000Z")
    found = with_entries(*(wrapped("30", integer(number), when) for number in range(1, 50_000)))
    assert found.revoked == set(range(1, 50_000))


def with_entries(*entries):
    body, *rest = objects(made.Authority().revocation_list(1))
    parts = objects(body)
    parts[5] = wrapped("30", *entries)
    return RevocationList.parse(wrapped("30", wrapped("30", *parts), *rest))


def test_a_certificate_that_was_taken_off_the_list_counts_again():
    when = wrapped("17", b"260101000000Z")

    def entry(number, reason):
        told = wrapped("30", bytes.fromhex("0603551d15"), wrapped("04", wrapped("0a", bytes((reason,)))))
        return wrapped("30", integer(number), when, wrapped("30", told))

    assert with_entries(entry(5, 8), entry(6, 1), wrapped("30", integer(7), when)).revoked == {6, 7}


@pytest.mark.parametrize("entry", ["0500", "3000", "3003020101", "300602010117013104", "3005040101170031"])
def test_malformed_entries_of_a_revocation_list(entry):
    with pytest.raises(ValueError, match=r".+"):
        _ = with_entries(bytes.fromhex(entry)).revoked


@pytest.mark.timeout(30)
def test_a_master_list_of_too_many_parts_is_none():
    key = made.EcKey()
    signer = made.Authority().signer(key, extended="2.23.136.1.1.3")
    content = wrapped("30", b"\2\1\0", wrapped("31", b"\x30\0" * 400_000))
    signed = SignedData.parse(made.signed_data(content, key, signer, content_type=made.MASTER_LIST))
    with pytest.raises(ValueError, match="more than 5000"):
        master_list.parse(signed)


# -- the machine-readable zone, and what people type


@pytest.mark.timeout(30)
@pytest.mark.parametrize("way", [AccessKeys.from_can, AccessKeys.from_number, AccessKeys.from_mrz])
@pytest.mark.parametrize(
    "text", ["1" + "\u0315\u0300\u0327" * 100_000, "9" * 1_000_000], ids=["marks", "digits"]
)
def test_endless_text_is_no_key(way, text):
    with pytest.raises(AccessKeyError):
        way(text)


@pytest.mark.parametrize("number", ["<<<<<<<<A", "<12345678"])
def test_a_document_number_does_not_begin_with_a_filler(number):
    lines = (
        f"I<UTO{number}0"
        + "<" * 15
        + "7408122F1204159UTO<<<<<<<<<<<6"
        + "ERIKSSON<<ANNA<MARIA".ljust(30, "<")
    )
    with pytest.raises(mrz.MrzError, match="document number"):
        mrz.parse(with_digits(lines.encode()).decode())


def test_a_long_document_number_has_an_end():
    number = "D23145890734567890123457"
    lines = f"I<UTO{number[:9]}<{number[9:]}7408122F1204159UTO<<<<<<<<<<<6" + "ERIKSSON<<ANNA<MARIA".ljust(
        30, "<"
    )
    with pytest.raises(mrz.MrzError, match="document number"):
        mrz.parse(with_digits(lines.encode()).decode())
