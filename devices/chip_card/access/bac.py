"""Basic access control (ICAO Doc 9303-11 §4.3; worked example in its appendix D).

Terminal and chip prove to each other that they know keys made from the machine-readable zone. Whoever listens
can try all likely zones afterwards, so that it protects little; chips that offer PACE are opened by PACE.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

from devices.chip_card.access.block_ciphers import MAC_LENGTH, decrypt, encrypt, pad, retail_mac
from devices.chip_card.access.refusals import refuses_password
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.session_keys import CipherSuite, password_from_mrz, session_keys
from devices.chip_card.apdu import OK, Command, Response
from devices.chip_card.errors import CardProblem, channel_broken
from kiosk.failures import FailureCode

_CHALLENGE, _KEYING_MATERIAL, _SEED = 8, 16, 16
_CRYPTOGRAM = 2 * _CHALLENGE + _KEYING_MATERIAL

Transmit = Callable[[Command], Response]
RandomBytes = Callable[[int], bytes]


def establish(
    transmit: Transmit, mrz_information: str, random: RandomBytes = secrets.token_bytes
) -> SecureChannel:
    """Open the selected LDS1 application: GET CHALLENGE and EXTERNAL AUTHENTICATE.

    ``mrz_information``: document number, birth and expiry date with their check digits. ``random`` is
    replaced only to recompute published examples; it gives 8 bytes, then 16.
    Raises ``CardProblem``: the key is not this card's (``CARD_MRZ_WRONG``), the chip does not do it
    (``CARD_ACCESS_REFUSED``), or it answers what an honest chip does not (``CARD_CHANNEL_BROKEN``).
    """
    keys = session_keys(password_from_mrz(mrz_information)[:_SEED], CipherSuite.TDES)
    chip_challenge = _get_challenge(transmit)
    challenge, material = random(_CHALLENGE), random(_KEYING_MATERIAL)
    cryptogram = encrypt(keys.suite, keys.encryption, challenge + chip_challenge + material)

    data = cryptogram + _checksum(keys.mac, cryptogram)
    answer = transmit(Command(0x00, 0x82, 0x00, 0x00, data, _CRYPTOGRAM + MAC_LENGTH))
    if answer.sw != OK:
        wrong_key = refuses_password(answer.sw)
        code = FailureCode.CARD_MRZ_WRONG if wrong_key else FailureCode.CARD_ACCESS_REFUSED
        raise CardProblem(code, f"BAC: EXTERNAL AUTHENTICATE answered {answer.sw:04X}")
    if len(answer.data) != _CRYPTOGRAM + MAC_LENGTH:
        raise channel_broken(f"BAC: the chip's cryptogram has {len(answer.data)} bytes")

    chip_cryptogram, checksum = answer.data[:_CRYPTOGRAM], answer.data[_CRYPTOGRAM:]
    if not hmac.compare_digest(checksum, _checksum(keys.mac, chip_cryptogram)):
        raise channel_broken("BAC: the chip's checksum is wrong")
    plain = decrypt(keys.suite, keys.encryption, chip_cryptogram)
    if not hmac.compare_digest(plain[: 2 * _CHALLENGE], chip_challenge + challenge):
        raise channel_broken("BAC: the chip answered to another challenge")
    seed = bytes(ours ^ its for ours, its in zip(material, plain[2 * _CHALLENGE :], strict=True))
    counter = int.from_bytes(chip_challenge[4:] + challenge[4:])
    return SecureChannel(session_keys(seed, CipherSuite.TDES), counter)


def _get_challenge(transmit: Transmit) -> bytes:
    answer = transmit(Command(0x00, 0x84, 0x00, 0x00, b"", _CHALLENGE))
    if answer.sw != OK:
        raise CardProblem(FailureCode.CARD_ACCESS_REFUSED, f"BAC: GET CHALLENGE answered {answer.sw:04X}")
    if len(answer.data) != _CHALLENGE:
        raise channel_broken(f"BAC: a challenge of {len(answer.data)} bytes")
    return answer.data


def _checksum(key: bytes, cryptogram: bytes) -> bytes:
    return retail_mac(key, pad(cryptogram, CipherSuite.TDES.block))
