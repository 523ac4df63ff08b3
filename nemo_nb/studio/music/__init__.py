"""Music made by the studio itself: by genre, tempo, mood and seed, at any exact length.

::

    spec (what is wished) → form (beats, sections) → score (notes; theory: keys and chords)
         → player.compose (instruments, room) → blocks of sound

Genres, moods, instruments and drums are data: ``music.toml``. Nothing is taken from any
recording, so nobody has rights in what comes out. :func:`compose` lies in
:mod:`nemo_nb.studio.music.player`; what is exported here makes no sound and costs nothing.
"""

from nemo_nb.studio.music.form import beats_ms
from nemo_nb.studio.music.spec import Choice, MusicSpec, genres, moods, read_music

__all__ = ["Choice", "MusicSpec", "beats_ms", "genres", "moods", "read_music"]
