"""A plain reader for the tests of the virtual card: one way through the protocols, nothing remembered.

It is made of the reader's parts and is no reader for use: it has no policy, no retries and no progress.
"""

from dataclasses import dataclass

from devices.chip_card import lds, tlv
from devices.chip_card.access import (
    active_authentication,
    bac,
    chip_authentication,
    pace,
    pace_mapping,
    security_infos,
)
from devices.chip_card.access.chip_authentication import NotCarriedOut
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.session_keys import password_from_can, password_from_mrz
from devices.chip_card.apdu import Command, Response
from devices.chip_card.block_size import BlockSize
from devices.chip_card.data_groups import com, dg1, dg13, dg14
from devices.chip_card.errors import CardProblem
from devices.chip_card.lds import FileMissing
from devices.chip_card.trust import chain, sod
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import (
    Access,
    AccessProtocol,
    Agreement,
    CardProof,
    ChipProof,
    GroupHash,
    Password,
)


@dataclass
class Observed:
    """What a read came to."""

    proof: CardProof
    files: dict[int, bytes]
    number: str | None = None


class Terminal:
    """Reads one card over a link."""

    def __init__(self, link, chip, largest=65536):
        self.link = link
        self.chip = chip
        self.size = BlockSize(largest)
        self.channel = None
        self.mapping = None
        self.access = None

    def plain(self, command):
        return Response.decode(self.link.transmit(command.encode()))

    def send(self, command):
        if self.channel is None:
            return self.plain(command)
        return self.channel.unprotect(self.plain(self.channel.protect(command)))

    def read(self, file):
        return lds.read_file(self.send, file, self.size)

    def open(self):
        """PACE where it is offered, else BAC; then the application."""
        self.channel = None
        self.link.cold_reset()
        try:
            offered = security_infos.parse(self.read(lds.CARD_ACCESS))
        except FileMissing:
            offered = None
        if offered is not None and offered.best_pace() is not None:
            self._pace(offered.best_pace())
            lds.select_application(self.send)
        else:
            lds.select_application(self.send)
            self.channel = bac.establish(self.plain, self.chip.mrz)
            self.access = Access(AccessProtocol.BAC, Password.MRZ)
        self.size.short_answer = self.channel.largest_short_answer
        return offered

    def _pace(self, info):
        try:
            result = pace.establish(self.plain, info, password_from_can(self.chip.can), pace.CAN)
            password = Password.CAN
        except CardProblem as problem:
            if "6A88" not in problem.detail:
                raise CardProblem(FailureCode.CARD_PACE_FAILED, problem.detail) from None
            self.link.cold_reset()
            result = pace.establish(self.plain, info, password_from_mrz(self.chip.mrz), pace.MRZ)
            password = Password.MRZ
        self.channel = SecureChannel(result.keys)
        self.mapping = result.chip_mapping
        self.access = Access(AccessProtocol.PACE, password, info.words)

    def card_security(self):
        """EF.CardSecurity, which lies beside the application."""
        self.channel = None
        self.link.cold_reset()
        self._pace(security_infos.parse(self.read(lds.CARD_ACCESS)).best_pace())
        return self.read(lds.ElementaryFile("EF.CardSecurity", 0x1D, 0x30))

    def chip_authentication(self, infos):
        try:
            result = chip_authentication.authenticate(self.send, infos)
        except NotCarriedOut as refused:
            return refused.proof
        self.channel = SecureChannel(result.keys)
        try:
            self.send(Command(0x00, 0xB0, 0x9D, 0x00, b"", 4))
        except CardProblem as problem:
            if not chip_authentication.disproves(problem):
                raise
            self.open()
            return ChipProof.FAILED
        return ChipProof.PASSED

    def observe(self, store=None, today=None):
        """Everything that can be said of the card. Raises ``CardProblem``."""
        offered = self.open()
        files = {lds.SOD.sfi: self.read(lds.SOD), lds.COM.sfi: self.read(lds.COM)}
        signed = sod.parse(files[lds.SOD.sfi])
        listed = com.data_groups(files[lds.COM.sfi])
        infos = None
        ca = aa = cam = ChipProof.NOT_OFFERED
        if 14 in signed.hashes:
            raw = self._group(14, files)
            infos = dg14.parse(raw) if raw is not None else None
            ca = ChipProof.WITHHELD if infos is None else self.chip_authentication(infos)
        if 15 in signed.hashes:
            raw = self._group(15, files)
            aa = ChipProof.WITHHELD
            if raw is not None:
                aa = active_authentication.authenticate(self.send, raw, infos, refusal=ChipProof.WITHHELD)
        for number in sorted((signed.hashes.keys() | listed) - {3, 14, 15}):
            self._group(number, files)
        access = self.access
        if self.mapping is not None:
            proven = self._mapping_infos(infos)
            cam = pace_mapping.verify_chip_mapping(self.mapping, proven)
        zone = dg1.parse(files[1])
        identity, number = self._identity(files, zone)
        hashes = {number: signed.check(number, raw) for number, raw in files.items() if number < 17}
        for group in signed.hashes.keys() - hashes.keys():
            hashes[group] = GroupHash.NOT_READ if group == 3 else GroupHash.MISSING
        judged = {}
        if store is not None and signed.signer is not None:
            judged["chain"] = chain.judge(signed.signer, store, today, zone.issuer).chain
        proof = CardProof(
            access=access,
            sod_signature=signed.signature,
            data_groups=hashes,
            chip_authentication=ca,
            active_authentication=aa,
            pace_chip_mapping=cam,
            access_file=infos.compare(offered) if infos and offered else Agreement.NOT_COMPARED,
            file_list=Agreement.AGREE if listed == signed.hashes.keys() else Agreement.DIFFER,
            identity=identity,
            **judged,
        )
        return Observed(proof, files, number)

    def _group(self, number, files):
        try:
            files[number] = self.read(lds.data_group(number))
        except (FileMissing, CardProblem) as trouble:
            if isinstance(trouble, CardProblem) and (
                number != 13 or trouble.code is not FailureCode.CARD_DATA_UNREADABLE
            ):
                raise
        return files.get(number)

    def _mapping_infos(self, infos):
        if infos is not None and infos.chip_authentication_keys:
            return infos
        raw = self.card_security()
        content = tlv.parse(tlv.parse(raw)[0].value)[1].children()[0].children()
        inside = next(item for item in content if item.tag == 0x30).children()[1].children()[0].value
        return security_infos.parse(inside)

    def _identity(self, files, zone):
        number = zone.number
        if 13 not in files:
            return Agreement.NOT_COMPARED, number
        try:
            printed = dg13.parse(files[13]).text(dg13.Field.NUMBER)
        except CardProblem:
            return Agreement.NOT_COMPARED, number
        return (Agreement.AGREE if printed in (None, number) else Agreement.DIFFER), number
