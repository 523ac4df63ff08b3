"""Intents about music, voices and loudness, carried out on a plan."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits, edits_sound
from nemo_nb.studio.agent.intents_sound import (
    AddMusic,
    AddSound,
    ChangeMusic,
    Duck,
    Loudness,
    RemoveMusic,
    SoundFades,
    Volume,
)
from nemo_nb.studio.agent.plan import Plan, media_named
from nemo_nb.studio.agent.plan_which import part_times, picture_ids, sound_ids
from nemo_nb.studio.agent.replies import music_words, name, say, seconds
from nemo_nb.studio.music.spec import MAX_BPM, MIN_BPM, read_music
from nemo_nb.timeline.draft import AUDIO, VIDEO
from nemo_nb.timeline.draft_shape import segments

USUAL_VOLUME: Final = 0.35


def volume(plan: Plan, intent: Volume) -> None:
    """Change the loudness of everything, of the music, or of some pictures."""
    if _is_new(plan, intent):
        common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped}
        add_music(plan, AddMusic(**common, file=intent.which.file, volume=intent.level))
        return
    plan_kinds, ids = _heard(plan, intent)
    stills = plan.stills
    level = intent.level
    if intent.unmute:
        level = _unmute(plan, plan_kinds, ids)
    elif level == 0:
        # Not volume 0: it is to be heard as loud as before when it is heard again.
        plan.draft = edits_sound.set_mute(plan.draft, kinds=plan_kinds, stills=stills, ids=ids)
    elif level is None:
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


def _unmute(plan: Plan, kinds: tuple[int, ...], ids: set[str] | None) -> float:
    """Let sounds be heard again; what was at volume 0 is heard in full. Return the loudest."""
    silent = {s["id"] for _, s in segments(plan.draft, *kinds) if s["m"].get("volume") == 0}
    silent = silent if ids is None else silent & ids
    stills = plan.stills
    plan.draft = edits_sound.set_mute(plan.draft, on=False, kinds=kinds, stills=stills, ids=ids)
    if silent:
        plan.draft = edits.set_volume(plan.draft, 1.0, kinds=kinds, stills=stills, ids=silent)
    return _loudest(plan, kinds, ids)


def _scale(plan: Plan, factor: float, kinds: tuple[int, ...], ids: set[str] | None) -> None:
    """Make sounds louder or quieter by a factor: among themselves they stay as they were."""
    heard = [s for _, s in segments(plan.draft, *kinds) if s["m"].get("src") not in plan.stills]
    meant = [s for s in heard if ids is None or s["id"] in ids]
    if not meant:
        plan.draft = edits.set_volume(plan.draft, 1.0, kinds=kinds, stills=plan.stills, ids=ids)
    levels: dict[float, set[str]] = {}
    for segment in meant:
        if segment["m"].get("mute") and factor <= 1:
            continue  # it cannot be any quieter
        now = float(segment["m"].get("volume", 1.0))
        levels.setdefault(min(now * factor, 1.0), set()).add(segment["id"])
    for level, those in levels.items():
        plan.draft = edits.set_volume(plan.draft, level, kinds=kinds, stills=plan.stills, ids=those)


def _heard(plan: Plan, intent: Volume) -> tuple[tuple[int, ...], set[str] | None]:
    """Return the kinds of track that are meant, and the segments where not all of them are."""
    which = intent.which
    if which.noun == "voice" or (which.file is not None and _is_sound(plan, which.file)):
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


def _is_new(plan: Plan, intent: Volume) -> bool:
    """Whether it names the volume of a song that does not play yet."""
    file = intent.which.file
    info = None if file is None else media_named(plan.project, file)
    if info is None or info.kind != "audio" or not intent.level:
        return False
    return all(s["m"].get("src") != info.name for s in plan.sounds())


def _is_sound(plan: Plan, file: str) -> bool:
    info = media_named(plan.project, file)
    return info is None or info.kind == "audio"


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
    own = own_file(plan, intent)
    there = edits_sound.music(plan.draft)
    if intent.replaces:
        plan.draft = edits_sound.set_mute(plan.draft, kinds=(VIDEO,), stills=plan.stills)
        plays = bool(there) and own is None and not spec
        plays = plays or (own is not None and {s["m"].get("src") for s in there} == {own.name})
        if plays and intent.volume is None:
            plan.tell("muted", intent, what=name("clip_sound", plan.language))
            return
        what = name("clip_sound", plan.language)
        plan.done.append(say("done", "muted", plan.language, what=what))
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
    uploaded = any(one["m"].get("src") for one in edits_sound.music(plan.draft))
    if uploaded and own is None and spec.keys() == {"bpm"}:
        raise plan.refuse("own_tempo")
    _heard_again(plan)
    plan.draft = edits_sound.replace_music(plan.draft, own or spec, volume=intent.volume)
    _fade_and_duck(plan, intent)
    plan.subject = "sound"
    _tell_replaced(plan, intent, own)


def _heard_again(plan: Plan) -> None:
    """Let music be heard that was silent: other music is wished for in its place."""
    silent = {s["id"] for s in edits_sound.music(plan.draft) if s["m"].get("mute")}
    if silent:
        plan.draft = edits_sound.set_mute(plan.draft, on=False, kinds=(AUDIO,), ids=silent)


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


def own_file(plan: Plan, intent: AddMusic | AddSound) -> MediaInfo | None:
    """Return the upload that is meant, or None where none is named."""
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
    if music[0]["m"].get("src") and (intent.tempo != 1.0 or wish.keys() == {"bpm"}):
        raise plan.refuse("own_tempo")
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
    _heard_again(plan)
    plan.draft = edits_sound.replace_music(plan.draft, spec, volume=intent.volume)
    plan.subject = "sound"
    _tell_replaced(plan, intent, None)


def remove_music(plan: Plan, intent: RemoveMusic) -> None:
    """Take the music away."""
    plan.draft = edits_sound.remove_music(plan.draft)
    plan.tell("music_removed", intent)


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
