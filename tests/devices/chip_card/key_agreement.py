"""Chip Authentication from both ends: a chip that keeps what it was sent, and keys as DG14 has them."""

from devices.chip_card import tlv
from devices.chip_card.access import chip_authentication, security_infos
from devices.chip_card.access.diffie_hellman import standardized
from devices.chip_card.access.session_keys import CipherSuite
from devices.chip_card.apdu import Command, Response

TDES, AES_128, AES_192, AES_256 = CipherSuite
ECDH_INFO = {suite: bytes.fromhex(f"04007f00070202030{2}0{arc}") for arc, suite in enumerate(CipherSuite, 1)}
G0 = standardized(0)


def infos_of(*entries):
    return security_infos.parse(tlv.encode(0x31, b"".join(entries)))


class PlainChip:
    """A chip on an open channel that keeps what it was sent."""

    def __init__(self, chip, limit=65535):
        self.chip = chip
        self.limit = limit
        self.sent = []

    def __call__(self, command):
        self.sent.append(command)
        if len(command.data) > self.limit:
            return Response(b"", 0x6700)
        return self.chip.answer(Command.decode(command.encode())) or Response(b"", 0x6D00)


def agree(chip, **options):
    """Keys of both sides, and the commands."""
    link = PlainChip(chip, options.pop("limit", 65535))
    result = chip_authentication.authenticate(link, infos_of(chip.security_infos()), **options)
    return result, chip.take_keys(), link.sent


def never(command):
    raise AssertionError("nothing is sent")


def public_key(spki, kind=2):
    return tlv.encode(0x30, tlv.encode(0x06, bytes.fromhex("04007f0007020201") + bytes((kind,))) + spki)
