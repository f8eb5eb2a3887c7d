"""Keys are derived as the standard's examples have them, and never shown."""

import hashlib

import pytest

from devices.chip_card.access.session_keys import (
    ENCRYPTION,
    MAC,
    PASSWORD,
    CipherSuite,
    derive,
    password_from_can,
    password_from_mrz,
    session_keys,
)

# ICAO Doc 9303-11, appendix D.1
SEED = bytes.fromhex("239AB9CB282DAF66231DC5A4DF6BFBAE")


def test_3des_keys_are_those_of_appendix_d_1_but_for_their_parity():
    keys = session_keys(SEED, CipherSuite.TDES)
    assert _odd(keys.encryption).hex().upper() == "AB94FDECF2674FDFB9B391F85D7F76F2"
    assert _odd(keys.mac).hex().upper() == "7962D9ECE03D1ACD4C76089DCE131543"


def _odd(key):
    return bytes(byte & 0xFE | (byte & 0xFE).bit_count() % 2 ^ 1 for byte in key)


def test_password_keys_are_those_of_appendices_g_and_i():
    for zone, key in (
        ("T22000129364081251010318", "89DED1B26624EC1E634C1989302849DD"),
        ("C11T002JM496081222310314", "4E6F6FBF7BE748B932C7B74161BBA9DF"),
    ):
        assert derive(password_from_mrz(zone), PASSWORD).hex().upper() == key


@pytest.mark.parametrize(
    ("suite", "algorithm", "length"),
    [
        (CipherSuite.TDES, "sha1", 16),
        (CipherSuite.AES_128, "sha1", 16),
        (CipherSuite.AES_192, "sha256", 24),
        (CipherSuite.AES_256, "sha256", 32),
    ],
)
def test_the_hash_of_section_9_7_1_goes_by_the_length_of_the_key(suite, algorithm, length):
    for purpose, number in ((ENCRYPTION, 1), (MAC, 2), (PASSWORD, 3)):
        whole = hashlib.new(algorithm, b"secret" + bytes((0, 0, 0, number))).digest()
        assert derive(b"secret", purpose, suite) == whole[:length]


def test_the_number_on_the_card_is_its_own_secret():
    assert password_from_can("417263") == b"417263"


def test_keys_are_not_shown():
    keys = session_keys(SEED, CipherSuite.AES_256)
    assert keys.encryption.hex() not in repr(keys)
    assert repr(keys.mac) not in repr(keys)
