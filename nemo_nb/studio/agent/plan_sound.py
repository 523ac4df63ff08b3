"""Intents about music, voices and loudness, carried out on a plan."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits, edits_sound
from nemo_nb.studio.agent.intents import Timing
from nemo_nb.studio.agent.intents_sound import (
    AddMusic,
    AddSound,
    ChangeMusic,
    Duck,
    Loudness,
    MoveMusic,
    RemoveMusic,
    RemoveVoice,
    SoundFades,
    Volume,
)
from nemo_nb.studio.agent.plan import NotDone, Plan, media_named
from nemo_nb.studio.agent.plan_which import part_times, picture_ids, sound_ids
from nemo_nb.studio.agent.replies import music_words, name, say, seconds
from nemo_nb.studio.music.spec import MAX_BPM, MIN_BPM, read_music
from nemo_nb.timeline.draft import AUDIO, VIDEO
from nemo_nb.timeline.draft_shape import editable, find, seal, segments

USUAL_VOLUME: Final = 0.35


def volume(plan: Plan, intent: Volume) -> None:
    """Change the loudness of everything, of the music, or of some pictures."""
    plan_kinds, ids = _heard(plan, intent)
    stills = plan.stills
    level = intent.level
    if level is None:
        level = min(_loudest(plan, plan_kinds, ids) * intent.factor, 1.0)
        _scale(plan, intent.factor, plan_kinds, ids)
    else:
        plan.draft = edits.set_volume(plan.draft, level, kinds=plan_kinds, stills=stills, ids=ids)
    what = name(_heard_name(intent, plan_kinds), plan.language)
    plan.subject = plan.subject if ids is not None and not intent.music else "sound"
    if level == 0:
        plan.tell("muted", intent, what=what)
    else:
        plan.tell("volume", intent, what=what, percent=f"{level * 100:.3g}")


def _scale(plan: Plan, factor: float, kinds: tuple[int, ...], ids: set[str] | None) -> None:
    """Make sounds louder or quieter by a factor: among themselves they stay as they were."""
    heard = [s for _, s in segments(plan.draft, *kinds) if s["m"].get("src") not in plan.stills]
    meant = [s for s in heard if ids is None or s["id"] in ids]
    if not meant:
        plan.draft = edits.set_volume(plan.draft, 1.0, kinds=kinds, stills=plan.stills, ids=ids)
    levels: dict[float, set[str]] = {}
    for segment in meant:
        now = 0.0 if segment["m"].get("mute") else float(segment["m"].get("volume", 1.0))
        levels.setdefault(min(now * factor, 1.0), set()).add(segment["id"])
    for level, those in levels.items():
        plan.draft = edits.set_volume(plan.draft, level, kinds=kinds, stills=plan.stills, ids=those)


def _heard(plan: Plan, intent: Volume) -> tuple[tuple[int, ...], set[str] | None]:
    """Return the kinds of track that are meant, and the segments where not all of them are."""
    which = intent.which
    if which.noun == "voice":
        return (AUDIO,), sound_ids(plan, which)
    if intent.music:
        if intent.timing:
            raise plan.refuse("part_of_music")
        if not plan.sounds():
            raise plan.refuse("no_music")
        music = edits_sound.music(plan.draft)
        return (AUDIO,), {s["id"] for s in music} if music else None
    if not plan.pictures() and not plan.sounds():
        raise plan.refuse("no_media")
    named = which.places or which.file or which.noun in ("logo", "watermark", "pip")
    if named or intent.timing or (which.it and plan.subject == "picture" and plan.pictured):
        return (VIDEO,), picture_ids(plan, which, intent.timing)
    if which.it and plan.subject == "sound" and edits_sound.music(plan.draft):
        return (AUDIO,), {s["id"] for s in edits_sound.music(plan.draft)}
    if which.noun in ("photo", "video") and plan.sounds() and plan.clips():
        return (VIDEO,), None
    return (VIDEO, AUDIO), None


def _heard_name(intent: Volume, kinds: tuple[int, ...]) -> str:
    if intent.which.noun == "voice":
        return "voice"
    if intent.music or kinds == (AUDIO,):
        return "music"
    return "clip_sound" if kinds == (VIDEO,) else "sound"


def _loudest(plan: Plan, kinds: tuple[int, ...], ids: set[str] | None) -> float:
    if ids is None:
        return edits.loudness(plan.draft, kinds)
    found = [float(s["m"].get("volume", 1.0)) for s in plan.segment(ids)]
    return max(found, default=1.0)


def add_music(plan: Plan, intent: AddMusic) -> None:
    """Lay music under the pictures: made by the studio, or the user's own file."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    spec = _checked(plan, intent.spec)
    own = _own(plan, intent)
    there = edits_sound.music(plan.draft)
    if there and not intent.timing:
        _add_where_music_is(plan, intent, spec, own)
        return
    start, stop = part_times(plan, intent.timing) if intent.timing else (0, None)
    level = intent.volume
    before = {s["id"] for s in plan.sounds()}
    if own is not None:
        plan.draft = edits_sound.add_sound(
            plan.draft,
            own,
            start_ms=start,
            end_ms=stop,
            volume=USUAL_VOLUME if level is None else level,
            role="music",
        )
    else:
        plan.draft = edits_sound.add_music(
            plan.draft,
            spec,
            USUAL_VOLUME if level is None else level,
            start_ms=start,
            end_ms=stop,
            duck=intent.duck,
        )
    plan.subject = "sound"
    (added, *_) = [s for s in plan.sounds() if s["id"] not in before] or plan.sounds()
    _fade_and_duck(plan, intent)
    plan.tell(
        "music_added",
        intent,
        music=own.name if own is not None else _music_of(plan, added),
        percent=f"{float(added['m'].get('volume', 1.0)) * 100:.3g}",
        **plan.times(added),
    )


