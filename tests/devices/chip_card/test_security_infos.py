"""What a chip says of its protocols is read as the standard has it, the best is chosen, and a list that was
changed on the way shows against the signed one.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.chip_card import tlv
from devices.chip_card.access import security_infos
from devices.chip_card.access.object_identifiers import dotted
from devices.chip_card.access.security_infos import (
    PACE_ECDH_GM_AES_128,
    ActiveAuthenticationInfo,
    KeyAgreement,
    Mapping,
    PaceInfo,
)
from devices.chip_card.access.session_keys import CipherSuite
from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import Agreement

VIETNAMESE_CARD_ACCESS = bytes.fromhex(
    "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d"
)
TA = "300d060804007f0007020202020101"
TA_WITH_FILE = "3013060804007f00070202020201013004040201 1c".replace(" ", "")
CA = "300f060a04007f00070202030202020101"
CA_KEY_2 = "3012060a04007f00070202030204020101020102"
# ICAO Doc 9303-11, appendix I.1
CA_KEY = (
    "3062060904007F0007020201023052300C060704007F0007010202010D034200041872709494399E7470A6431BE25E83EE"
    "E24FEA568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F02010D"
)


def pace(protocol, parameter_id=13, version=2):
    """A PACEInfo by the last two numbers of its protocol."""
    body = tlv.encode(6, bytes.fromhex("04007f0007020204" + protocol)) + tlv.encode(2, bytes((version,)))
    if parameter_id is not None:
        body += tlv.encode(2, bytes((parameter_id,)))
    return tlv.encode(0x30, body).hex()


GM = pace("0202")


def infos(*entries):
    return security_infos.parse(tlv.encode(0x31, bytes.fromhex("".join(entries))))


def test_the_vietnamese_card_offers_pace_that_we_speak():
    access = security_infos.parse(VIETNAMESE_CARD_ACCESS)
    assert access.raw == VIETNAMESE_CARD_ACCESS
    assert access.best_pace() == PaceInfo(PACE_ECDH_GM_AES_128, 2, 13)
    assert access.best_pace().words == "ECDH-GM-AES-128 on brainpoolP256r1"
    (chip,) = access.chip_authentication
    assert (chip.agreement, chip.suite, chip.version, chip.key_id) == ("ECDH", CipherSuite.AES_128, 1, None)
    assert access.terminal_authentication
    assert access.active_authentication is None
    assert access.chip_authentication_keys == ()
    assert access.summary() == "PACE-ECDH-GM-AES-128/13, CA, TA"


def test_the_card_of_appendix_g_offers_it_too():
    raw = bytes.fromhex("31143012060A04007F0007020204020202010202010D")
    assert security_infos.parse(raw).best_pace().label == "PACE-ECDH-GM-AES-128/13"


@pytest.mark.parametrize(
    ("protocol", "agreement", "mapping", "suite", "name"),
    [
        ("0101", KeyAgreement.DH, Mapping.GENERIC, CipherSuite.TDES, "PACE-DH-GM-3DES"),
        ("0202", KeyAgreement.ECDH, Mapping.GENERIC, CipherSuite.AES_128, "PACE-ECDH-GM-AES-128"),
        ("0303", KeyAgreement.DH, Mapping.INTEGRATED, CipherSuite.AES_192, "PACE-DH-IM-AES-192"),
        ("0404", KeyAgreement.ECDH, Mapping.INTEGRATED, CipherSuite.AES_256, "PACE-ECDH-IM-AES-256"),
        (
            "0604",
            KeyAgreement.ECDH,
            Mapping.CHIP_AUTHENTICATION,
            CipherSuite.AES_256,
            "PACE-ECDH-CAM-AES-256",
        ),
    ],
)
def test_protocols_have_the_meanings_and_names_of_section_9_2_3(protocol, agreement, mapping, suite, name):
    number = 0 if agreement is KeyAgreement.DH else 18
    (info,) = infos(pace(protocol, number)).pace
    assert (info.agreement, info.mapping, info.suite) == (agreement, mapping, suite)
    assert info.label == f"{name}/{number}"
    assert info.supported


@pytest.mark.parametrize(
    "entry",
    [
        pace("0601"),  # chip authentication mapping knows no 3DES
        pace("0502"),
        pace("0205"),
        pace("0200"),
        pace("0202", version=1),
        pace("0202", version=3),
        pace("0202", parameter_id=None),
        pace("0202", parameter_id=0),
        pace("0202", parameter_id=7),
        pace("0202", parameter_id=19),
        pace("0202", parameter_id=0x8D),
        pace("0102", parameter_id=3),
        pace("0102", parameter_id=13),
        pace("0402", parameter_id=10),  # secp224r1 has no integrated mapping
        "3009060404007f0002010200"[:22],
        TA,
        CA,
    ],
)
def test_what_is_not_spoken_is_not_chosen(entry):
    found = infos(entry)
    assert found.best_pace() is None
    assert all(info.strength == 0 or not info.supported for info in found.pace)
    assert infos(entry, GM).best_pace() == infos(GM).pace[0]


def test_an_unknown_protocol_keeps_its_number_in_the_summary():
    assert infos(pace("0502", 13)).summary() == "PACE 04007f00070202040502/13"
    assert infos(pace("0502", None)).pace[0].words == "04007f00070202040502 on parameters None"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (pace("0602"), pace("0202")),  # the chip is proven on the way
        (pace("0202"), pace("0402")),
        (pace("0202"), pace("0602", 9)),  # strength comes first
        (pace("0202"), pace("0201")),
        (pace("0202"), pace("0102", 2)),
        (pace("0202", 11), pace("0102", 2)),
        (pace("0101", 1), pace("0102", 0)),
        (pace("0202", 13), pace("0204", 17)),  # more than 128 bits only cost time
        (pace("0602", 16), pace("0202", 12)),
        (pace("0402", 13), pace("0402", 11)),
    ],
)
def test_the_strongest_is_chosen_then_the_one_that_proves_the_chip_then_the_quicker(better, worse):
    expected = infos(better).pace[0]
    assert infos(better, worse).best_pace() == expected
    assert infos(worse, better).best_pace() == expected


def test_dg14_gives_the_chips_keys_and_the_signature_of_active_authentication():
    found = infos(GM, CA, CA_KEY_2, CA_KEY, active("0.4.0.127.0.7.1.1.4.1.3"), TA)
    assert [(info.suite, info.key_id) for info in found.chip_authentication] == [
        (CipherSuite.AES_128, None),
        (CipherSuite.AES_256, 2),
    ]
    (key,) = found.chip_authentication_keys
    assert (key.protocol, key.key_id) == (KeyAgreement.ECDH, 13)
    assert key.subject_public_key_info.hex().startswith("3052300c0607")
    assert found.active_authentication == ActiveAuthenticationInfo(1, "0.4.0.127.0.7.1.1.4.1.3")
    assert found.summary() == "PACE-ECDH-GM-AES-128/13, CA, AA, TA"
    assert found.entries == tuple(
        bytes.fromhex(entry) for entry in (GM, CA, CA_KEY_2, CA_KEY, active("0.4.0.127.0.7.1.1.4.1.3"), TA)
    )


def active(algorithm):
    first, second, *others = (int(part) for part in algorithm.split("."))
    oid = bytes((40 * first + second,)) + b"".join(_base_128(number) for number in others)
    body = bytes.fromhex("0606678108010105" + "020101") + tlv.encode(6, oid)
    return tlv.encode(0x30, body).hex()


def _base_128(number):
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


@given(st.lists(st.integers(0, 1 << 70), max_size=6), st.integers(0, 2), st.integers(0, 39))
def test_object_identifiers_are_written_as_people_write_them(others, first, second):
    encoded = _base_128(40 * first + second) + b"".join(_base_128(number) for number in others)
    assert dotted(encoded) == ".".join(str(number) for number in (first, second, *others))


def test_domain_parameters_and_other_entries_are_passed_over():
    explicit = "3019060904007f000702020402300c060704007f0007010202010d"
    chip_parameters = "3019060904007f000702020302300c060704007f0007010202010d"
    directory = "300c060667810801010d0402abcd"
    found = infos(explicit, chip_parameters, directory, "0500", "3000", "30020500", GM)
    assert found.pace == infos(GM).pace
    assert found.chip_authentication == ()
    assert found.active_authentication is None
    assert len(found.entries) == 7


@pytest.mark.parametrize("raw", ["", "30", "3003020100", "3101", "310030", "3112" + "30", "3180"])
def test_what_is_no_list_is_unreadable(raw):
    with pytest.raises(CardProblem) as caught:
        security_infos.parse(bytes.fromhex(raw))
    assert caught.value.code is FailureCode.CARD_DATA_UNREADABLE


@given(
    st.binary(max_size=300)
    | st.lists(st.binary(max_size=40), max_size=5).map(
        lambda parts: tlv.encode(0x31, b"".join(tlv.encode(0x30, part) for part in parts))
    )
    | st.lists(
        st.sampled_from([GM, CA, CA_KEY, CA_KEY_2, TA, active("1.2.840"), pace("0601")]), max_size=4
    ).flatmap(lambda entries: st.integers(0, 255).map(lambda byte: _mangled(entries, byte)))
)
def test_any_bytes_are_a_list_or_unreadable(raw):
    try:
        found = security_infos.parse(raw)
    except CardProblem as problem:
        assert problem.code is FailureCode.CARD_DATA_UNREADABLE
    else:
        found.best_pace()
        found.summary()
        assert found.compare(found) is Agreement.AGREE
        assert all(info.words for info in found.pace)


def _mangled(entries, byte):
    raw = bytearray(tlv.encode(0x31, bytes.fromhex("".join(entries))))
    raw[byte % len(raw)] ^= 1 + byte % 7
    return bytes(raw)


@pytest.mark.parametrize(
    ("dg14", "card_access", "agreement"),
    [
        ([GM, CA, TA, CA_KEY], [GM, CA, TA], Agreement.AGREE),
        ([TA, CA, GM], [GM, CA, TA], Agreement.AGREE),  # a SET has no order
        ([GM, CA, TA_WITH_FILE], [GM, CA, TA], Agreement.AGREE),
        ([GM, CA], [GM, CA, TA], Agreement.AGREE),
        ([GM, CA], [GM], Agreement.AGREE),
        ([GM], [GM, CA], Agreement.DIFFER),
        ([GM], [pace("0201")], Agreement.DIFFER),
        ([GM], [GM, pace("0201")], Agreement.DIFFER),
        ([GM, pace("0602")], [GM], Agreement.DIFFER),  # a better way was kept back
        ([GM], [], Agreement.DIFFER),
        ([GM], [pace("0202", 12)], Agreement.DIFFER),
        ([CA, CA_KEY], [GM], Agreement.NOT_COMPARED),
        ([CA, CA_KEY], [GM, CA, TA], Agreement.NOT_COMPARED),
        ([CA, CA_KEY], [CA], Agreement.AGREE),
    ],
)
def test_the_signed_list_bears_out_the_one_that_was_read_first_or_not(dg14, card_access, agreement):
    signed, read = infos(*dg14), infos(*card_access)
    assert signed.compare(read) is agreement
    assert signed.confirms(read) is (agreement is Agreement.AGREE)
