"""The studio's own endpoints under ``/studio/v1``: what no cloud offers (docs/draft.md)."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb import __version__
from nemo_nb.skills import FONT_FORMATS, SUBTITLE_FORMATS, UPLOAD_FORMATS
from nemo_nb.studio import previews_api
from nemo_nb.studio.accounts import Caller
from nemo_nb.studio.answers import MALFORMED, Refusal, answer, as_list, as_object, field, json_body
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.endpoint import in_thread, route, session_of
from nemo_nb.studio.previews_api import draft_in
from nemo_nb.studio.projects import Change, Stack, StudioSession
from nemo_nb.studio.render.formats import FORMATS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

FEATURES: Final = (
    *("undo", "redo", "fork", "draft", "variants", "claim", "subtitles"),
    *previews_api.FEATURES,
)
MAX_VARIANTS: Final = 100


async def capabilities(_core: StudioCore, _request: Request, _caller: Caller) -> Response:
    """Tell what this studio can do beyond PROTOCOL.md."""
    return answer(
        {
            "studio": __version__,
            "features": list(FEATURES),
            "formats": [*UPLOAD_FORMATS, *SUBTITLE_FORMATS, *FONT_FORMATS],
            "exports": list(FORMATS),
        }
    )


async def undo(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Take the last edit back."""
    return await _step(core, request, caller, "undo")


async def redo(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Do the edit again that was taken back last."""
    return await _step(core, request, caller, "redo")


async def fork(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Copy a session with its timeline, media and stacks."""
    session = await session_of(core, request, caller)
    name = field(await json_body(request), "name", default=session.name)
    async with core.lock(session.id):
        copy = await in_thread(_fork, core, caller, session.id, name)
    return answer({"session_id": copy.id, "task_id": copy.task_id})


async def put_draft(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Replace the timeline: one undoable edit."""
    session = await session_of(core, request, caller)
    body = await json_body(request)
    change = Change(draft=draft_in(body.get("draft")), note=field(body, "note", default="edit"))
    return await _commit(core, caller, session, change)


async def put_variants(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Replace the named drafts."""
    session = await session_of(core, request, caller)
    raw: Any = (await json_body(request)).get("variants")
    items = [as_object(item) for item in as_list(raw)]
    if not isinstance(raw, list) or len(items) > MAX_VARIANTS:
        raise Refusal(MALFORMED, f'"variants" must be a list of {MAX_VARIANTS} drafts at most.')
    variants = [(field(item, "name"), draft_in(item.get("draft"))) for item in items]
    await _commit(core, caller, session, Change(variants=variants))
    return answer({})


async def claim(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Take over a session that its owner has offered with a claim token."""
    token = field(await json_body(request), "claim_token")
    session_id = await in_thread(core.accounts.claim, token, caller.user_id)
    return answer({"session_id": session_id})


_SESSION: Final = "/studio/v1/sessions/{sid}"

ROUTES: Final = (
    route("GET", "/studio/v1/capabilities", capabilities, "read"),
    route("POST", "/studio/v1/claim", claim, "write"),
    route("POST", f"{_SESSION}/undo", undo, "write"),
    route("POST", f"{_SESSION}/redo", redo, "write"),
    route("POST", f"{_SESSION}/fork", fork, "write"),
    route("PUT", f"{_SESSION}/draft", put_draft, "write"),
    route("PUT", f"{_SESSION}/variants", put_variants, "write"),
)


async def _step(core: StudioCore, request: Request, caller: Caller, stack: Stack) -> Response:
    session = await session_of(core, request, caller)
    return await _commit(core, caller, session, Change(history=stack))


async def _commit(
    core: StudioCore, caller: Caller, session: StudioSession, change: Change
) -> Response:
    def work() -> StudioSession:
        # Read again under the lock: the edit belongs on top of what is there now.
        return core.projects.commit(core.projects.get(caller.user_id, session.id), change)

    async with core.lock(session.id):
        changed = await in_thread(work)
    return answer({"draft": changed.draft})


def _fork(core: StudioCore, caller: Caller, session_id: str, name: str) -> StudioSession:
    session = core.projects.get(caller.user_id, session_id)
    copy_id = uuid.uuid4().hex
    source, target = core.media_folder(session.id), core.media_folder(copy_id)
    target.mkdir(parents=True)
    for info in core.projects.media(session.id):
        _copy(source / info.name, target / info.name)
    return core.projects.fork(session, name, copy_id)


def _copy(source: Path, target: Path) -> None:
    try:
        # Media files are never written to again, so both sessions may share the bytes.
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
