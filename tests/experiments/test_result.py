import xml.etree.ElementTree as ET

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from nemo_nb import abtest
from nemo_nb.errors import InputError

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def result():
    return abtest(views={"bold": 5200, "clean & <wide>": 5160}, clicks=[312, 377])


def test_the_figure_says_its_numbers_in_words(result):
    alt = result.plot().alt
    assert alt.startswith("A/B test. Rate, 95% intervals: bold 6.00% (5.39% to 6.68%)")
    assert "+1.31 pp (+0.346 pp to +2.27 pp; always valid -0.541 pp to +3.11 pp)" in alt
    drawing = ET.fromstring(result.plot().svg)  # noqa: S314 - our own drawing
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == drawing.find(f"{SVG}title").text == alt


def test_the_figure_is_drawn_to_scale(result):
    drawing = ET.fromstring(result.plot().svg)  # noqa: S314 - our own drawing
    dots = [float(dot.get("cx")) for dot in drawing.iter(f"{SVG}circle")]
    bars = [path.get("d") for path in drawing.iter(f"{SVG}path") if "H" in path.get("d")]
    spans = [tuple(map(float, bar[1:].replace("H", " ").split()[::2])) for bar in bars]
    rate, wide, thick = spans[1], spans[2], spans[3]
    assert rate[0] < dots[1] < rate[1]
    assert wide[0] < thick[0] < dots[2] < thick[1] < wide[1]
    table = result.table
    scale = (dots[1] - dots[0]) / (table["rate"][1] - table["rate"][0])
    width = table["high"][1] - table["low"][1]
    assert (rate[1] - rate[0]) / scale == pytest.approx(width, rel=0.01)


def test_the_figure_is_saved_as_vectors_or_a_page(result, tmp_path):
    saved = result.plot().save(tmp_path / "result.svg")
    ET.fromstring(saved.read_text("utf-8"))  # noqa: S314 - our own drawing
    page = result.plot().save(tmp_path / "result.html").read_text("utf-8")
    assert "<svg" in page
    assert "always valid" in page
    with pytest.raises(InputError, match=r"\.svg or \.html"):
        result.plot().save(tmp_path / "result.png")


def test_what_says_nothing_new_is_not_shown():
    two = abtest(views=[5200, 5160], clicks=[312, 377])
    assert "Holm" not in two._repr_html_()
    assert "&lt; 0.01%" in two._repr_html_()
    assert "Holm" in abtest(views=[520, 516, 500], clicks=[31, 37, 30])._repr_html_()
    assert "p_adjusted" in two.table


def test_the_display_stands_without_a_kernel_and_escapes_names(result):
    html = result._repr_html_()
    assert "<script" not in html
    assert "<wide>" not in html
    assert "clean &amp; &lt;wide&gt;" in html
    assert result.verdict.split(":")[1][:20] in html
    assert 'role="img"' in html


def test_text_holds_the_verdict_the_table_and_the_notes():
    found = abtest(views=[20, 20], clicks=[1, 3])
    text = repr(found)
    assert text.startswith(f"A/B test: {found.verdict}")
    assert "p_best" in text
    assert all(note in text for note in found.notes)


@pytest.mark.parametrize(
    "arguments",
    [
        {"views": [20, 20], "clicks": [0, 0]},
        {"views": [20, 20], "clicks": [20, 20]},
        {"views": [20, 20, 20], "clicks": [0, 20, 3]},
        {"views": [1, 1], "clicks": [0, 1]},
        {"metric": [[1, 1, 1], [1, 1, 1]]},
        {"metric": [[0, 0], [1, 1]]},
        {"metric": [[-1, 1.0], [1e9, -1e9]]},
        {"metric": [[1, 2], [3, 4], [5, 6.0]]},
        {"metric": [[1e-11, 2e-11, 3e-11], [0, 1, 0, 1.0]]},
        {"metric": [[1e60, 2e60, 3e60], [3.0, 3.0]]},
    ],
)
def test_the_edges_can_be_shown(arguments):
    found = abtest(**arguments)
    assert found.verdict.endswith(".")
    ET.fromstring(found.plot().svg)  # noqa: S314 - our own drawing
    assert found.table["p_best"].sum() == pytest.approx(1)
    assert (found.table["loss"] >= 0).all()
    assert "nan" not in found._repr_html_().lower()


def test_a_day_by_day_record():
    rng = np.random.default_rng(3)
    days = np.repeat(np.arange("2026-03-01", "2026-03-11", dtype="datetime64[D]"), 400)
    arms = np.tile(["A", "B"], 2000)
    clicked = rng.random(4000) < np.where(arms == "B", 0.3, 0.2)
    found = abtest(
        {"day": days.astype("datetime64[us]"), "arm": arms, "clicked": clicked},
        variant="arm",
        clicks="clicked",
        days="day",
    )
    looks = found.looks
    assert len(looks) == 10
    assert looks["n"].tolist() == list(range(200, 2001, 200))
    last = looks.iloc[-1]
    assert last["successes"] == found.table["successes"][1]
    assert (last["low"], last["high"]) == tuple(found.table.loc[1, ["diff_low", "diff_high"]])
    assert (last["always_low"], last["always_high"]) == tuple(
        found.sequential.loc[0, ["low", "high"]]
    )
    assert (looks["always_low"] < looks["low"]).all()
    assert abtest(views=[2000, 2000], clicks=[400, 600]).looks is None


ARMS = st.lists(
    st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2,
    max_size=4,
)


@hypothesis.settings(max_examples=30)
@hypothesis.given(ARMS)
def test_any_counts_have_a_result_in_bounds(arms):
    found = abtest(views=[n for _, n in arms], clicks=[s for s, _ in arms])
    table, comparisons = found.table, found.comparisons
    assert (
        (table["low"] <= table["rate"] + 1e-12) & (table["rate"] <= table["high"] + 1e-12)
    ).all()
    assert comparisons[["p", "p_holm", "p_bh", "p_exact"]].stack().between(0, 1 + 1e-9).all()
    assert (comparisons["p_holm"] >= comparisons["p"]).all()
    known = comparisons.dropna(subset=["lift"])
    assert (known["lift_low"] <= known["lift"] + 1e-9).all()
    assert (known["lift"] <= known["lift_high"] + 1e-9).all()
    always = found.sequential.dropna()
    assert always["low"].between(-1, 1).all()
    assert (always["low"] <= always["high"]).all()
    # Nothing fits the intended split only where the split is broken.
    assert len(always) == len(found.sequential) or found.srm.alarm
    assert table["p_best"].sum() == pytest.approx(1)
    assert (table["loss"] >= 0).all()
    assert found.verdict.endswith(".")
    ET.fromstring(found.plot().svg)  # noqa: S314 - our own drawing
