"""Nothing but the named refusals leaves a parser, whatever bytes or text it gets: the short run.

Each target is fuzzed twice: by atheris, guided by the lines that a case reaches, and by hypothesis with
inputs that keep their form. ``python -m tests.bench.fuzz`` is the long run.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.drawing import inputs
from tests.fuzz.targets import TARGETS, load

ROOT = Path(__file__).parents[3]
PARSERS = {
    "TLV", "APDU answers", "CardAccess", "COM", "SOD", "DG1", "DG2", "DG13", "DG14", "DG15", "QR", "MRZ",
    "master list", "CRL",
}  # fmt: skip
DEAR = 5
"""Milliseconds of a case."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What atheris found, by target."""
    report = tmp_path_factory.mktemp("fuzz") / "report.json"
    command = [sys.executable, "-m", "tests.fuzz.atheris_runner", "--short", "--seed", "1", "--at-once", "2"]
    told = subprocess.run(
        [*command, "--json", str(report)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=170
    )
    assert report.exists(), told.stderr[-3000:]
    return {one["target"]: one for one in json.loads(report.read_text())}


def test_every_parser_is_a_target():
    named = {word for target in TARGETS.values() for word in target.parser.split(", ")}
    assert named >= PARSERS


@pytest.mark.parametrize("name", TARGETS)
def test_atheris(outcomes, name):
    outcome = outcomes[name]
    wrong = [finding for finding in outcome["findings"] if finding["kind"] != "slow"]
    assert not wrong
    assert not outcome["died"]
    assert outcome["runs"] >= TARGETS[name].short
    assert outcome["edges"] > 0


@pytest.mark.parametrize("name", TARGETS)
def test_hypothesis(name):
    target, one = TARGETS[name], load(TARGETS[name])
    examples = 40 if target.cost < 1 else 15 if target.cost < DEAR else 3

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=inputs(target, one))
    def run(data):
        try:
            one.call(data)
        except one.allowed:
            return

    run()
