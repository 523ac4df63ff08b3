from nemo_nb.timeline.prompt import read_prompt, shots_frame
from nemo_nb.timeline.timeline import Timeline

SHOT = {"shot": 1, "start_ms": 0, "end_ms": 900, "duration_ms": 900, "size": "Close-up"} | {
    "lens_mm": 85, "movement": "pan", "description": "a kite", "key": "open:1",
}  # fmt: skip
DRAFT = {"m": {"prompt": {"text": "A kite.", "shots": [SHOT], "wish": {}, "look": {}}}, "t": []}


def test_the_prompt_is_read_without_what_is_for_the_studio_alone():
    prompt = Timeline.from_draft(DRAFT).prompt
    assert prompt["text"] == "A kite."
    assert prompt["shots"] == [{name: value for name, value in SHOT.items() if name != "key"}]
    assert set(prompt) == {"text", "shots"}


def test_changing_the_dict_leaves_the_timeline_alone():
    timeline = Timeline.from_draft(DRAFT)
    timeline.prompt["shots"].clear()
    assert len(timeline.shots) == 1


def test_shots_are_a_frame_with_lasting_types():
    assert (
        shots_frame(DRAFT).dtypes.astype(str).to_dict()
        == shots_frame({}).dtypes.astype(str).to_dict()
    )
    assert shots_frame(DRAFT)["lens_mm"].tolist() == [85]


def test_a_foreign_draft_never_breaks_it():
    for prompt in (None, 5, [], {"shots": 3}, {"shots": [None, {"shot": None}]}):
        draft = {"m": {"prompt": prompt}}
        assert isinstance(read_prompt(draft), dict)
        assert len(shots_frame(draft)) <= 1
