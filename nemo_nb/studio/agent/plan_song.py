"""When music plays: moved, stopped, going on to the end, so many times."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nemo_nb.studio import edits_sound
from nemo_nb.studio.agent.intents import Timing
from nemo_nb.studio.agent.intents_sound import AddMusic, MoveMusic
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.plan_sound import add_music
from nemo_nb.studio.agent.plan_which import part_times
from nemo_nb.timeline.draft_shape import editable, find, seal


def move_music(plan: Plan, intent: MoveMusic) -> None:
    """Let the music play at another time; it ends where the pictures end."""
    found = edits_sound.music(plan.draft) or plan.sounds()
    common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
    if not found and not intent.adds:
        raise plan.refuse("no_music")
    timing = intent.timing or Timing(intent.start_ms, intent.end_ms)
    if not found:
        add_music(plan, AddMusic(**common, timing=Timing() if intent.lasting else timing))
        return
    if intent.lasting:
        _lasting(plan, intent)
        return
    if intent.times:
        _so_often(plan, intent)
        return
    draft = editable(plan.draft)
    sound = find(draft, {found[0]["id"]})[0]
    if timing.edge == "last" and timing.duration_ms is None:
        timing = replace(timing, duration_ms=_whole(plan, sound))
    elif not timing.start_ms and intent.start_ms is None and not intent.timing:
        timing = Timing(sound["s"], intent.end_ms)
    start, stop = part_times(plan, timing)
    ends = bool(intent.timing) or intent.end_ms is not None
    length = stop - start if ends else sound["d"]
    source = sound["m"].get("length")
    if not ends and isinstance(source, int):
        length = source - int(sound["m"].get("in") or 0)
    sound |= {"s": start, "d": min(length, plan.last_ms - start)}
    if ends and stop < plan.last_ms:
        sound["m"].pop("fill", None)  # it ends before the pictures do
    plan.draft = seal(draft)
    plan.subject = "sound"
    plan.tell("music_moved", intent, **plan.times(find(plan.draft, {sound["id"]})[0]))


def _whole(plan: Plan, sound: dict[str, Any]) -> int:
    """Return how long a recording is that stands at the end, ms; other music has no length."""
    length = sound["m"].get("length")
    if not isinstance(length, int):
        raise plan.ask("how_long_part")
    return min(length - int(sound["m"].get("in") or 0), plan.last_ms)


def _so_often(plan: Plan, intent: MoveMusic) -> None:
    """Let a recording be heard so many times, as far as the pictures go."""
    draft = editable(plan.draft)
    own = [s for s in edits_sound.music(draft) or plan.sounds() if s["m"].get("src")]
    if not own:
        raise plan.refuse("music_lasts")
    sound = find(draft, {own[0]["id"]})[0]
    meta = sound["m"]
    once = int(meta.get("length") or sound["d"]) - int(meta.get("in") or 0)
    sound["d"] = max(min(once * intent.times, plan.last_ms - sound["s"]), 1)
    meta["loop"] = intent.times > 1
    meta.pop("fill", None)
    plan.draft = seal(draft)
    plan.subject = "sound"
    plan.tell("music_looped", intent, last=plan.times(sound)["end"])


def _lasting(plan: Plan, intent: MoveMusic) -> None:
    """Let the music go on to the end; a recording that is too short begins again."""
    draft = editable(plan.draft)
    sounds = edits_sound.music(draft) or plan.sounds()
    if not sounds:
        raise plan.refuse("no_music")
    chosen = max(sounds, key=lambda one: one["s"] + one["d"])
    sound = find(draft, {chosen["id"]})[0]
    meta = sound["m"]
    sound["d"] = max(plan.last_ms - sound["s"], 1)
    length = meta.get("length")
    loops = isinstance(length, int) and length - int(meta.get("in") or 0) < sound["d"]
    if loops:
        meta["loop"] = True
    plan.draft = seal(draft)
    plan.subject = "sound"
    times = plan.times(sound)
    if loops:
        plan.tell("music_looped", intent, last=times["end"])
    else:
        plan.tell("music_moved", intent, **times)
