"""The command line: ``nemo-nb serve|demo|lab|doctor|jobs|clean``."""

from __future__ import annotations

import argparse
import ipaddress
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from nemo_nb.errors import ConfigError, NemoError
from nemo_nb.settings import CREDITS, data_dir, studio_credits

_LIBRARIES: Final = (
    "nemo_nb",
    "av",
    "opencv-python-headless",
    "pandas",
    "anywidget",
    "ipykernel",
    "jupyterlab",
)

_SERVE: Final[dict[str, Any]] = {
    "help": "run the studio for other kernels on this machine",
    "description": "Run a studio for the kernels of this machine, until Ctrl+C. It listens on "
    "127.0.0.1 alone and is free, offline and without surprises unless told otherwise.",
    "epilog": 'Connect with nemo_nb.connect("http://127.0.0.1:8787"). From another machine, '
    "forward the port first: ssh -L 8787:127.0.0.1:8787 HOST",
}


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

    _add_serve(commands.add_parser("serve", **_SERVE))

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


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--port", type=int, default=8787, help="default: %(default)s; 0: any free")
    serve.add_argument(
        "--workspace",
        type=Path,
        metavar="FOLDER",
        help="where it keeps projects and renders; default: in the user's data folder",
    )
    teaching = serve.add_argument_group("to practise for the cloud")
    teaching.add_argument(
        "--credits",
        type=float,
        metavar="N",
        help=f"give each user N credits: editing costs 50 a session, a generated film 100, export "
        f"nothing; a larger N tops up; default: {CREDITS}, else everything is free",
    )
    teaching.add_argument(
        "--quirks",
        nargs="?",
        const="0",
        default="",
        metavar="SEED",
        help="answer with the cloud's habits (silent edits, talk of buttons, long pauses, …), the "
        "same for the same seed; or some of them by name, as in --quirks silent,gui",
    )
    planner = serve.add_argument_group(
        "a model for messages that the built-in grammar does not understand"
    )
    planner.add_argument(
        "--planner",
        metavar="URL",
        help="an OpenAI-compatible server, on this machine or over https, such as "
        "http://127.0.0.1:11434 (Ollama); default: NEMO_PLANNER_URL, else none. "
        "NEMO_PLANNER_KEY holds its key, if it wants one",
    )
    planner.add_argument(
        "--planner-model", metavar="NAME", help="the model there; default: NEMO_PLANNER_MODEL"
    )
    fetching = serve.add_argument_group("uploads by URL")
    fetching.add_argument(
        "--allow-network",
        action="append",
        default=[],
        type=_network,
        metavar="NETWORK",
        help="let it fetch from a private network too, such as 192.168.1.0/24; may be repeated. "
        "Without it only public addresses are fetched",
    )
    serve.set_defaults(run=_serve)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}") from None


def _serve(options: argparse.Namespace) -> None:
    # Each command loads only what it runs.
    from nemo_nb.studio import launch  # noqa: PLC0415
    from nemo_nb.studio.accounts import Terms  # noqa: PLC0415
    from nemo_nb.studio.core import StudioOptions  # noqa: PLC0415
    from nemo_nb.studio.fetch import FetchRules  # noqa: PLC0415
    from nemo_nb.studio.planner_choice import chosen  # noqa: PLC0415
    from nemo_nb.studio.quirks import read_quirks  # noqa: PLC0415

    launch.serve(
        port=options.port,
        workspace=options.workspace or data_dir() / "studio",
        options=StudioOptions(
            terms=Terms(studio_credits(os.environ, options.credits), read_quirks(options.quirks)),
            planner=chosen(os.environ, options.planner, options.planner_model),
            fetch=FetchRules(allowed=tuple(options.allow_network)),
        ),
    )


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
    print(f"planner {_planner_state()}")
    print(f"credits {_credits_state()}")


def _planner_state() -> str:
    from nemo_nb.studio.planner_choice import KEY, chosen  # noqa: PLC0415  # likewise

    try:
        choice = chosen(os.environ)
    except ConfigError as error:
        return f"cannot be used: {error}"
    if choice is None:
        return "none: the built-in grammar reads every message"
    return f"{choice.model} at {choice.place}, {KEY} {'set' if choice.key else 'not set'}"


def _credits_state() -> str:
    try:
        given = studio_credits(os.environ)
    except ConfigError as error:
        return f"cannot be used: {error}"
    return "free" if given is None else f"{given:g} for each user of the studio ({CREDITS})"


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
