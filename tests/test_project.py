"""What must hold for the tree as a whole."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def tracked():
    listed = subprocess.run(
        ["/usr/bin/env", "git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def texts():
    for path in tracked():
        try:
            yield path, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def test_no_note_for_later_is_left_behind():
    marks = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
    assert [
        p for p, text in texts() if p.suffix in {".py", ".ts", ".css"} and marks.search(text)
    ] == []


def test_no_registry_address_in_any_file():
    hosts = re.compile("registry" + r"\.npmjs\.org|pypi" + r"\.org/simple|files\.python" + "hosted")
    assert [path for path, text in texts() if hosts.search(text)] == []


def test_nothing_large_is_tracked():
    assert [path for path in tracked() if path.stat().st_size > 600_000] == []
