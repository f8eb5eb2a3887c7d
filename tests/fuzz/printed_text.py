"""Targets: what a scanner gives or a person types."""

from __future__ import annotations

from datetime import date

from tests.fuzz.mutations import Form, bytes_of, text_of
from tests.fuzz.target import Loaded, Target

TODAY = date(2026, 11, 22)
QR_2021 = "008078000123|070123456|Nguyễn Thị Hà|12031978|Nữ|Tổ dân phố 3, Phường Nam Sơn, Bắc Ninh|25042021"
QR_2024 = QR_2021 + "||Nguyễn Văn Cha|Trần Thị Mẹ"
TD1 = "IDVNM1990123456001199012345<<7", "9902015F3902013VNM<<<<<<<<<<<0", "NGUYEN<<THI<VI<DU<<<<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def _texts(*texts: str) -> list[bytes]:
    return [bytes_of(text) for text in texts]


def _mrz() -> Loaded:
    from kiosk.identity import mrz

    def call(data: bytes) -> None:
        zone = mrz.parse(text_of(data))
        assert zone.full_name == zone.full_name.strip()
        _ = zone.country, zone.birth_date, zone.birth_date_before(TODAY), zone.expiry_date, zone.information

    return Loaded(call, (mrz.MrzError,), _texts(*("".join(lines) for lines in (TD1, TD2, TD3))))


def _typed_mrz() -> Loaded:
    from kiosk.identity import mrz

    def call(data: bytes) -> None:
        text = text_of(data)
        zone = mrz.parse_typed(text)
        assert mrz.parse(mrz.clean(text)) == zone

    seeds = _texts(
        *("\n".join(lines) for lines in (TD1, TD2, TD3)), " ".join(TD1).lower(), "\r\n".join(TD1)[:-9]
    )
    return Loaded(call, (mrz.MrzError,), seeds)


def _access_keys() -> Loaded:
    from kiosk.identity.access_keys import AccessKeyError, AccessKeys

    ways = (AccessKeys.from_mrz, AccessKeys.from_can, AccessKeys.from_number)

    def call(data: bytes) -> None:
        keys = ways[data[0] % len(ways) if data else 0](text_of(data[1:]))
        assert AccessKeys(keys.can, keys.mrz, keys.number) == keys
        assert keys.can is None or keys.can not in repr(keys)

    typed = (
        "\0" + "\n".join(TD1), "\0L898902C<369080619406236", "\0L898902C, 690806, 940623",
        "\0001199012345 01/02/1999 1.2.39",
        "\0B1234567; 1999-02-01; 20390201", "\1012345", "\1O1 23.45", "\2001199012345", "\2001-199-012-345",
    )  # fmt: skip
    return Loaded(call, (AccessKeyError,), _texts(*typed))


def _card_qr() -> Loaded:
    from kiosk.identity import card_qr
    from kiosk.identity.access_keys import AccessKeys

    def call(data: bytes) -> None:
        read = card_qr.parse(text_of(data))
        assert read.can == read.number[6:]
        _ = read.citizen()
        AccessKeys.from_qr(read, TODAY)
        AccessKeys.from_qr(read)

    return Loaded(
        call,
        (card_qr.CardQrError,),
        _texts(QR_2021, QR_2024, QR_2024 + "|x|y|z", QR_2021.replace("070123456", "")),
    )


def _scanned() -> Loaded:
    """What a scanner's line brings, cut into blocks anywhere, up to the keys of a card."""
    from devices.code_scanner.lines import LineAssembler
    from kiosk.identity import card_qr
    from kiosk.identity.access_keys import AccessKeys

    def call(data: bytes) -> None:
        lines = LineAssembler(lambda: 0.0)
        cut = data[0] + 1 if data else 1
        for place in range(1, len(data), cut):
            for code in lines.feed(data[place : place + cut]):
                try:
                    AccessKeys.from_qr(card_qr.parse(code), TODAY)
                except card_qr.CardQrError:
                    continue

    sent = (QR_2021 + "\r\n" + QR_2024 + "\n", QR_2024 + "\r", "\n\n", "https://example.invalid/\r")
    return Loaded(call, (), [cut + line.encode() for cut in (b"\7", b"\xff") for line in sent])


TARGETS = (
    Target("mrz", "MRZ", Form.TEXT, _mrz, longest=400, short=6000),
    Target("mrz-typed", "MRZ", Form.TEXT, _typed_mrz, longest=2000, short=4000),
    Target("access-keys", "MRZ", Form.TEXT, _access_keys, longest=2000, short=4000),
    Target("scanned-lines", "QR", Form.BYTES, _scanned, longest=4000, short=500),
    Target("card-qr", "QR", Form.TEXT, _card_qr, longest=4000, short=4000),
)
