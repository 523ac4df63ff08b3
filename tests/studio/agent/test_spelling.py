"""Slips of the finger: words mended on their own, and in messages that still do what they say."""

import random
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from nemo_nb.studio.agent.lexer import as_meant, tokenize
from nemo_nb.studio.agent.spelling import slip, spelled
from studio.agent.facts import cases

HERE = Path(__file__).parent
WORDS = frozenset({"caption", "yellow", "trim", "photo", "photos", "left", "let", "bold", "clip"})
# What a slip must not touch for the message to keep its meaning.
OWN = re.compile(
    r"[\"'`].*?[\"'`]|\S+\.\w{2,4}\b|(?:titled?|caption \d:|to say)[^\"]*$", re.IGNORECASE
)
TABLES = ("corpus.toml", "corpus_wide.toml")
SLIPS = 600
# Measured with this seed: 93 % and 1 %. With a list of words worth guessing it was 70 % and 6 %.
LEAST_RIGHT = 0.9
MOST_WRONG = 0.03


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("captoin", "caption"), ("yelow", "yellow"), ("tirm", "trim"), ("trrim", "trim")),
        *(("phots", "photos"), ("legt", "left"), ("vold", "bold"), ("clio", "clip")),
        # Words that English has, or that are too far from ours.
        *(("trip", "trip"), ("sandwich", "sandwich"), ("caution", "caution"), ("xyzzy", "xyzzy")),
        # A name, and a number that only looks like a word.
        *(("say Yelow", "say Yelow"), ("#1rim00", "#1rim00")),
    ],
)
def test_a_word_is_what_it_was_meant_to_be(written, meant):
    assert spelled(written, WORDS, ()).text == meant


def test_the_likelier_slip_is_taken():
    swapped, beside, missing, far = (
        slip("trim", written) for written in ("tirm", "teim", "tim", "tqim")
    )
    assert swapped < beside == missing < far


def test_what_is_hidden_stays():
    assert spelled("yelow captoin", WORDS, ((0, 5),)).text == "yelow caption"


def test_places_are_those_of_what_was_written():
    message = "make the captoin yelow, pls"
    meant = spelled(message, WORDS, ())
    assert meant.text == "make the caption yellow, pls"
    for word, typed in (("caption", "captoin"), ("yellow", "yelow"), (", pls", ", pls")):
        at = meant.text.index(word)
        start, end = meant.written(at, at + len(word))
        assert message[start:end] == typed


def test_tokens_of_a_mended_message_lie_on_its_words():
    message = "trimm frist 2secnds, then 'Sunst' in yelow"
    found = {message[t.start : t.end]: t.kind for t in tokenize(message)}
    assert found["2secnds"] == "time"
    assert found["yelow"] == "color"
    assert found["'Sunst'"] == "quote"


def test_quotes_files_and_colours_are_left_alone():
    message = "put 'captoin' in #ffee88 on phto.jpg"
    assert as_meant(message).text == message


def slipped(message, rnd):
    """Return *message* with one slip in one of its words, or None where there is no word."""
    own = [match.span() for match in OWN.finditer(message)]
    words = [
        match
        for match in re.finditer(r"[A-Za-z]{4,}", message)
        if not any(start <= match.start() < end for start, end in own)
    ]
    if not words:
        return None
    match = rnd.choice(words)
    word, at = match[0], rnd.randrange(1, len(match[0]) - 1)
    wrong = {
        "swapped": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        "missing": word[:at] + word[at + 1 :],
        "doubled": word[:at] + word[at] + word[at:],
        "other": word[:at] + rnd.choice("aeiounrst") + word[at + 1 :],
    }[rnd.choice(["swapped", "missing", "doubled", "other"])]
    return message[: match.start()] + wrong + message[match.end() :] if wrong != word else None


def test_messages_with_a_slip_do_what_they_say_or_nothing(wrong):
    tables = [tomllib.loads((HERE / name).read_text("utf-8")) for name in TABLES]
    rows = [row for table in tables for row in cases(table, "t") if row.message.isascii()]
    rnd = random.Random(20)  # noqa: S311 - the same slips each time
    right = harmed = tried = 0
    while tried < SLIPS:
        row = rnd.choice(rows)
        message = slipped(row.message, rnd)
        if message is None:
            continue
        tried += 1
        row = replace(row, message=message)
        if not wrong(row):
            right += 1
        elif wrong(replace(row, then=("unchanged",))):
            harmed += 1
    assert right / tried >= LEAST_RIGHT
    assert harmed / tried <= MOST_WRONG
