"""Tokens, sessions, state and credits: the small endpoints of PROTOCOL.md."""

from __future__ import annotations

from datetime import UTC, datetime
from math import gcd
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from nemo_nb.studio.accounts import CLAIM_LIFE_S, Caller
from nemo_nb.studio.admission import video_info
from nemo_nb.studio.answers import answer, field, json_body, session_lost
from nemo_nb.studio.cards.spec import FILE_NAME
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.endpoint import AGENT, base_url, core_of, in_thread, route, session_of
from nemo_nb.studio.projects import StudioSession
from nemo_nb.timeline.draft import read_canvas

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_MAX_NAME_CHARS: Final = 200


async def anonymous_token(request: Request) -> Response:
    """Give a client that names itself a token of its own."""
    address = request.client.host if request.client else ""
    core = core_of(request)
    client_id = request.headers.get("x-client-id", "")
    issued = await in_thread(core.accounts.issue, client_id, address)
    expires = datetime.fromtimestamp(issued.expires_ms / 1000, UTC)
    return answer(
        {
            "token": issued.token,
            "credits": issued.credits,
            "user_id": issued.user_id,
            "expires_at": expires.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
    )


async def start_session(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Start an empty session."""
    body = await json_body(request)
    name = field(body, "task_name", default="project")[:_MAX_NAME_CHARS]
    language = "zh" if field(body, "language", default="en").lower().startswith("zh") else "en"
    session = await in_thread(core.projects.create, caller.user_id, name, language)
    return answer({"session_id": session.id, "task_id": session.task_id})


async def claim_token(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Offer a session to another user."""
    body = await json_body(request)
    session_id, task_id = field(body, "session_id"), field(body, "task_id", default="")
    session = await in_thread(core.projects.get, caller.user_id, session_id)
    # A client that has the session from a copy knows no task of it.
    if task_id and session.task_id != task_id:
        raise session_lost()
    token = await in_thread(core.accounts.offer_claim, session.id)
    return answer({"claim_token": token, "expires_in": CLAIM_LIFE_S})


async def balance(core: StudioCore, _: Request, caller: Caller) -> Response:
    """Tell the credits."""
    credit = await in_thread(core.accounts.credits, caller.user_id, caller.terms.credits)
    return answer({"available": credit.available, "frozen": credit.frozen, "total": credit.total})


async def latest_state(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Tell the whole state of a session."""
    session = await session_of(core, request, caller)
    state = core.lag.take(session)
    if state is None:
        state = await in_thread(state_of, core, session, base_url(request))
    if caller.terms.credits is not None:
        price = await in_thread(core.projects.editing_price, session)
        state = {**state, "editing_credits": price}
    return answer({"state": state})


ROUTES: Final = (
    Route("/api/auth/anonymous-token", anonymous_token, methods=["POST"]),
    route("POST", "/api/auth/claim-token", claim_token, "write"),
    route("POST", f"/api/tasks/me/with-session/{AGENT}", start_session, "write"),
    route("GET", "/api/credits/balance/simple", balance, "read"),
    route("GET", f"/api/state/{AGENT}/{{user}}/{{sid}}/latest", latest_state, "read"),
)


def state_of(core: StudioCore, session: StudioSession, base: str) -> dict[str, Any]:
    """Return ``data.state`` of *session* (docs/draft.md); blocks."""
    canvas = read_canvas(session.draft)
    shape = gcd(canvas.width, canvas.height)
    projects = core.projects
    infos = [video_info(info, base, session.id) for info in projects.media(session.id)]
    return {
        "draft": session.draft,
        "video_infos": infos,
        "canvas_config": {
            "width": canvas.width,
            "height": canvas.height,
            "ratio": f"{canvas.width // shape}:{canvas.height // shape}",
            "fps": canvas.fps,
        },
        "generated_media": [info for info in infos if FILE_NAME.fullmatch(info["filename"])],
        "video_analyses": projects.analyses(session.id),
        "variants": projects.variants(session.id),
        **projects.depth(session.id),
    }
