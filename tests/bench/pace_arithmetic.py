"""How long the reader's own part of PACE takes: mapping and key agreement, without card and line.

Each row is the median of one run's arithmetic with the chip's keys made beforehand, next to one native ECDH
on the same curve in the same run, which is the least that any of its steps can take: five of them, if OpenSSL
gave whole points. The curves that OpenSSL lacks are computed in Python. All in processor time, so that other
programs on the machine do not show.

Run: ``python -m tests.bench.pace_arithmetic``
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import ec

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access import pace, pace_mapping
from devices.chip_card.access.agreement_groups import AgreementGroup
from devices.chip_card.access.domain_parameters import STANDARDIZED, Curve
from devices.chip_card.access.modp_groups import STANDARDIZED as PRIME_FIELDS
from devices.chip_card.access.session_keys import CipherSuite

ROUNDS = 60
NONCE = bytes(range(16))


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median processor time of a call, in milliseconds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return statistics.median(times) * 1000


def generic(group: AgreementGroup) -> Callable[[], object]:
    """Generic mapping and key agreement, as ``pace.establish`` runs them."""
    chip_mapping, chip_key = group.generate().public, group.generate().public

    def run() -> object:
        generator, _ = pace_mapping.map_generic(
            group, NONCE, lambda _own: chip_mapping, lambda of: of.generate()
        )
        return agree(group, generator, chip_key)

    return run


def integrated(group: AgreementGroup) -> Callable[[], object]:
    """Integrated mapping and key agreement."""
    chip_key = group.generate().public

    def run() -> object:
        generator = pace_mapping.map_integrated(group, CipherSuite.AES_128, NONCE, lambda _nonce: b"")
        return agree(group, generator, chip_key)

    return run


def agree(group: AgreementGroup, generator: bytes, chip_key: bytes) -> bytes:
    """A fresh key on the session's generator, and the shared secret."""
    key = group.generate()
    key.multiply(generator)
    group.canonical(chip_key)
    return key.shared_secret(chip_key)


def native_ecdh(curve: Curve) -> float | None:
    """One ECDH of OpenSSL, ``None`` where it has no such curve."""
    if curve.native is None or not curves.runs_natively(curve):
        return None
    key, peer = ec.generate_private_key(curve.native), ec.generate_private_key(curve.native).public_key()
    return median_ms(lambda: key.exchange(ec.ECDH(), peer))


def main() -> None:
    """Print one line for each group."""
    print(f"{'group':18} {'GM ms':>8} {'IM ms':>8} {'ECDH ms':>8} {'GM/ECDH':>8}")
    for curve in STANDARDIZED:
        group = pace.agreement_group(curve)
        ecdh, gm = native_ecdh(curve), median_ms(generic(group))
        im = f"{median_ms(integrated(group)):8.2f}" if curve.p % 4 == 3 else f"{'none':>8}"
        native = f"{ecdh:8.2f} {gm / ecdh:8.1f}" if ecdh is not None else f"{'none':>8}"
        print(f"{curve.name:18} {gm:8.2f} {im} {native}")
    for parameters in PRIME_FIELDS:
        group = pace.agreement_group(parameters)
        rows = median_ms(generic(group), 10), median_ms(integrated(group), 10)
        print(f"DH {parameters.parameter_id:<15} {rows[0]:8.2f} {rows[1]:8.2f}")


if __name__ == "__main__":
    main()
