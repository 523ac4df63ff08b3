"""Voice-overs: a recording of the user's laid over the pictures, the music stepping back."""

from __future__ import annotations

from nemo_nb.studio import edits_sound
from nemo_nb.studio.agent.intents import Timing
from nemo_nb.studio.agent.intents_sound import AddSound, RemoveVoice
from nemo_nb.studio.agent.plan import NotDone, Plan
from nemo_nb.studio.agent.plan_sound import own_file
from nemo_nb.studio.agent.plan_which import part_times
from nemo_nb.studio.agent.replies import say


def add_sound(plan: Plan, intent: AddSound) -> None:
    """Lay the user's own recording over the pictures."""
    if not plan.pictures():
        raise plan.refuse("no_media")
    info = own_file(plan, intent)
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
