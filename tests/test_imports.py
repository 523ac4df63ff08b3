"""The house's order: imports run one way (DESIGN, docs/architecture.md)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nemo_nb

PACKAGE = Path(nemo_nb.__file__).parent

# From the ground up. A module may import its own layer and the ones before it.
LAYERS = [
    ["redact", "errors"],
    ["models", "skills", "processes", "figures"],
    ["settings"],
    ["words"],
    ["media"],
    ["timeline"],
    ["captions", "experiments"],
    ["records", "destination"],
    ["comparison_html"],
    ["comparison"],
    ["comparing"],
    ["wire"],
    ["gui_talk", "export_words", "variant_export_words"],
    ["gui_phrases"],
    ["routing", "phrasing"],
    ["notices", "loop"],
    ["presenting"],
    ["ledger"],
    ["history", "backend"],
    ["render_job", "cassettes"],
    ["export"],
    ["answers", "reply", "sources"],
    ["draft_previews"],
    ["project"],
    ["reconcile", "upload", "exporter", "films", "resuming"],
    ["agent_turn", "actions"],
    ["conversation", "retext"],
    ["session"],
    ["asking", "blocking", "variants", "cloud_variants"],
    ["notebook"],
    ["connecting"],
    ["batch_table"],
    ["batching"],
    ["samples", "demo", "cli", "__main__", "__init__"],
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# What the studio may stand on: never the client.
STUDIO_MAY = {"redact", "errors", "models", "settings", "skills", "words", "media", "timeline"} | {
    "captions",
    "studio",
}

# A module that reaches up, on purpose, each with its reason.
UPWARD = {
    ("timeline", "captions"): "Timeline.lint() is the captions' lint of one timeline",
    ("session", "variants"): "ab() makes them from copies of its session",
    ("session", "cloud_variants"): "ab() makes them in fresh sessions where none can be copied",
    ("blocking", "notebook"): "Session.panel() is what a notebook shows of it",
    ("notebook", "connecting"): "%nemo connect",
    ("comparison", "notebook"): "player() is a widget",
    ("timeline", "notebook"): "widget() is a widget",
}
# Who may start the studio.
STARTS_STUDIO = {"connecting", "cli", "samples"}

ONLY_IN = {
    "httpx": {"wire", "studio.fetch", "studio.agent.model_planner"},
    "anywidget": {"notebook.widgets"},
    "starlette": {"studio"},
    "uvicorn": {"studio"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "examples" not in parts:
            yield ".".join(parts), path


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


ALL = dict(modules())


@pytest.mark.parametrize("module", ALL)
def test_imports_run_one_way(module):
    top = module.split(".")[0]
    for name in imported(ALL[module]):
        if not name.startswith("nemo_nb."):
            continue
        target = name.split(".")[1]
        if target in {"__version__", top}:
            continue
        if top == "studio":
            assert target in STUDIO_MAY, f"{module} imports {name}: the studio knows no client"
        elif target == "studio":
            assert top in STARTS_STUDIO, f"{module} imports {name}: the client knows it by URL"
        elif (top, target) not in UPWARD:
            assert RANK[target] <= RANK[top], f"{module} imports {name}, which stands above it"


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_place(library):
    users = {module for module, path in ALL.items() if any(_is(n, library) for n in imported(path))}
    strays = {user for user in users if not user.startswith(tuple(ONLY_IN[library]))}
    assert not strays


def _is(name, library):
    return name == library or name.startswith(library + ".")


def test_importing_the_package_loads_nothing_heavy():
    heavy = "pandas numpy scipy statsmodels narwhals av cv2 PIL httpx IPython anywidget starlette"
    code = f"import sys, nemo_nb; print([name for name in {heavy.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_exactly_those_of_all_and_each_can_be_loaded():
    for name in nemo_nb.__all__:
        assert getattr(nemo_nb, name) is not None
    assert sorted(nemo_nb.__all__) == nemo_nb.__all__
    assert set(nemo_nb.__all__) <= set(dir(nemo_nb))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = nemo_nb.nonsense


def test_no_public_function_is_hidden_by_a_module_of_its_name():
    files = {path.stem for path in PACKAGE.glob("*.py")} | {p.name for p in PACKAGE.iterdir()}
    assert not files & set(nemo_nb.__all__)
