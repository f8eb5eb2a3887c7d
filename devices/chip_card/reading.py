"""The order of one read: access, files, proof; and the citizen that comes out of it.

The chip is asked for one thing after the other, and what it gave is judged beside it
(``PassiveAuthentication``): EF.COM, EF.SOD, DG14 and chip authentication first, so that everything of the
person comes through the channel that only the issuer's chip can open; then DG1 and DG13, which say who it is;
then DG15 and active authentication; the photo last, and only where the purpose needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from devices.chip_card import card_kinds, lds
from devices.chip_card.access import active_authentication, chip_authentication, pace_mapping, security_infos
from devices.chip_card.access.chip_authentication import NotCarriedOut
from devices.chip_card.access.opening import Opened, open_chip
from devices.chip_card.access.pace_mapping import ChipMapping
from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.access.security_infos import SecurityInfos
from devices.chip_card.apdu import SHORT_LE
from devices.chip_card.block_size import BlockSize, BlockSizes
from devices.chip_card.conversation import Conversation, Link
from devices.chip_card.data_groups import com, dg1, dg2, dg14
from devices.chip_card.data_groups.dg2 import FaceImage
from devices.chip_card.errors import CardProblem, unreadable
from devices.chip_card.holder import Note, citizen_of, compared, printed_data
from devices.chip_card.lds import ElementaryFile, FileMissing
from devices.chip_card.trust import card_security
from devices.chip_card.trust.card_security import CardSecurity
from devices.chip_card.trust.passive_authentication import PassiveAuthentication
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_doubts import failure_of
from kiosk.identity.card_proof import Agreement, CardProof, ChipProof, GroupHash, Signature
from kiosk.identity.citizen import Citizen


class ReadStep(StrEnum):
    """What a read is doing, for the screen; in this order."""

    ACCESS = "access"
    IDENTITY = "identity"
    PROOF = "proof"
    PHOTO = "photo"


Progress = Callable[[ReadStep], None]


@dataclass(frozen=True)
class Listener:
    """Who hears of a read while it goes on: ``progress`` of each step, ``identity`` of the citizen as soon as
    the issuer's signature over the data verifies, before the photo is read.
    """

    progress: Progress
    identity: Callable[[Citizen], None]


@dataclass(frozen=True)
class ReadPlan:
    """What a read is for.

    ``photo``: also read DG2, personal data that most purposes do not need. ``every_proof``: active
    authentication also where chip authentication has shown the same already. ``bac_after_failed_pace``: the
    policy for a card that offers PACE and fails it.
    """

    photo: bool = False
    every_proof: bool = True
    bac_after_failed_pace: bool = False


@dataclass(frozen=True)
class Found:
    """All that one read gave."""

    citizen: Citizen
    proof: CardProof
    notes: frozenset[Note]
    photo: FaceImage | None = field(default=None, repr=False)


class Sizing:
    """The block size of one read and its repetitions: what is remembered of this type of card, or the
    largest."""

    def __init__(self, sizes: BlockSizes, reader: str, atr: bytes) -> None:
        self._sizes = sizes
        self._card = (reader, atr)
        self._access_file: bytes | None = None
        self.size = sizes.start(reader, atr)

    def for_card(self, access_file: bytes) -> BlockSize:
        """Once EF.CardAccess is known.

        A repetition keeps the size it has come down to.
        """
        if self._access_file is None:
            self.size = self._sizes.for_card(*self._card, access_file, self.size)
            self._access_file = access_file
        return self.size

    def worked(self) -> bool:
        """A card of this type was read; says whether that was news."""
        before = self._sizes.exported()
        self._sizes.remember(*self._card, self._access_file or b"", self.size)
        return self._sizes.exported() != before


class NotProven(CardProblem):
    """The card's own data speak against it; ``proof`` says which check failed."""

    def __init__(self, code: FailureCode, detail: str, proof: CardProof) -> None:
        super().__init__(code, detail)
        self.proof = proof