def _add_where_music_is(
    plan: Plan, intent: AddMusic, spec: dict[str, Any], own: MediaInfo | None
) -> None:
    """Give the music that plays the wished for kind; only its volume where nothing else is said."""
    if not spec and own is None and intent.volume is not None:
        volume(
            plan, Volume(span=intent.span, skipped=intent.skipped, level=intent.volume, music=True)
        )
        return
    fades = intent.fade_in_ms is not None or intent.fade_out_ms is not None
    if not spec and own is None and (fades or intent.duck):
        into, out = intent.fade_in_ms, intent.fade_out_ms  # "give the music a 2 s fade-in"
        common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
        if fades:
            sound_fades(plan, SoundFades(**common, fade_in_ms=into, fade_out_ms=out))
        if intent.duck:
            duck(plan, Duck(**common, duck=True))
        return
    if not spec and own is None:
        raise plan.refuse("music_there_already")
    plan.draft = edits_sound.replace_music(plan.draft, own or spec, volume=intent.volume)
    _fade_and_duck(plan, intent)
    plan.subject = "sound"
    _tell_replaced(plan, intent, own)


def _fade_and_duck(plan: Plan, intent: AddMusic) -> None:
    into, out = intent.fade_in_ms, intent.fade_out_ms
    music = {s["id"] for s in edits_sound.music(plan.draft)} or None
    if into is not None or out is not None:
        plan.draft = edits_sound.set_sound_fades(
            plan.draft, fade_in_ms=into, fade_out_ms=out, ids=music
        )
    if intent.duck:
        plan.draft = edits_sound.set_duck(plan.draft, duck=True, ids=music)


def _tell_replaced(plan: Plan, intent: AddMusic | ChangeMusic, own: MediaInfo | None) -> None:
    added = edits_sound.music(plan.draft)[0]
    shown = own.name if own is not None else _music_of(plan, added)
    percent = f"{float(added['m'].get('volume', 1.0)) * 100:.3g}"
    plan.tell("music_replaced", intent, music=shown, percent=percent)


def _own(plan: Plan, intent: AddMusic | AddSound) -> MediaInfo | None:
    if intent.file is None:
        return None
    info = media_named(plan.project, intent.file)
    if info is None or info.kind not in ("audio", "video"):
        raise plan.refuse("no_such_file", file=intent.file)
    return info


def _music_of(plan: Plan, segment: dict[str, Any]) -> str:
    spec = read_music(segment["m"])
    if spec is None:
        return str(segment["m"].get("title") or segment["m"].get("src") or "")
    return music_words(spec, plan.language)


def _checked(plan: Plan, spec: dict[str, Any]) -> dict[str, Any]:
    bpm = spec.get("bpm")
    if bpm is not None and not MIN_BPM <= float(bpm) <= MAX_BPM:
        low, high = f"{MIN_BPM:g}", f"{MAX_BPM:g}"
        raise plan.refuse("bpm", bpm=f"{float(bpm):g}", low=low, high=high)
    return spec


