import asyncio

from nemo_nb.notebook.throttle import Throttle


def run(steps, expected=0):
    """Return what *steps* made a throttle emit, waiting until *expected* values are there."""
    seen = []

    async def main():
        enough = asyncio.Event()

        def emit(value):
            seen.append(value)
            if len(seen) >= expected:
                enough.set()

        await steps(Throttle(emit, per_second=200))
        if expected:
            await asyncio.wait_for(enough.wait(), 10)

    asyncio.run(main())
    return seen


async def push_first_and_second(throttle):
    throttle.push("first")
    throttle.push("second")


def test_the_first_value_goes_out_at_once_and_the_last_is_never_lost():
    async def steps(throttle):
        for value in range(100):
            throttle.push(value)
        throttle.flush()

    assert run(steps) == [0, 99]


def test_what_is_pending_goes_out_by_itself():
    assert run(push_first_and_second, expected=2) == ["first", "second"]


def test_flushing_twice_emits_once():
    async def steps(throttle):
        await push_first_and_second(throttle)
        throttle.flush()
        throttle.flush()

    assert run(steps) == ["first", "second"]


def test_a_burst_is_coalesced():
    async def steps(throttle):
        for value in range(200):
            throttle.push(value)
            await asyncio.sleep(0)
        throttle.flush()

    seen = run(steps)
    assert seen[-1] == 199
    assert len(seen) < 50
    assert seen == sorted(seen)
