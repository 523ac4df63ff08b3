"""What every request of one studio shares: the store, the queue, the locks, the folders."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import anyio

from nemo_nb.redact import Secret
from nemo_nb.studio.access import Access
from nemo_nb.studio.accounts import FREE, Accounts, AnonymousRules, Terms, new_token
from nemo_nb.studio.agent.model_planner import ModelPlanner
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.fetch import FetchRules
from nemo_nb.studio.jobs import Job, Jobs
from nemo_nb.studio.lag import Lag
from nemo_nb.studio.planner_choice import PlannerChoice
from nemo_nb.studio.projects import Projects
from nemo_nb.studio.proxies import Proxies
from nemo_nb.studio.renderer import Renderer
from nemo_nb.studio.shelf import Shelf
from nemo_nb.studio.store import DATABASE, Store

_STALE_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class StudioOptions:
    """What may be set about a studio.

    Attributes:
        anonymous: The rules for anonymous tokens.
        fetch: What may be fetched by URL.
        terms: On which it works for whoever names no others.
        planner: The model that is asked about messages the grammar does not understand.
        heartbeat_s: How often a working agent gives a sign of life.
        lease_s: How long a render of a studio that died stays with it.
        max_renders_bytes: How much finished exports may take on disk; the oldest go first.
        max_previews_bytes: The same for proxies.
    """

    anonymous: AnonymousRules = field(default_factory=AnonymousRules)
    fetch: FetchRules = field(default_factory=FetchRules)
    terms: Terms = FREE
    planner: PlannerChoice | None = None
    heartbeat_s: float = 5.0
    lease_s: float = 10.0
    max_renders_bytes: int = 8_000_000_000
    max_previews_bytes: int = 1_000_000_000


class StudioCore:
    """One studio on one workspace, without the server around it.

    Args:
        workspace: Its folder; made if missing, readable by its owner alone.
        options: See :class:`StudioOptions`.
        engine: What probes, answers and renders.
    """

    def __init__(
        self,
        workspace: Path,
        options: StudioOptions | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.options = options or StudioOptions()
        self.engine = engine or Engine()
        self.workspace = workspace
        self.incoming = workspace / "incoming"
        self._renders, self._previews = workspace / "renders", workspace / "previews"
        for folder in (
            workspace,
            workspace / "media",
            self.incoming,
            self._renders,
            self._previews,
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        self.token = Secret(new_token())
        self.store = Store(workspace / DATABASE)
        self.accounts = Accounts(self.store, self.options.anonymous, self.options.terms)
        self.access = Access(self.accounts, self.token, self.options.terms)
        self.projects = Projects(self.store)
        self.jobs = Jobs(self.store, round(self.options.lease_s * 1000))
        shelf = Shelf(self._renders, self.options.max_renders_bytes)
        self.renderer = Renderer(self.jobs, self.engine, self.assets, shelf, self.options.lease_s)
        self.proxies = Proxies(self.engine, Shelf(self._previews, self.options.max_previews_bytes))
        self.lag = Lag()
        choice = self.options.planner
        self.planner = None if choice is None else ModelPlanner(choice)
        # Set on the server's loop when it shuts down: streams end themselves then.
        self.ending = anyio.Event()
        # A frame is decoded and drawn at full size: two at a time leave the loop its share.
        self.frame_slots = anyio.CapacityLimiter(2)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def _sweep(self) -> None:
        """Delete what a killed studio left half-written, unless another may be writing it."""
        old = time.time() - _STALE_S
        for path in (
            *self.incoming.iterdir(),
            *self._renders.glob("*.part*"),
            *self._previews.glob("*.part*"),
        ):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime >= old:
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()

    def lock(self, session_id: str) -> asyncio.Lock:
        """Return the lock that whoever changes the session holds. On the server's loop."""
        return self._locks.setdefault(session_id, asyncio.Lock())

    def media_folder(self, session_id: str) -> Path:
        """Return where the session's media files lie."""
        return self.workspace / "media" / session_id

    def assets(self, session_id: str) -> dict[str, Path]:
        """Return the session's media as name → path, for the renderer."""
        folder = self.media_folder(session_id)
        return {
            info.name: folder / info.name
            for info in self.projects.media(session_id)
            if info.kind != "subtitle"
        }

    def render_path(self, job: Job) -> Path:
        """Return where the job's file lies once it is completed."""
        return self.renderer.path(job)

    def close(self, wait_s: float = 0.5) -> None:
        """Give back what is being rendered and close the store."""
        self.proxies.stop()
        self.engine.close()
        self.renderer.stop(wait_s)
        self.store.close()
