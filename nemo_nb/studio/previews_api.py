"""Looking into a session's timeline: a still, thumbnails, a waveform, a proxy to scrub through."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio.to_thread
from starlette.responses import Response

from nemo_nb.studio.accounts import Caller
from nemo_nb.studio.answers import CONFLICT, MALFORMED, Refusal, answer, json_body
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.endpoint import base_url, file_response, in_thread, route, session_of
from nemo_nb.studio.orders import MAX_SIDE, MIN_SIDE
from nemo_nb.studio.proxies import Proxy
from nemo_nb.timeline.draft import is_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from nemo_nb.studio.projects import StudioSession

T = TypeVar("T")

FEATURES: Final = ("frame", "thumbnails", "waveform", "proxy")
MAX_THUMBNAILS: Final = 500
MAX_BUCKETS: Final = 10_000
_DAY_MS: Final = 24 * 3_600_000
_THUMBNAIL_WIDTHS: Final = (16, 640)
_THUMBNAIL_WIDTH: Final = 160
_BUCKETS: Final = 1000


async def frame(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Show one frame, of the stored timeline or of a draft in the body.

    A JPEG; with ``format=png`` a PNG, to be measured. With ``exact=false`` clips show the key
    frame before that moment, which is there at once.
    """
    session = await session_of(core, request, caller)
    draft = await _draft_of(request, session)
    at_ms = _number(request, "at_ms", 0, _DAY_MS)
    width = _number(request, "width", MIN_SIDE, MAX_SIDE)
    kind = _one_of(request, "format", ("jpeg", "png"))
    exact = _one_of(request, "exact", ("true", "false")) == "true"
    draw = partial(core.engine.frame, lossless=kind == "png", exact=exact)
    assets = await in_thread(core.assets, session.id)
    picture = await _drawn(core, partial(draw, draft, assets, at_ms or 0, width))
    return Response(picture, media_type=f"image/{kind}")


async def thumbnails(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Return thumbnails all along a timeline: one JPEG, and where and when each of them is.

    Of the stored timeline or of a draft in the body, as a frame.
    """
    session = await session_of(core, request, caller)
    draft = _filled(await _draft_of(request, session))
    count = _number(request, "count", 1, MAX_THUMBNAILS)
    every_ms = _number(request, "every_ms", 1, _DAY_MS)
    if count is not None and every_ms is not None:
        raise Refusal(MALFORMED, "Ask for count or for every_ms, not for both.")
    width = _number(request, "width", *_THUMBNAIL_WIDTHS) or _THUMBNAIL_WIDTH
    assets = await in_thread(core.assets, session.id)
    made = partial(
        core.engine.thumbnails,
        draft,
        assets,
        width=width + width % 2,
        count=count,
        every_ms=every_ms,
        most=MAX_THUMBNAILS,
    )
    return answer(await _drawn(core, made))


async def waveform(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Return the peaks of a timeline's sound; of which one, as with thumbnails."""
    session = await session_of(core, request, caller)
    draft = _filled(await _draft_of(request, session))
    buckets = _number(request, "buckets", 1, MAX_BUCKETS) or _BUCKETS
    assets = await in_thread(core.assets, session.id)
    heard = partial(core.engine.waveform, draft, assets, buckets)
    return answer(await _drawn(core, heard))


async def proxy(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Tell how the proxy of the timeline stands; asking begins it."""
    session = await _ready_session(core, request, caller)
    stands = await in_thread(_asked, core, session)
    told: dict[str, Any] = {"status": stands.status, "progress": stands.progress}
    if stands.error:
        told["error"] = stands.error
    if stands.path is not None:
        path = f"/studio/v1/sessions/{session.id}/proxy.mp4?key={stands.key}"
        told["url"] = base_url(request) + path
    return answer(told)


async def proxy_file(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Serve the proxy of the timeline as it is now, with Range."""
    session = await _ready_session(core, request, caller)
    stands = await in_thread(_asked, core, session)
    if stands.path is None:
        raise Refusal(CONFLICT, f"The proxy has no file: it is {stands.status}.", stands.error)
    return file_response(stands.path, "video/mp4")


_SESSION: Final = "/studio/v1/sessions/{sid}"

ROUTES: Final = (
    route("GET", f"{_SESSION}/frame", frame, "read"),
    route("POST", f"{_SESSION}/frame", frame, "read"),
    route("GET", f"{_SESSION}/thumbnails", thumbnails, "read"),
    route("POST", f"{_SESSION}/thumbnails", thumbnails, "read"),
    route("GET", f"{_SESSION}/waveform", waveform, "read"),
    route("POST", f"{_SESSION}/waveform", waveform, "read"),
    route("GET", f"{_SESSION}/proxy", proxy, "read"),
    route("GET", f"{_SESSION}/proxy.mp4", proxy_file, "read"),
)


def draft_in(raw: Any) -> dict[str, Any]:
    """Return *raw* if it is a draft's JSON object.

    Raises:
        Refusal: 422; it is none.
    """
    if not isinstance(raw, dict):
        raise Refusal(MALFORMED, "The draft must be a JSON object.")
    return raw  # pyright: ignore[reportUnknownVariableType]  JSON has text keys


async def _drawn(core: StudioCore, work: Callable[[], T]) -> T:
    return await anyio.to_thread.run_sync(work, limiter=core.frame_slots)


async def _draft_of(request: Request, session: StudioSession) -> Mapping[str, Any]:
    """Return the draft in the body of a POST, else the stored one."""
    if request.method == "POST":
        return draft_in((await json_body(request)).get("draft"))
    return session.draft


async def _ready_session(core: StudioCore, request: Request, caller: Caller) -> StudioSession:
    session = await session_of(core, request, caller)
    _filled(session.draft)
    return session


def _filled(draft: Mapping[str, Any]) -> Mapping[str, Any]:
    if not is_ready(draft):
        raise Refusal(
            CONFLICT, "The timeline is empty: there is nothing to look at.", fix="Upload a file."
        )
    return draft


def _asked(core: StudioCore, session: StudioSession) -> Proxy:
    return core.proxies.ask(session.id, session.draft, core.assets(session.id))


def _one_of(request: Request, name: str, choices: tuple[str, ...]) -> str:
    """Return the query's *name*, the first of *choices* if it has none."""
    value = request.query_params.get(name, choices[0])
    if value not in choices:
        raise Refusal(MALFORMED, f"{name} must be {' or '.join(choices)}.")
    return value


def _number(request: Request, name: str, low: int, high: int) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not text.isdecimal() or not low <= int(text[:12]) <= high:
        raise Refusal(MALFORMED, f"{name} must be a whole number from {low} to {high}.")
    return int(text)
