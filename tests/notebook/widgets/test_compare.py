"""The comparison player on the embedded studio, spoken to as its front end speaks to it."""

import asyncio
import gc
import threading
import weakref
from pathlib import Path

import pandas as pd
import pytest

import mediakit
import nemo_nb
from nemo_nb import loop
from nemo_nb.errors import InputError, NotSupported, RenderFailed
from nemo_nb.media.probe import probe
from nemo_nb.notebook.widgets import cells
from nemo_nb.notebook.widgets.compare import WHOLE, Player
from nemo_nb.notebook.widgets.protocol import PROTOCOL
from nemo_nb.studio import launch
from widgetkit import FrontEnd

PATIENCE_S = 90
WORDS = [(0, 400, "One"), (500, 900, "Two"), (1000, 1400, "Three")]


class PlayerEnd(FrontEnd):
    def ask(self, kind, **fields):
        """The answer's data; its error where it is one."""
        data, self.buffers = super().ask(kind, **fields)
        return data

    def vote(self, cue, left, right, winner):
        return self.ask("vote", cue=cue, left=left, right=right, winner=winner)

    def film(self, number, *statuses):
        """The notice that film *number* has come to one of *statuses*."""

        def wanted(message):
            film = message.get("film", {})
            return film.get("film") == number and film["status"] in statuses

        return self.wait(wanted)[0]["film"]

    def bytes_of(self, video):
        content, total = b"", 1
        while len(content) < total:
            total = self.ask("video", video=video, offset=len(content))["total_bytes"]
            content += bytes(self.buffers[0])
        return content


@pytest.fixture(autouse=True)
def built(monkeypatch):
    """Players can be made without `npm run build`: what they send is what is looked at."""
    if not Player._esm:
        monkeypatch.setattr(Player, "_esm", "export default {}")


@pytest.fixture
def session(tmp_path):
    made = nemo_nb.connect("local", workspace=tmp_path / "studio")
    yield made
    made.close()
    for studio in launch.running():
        studio.stop()


@pytest.fixture
def ab(session, tmp_path):
    """Two variants of a second and a half, on a small canvas."""
    session.upload(mediakit.clip(tmp_path / "cut.mp4", frames=15, fps=10, size=(320, 180)))
    return session.ab(
        "bold yellow captions", "boxed captions", names=["bold", "boxed"], captions=WORDS
    )


@pytest.fixture
def plain():
    """A comparison that nothing renders."""
    frame = {"start_ms": [0, 1000], "end_ms": [900, 1900]}
    return nemo_nb.compare(
        pd.DataFrame({**frame, "text": ["Hello big world", "Same"]}),
        pd.DataFrame({**frame, "text": ["Hello small world", "Same"]}),
    )


def opened(comparison, **options):
    player = comparison.player(**options)
    front = PlayerEnd(player)
    return player, front, front.ask("hello_player", protocol=PROTOCOL)


def test_a_view_starts_from_the_cues_and_what_differs(plain):
    player, _, snapshot = opened(plain, voter="Ann", blind=True)
    assert [variant["name"] for variant in snapshot["variants"]] == ["A", "B"]
    assert [cue["text"] for cue in snapshot["variants"][1]["cues"]] == [
        "Hello small world",
        "Same",
    ]
    assert [group["alike"] for group in snapshot["groups"]] == [[0, 1], [0, 0]]
    assert [group["cues"] for group in snapshot["groups"]] == [[[0], [0]], [[1], [1]]]
    assert (snapshot["groups"][0]["start_ms"], snapshot["groups"][0]["end_ms"]) == (0, 900)
    assert snapshot["voter"] == "Ann"
    assert snapshot["blind"] is True
    player.close()


def test_without_a_renderer_the_captions_are_there_and_the_reason_is_told(plain):
    player, front, snapshot = opened(plain)
    for variant in snapshot["variants"]:
        assert variant["film"]["status"] == "none"
        assert "player(films=" in variant["film"]["problem"]["fix"]
    told = front.ask("film", film=1)
    assert "captions are played alone" in told["what"]
    assert front.ask("film", film=9)["what"] == "This film is not known."
    assert front.ask("video", video=1, offset=0)["what"] == "This film is not known."
    player.close()


def test_both_films_are_rendered_and_fetched_in_parts(ab, tmp_path):
    player, front, snapshot = opened(ab)
    assert {variant["film"]["status"] for variant in snapshot["variants"]} <= {
        "pending",
        "processing",
    }
    ready = [front.film(number, "ready") for number in (1, 2)]
    for film in ready:
        content = front.bytes_of(film["video"]["video"])
        path = tmp_path / f"fetched-{film['film']}.mp4"
        path.write_bytes(content)
        info = probe(path)
        assert (info.width, info.height) == (960, 540)
        assert info.duration_ms == pytest.approx(1500, abs=100)
        assert film["fps"] == info.fps
        assert film["video"]["size_bytes"] == len(content)
    # One after the other: the second did not begin before the first was done.
    states = [(m["film"]["film"], m["film"]["status"]) for m in front.of("film")]
    assert states.index((1, "ready")) < states.index((2, "processing"))
    player.close()


