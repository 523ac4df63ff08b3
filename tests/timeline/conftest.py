import pytest


@pytest.fixture
def example():
    """The draft behind the summary line of PROTOCOL.md."""
    return {
        "d": 10000,
        "t": [
            {"tt": 0, "sg": [{"d": 10000, "m": {"title": "city timelapse"}}]},
            {"tt": 1, "sg": [{"d": 10000, "m": {"title": "Lo-fi", "volume": 0.35}}]},
            {"tt": 7, "sg": [{"d": 3000, "m": {"text": "Urban Dreams", "role": "title"}}]},
        ],
    }


@pytest.fixture
def studio_state():
    """A state as the studio writes it (docs/draft.md)."""
    return {
        "draft": {
            "d": 6000,
            "m": {"title": "clip", "width": 1080, "height": 1920, "fps": 25},
            "t": [
                {
                    "tt": 0,
                    "id": "v1",
                    "m": {"title": "Video"},
                    "sg": [
                        {
                            "id": "s1",
                            "s": 0,
                            "d": 3000,
                            "m": {"src": "cat.jpg", "title": "cat.jpg"},
                        },
                        {
                            "id": "s2",
                            "s": 3000,
                            "d": 3000,
                            "m": {"src": "clip.mp4", "in": 500, "volume": 1.0, "speed": 2.0},
                        },
                    ],
                },
                {
                    "tt": 7,
                    "id": "x1",
                    "m": {"title": "Text"},
                    "sg": [
                        {
                            "id": "s5",
                            "s": 3500,
                            "d": 1000,
                            "m": {"text": "two\nlines", "role": "caption"},
                        },
                        {
                            "id": "s4",
                            "s": 0,
                            "d": 3000,
                            "m": {
                                "text": "Urban Dreams",
                                "role": "title",
                                "style": {"preset": "headline", "color": "#ffd60a"},
                            },
                        },
                        {
                            "id": "s6",
                            "s": 5000,
                            "d": 500,
                            "m": {"text": "end", "role": "caption"},
                        },
                    ],
                },
            ],
        },
        "video_infos": [
            {
                "filename": "cat.jpg",
                "file_type": "image",
                "cdn_url": "/f/cat.jpg",
                "duration": 0,
                "width": 800,
                "height": 600,
                "fps": 0,
                "hash": "ab",
                "size": 1234,
            },
            {
                "filename": "clip.mp4",
                "file_type": "video",
                "cdn_url": "/f/clip.mp4",
                "duration": 12.5,
                "width": 1080,
                "height": 1920,
                "fps": 25,
                "hash": "cd",
                "size": 99,
            },
        ],
        "canvas_config": {"width": 1080, "height": 1920},
    }
