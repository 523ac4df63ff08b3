import subprocess
import sys

import pytest

from nemo_nb.cli import main

COMMANDS = ["demo", "lab", "serve", "jobs", "doctor", "clean"]
START_AND_STOP = """
import pathlib, sys
from nemo_nb.studio import launch
launch.start(pathlib.Path(sys.argv[1])).stop()
"""


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"\n    {name} " in shown for name in COMMANDS)


def test_an_unknown_command_ends_with_2(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["dance"])
    assert ended.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_doctor_finds_what_this_installation_has(capsys, isolated_home):
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "front end built" in shown
    assert "fonts built" in shown
    assert str(isolated_home / "data") in shown


def test_jobs_of_somebody_who_has_rendered_nothing(capsys):
    assert main(["jobs"]) == 0
    assert capsys.readouterr().out == "No renders yet.\n"


def test_clean_shows_what_is_there_and_deletes_only_when_told(capsys, tmp_path):
    workspace = tmp_path / "studio"
    subprocess.run([sys.executable, "-c", START_AND_STOP, str(workspace)], check=True)
    assert main(["clean", "--workspace", str(workspace)]) == 0
    assert "nemo-nb clean --yes" in capsys.readouterr().out
    assert any(workspace.iterdir())
    assert main(["clean", "--workspace", str(workspace), "--yes"]) == 0
    assert not workspace.exists()


def test_clean_leaves_a_folder_that_is_no_studios(capsys, tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years")
    assert main(["clean", "--workspace", str(tmp_path), "--yes"]) == 1
    assert "is not a studio's folder" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").exists()


def test_python_m_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "nemo_nb", "doctor"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Python 3.")
