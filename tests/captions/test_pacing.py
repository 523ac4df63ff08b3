import xml.etree.ElementTree as ET

from nemo_nb.captions.pacing import pacing

SVG = "{http://www.w3.org/2000/svg}"


def bars(picture):
    root = ET.fromstring(picture.svg)  # noqa: S314 - we drew it
    return [
        tuple(float(bar.get(name)) for name in ("x", "width", "height"))
        for bar in root.iter(f"{SVG}rect")
    ]


def test_a_bar_is_as_wide_as_it_shows_and_as_high_as_it_reads_fast(text_timeline):
    one = text_timeline((0, 1000, "x" * 10), (2000, 4000, "x" * 10)).captions
    (left, width, height), (second, wide, low) = bars(pacing({"A": one}))
    assert second - left > 1.9 * width
    assert wide / width > 1.9
    assert height == 2 * low


def test_the_words_tell_what_the_picture_shows(text_timeline):
    fast = text_timeline((0, 1000, "x" * 30), (1000, 3000, "x")).captions
    picture = pacing({"<A>": fast, "none": text_timeline().captions}, 20)
    assert "<A>: at most 30.0 (at 0 s), 1 of 2 cues over 20." in picture.alt
    assert "none: no captions." in picture.alt
    assert "<A>" not in picture.svg
    assert repr(picture) == picture.alt


def test_names_and_words_cannot_leave_their_place(text_timeline):
    frame = text_timeline((0, 1000, '"><script>x</script>')).captions
    picture = pacing({'"><script>': frame}, None)
    assert "<script" not in picture.svg
    assert len(bars(picture)) == 1
