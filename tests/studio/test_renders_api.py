import subprocess
import sys
import textwrap
from pathlib import Path

import av
import pytest

from nemo_nb.errors import BrokenMedia
from nemo_nb.media.sniff import sniff
from nemo_nb.studio.access import ATTRIBUTION
from studiokit import Person, SlowRenders, SmallAgent, until

SMALL = "128x96"


@pytest.fixture
def slow(make_studio, photo):
    """A studio of its own whose renders wait: (engine, owner, session)."""
    engine = SlowRenders()
    studio = make_studio(engine=engine, lease_s=0.3)
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        yield engine, owner, sid
    engine.go.set()


def test_a_photo_becomes_an_mp4_that_is_served_in_ranges(owner, filled):
    told = owner.submit(filled, "render_a", resolution=SMALL, fps=25).json()
    assert told["code"] == 0
    assert told["data"]["id"] == "render_a"
    done = owner.finished("render_a")
    assert (done["status"], done["progress"]) == ("completed", 100.0)
    assert done["output"]["url"] == f"{owner.base_url}/renders/render_a.mp4".replace("//r", "/r")
    assert done["completedAt"] >= done["createdAt"]
    whole = owner.get(done["output"]["url"])
    assert whole.headers["content-type"] == "video/mp4"
    assert int(whole.headers["content-length"]) == done["output"]["size"] == len(whole.content)
    assert whole.headers["etag"]
    part = owner.get(done["output"]["url"], headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, whole.content[5:15])
    assert owner.get("/api/render/proxy/render_a/download").content == whole.content


def test_the_mp4_has_the_size_and_rate_that_were_asked_for(owner, filled, tmp_path):
    owner.submit(filled, "render_b", resolution=SMALL, fps=25)
    path = tmp_path / "b.mp4"
    path.write_bytes(owner.get(owner.finished("render_b")["output"]["url"]).content)
    with av.open(str(path)) as container:
        (video,) = container.streams.video
        assert (video.width, video.height, video.average_rate) == (128, 96, 25)
        assert [stream.codec_context.name for stream in container.streams] == ["h264", "aac"]
        assert sum(1 for _ in container.decode(video)) == 75


def test_nobody_else_sees_a_render(owner, stranger, filled):
    owner.submit(filled, "render_c", resolution=SMALL)
    owner.finished("render_c")
    for path in ("/renders/render_c.mp4", "/api/render/proxy/lambda/render_c"):
        assert stranger.get(path).json()["code"] == 404
    assert stranger.post("/api/render/proxy/lambda/render_c/cancel").json()["code"] == 404


@pytest.mark.parametrize("name", ATTRIBUTION)
def test_without_an_attribution_header_an_export_is_402(owner, filled, name):
    del owner.headers[name]
    answer = owner.submit(filled, "render_d")
    assert (answer.status_code, answer.json()["code"]) == (402, 402)
    assert name in answer.json()["message"]
    assert owner.get("/api/render/proxy/lambda/render_d").status_code == 404


@pytest.mark.parametrize(
    ("draft", "output", "words"),
    [
        ({"t": []}, {}, "nothing to render"),
        ({"t": [{"tt": 0, "sg": [{"d": 5, "m": {"src": "dog.jpg"}}]}]}, {}, "dog.jpg"),
        (None, {"resolution": "huge"}, "huge"),
    ],
)
def test_an_order_that_cannot_be_rendered_is_refused_at_once(owner, filled, draft, output, words):
    answer = owner.submit(filled, "render_e", draft, **output)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert words in answer.json()["message"]


def test_the_same_id_is_the_same_job_and_is_rendered_once(slow):
    engine, owner, sid = slow
    first = owner.submit(sid, resolution=SMALL).json()["data"]
    assert engine.rendering.wait(20)
    again = owner.submit(sid, resolution="64x64").json()["data"]
    assert again["createdAt"] == first["createdAt"]
    engine.go.set()
    done = owner.finished()
    engine.rendering.clear()
    assert owner.submit(sid).json()["data"] == done
    assert not engine.rendering.is_set()


def test_progress_is_told_and_the_lease_outlives_a_long_frame(slow):
    engine, owner, sid = slow
    owner.submit(sid, resolution=SMALL)
    assert engine.rendering.wait(20)
    told = until(lambda: (job := owner.job())["progress"] == 25.0 and job)
    assert told["status"] == "processing"
    assert "output" not in told
    answer = owner.get("/renders/render_1.mp4")
    assert (answer.status_code, answer.json()["code"]) == (409, 409)


