import pytest

from nemo_nb.errors import ConfigError
from nemo_nb.skills import SKILLS, UPLOAD_FORMATS, skill_named


def test_the_five_skills_have_the_limits_of_the_protocol():
    megabytes = {name: skill.limit_bytes // 1_000_000 for name, skill in SKILLS.items()}
    assert megabytes == {
        "caption-generator-from-photo": 200,
        "image-to-video-capcut": 200,
        "video-prompt-generation": 500,
        "caption-ab": 500,
        "free-image-editing": 200,
    }


def test_the_formats_are_those_of_the_upload_endpoint():
    assert " ".join(UPLOAD_FORMATS) == "mp4 mov avi webm mkv jpg png gif webp mp3 wav m4a aac"


def test_an_unknown_skill_is_answered_with_the_list():
    with pytest.raises(ConfigError, match="caption-ab"):
        skill_named("captions")
