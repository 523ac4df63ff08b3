"""Renders: submit, status, cancel, and the finished files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from nemo_nb.studio.access import check_attribution
from nemo_nb.studio.accounts import Caller
from nemo_nb.studio.answers import CONFLICT, Refusal, answer, as_object, field, json_body
from nemo_nb.studio.core import StudioCore
from nemo_nb.studio.endpoint import base_url, file_response, in_thread, route
from nemo_nb.studio.jobs import Job
from nemo_nb.studio.orders import check_id, read_order
from nemo_nb.studio.render.formats import FORMATS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def submit(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Take a render on; the same id again is the same job."""
    check_attribution(request)
    body = await json_body(request)
    job = await in_thread(_submit, core, caller, body)
    core.renderer.wake()
    return answer(_told(job, base_url(request)))


async def status(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Tell how far a render is."""
    job = await in_thread(core.jobs.get, caller.user_id, request.path_params["id"])
    return answer(_told(job, base_url(request)))


async def cancel(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Give a render up; one that has ended stays as it is."""
    job = await in_thread(core.jobs.cancel, caller.user_id, request.path_params["id"])
    await in_thread(core.renderer.look)
    return answer(_told(job, base_url(request)))


async def rendered_file(core: StudioCore, request: Request, caller: Caller) -> Response:
    """Serve a finished file."""
    job = await in_thread(core.jobs.get, caller.user_id, request.path_params["id"])
    if job.status != "completed":
        raise Refusal(
            CONFLICT, f"The render {job.id} has no file: it is {job.status}.", job.error or ""
        )
    mime = FORMATS[job.format].mime
    return file_response(core.render_path(job), mime, f"{job.id}.{job.format}")


ROUTES: Final = (
    route("POST", "/api/render/proxy/lambda", submit, "render"),
    route("GET", "/api/render/proxy/lambda/{id}", status, "render"),
    route("POST", "/api/render/proxy/lambda/{id}/cancel", cancel, "render"),
    route("GET", "/api/render/proxy/{id}/download", rendered_file, "render"),
    *(route("GET", f"/renders/{{id}}.{name}", rendered_file, "render") for name in FORMATS),
)


def _submit(core: StudioCore, caller: Caller, body: dict[str, Any]) -> Job:
    job_id = check_id(field(body, "id"))
    if core.jobs.has(caller.user_id, job_id):
        return core.jobs.get(caller.user_id, job_id)
    session = core.projects.get(caller.user_id, field(body, "sessionId", "session_id"))
    output, draft = as_object(body.get("output")), as_object(body.get("draft"))
    read_order(draft, output, core.assets(session.id))
    return core.jobs.submit(caller.user_id, job_id, session.id, draft, output)


def _told(job: Job, base: str) -> dict[str, Any]:
    """Return the job as the wire knows it; times are epoch ms."""
    told: dict[str, Any] = {
        "id": job.id,
        "status": job.status,
        "progress": round(job.progress, 1),
        "createdAt": job.created_ms,
    }
    if job.finished_ms is not None:
        told["completedAt"] = job.finished_ms
    if job.error:
        told["error"] = job.error
    if job.notes:
        told["notes"] = list(job.notes)
    if job.status == "completed":
        told["output"] = {
            "url": f"{base}/renders/{job.id}.{job.format}",
            "size": job.size_bytes,
            "duration": job.duration_ms / 1000,
        }
    return told