class LostWhileReading(CardProblem):
    """Channel or card were lost after access was given."""


class ChipNotProven(NotProven):
    """The first answer after chip authentication does not verify: the chip lacks the key that the issuer
    signed, or the contact was lost at just that moment.

    Only a second try tells which.
    """


_WITHOUT = {2: Note.PHOTO_UNREADABLE, 13: Note.DETAILS_UNREADABLE}
"""Data groups without which a read goes on."""


def read_card_access(conversation: Conversation, size: BlockSize) -> SecurityInfos | None:
    """EF.CardAccess, as the first command after a reset; once more after a cold reset.

    ``None``: the card has none. Raises ``CardProblem``.
    """
    try:
        return _card_access(conversation, size)
    except (FileMissing, CardProblem) as trouble:
        if isinstance(trouble, CardProblem) and trouble.code is not FailureCode.CARD_DATA_UNREADABLE:
            raise
        conversation.reset()
        try:
            return _card_access(conversation, size)
        except FileMissing:
            return None


def _card_access(conversation: Conversation, size: BlockSize) -> SecurityInfos:
    return security_infos.parse(lds.read_file(conversation.transmit, lds.CARD_ACCESS, size))


class CardRead:
    """One read of one card, through its steps in their order."""

    def __init__(
        self,
        link: Link,
        sizing: Sizing,
        passive: PassiveAuthentication,
        plan: ReadPlan,
        listener: Listener,
    ) -> None:
        self._link = link
        self._conversation = Conversation(link)
        self._sizing = sizing
        self._size = sizing.size
        self._passive = passive
        self._plan = plan
        self._progress = listener.progress
        self._identity = listener.identity
        self._withheld: set[int] = set()
        self._listed: frozenset[int] = frozenset()
        self._proof = CardProof(None)
        self._notes: set[Note] = set()
        self._unproven_channel = False
        self._card_security: CardSecurity | None = None

    def read(self, keys: AccessKeys, today: date) -> Found:
        """Read and judge everything.

        Raises ``CardProblem``; ``NotProven`` when the data speak against the card.
        """
        self._progress(ReadStep.ACCESS)
        memory_card = card_kinds.kind_by_atr(self._link.atr)
        if memory_card is not None:
            raise CardProblem(memory_card, "the answer to reset is a memory card's")
        access_file = read_card_access(self._conversation, self._size)
        self._size = self._sizing.for_card(access_file.raw if access_file is not None else b"")
        opened = self._open(access_file, keys)
        self._progress(ReadStep.IDENTITY)
        try:
            return self._read_opened(opened, access_file, keys, today)
        except NotProven:
            raise
        except CardProblem as trouble:
            if trouble.code in (FailureCode.CARD_CHANNEL_BROKEN, FailureCode.CARD_REMOVED_EARLY):
                raise LostWhileReading(trouble.code, trouble.detail) from None
            raise

    def _open(self, access_file: SecurityInfos | None, keys: AccessKeys) -> Opened:
        if access_file is None:
            kind = card_kinds.kind_of(self._link.atr, self._conversation.transmit)
            if kind is not None:
                raise CardProblem(kind, "no LDS1 application on this card")
        opened = open_chip(
            self._conversation.transmit,
            self._conversation.reset,
            access_file,
            keys,
            bac_after_failed_pace=self._plan.bac_after_failed_pace,
        )
        self._conversation.channel = opened.channel
        self._size.short_answer = opened.channel.largest_short_answer
        self._proof = replace(self._proof, access=opened.access)
        if opened.chip_mapping is not None:
            self._read_card_security()
        if not opened.application:
            lds.select_application(self._conversation.transmit)
        return opened

    def _read_card_security(self) -> None:
        """EF.CardSecurity, which stands beside the application and is read before it is selected (§4.4.2)."""
        try:
            content = lds.read_file(self._conversation.transmit, lds.CARD_SECURITY, self._size)
            self._card_security = card_security.parse(content)
        except FileMissing:
            pass
        except CardProblem as trouble:
            if trouble.code is not FailureCode.CARD_DATA_UNREADABLE:
                raise

    def _read_opened(
        self, opened: Opened, access_file: SecurityInfos | None, keys: AccessKeys, today: date
    ) -> Found:
        self._listed = com.data_groups(self._file(lds.COM))
        self._passive.take_security_object(self._file(lds.SOD))
        chip_infos = self._prove_chip(opened, access_file)
        zone, printed_file = self._identity_files()
        self._progress(ReadStep.PROOF)
        self._check_identity_files()
        parsed = dg1.parse(zone)
        try:
            holder = dg1.vietnamese(parsed)
        except CardProblem as trouble:
            raise NotProven(trouble.code, trouble.detail, self._settled(parsed.issuer)) from None
        printed = printed_data(printed_file, self._notes)
        citizen = citizen_of(holder, printed, self._notes, today)
        same = compared(holder, printed, keys, self._notes)
        self._proof = replace(self._proof, identity=same)
        if same is Agreement.DIFFER:
            self._refuse(self._settled(holder.issuer))
        self._identity(citizen)
        self._authenticate_actively(chip_infos)
        photo = self._photo()
        self._proof = self._settled(holder.issuer)
        self._refuse(self._proof)
        if self._proof.file_list is Agreement.DIFFER:
            self._notes.add(Note.FILE_LISTS_DIFFER)
        return Found(citizen, self._proof, frozenset(self._notes), photo)

    # -- the files -------------------------------------------------------------------------------------------

    def _file(self, file: ElementaryFile) -> bytes:
        try:
            return lds.read_file(self._conversation.transmit, file, self._size)
        except FileMissing as missing:
            raise unreadable(f"the card does not give {missing}") from None

    def _group(self, number: int) -> bytes | None:
        """A data group, judged beside what follows; ``None`` when the card does not give it, or gives of one
        that can be done without something that is no file.
        """
        try:
            content = lds.read_file(self._conversation.transmit, lds.data_group(number), self._size)
        except FileMissing:
            self._withheld.add(number)
            return None
        except CardProblem as trouble:
            note = _WITHOUT.get(number)
            if note is None or trouble.code is not FailureCode.CARD_DATA_UNREADABLE:
                raise
            self._withheld.add(number)
            self._notes.add(note)
            return None
        self._passive.take_group(number, content)
        return content

    def _identity_files(self) -> tuple[bytes, bytes | None]:
        """DG1 and DG13.

        The answer to the first of them proves the channel of chip authentication.
        """
        try:
            zone = self._group(1)
        except CardProblem as trouble:
            if self._unproven_channel and chip_authentication.disproves(trouble):
                self._proof = replace(self._proof, chip_authentication=ChipProof.FAILED)
                raise ChipNotProven(FailureCode.CHIP_COPIED, trouble.detail, self._settled(None)) from None
            raise
        if self._unproven_channel:
            self._proof = replace(self._proof, chip_authentication=ChipProof.PASSED)
        if zone is None:
            raise unreadable("the card does not give DG1")
        wanted = 13 in self._listed or 13 in self._passive.security_object().hashes
        return zone, self._group(13) if wanted else None

    def _photo(self) -> FaceImage | None:
        if not self._plan.photo or 2 not in self._passive.security_object().hashes:
            return None
        self._progress(ReadStep.PHOTO)
        content = self._group(2)
        if content is None or self._passive.group(2) is not GroupHash.MATCH:
            return None
        try:
            return dg2.parse(content)
        except CardProblem:
            self._notes.add(Note.PHOTO_UNREADABLE)
            return None

    # -- the proof -------------------------------------------------------------------------------------------

    def _prove_chip(self, opened: Opened, access_file: SecurityInfos | None) -> SecurityInfos | None:
        """DG14, and chip authentication with the key in it; the channel is another one after that."""
        content = self._group(14)
        infos: SecurityInfos | None = None
        if content is not None:
            try:
                infos = dg14.parse(content)
            except CardProblem:
                self._proof = replace(self._proof, chip_authentication=ChipProof.UNSUPPORTED)
        if opened.chip_mapping is not None:
            self._prove_mapping(opened.chip_mapping, infos)
        if infos is None:
            return None
        if access_file is not None:
            self._proof = replace(self._proof, access_file=infos.compare(access_file))
        try:
            result = chip_authentication.authenticate(
                self._conversation.transmit, infos, extended_length=self._size.bytes > SHORT_LE
            )
        except NotCarriedOut as answer:
            self._proof = replace(self._proof, chip_authentication=answer.proof)
            return infos
        self._conversation.channel = SecureChannel(result.keys)
        self._size.short_answer = self._conversation.channel.largest_short_answer
        self._unproven_channel = True
        return infos

    def _prove_mapping(self, mapping: ChipMapping, infos: SecurityInfos | None) -> None:
        """PACE with chip authentication mapping, against the key in DG14 or in EF.CardSecurity."""
        result = ChipProof.NOT_OFFERED
        if infos is not None:
            result = pace_mapping.verify_chip_mapping(mapping, infos)
        file = self._card_security
        if result is ChipProof.NOT_OFFERED and file is not None:
            if file.signature is Signature.INVALID:
                result = ChipProof.FAILED
            elif self._passive.vouches_for(file):
                result = pace_mapping.verify_chip_mapping(mapping, file.infos)
        self._proof = replace(self._proof, pace_chip_mapping=result)

    def _authenticate_actively(self, infos: SecurityInfos | None) -> None:
        if self._proof.chip_proven and not self._plan.every_proof:
            return
        if 15 not in self._listed and 15 not in self._passive.security_object().hashes:
            return
        content = self._group(15)
        if content is None:
            return
        proven = self._proof.chip_proven
        try:
            result = active_authentication.authenticate(
                self._conversation.transmit,
                content,
                infos,
                extended_length=self._size.bytes > SHORT_LE,
                # A copy that refuses is caught; a chip that has proven itself already may refuse.
                refusal=ChipProof.UNSUPPORTED if proven else ChipProof.WITHHELD,
            )
        except CardProblem as trouble:
            # A long answer that the reader cuts off says nothing about the chip.
            if not proven or self._plan.photo or trouble.code is not FailureCode.CARD_CHANNEL_BROKEN:
                raise
            result = ChipProof.UNSUPPORTED
        self._proof = replace(self._proof, active_authentication=result)

    def _check_identity_files(self) -> None:
        """Nothing is made of the data before signature and hashes were found right.

        Raises ``NotProven``.
        """
        signature = self._passive.security_object().signature
        results = [self._passive.group(number) for number in (1, 13) if self._passive.has(number)]
        if signature is not Signature.VALID or any(result is not GroupHash.MATCH for result in results):
            self._refuse(self._settled(None))

    def _settled(self, country: str | None) -> CardProof:
        files = self._passive.finish(self._listed, frozenset(self._withheld), country)
        signed = files.security_object.hashes
        return replace(
            self._proof,
            sod_signature=files.security_object.signature,
            data_groups=files.data_groups,
            chain=files.chain,
            file_list=files.file_list,
            chip_authentication=self._offered(self._proof.chip_authentication, 14 in signed, 14),
            active_authentication=self._offered(self._proof.active_authentication, 15 in signed, 15),
        )

    def _offered(self, result: ChipProof, signed: bool, number: int) -> ChipProof:
        """A proof that was not done: because the card withholds its key, or because none was ever signed."""
        if result is not ChipProof.NOT_DONE:
            return result
        if signed and number in self._withheld:
            return ChipProof.WITHHELD
        return ChipProof.NOT_DONE if signed else ChipProof.NOT_OFFERED

    def _refuse(self, proof: CardProof) -> None:
        code = failure_of(proof)
        if code is not None:
            raise NotProven(code, ", ".join(proof.doubts), proof)
