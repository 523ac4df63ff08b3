"""How a reply reads: as Markdown in a cell, as plain text in a terminal, and only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nemo_nb.answers import language_of, say
from nemo_nb.notebook.markdown import harmless, plain

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nemo_nb.reply import Reply

# The reply that its own cell has streamed, and the number of that cell.
_streamed: dict[int, int] = {}


def reply_markdown(reply: Reply) -> str:
    """Return a reply as Markdown: its words, then what may be said next."""
    parts = [harmless(reply.text), *(f"*{harmless(note)}*" for note in reply.notes)]
    language = _language(reply)
    if reply.status == "stopped":
        parts.append(f"*{say('stopped', language)}*")
    if reply.suggestions:
        offers = harmless(say("next", language, offers=_offers(reply)))
        parts.append(f"<small>{offers}</small>")
    return "\n\n".join(part for part in parts if part)


def reply_text(reply: Reply) -> str:
    """Return a reply for a terminal: the same without marks."""
    return "\n".join(part for part in (plain(reply.text), afterwards(reply)) if part)


def afterwards(reply: Reply) -> str:
    """Return what follows a reply's own words, line by line."""
    language = _language(reply)
    parts = list(map(plain, reply.notes))
    if reply.status == "stopped":
        parts.append(say("stopped", language))
    if reply.suggestions:
        parts.append(say("next", language, offers=_offers(reply)))
    return "\n".join(parts)


def reply_bundle(reply: Reply, **_: Any) -> dict[str, str]:
    """Return a reply as a MIME bundle."""
    return {"text/markdown": reply_markdown(reply), "text/plain": reply_text(reply)}


def mark_streamed(reply: Reply, shell: InteractiveShell | None) -> None:
    """Note that the running cell has *reply* on the screen."""
    if shell is not None:
        _streamed.clear()
        _streamed[id(reply)] = shell.execution_count


def is_streamed(reply: Reply, shell: InteractiveShell | None) -> bool:
    """Return whether the running cell has *reply* on the screen already."""
    return shell is not None and _streamed.get(id(reply)) == shell.execution_count


def _offers(reply: Reply) -> str:
    return " · ".join(f"“{text}”" for text in reply.suggestions)


def _language(reply: Reply) -> str:
    return language_of(_offers(reply) or reply.text)
