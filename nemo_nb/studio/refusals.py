"""Why an edit was refused, in English for the error and in Chinese for the chat."""

from __future__ import annotations

from typing import Any

from nemo_nb.errors import EditRefused
from nemo_nb.studio.refusal_words import WORDS


class Refused(EditRefused):
    """An edit that is out of range or means nothing here; ``zh`` says it in Chinese."""

    zh: str = ""


def refuse(key: str, **values: Any) -> Refused:
    """Return the error for *key*.

    Args:
        key: A key of ``refusal_words``.
        values: What its sentences name. Those ending in ``_ms`` are told in seconds, under
            the name without that ending.
    """
    shown = {
        name.removesuffix("_ms"): f"{value / 1000:g}" if name.endswith("_ms") else value
        for name, value in values.items()
    }
    what, fix, zh = WORDS[key]
    error = Refused(what.format(**shown), fix=fix.format(**shown))
    error.zh = zh.format(**shown)
    return error
