"""`batch`: a table → a video a row, with a manifest that a second call goes on from.

Every row has its own session and its own record beside its video (``out/<name>.json``),
written at each step. A row whose message was sent is never asked again: it is exported.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb import loop
from nemo_nb.batch_table import BatchRow, read_rows
from nemo_nb.comparing import MANIFEST
from nemo_nb.connecting import DEFAULT_SKILL, aconnect
from nemo_nb.errors import EditRefused, InputError, NemoError
from nemo_nb.ledger import now
from nemo_nb.notebook.progress import counted
from nemo_nb.records import records_frame

if TYPE_CHECKING:
    import pandas as pd

    from nemo_nb.export import ExportOptions
    from nemo_nb.session import AsyncSession

COLUMNS: Final = (
    "name",
    "status",
    "skill",
    "source",
    "prompt",
    "path",
    "duration_ms",
    "size_bytes",
    "summary",
    "reply",
    "draft",
    "error",
    "started_at",
    "finished_at",
)


def batch(
    table: Any,
    *,
    backend: str | None = None,
    executor: Any = None,
    out: str | os.PathLike[str] = "out",
    resume: bool = True,
    skill: str = DEFAULT_SKILL,
) -> pd.DataFrame:
    """Make a video for every row of *table*; return a row a video.

    The table is checked before anything runs. A row that fails does not stop the others.
    Calling it again runs what is not done: rows that failed, that are new or whose prompt,
    settings or files have changed.

    Args:
        table: A DataFrame, a list of dicts or a CSV file. Columns: ``prompt``; ``source``
            (path, glob, URL or a list of them), ``skill``, ``name``, ``format``,
            ``quality``, ``resolution``, ``fps`` where wanted; others are carried along.
        backend: As `connect` takes it. A token comes from ``NEMO_TOKEN`` of the process
            that does the work; it is never handed over or written.
        executor: Any `concurrent.futures.Executor`, or a Dask ``Client``, whose workers
            must see the same folders. None: one row after the other, here.
        out: The folder for ``<name>.mp4``, ``<name>.json`` (what was done, with the draft)
            and ``manifest.csv``.
        resume: False does every row again, in a new session.
        skill: For rows that name none.

    Returns:
        Columns ``name, status`` (done, failed), ``skill, source, prompt, path, duration_ms,
        size_bytes, summary, reply, draft`` (the path of its record)``, error, started_at,
        finished_at``, and the table's own others. `compare` takes this frame.

    Raises:
        InputError: Rows that cannot be run; nothing was started.
    """
    rows = read_rows(table, skill=skill)
    folder = Path(out).expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    records = [_record(row, folder, resume=resume) for row in rows]
    waiting = [record for record in records if record["status"] != "done"]
    done = {record["name"]: record for record in records}
    try:
        for record in counted(_run(waiting, backend, executor), len(waiting), "Batch", "videos"):
            done[record["name"]] = record
    finally:
        # After an interrupt, too: what is done is on disk, and the manifest says so.
        frame = _frame([done[row.name] for row in rows], rows)
        _write_manifest(frame, folder / MANIFEST)
    return frame


def _record(row: BatchRow, folder: Path, *, resume: bool) -> dict[str, Any]:
    """Return what is known of *row*: its record on disk where it is of the same wish."""
    where = folder / f"{row.name}.json"
    mark = row.fingerprint()
    known = _read(where) if resume else None
    if known is not None and known["fingerprint"] == mark and known["step"] != "new":
        finished = known["status"] == "done" and Path(known["path"]).is_file()
        return known if finished else {**known, "status": "waiting"}
    attempt = int((_read(where) or {}).get("attempt", 0)) + 1
    return {
        "name": row.name,
        "status": "waiting",
        "step": "new",
        "fingerprint": mark,
        "attempt": attempt,
        # Found again by its name; a changed wish, or an upload cut off, gets a new one.
        "session": f"batch {folder.name}/{row.name} {mark[:6]}-{attempt}",
        "skill": row.skill,
        "sources": list(row.sources),
        "prompt": row.prompt,
        "output": dict(row.output),
        "record": str(where),
        "path": str(folder / f"{row.name}.{row.output.get('format', 'mp4')}"),
        "draft": None,
    }


def _run(
    waiting: Sequence[dict[str, Any]], backend: str | None, executor: Any
) -> Iterator[dict[str, Any]]:
    if executor is None:
        for record in waiting:
            yield run_row(record, backend)
        return
    # A Dask client hands out an executor of the standard kind.
    pool: Any = executor.get_executor() if hasattr(executor, "get_executor") else executor
    if not isinstance(pool, Executor):
        raise InputError(
            f"{type(executor).__name__} runs nothing.",
            fix="Pass a concurrent.futures executor or a Dask client.",
        )
    tasks = {pool.submit(run_row, record, backend): record for record in waiting}
    try:
        for task in as_completed(tasks):
            error = task.exception()
            # A worker that died says nothing of its row; the row says so itself.
            yield task.result() if error is None else _failed(tasks[task], error)
    finally:
        for task in tasks:
            task.cancel()


def run_row(record: dict[str, Any], backend: str | None) -> dict[str, Any]:
    """Carry one row as far as it goes; return its record, which is also on disk.

    A plain function of plain data, so that a process or another machine can run it.
    """
    return loop.run(lambda: _carry_out(dict(record), backend))


async def _carry_out(record: dict[str, Any], backend: str | None) -> dict[str, Any]:
    record.update(status="running", error=None, started_at=now())
    _save(record)
    try:
        connecting = aconnect(backend, skill=record["skill"], name=record["session"])
        async with await connecting.open(quiet=True) as session:
            await _edit(session, record)
            wish = cast("ExportOptions", record["output"])
            export = await session.export(record["path"], **wish)
            record.update(
                status="done",
                step="exported",
                path=str(export.path),
                duration_ms=export.duration_ms,
                size_bytes=export.size_bytes,
            )
    except NemoError as error:
        record.update(status="failed", error=str(error))
    record["finished_at"] = now()
    _save(record)
    return record


async def _edit(session: AsyncSession, record: dict[str, Any]) -> None:
    """Upload and ask, each once: a step that an earlier call has made is not made again."""
    if record["step"] == "new":
        if record["sources"]:
            await session.upload(*record["sources"])
        _step(record, "uploaded", await _draft(session))
    if record["step"] == "asking" and await _draft(session) != record["draft"]:
        # The call before was cut off, and its message has been carried out all the same.
        _step(record, "asked", await _draft(session))
    if record["step"] in ("uploaded", "asking"):
        _step(record, "asking", record["draft"])
        reply = await session.chat(record["prompt"])
        record["reply"] = reply.text
        draft = await _draft(session)
        if draft == record["draft"]:
            # A video that ignores its prompt is no result.
            _step(record, "uploaded", draft)
            raise EditRefused("The message changed nothing.", f"The answer was: {reply.text}")
        _step(record, "asked", draft)
    timeline = await session.timeline()
    record.update(draft=timeline.draft, summary=timeline.summary())


async def _draft(session: AsyncSession) -> dict[str, Any]:
    return (await session.timeline()).draft


def _step(record: dict[str, Any], step: str, draft: Mapping[str, Any]) -> None:
    record.update(step=step, draft=draft)
    _save(record)


def _save(record: Mapping[str, Any]) -> None:
    where = Path(record["record"])
    partial = where.with_suffix(".json.part")
    partial.write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
    partial.replace(where)


def _read(where: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(where.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    usable = isinstance(found, dict) and {"fingerprint", "status", "step", "path"} <= found.keys()
    return cast("dict[str, Any]", found) if usable else None


def _failed(record: Mapping[str, Any], error: BaseException) -> dict[str, Any]:
    known = _read(Path(record["record"])) or dict(record)
    said = str(error) or type(error).__name__
    return {**known, "status": "failed", "error": f"The worker ended: {said}"}


def _frame(records: Sequence[Mapping[str, Any]], rows: Sequence[BatchRow]) -> pd.DataFrame:
    others = list(dict.fromkeys(key for row in rows for key in row.extra if key not in COLUMNS))
    cells: list[list[Any]] = []
    for record, row in zip(records, rows, strict=True):
        told = {**record, "source": ", ".join(row.sources), "draft": record["record"]}
        if record["status"] != "done":
            told["path"] = None
        known = [told.get(column) for column in COLUMNS]
        cells.append([*known, *(row.extra.get(key) for key in others)])
    return records_frame(
        cells,
        (*COLUMNS, *others),
        integers=("duration_ms", "size_bytes"),
        times=("started_at", "finished_at"),
        foreign=others,
    )


def _write_manifest(frame: pd.DataFrame, where: Path) -> None:
    partial = where.with_suffix(".csv.part")
    loose = cast("Any", frame)
    loose.to_csv(partial, index=False, quoting=csv.QUOTE_MINIMAL)
    partial.replace(where)
