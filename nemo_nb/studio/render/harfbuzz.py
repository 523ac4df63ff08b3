"""uharfbuzz behind one border: a compiled extension without type stubs."""

from __future__ import annotations

from typing import Any, Final

import uharfbuzz

hb: Final[Any] = uharfbuzz
