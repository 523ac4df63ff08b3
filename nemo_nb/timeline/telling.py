"""A diff in sentences, for a turn that changed the timeline and said nothing. English, Chinese."""
# ruff: noqa: RUF001 - Chinese is written with fullwidth punctuation

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.summary import seconds, shortened

if TYPE_CHECKING:
    import pandas as pd

Language = Literal["en", "zh"]

LABELS: Final = "nemo_nb.labels"
"""Key of a diff's ``attrs``: ``"track/segment"`` → ``[role, words]`` of changed segments."""

_MOST_SENTENCES: Final = 5
_MOST_CHARS: Final = 40

_ROLES: Final = {
    "en": {
        "title": "Title",
        "caption": "Caption",
        "video": "Video",
        "audio": "Audio",
        "other": "Segment",
    },
    "zh": {"title": "标题", "caption": "字幕", "video": "视频", "audio": "音频", "other": "片段"},
}
_FIELDS: Final = {
    "en": {
        "text": "text",
        "source": "source",
        "source_in_ms": "in point",
        "name": "name",
        "volume": "volume",
        "speed": "speed",
        "role": "role",
        "style": "style",
        "duration_ms": "length",
        "start_ms": "start",
        "transition": "transition",
        "motion": "motion",
        "fit": "fit",
        "title": "title",
    },
    "zh": {
        "text": "文字",
        "source": "素材",
        "source_in_ms": "入点",
        "name": "名称",
        "volume": "音量",
        "speed": "速度",
        "role": "类型",
        "style": "样式",
        "duration_ms": "时长",
        "start_ms": "起点",
        "transition": "转场",
        "motion": "运镜",
        "fit": "画面适配",
        "title": "标题",
    },
}
_TEXTS: Final = {
    "en": {
        "nothing": "Nothing changed.",
        "added": "{what} added: {words} ({span}).",
        "removed": "{what} removed: {words} ({span}).",
        "track_added": "Track {track} added, still empty.",
        "track_removed": "Empty track {track} removed.",
        "canvas": "Canvas changed from {before} to {after}.",
        "moved": "{what} {words} moved from {before} to {after}.",
        "moved_track": "{what} {words} moved from track {before} to track {after}.",
        "edited": "{what} {words}: {field} changed from {before} to {after}.",
        "edited_draft": "The timeline's {field} changed from {before} to {after}.",
        "edited_track": "Track {track}: {field} changed from {before} to {after}.",
        "rewritten": "{what} changed from {before} to {after}.",
        "more": "And {count} more changes.",
        "none": "none",
        "segment": "{segment} of track {track}",
        "quote": "“{}”",
        "seconds": "{} s",
        "join": " ",
        "comma": ", ",
    },
    "zh": {
        "nothing": "没有变化。",
        "added": "新增{what}：{words}（{span}）。",
        "removed": "删除{what}：{words}（{span}）。",
        "track_added": "新增空轨道 {track}。",
        "track_removed": "删除空轨道 {track}。",
        "canvas": "画布由 {before} 改为 {after}。",
        "moved": "{what}{words}由 {before} 移到 {after}。",
        "moved_track": "{what}{words}由轨道 {before} 移到轨道 {after}。",
        "edited": "{what}{words}：{field}由 {before} 改为 {after}。",
        "edited_draft": "时间线的{field}由 {before} 改为 {after}。",
        "edited_track": "轨道 {track}：{field}由 {before} 改为 {after}。",
        "rewritten": "{what}由 {before} 改为 {after}。",
        "more": "另有 {count} 处变化。",
        "none": "无",
        "segment": "轨道 {track} 的第 {segment} 段",
        "quote": "“{}”",
        "seconds": "{} 秒",
        "join": "",
        "comma": "，",
    },
}


@dataclass(frozen=True, slots=True)
class _Row:
    change: str
    track: int | None
    segment: int | None
    field: str
    before: Any
    after: Any


