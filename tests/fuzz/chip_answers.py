"""Targets: what a chip answers, from the bare APDU up to whole protocols with one answer changed.

An input for a protocol says in its first byte which answer is changed and in its second how; the rest is
what it is changed with. Every other answer is an honest chip's.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.fuzz.mutations import Form
from tests.fuzz.target import LARGEST_FILE, Loaded, Target


class FuzzedChip:
    """Transmits to an honest chip, and changes the answer whose turn it is."""

    def __init__(self, honest: Callable[[bytes], bytes], data: bytes) -> None:
        self._honest = honest
        self._which, self._how = (data[0] & 0x3F, data[1]) if len(data) > 1 else (0, 0)
        self._rest = data[2:]
        self._exchanges = 0
        self.changed = False

    def process(self, raw: bytes) -> bytes:
        """One command and its answer, status included."""
        answer = self._honest(raw)
        assert self._exchanges < 2000, "it asks without end"
        if self._exchanges == self._which:
            fuzzed = self._fuzzed(answer)
            self.changed = fuzzed != answer
            answer = fuzzed
        self._exchanges += 1
        return answer

    def transmit(self, command):
        """The same with parsed APDUs."""
        from devices.chip_card.apdu import Response

        answer = self.process(command.encode())
        return Response.decode(answer if len(answer) >= 2 else b"\x6f\x00")

    def _fuzzed(self, answer: bytes) -> bytes:
        how, rest = self._how % 6, self._rest
        if how == 0:
            return rest + b"\x90\x00"
        if how == 1:
            return rest if len(rest) >= 2 else b"\x6f\x00"
        if how == 2:
            mask = rest.ljust(len(answer), b"\0")
            return bytes(mine ^ its for mine, its in zip(answer, mask, strict=False)) or b"\x90\x00"
        if how == 3:
            return answer[: len(rest)].ljust(2, b"\0")
        if how == 4:  # the same objects around other values
            return _with_value(answer[:-2], rest) + answer[-2:]
        return answer[:-2] + rest[:40] + answer[-2:]


def _with_value(data: bytes, value: bytes) -> bytes:
    from tests.fuzz import ber_tree

    nodes = ber_tree.decode(data)
    if not nodes:
        return value
    leaf = nodes[0]
    while leaf.children:
        leaf = leaf.children[0]
    leaf.children, leaf.value = None, value
    return ber_tree.encode(nodes)


class Recorded:
    """A chip's answers in their order, as it gave them once: to the same commands they are honest."""

    def __init__(self, honest: Callable[[bytes], bytes]) -> None:
        self._honest = honest
        self._answers: list[bytes] = []
        self._next = 0

    def record(self, raw: bytes) -> bytes:
        """Ask the chip, and remember."""
        self._answers.append(self._honest(raw))
        return self._answers[-1]

    def rewind(self) -> Recorded:
        """From the first answer on again."""
        self._next = 0
        return self

    def __call__(self, raw: bytes) -> bytes:
        """The next answer; commands beyond the record are refused."""
        self._next += 1
        return self._answers[self._next - 1] if self._next <= len(self._answers) else b"\x6d\x00"


def answers(*data: bytes, steps: int = 6) -> list[bytes]:
    """Seeds: each of these at every step, in every manner."""
    return [bytes((step, how)) + one for step in range(steps) for how in (0, 2, 4) for one in data]


def _fixed(seed: int) -> Callable[[int], bytes]:
    return Random(seed).randbytes  # noqa: S311 - to be repeated


def _apdu() -> Loaded:
    from devices.chip_card.apdu import Command, Response

    def call(data: bytes) -> None:
        if len(data) >= 2:
            assert Response.decode(data).encode() == data
        command = Command.decode(data)
        assert Command.decode(command.encode()) == command
        assert command.extended or len(data) <= 261

    whole = (
        "00a4040c07a0000002471001",
        "00b09c0000",
        "0088000008000102030405060700",
        "00b000000000000000",
        "9000",
    )
    long = Command(0, 0x86, 0, 0, bytes(300), 65536).encode()
    return Loaded(call, (ValueError,), [*map(bytes.fromhex, whole), long])