def test_cancelling_stops_the_render_and_the_next_one_goes_on(slow):
    engine, owner, sid = slow
    owner.submit(sid, "one", resolution=SMALL)
    owner.submit(sid, "two", resolution=SMALL)
    assert engine.rendering.wait(20)
    assert owner.post("/api/render/proxy/lambda/two/cancel").json()["data"]["status"] == "cancelled"
    assert owner.post("/api/render/proxy/lambda/one/cancel").json()["data"]["status"] == "cancelled"
    engine.go.set()
    owner.submit(sid, "three", resolution=SMALL)
    assert owner.finished("three")["status"] == "completed"
    assert [owner.job(job)["status"] for job in ("one", "two")] == ["cancelled"] * 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BrokenMedia("cat.jpg is damaged."), "cat.jpg is damaged."),
        (ValueError("inner workings"), "The renderer failed"),
    ],
)
def test_a_render_that_fails_says_why_and_leaves_no_file(make_studio, photo, error, words):
    class Failing(SmallAgent):
        def render(self, _draft, _assets, out, _order, **_):
            out.write_bytes(b"half")
            raise error

    studio = make_studio(engine=Failing())
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        owner.submit(sid)
        told = owner.finished()
    assert told["status"] == "failed"
    assert words in told["error"]
    until(lambda: not list((studio.workspace / "renders").iterdir()))


def test_a_studio_that_stops_gives_its_render_to_the_next_one(make_studio, photo):
    engine = SlowRenders()
    studio = make_studio(engine=engine)
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        owner.submit(sid, resolution=SMALL)
        assert engine.rendering.wait(20)
        created = owner.job()["createdAt"]
    studio.stop()
    reopened = make_studio(engine=SmallAgent())
    with Person(reopened.url, reopened.token.reveal()) as owner:
        done = owner.finished()
        assert (done["status"], done["createdAt"]) == ("completed", created)
        assert owner.get(done["output"]["url"]).status_code == 200


def test_a_render_whose_process_was_killed_is_taken_over(make_studio, tmp_path, photo):
    workspace = tmp_path / "work"
    (tmp_path / "cat.jpg").write_bytes(photo)
    code = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from studiokit import Person, SlowRenders
        from nemo_nb.studio import launch
        from nemo_nb.studio.core import StudioOptions

        engine = SlowRenders()
        studio = launch.start(Path(sys.argv[1]), engine=engine, options=StudioOptions(lease_s=0.5))
        owner = Person(studio.url, studio.token.reveal())
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", Path(sys.argv[2]).read_bytes()))
        owner.submit(sid, resolution="128x96")
        engine.rendering.wait()
        print("rendering", flush=True)
        time.sleep(60)
    """)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(workspace), str(tmp_path / "cat.jpg")],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(p for p in sys.path if p), "HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout.readline() == "rendering\n"
        process.kill()
    studio = make_studio(workspace, engine=SmallAgent(), lease_s=0.5)
    with Person(studio.url, studio.token.reveal()) as owner:
        done = owner.finished()
    assert done["status"] == "completed"
    assert done["output"]["size"] > 0


@pytest.mark.parametrize(
    ("name", "mime"),
    [("webm", "video/webm"), ("gif", "image/gif"), ("png", "image/png"), ("mp4", "video/mp4")],
)
def test_each_format_is_served_as_what_it_is(owner, filled, name, mime):
    job = f"render_{name}"
    owner.submit(filled, job, format=name, resolution=SMALL, fps=10)
    url = owner.finished(job)["output"]["url"]
    assert url.endswith(f"/{job}.{name}")
    served = owner.get(url)
    assert served.headers["content-type"] == mime
    assert sniff(served.content[:4096]).format == name
    assert owner.get(f"/api/render/proxy/{job}/download").content == served.content


def test_an_export_of_the_same_cut_in_a_fork_is_the_same_to_the_byte(owner, filled):
    owner.submit(filled, "render_one", resolution=SMALL)
    first = owner.get(owner.finished("render_one")["output"]["url"]).content
    fork = owner.post(f"/studio/v1/sessions/{filled}/fork").json()["data"]["session_id"]
    owner.submit(fork, "render_two", resolution=SMALL)
    assert owner.get(owner.finished("render_two")["output"]["url"]).content == first


def test_generated_music_and_what_could_not_be_drawn(owner, filled, tmp_path):
    draft = owner.state(filled)["draft"]
    music = {"s": 0, "d": 2000, "m": {"music": {"genre": "piano", "seed": 1}}}
    text = {"s": 0, "d": 2000, "m": {"text": "Hi \U00013000", "role": "title"}}
    draft["t"] += [{"tt": 1, "sg": [music]}, {"tt": 7, "sg": [text]}]
    body = {"id": "render_m", "sessionId": filled, "draft": draft}
    output = {"format": "mp4", "resolution": SMALL, "fps": 10}
    assert (
        owner.post("/api/render/proxy/lambda", json=body | {"output": output}).json()["code"] == 0
    )
    done = owner.finished("render_m")
    (note,) = done["notes"]
    assert "U+13000" in note
    path = tmp_path / "m.mp4"
    path.write_bytes(owner.get(done["output"]["url"]).content)
    with av.open(str(path)) as container:
        heard = [frame.to_ndarray() for frame in container.decode(audio=0)]
    assert max(abs(block).max() for block in heard) > 0.1