def test_what_is_larger_than_540_lines_is_rendered_smaller(session, tmp_path, monkeypatch):
    asked = []

    async def one(_exporter, _path, wish, **_):
        asked.append(wish.output())
        raise RenderFailed("stopped here")

    monkeypatch.setattr("nemo_nb.films.Exporter.one", one)
    session.upload(mediakit.photo(tmp_path / "cat.jpg", size=(1920, 1080)))
    ab = session.ab("bold yellow captions", "boxed captions", captions=["Hi"])
    player, front, _ = opened(ab)
    failed = front.film(2, "failed")
    assert failed["problem"]["what"] == "stopped here"
    assert [wish["resolution"] for wish in asked] == ["540p", "540p"]
    assert {wish["quality"] for wish in asked} == {"medium"}
    # A failed one can be asked for again.
    front.ask("film", film=1)
    front.wait(lambda _: len(asked) > 2)
    player.close()


def test_the_players_renders_are_no_exports_of_the_session(ab, session):
    told = []
    session.subscribe(told.append)
    player, front, _ = opened(ab)
    front.film(2, "ready")
    assert told == []
    assert nemo_nb.jobs().empty
    player.close()


def test_an_export_that_exists_is_played_instead_of_rendered(ab, session, tmp_path):
    exported = session.export(
        tmp_path / "mine.mp4", timeline=ab.variants["boxed"], quality="low"
    ).path
    player, front, _ = opened(ab)
    film = front.film(2, "ready")
    assert film["video"]["name"] == "mine.mp4"
    assert front.bytes_of(film["video"]["video"]) == exported.read_bytes()
    assert front.film(1, "ready")["video"]["name"] == "1.mp4"
    player.close()
    assert exported.is_file()


def test_exported_files_are_played_where_nothing_renders(plain, tmp_path):
    path = mediakit.clip(tmp_path / "a.mp4", frames=5, fps=25)
    player, front, snapshot = opened(plain, films={"A": path})
    one, other = (variant["film"] for variant in snapshot["variants"])
    assert one["status"] == "ready"
    assert one["fps"] == 25
    assert other["status"] == "none"
    assert front.bytes_of(one["video"]["video"]) == path.read_bytes()
    player.close()
    assert path.is_file()


def test_films_that_cannot_be_played_are_refused_at_once(plain, tmp_path):
    sound = mediakit.tone(tmp_path / "a.wav")
    for films, words in (
        ({"C": sound}, "There is no variant 'C'"),
        ({"A": tmp_path / "none.mp4"}, "There is no file none.mp4"),
        ({"A": sound}, "cannot be played"),
    ):
        with pytest.raises(InputError, match=words):
            plain.player(films=films)


def test_a_session_renders_timelines_that_came_without_one(session, tmp_path):
    session.upload(mediakit.clip(tmp_path / "cut.mp4", frames=8, fps=10, size=(160, 90)))
    base = session.timeline()
    loud = base.with_draft({**base.draft, "m": {**base.draft["m"], "title": "other"}})
    pair = nemo_nb.compare(base, loud)
    player, front, _ = opened(pair, session=session)
    assert front.film(2, "ready")["video"]["duration_ms"] > 0
    player.close()
    with pytest.raises(InputError, match="renders nothing"):
        pair.player(session="mine")


def test_two_sessions_render_their_own(session, tmp_path):
    session.upload(mediakit.clip(tmp_path / "cut.mp4", frames=8, fps=10, size=(160, 90)))
    with session.fork() as fork:
        pair = nemo_nb.compare(session, fork)
        assert set(pair.filmers) == {"A", "B"}
        assert pair.filmers["A"] is not pair.filmers["B"]


def test_a_cloud_is_never_asked_to_render(plain):
    class Cloud:
        language = "zh"

        async def film(self, *_):
            raise NotSupported("There is no film of this variant yet.", "It costs credits.")

    plain.filmers = {"A": Cloud(), "B": Cloud()}
    player, front, _ = opened(plain)
    assert front.film(1, "failed")["problem"]["why"] == "It costs credits."
    assert player.language == "zh"
    player.close()


def test_votes_are_noted_at_once_and_told_to_every_player(plain):
    mine, front, _ = opened(plain, voter="Ann")
    theirs, other, _ = opened(plain, voter="Ben")
    assert front.vote("1", "B", "A", "B") == {"votes": 1}
    assert front.vote("1", "A", "B", "tie") == {"votes": 2}
    assert other.vote("2", "A", "B", "A") == {"votes": 3}
    assert plain.votes.to_dict("records") == [
        {"voter": "Ann", "cue": "1", "left": "B", "right": "A", "winner": "B"},
        {"voter": "Ann", "cue": "1", "left": "A", "right": "B", "winner": "tie"},
        {"voter": "Ben", "cue": "2", "left": "A", "right": "B", "winner": "A"},
    ]
    assert [message["count"] for message in front.of("votes")] == [1, 2, 3]
    assert [message["count"] for message in other.of("votes")] == [1, 2, 3]
    assert len(front.of("votes")[-1]["ballots"]) == 2
    assert [ballot["winner"] for ballot in other.of("votes")[-1]["ballots"]] == ["A"]
    # A page that is loaded anew finds what was voted here.
    again = front.ask("hello_player", protocol=PROTOCOL)
    assert again["votes"] == 3
    assert len(again["ballots"]) == 2
    mine.close()
    theirs.close()


