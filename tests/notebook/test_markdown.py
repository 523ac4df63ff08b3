"""A reply may quote anybody: nothing in it runs or loads in a trusted cell."""

import pytest

from nemo_nb.notebook.markdown import harmless, plain


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        (r"\<img src=x onerror=alert(1)\>", r"&lt;img src=x onerror=alert(1)\>"),
        ("<!-- --><?x", "&lt;!-- -->&lt;?x"),
        ("[x](javascript:alert(1))", r"[x]\(javascript:alert(1))"),
        ("[x](java&#115;cript&colon;a)", r"[x]\(java&amp;#115;cript&amp;colon;a)"),
        ("[x](<javascript:a>)", r"[x]\(&lt;javascript:a>)"),
        ("[x][y]\n\n> [y]: javascript:a", "[x][y]\n\n> [y]\\: javascript:a"),
        ("![spy](https://elsewhere/i.png)", "[spy](https://elsewhere/i.png)"),
        ("from $5 to $6", "from <span>&#36;</span>5 to <span>&#36;</span>6"),
        (r"\begin{align} \\(x\\)", r"\begin<span></span>{align} \\<span></span>(x\\)"),
        ("!![spy](data:image/png)", r"[spy]\(data:image/png)"),
    ],
)
def test_what_runs_or_loads_becomes_words(source, safe):
    assert harmless(source) == safe


@pytest.mark.parametrize(
    "source",
    ["**bold** `code` 3 < 4 & 5 > 2", "- [docs](https://example.com) | a |", "AT&T, I <3 U for $5"],
)
def test_what_is_harmless_stays_as_it_is(source):
    assert harmless(source) == source


def test_plain_words_have_no_backslashes_of_markdown():
    assert plain(r"Added “\<b\>\*hi\*”, C:\dir") == r"Added “<b>*hi*”, C:\dir"
