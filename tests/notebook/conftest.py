"""A real IPython shell, as a kernel has one, that runs cells and keeps what they show."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output


@pytest.fixture(scope="module")
def shell():
    shell = InteractiveShell.instance()
    shell.kernel = object()  # what tells a kernel's shell from a terminal's
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def cell(shell, tmp_path, monkeypatch):
    """Run one cell; return what it displayed, its result last. Raises what the cell raised."""
    monkeypatch.chdir(tmp_path)
    shell.reset(new_session=False)
    results = []

    def keep(data, metadata=None):
        results.append(RichOutput(data, metadata))

    monkeypatch.setattr(shell.displayhook, "write_format_data", keep)

    def run(source):
        results.clear()
        with capture_output() as captured:
            done = shell.run_cell(source, store_history=True)
        done.raise_error()
        return [*captured.outputs, *results]

    run("import nemo_nb as nemo")
    return run
