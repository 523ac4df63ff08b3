"""The three ways of working that all skills share: quick, batch, iterative."""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

import av
import numpy as np
import pytest

import nemo_nb as nemo
from nemo_nb import samples
from nemo_nb.errors import FileTooLarge
from nemo_nb.skills import SKILLS
from skills.seeing import Film


def test_quick_one_message_and_a_full_size_film(skill, tmp_path):
    session = skill("caption-generator-from-photo", samples.photo("cat"))
    session.chat("generate a caption for this photo and overlay it as a short video")
    reply = session.chat("export quick.mp4")
    assert reply.action == "export"
    export = reply.export
    assert export.path.exists()
    assert export.path.parent == tmp_path
    assert (export.width, export.height) == (1920, 1080)
    with av.open(str(export.path)) as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert film.streams.audio[0].codec_context.name == "aac"
        assert sum(1 for _ in film.decode(video=0)) == 90


def test_quick_in_chinese_without_any_python(skill, tmp_path):
    session = skill("free-image-editing", samples.photo("coffee"))
    session.chat("调亮一点，再加上文字“早安”")
    reply = session.chat("导出 早安.png")
    assert reply.action == "export"
    assert (tmp_path / "早安.png").stat().st_size > 10_000


def test_batch_each_file_with_its_own_instruction_and_render(dated, tmp_path):
    table = [
        {
            "source": str(samples.photo("cat")),
            "prompt": "generate a caption for this photo and overlay it as a short video",
            "skill": "caption-generator-from-photo",
            "name": "cat",
        },
        {
            "source": str(dated("grey.jpg", (90, 90, 90))),
            "prompt": "make it much brighter and add text overlay 'Hi'",
            "skill": "free-image-editing",
            "name": "bright",
        },
        {
            "source": str(dated("b.jpg", (160, 60, 60))),
            "prompt": "sing me an opera",
            "skill": "free-image-editing",
            "name": "odd",
        },
    ]
    for row in table:
        row |= {"resolution": "320x180", "quality": "low"}
    made = nemo.batch(table, out=tmp_path / "out").set_index("name")
    assert made["status"].to_dict() == {"cat": "done", "bright": "done", "odd": "failed"}
    assert Film(made.loc["bright", "path"]).at(1000).mean() > 110
    assert "A cat" in made.loc["cat", "reply"]
    assert "changed nothing" in made.loc["odd", "error"]
    # A second call makes what is missing, and that alone.
    written = {
        name: (tmp_path / "out" / f"{name}.mp4").stat().st_mtime_ns for name in ("cat", "bright")
    }
    table[2]["prompt"] = "make it black and white"
    again = nemo.batch(table, out=tmp_path / "out").set_index("name")
    assert set(again["status"]) == {"done"}
    for name, at in written.items():
        assert (tmp_path / "out" / f"{name}.mp4").stat().st_mtime_ns == at
    assert np.ptp(Film(again.loc["odd", "path"]).at(1000), axis=2).mean() < 8


@pytest.mark.parametrize("language", ["en", "zh"])
def test_iterative_refers_to_what_is_there_and_steps_back_and_forth(skill, language):
    messages = {
        "en": (
            'add a title "Urban Dreams" for 2 seconds',
            "make it bigger",
            "same but blue",
            "move that title to the bottom",
            "undo",
            "redo",
        ),
        "zh": (
            "加标题“都市之梦”，持续2秒",
            "再大一点",
            "改成蓝色",
            "把那个标题移到底部",
            "撤销",
            "重做",
        ),
    }[language]
    session = skill("caption-ab", samples.photo("coffee"))
    styles, drafts = [], []
    for message in messages:
        session.chat(message)
        drafts.append(session.timeline().draft)
        (style,) = session.timeline().captions["style"].tolist()
        styles.append(dict(style))
    first, bigger, blue, moved, undone, redone = styles
    assert bigger["size"] > first.get("size", 5)
    assert blue["size"] == bigger["size"]
    assert blue["color"] != bigger.get("color")
    assert int(blue["color"][5:7], 16) > int(blue["color"][1:3], 16)
    assert moved["position"] == "bottom"
    assert (undone, redone) == (blue, moved)
    assert drafts[4] == drafts[2]
    assert drafts[5] == drafts[3]


def test_iterative_an_export_after_a_small_change_encodes_only_that(skill, film):
    session = skill("caption-ab", samples.photo("coffee"), samples.photo("cat"))
    session.chat("show each photo for 4 seconds")
    session.chat('add a caption "one" from 0 to 2 s')
    session.chat('add a caption "two" from 6.5 to 8 s')
    first = film(session)
    session.chat('change "two" to "three"')
    second = film(session)
    pairs = zip(first.frames, second.frames, strict=True)
    same = [np.array_equal(one[1], other[1]) for one, other in pairs]
    # What stands before the change is the same to the bit: those groups were copied.
    assert all(same[:180])
    assert not any(same[200:230])
    assert np.abs(first.at(7000) - second.at(7000)).max() > 60


@pytest.mark.parametrize("name", SKILLS)
def test_every_skill_tells_its_limit_before_anything_is_sent(skill, tmp_path, name):
    limit = {"video-prompt-generation": 500, "caption-ab": 500}.get(name, 200) * 1_000_000
    assert SKILLS[name].limit_bytes == limit
    with samples.photo("rocket").open("rb") as photo:
        (tmp_path / "big.jpg").write_bytes(photo.read(1000))
    with (tmp_path / "big.jpg").open("r+b") as file:
        file.truncate(limit + 1)
    with pytest.raises(FileTooLarge, match=f"{limit // 1_000_000} MB"):
        skill(name, tmp_path / "big.jpg")