def diff_words(frame: pd.DataFrame, language: str = "en") -> str:
    """Return a diff in sentences, such as ``Title added: “Urban Dreams” (0-3 s).``.

    Args:
        frame: As :meth:`nemo_nb.timeline.timeline.Timeline.diff` returns it.
        language: ``zh`` for Chinese, anything else is English.
    """
    tongue: Language = "zh" if language == "zh" else "en"
    teller = _Teller(tongue, frame.attrs.get(LABELS, {}))
    # What came, went or was edited says more than what moved along with it.
    changes = sorted(_rows(frame), key=lambda row: row.change == "moved")
    if not changes:
        return teller.texts["nothing"]
    shown = changes if len(changes) <= _MOST_SENTENCES + 1 else changes[:_MOST_SENTENCES]
    sentences = [teller.sentence(row) for row in shown]
    rest = len(changes) - len(shown)
    if rest:
        sentences.append(teller.texts["more"].format(count=rest))
    return teller.texts["join"].join(sentences)


def _rows(frame: pd.DataFrame) -> Iterator[_Row]:
    names = ("change", "track", "segment", "field", "before", "after")
    for change, track, segment, field, before, after in rows(frame, *names):
        yield _Row(
            str(change),
            track if isinstance(track, int) else None,
            segment if isinstance(segment, int) else None,
            str(field),
            before,
            after,
        )


class _Teller:
    def __init__(self, language: Language, labels: Mapping[str, Any]) -> None:
        self.texts = _TEXTS[language]
        self._roles = _ROLES[language]
        self._fields = _FIELDS[language]
        self._labels = labels

    def sentence(self, row: _Row) -> str:
        if row.field == "canvas":
            return self.texts["canvas"].format(before=row.before, after=row.after)
        if row.change in ("added", "removed"):
            return self._came_or_went(row)
        before, after = self._values(row)
        field = self._fields.get(row.field, row.field)
        if row.segment is None:
            form = "edited_draft" if row.track is None else "edited_track"
            return self.texts[form].format(track=row.track, field=field, before=before, after=after)
        what, words = self._named(row)
        if row.change == "moved":
            form = "moved_track" if row.field == "track" else "moved"
        elif row.field == "text":
            form = "rewritten"
        else:
            form = "edited"
        return self.texts[form].format(
            what=what, words=words, field=field, before=before, after=after
        )

    def _came_or_went(self, row: _Row) -> str:
        about = row.after if row.change == "added" else row.before
        if not isinstance(about, Mapping):
            return self.texts[f"track_{row.change}"].format(track=row.track)
        what = cast("Mapping[str, Any]", about)
        span = f"{seconds(what['start_ms'])}-{seconds(what['end_ms'])}"
        return self.texts[row.change].format(
            what=self._role(what["kind"]),
            words=self._quoted(what.get("text") or what.get("name") or ""),
            span=self.texts["seconds"].format(span),
        )

    def _named(self, row: _Row) -> tuple[str, str]:
        role, words = self._labels.get(f"{row.track}/{row.segment}", ("other", ""))
        if not words:
            words = self.texts["segment"].format(track=row.track, segment=row.segment)
            return self._role(role), words
        return self._role(role), self._quoted(words)

    def _role(self, role: Any) -> str:
        return self._roles.get(str(role), self._roles["other"])

    def _quoted(self, words: str) -> str:
        return self.texts["quote"].format(shortened(words, _MOST_CHARS))

    def _values(self, row: _Row) -> tuple[str, str]:
        before, after = row.before, row.after
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            # Of two dicts (styles, transitions) only what differs is news.
            old, new = cast("Mapping[str, Any]", before), cast("Mapping[str, Any]", after)
            keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
            before = {key: old[key] for key in keys if key in old}
            after = {key: new[key] for key in keys if key in new}
        return self._value(row.field, before), self._value(row.field, after)

    def _value(self, field: str, value: Any) -> str:
        if value is None or value in ("", {}):
            return self.texts["none"]
        if isinstance(value, Mapping):
            pairs = cast("Mapping[str, Any]", value)
            return self.texts["comma"].join(
                f"{key.replace('_', ' ')} {item}" for key, item in pairs.items()
            )
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if field.endswith("_ms"):
                return self.texts["seconds"].format(seconds(value))
            if field == "volume":
                return f"{value * 100:.0f}%"
            return f"{value:g}"
        return self._quoted(str(value)) if field == "text" else shortened(str(value), _MOST_CHARS)
