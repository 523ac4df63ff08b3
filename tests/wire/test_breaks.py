import pickle

import httpx
import pytest

from nemo_nb.errors import ConfigError, StudioGone, Unreachable
from nemo_nb.settings import load
from nemo_nb.wire.breaks import broken, cut, dropped
from nemo_nb.wire.retry import Fault

SERVED = load("http://127.0.0.1:8787", env={})
LOCAL = load("local", env={})


@pytest.mark.parametrize(
    ("error", "fault", "kind"),
    [
        (httpx.ConnectError("refused"), Fault.NOT_CONNECTED, Unreachable),
        (httpx.ConnectTimeout("slow"), Fault.NOT_CONNECTED, Unreachable),
        (httpx.PoolTimeout(""), Fault.NOT_CONNECTED, Unreachable),
        (httpx.ProxyError("407"), Fault.NOT_CONNECTED, Unreachable),
        (httpx.ReadTimeout(""), Fault.TIMED_OUT, Unreachable),
        (httpx.WriteTimeout(""), Fault.TIMED_OUT, Unreachable),
        (httpx.ReadError("reset"), Fault.RESET, Unreachable),
        (httpx.RemoteProtocolError("no answer"), Fault.RESET, Unreachable),
        (httpx.UnsupportedProtocol("ftp"), Fault.REFUSED, ConfigError),
    ],
)
def test_whether_the_server_may_have_begun(error, fault, kind):
    found, told = broken(error, SERVED, "GET /x")
    assert (found, type(told)) == (fault, kind)
    assert told.endpoint == "GET /x"
    assert str(pickle.loads(pickle.dumps(told))) == str(told)  # noqa: S301 - our own bytes
    assert str(error) in told.why
    assert told.why.endswith(".") == bool(str(error))


def test_only_a_refused_port_says_that_the_studio_has_gone():
    refused = broken(httpx.ConnectError("refused"), LOCAL, "GET /x")
    assert (refused[0], type(refused[1])) == (Fault.STUDIO_GONE, StudioGone)
    assert broken(httpx.ConnectTimeout("slow"), LOCAL, "GET /x")[0] is Fault.NOT_CONNECTED


def test_what_broke_off_may_have_arrived():
    told = dropped(cut(httpx.DecodingError("bad header"), "POST /run_sse"))
    assert str(told).startswith("The connection broke in the middle of the answer. bad header. ")
    assert "may have arrived" in told.fix
    assert told.endpoint == "POST /run_sse"
