"""The wheel works outside the checkout, with its front end, fonts, weights and notebooks inside."""

import os
import runpy
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def stale(*arguments):
    return runpy.run_path(str(ROOT / "hatch_build.py"))["_stale"](*arguments)


@pytest.mark.parametrize("beside", ["__pycache__/a.pyc", "node_modules/a.js", "tests/a.ts"])
def test_what_is_built_is_built_again_for_newer_sources_alone(tmp_path, beside):
    result = tmp_path / "result"
    assert stale(result, tmp_path / "js")
    result.touch()
    late = result.stat().st_mtime + 10
    for name, expected in ((beside, False), ("src/a.ts", True)):
        path = tmp_path / "js" / name
        path.parent.mkdir(parents=True)
        path.touch()
        os.utime(path, (late, late))
        assert stale(result, tmp_path / "js") is expected


def test_every_widget_is_built_and_none_is_forgotten(tmp_path):
    bundles = runpy.run_path(str(ROOT / "hatch_build.py"))["_bundles"]
    for name in ("panel/index.ts", "shared/dom.ts", "markdown/index.ts"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    assert bundles(tmp_path) == ["markdown.js", "panel.js"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    # The build tools are in this environment already; Node is not needed for what is built.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.glob("*.whl")
    return path


def test_it_carries_the_front_end_fonts_weights_and_notebooks(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    static = "nemo_nb/notebook/widgets/static/"
    entries = {path.parent.name for path in (ROOT / "js" / "src").glob("*/index.ts")}
    assert {"panel", "markdown"} <= entries
    assert {f"{static}{entry}.js" for entry in entries} <= set(names)
    assert {f"{static}{entry}.css" for entry in entries - {"markdown"}} <= set(names)
    assert "nemo_nb/notebook/examples/01_quickstart.ipynb" in names
    assert "nemo_nb/py.typed" in names
    assert any(
        n.startswith("nemo_nb/studio/render/fonts/") and n.endswith((".ttf", ".otf")) for n in names
    )
    assert {f"nemo_nb/studio/weights/{n}" for n in ("u2netp.onnx", "u2netp-LICENSE.txt")} <= set(
        names
    )
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_carries_every_data_file_of_the_package(wheel):
    data = {p.relative_to(ROOT).as_posix() for p in (ROOT / "nemo_nb").rglob("*.toml")}
    assert data
    assert data <= set(zipfile.ZipFile(wheel).namelist())


def test_it_is_no_larger_than_30_mb_and_holds_no_node_modules(wheel):
    assert wheel.stat().st_size < 30_000_000
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "node_modules" in name]


def test_it_works_outside_the_checkout(wheel, tmp_path):
    """Installed alone into a fresh environment that sees this one's libraries."""
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    site = (
        home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    )
    zipfile.ZipFile(wheel).extractall(site)
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (site / "libraries.pth").write_text("\n".join(libraries))
    script = (
        "import nemo_nb, sys; from nemo_nb import samples;"
        "assert nemo_nb.__file__.startswith(sys.argv[1]), nemo_nb.__file__;"
        "s = nemo_nb.connect();"
        "s.upload(samples.photo('cat'));"
        "s.chat('add a title \"Hi\" for 1 second');"
        "print(s.timeline().captions.text.tolist()); s.close()"
    )
    done = subprocess.run(
        [str(home / "bin" / "python"), "-W", "error", "-c", script, str(home)],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "NEMO_NB_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "['Hi']"
