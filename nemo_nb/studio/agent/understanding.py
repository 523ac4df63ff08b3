# ruff: noqa: RUF001 - Chinese is written with its own punctuation
"""Who reads a message: the grammar what it is sure of, a model (if there is one) the rest.

The grammar is exact and takes a millisecond, so what it understands whole never waits for a
model. Of other messages the model sees the user's own words alone: what stands in quotes is
``TEXT1`` to it and a file ``FILE1``, so neither can hold a command, and nothing of them leaves
the studio. Its answer counts only where every value of it passes `intent_shapes`, its words are
the user's, its files are there, and the same planner carries all of it out; otherwise the
grammar's reading stands. The reply says which of the two it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn, cast

from nemo_nb.studio.agent import agent
from nemo_nb.studio.agent.answering import answered
from nemo_nb.studio.agent.deeds import EDITS
from nemo_nb.studio.agent.intents import Intent, Unclear
from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.parser import overrides, parse
from nemo_nb.studio.agent.plan import Describe, Plan, media_named, start
from nemo_nb.studio.agent.program_text import is_code
from nemo_nb.studio.agent.prompting.answer import wants_prompt
from nemo_nb.studio.agent.reading_variants import variant_intents
from nemo_nb.studio.agent.recall import earlier
from nemo_nb.studio.agent.replies import escape, language_of, seconds
from nemo_nb.studio.agent.shapes import Given, Unfit
from nemo_nb.studio.agent.turn import NoReading, Outcome, Planner, Project, Step
from nemo_nb.timeline.draft_shape import end

# What no model is asked about: too long, or nobody knows where the user's words end.
_UNASKED: Final = frozenset({"long", "open_quote"})
_MOST_FILES: Final = 50
_MOST_PICTURES: Final = 30
_MOST_BEFORE_CHARS: Final = 500
_MARKS: Final = (("TEXT", "FILE"), ("QUOTE", "MEDIA"), ("ZTEXT", "ZFILE"))
_THINKING: Final = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED: Final = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)

_SYSTEM: Final = """\
You turn a message to a video editor into edits. Answer with JSON only:
{{"intents": [{{"intent": NAME, "words": PART OF THE MESSAGE, …fields}}]}}
Rules:
- Use only these intents and fields. Leave out optional fields (marked ?) that the message does \
not speak of. Times are whole milliseconds. Places count from 0; -1 is the last.
- {text}1, {text}2 stand for quoted words and {file}1, {file}2 for files. Use them as they are.
- "words" are words of the message, "file" is a file's mark, "place" a number as above.
- Never write words that the message does not hold. If it gives none, leave the field out.
- If no edit is asked for, or none of these does it: {{"intents": []}}
Intents:
{intents}
"""
_NOTES: Final = {
    "en": {
        "read": "Understood by the model {model}, not by the built-in grammar.",
        "unread": "The model {model} was no help ({why}), so the built-in grammar read this.",
    },
    "zh": {
        "read": "由模型 {model} 理解，而不是内置语法。",
        "unread": "模型 {model} 未能帮上忙（{why}），因此由内置语法理解。",
    },
}


def respond(message: str, project: Project, describe: Describe) -> Outcome:
    """Answer *message*; see :func:`nemo_nb.studio.agent.agent.respond`."""
    planner = project.planner
    if planner is None or _certain(message, project, describe):
        return agent.respond(message, project, describe)
    language = language_of(message, project.language)
    plan = start(project, describe, language, message)
    told = {"model": planner.model}
    try:
        intents, outcome = _by_model(planner, plan, describe)
    except (NoReading, Unfit) as reason:
        outcome = agent.respond(message, project, describe)
        step = Step("ask_model", told, {"ok": False, "why": str(reason)})
        note = _NOTES[language]["unread"]
        said = note.format(model=escape(planner.model), why=escape(str(reason).rstrip("。.")))
    else:
        names = [type(intent).__name__ for intent in intents]
        step = Step("ask_model", told, {"ok": True, "intents": names})
        said = _NOTES[language]["read"].format(model=escape(planner.model))
    reply = f"{outcome.reply}\n\n{said}" if outcome.reply else said
    return replace(outcome, reply=reply, steps=(step, *outcome.steps))


def _certain(message: str, project: Project, describe: Describe) -> bool:
    """Whether the grammar knows what to make of all of *message*, or no model may see it."""
    if is_code(message) or overrides(message) or wants_prompt(message, project):
        return True
    language = language_of(message, project.language)
    plan = start(project, describe, language, message)
    if variant_intents(plan) is not None:
        return True
    intents = parse(message)
    unclear = [intent for intent in intents if isinstance(intent, Unclear)]
    if (intents and not unclear) or any(intent.hint in _UNASKED for intent in unclear):
        return True
    return answered(plan, intents, EDITS) is not None


def _by_model(planner: Planner, plan: Plan, describe: Describe) -> tuple[list[Intent], Outcome]:
    """Return how the model reads the message, and what comes of it.

    Raises:
        NoReading: It does not answer, or what it read cannot be done.
        Unfit: It answers with something that means nothing here.
    """
    # Only who has a model needs the tables.
    from nemo_nb.studio.agent import intent_shapes  # noqa: PLC0415

    masked = mask(plan.message, plan.project)
    text, file = masked.marks
    system = _SYSTEM.format(text=text, file=file, intents=intent_shapes.vocabulary())
    lines = (_timeline(plan), _files(plan, file), _before(plan), f"Message: {masked.text}")
    user = "\n".join(filter(None, lines))
    answer = planner.ask(system, user, intent_shapes.answer_schema())
    intents = read_answer(answer, masked)
    if not intents:
        raise NoReading("it found no edit in the message")
    outcome, refused = agent.follow(plan.message, plan.project, describe, intents)
    if refused or not outcome.reply:
        raise NoReading(refused or "what it found says nothing to do")
    return intents, outcome


@dataclass(frozen=True, slots=True)
class Masked:
    """A message without what stands in quotes and without the names of files.

    Attributes:
        text: What the model reads.
        message: What the user wrote.
        marks: What stands before the numbers of texts and of files.
        texts: The quoted words, by mark.
        files: File names of the media pool, by mark.
        marked: Where in `text` marks stand: from, their length, and of what they stand for.
    """

    text: str
    message: str
    marks: tuple[str, str]
    texts: Mapping[str, str]
    files: Mapping[str, str]
    marked: tuple[tuple[int, int, int], ...]

    def words(self, said: str) -> str:
        """Return the user's words that *said* means.

        Raises:
            Unfit: They are not in the message.
        """
        found = self.texts.get(said.strip())
        if found is not None:
            return found
        wanted = re.escape(" ".join(said.split())).replace(r"\ ", r"\s+")
        # As the user wrote them: a model likes to mend capitals.
        match = re.search(wanted, self.text, re.IGNORECASE)
        if match is None or any(mark in match[0] for mark in (*self.texts, *self.files)):
            raise Unfit(f"the words “{_short(said)}” are not in the message")
        return match[0]

    def file(self, said: str) -> str:
        """Return the file that *said* means.

        Raises:
            Unfit: There is none.
        """
        found = self.files.get(said.strip())
        if found is None:
            raise Unfit(f"there is no file {_short(said)}")
        return found

    def span(self, said: Any) -> tuple[int, int]:
        """Return where in the message *said* stands; all of it where that is not to be seen."""
        if isinstance(said, str) and said.strip():
            at = self.text.casefold().find(said.strip().casefold())
            if at >= 0 and len(self.text.casefold()) == len(self.text):
                return self._unmasked(at), self._unmasked(at + len(said.strip()))
        return 0, len(self.message)

    def _unmasked(self, at: int) -> int:
        """Return where in the message a place of the masked text is."""
        shift = 0
        for begin, mark_chars, chars in self.marked:
            if begin + mark_chars <= at:
                shift += chars - mark_chars
        return at + shift


def mask(message: str, project: Project) -> Masked:
    """Return *message* with marks for what is quoted and for files."""
    marks = next((pair for pair in _MARKS if not any(m in message for m in pair)), _MARKS[-1])
    texts: dict[str, str] = {}
    files = {f"{marks[1]}{n}": i.name for n, i in enumerate(project.media[:_MOST_FILES], 1)}
    by_name = {name: mark for mark, name in files.items()}
    shown = ""
    marked: list[tuple[int, int, int]] = []
    position = 0
    for token in tokenize(message):
        if token.kind == "quote":
            mark = f"{marks[0]}{len(texts) + 1}"
            texts[mark] = str(token.value)
        elif token.kind == "file":
            info = media_named(project, str(token.value))
            mark = by_name.get(info.name, "") if info else ""
            # A file that is not there gets a mark that stands for nothing.
            mark = mark or f"{marks[1]}0"
        else:
            continue
        shown += message[position : token.start]
        marked.append((len(shown), len(mark), token.end - token.start))
        shown += mark
        position = token.end
    return Masked(shown + message[position:], message, marks, texts, files, tuple(marked))


def read_answer(answer: str, masked: Masked) -> list[Intent]:
    """Return the intents of a model's answer.

    Raises:
        Unfit: It is no JSON, or holds anything that the shapes do not allow.
    """
    from nemo_nb.studio.agent import intent_shapes  # noqa: PLC0415 - as above

    text = _THINKING.sub("", answer)
    fenced = _FENCED.match(text)
    try:
        value: Any = json.loads(fenced[1] if fenced else text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unfit("its answer is no JSON") from None
    listed: Any = cast("Any", value).get("intents") if isinstance(value, dict) else None
    if not isinstance(listed, list):
        raise Unfit("its answer holds no list of intents")
    items = cast("list[Any]", listed)
    if len(items) > intent_shapes.MOST_INTENTS:
        raise Unfit(f"{len(items)} intents are too many for one message")
    given = Given(masked.words, masked.file)
    found: list[Intent] = []
    for item in items:
        if not isinstance(item, Mapping):
            raise Unfit("an intent is no object")
        fields = dict(cast("Mapping[str, Any]", item))
        name, words = fields.pop("intent", None), fields.pop("words", None)
        known = intent_shapes.intents().get(name) if isinstance(name, str) else None
        if known is None:
            raise Unfit(f"there is no intent {_short(name)}")
        intent: Intent = known[1].read(fields, given)
        found.append(replace(intent, span=masked.span(words)))
    return found


def _timeline(plan: Plan) -> str:
    """Say what is on the timeline, without a word of the user's."""
    pictures = plan.pictures()
    stills = plan.stills
    parts = [f"Timeline: {seconds(plan.last_ms)} s."]
    kinds = ("photo" if p["m"].get("src") in stills else "clip" for p in pictures)
    shown = [
        f"{n} {kind} {_times(p)}" for n, (p, kind) in enumerate(zip(pictures, kinds, strict=True))
    ]
    parts += _list("Pictures", shown)
    parts += _list("Titles", (_times(text) for text in plan.texts("title")))
    parts += _list("Captions", (_times(text) for text in plan.texts("caption")))
    parts += _list("Sounds", (_times(sound) for sound in plan.sounds()))
    parts += _list("Laid over", (_times(one) for one in plan.over()))
    # Their names may be the user's own words.
    parts += [f"Variants: {len(plan.project.variants)}."] if plan.project.variants else []
    return " ".join(parts)


def _files(plan: Plan, mark: str) -> str:
    """Say which files there are, by mark and kind."""
    media = plan.project.media[:_MOST_FILES]
    return " ".join(_list("Files", (f"{mark}{n} {i.kind}" for n, i in enumerate(media, 1))))


def _before(plan: Plan) -> str:
    """Say what the user said before, which the message may answer or go on with."""
    messages = earlier(plan)
    if not messages or len(messages[0]) > _MOST_BEFORE_CHARS or is_code(messages[0]):
        return ""
    masked = mask(messages[0], plan.project)
    if any(token.kind == "open_quote" for token in tokenize(messages[0])):
        return ""
    text = masked.text
    for start_at, chars, _ in reversed(masked.marked):
        text = f"{text[:start_at]}…{text[start_at + chars :]}"
    return f"Said before, and done or asked back about: {text}"


def _list(name: str, items: Iterable[str]) -> list[str]:
    shown = list(items)
    more = " …" if len(shown) > _MOST_PICTURES else ""
    return [f"{name}: {', '.join(shown[:_MOST_PICTURES])}{more}."] if shown else []


def _times(segment: Mapping[str, Any]) -> str:
    return f"{seconds(segment['s'])}-{seconds(end(segment))} s"


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - a few words


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