def test_a_vote_of_a_cell_is_told_too(plain):
    player, front, _ = opened(plain)
    plain.vote(1, "A", "B", "A")
    assert front.of("votes") == [{"kind": "votes", "count": 1, "ballots": []}]
    player.close()
    plain.vote(2, "A", "B", "A")
    assert len(front.of("votes")) == 1


@pytest.mark.parametrize(
    ("vote", "words"),
    [
        (("1", "A", "C", "A"), "is no vote"),
        (("1", "A", "A", "A"), "is no vote"),
        (("1", "A", "B", "me"), "is no vote"),
        (("9", "A", "B", "A"), "There is no cue '9'"),
        (("0", "A", "B", "A"), "There is no cue '0'"),
        (("", "A", "B", "A"), "There is no cue ''"),
        (("²", "A", "B", "A"), "There is no cue"),
    ],
)
def test_what_is_no_vote_is_refused_in_words(plain, vote, words):
    player, front, _ = opened(plain)
    assert words in front.vote(*vote)["what"]
    assert plain.votes.empty
    assert front.ask("hello_player", protocol=PROTOCOL)["ballots"] == []
    player.close()


def test_variants_that_do_not_differ_are_voted_on_as_a_whole(plain):
    player, front, _ = opened(plain)
    assert front.vote(WHOLE, "A", "B", "A") == {"votes": 1}
    player.close()


def test_close_cancels_the_render_and_leaves_nothing(ab):
    started = threading.Event()
    seen = {}

    class Slow:
        language = ""

        async def film(self, _timeline, path, _hear):
            seen["folder"] = Path(path).parent
            path.write_bytes(b"half a film")
            started.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                seen["cancelled"] = True
                raise

    ab.filmers = {"bold": Slow(), "boxed": Slow()}
    player, front, _ = opened(ab)
    assert started.wait(PATIENCE_S)
    assert seen["folder"].is_dir()
    player.close()
    player.close()
    loop.run(_settled)
    assert seen["cancelled"]
    assert not seen["folder"].exists()
    assert [film["film"]["status"] for film in front.of("film")][-1] == "processing"


async def _settled():
    # The clean-up runs on this loop; it ends before what is started after it has waited.
    for _ in range(200):
        await asyncio.sleep(0.01)
        if not [task for task in asyncio.all_tasks() if "_end" in repr(task.get_coro())]:
            return


def test_a_closed_player_keeps_no_comparison_alive():
    frame = pd.DataFrame({"start_ms": [0], "end_ms": [900], "text": ["x"]})
    comparison = nemo_nb.compare(frame, frame)
    player, front, _ = opened(comparison)
    front.vote("1", "A", "B", "A")
    gone = weakref.ref(comparison)
    player.close()
    loop.run(_settled)
    del comparison
    gc.collect()
    assert gone() is None
    assert front.ask("hello_player", protocol=PROTOCOL)["what"] == "This player is closed."


def test_running_a_cell_again_replaces_its_players(plain, monkeypatch):
    def make(run):
        monkeypatch.setattr(cells, "running_cell", lambda: "c1")
        monkeypatch.setattr(cells, "_running", lambda: run)
        return plain.player()

    first, again = make("1"), make("2")
    assert first.comm is None
    assert again.comm is not None
    again.close()


def test_the_saved_notebook_shows_pictures_captions_and_metrics(ab):
    player = ab.player()
    data, _ = player._repr_mimebundle_()
    html = data["text/html"]
    assert html.count("<img ") >= 2
    assert 'alt="bold at' in html
    assert 'alt="boxed at' in html
    assert "Aligned captions" in html
    assert "Metrics" in html
    assert "Comparison of bold, boxed" in data["text/plain"]
    player.close()


def test_files_of_the_user_give_the_posters_where_nothing_draws_frames(plain, tmp_path):
    path = mediakit.clip(tmp_path / "a.mp4", frames=5)
    hostile = nemo_nb.compare(
        *plain.variants.values(), names=['<img src=x onerror="alert(1)">', "B"]
    )
    player = hostile.player(films={hostile.names[0]: path})
    html = player._repr_mimebundle_()[0]["text/html"]
    assert html.count("data:image/jpeg;base64,") == 1
    assert "<img src=x" not in html
    player.close()


def test_another_versions_page_is_told_to_reload(plain):
    player = plain.player()
    assert "another version" in PlayerEnd(player).ask("hello_player", protocol=PROTOCOL + 1)["what"]
    player.close()
