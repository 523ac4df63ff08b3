"""Video editing by chat, inside Jupyter.

``connect()`` returns a session on the embedded studio, the Nemo cloud, or a studio at a URL.
Every public name is loaded when it is first used: ``import nemo_nb`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nemo_nb.batching import batch
    from nemo_nb.cassettes import record, replay
    from nemo_nb.comparing import compare
    from nemo_nb.comparison import Comparison
    from nemo_nb.connecting import aconnect, connect, jobs, resume, sessions
    from nemo_nb.errors import NemoError
    from nemo_nb.experiments.abtest import abtest
    from nemo_nb.experiments.power import sample_size
    from nemo_nb.experiments.result import ABResult
    from nemo_nb.loop import allow_nested_asyncio
    from nemo_nb.timeline.timeline import Timeline

__version__ = "0.1.0"
__all__ = [
    "ABResult",
    "Comparison",
    "NemoError",
    "Timeline",
    "abtest",
    "aconnect",
    "allow_nested_asyncio",
    "batch",
    "compare",
    "connect",
    "jobs",
    "record",
    "replay",
    "resume",
    "sample_size",
    "sessions",
]

_HOMES = {
    "ABResult": "nemo_nb.experiments.result",
    "Comparison": "nemo_nb.comparison",
    "NemoError": "nemo_nb.errors",
    "Timeline": "nemo_nb.timeline.timeline",
    "abtest": "nemo_nb.experiments.abtest",
    "aconnect": "nemo_nb.connecting",
    "allow_nested_asyncio": "nemo_nb.loop",
    "batch": "nemo_nb.batching",
    "compare": "nemo_nb.comparing",
    "connect": "nemo_nb.connecting",
    "jobs": "nemo_nb.connecting",
    "record": "nemo_nb.cassettes",
    "replay": "nemo_nb.cassettes",
    "resume": "nemo_nb.connecting",
    "sample_size": "nemo_nb.experiments.power",
    "sessions": "nemo_nb.connecting",
}


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'nemo_nb' has no attribute {name!r}") from None
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics and the displays: what ``%load_ext nemo_nb`` runs."""
    from nemo_nb.notebook import display, magics  # noqa: PLC0415  # keeps the import light

    display.register(shell)
    magics.load_ipython_extension(shell)
