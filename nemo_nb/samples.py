"""Media to try things on: real photos, and a clip that the studio renders from them.

The photos are those that the scikit-image wheel carries (public domain or CC0); nothing is
fetched. Install them with ``pip install "nemo_nb[lab]"``.
"""

from __future__ import annotations

import math
import os
import tempfile
import wave
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from nemo_nb.errors import ConfigError

_FILES: Final = {
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "astronaut": "astronaut.png",
    "rocket": "rocket.jpg",
}
_CLIP_PHOTOS: Final = ("rocket", "cat", "coffee")
_SHOT_MS: Final = 3000
_DISSOLVE_MS: Final = 500
_SAMPLE_RATE: Final = 48_000
# A calm A minor ninth, in Hz.
_CHORD: Final = (110.0, 164.81, 220.0, 261.63, 329.63, 493.88)


def photo(name: str = "cat") -> Path:
    """Return the path of a real photo: ``cat``, ``coffee``, ``astronaut`` or ``rocket``.

    Raises:
        ConfigError: There is no such photo, or scikit-image is not installed.
    """
    if name not in _FILES:
        raise ConfigError(f"There is no sample photo {name!r}.", fix=f"Use {', '.join(_FILES)}.")
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise ConfigError(
            "The sample photos are not installed.",
            "They come with scikit-image.",
            'Run: pip install "nemo_nb[lab]"',
        )
    return Path(spec.origin).parent / "data" / _FILES[name]


def clip(path: str | os.PathLike[str] = "clip.mp4") -> Path:
    """Render a 9 s clip of three photos with gentle motion and a soft chord; return its path.

    1280x720, 30 frames a second, H.264 with AAC sound. About 5 s on two cores.
    """
    from nemo_nb.models import Canvas  # noqa: PLC0415  # only this function needs the studio
    from nemo_nb.studio.render.encode import render_mp4  # noqa: PLC0415  # likewise

    target = Path(path)
    photos = {photo(name).name: photo(name) for name in _CLIP_PHOTOS}
    length_ms = _SHOT_MS * len(photos)
    with tempfile.TemporaryDirectory() as folder:
        chord = Path(folder) / "chord.wav"
        _write_chord(chord, length_ms)
        shots = [
            {
                "id": f"shot{index}",
                "s": index * _SHOT_MS,
                "d": _SHOT_MS,
                "m": {"src": name, "fit": "cover", "motion": ("zoom-in", "zoom-out")[index % 2]}
                | ({"transition": {"kind": "dissolve", "ms": _DISSOLVE_MS}} if index else {}),
            }
            for index, name in enumerate(photos)
        ]
        sound = {"id": "chord", "s": 0, "d": length_ms, "m": {"src": chord.name}}
        draft = {"t": [{"tt": 0, "sg": shots}, {"tt": 1, "sg": [sound]}]}
        render_mp4(draft, {**photos, chord.name: chord}, target, canvas=Canvas(1280, 720))
    return target


def _write_chord(path: Path, length_ms: int) -> None:
    import numpy as np  # noqa: PLC0415  # only this function needs it

    seconds = np.arange(_SAMPLE_RATE * length_ms // 1000) / _SAMPLE_RATE
    notes = [
        np.sin(2 * math.pi * hertz * seconds) / (1 + index) for index, hertz in enumerate(_CHORD)
    ]
    swell = np.minimum(1, np.minimum(seconds, seconds[::-1]) / 0.8)
    sound = np.sum(notes, axis=0) * swell * 0.12
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_SAMPLE_RATE)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
