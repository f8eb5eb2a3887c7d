"""What every driver promises, whatever its kind. A driver's test derives from ``DeviceContract``."""

import json
import time

from devices.contract import Condition, DeviceStatus, TestReport


class DeviceContract:
    """The deriving class has two fixtures: ``well`` (driver and device) and ``absent`` (a driver alone)."""

    longest_status_seconds = 5.0

    def test_a_device_that_is_well_says_that_it_is_ready(self, well):
        assert well.status().condition is Condition.READY
        assert well.status().failure is None

    def test_status_never_raises_and_is_never_ready_without_the_device(self, absent):
        started = time.monotonic()
        status = absent.status()
        assert isinstance(status, DeviceStatus)
        assert status.condition is Condition.DISCONNECTED
        assert status.failure is not None
        assert time.monotonic() - started < self.longest_status_seconds

    def test_the_test_of_an_absent_device_fails_and_says_why(self, absent):
        report = absent.test()
        assert isinstance(report, TestReport)
        assert not report.passed
        assert report.failure is not None

    def test_a_closed_device_connects_again_when_asked(self, well):
        well.status()
        well.close()
        well.close()
        assert well.status().condition is Condition.READY

    def test_facts_are_short_plain_text(self, well):
        facts = dict(well.status().facts)
        json.dumps(facts)
        assert all(isinstance(value, str) and len(value) < 200 for value in facts.values())

    def test_two_looks_at_an_unchanged_device_are_equal(self, well):
        assert well.status() == well.status()
