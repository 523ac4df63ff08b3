"""What a clause says of music: its kind, its tempo, the files that are meant."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause

AUDIO: Final = (".mp3", ".wav", ".m4a", ".aac")
"""How names of sound files end."""
SOUND_VERBS: Final = frozenset({"mute", "unmute", "louder", "quieter"})
"""Verbs about loudness."""

_SLOWEST, _FASTEST = 50.0, 200.0  # of music that the studio plays, beats a minute


def spec_of(clause: Clause) -> dict[str, Any]:
    """Return what *clause* says of the music: genre, mood, tempo."""
    spec: dict[str, Any] = {}
    for kind in ("genre", "mood", "bpm"):
        tokens = clause.all(kind)
        if tokens:  # "replace the lo-fi with acoustic": the new one stands last
            changes = bool(set(clause.verbs) & {"change", "swap"})
            spec[kind] = tokens[-1 if changes else 0].value
    numbers = [float(token.value) for token in clause.all("number")]
    paced = "genre" in spec and clause.has("prep", "at") and "sound" not in clause.nouns
    if paced and "bpm" not in spec and len(numbers) == 1 and _SLOWEST <= numbers[0] <= _FASTEST:
        spec["bpm"] = numbers[0]  # "techno at 128"
    tempo = "tempo" in clause.nouns or {"speed", "music"} <= clause.nouns
    if tempo and numbers and "bpm" not in spec:
        spec["bpm"] = numbers[-1]
    return spec


def own_file(clause: Clause) -> str | None:
    """Return the sound file that *clause* names, if it names one."""
    named = (str(token.value) for token in clause.all("file"))
    return next((name for name in named if name.endswith(AUDIO)), None)


def is_heard(clause: Clause) -> bool:
    """Whether it names music, or a sound that is not the pictures' own."""
    sound = clause.nouns & {"sound", "music"} and "ownsound" not in clause.nouns
    return bool(sound) or own_file(clause) is not None
