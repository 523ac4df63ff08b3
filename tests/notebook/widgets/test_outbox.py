"""The panel's outbox: what is sent is sent once, in its order, whatever becomes of it."""

import asyncio

import pytest

from nemo_nb.errors import InputError, TurnFailed
from nemo_nb.notebook.widgets.outbox import Outbox


class Post:
    """Where the outbox sends to: each sending waits until the test lets it go."""

    def __init__(self):
        self.sent = []
        self.told = []
        self.refused = []
        self.gate = asyncio.Event()
        self.outbox = Outbox(
            lambda message: self.told.append([entry["text"] for entry in message["queue"]]),
            lambda text, error: self.refused.append((text, error.what)),
            lambda work: asyncio.get_running_loop().create_task(work),
        )

    def sending(self, text, *, begins=True, error=None):
        async def send():
            self.sent.append(text)
            if begins:
                self.outbox.began(text)
            await self.gate.wait()
            if error is not None:
                raise error

        return send

    def add(self, text, **how):
        return self.outbox.add(text, self.sending(text, **how))


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


def run(scenario):
    async def main():
        await scenario(Post())

    asyncio.run(main())


def test_what_began_under_other_words_is_not_sent_again():
    async def scenario(post):
        # The session takes secrets out of a message, so that its turn reads differently.
        post.add("with a token", begins=False)
        post.add("next")
        post.gate.set()
        await settled()
        assert post.sent == ["with a token", "next"]
        assert post.told[-1] == []

    run(scenario)


def test_whoever_waits_hears_when_it_is_done():
    async def scenario(post):
        waiting = asyncio.create_task(post.outbox.deliver("edit", post.sending("edit")))
        await settled()
        assert not waiting.done()
        post.gate.set()
        await waiting

    run(scenario)


def test_whoever_waits_hears_why_it_failed_and_it_is_told_once():
    async def scenario(post):
        post.gate.set()
        send = post.sending("edit", error=TurnFailed("It has gone."))
        with pytest.raises(TurnFailed, match="gone"):
            await post.outbox.deliver("edit", send)
        # The turn itself was told when it failed.
        assert post.refused == []

    run(scenario)


@pytest.mark.parametrize("way", ["drop", "clear"])
def test_whoever_waits_hears_that_it_was_taken_off(way):
    async def scenario(post):
        post.add("first")
        waiting = asyncio.create_task(post.outbox.deliver("edit", post.sending("edit")))
        await settled()
        assert post.outbox.holds(2)
        if way == "drop":
            post.outbox.drop(2)
        else:
            assert post.outbox.clear() == ["edit"]
        with pytest.raises(InputError, match="taken off"):
            await waiting
        post.gate.set()
        await settled()
        assert post.sent == ["first"]

    run(scenario)


def test_what_never_became_a_turn_is_told_with_its_reason():
    async def scenario(post):
        post.gate.set()
        post.add("hello", begins=False, error=TurnFailed("The studio is gone."))
        await settled()
        assert post.refused == [("hello", "The studio is gone.")]

    run(scenario)


def test_an_unforeseen_failure_sends_nothing_twice():
    async def scenario(post):
        post.gate.set()
        failures = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: failures.append(context)
        )
        post.add("one", begins=False, error=ValueError("strange"))
        post.add("two")
        await settled()
        assert post.sent == ["one", "two"]

    run(scenario)
