"""`nemo-nb demo`: run the quickstart notebook headless and show what it made."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.errors import ConfigError, NemoError

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK: Final = "01_quickstart.ipynb"
_CELL_LIMIT_S: Final = 300
_METRICS_TAG: Final = "ab-metrics"
# Static output first: a page on its own has no kernel for a widget to talk to.
_HTML_OUTPUTS: Final = ("text/html", "text/markdown", "image/png", "image/jpeg", "text/plain")


def notebooks() -> Path:
    """Return the folder of the example notebooks: the wheel's, else the checkout's."""
    package = Path(__file__).parent
    for folder in (package / "notebook" / "examples", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise ConfigError("The example notebooks are missing.", fix="Reinstall nemo_nb.")


def run(out: Path, name: str = NOTEBOOK) -> Path:
    """Execute an example notebook in *out*, report progress on stdout, return its path.

    Args:
        out: The folder it runs in.
        name: Which one; the quickstart if none is named.

    Raises:
        ConfigError: JupyterLab and its tools are not installed.
        NemoError: A cell failed; the message names it.
    """
    _require_jupyter()
    nbformat: Any = importlib.import_module("nbformat")  # an extra, untyped
    started = time.monotonic()
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    notebook: NotebookNode = nbformat.read(notebooks() / name, as_version=4)
    print(f"Running {name} in {out}")
    _execute(notebook, out, name)
    executed, page = out / name, out / f"{Path(name).stem}.html"
    nbformat.write(notebook, executed)
    page.write_text(_html(notebook), encoding="utf-8")
    print(f"\nDone in {time.monotonic() - started:.0f} s. What it made:")
    for line in _report(notebook, out):
        print(line)
    print(f"  notebook  {executed}\n  page      {page}")
    return executed


def _require_jupyter() -> None:
    from importlib.util import find_spec  # noqa: PLC0415  # only here

    missing = [
        name for name in ("nbclient", "nbconvert", "ipykernel", "skimage") if not find_spec(name)
    ]
    if missing:
        raise ConfigError(
            "The demo needs Jupyter.",
            f"Not installed: {', '.join(missing)}.",
            'Run: pip install "nemo_nb[lab]"',
        )


def _execute(notebook: NotebookNode, folder: Path, name: str) -> None:
    from nbclient import NotebookClient  # noqa: PLC0415  # an extra
    from nbclient.exceptions import CellExecutionError  # noqa: PLC0415  # an extra

    client = NotebookClient(
        notebook,
        timeout=_CELL_LIMIT_S,
        kernel_name="python3",
        # The kernel's own warnings about its transport are noise next to a report.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with client.setup_kernel(env={**os.environ, "NEMO_NB_DATA": str(folder / ".nemo_nb")}):
        for count, index in enumerate(code, start=1):
            cell = notebook.cells[index]
            print(f"  [{count}/{len(code)}] {_first_line(cell.source)}", end="", flush=True)
            began = time.monotonic()
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                print(file=sys.stderr)
                raise NemoError(
                    f"Cell {count} of {name} failed.",
                    str(error.evalue),
                    "Run it in JupyterLab to see more.",
                ) from error
            print(f"  ({time.monotonic() - began:.1f} s)")


def _first_line(source: str) -> str:
    line = next((line for line in source.splitlines() if line.strip()), "")
    return line if len(line) <= 70 else f"{line[:69]}…"  # noqa: PLR2004  # a terminal's width


def _html(notebook: NotebookNode) -> str:
    from nbconvert import HTMLExporter  # noqa: PLC0415  # an extra
    from traitlets.config import Config  # noqa: PLC0415  # comes with it

    config = Config()
    config.NbConvertBase.display_data_priority = list(_HTML_OUTPUTS)
    exporter: Any = HTMLExporter(config=config)
    body, _ = exporter.from_notebook_node(notebook)
    return body


def _report(notebook: NotebookNode, out: Path) -> Iterator[str]:
    from nemo_nb.media.probe import probe  # noqa: PLC0415  # PyAV, only here

    for path in sorted(out.glob("*.mp4")):
        info = probe(path)
        yield (
            f"  video     {path}  {info.width}x{info.height}, {info.duration_ms / 1000:.1f} s, "
            f"{info.size_bytes / 1_000_000:.1f} MB"
        )
    for cell in notebook.cells:
        if _METRICS_TAG in cell.metadata.get("tags", ()):
            for output in cell.outputs:
                yield "\n" + output.get("data", {}).get("text/plain", "").rstrip() + "\n"
