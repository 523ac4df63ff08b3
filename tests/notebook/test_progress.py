"""How far a loop is, in a cell and without one."""

import pytest
from IPython.utils.capture import capture_output

from nemo_nb.notebook.progress import counted


def test_in_a_cell_a_bar_ends_as_a_line(cell):
    cell("from nemo_nb.notebook.progress import counted")
    outputs = cell("done = list(counted('abc', 3, 'Batch', 'videos'))")
    assert "<progress" in outputs[0].data["text/html"]
    assert outputs[-1].data["text/html"] == "<div>Batch: 3 of 3 videos</div>"
    assert all(output.update for output in outputs[1:])


def test_an_error_leaves_no_bar(shell, cell):
    cell("from nemo_nb.notebook.progress import counted")
    with capture_output() as captured, pytest.raises(ZeroDivisionError):
        shell.run_cell("for n in counted([1, 0], 2, 'Batch', 'videos'): 1 / n").raise_error()
    assert captured.outputs[-1].data["text/plain"] == "Batch: 2 of 2 videos"


@pytest.mark.parametrize("total", [0, 3])
def test_a_script_whose_output_nobody_sees_stays_silent(capsys, monkeypatch, total):
    monkeypatch.setattr("nemo_nb.notebook.progress._in_kernel", lambda: False)
    assert list(counted(range(total), total, "Batch", "videos")) == [*range(total)]
    assert capsys.readouterr() == ("", "")
