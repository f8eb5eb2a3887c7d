"""Inputs to start from: the files of virtual cards and of invented issuers, made anew in each process."""

from __future__ import annotations

import base64
import io
import tempfile
from functools import cache
from pathlib import Path

from tests.fuzz import ber_tree
from tests.fuzz.ber_tree import Node, length_of

PRESETS = (
    "genuine", "aa-rsa", "aa-ecdsa-der", "ca-dh", "ca-3des", "ca-aes-256", "pace-cam", "pace-im", "pace-3des",
    "signed-rsa", "signed-rsa-pss", "signed-sha1", "signed-explicit", "signed-p521", "portrait-jpeg-2000",
    "passport",
    "details-odd-text", "details-opaque", "portrait-two",
)  # fmt: skip
SOD, COM, CARD_ACCESS = 0x1D, 0x1E, 0x1C
_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []


def folder() -> Path:
    """A folder that goes with the process."""
    _FOLDERS.append(tempfile.TemporaryDirectory(prefix="fuzz-"))
    return Path(_FOLDERS[-1].name)


@cache
def issuer():
    """The demo issuer."""
    from devices.virtual.chip_card.issuer import DemoIssuer

    return DemoIssuer(folder())


@cache
def chip(name: str = "genuine"):
    """The chip of a ready card of the virtual reader."""
    from devices.virtual.chip_card import demo_citizens
    from devices.virtual.chip_card.personalisation import personalise
    from devices.virtual.chip_card.presets import preset

    return personalise(demo_citizens()["lan"], issuer(), preset(name).profile)


def files(sfi: int, names: tuple[str, ...] = PRESETS) -> list[bytes]:
    """That file of these cards, each content once."""
    found = (chip(name).files.get(sfi) for name in names)
    return list(dict.fromkeys(content for content in found if content))


def inside(content: bytes) -> bytes:
    """The value of an object."""
    node = (ber_tree.decode(content) or [Node(b"")])[0]
    return node.value


def find(content: bytes, tag: bytes) -> list[bytes]:
    """All objects with that tag, at any depth."""
    return [node.encode() for one in ber_tree.decode(content) or () for node in one.walk() if node.tag == tag]


def wrapped(tag: str, *parts: bytes) -> bytes:
    """One object around others."""
    content = b"".join(parts)
    return bytes.fromhex(tag) + length_of(len(content)) + content


# -- DG2


def pictures() -> list[bytes]:
    """JPEG and JPEG 2000 in the forms that cards and cameras have."""
    from PIL import Image

    drawn = Image.radial_gradient("L").resize((48, 64)).convert("RGB")
    found = []
    for kind, options in (
        ("JPEG", {}), ("JPEG", {"progressive": True, "quality": 40}),
        ("JPEG", {"comment": b"x", "dpi": (300, 300)}),
        ("JPEG2000", {}), ("JPEG2000", {"no_jp2": True}),
        ("JPEG2000", {"irreversible": True, "num_resolutions": 3}),
    ):  # fmt: skip
        for picture in (drawn, drawn.convert("L")):
            buffer = io.BytesIO()
            picture.save(buffer, kind, **options)
            found.append(buffer.getvalue())
    return found


def face_of_39794() -> bytes:
    """DG2 with the newer record."""
    size = wrapped("a7", wrapped("80", b"\0\x30"), wrapped("81", b"\0\x40"))
    picture = wrapped("a0", wrapped("80", pictures()[0]), wrapped("a1", wrapped("80", b"\2"), size))
    representation = wrapped("30", wrapped("80", b"\0"), wrapped("a1", wrapped("a0", picture)))
    record = wrapped("a1", wrapped("65", wrapped("a0", wrapped("80", b"\3")), wrapped("a1", representation)))
    return wrapped("75", wrapped("7f61", b"\2\1\1", wrapped("7f60", wrapped("a1"), wrapped("7f2e", record))))


# -- keys, certificates, signed data


def public_keys() -> list[bytes]:
    """SubjectPublicKeyInfo of chips and of signers."""
    keys = [inside(content) for content in files(15)]
    for content in files(14):
        keys += [
            part.encode()
            for entry in ber_tree.decode(inside(inside(content))) or ()
            for part in (entry.children or [])[1:2]
            if part.tag == b"\x30"
        ]
    return list(dict.fromkeys(keys))


def envelopes() -> list[bytes]:
    """CMS of EF.SOD, of a master list, with indefinite lengths, and without signers."""
    from tests.devices.chip_card import trust_material as made

    key = made.EcKey()
    signer = made.Authority().signer(key)
    content = made.security_object({1: b"1"})
    second = ber_tree.decode(made.signed_data(content, key, signer, by_key_id=True)) or []
    found = [inside(sod) for sod in files(SOD)] + master_lists()[:1]
    return [*found, second[0].encode(), *(indefinite(one) for one in found[:3])]


def signed_contents() -> list[bytes]:
    """LDS security objects."""
    return [
        inside(inside(wrapping))
        for sod in files(SOD)[:4]
        for wrapping in find(sod, b"\xa0")
        if inside(wrapping)[:1] == b"\x04"
    ]


