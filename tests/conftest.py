"""Every test has a home and a data folder of its own; nothing touches the user's."""

import os
import signal

import pytest
from hypothesis import settings

# A shell's background job ignores interrupts, and so do its children: tests send some.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes depends on what else the machine does; speed is for benchmarks/.
settings.register_profile("nemo_nb", deadline=None)
settings.load_profile("nemo_nb")


@pytest.fixture(autouse=True)
def isolated_home(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NEMO_NB_DATA", str(home / "data"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    for name in [*os.environ]:
        if name.startswith("NEMO_") and name != "NEMO_NB_DATA":
            monkeypatch.delenv(name)
    monkeypatch.delenv("SKILL_SOURCE", raising=False)
    return home
