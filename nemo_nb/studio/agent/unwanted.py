"""What shall not be: 不要了, "I don't want it anymore", "all but the second", "instead of"."""

from __future__ import annotations

import itertools
from typing import Final

from nemo_nb.studio.agent.tokens import Token

_UNWANTED: Final = frozenset({"time", "range", "moment", "edge", "place"})
_NAMED: Final = _UNWANTED | {"noun", "overlay", "pick", "crossing", "ground"}
_BUYAO: Final = 2  # 不要
_BUYAOS: Final = frozenset({"不要", "不想要", "我不要", "我不想要"})
_CUTTING: Final = (("verb", "cut"), ("verb", "remove"), ("verb", "trim"))
_WANTING: Final = frozenset({"want", "need", "use", "include", "show", "要", "想要"})
_WANTING_PART: Final = frozenset({"want", "need", "要", "想要"})
_PART: Final = frozenset({"range", "moment", "edge", "time", "unit", "place", "noun", "prep"})
_ANYMORE: Final = ("anymore", "any more", "any longer")
_INSTEAD: Final = ("instead of", "rather than")
_IDLE: Final = frozenset({"filler", "polite", "article"})


def unwanted(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with words of not wanting read as the wish that they are.

    Args:
        tokens: With places and picks counted.
        folded: The message they came from, folded.
    """
    tokens = _no_bars(tokens)
    tokens = _no_part(_all_but(_instead(tokens, folded), folded), folded)
    return _no_more(_not_anymore(tokens, folded), folded)


def _text(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _no_more(tokens: list[Token], folded: str) -> list[Token]:
    """Read 开头两秒不要了 as "remove …"; a cutting verb after it adds nothing."""
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        after = index + 1
        while after < len(tokens) and tokens[after].kind == "filler":
            after += 1
        ends = after >= len(tokens) or tokens[after].kind == "stop"
        begun = _run_before(result)
        gone = any(_text(t, folded) == "了" for t in tokens[index + 1 : after])
        named = any(t.kind in (_NAMED if gone else _UNWANTED) for t in begun)
        named = named and all(t.kind != "verb" for t in begun)
        unwished = _text(token, folded) in _BUYAOS or token.end - token.start == _BUYAO
        if token.kind == "negation" and unwished and ends and named:
            result.append(Token("verb", "remove", token.start, token.end))
            again = tokens[after + 1 : after + 2]
            alone = all(t.kind in ("stop", "filler") for t in tokens[after + 2 :][:1])
            index = after
            if again and alone and (again[0].kind, again[0].value) in _CUTTING:
                index = after + 2
            continue
        result.append(token)
        index += 1
    return result


def _run_before(tokens: list[Token]) -> list[Token]:
    """Return what stands after the last mark."""
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].kind in ("stop", "sep"):
            return tokens[at + 1 :]
    return tokens


def _no_bars(tokens: list[Token]) -> list[Token]:
    """Read "no borders", 不要黑边 as a picture that fills the canvas."""
    for index, token in enumerate(tokens):
        after = next((t for t in tokens[index + 1 :] if t.kind not in _IDLE), None)
        if token.kind == "negation" and after is not None and after.kind == "bars":
            fit = Token("fit", "cover", token.start, after.end)
            return [*tokens[:index], fit, *(t for t in tokens[index + 1 :] if t.start >= fit.end)]
    return tokens


def _not_anymore(tokens: list[Token], folded: str) -> list[Token]:
    """Read "I don't want the music anymore", 不要字幕了 as "remove …"."""
    for index, token in enumerate(tokens):
        if token.kind != "negation":
            continue
        stop = _run_end(tokens, index)
        rest = tokens[index + 1 : stop]
        wants = bool(rest) and _text(rest[0], folded) in _WANTING
        body = rest[1:] if wants else rest
        last = [t for t in body if t.kind not in ("polite", "article")][-1:]
        chinese = not _text(token, folded).isascii()
        over = last and _text(last[0], folded) in (("了",) if chinese else _ANYMORE)
        bare = _text(token, folded) in ("no", "without") and not _run_before(tokens[:index])
        told = [t.kind for t in body if t.kind not in _IDLE and t.kind != "again"]
        cuts = told[:1] == ["crossing"] and set(told) <= {"crossing", "place", "prep", "noun"}
        if bare and (cuts or told in (["overlay"], ["place"], ["place", "noun"])):
            # "No logo please"
            verb = Token("verb", "remove", token.start, token.end)
            return [*tokens[:index], verb, *body, *_not_anymore(tokens[stop:], folded)]
        if wants and _is_picture_or_cut(body):
            over, last = True, []  # "I don't want the second photo in there"
        heard = [t for t in body if t.kind not in _IDLE]
        if wants and [t.value for t in heard] == ["sound"]:
            verb = Token("verb", "mute", token.start, rest[0].end)  # "I don't want any sound"
            return [*tokens[:index], verb, *heard, *_not_anymore(tokens[stop:], folded)]
        if wants and [t.value for t in heard] == ["music"]:
            over, last = True, []  # "I don't want any music"
        own = [t.value for t in heard] == ["ownsound"]
        if own and (chinese or not wants):
            verb = Token("verb", "mute", token.start, token.end)  # 不要原声
            return [*tokens[:index], verb, *_not_anymore(tokens[index + 1 :], folded)]
        middle = [t for t in body if not last or t is not last[0]]
        plain = all(t.kind in _NAMED | _IDLE | {"scope", "prep"} for t in middle)
        named = any(t.kind in _NAMED for t in middle)
        if over and plain and named and (wants or chinese):
            verb = Token("verb", "remove", token.start, rest[0].end if wants else token.end)
            return [*tokens[:index], verb, *middle, *_not_anymore(tokens[stop:], folded)]
    return tokens


def _no_part(tokens: list[Token], folded: str) -> list[Token]:
    """Read "I don't want the last 2 seconds", 不想要前两秒 as "remove …"."""
    for index, token in enumerate(tokens):
        if token.kind != "negation":
            continue
        stop = _run_end(tokens, index)
        body = tokens[index + 1 : stop]
        wants = bool(body) and _text(body[0], folded) in _WANTING_PART
        body = body[1:] if wants else body
        kinds = {t.kind for t in body}
        timed = bool(kinds & {"range", "moment"}) or {"edge", "time"} <= kinds
        chinese = _text(token, folded) in _BUYAOS
        if timed and (wants or chinese) and kinds <= _PART | _IDLE:
            verb = Token("verb", "remove", token.start, body[0].start)
            return [*tokens[:index], verb, *body, *_no_part(tokens[stop:], folded)]
    return tokens


def _is_picture_or_cut(body: list[Token]) -> bool:
    """Whether nothing but counted pictures, or the transitions, is not wanted."""
    told = [t for t in body if t.kind not in _IDLE and t.kind not in ("prep", "scope", "sep")]
    pictures = {(t.kind, t.value) for t in told if t.kind != "place"}
    counted = any(t.kind == "place" for t in told)
    nouns = {("noun", "photo"), ("noun", "video"), ("noun", "photos")}
    if counted and pictures <= nouns:
        return True
    return bool(told) and all(t.kind == "crossing" or t.value == "transition" for t in told)


def _all_but(tokens: list[Token], folded: str) -> list[Token]:
    """Read "remove all photos but the second", 除了5到8秒都删掉 as "keep …"."""
    at = next((n for n, t in enumerate(tokens) if t.kind == "butfor"), None)
    if at is None:
        return tokens
    token, stop = tokens[at], _run_end(tokens, at)
    others = _others_cut(tokens, stop)
    if others and not any((t.kind, t.value) in _CUTTING for t in tokens[at:stop]):
        keep = Token("verb", "keep", token.start, token.end)  # 除了3到9秒 其他的都删掉
        return [*tokens[:at], keep, *tokens[at + 1 : stop], *_all_but(tokens[others:], folded)]
    run = [*_run_before(tokens[:at]), *tokens[at:stop]]
    cuts = [t for t in run if (t.kind, t.value) in _CUTTING]
    if not cuts:
        but = Token("negation", "not", token.start, token.end)
        return [*tokens[:at], but, *_all_but(tokens[at + 1 :], folded)]
    keep = Token("verb", "keep", token.start, token.end)
    kept = [t for t in [*tokens[:at], keep, *tokens[at + 1 : stop]] if t not in cuts]
    return [*kept, *_all_but(tokens[stop:], folded)]


def _others_cut(tokens: list[Token], stop: int) -> int:
    """Return where a wish ends that cuts all others and begins at the mark *stop*, or 0."""
    if stop >= len(tokens) or tokens[stop].value not in (",", "，", "、"):  # noqa: RUF001 - Chinese comma
        return 0
    after = _run_end(tokens, stop + 1)
    told = [t for t in tokens[stop + 1 : after] if t.kind not in ("filler", "polite", "out")]
    cuts = [t for t in told if (t.kind, t.value) in _CUTTING]
    return after if cuts and all(t.kind == "scope" or t in cuts for t in told) else 0


def _run_end(tokens: list[Token], start: int) -> int:
    """Return where the next mark stands, or how many tokens there are."""
    marks = (n for n in range(start, len(tokens)) if tokens[n].kind in ("stop", "sep"))
    return next(marks, len(tokens))


def _instead(tokens: list[Token], folded: str) -> list[Token]:
    """Read "guitar instead of lo-fi": what stands behind it is what was."""
    for index, token in enumerate(tokens):
        if token.kind != "negation" or _text(token, folded) not in _INSTEAD:
            continue
        stop = _run_end(tokens, index)
        before, after = _run_before(tokens[:index]), tokens[index + 1 : stop]
        told = [t for t in before if t.kind not in _IDLE]
        wishes = [n for n, t in enumerate(after) if (t.kind, t.value) == ("polite", "want")]
        if not told and wishes and any(t.kind == "crossing" for t in after):
            # "Instead of dissolves I want wipes"
            return [*tokens[:index], *after[wishes[0] + 1 :], *_instead(tokens[stop:], folded)]
        was = list(itertools.takewhile(lambda t: t.kind != "verb", after))
        heard = any(t.kind == "genre" or (t.kind, t.value) == ("noun", "music") for t in was)
        if not told and heard:  # "instead of lo-fi use jazz"
            kept = Token("filler", "filler", token.start, was[-1].end)
            return [*tokens[:index], kept, *_instead(tokens[index + 1 + len(was) :], folded)]
        if not told or any(t.kind == "verb" for t in after) or not after:
            continue
        if told[-1].kind == "quote" and any(t.kind == "quote" for t in after):
            mark = Token("instead", "instead", token.start, token.end)
            return [*tokens[:index], mark, *tokens[index + 1 :]]
        heard = any(t.kind == "genre" or (t.kind, t.value) == ("noun", "music") for t in before)
        if any((t.kind, t.value) in (("noun", "ownsound"), ("noun", "sound")) for t in after):
            mark = Token("instead", "sound", token.start, after[-1].end)
            return [*tokens[:index], mark, *_instead(tokens[stop:], folded)]
        kind = "another" if heard else "filler"
        kind = "ground" if any(t.kind == "ground" for t in after) else kind  # "white instead of …"
        rest = _instead(tokens[stop:], folded)
        return [*tokens[:index], Token(kind, kind, token.start, after[-1].end), *rest]
    return tokens
