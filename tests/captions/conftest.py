import pytest

from nemo_nb.timeline.timeline import Timeline


@pytest.fixture
def text_timeline():
    """A function from ``(start_ms, end_ms, text[, role[, style]])`` to a timeline."""

    def build(*cues, canvas=(1920, 1080, 30)):
        segments = []
        for start, end, text, *more in cues:
            role = more[0] if more else "caption"
            style = more[1] if len(more) > 1 else {}
            meta = {"text": text, "role": role, "style": style}
            segments.append({"s": start, "d": end - start, "m": meta})
        width, height, fps = canvas
        return Timeline.from_draft(
            {
                "m": {"width": width, "height": height, "fps": fps},
                "t": [{"tt": 7, "sg": segments}],
            }
        )

    return build
