"""The command line: ``nemo-nb serve|demo|lab|doctor|jobs|clean``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from nemo_nb.errors import ConfigError, NemoError
from nemo_nb.settings import data_dir

_LIBRARIES: Final = (
    "nemo_nb",
    "av",
    "opencv-python-headless",
    "pandas",
    "anywidget",
    "ipykernel",
    "jupyterlab",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except NemoError as error:
        print(f"nemo-nb: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nemo-nb", description="Video editing by chat, inside Jupyter."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="run the quickstart notebook and show what it made")
    demo.add_argument("--out", type=Path, default=Path("demo-out"), help="folder for the results")
    demo.set_defaults(run=_demo)

    lab = commands.add_parser("lab", help="open JupyterLab on the example notebooks")
    lab.add_argument("--folder", type=Path, help="a folder of your own instead")
    lab.set_defaults(run=_lab)

    serve = commands.add_parser("serve", help="run the studio for other kernels on this machine")
    serve.add_argument("--port", type=int, default=8787)
    serve.add_argument("--workspace", type=Path, help="where it keeps projects and renders")
    serve.set_defaults(run=_serve)

    jobs = commands.add_parser("jobs", help="list every render this user started")
    jobs.set_defaults(run=_jobs)

    doctor = commands.add_parser("doctor", help="check the installation")
    doctor.set_defaults(run=_doctor)

    clean = commands.add_parser("clean", help="show, or free, what the studio keeps on disk")
    clean.add_argument("--workspace", type=Path, help="another studio's folder")
    clean.add_argument("--yes", action="store_true", help="delete it all")
    clean.set_defaults(run=_clean)
    return parser


def _demo(options: argparse.Namespace) -> None:
    from nemo_nb import demo  # noqa: PLC0415  # each command loads only what it runs

    demo.run(options.out)


def _lab(options: argparse.Namespace) -> None:
    from nemo_nb import demo  # noqa: PLC0415  # each command loads only what it runs

    if _version("jupyterlab") is None:
        raise ConfigError("JupyterLab is not installed.", fix='Run: pip install "nemo_nb[lab]"')
    if options.folder is None:
        # The installed notebooks may lie in a folder that cannot be written.
        folder = Path("nemo_nb-notebooks")
        source = demo.notebooks()
        if source.parent.joinpath("pyproject.toml").exists():
            folder = source
        elif not folder.exists():
            shutil.copytree(source, folder)
    else:
        folder = options.folder
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    subprocess.run(command, check=False)  # noqa: S603  # our own arguments


def _serve(options: argparse.Namespace) -> None:
    from nemo_nb.studio import launch  # noqa: PLC0415  # each command loads only what it runs

    launch.serve(port=options.port, workspace=options.workspace or data_dir() / "studio")


def _jobs(options: argparse.Namespace) -> None:
    del options
    from nemo_nb.connecting import jobs  # noqa: PLC0415  # each command loads only what it runs

    frame: Any = jobs()  # pandas leaves the type of to_string open
    print("No renders yet." if frame.empty else frame.to_string(index=False))


def _doctor(options: argparse.Namespace) -> None:
    del options
    package = Path(__file__).parent
    bundle = package / "notebook" / "widgets" / "static" / "panel.js"
    fonts = package / "studio" / "render" / "fonts"
    print(f"Python {sys.version.split()[0]}")
    for name in _LIBRARIES:
        print(f"{name} {_version(name) or 'not installed'}")
    print(f"front end {'built' if bundle.exists() else 'missing: reinstall nemo_nb'}")
    print(f"fonts {'built' if any(fonts.glob('*')) else 'missing: reinstall nemo_nb'}")
    print(f"data {data_dir()}")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _clean(options: argparse.Namespace) -> None:
    from nemo_nb.studio.store import DATABASE  # noqa: PLC0415  # likewise

    folder: Path = options.workspace or data_dir() / "studio"
    files = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else []
    megabytes = sum(path.stat().st_size for path in files) / 1_000_000
    print(f"{folder}: {len(files)} files, {megabytes:.1f} MB")
    if options.yes and files:
        if not (folder / DATABASE).exists():
            raise ConfigError(
                f"{folder} is not a studio's folder.", fix="Nothing was deleted; check --workspace."
            )
        shutil.rmtree(folder)
        print("Deleted.")
    elif files:
        print("Delete it with: nemo-nb clean --yes")
