"""What people do in a widget, and what a reader of the page finds in it."""

import base64

import pytest

from browser.hosts import HOSTS, ROOT

CONNECT = "%load_ext nemo_nb\nimport nemo_nb\ns = nemo_nb.connect()\ns"
AXE = ROOT / "js" / "node_modules" / "axe-core" / "axe.min.js"

both_hosts = pytest.mark.parametrize("host", list(HOSTS), indirect=True)
"""Run a test in JupyterLab and in Notebook 7."""


def cloud(url):
    """`CONNECT`, to the API at *url*."""
    return CONNECT.replace("connect()", f"connect({url!r})")


def add_files(panel, *paths):
    panel.locator("input[type=file]").set_input_files([str(path) for path in paths])


def drag_files(target, *files):
    """Drag (name, bytes) pairs over *target*; returns what lets them go."""
    script = """files => {
        const transfer = new DataTransfer();
        for (const [name, data] of files) {
            const bytes = Uint8Array.from(atob(data), char => char.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
        }
        return transfer;
    }"""
    encoded = [[name, base64.b64encode(data).decode()] for name, data in files]
    transfer = target.page.evaluate_handle(script, encoded)
    target.dispatch_event("dragenter", {"dataTransfer": transfer})
    return lambda: target.dispatch_event("drop", {"dataTransfer": transfer})


def say(panel, text):
    box = panel.get_by_role("textbox", name="Message")
    box.fill(text)
    box.press("Enter")


def axe_findings(page, root=".nmp-root"):
    """What axe-core finds wrong below *root*: rule, and the elements it names."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("root => axe.run(root)", root)
    return [(rule["id"], [n["html"] for n in rule["nodes"]]) for rule in found["violations"]]
