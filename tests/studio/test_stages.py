# ruff: noqa: RUF001 - Chinese is written with its own punctuation
import pytest

from nemo_nb.studio.agent.turn import MadeFile, Outcome, Step
from nemo_nb.studio.stages import in_two_stages


def film(**kinds):
    tracks = [
        {"tt": tt, "sg": [{}] * kinds.get(name, 0)}
        for name, tt in (("shots", 0), ("sounds", 1), ("texts", 7))
    ]
    return {"d": 4500, "t": tracks}


def generated(draft, **more):
    return Outcome("Here.", draft, files=(MadeFile("shot-01-00000000.jpg", b""),), **more)


@pytest.mark.parametrize(
    ("language", "kinds", "words"),
    [
        ("en", {"shots": 3, "sounds": 1, "texts": 4}, "raw video (3 shots, 4.5 s), then music and"),
        ("en", {"shots": 1, "texts": 2}, "(1 shot, 4.5 s), then 2 texts."),
        ("en", {"shots": 2}, "then nothing more."),
        (
            "zh",
            {"shots": 3, "sounds": 1, "texts": 4},
            "原始视频（3 个镜头，4.5 秒），再加上音乐和4 条文字",
        ),
    ],
)
def test_both_stages_are_told_in_words_and_as_steps(language, kinds, words):
    outcome = in_two_stages(generated(film(**kinds), steps=(Step("draw"),)), language)
    assert words in outcome.reply
    assert outcome.reply.startswith("Here.\n\n")
    assert [step.tool for step in outcome.steps] == ["draw", "generate_video", "finish_video"]
    assert [step.args for step in outcome.steps[1:]] == [{"stage": 1}, {"stage": 2}]
    assert outcome.steps[1].result == {"shots": kinds["shots"], "duration_ms": 4500}


def test_a_film_beside_the_users_own_pictures_is_the_one_that_is_told():
    outcome = generated(film(shots=9), variants=(("Animatic", film(shots=2)),))
    assert "(2 shots" in in_two_stages(outcome, "en").reply


def test_an_edit_has_no_stages():
    outcome = Outcome("Done.", film(shots=1))
    assert in_two_stages(outcome, "en") is outcome
