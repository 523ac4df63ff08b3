import os
import subprocess
import sys

import pytest

from nemo_nb import processes

linux = pytest.mark.skipif(sys.platform != "linux", reason="what /proc tells")


@pytest.fixture
def child():
    """A process that runs until its input ends."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as one:
        yield one
        one.kill()


def test_a_process_that_runs(child):
    assert processes.is_running(os.getpid())
    assert processes.is_running(child.pid)
    assert processes.is_running(child.pid, processes.born(child.pid))


def test_nobody():
    assert not processes.is_running(0)
    assert not processes.is_running(-1)


def test_a_process_that_has_ended(child):
    birth = processes.born(child.pid)
    child.kill()
    child.wait()
    assert not processes.is_running(child.pid, birth)


@linux
def test_a_zombie_runs_no_more(child):
    child.kill()
    # Ended, and not asked about yet by its parent.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.is_running(child.pid)


@linux
def test_another_process_of_the_same_number_is_not_the_one(child):
    born = processes.born(child.pid)
    assert born
    assert not processes.is_running(child.pid, f"1{born}")
    assert processes.born(child.pid) == born
    assert processes.born(2**22 + 1) == ""
