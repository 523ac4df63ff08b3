import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.models import Credits
from nemo_nb.wire import shapes


@pytest.mark.parametrize(
    ("value", "status", "progress", "url"),
    [
        ({"status": "pending"}, "pending", 0, None),
        ({"code": 0, "data": {"status": "processing", "progress": 42}}, "processing", 42, None),
        (
            {"code": 0, "data": {"status": "completed", "output": {"url": "u"}}},
            "completed",
            100,
            "u",
        ),
        (
            {"success": True, "data": {"id": "r", "status": "COMPLETED", "outputUrl": "u"}},
            "completed",
            100,
            "u",
        ),
        ({"status": "completed", "outputUrl": "u"}, "completed", 100, "u"),
        ({"success": True, "outputUrl": "u", "data": {"status": "done"}}, "completed", 100, "u"),
        ({"status": "rendering", "progress": "55%"}, "processing", 55, None),
        ({"status": "canceled"}, "cancelled", 0, None),
        ({"status": "a new word", "progress": 7}, "processing", 7, None),
        ({"code": 0, "data": {}}, "pending", 0, None),
        ({"status": "processing", "progress": 400}, "processing", 100, None),
    ],
)
def test_every_shape_of_a_render_answer(value, status, progress, url):
    state = shapes.render("r1", value)
    assert (state.id, state.status, state.progress, state.url) == ("r1", status, progress, url)
    assert state.raw == value


@pytest.mark.parametrize(
    "value",
    [
        {"status": "failed", "error": "no space"},
        {"data": {"status": "error", "error": {"message": "no space"}}},
        {"status": "failed", "errorMessage": "no space"},
    ],
)
def test_why_a_render_failed(value):
    state = shapes.render("r1", value)
    assert (state.status, state.error) == ("failed", "no space")


def test_what_a_render_could_not_show_is_kept_in_sentences():
    notes = ["No font here has “𒀀”.", "", 7, None]
    assert shapes.render("r", {"status": "completed", "notes": notes}).notes == (notes[0],)
    assert shapes.render("r", {"data": {"status": "completed", "notes": "x"}}).notes == ()


def test_credits_that_are_told_in_part():
    assert shapes.credits_of({"available": 90, "frozen": "5"}) == Credits(90, 5, 95)
    assert shapes.credits_of({}) == Credits(0, 0, 0)


def test_the_users_id_is_never_the_word_me():
    assert shapes.user_id({"user_id": "anon_1"}) == "anon_1"
    assert shapes.user_id({"user_id": "me"}) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "state", "draft", "status", "progress", "output", "url", "error"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(json_values)
def test_no_answer_is_too_strange(value):
    shapes.render("r1", value)
    shapes.session(value)
    assert isinstance(shapes.state(value)["draft"], dict)