@cache
def _certificates() -> tuple[bytes, ...]:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from devices.chip_card.access import elliptic_curves as curves
    from tests.devices.chip_card import trust_material as made

    found = [*issuer().trust_anchors()]
    authority = made.Authority()
    keys = (
        made.EcKey(curves.BRAINPOOL_P224R1), made.EcKey(curves.SECP521R1, explicit=False), made.RsaKey(),
        made.RsaKey("pss", "sha512", restricted=True), made.EcKey(compressed=True),
        made.RsaKey(private=rsa.generate_private_key(3, 1024)),  # noqa: S505 - as old ones have it
    )  # fmt: skip
    found += [authority.signer(key) for key in keys]
    found += [
        authority.link_to(made.Authority("CSCA 2")),
        made.Authority(key=made.RsaKey("pss")).certificate(),
    ]
    found += [
        authority.certificate(),
        authority.signer(extended="2.23.136.1.1.3", usage=(), constraints=False),
    ]
    return tuple(found)


def certificates() -> list[bytes]:
    """Of authorities and signers, with every kind of key; the first three are the demo roots."""
    return list(_certificates())


def verifications() -> list[bytes]:
    """Key, algorithm and signature of each certificate, one after the other."""
    found = []
    for der in certificates():
        body, algorithm, signature = (ber_tree.decode(inside(der)) or [])[:3]
        parts = [child.encode() for child in body.children or ()]
        key = next(part for part in parts[5:] if part[:1] == b"\x30")
        found.append(key + algorithm.encode() + wrapped("04", signature.value[1:] or signature.encode()[3:]))
    return found


def revocation_lists() -> list[bytes]:
    """Empty, short, partial."""
    from asn1crypto import core

    from tests.devices.chip_card import trust_material as made

    authority = made.Authority()
    lists = [authority.revocation_list(), authority.revocation_list(1, 2, 1 << 60, next_update=None)]
    lists.append(
        authority.revocation_list(
            7, extra=[{"extn_id": "delta_crl_indicator", "extn_value": core.Integer(1)}]
        )
    )
    return [*lists, issuer().revocation_list()]


def master_list_content(ders: list[bytes]) -> bytes:
    """What is signed of a master list."""
    return wrapped("30", b"\2\1\0", wrapped("31", *sorted(ders)))


def master_lists() -> list[bytes]:
    """A signed list of a few certificates."""
    from tests.devices.chip_card import trust_material as made

    country, key = made.Authority(country="UT"), made.EcKey()
    signer = country.signer(key, extended="2.23.136.1.1.3")
    ders = [country.certificate(), *certificates()[:3]]
    content = master_list_content(ders)
    return [made.signed_data(content, key, signer, content_type=made.MASTER_LIST, certificates=[signer])]


def bundles() -> list[bytes]:
    """PEM, LDIF and DER one after the other, with everything that may stand in them."""
    from asn1crypto import pem

    ders, lists, masters = certificates()[:4], revocation_lists()[:2], master_lists()
    text = b"".join(pem.armor("CERTIFICATE", der) for der in ders[:2]) + pem.armor("X509 CRL", lists[0])
    further = pem.armor("CMS", masters[0]) + pem.armor("PRIVATE KEY", b"no key") + b"words between\r\n"
    return [
        text,
        further + text.replace(b"\n", b"\r\n"),
        b"".join(ders),
        ders[0] + b"\0",
        _ldif(ders, lists, masters),
    ]


def _ldif(ders: list[bytes], lists: list[bytes], masters: list[bytes]) -> bytes:
    lines = ["version: 1", ""]
    for attribute, values in (
        ("cACertificate;binary", ders[:2]), ("certificateRevocationList;binary", lists),
        ("CscaMasterListData", masters), ("userCertificate;binary", ders[3:4]),
        ("pkdMasterListContent", masters),
    ):  # fmt: skip
        for number, value in enumerate(values):
            text = f"{attribute}:: {base64.b64encode(value).decode()}"
            lines += [f"dn: cn={number},c=VN,dc=data", "objectClass: top", text[:76]]
            lines += [f" {text[place : place + 75]}" for place in range(76, len(text), 75)] + [""]
    return "\n".join(lines).encode()


# -- forms


def indefinite(data: bytes) -> bytes:
    """The same with indefinite lengths, octet strings in two pieces."""
    return b"".join(_indefinite(node) for node in ber_tree.decode(data) or ())


def _indefinite(node: Node) -> bytes:
    if node.tag == b"\x04" and len(node.value) > 3:
        half = len(node.value) // 2
        pieces = wrapped("04", node.value[:half]) + wrapped("04", node.value[half:])
        return b"\x24\x80" + pieces + b"\0\0"
    if node.children is None or not node.tag[0] & 0x20:
        return node.encode()
    return node.tag + b"\x80" + b"".join(_indefinite(child) for child in node.children) + b"\0\0"


def whole_cards() -> list[bytes]:
    """EF.SOD, EF.COM and the groups of a card, one after the other."""
    found = []
    for name in ("genuine", "signed-rsa-pss", "passport", "details-odd-text"):
        card = chip(name).files
        found.append(b"".join(card[sfi] for sfi in (SOD, COM, 1, 13, 14) if sfi in card))
    return found


def identities() -> list[bytes]:
    """DG1 and DG13 of a card, one after the other."""
    names = ("genuine", "passport", "foreign-card", "details-odd-text", "details-opaque", "other-number")
    cards = (chip(name).files for name in names)
    return list(dict.fromkeys(card[1] + card.get(13, b"") for card in cards))
