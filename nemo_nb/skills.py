"""The five skills: what each accepts, its limit, and how people ask for it."""

# ruff: noqa: RUF001 - Chinese is written with fullwidth punctuation
from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nemo_nb.errors import ConfigError

VIDEO_FORMATS: Final = ("mp4", "mov", "avi", "webm", "mkv")
PHOTO_FORMATS: Final = ("jpg", "png", "gif", "webp")
AUDIO_FORMATS: Final = ("mp3", "wav", "m4a", "aac")
UPLOAD_FORMATS: Final = VIDEO_FORMATS + PHOTO_FORMATS + AUDIO_FORMATS
"""What the upload endpoint takes (PROTOCOL.md); HEIC is converted before it is sent."""

SUBTITLE_FORMATS: Final = ("srt", "vtt", "ass")
"""What the studio takes beside the media formats."""

FONT_FORMATS: Final = ("ttf", "otf")
"""Likewise: a text style names them as its ``font_file``."""

_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill.

    Attributes:
        name: Its name on the wire, sent as ``X-Skill-Source``.
        version: Sent as ``X-Skill-Version``.
        title: Its name for people.
        given: What the user brings, in words.
        limit_bytes: The largest file it takes.
        examples: Messages that show what it does, most typical first.
        examples_zh: The same in Chinese.
    """

    name: str
    version: str
    title: str
    given: str
    limit_bytes: int
    examples: tuple[str, ...]
    examples_zh: tuple[str, ...]


_ALL: Final = (
    Skill(
        name="caption-generator-from-photo",
        version="1.0.0",
        title="Caption from photo",
        given="photos",
        limit_bytes=200 * _MB,
        examples=(
            "generate a caption for this photo and overlay it as a short video",
            'caption this photo "Golden hour" in bold yellow',
        ),
        examples_zh=(
            "给这张照片配一句字幕，做成短视频",
            "给这张照片加字幕“黄金时刻”，用黄色粗体",
        ),
    ),
    Skill(
        name="image-to-video-capcut",
        version="1.0.0",
        title="Photos to slideshow",
        given="photos, fewer than 10 is best",
        limit_bytes=200 * _MB,
        examples=("turn my photos into a slideshow video with transitions and music",),
        examples_zh=("把我的照片做成带转场和音乐的幻灯片视频",),
    ),
    Skill(
        name="video-prompt-generation",
        version="1.0.0",
        title="Video prompt",
        given="a scene idea in words",
        limit_bytes=500 * _MB,
        examples=(
            (
                "generate a detailed video prompt for a 30-second product showcase "
                "with cinematic lighting"
            ),
        ),
        examples_zh=("为30秒的产品展示写一段详细的视频提示词，电影感布光",),
    ),
    Skill(
        name="caption-ab",
        version="1.0.0",
        title="Caption A/B",
        given="a video clip",
        limit_bytes=500 * _MB,
        examples=(
            'add a title "Urban Dreams" for 3 seconds',
            "test two caption styles on my video and compare which performs better",
        ),
        examples_zh=(
            "加标题“都市之梦”，持续3秒",
            "用两种字幕样式测试我的视频，比较哪种效果更好",
        ),
    ),
    Skill(
        name="free-image-editing",
        version="1.0.0",
        title="Image editing",
        given="photos",
        limit_bytes=200 * _MB,
        examples=("remove the background, adjust brightness, and add text overlay",),
        examples_zh=("去掉背景，调整亮度，再加上文字",),
    ),
)

SKILLS: Final = {skill.name: skill for skill in _ALL}


def skill_named(name: str) -> Skill:
    """Return the skill *name*.

    Raises:
        ConfigError: There is no such skill; the message lists the five.
    """
    try:
        return SKILLS[name]
    except KeyError:
        raise ConfigError(
            f"There is no skill {name!r}.", fix=f"The five skills are: {', '.join(SKILLS)}."
        ) from None
