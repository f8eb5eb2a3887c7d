"""Power cuts inside I/O calls of the centre's store: what was told, lost and damaged; controls must fail.

``python -m tests.bench.power_cuts [--cuts N] [--seed N]``. Method, limits: ``tests/faults/losing_disk.py``.
``unsynced`` counts the cuts at which a write was not yet on the disk; only these can show anything.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.faults.power_cuts import PowerCuts, Seeded, Tally

SETTINGS = {
    "as the product is": Seeded(),
    "synchronous=NORMAL": Seeded(synchronous="NORMAL"),
    "synchronous=OFF": Seeded(synchronous="OFF"),
    "disk that ignores sync": Seeded(lies=True),
    "ticket and journal apart": Seeded(two_transactions=True),
    "told before the commit": Seeded(too_early=True),
}


def measured(cuts: PowerCuts, unsynced: int, seed: int, seeded: Seeded) -> Tally:
    """So many cuts with something unsynced."""
    tally = Tally()
    while tally.unsynced < unsynced:
        tally.add(cuts.run(seed, seeded))
        seed += 1
    return tally


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cuts", type=int, default=5000, help="of the product; a fifth for each control")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    words = ("lost", "corrupt", "torn", "numbers", "chain", "epoch")
    columns = ("cuts", "unsynced", "told", "reopened", "in flight", "bad", *words, "worst", "s")
    print(f"{'':26}" + "".join(f"{word:>10}" for word in columns))
    cuts = PowerCuts()
    wrong = False
    try:
        for name, seeded in SETTINGS.items():
            control = seeded != Seeded()
            began = time.monotonic()
            tally = measured(cuts, chosen.cuts // (5 if control else 1), chosen.seed, seeded)
            row = (tally.cuts, tally.unsynced, tally.told, tally.reopened, tally.survived_unacknowledged,
                   tally.bad, *(tally.words[word] for word in words), tally.worst_loss,
                   round(time.monotonic() - began))  # fmt: skip
            print(f"{name:26}" + "".join(f"{value:10}" for value in row), flush=True)
            wrong |= control != bool(tally.bad)
    finally:
        cuts.close()
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
