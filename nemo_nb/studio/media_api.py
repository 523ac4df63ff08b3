"""Media in and out: uploads as multipart or by URL, and the files of a session's pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect, Request

from nemo_nb.media.sniff import sniff_file
from nemo_nb.models import MediaInfo
from nemo_nb.studio.accounts import Caller
from nemo_nb.studio.admission import admit, limit_bytes, video_info
from nemo_nb.studio.answers import MALFORMED, NOT_FOUND, Refusal, answer, as_list, json_body
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.endpoint import (
    AGENT,
    base_url,
    file_response,
    in_thread,
    route,
    session_of,
)
from nemo_nb.studio.fetch import fetch
from nemo_nb.studio.projects import StudioSession
from nemo_nb.studio.receiving import MAX_FILES, Landing, Received, receive_files

if TYPE_CHECKING:
    from starlette.responses import Response


async def upload(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Take files into a session; the timeline holds them when the answer comes."""
    session = await session_of(core, request, caller)
    limit = limit_bytes(request.headers.get("x-skill-source"))
    with Landing(core.incoming, limit) as landing:
        content_type = request.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() == "application/json":
            received = await _by_url(core, await json_body(request), landing)
        else:
            try:
                received = await receive_files(request.stream(), content_type, landing)
            except ClientDisconnect:
                raise Refusal(MALFORMED, "The upload broke off before its end.") from None
        async with core.lock(session.id):
            infos = await in_thread(_admit, core, caller, session, received)
    base = base_url(request)
    return answer(
        {
            "files": [video_info(info, base, session.id) for info in infos],
            "session_state_applied": True,
        }
    )


async def media_file(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Serve a file of the session's media pool."""
    session = await session_of(core, request, caller)
    name = request.path_params["name"]
    pool = await in_thread(core.projects.media, session.id)
    path = core.media_folder(session.id) / name
    if name not in {info.name for info in pool} or not path.exists():
        raise Refusal(NOT_FOUND, f"The session has no file {name}.")
    found = await in_thread(sniff_file, path)
    return file_response(path, found.mime if found else "application/octet-stream")


ROUTES: Final = (
    route("POST", f"/api/upload-video/{AGENT}/{{user}}/{{sid}}", upload, "upload"),
    route("GET", "/media/{sid}/{name}", media_file, "read"),
)


def _admit(
    core: StudioCore, caller: Caller, session: StudioSession, received: list[Received]
) -> list[MediaInfo]:
    # Read again under the lock: a turn may have changed it while the bytes came in.
    return admit(core, core.projects.get(caller.user_id, session.id), received)


async def _by_url(core: StudioCore, body: dict[str, Any], landing: Landing) -> list[Received]:
    items = as_list(body.get("urls"))
    urls = [url for url in items if isinstance(url, str)]
    if not 0 < len(urls) <= MAX_FILES or len(urls) != len(items):
        raise Refusal(MALFORMED, f'The field "urls" must be a list of 1 to {MAX_FILES} addresses.')
    return [await fetch(url, landing, core.options.fetch) for url in urls]
