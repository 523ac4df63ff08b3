import inspect

import pytest

from nemo_nb import blocking
from nemo_nb.blocking import Session
from nemo_nb.export import AsyncExport, Export
from nemo_nb.session import AsyncSession

# Attributes of the core, which its face reads through.
PLAIN = {"closed", "name"}
# What stands on the blocking face alone.
OWN = {"panel"}


def public(kind):
    return {name for name in vars(kind) if not name.startswith("_")}


def test_both_faces_have_the_same_members():
    assert public(Session) - PLAIN - OWN == public(AsyncSession)
    assert public(Export) - {"aio"} == public(AsyncExport) - {"blocking"}


@pytest.mark.parametrize("name", sorted(public(Session) - PLAIN - OWN))
def test_a_member_is_the_same_on_both(name):
    ours, theirs = vars(Session)[name], vars(AsyncSession)[name]
    if isinstance(ours, property):
        assert isinstance(theirs, property)
        ours, theirs = ours.fget, theirs.fget
    assert list(inspect.signature(ours).parameters.values()) == list(
        inspect.signature(theirs).parameters.values()
    )
    assert not inspect.iscoroutinefunction(ours)
    assert ours.__doc__
    assert theirs.__doc__


def test_the_loop_is_reached_from_here():
    assert blocking.run.__module__ == blocking.spawn.__module__ == "nemo_nb.loop"
    assert blocking.portal() is blocking.portal()
