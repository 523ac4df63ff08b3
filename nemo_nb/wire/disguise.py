"""Secrets and ids of a recorded session → stable placeholders. Pure.

Ids are learned where the protocol says that one stands (a key of a JSON body, a place in a
path), then replaced wherever they occur: ``SESSION-1``, ``TASK-1``, ``USER-1``, ``RENDER-1``,
``CLAIM-1``, ``TOKEN-1``, ``CLIENT-1``. The same id has the same placeholder in the whole file,
so a replay hands out placeholders and gets them back. The API's own address becomes a made-up
one, and the query of an address elsewhere, which may be a signature, a short hash of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, cast
from urllib.parse import quote, urlsplit

from nemo_nb.redact import MASK, TOKEN_SHAPES
from nemo_nb.wire.origins import origin

RENDERS: Final = "/api/render/proxy/lambda"

# Keys of JSON objects whose value is an id, and what it is an id of.
_KEYS: Final = {
    "session_id": "SESSION",
    "sessionid": "SESSION",
    "task_id": "TASK",
    "taskid": "TASK",
    "user_id": "USER",
    "userid": "USER",
    "claim_token": "CLAIM",
    "claimtoken": "CLAIM",
    "client_id": "CLIENT",
    "clientid": "CLIENT",
    "token": "TOKEN",
}
_KEYED: Final = re.compile(
    rf'(\\?")(?P<key>{"|".join(_KEYS)})\1\s*:\s*(?:\1(?P<text>[^"\\]+)\1|(?P<number>\d+))',
    re.IGNORECASE,
)
# Places in a path that hold an id.
_PLACES: Final = (
    (re.compile(r"/api/state/[^/]+/[^/]+/(?P<id>[^/?]+)/latest"), "SESSION"),
    (re.compile(r"/api/upload-video/[^/]+/[^/]+/(?P<id>[^/?]+)"), "SESSION"),
    (re.compile(r"/studio/v1/sessions/(?P<id>[^/?]+)/"), "SESSION"),
    (re.compile(rf"{RENDERS}/(?P<id>[^/?]+)"), "RENDER"),
    (re.compile(r"/api/render/proxy/(?!lambda\b)(?P<id>[^/?]+)/download"), "RENDER"),
)
PLACEHOLDER: Final = re.compile(r"(?:SESSION|TASK|USER|RENDER|CLAIM|TOKEN|CLIENT)-\d+")
# Words that stand where an id could: the protocol's own.
_NO_IDS: Final = frozenset({"me", "nemo_agent", "null", "none"})
# A shorter id is replaced only where it is known to be one: in prose it could be a word.
_LONG_ID_CHARS: Final = 8
# As it stands in JSON: with escaped slashes, or with an escaped & between a signature's parts.
_URL: Final = re.compile(
    r"https?:(?:\\?/){2}(?:[^\s\"'<>\\)\]}，。]|\\/|\\u00[2-7][0-9a-fA-F])+"  # noqa: RUF001 - ends a Chinese sentence
)
_HASHED: Final = re.compile(r"q=[0-9a-f]{12}")
_HASH_CHARS: Final = 12

Edit = tuple[int, int, str]


class Disguise:
    """The placeholders of one recording.

    Args:
        secrets: What must not be in the file, whatever it is.
        apis: The addresses of the APIs, real → made-up.
    """

    def __init__(self, secrets: Iterable[str] = (), apis: dict[str, str] | None = None) -> None:
        self._ids: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._apis = {origin(real): made_up for real, made_up in (apis or {}).items()}
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._pattern: re.Pattern[str] | None = None

    def learn(self, value: str, kind: str) -> None:
        """Have *value* replaced by a placeholder of *kind* (``SESSION``, ``TOKEN``, …)."""
        known = value in self._ids or PLACEHOLDER.fullmatch(value)
        if not value or known or value.lower() in _NO_IDS or MASK in value:
            return
        self._counts[kind] = self._counts.get(kind, 0) + 1
        self._ids[value] = f"{kind}-{self._counts[kind]}"
        self._pattern = None

    def learn_from_body(self, text: str) -> None:
        """Learn the ids in a JSON body or an event stream."""
        for found in _KEYED.finditer(text):
            self.learn(found["text"] or found["number"], _KEYS[found["key"].lower()])

    def learn_from_request(self, url: str, body: str) -> None:
        """Learn the ids in a request's path, and a render's own id in its submission."""
        path = urlsplit(url).path
        for place, kind in _PLACES:
            found = place.search(path)
            if found:
                self.learn(found["id"], kind)
        if path.endswith(RENDERS) and body:
            self.learn(render_id(body), "RENDER")
        self.learn_from_body(body)

    def bind(self, value: str, placeholder: str) -> None:
        """Have *value* replaced by *placeholder*: an id made in a replay for a recorded one."""
        self._ids[value] = placeholder
        self._pattern = None

    def id(self, value: str) -> str:
        """Return the placeholder of an id of any length; the id itself where it has none."""
        return self._ids.get(value, value)

    def text(self, text: str) -> str:
        """Return *text* with placeholders."""
        return "".join(self.pieces([text]))

    def body(self, body: str) -> str:
        """Return a request's JSON body with placeholders, also for a short id of a render."""
        own = render_id(body)
        if own in self._ids:
            value = json.loads(body)
            body = json.dumps({**value, "id": self._ids[own]}, ensure_ascii=False)
        return self.text(body)

    def url(self, url: str) -> str:
        """Return an address with placeholders, also for short ids at their places."""
        for place, _ in _PLACES:
            found = place.search(url)
            if found and found["id"] in self._ids:
                start, end = found.span("id")
                url = f"{url[:start]}{self._ids[found['id']]}{url[end:]}"
        return self.text(url)

    def pieces(self, pieces: Sequence[str]) -> list[str]:
        """Return *pieces* of one text with placeholders; one that spans two is in the first."""
        found = replaced(pieces, self._secret_edits)
        found = replaced(found, lambda text: _edits(_URL, text, lambda at: self._address(at[0])))
        found = replaced(found, lambda text: _edits(_KEYED, text, self._keyed))
        found = replaced(found, self._id_edits)
        return replaced(found, lambda text: _edits(TOKEN_SHAPES, text, lambda _: MASK))

    def _secret_edits(self, text: str) -> list[Edit]:
        # Before anything is taken apart: a secret may look like part of an address.
        # Most texts hold none of them, and a search is much faster than a pattern.
        forms = {
            form: self._ids.get(secret, MASK)
            for secret in self._secrets
            for form in (secret, quote(secret, safe=""))
            if form in text
        }
        return _edits(_any(forms), text, lambda at: forms[at[0]]) if forms else []

    def _id_edits(self, text: str) -> list[Edit]:
        if self._pattern is None:
            long = [value for value in self._ids if len(value) >= _LONG_ID_CHARS]
            self._pattern = _any(long, bounded=True)
        return _edits(self._pattern, text, lambda at: self._ids[at[0]])

    def _keyed(self, found: re.Match[str]) -> str:
        value = found["text"] or found["number"]
        if value not in self._ids:
            return found[0]
        start, end = (
            at - found.start() for at in found.span("text" if found["text"] else "number")
        )
        put = self._ids[value] if found["text"] else f"{found[1]}{self._ids[value]}{found[1]}"
        return f"{found[0][:start]}{put}{found[0][end:]}"

    def _address(self, url: str) -> str:
        plain = url.replace("\\/", "/")
        made_up = self._apis.get(origin(plain))
        if made_up is not None:
            return f"{made_up}{plain[_origin_end(plain) :]}"
        if origin(plain) in {origin(made_up) for made_up in self._apis.values()}:
            return url
        address, mark, query = plain.partition("?")
        if not mark or _HASHED.fullmatch(query):
            return url
        digest = hashlib.sha256(query.encode("utf-8", "surrogateescape")).hexdigest()
        return f"{address}?q={digest[:_HASH_CHARS]}"


