import subprocess
import sys

import pytest

from nemo_nb.cli import main
from nemo_nb.studio import launch
from nemo_nb.studio.accounts import Terms
from nemo_nb.studio.core import StudioOptions
from nemo_nb.studio.quirks import Quirks

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


def test_doctor_tells_the_planner_and_the_credits_without_secrets(capsys, monkeypatch):
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "planner none: the built-in grammar" in shown
    assert "credits free" in shown
    monkeypatch.setenv("NEMO_PLANNER_URL", "https://api.example/v1")
    monkeypatch.setenv("NEMO_PLANNER_MODEL", "tiny:1b")
    monkeypatch.setenv("NEMO_PLANNER_KEY", "sk-secret-0123456789")
    monkeypatch.setenv("NEMO_STUDIO_CREDITS", "200")
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "planner tiny:1b at https://api.example, NEMO_PLANNER_KEY set" in shown
    assert "credits 200 for each user" in shown
    assert "sk-secret" not in shown
    monkeypatch.setenv("NEMO_PLANNER_URL", "http://192.168.1.7")
    monkeypatch.setenv("NEMO_STUDIO_CREDITS", "lots")
    assert main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "planner cannot be used" in shown
    assert "credits cannot be used" in shown


@pytest.fixture
def served(monkeypatch):
    """Return with what the studio would be served."""
    calls = []
    monkeypatch.setattr(launch, "serve", lambda **options: calls.append(options))
    return calls


def test_serve_is_free_offline_and_plain_unless_told_otherwise(served):
    assert main(["serve"]) == 0
    (call,) = served
    assert call["port"] == 8787
    assert call["options"] == StudioOptions()


def test_serve_takes_credits_quirks_a_planner_and_networks(served):
    told = "--port 0 --credits 200 --quirks 7 --planner http://127.0.0.1:1 --planner-model tiny"
    networks = "--allow-network 192.168.1.0/24 --allow-network ::1/128"
    assert main(["serve", *told.split(), *networks.split()]) == 0
    options = served[0]["options"]
    assert options.terms == Terms(200.0, Quirks(7))
    assert (options.planner.model, options.planner.place) == ("tiny", "http://127.0.0.1:1")
    assert [str(net) for net in options.fetch.allowed] == ["192.168.1.0/24", "::1/128"]
    assert main(["serve", "--quirks"]) == 0
    assert served[1]["options"].terms == Terms(None, Quirks(0))


def test_serve_takes_them_from_the_environment_too(served, monkeypatch):
    monkeypatch.setenv("NEMO_STUDIO_CREDITS", "100")
    monkeypatch.setenv("NEMO_PLANNER_URL", "http://localhost:11434")
    monkeypatch.setenv("NEMO_PLANNER_MODEL", "tiny")
    assert main(["serve"]) == 0
    assert served[0]["options"].terms.credits == 100
    assert served[0]["options"].planner.model == "tiny"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--quirks", "loud"], "no quirk"),
        (["--credits", "-5"], "number from 0"),
        (["--planner", "http://10.0.0.1", "--planner-model", "x"], "plain http"),
        (["--planner", "http://127.0.0.1:1"], "no model"),
    ],
)
def test_serve_refuses_in_words_what_it_cannot_use(served, capsys, arguments, why):
    assert main(["serve", *arguments]) == 1
    assert why in capsys.readouterr().err
    assert not served


def test_serve_refuses_a_network_that_is_none(served, capsys):
    with pytest.raises(SystemExit):
        main(["serve", "--allow-network", "192.168.1.5/24"])
    assert "host bits" in capsys.readouterr().err
    assert not served


def test_the_help_of_serve_tells_every_option(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for option in ("--port", "--workspace", "--credits", "--quirks", "--planner", "--allow-n"):
        assert option in shown
    assert "ssh -L" in shown


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
