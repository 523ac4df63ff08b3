"""Whether a message is a piece of a program or a transcript: what it says is no wish."""

from __future__ import annotations

import re
from typing import Final

_QUOTED: Final = re.compile(r"\"[^\"]*\"|“[^”]*”|「[^」]*」|『[^』]*』|'[^']*'")
_MARKS: Final = (
    r"[{}]|</|<[a-z!]|<<|>>|\(\)|\);|==|&&|\|\||;\s*--|/\*|\+\+|\w(?:->|::)\w|\w+\.\w+\(",
    # Assignments; "music = jazz" is how people note a wish.
    r"[-+*/%|&]=\s*\S|\w\.\w+\s*=|^\w+\s*=\s*\d|=\s*[\[(\"';]|(?:^|[\s;,])\w+=\w",
    r"\b(?:let|const|var) \w+\s*=|=\s*(?:[Tt]rue|[Ff]alse|None|null)\b",
    r"(?:^|\s)--[a-z]|:[^;]*;\s*$|^\s*www\.|###|\[/?[A-Z]{3,}\]|^\s*\$\s",
    r"\s\?\s\w+\s:\s|\d\s*[+*/]\s*\d.*=|\bdrop table\b",
    # A call, but for "title(s)"; a path; a pattern.
    r"\b(?!\w+\(s\))[A-Za-z_]+\([\w.]+\)|\w:\\|^\s*[\w.~]*/\w+/\S*$|^\s*\./|^\^.*\$$",
    # Shouted SQL, in a message that is not all shouted.
    r"(?=.*[a-z])\b(?:SELECT|INSERT|UPDATE|DELETE|ALTER)\b.*\b(?:FROM|INTO|SET|VALUES|WHERE)\b",
    r"^\s*(?:DROP|TRUNCATE) (?:TABLE )?[a-z]",
    r"^\s*(?:def \w+|class \w+|for \w+ in \w+)\s*(?::|$)|\bif \w+ then\b",
    r"^\s*(?:docker|kubectl|npm|yarn|cargo|sudo|systemctl|apt|ssh|chmod|curl|wget) ",
    r"^\s*(?:grep|awk|sed|jq|sox|ffmpeg) ",
    r"^\s*[a-z]+\.(?:mute|unmute|stop|play|pause|volume|speed|py|js|sh)\b",
    # Who speaks, as transcripts of talks with a machine have it.
    r"^\s*(?i:human|assistant|user|system|ai)\s*[:\uff1a]",
)
_CODE: Final = re.compile("|".join(_MARKS))


def is_code(message: str) -> bool:
    """Whether *message* holds marks of a program outside its quotes."""
    return bool(_CODE.search(_QUOTED.sub(" ", message)))
