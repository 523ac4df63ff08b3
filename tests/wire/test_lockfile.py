import stat

import anyio
import pytest

from nemo_nb.wire.lockfile import alone

pytestmark = pytest.mark.anyio


async def test_one_at_a_time(tmp_path):
    path = tmp_path / "made" / "x.lock"
    inside, done = [], []

    async def work():
        async with alone(path, limit_s=10):
            inside.append(1)
            assert len(inside) == 1
            await anyio.lowlevel.checkpoint()
            inside.pop()
        done.append(1)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(work)
    assert len(done) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_holder_that_hangs_is_not_waited_for_beyond_the_limit(tmp_path):
    async with alone(tmp_path / "x.lock", limit_s=0):
        with anyio.fail_after(10):
            async with alone(tmp_path / "x.lock", limit_s=0.01):
                pass


async def test_a_folder_that_cannot_be_is_no_obstacle(tmp_path):
    (tmp_path / "blocked").write_text("a file, no folder")
    entered = False
    async with alone(tmp_path / "blocked" / "x.lock", limit_s=0):
        entered = True
    assert entered
