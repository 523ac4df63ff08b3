"""Words that name no wish of their own go with the one before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nemo_nb.studio.agent.intents import AddText, CaptionPhoto, Intent, Pick, Timing, Words
from nemo_nb.studio.agent.intents_show import Slideshow


def listed(intents: list[Intent]) -> list[Intent]:
    """Read words after a caption as more captions: 'captions: "a", "b" and "c"'."""
    result: list[Intent] = []
    for intent in intents:
        last = result[-1] if result else None
        untitled = _untitled_show(result)
        if isinstance(intent, Words) and untitled is not None:
            at, show = untitled
            result[at] = replace(show, title=intent.text, title_wanted=False)
            continue  # '… and call it "Our trip"'
        if isinstance(intent, Words) and isinstance(last, AddText) and last.text is None:
            result[-1] = replace(last, text=intent.text)  # 'give it a title, "Hello"'
            continue
        if isinstance(intent, Words) and isinstance(last, CaptionPhoto) and last.text is not None:
            if last.every:  # as many photos as there are words
                last = result[-1] = replace(last, every=False, place=0)
            if last.place is not None:
                place, span = last.place + 1, intent.span
                result.append(replace(last, span=span, text=intent.text, place=place))
                continue
        if isinstance(intent, Words) and isinstance(last, AddText) and last.role == "caption":
            more = replace(last, span=intent.span, text=intent.text, timing=Timing(), pick=Pick())
            result.append(more)
            continue
        result.append(intent)
    return result


def _untitled_show(intents: Sequence[Intent]) -> tuple[int, Slideshow] | None:
    """Return the last slideshow, and where it is among *intents*, if it has no title yet."""
    shows = [(at, one) for at, one in enumerate(intents) if isinstance(one, Slideshow)]
    return shows[-1] if shows and shows[-1][1].title is None else None