def render_id(body: str) -> str:
    """Return the id in the submission of a render; empty where it has none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = cast("dict[str, Any]", value).get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def replaced(pieces: Sequence[str], find: Callable[[str], list[Edit]]) -> list[str]:
    """Return *pieces* with the edits that *find* makes in their whole.

    What replaces a span across a boundary stands in the piece where the span begins.

    Args:
        pieces: Of one text.
        find: Returns ``(start, end, new)`` for each edit, in order, apart from each other.
    """
    text = "".join(pieces)
    edits = find(text)
    if not edits:
        return list(pieces)
    result: list[str] = []
    begin = done = 0
    remaining = iter([*edits, (len(text), len(text), "")])
    start, end, new = next(remaining)
    for piece in pieces:
        stop = begin + len(piece)
        kept: list[str] = []
        while start < stop:
            kept += (text[max(begin, done) : start], new)
            done = end
            start, end, new = next(remaining)
        kept.append(text[max(begin, done) : stop])
        result.append("".join(kept))
        begin = stop
    return result


def _edits(pattern: re.Pattern[str], text: str, new: Callable[[re.Match[str]], str]) -> list[Edit]:
    found = ((at.start(), at.end(), new(at), at[0]) for at in pattern.finditer(text))
    return [(start, end, put) for start, end, put, was in found if put != was]


def _any(words: Iterable[str], *, bounded: bool = False) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    alternatives = "|".join(map(re.escape, longest_first)) or r"(?!)"
    edge = "[A-Za-z0-9]"
    return re.compile(
        rf"(?<!{edge})(?:{alternatives})(?!{edge})" if bounded else f"(?:{alternatives})"
    )


def _origin_end(url: str) -> int:
    """Return where scheme, host and port of *url* end."""
    found = re.match(r"https?://[^/?#]*", url)
    return found.end() if found else 0
