"""The charts as SVG: named, described, coloured by the page, and never without something to see."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache

import pytest

from leadline.engine import charts

SVG = "{http://www.w3.org/2000/svg}"
BARS = [
    {"name": "lead", "count": 30, "label": "30", "muted": False},
    {"name": "<b>&", "count": 0, "label": "0", "muted": True},
]
RANGES = [
    {"name": "ads", "value": 0.2, "low": 0.1, "high": 0.3, "label": "20 %"},
    {"name": "web", "value": None, "low": None, "high": None, "label": "too few"},
]
TONES = charts.tones([("stranger", "stranger"), ("lead", "open"), ("client", "client"), ("gone", "left")])
COUNTS = [
    {"group": "web", "day": day, "name": tone.name, "count": 3, "label": "9"}
    for day in (0, 86_400_000)
    for tone in TONES
]
WORDS = ("Title", "About")
ROOMS = (charts.PAGE, charts.PHONE)
CELLS = [
    {
        "row": f"path {tone}",
        "column": "ask",
        "label": None if tone == "none" else "38 %\nof 1,204",
        "tone": tone,
    }
    for tone in ("missing", "weak", "thin", "fine", "none")
]
MONTHS = [
    {"time": "2024-01-01", "value": 300, "low": None, "high": None, "part": "past"},
    {"time": "2024-02-01", "value": 0, "low": 0, "high": 500, "part": "ahead"},
]
UNKNOWN = {"time": "2024-01-01", "value": None, "low": None, "high": None, "part": "past"}
WAYS = [{"step": 0, "source": "web", "target": target, "count": 7} for target in ("web", "a <b> & c")]
EVERY = {
    "note": lambda: charts.note("Title", "Nothing yet"),
    "bars": lambda: charts.bars(BARS, "Title", "About"),
    "ranges": lambda: charts.ranges(RANGES, "Title", "About", unit="share", subtitle="How to read it"),
    "ranges in days": lambda: charts.ranges(RANGES, "Title", "About", unit="days"),
    "curve": lambda: charts.curve(
        [{"time": 0, "value": 0, "low": 0, "high": 0.2}], "Title", "About", axis="days"
    ),
    "layers": lambda: charts.layers(COUNTS, TONES, "Title", "About"),
    "shares": lambda: charts.shares(COUNTS[:4], TONES, "Title", "About"),
    "matrix": lambda: charts.matrix(CELLS, "Title", "About"),
    "fan": lambda: charts.fan(MONTHS, "Title", "About", axis="month", unit="people"),
    "fan of money": lambda: charts.fan(MONTHS, "Title", "About", axis="month", unit="EUR"),
    "odds": lambda: charts.odds([{"x": 0, "value": 0}, {"x": 9, "value": 0.8}], *WORDS, axis="asks", mark=9),
    "distribution": lambda: charts.distribution([{"value": 1, "share": 0.5}], *WORDS, axis="months"),
    "flow": lambda: charts.flow(WAYS, "Title", "About", columns=["from", "to"]),
}
EMPTY = {
    "bars": lambda: charts.bars([], *WORDS),
    "ranges": lambda: charts.ranges([], *WORDS, unit="share"),
    "curve": lambda: charts.curve([], *WORDS, axis="days"),
    "layers": lambda: charts.layers([], TONES, *WORDS),
    "shares": lambda: charts.shares([], TONES, *WORDS),
    "matrix": lambda: charts.matrix([], *WORDS),
    "fan": lambda: charts.fan([], *WORDS, axis="month", unit="people"),
    "fan of nothing known": lambda: charts.fan([UNKNOWN], *WORDS, axis="month", unit="EUR"),
    "odds": lambda: charts.odds([{"x": 1, "value": None}], *WORDS, axis="asks", mark=1),
    "distribution": lambda: charts.distribution([{"value": 1, "share": 0}], *WORDS, axis="months"),
    "flow": lambda: charts.flow([{"step": 0, "source": "a", "target": "b", "count": 0}], *WORDS),
}


@cache
def drawn(name, room=charts.PAGE):
    with charts.within(room):
        return charts.svg(EVERY[name]())


def texts(svg):
    written = ET.fromstring(svg).iter(f"{SVG}text")  # noqa: S314 - our own
    return [" ".join(element.itertext()) for element in written]


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_is_an_image_with_a_title_and_a_description(name):
    root = ET.fromstring(drawn(name))  # noqa: S314 - our own
    title, description = list(root)[:2]
    assert (title.tag, title.text) == (f"{SVG}title", "Title")
    assert (description.tag, description.text) == (f"{SVG}desc", "Nothing yet" if name == "note" else "About")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("room", ROOMS, ids=["page", "phone"])
@pytest.mark.parametrize("name", EVERY)
def test_a_chart_is_what_the_schema_of_vega_lite_allows(name, room):
    with charts.within(room):
        EVERY[name]().to_dict(validate=True)


@pytest.mark.parametrize("room", ROOMS, ids=["page", "phone"])
@pytest.mark.parametrize("name", EVERY)
def test_no_number_is_missing(name, room):
    svg = drawn(name, room)
    assert not re.search(r"NaN|undefined|Infinity|null", svg)


@pytest.mark.parametrize("room", ROOMS, ids=["page", "phone"])
@pytest.mark.parametrize("name", EVERY)
def test_a_chart_is_as_wide_as_its_room_and_its_type_is_no_smaller_than_there(name, room):
    svg = drawn(name, room)
    assert float(re.search(r'width="([\d.]+)"', svg)[1]) == room.width
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)) >= room.smallest


@pytest.mark.parametrize("name", EVERY)
def test_a_chart_says_the_same_on_a_phone(name):
    """But for numbers at axes, of which there are fewer, and lines that break elsewhere."""

    def words(room):
        return set(" ".join(texts(drawn(name, room))).split()) - {"%"}

    assert {
        word for word in words(charts.PAGE) - words(charts.PHONE) if not re.fullmatch(r"[\d,.]+", word)
    } == set()


def test_a_phone_is_no_wider_than_360_pixels():
    assert charts.PHONE.width <= 360


def test_a_chart_made_after_one_for_a_phone_is_for_a_page_even_if_that_failed():
    with pytest.raises(ZeroDivisionError), charts.within(charts.PHONE):
        raise ZeroDivisionError
    assert 'width="640"' in charts.svg(EVERY["bars"]())


@pytest.mark.parametrize("name", EVERY)
def test_the_same_data_give_the_same_drawing(name):
    assert charts.svg(EVERY[name]()) == drawn(name)


@pytest.mark.parametrize("name", EMPTY)
def test_where_there_is_nothing_to_draw_there_is_the_description(name):
    svg = charts.svg(EMPTY[name]())
    assert sorted(texts(svg)) == ["About", "Title"]


@pytest.mark.parametrize("name", EVERY)
def test_a_themed_chart_takes_every_colour_from_the_page(name):
    themed = charts.themed(drawn(name))
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', themed))
    assert {colour for colour in colours if not colour.startswith("var(--chart-")} <= {"none", "transparent"}


def test_what_people_typed_is_text_and_no_markup():
    svg = charts.svg(charts.bars(BARS, "<script>", "a & b"))
    assert "<script" not in svg
    assert "<b>&" in texts(svg)


def test_the_rows_stand_in_their_order():
    rows = [{"name": name, "count": 1, "label": name, "muted": False} for name in ("zoe", "ann", "mia")]
    found = texts(charts.svg(charts.bars(rows, "Title", "About")))
    assert [text for text in found if text in {"zoe", "ann", "mia"}][:3] == ["zoe", "ann", "mia"]


def test_two_charts_in_one_page_have_names_of_their_own():
    one, two = (charts.svg(charts.note("Title", text)) for text in ("one", "two"))
    names = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (one, two)]
    assert not names[0] & names[1]


def test_the_path_grows_stronger_and_the_rest_is_faint():
    colours = {tone.name: tone.colour for tone in TONES}
    assert colours == {
        "stranger": charts.FAINT,
        "lead": charts.ACCENT,
        "client": charts.ACCENT,
        "gone": charts.FAINT,
    }
    shades = {tone.name: tone.opacity for tone in TONES}
    assert shades["lead"] < shades["client"] == 1


def test_a_long_title_and_a_long_note_are_cut_into_lines_and_lose_no_word():
    long = " ".join(f"word{number}" for number in range(40))
    svg = charts.svg(charts.note(long, long))
    root = ET.fromstring(svg)  # noqa: S314 - our own
    lines = [line.text for line in root.iter(f"{SVG}tspan")]
    assert " ".join(lines).split() == long.split() * 2
    assert [element.text for element in list(root)[:2]] == [long, long]


def test_numbers_that_somebody_typed_are_not_rounded():
    rows = [{"name": "about 3.14159 M0.12345,1", "count": 1, "label": 'd="2.71828"', "muted": False}]
    assert {"about 3.14159 M0.12345,1", 'd="2.71828"'} <= set(texts(charts.svg(charts.bars(rows, *WORDS))))
