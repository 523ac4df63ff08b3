from dataclasses import replace

from nemo_nb.studio.lag import Lag
from nemo_nb.studio.projects import StudioSession

SESSION = StudioSession("s", "t", "u", "", "en", {}, 4, "s")


def test_the_old_state_is_told_so_often_and_then_no_more():
    lag = Lag()
    lag.keep(SESSION, {"old": True}, 2)
    assert [lag.take(SESSION) for _ in range(3)] == [{"old": True}, {"old": True}, None]


def test_an_edit_made_since_is_never_hidden():
    lag = Lag()
    lag.keep(SESSION, {"old": True}, 5)
    assert lag.take(replace(SESSION, revision=5)) is None
    assert lag.take(SESSION) is None


def test_sessions_lag_for_themselves():
    lag = Lag()
    lag.keep(SESSION, {"old": True}, 1)
    assert lag.take(replace(SESSION, id="other")) is None
    assert lag.take(SESSION) == {"old": True}
