import pytest

from nemo_nb.notebook.widgets import cells
from nemo_nb.notebook.widgets.cells import CellWidgets


class Shown:
    """What a cell shows; a real widget also forgets itself when it is closed."""

    def __init__(self, widgets):
        self.widgets = widgets
        self.closed = 0

    def close(self):
        self.closed += 1
        self.widgets.discard(self)


@pytest.fixture
def run(monkeypatch):
    widgets = CellWidgets()

    def run_it(number, cell="c1"):
        monkeypatch.setattr(cells, "running_cell", lambda: cell)
        monkeypatch.setattr(cells, "_running", lambda: str(number))
        shown = Shown(widgets)
        widgets.add(shown)
        return shown

    return run_it


def test_running_a_cell_again_closes_what_it_had_shown(run):
    first, beside, elsewhere = run(1), run(1), run(1, cell="c2")
    assert [first.closed, beside.closed] == [0, 0]
    again = run(2)
    assert [first.closed, beside.closed, elsewhere.closed, again.closed] == [1, 1, 0, 0]
    run(3)
    assert [first.closed, again.closed] == [1, 1]


def test_what_was_closed_by_hand_is_closed_once(run):
    first = run(1)
    first.close()
    run(2)
    assert first.closed == 1


def test_where_no_cell_is_known_nothing_is_closed(run):
    first = run(1, cell="")
    run(2, cell="")
    assert first.closed == 0
