"""Intents about pictures, carried out on a plan."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio import edits_layout, edits_motion, edits_picture, edits_place, edits_time
from nemo_nb.studio.agent import measuring
from nemo_nb.studio.agent.intents import AddText, Look, Which
from nemo_nb.studio.agent.intents_picture import (
    AddOverlay,
    Adjust,
    Background,
    BalanceBrightness,
    CopyLook,
    Crop,
    Flip,
    Motion,
    Opacity,
    Pictured,
    PictureFades,
    Place,
    RemoveOverlay,
    ResetLook,
    Rotate,
)
from nemo_nb.studio.agent.plan import Plan, media_named
from nemo_nb.studio.agent.plan_meant import picture_at
from nemo_nb.studio.agent.plan_text import add_text
from nemo_nb.studio.agent.plan_which import over_ids, part_times, picture_ids
from nemo_nb.studio.agent.replies import amount_words, color_name, name, say, seconds

_LOGO_SCALE, _PIP_SCALE = 0.15, 0.3
_WATERMARK_OPACITY: Final = 0.6
_CORNER: Final = "bottom-right"
_HALF_TURN, _WHOLE_TURN = 180, 360
_STEP_UP: Final = 20.0


def _what(plan: Plan, ids: set[str] | None) -> str:
    """Return the pictures that an edit was done to, for a sentence."""
    if ids is None:
        pictures = plan.pictures()
        if len(pictures) == 1:
            return str(pictures[0]["m"].get("title") or name("picture", plan.language))
        return name("all_pictures", plan.language, count=len(pictures))
    found = plan.segment(ids)
    titles = list(dict.fromkeys(str(p["m"].get("title") or p["m"].get("src")) for p in found))
    return ("、" if plan.language == "zh" else ", ").join(titles[:4])


def _ids(plan: Plan, intent: Pictured) -> set[str] | None:
    ids = picture_ids(plan, intent.which, intent.timing)
    if ids is None:
        plan.subject, plan.pictured = "picture", {p["id"] for p in plan.pictures()}
    return ids


def adjust(plan: Plan, intent: Adjust) -> None:
    """Change colours."""
    ids = _ids(plan, intent)
    for field, value in intent.changes.items():
        # More than there is cannot be meant as a step: it is refused with the range.
        beyond = abs(value) > 100  # noqa: PLR2004 - percent
        whole = field in ("grayscale", "sepia")
        absolute = intent.absolute or beyond or whole
        plan.draft = edits_picture.adjust(plan.draft, {field: value}, ids=ids, absolute=absolute)
    words = amount_words(intent.changes, plan.language)
    plan.tell("adjusted", intent, file=_what(plan, ids), how=words)


def balance_brightness(plan: Plan, intent: BalanceBrightness) -> None:
    """Bring the brightness to the middle, as measured; without eyes ask which way."""
    ids = _ids(plan, intent)
    found = measuring.brightness_step(plan, ids)
    if found is None:
        raise plan.ask("brighter_or_darker")
    mean, step = found
    what = _what(plan, ids)
    if not step:
        plan.tell("balanced_already", intent, file=what, percent=f"{mean:.0f}")
        return
    plan.draft = edits_picture.adjust(plan.draft, {"brightness": step}, ids=ids)
    plan.tell("balanced", intent, file=what, percent=f"{mean:.0f}", amount=f"{step:+g}")


def reset_look(plan: Plan, intent: ResetLook) -> None:
    """Take back colours or crops."""
    ids = _ids(plan, intent)
    plan.draft = edits_picture.reset_look(plan.draft, ids=ids, keys=intent.keys)
    plan.tell("look_reset", intent, file=_what(plan, ids))


def background(plan: Plan, intent: Background) -> None:
    """Put something else behind the subject, or bring the background back."""
    ids = _ids(plan, intent)
    wish = intent.background
    if wish is not None and "src" in wish:
        info = media_named(plan.project, str(wish["src"]))
        if info is None:
            raise plan.refuse("no_such_file", file=wish["src"])
        wish = {**wish, "src": info.name}
        if ids is None:
            ids = {p["id"] for p in plan.pictures() if p["m"].get("src") != info.name}
    media = plan.project.media
    plan.draft = edits_picture.set_background(plan.draft, wish, media=media, ids=ids)
    kind = "restored" if wish is None else str(wish["kind"])
    values = {"file": _what(plan, ids), "color": "", "source": ""}
    if wish is not None:
        values["color"] = color_name(str(wish.get("color", "")), plan.language)
        values["source"] = str(wish.get("src", ""))
    plan.tell(f"background_{kind}", intent, **values)


def rotate(plan: Plan, intent: Rotate) -> None:
    """Turn pictures."""
    ids = _ids(plan, intent)
    plan.draft = edits_picture.rotate(plan.draft, intent.degrees, ids=ids)
    key = "rotated_back" if intent.degrees < 0 else "rotated"
    plan.tell(key, intent, file=_what(plan, ids), degrees=f"{abs(intent.degrees):g}")


def flip(plan: Plan, intent: Flip) -> None:
    """Mirror pictures."""
    ids = _ids(plan, intent)
    plan.draft = edits_picture.flip(plan.draft, intent.axis, ids=ids)
    plan.tell(f"flipped_{intent.axis}", intent, file=_what(plan, ids))


def crop(plan: Plan, intent: Crop) -> None:
    """Cut pictures at their sides."""
    ids = _ids(plan, intent)
    if intent.ratio is not None:
        media = plan.project.media
        plan.draft = edits_place.crop_to_ratio(plan.draft, intent.ratio, media=media, ids=ids)
        plan.tell("cropped_ratio", intent, file=_what(plan, ids), ratio=intent.ratio)
        return
    plan.draft = edits_place.crop(plan.draft, intent.box, ids=ids)
    box = intent.box or {}
    shown = {"width": f"{box.get('width', 100):g}", "height": f"{box.get('height', 100):g}"}
    plan.tell("cropped", intent, file=_what(plan, ids), **shown)


def place(plan: Plan, intent: Place) -> None:
    """Lay a picture elsewhere, or larger or smaller."""
    noun = intent.which.noun
    if noun in ("logo", "watermark") and not plan.over() and not intent.which.file:
        common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped, "kind": noun}
        add_overlay(plan, AddOverlay(**common, corner=intent.corner, scale=intent.scale))
        return
    ids = _ids(plan, intent)
    over = {segment["id"] for segment in plan.over()}
    plan.draft = edits_place.place(
        plan.draft,
        media=plan.project.media,
        ids=ids,
        corner=intent.corner,
        scale=intent.scale,
        grow=intent.grow,
        margin=edits_place.MARGIN if ids is not None and ids <= over else 0.0,
    )
    what = _what(plan, ids)
    if intent.corner is not None:
        plan.tell("placed", intent, file=what, place=name(intent.corner, plan.language))
    else:
        shown = plan.segment(ids) if ids is not None else plan.pictures()
        size = float(shown[0]["m"].get("scale") or 1.0)
        plan.tell("scaled", intent, file=what, percent=f"{size * 100:.0f}")


def opacity(plan: Plan, intent: Opacity) -> None:
    """Let what lies below show through."""
    ids = _ids(plan, intent)
    plan.draft = edits_picture.set_opacity(plan.draft, intent.opacity, ids=ids)
    plan.tell("opacity", intent, file=_what(plan, ids), percent=f"{intent.opacity * 100:g}")


def motion(plan: Plan, intent: Motion) -> None:
    """Let stills move, each another way with Ken Burns."""
    ids = _ids(plan, intent) if intent.which else None
    focus = measuring.focus_points(plan) if intent.toward else {}
    if intent.kind == "alternate":
        plan.draft = edits_motion.alternate_motion(
            plan.draft, stills=plan.stills, ids=ids, focus=focus
        )
    else:
        point = None
        if intent.toward and intent.kind.startswith("zoom"):
            shown = plan.segment(ids) if ids else plan.photos()
            point = next((focus[s] for p in shown if (s := str(p["m"].get("src"))) in focus), None)
        plan.draft = edits_motion.set_motion(
            plan.draft, intent.kind, stills=plan.stills, ids=ids, focus=point
        )
    plan.tell(f"motion_{intent.kind}", intent, file=_what(plan, ids))


def fades(plan: Plan, intent: PictureFades) -> None:
    """Let pictures come from black and go into it."""
    ids = _ids(plan, intent) if intent.which.places or intent.which.file else None
    if not plan.pictures():
        raise plan.refuse("no_media")
    into, out = intent.fade_in_ms, intent.fade_out_ms
    plan.draft = edits_picture.set_fades(plan.draft, fade_in_ms=into, fade_out_ms=out, ids=ids)
    for key, length in (("picture_fade_in", into), ("picture_fade_out", out)):
        if length is not None:
            plan.tell(key if length else "no_fades", intent, length=seconds(length))


def copy_look(plan: Plan, intent: CopyLook) -> None:
    """Give all pictures the look of the one last spoken of."""
    source = next((p for p in plan.pictures() if p["id"] in plan.pictured), None)
    if source is None or len(plan.pictured) > 1:
        raise plan.refuse("no_look_to_copy")
    plan.draft = edits_picture.copy_look(plan.draft, source["id"])
    plan.tell("look_copied", intent, file=source["m"].get("title", ""))


def add_overlay(plan: Plan, intent: AddOverlay) -> None:
    """Lay a logo, a watermark or another clip over the pictures."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    if intent.text is not None:
        _add_word_mark(plan, intent)
        return
    source = _overlay_source(plan, intent)
    if source is None:
        _change_overlay(plan, intent)
        return
    small = intent.kind == "pip" or source.kind == "video"
    usual = _PIP_SCALE if small else _LOGO_SCALE
    veil = intent.opacity
    if veil is None:
        veil = _WATERMARK_OPACITY if intent.kind == "watermark" else 1.0
    corner = intent.corner or _CORNER
    # An upload was laid onto the cut itself: it lies on top now, not there as well.
    laid = {p["id"] for p in plan.pictures() if p["m"].get("src") == source.name}
    if laid and len(laid) < len(plan.pictures()):
        plan.draft = edits_time.remove_pictures(plan.draft, laid)
    before = {segment["id"] for segment in plan.over()}
    start, stop = intent.timing.start_ms or 0, _overlay_end(intent)
    if intent.timing.edge == "last" or intent.timing.share:
        start, stop = part_times(plan, intent.timing)
    plan.draft = edits_layout.add_overlay(
        plan.draft,
        source,
        corner=corner,
        scale=intent.scale or usual,
        opacity=veil,
        start_ms=start,
        end_ms=stop,
    )
    plan.pictured = {segment["id"] for segment in plan.over()} - before
    plan.subject = "picture"
    where = name(corner, plan.language)
    plan.tell(
        "overlay_added",
        intent,
        file=source.name,
        place=where,
        percent=f"{(intent.scale or usual) * 100:g}",
        opacity=f"{veil * 100:g}",
    )