def _channels():
    from devices.chip_card.access.secure_messaging import SecureChannel
    from devices.chip_card.access.session_keys import CipherSuite, session_keys
    from devices.virtual.chip_card.chip_channel import ChipChannel

    keys = [session_keys(b"fuzzed", suite) for suite in CipherSuite]
    return [(lambda one=one: SecureChannel(one), lambda one=one: ChipChannel(one)) for one in keys]


def _protected_raw() -> Loaded:
    """Any bytes for a protected answer: none of them is the chip's."""
    from devices.chip_card.apdu import Command, Response
    from devices.chip_card.errors import CardProblem

    channels = _channels()
    command = Command(0, 0xB0, 0x9C, 0, b"", 256)

    def call(data: bytes) -> None:
        for reader, _ in channels[:2]:
            channel = reader()
            channel.protect(command)
            try:
                channel.unprotect(Response(data[:-2], int.from_bytes(data[-2:])))
            except CardProblem:
                _closed(channel, command)
            else:
                raise AssertionError("an answer without the key was believed")

    honest = []
    for reader, card in channels[:2]:
        chip = card()
        chip.unwrap(reader().protect(command))
        honest.append(chip.wrap(Response(b"data", 0x9000)).encode())
    honest = [answer[:-3] + bytes((answer[-3] ^ 1,)) + answer[-2:] for answer in honest]
    return Loaded(call, (), honest)


def _closed(channel, command) -> None:
    """A channel that failed stays closed."""
    from devices.chip_card.errors import CardProblem

    try:
        channel.protect(command)
    except CardProblem:
        return
    raise AssertionError("a broken channel goes on")


