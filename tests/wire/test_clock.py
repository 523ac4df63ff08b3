import sys
import time

import pytest

from nemo_nb.wire.clock import _pick, wall_s


def test_it_goes_on():
    before = wall_s()
    assert wall_s() >= before


@pytest.mark.skipif(sys.platform != "linux", reason="which clock goes on depends on the system")
def test_it_counts_the_time_a_machine_slept():
    assert abs(wall_s() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 60


def test_without_such_a_clock_there_is_pythons(monkeypatch):
    monkeypatch.delattr(time, "clock_gettime", raising=False)
    assert _pick() is time.monotonic
