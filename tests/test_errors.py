import inspect
import pickle
import re

import pytest

from nemo_nb import errors, redact
from nemo_nb.errors import BadToken, FileTooLarge, NemoError, PlanBlocked, StudioGone

ALL = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, NemoError) and kind.__module__ == errors.__name__
]


def test_an_error_says_what_why_and_what_to_do():
    error = FileTooLarge("clip.mp4 has 612 MB.", "The limit is 500 MB.", "Trim or compress it.")
    assert str(error) == "clip.mp4 has 612 MB. The limit is 500 MB. Trim or compress it."
    assert error.code == 4002


def test_an_error_without_advice_gives_that_of_its_kind():
    assert str(StudioGone("The studio has stopped.")).endswith("are kept.")


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_survives_pickling(kind):
    error = kind("It broke.", "Because.", "Do this.", code=7, status=500, endpoint="GET /x")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert type(copy) is kind
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


def test_no_error_holds_a_secret_that_a_server_echoed():
    redact.remember("s3cret-of-no-known-shape")
    error = BadToken(
        "Bad token nmv_usr_0123456789abcdef.",
        "It was s3cret-of-no-known-shape.",
        endpoint="GET /x?token=nmv_usr_0123456789abcdef",
    )
    shown = repr(error) + str(error) + str(vars(error)) + str(error.args)
    assert "0123456789abcdef" not in shown
    assert "s3cret" not in shown


def test_the_docstring_draws_every_class_and_no_other():
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__)) | {"NemoError"}
    assert drawn == {kind.__name__ for kind in ALL}


def test_a_blocked_plan_is_told_apart_from_missing_credits():
    assert "plan" in str(PlanBlocked("Export is blocked."))
    assert PlanBlocked("x", code=403).code == 403