def _protected_signed() -> Loaded:
    """Anything under a right checksum: the keys are known here. Two bytes choose suite and manner."""
    from devices.chip_card import tlv
    from devices.chip_card.access.block_ciphers import encrypt, mac, pad
    from devices.chip_card.access.secure_messaging import SecureChannel
    from devices.chip_card.access.session_keys import CipherSuite, session_keys
    from devices.chip_card.apdu import Command, Response
    from devices.chip_card.errors import CardProblem

    suites = list(CipherSuite)
    keys = {suite: session_keys(b"fuzzed", suite) for suite in suites}
    command = Command(0, 0xB0, 0x9C, 0, b"", 256)

    def call(data: bytes) -> None:
        if len(data) < 4:
            return
        suite = suites[data[0] % 4]
        known, counter = keys[suite], (2).to_bytes(suite.block)
        how, body, sw = data[1] % 3, data[2:-2], data[-2:]
        if how == 1:  # encrypted, the padding being whatever decryption gives
            cipher = body[: len(body) // suite.block * suite.block]
            body = tlv.encode(0x87, b"\x01" + cipher) + tlv.encode(0x99, sw)
        elif how == 2:  # encrypted whole, with these bytes for padding
            plain = body + bytes(-len(body) % suite.block)
            vector = (
                None if suite is CipherSuite.TDES else encrypt(suite, known.encryption, counter, bytes(16))
            )
            body = tlv.encode(0x87, b"\x01" + encrypt(suite, known.encryption, plain, vector)) + tlv.encode(
                0x99, sw
            )
        checksum = mac(suite, known.mac, counter + pad(body, suite.block))
        channel = SecureChannel(known)
        channel.protect(command)
        answer = Response(body + tlv.encode(0x8E, checksum), int.from_bytes(sw))
        try:
            plain_answer = channel.unprotect(answer)
        except CardProblem:
            _closed(channel, command)
            raise
        assert plain_answer.sw == answer.sw
        assert len(plain_answer.data) < len(body)

    seeds = [bytes((suite, how)) + rest for suite in range(4) for how in range(3) for rest in (
        bytes.fromhex("990290009000"), bytes.fromhex("871101") + bytes(16) + bytes.fromhex("990290009000"),
        bytes(48) + b"\x90\x00", b"plain\x80\0\0\x90\x00", b"\x80" + bytes(15) + b"\x62\x82",
    )]  # fmt: skip
    return Loaded(call, (CardProblem,), seeds)


def _read_file() -> Loaded:
    """READ BINARY of a file by a chip that lies at one answer, after it in the same way for ever."""
    from devices.chip_card import lds
    from devices.chip_card.apdu import Command, Response
    from devices.chip_card.errors import CardProblem

    names = (lds.CARD_ACCESS, lds.COM, lds.SOD, lds.data_group(2), lds.data_group(13))

    def call(data: bytes) -> None:
        if len(data) < 4:
            return
        file, lie_from, manner = names[data[0] % len(names)], data[1] & 7, data[1] >> 3
        content = data[4:]
        count = 0

        def transmit(command: Command) -> Response:  # noqa: PLR0911 - each lie by itself
            nonlocal count
            count += 1
            assert count < 1200, "it reads without end"
            if manner & 7 == 7 and count <= 4:
                return Response(b"", (0x6A82, 0x6D00, 0x6700, 0x6C10)[data[2] & 3])
            if command.ins == 0xA4:
                return Response(b"", 0x9000)
            odd = command.ins == 0xB1
            offset = int.from_bytes(command.data[2:]) if odd else (command.p1 << 8 | command.p2)
            offset = command.p2 if command.p1 & 0x80 and not odd else offset
            part = content[offset : offset + (command.le or 0)]
            if count <= lie_from:
                part = part[: max(1, data[2])]
                return Response(b"\x53" + bytes((len(part) & 0x7F,)) + part if odd else part, 0x9000)
            if manner & 3 == 0:
                return Response(part[: data[2]], 0x9000 if data[3] & 1 else 0x6282)
            if manner & 3 == 1:
                return Response(part + data[2:4], 0x9000)
            if manner & 3 == 2:
                return Response(b"", int.from_bytes(data[2:4]))
            return Response(part[: command.le], int.from_bytes(data[2:4]))

        size = lds.BlockSize()
        seen = bytearray()
        whole = lds.read_file(transmit, file, size, seen.extend)
        assert bytes(seen) == whole
        assert len(whole) <= LARGEST_FILE
        assert 0 < size.bytes <= 65536

    seeds = []
    for place, file in enumerate(names):
        tag = file.tag.to_bytes((file.tag.bit_length() + 7) // 8)
        for content in (
            tag + b"\x03abc",
            tag + b"\x82\x02\x00" + bytes(512),
            tag + b"\x82\x90\x00" + bytes(0x9000),
        ):
            seeds += [
                bytes((place, how)) + b"\xe0\x01" + content for how in (0x07, 0x01, 0x0A, 0x13, 0x1B, 0x3C)
            ]
    return Loaded(call, (CardProblem, lds.FileMissing), seeds)


def _pace(name: str) -> Callable[[], Loaded]:
    def load() -> Loaded:
        from devices.chip_card.access import pace, pace_mapping, security_infos
        from devices.chip_card.access.session_keys import password_from_can
        from devices.chip_card.data_groups import dg14
        from devices.chip_card.errors import CardProblem
        from devices.virtual.chip_card.card import VirtualCard
        from tests.fuzz import material

        chip = material.chip(name)
        infos = security_infos.parse(chip.files[material.CARD_ACCESS])
        keys = dg14.parse(chip.files[14])
        info = infos.best_pace()
        password = password_from_can(chip.can)

        secret = 0x1234567890ABCDEF << 128

        def run(process: Callable[[bytes], bytes], data: bytes):
            fuzzed = FuzzedChip(process, data)
            keys_in_turn = iter((secret, secret + 1))
            return pace.establish(
                fuzzed.transmit, info, password, pace.CAN,
                new_key=lambda group: group.key(next(keys_in_turn)), random=_fixed(1),
            )  # fmt: skip

        honest = Recorded(VirtualCard(chip).process)
        run(honest.record, b"\x3f\x00")

        def call(data: bytes) -> None:
            result = run(honest.rewind(), data)
            if result.chip_mapping is not None:
                pace_mapping.verify_chip_mapping(result.chip_mapping, keys)

        size = 2 * info.domain.size
        point = b"\x04" + bytes(size)
        objects = [b"\x7c\x12\x80\x10" + bytes(16), b"\x7c\x00", b"\x7c\x0a\x86\x08" + bytes(8)]
        return Loaded(
            call, (CardProblem,), answers(b"", point, b"\0", *objects, b"\1", bytes(16), b"\x63\xc2")
        )

    return load


def _bac() -> Loaded:
    from devices.chip_card.access import bac
    from devices.chip_card.errors import CardProblem
    from devices.virtual.chip_card.card import VirtualCard
    from tests.fuzz import material

    chip = material.chip("bac-only")

    def call(data: bytes) -> None:
        from devices.chip_card.lds import select_application

        fuzzed = FuzzedChip(VirtualCard(chip).process, data)
        select_application(fuzzed.transmit)
        channel = bac.establish(fuzzed.transmit, chip.mrz, _fixed(1))
        assert channel is not None

    return Loaded(call, (CardProblem,), answers(b"", bytes(8), bytes(40), b"\x63\x00", b"\1"))


def _bac_signed() -> Loaded:
    """The chip's cryptogram under a right checksum, with any content."""
    from devices.chip_card.access import bac
    from devices.chip_card.access.block_ciphers import encrypt, pad, retail_mac
    from devices.chip_card.access.session_keys import CipherSuite, password_from_mrz, session_keys
    from devices.chip_card.apdu import Command, Response
    from devices.chip_card.errors import CardProblem

    information = "L898902C<369080619406236"
    keys = session_keys(password_from_mrz(information)[:16], CipherSuite.TDES)

    def call(data: bytes) -> None:
        def transmit(command: Command) -> Response:
            if command.ins == 0x84:
                return Response(bytes(8), 0x9000)
            plain = data[: len(data) // 8 * 8] or bytes(8)
            cryptogram = encrypt(keys.suite, keys.encryption, plain)
            return Response(cryptogram + retail_mac(keys.mac, pad(cryptogram, 8)), 0x9000)

        bac.establish(transmit, information, _fixed(1))

    own = bytes(8) + _fixed(1)(8)
    return Loaded(call, (CardProblem,), [own + bytes(16), own, bytes(32), own + bytes(24)])


def _chip_authentication(name: str) -> Callable[[], Loaded]:
    def load() -> Loaded:
        from devices.chip_card.access import chip_authentication
        from devices.chip_card.apdu import Command, Response
        from devices.chip_card.data_groups import dg14
        from devices.chip_card.errors import CardProblem
        from tests.fuzz import material

        chip = material.chip(name)
        infos = dg14.parse(chip.files[14])

        secret = 0x1234567890ABCDEF << 64

        def chip_answer(raw: bytes) -> bytes:
            return (chip.chip_authentication.answer(Command.decode(raw)) or Response(b"", 0x6D00)).encode()

        def run(process: Callable[[bytes], bytes], data: bytes, extended_length: bool) -> None:
            chip_authentication.authenticate(
                FuzzedChip(process, data).transmit, infos, lambda _: secret, extended_length=extended_length
            )

        honest = {extended: Recorded(chip_answer) for extended in (False, True)}
        for extended, recorded in honest.items():
            chip.chip_authentication.reset()
            run(recorded.record, b"\x3f\x00", extended)

        def call(data: bytes) -> None:
            extended = data[:1] > b"\x7f"
            run(honest[extended].rewind(), data, extended)

        return Loaded(
            call, (CardProblem,), answers(b"", b"\x67\x00", b"\x6a\x80", b"\x6d\x00", b"\x7c\x00", bytes(90))
        )

    return load


def _active_authentication(name: str) -> Callable[[], Loaded]:
    def load() -> Loaded:
        from devices.chip_card.access import active_authentication
        from devices.chip_card.apdu import Command, Response
        from devices.chip_card.data_groups import dg14
        from devices.chip_card.errors import CardProblem
        from kiosk.identity.card_proof import ChipProof
        from tests.fuzz import material

        chip = material.chip(name)
        infos, dg15 = dg14.parse(chip.files[14]), chip.files[15]

        def chip_answer(raw: bytes) -> bytes:
            return (chip.active_authentication.answer(Command.decode(raw)) or Response(b"", 0x6D00)).encode()

        honest = Recorded(chip_answer)
        active_authentication.authenticate(
            FuzzedChip(honest.record, b"\x3f\x00").transmit, dg15, infos, _fixed(1)
        )

        def call(data: bytes) -> None:
            fuzzed = FuzzedChip(honest.rewind(), data)
            extended = data[:1] <= b"\x7f"
            proof = active_authentication.authenticate(
                fuzzed.transmit, dg15, infos, _fixed(1), extended_length=extended
            )
            assert extended is False or (proof is ChipProof.PASSED) is not fuzzed.changed

        signed = chip_answer(Command(0, 0x88, 0, 0, bytes(8), 256).encode())[:-2]
        return Loaded(
            call, (CardProblem,), answers(b"", signed, signed[1:], bytes(64), b"\x6c\x10", b"\x67\x00")
        )

    return load


def _recovered() -> Loaded:
    """RSA by ISO/IEC 9796-2: any recovered message, signed by the key that is known here."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    from devices.chip_card.access.active_authentication import verify_rsa

    private = rsa.generate_private_key(65537, 1024)  # noqa: S505 - quick to sign with
    numbers, public = private.private_numbers(), private.public_key()
    n, d = numbers.public_numbers.n, numbers.d

    def call(data: bytes) -> None:
        signature = pow(int.from_bytes(data[:128]) % n, d, n).to_bytes(128)
        verify_rsa(public, signature, b"12345678")
        verify_rsa(public, data, b"12345678")

    trailers = ("bc", "33cc", "34cc", "35cc", "36cc", "38cc", "cc", "")
    return Loaded(call, (), [b"\x6a" + bytes(127 - len(end) // 2) + bytes.fromhex(end) for end in trailers])


def _ecdsa_answers() -> Loaded:
    """Signatures of any form under keys on curves that OpenSSL has, and on one that it lacks."""
    from devices.chip_card.access import elliptic_curves as curves
    from devices.chip_card.access.active_authentication import verify_ecdsa
    from devices.chip_card.trust.public_keys import EllipticCurveKey
    from tests.devices.chip_card import trust_material as made

    own = [made.EcKey(curve) for curve in (curves.SECP256R1, curves.BRAINPOOL_P224R1, curves.SECP521R1)]
    keys = [EllipticCurveKey(key.curve, key.point) for key in own]

    def call(data: bytes) -> None:
        key = keys[data[0] % len(keys)] if data else keys[0]
        verify_ecdsa(key, data[1:], b"12345678", ("sha256", "sha1"))

    seeds = []
    for place, key in enumerate(own):
        size = (key.curve.n.bit_length() + 7) // 8
        r, s = key.pair(b"12345678")
        seeds += [
            bytes((place,)) + r.to_bytes(size) + s.to_bytes(size),
            bytes((place,)) + key.sign(b"12345678"),
        ]
    return Loaded(call, (), seeds)


TARGETS = (
    Target("apdu", "APDU answers", Form.BYTES, _apdu, longest=2000, short=5000),
    Target("protected-raw", "APDU answers", Form.BER, _protected_raw, longest=2000, short=1000),
    Target("protected-signed", "APDU answers", Form.ANSWER, _protected_signed, longest=2000, short=1000),
    Target("read-file", "APDU answers", Form.BYTES, _read_file, longest=LARGEST_FILE, short=1000),
    Target("pace-gm", "APDU answers", Form.ANSWER, _pace("genuine"), longest=600, short=30, cost=8),
    Target("pace-cam", "APDU answers", Form.ANSWER, _pace("pace-cam"), longest=600, short=30, cost=8),
    Target(
        "pace-dh", "APDU answers", Form.ANSWER, _pace("pace-dh"), longest=900, short=10, long=50_000, cost=30
    ),
    Target("pace-im", "APDU answers", Form.ANSWER, _pace("pace-im"), longest=600, short=30, cost=8),
    Target("bac", "APDU answers", Form.ANSWER, _bac, longest=300, short=500),
    Target("bac-signed", "APDU answers", Form.BYTES, _bac_signed, longest=300, short=500),
    Target(
        "ca-ecdh",
        "APDU answers",
        Form.ANSWER,
        _chip_authentication("genuine"),
        longest=600,
        short=60,
        cost=4,
    ),
    Target(
        "ca-dh",
        "APDU answers",
        Form.ANSWER,
        _chip_authentication("ca-dh"),
        longest=600,
        short=10,
        long=50_000,
        cost=40,
    ),
    Target(
        "ca-3des",
        "APDU answers",
        Form.ANSWER,
        _chip_authentication("ca-3des"),
        longest=600,
        short=60,
        cost=4,
    ),
    Target("aa-rsa", "APDU answers", Form.ANSWER, _active_authentication("aa-rsa"), longest=600, short=200),
    Target(
        "aa-ecdsa", "APDU answers", Form.ANSWER, _active_authentication("genuine"), longest=600, short=200
    ),
    Target("aa-recovered", "APDU answers", Form.BYTES, _recovered, longest=300, short=25),
    Target("aa-ecdsa-forms", "APDU answers", Form.BER, _ecdsa_answers, longest=600, short=30, cost=6),
)
