"""A static figure: vectors for the eye, the same in words for who cannot see it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from pathlib import Path

from nemo_nb.errors import InputError


@dataclass(frozen=True)
class Picture:
    """A figure that shows itself in a notebook, and saves itself.

    Attributes:
        svg: The figure.
        alt: The same in words.
    """

    svg: str
    alt: str

    # No `image/svg+xml` beside it: nbconvert cannot make LaTeX of that without Inkscape.
    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return self.alt

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the figure as ``.svg``, or as a page with its text as ``.html``.

        Raises:
            InputError: The name ends otherwise.
        """
        target = Path(path)
        ending = target.suffix.lower()
        if ending == ".svg":
            text = self.svg
        elif ending in (".html", ".htm"):
            text = (
                '<!doctype html><html lang="en"><meta charset="utf-8">'
                f"<title>Figure</title><body>{self.svg}<p>{escape(self.alt)}</p></body></html>"
            )
        else:
            raise InputError(
                f"A figure cannot be saved as {target.name!r}.",
                "It is drawn as vectors.",
                "Give a name that ends in .svg or .html.",
            )
        target.write_text(text, encoding="utf-8")
        return target