def _overlay_end(intent: AddOverlay) -> int | None:
    timing = intent.timing
    if timing.end_ms is not None:
        return timing.end_ms
    if timing.duration_ms is not None:
        return (timing.start_ms or 0) + timing.duration_ms
    return None


def _overlay_source(plan: Plan, intent: AddOverlay) -> Any:
    """Return the file that is to lie on top, None where an overlay is there to be changed."""
    if intent.file is not None:
        info = media_named(plan.project, intent.file)
        if info is None:
            raise plan.refuse("no_such_file", file=intent.file)
        return info
    if intent.place is not None:
        picture = picture_at(plan, plan.pictures(), intent.place)
        return media_named(plan.project, str(picture["m"].get("src")))
    if plan.over():
        return None
    pool = [info for info in plan.project.media if info.kind in ("image", "video")]
    if intent.kind == "pip":
        clips = [info for info in pool if info.kind == "video"]
        if len(plan.pictures()) > 1 and (clips or pool):
            return (clips or pool)[-1]
        raise plan.ask("which_overlay")
    named = [i for i in pool if any(word in i.name.lower() for word in ("logo", "mark", "水印"))]
    images = [info for info in pool if info.kind == "image"]
    if named or (images and len(plan.pictures()) > 1 and plan.clips()):
        return (named or images)[-1]
    raise plan.ask("which_logo")


