"""What a recorder heard → the cassette's text and the files beside it, with no secret in them."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from nemo_nb.errors import SecretFound
from nemo_nb.redact import find_secret, remembered
from nemo_nb.settings import CLOUD_API_URL
from nemo_nb.wire.cassette import Call, Cassette, Chunk, Connect, dumps
from nemo_nb.wire.disguise import PLACEHOLDER, Disguise
from nemo_nb.wire.origins import origin
from nemo_nb.wire.parts import Part
from nemo_nb.wire.recording import INLINE_BYTES, Noted, Recorder, media_of

_HASH_CHARS: Final = 16


def written(
    recorder: Recorder, connects: Sequence[Connect], folder: str, *, by: str
) -> tuple[str, dict[str, bytes]]:
    """Return the cassette's text, and the files for *folder*: name → content.

    Args:
        recorder: What it heard.
        connects: Each `connect`, with real addresses and ids.
        folder: The name of the folder beside the cassette.
        by: This package's version.

    Raises:
        SecretFound: A secret would be in it, in whatever form.
    """
    # A replay's placeholders were remembered when they came as tokens.
    secrets = [secret for secret in remembered() if not PLACEHOLDER.fullmatch(secret)]
    disguise = Disguise(secrets, made_up(connects))
    for secret, kind in recorder.secrets.items():
        disguise.learn(secret, kind)
    heard = [(one, one.chunks()) for one in recorder.noted]
    for connect in connects:
        disguise.learn((connect.kept or {}).get("session_id", ""), "SESSION")
        disguise.learn((connect.kept or {}).get("task_id", ""), "TASK")
    for one, chunks in heard:
        disguise.learn_from_request(one.call.url, one.body)
        disguise.learn_from_body("".join(chunk.text for chunk in chunks))
    known = [_connect(connect, disguise) for connect in connects]
    base = origin_of(known[0].api) if known else ""
    files: dict[str, bytes] = {}
    calls = [_call(one, chunks, disguise, base, folder, files) for one, chunks in heard]
    recorded_at = datetime.now(UTC).isoformat(timespec="seconds")
    text = dumps(Cassette(by, recorded_at, known, calls))
    _refuse_secrets(text, calls, files, [*secrets, *recorder.secrets])
    return text, files


def made_up(connects: Sequence[Connect]) -> dict[str, str]:
    """Return the address that stands for each API's own; the public cloud's is its own."""
    result: dict[str, str] = {}
    for connect in connects:
        real = origin_of(connect.api)
        if real not in result:
            number = len(result) + 1
            public = origin(real) == origin(CLOUD_API_URL)
            result[real] = CLOUD_API_URL if public else f"http://api-{number}.invalid"
    return result


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url*, as they are written in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _connect(connect: Connect, disguise: Disguise) -> Connect:
    kept = connect.kept and {key: disguise.text(value) for key, value in connect.kept.items()}
    if kept:
        # Ids of any length, which a search in text leaves alone.
        for key in ("session_id", "task_id"):
            kept[key] = disguise.id(kept[key])
    return replace(connect, api=disguise.text(connect.api), kept=kept)


def _call(
    one: Noted,
    chunks: Sequence[Chunk],
    disguise: Disguise,
    base: str,
    folder: str,
    files: dict[str, bytes],
) -> Call:
    heard = one.call
    call = Call(
        heard.number,
        heard.at_ms,
        heard.method,
        disguise.url(heard.url).removeprefix(base),
        _json(disguise.body(one.body)) if one.body else None,
        [_part(part, disguise) for part in heard.parts],
        heard.status,
        {name: disguise.text(value) for name, value in heard.headers.items()},
        heard.answered_ms,
        ending=heard.ending,
        ended_ms=heard.ended_ms,
        fault=heard.fault,
        why=disguise.text(heard.why),
    )
    if one.media is None or one.encoding:
        # The length of a body that stands there with placeholders, or decoded.
        call.headers.pop("content-length", None)
    pieces = disguise.pieces([chunk.text for chunk in chunks])
    text = "".join(pieces)
    value = None if one.streamed or heard.ending != "end" else _json(text)
    if isinstance(value, (dict, list)):
        call.value = [value]
    else:
        stamped = zip(chunks, pieces, strict=True)
        call.chunks = [replace(chunk, text=piece) for chunk, piece in stamped if piece]
    call.media = media_of(one, _kept(one, folder, files))
    return call


def _kept(one: Noted, folder: str, files: dict[str, bytes]) -> str | None:
    """Put a larger body that is no text among *files*; return its path from the cassette."""
    content = None if one.media is None else one.media.content()
    if content is None or one.media is None or len(content) <= INLINE_BYTES:
        return None
    media_type = one.call.headers.get("content-type", "").partition(";")[0].strip()
    name = f"{one.media.sha256[:_HASH_CHARS]}{mimetypes.guess_extension(media_type) or '.bin'}"
    files[name] = content
    return f"{folder}/{name}"


def _part(part: Part, disguise: Disguise) -> Part:
    return replace(part, name=disguise.text(part.name), mime=disguise.text(part.mime))


def _json(text: str) -> Any:
    """Return the JSON value of *text*, or *text* where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _refuse_secrets(
    text: str, calls: Sequence[Call], files: Mapping[str, bytes], secrets: Sequence[str]
) -> None:
    form = find_secret(text, secrets)
    if form is not None:
        place = _place(text, calls, secrets)
    else:
        data = [secret.encode() for secret in secrets]
        held = [name for name, content in files.items() if any(one in content for one in data)]
        if not held:
            return
        form, place = "as it is", f"in the file {held[0]}"
    raise SecretFound(
        "The recording is not written: there is a secret in it.",
        f"It stands {place}, {form}.",
        "Leave that call out of the recording, or tell the server's owner that it echoes tokens.",
    )


def _place(text: str, calls: Sequence[Call], secrets: Sequence[str]) -> str:
    """Return at which request the secret is, for people; nothing of what is there is quoted."""
    for line in text.split("\n")[1:]:
        if line and find_secret(line, secrets):
            number = json.loads(line)["call"]
            call = next(call for call in calls if call.number == number)
            path = urlsplit(call.url).path
            return f"at {call.method} {'…' if find_secret(path, secrets) else path}"
    return "in the header"