def change_music(plan: Plan, intent: ChangeMusic) -> None:
    """Play other music: what is not named stays as it was."""
    wish = _checked(plan, intent.spec)
    music = edits_sound.music(plan.draft)
    if not music:
        if not wish:
            raise plan.refuse("no_music")
        add_music(
            plan,
            AddMusic(span=intent.span, skipped=intent.skipped, spec=wish, volume=intent.volume),
        )
        return
    old: dict[str, Any] = dict(music[0]["m"].get("music") or {})
    spec = {**old, **wish}
    if "genre" in wish and "mood" not in wish:
        spec.pop("mood", None)
    if "genre" in wish and "bpm" not in wish:
        spec.pop("bpm", None)
    if intent.tempo != 1.0:
        now = read_music({"music": spec})
        if now is not None:
            spec["bpm"] = round(max(MIN_BPM, min(MAX_BPM, now.bpm * intent.tempo)))
    if intent.another and not wish:
        spec["seed"] = (
            int(old.get("seed") or 0) + 1 if isinstance(old.get("seed"), int | None) else 1
        )
    plan.draft = edits_sound.replace_music(plan.draft, spec, volume=intent.volume)
    plan.subject = "sound"
    _tell_replaced(plan, intent, None)


def move_music(plan: Plan, intent: MoveMusic) -> None:
    """Let the music play at another time; it ends where the pictures end."""
    found = edits_sound.music(plan.draft) or plan.sounds()
    if not found:
        raise plan.refuse("no_music")
    timing = intent.timing or Timing(intent.start_ms, intent.end_ms)
    start, stop = part_times(plan, timing)
    draft = editable(plan.draft)
    sound = find(draft, {found[0]["id"]})[0]
    ends = bool(intent.timing) or intent.end_ms is not None
    length = stop - start if ends else sound["d"]
    source = sound["m"].get("length")
    if not ends and isinstance(source, int):
        length = source - int(sound["m"].get("in") or 0)
    sound |= {"s": start, "d": min(length, plan.last_ms - start)}
    plan.draft = seal(draft)
    plan.subject = "sound"
    plan.tell("music_moved", intent, **plan.times(find(plan.draft, {sound["id"]})[0]))


def remove_music(plan: Plan, intent: RemoveMusic) -> None:
    """Take the music away."""
    plan.draft = edits_sound.remove_music(plan.draft)
    plan.tell("music_removed", intent)


def add_sound(plan: Plan, intent: AddSound) -> None:
    """Lay the user's own recording over the pictures."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    info = _own(plan, intent)
    if info is None:
        files = [i for i in plan.project.media if i.kind == "audio"]
        if not files:
            raise NotDone(say("topic", "voice", plan.language))
        info = files[-1]
    # An upload lies on the music track already: as a voice it is laid anew.
    there = {s["id"] for s in plan.sounds() if s["m"].get("src") == info.name}
    if there:
        plan.draft = edits_sound.remove_sounds(plan.draft, there)
    timing = intent.timing
    start = part_times(plan, timing)[0] if timing and timing != Timing(whole=True) else 0
    before = {s["id"] for s in plan.sounds()}
    plan.draft = edits_sound.add_sound(
        plan.draft, info, start_ms=start, volume=intent.volume, role="voice"
    )
    (added, *_) = [s for s in plan.sounds() if s["id"] not in before]
    percent = f"{intent.volume * 100:.3g}"
    plan.tell("voice_added", intent, file=info.name, percent=percent, **plan.times(added))
    music = {s["id"] for s in edits_sound.music(plan.draft)}
    if music:
        plan.draft = edits_sound.set_duck(plan.draft, duck=True, ids=music)
        plan.done.append(say("done", "ducked", plan.language))


def remove_voice(plan: Plan, intent: RemoveVoice) -> None:
    """Take the voice-over away."""
    voices = edits_sound.voices(plan.draft)
    if not voices:
        raise plan.refuse("no_voice")
    plan.draft = edits_sound.remove_sounds(plan.draft, {s["id"] for s in voices})
    plan.tell("voice_removed", intent)


def sound_fades(plan: Plan, intent: SoundFades) -> None:
    """Let the sounds come from silence and go into it."""
    if not plan.sounds():
        raise plan.refuse("no_music")
    into, out = intent.fade_in_ms, intent.fade_out_ms
    plan.draft = edits_sound.set_sound_fades(plan.draft, fade_in_ms=into, fade_out_ms=out)
    plan.subject = "sound"
    for key, length in (("sound_fade_in", into), ("sound_fade_out", out)):
        if length is not None:
            plan.tell(key if length else "no_fades", intent, length=seconds(length))


def duck(plan: Plan, intent: Duck) -> None:
    """Let the music step back for speech."""
    plan.draft = edits_sound.set_duck(plan.draft, intent.duck)
    plan.subject = "sound"
    plan.tell("ducked" if intent.duck else "not_ducked", intent)


def loudness(plan: Plan, intent: Loudness) -> None:
    """Set the target of the whole mix."""
    plan.draft = edits_sound.set_loudness(plan.draft, intent.target)
    level = (
        "-14"
        if intent.target is None
        else f"{intent.target:g}"
        if not isinstance(intent.target, str)
        else ""
    )
    plan.tell("loudness" if level else "loudness_as_is", intent, level=level)