def _change_overlay(plan: Plan, intent: AddOverlay) -> None:
    which = Which(noun=intent.kind)
    ids = over_ids(plan, which)
    common: dict[str, Any] = {"span": intent.span, "skipped": intent.skipped, "which": which}
    plan.pictured, plan.subject = ids, "picture"
    if intent.corner is not None or intent.scale is not None:
        place(plan, Place(**common, corner=intent.corner, scale=intent.scale))
    if intent.opacity is not None:
        opacity(plan, Opacity(**common, opacity=intent.opacity))
    if intent.timing:
        start, stop = part_times(plan, intent.timing)
        plan.draft = edits_layout.show_overlay(plan.draft, ids, start, stop, stills=plan.stills)
        plan.tell("overlay_timed", intent, start=seconds(start), end=seconds(stop))
        return
    if intent.corner is None and intent.scale is None and intent.opacity is None:
        plan.other.append(say("say", "already", plan.language))


def _add_word_mark(plan: Plan, intent: AddOverlay) -> None:
    """Words as a watermark: a small text in a corner, half transparent, all the time."""
    veil = intent.opacity if intent.opacity is not None else _WATERMARK_OPACITY
    color = str(intent.look.changes.get("color", "#ffffff"))[:7]
    changes = {
        "size": 3.0,
        "stroke": "",
        "shadow": "",
        **{k: v for k, v in intent.look.changes.items() if k != "color"},
        "position": intent.corner or _CORNER,
        "color": f"{color}{round(255 * veil):02x}",
    }
    add_text(
        plan,
        AddText(
            span=intent.span,
            skipped=intent.skipped,
            role="caption",
            text=intent.text,
            look=Look(changes, intent.look.grow),
            timing=intent.timing,
        ),
    )


def remove_overlay(plan: Plan, intent: RemoveOverlay) -> None:
    """Take a logo, a watermark or a picture in picture away."""
    ids = over_ids(plan, Which(noun=intent.kind))
    plan.draft = edits_layout.remove_overlays(plan.draft, ids)
    plan.pictured = set()
    plan.tell("overlay_removed", intent, count=len(ids))
