import asyncio
import contextvars
import os
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from nemo_nb import loop
from nemo_nb.errors import ConfigError


async def add(a: int, b: int) -> int:
    await asyncio.sleep(0)
    return a + b


def test_runs_on_one_other_thread():
    async def thread():
        return threading.current_thread()

    first = loop.run(thread)
    assert first is loop.run(thread)
    assert first is not threading.current_thread()
    assert loop.run(add, 2, 3) == 5


def test_works_inside_a_running_loop():
    async def cell():
        return loop.run(add, 1, 1)

    assert asyncio.run(cell()) == 2


def test_a_timeout_error_of_the_coroutine_comes_through():
    async def late():
        raise TimeoutError("the coroutine's own")

    with pytest.raises(TimeoutError, match="own"):
        loop.run(late)


def test_blocking_call_from_the_loop_itself_is_refused_at_once():
    async def inside():
        assert loop.on_loop()
        return loop.run(add, 1, 1)

    with pytest.raises(ConfigError, match=r"session\.aio"):
        loop.run(inside)
    assert not loop.on_loop()


def test_context_variables_travel():
    cell = contextvars.ContextVar("cell", default="none")
    cell.set("third cell")

    async def read():
        return cell.get()

    assert loop.run(read) == "third cell"


def test_a_spawned_task_is_cancelled_from_another_thread():
    started = threading.Event()
    ended = threading.Event()

    async def wait():
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    future = loop.spawn(wait)
    assert started.wait(5)
    assert future.cancel()
    assert ended.wait(5)


def test_an_interrupt_runs_the_clean_up_before_it_is_raised():
    cleaned = []

    async def work():
        try:
            # The signal reaches the main thread, which is the one that waits in run().
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    with pytest.raises(KeyboardInterrupt):
        loop.run(work)
    assert cleaned == [True]


def test_a_script_with_work_under_way_exits_cleanly():
    script = textwrap.dedent("""
        import asyncio
        from nemo_nb import loop

        async def forever():
            await asyncio.Event().wait()

        loop.spawn(forever)
        print("end of script")
    """)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("end of script\n", "")


def test_no_loop_is_started_while_python_ends():
    script = textwrap.dedent("""
        import atexit

        def late():
            from nemo_nb import loop
            from nemo_nb.errors import ConfigError

            async def nothing():
                pass

            try:
                loop.run(nothing)
            except ConfigError as error:
                print(error.what)

        atexit.register(late)
        from nemo_nb import loop

        async def nothing():
            pass

        loop.run(nothing)
    """)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert (done.stdout.count("Python is ending"), done.stderr) == (1, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a platform without fork")
def test_a_forked_child_has_a_loop_of_its_own():
    script = textwrap.dedent("""
        import os
        from nemo_nb import loop

        async def answer():
            return 42

        loop.run(answer)
        child = os.fork()
        if child == 0:
            os._exit(loop.run(answer))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=10, check=True
    )
    assert done.stdout == "42\n"
