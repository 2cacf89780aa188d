"""Names of rows: beside their rows or above them, whole, in order, and never taken for code."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.charts.drawing import labelled, reach

SVG = "{http://www.w3.org/2000/svg}"
ROOMS = pytest.mark.parametrize("room", [charts.PAGE, charts.PHONE], ids=["page", "phone"])
LONG = [
    f"{path} at the yearly regional conference of small companies" for path in ("talks", "coffee", "walks")
]


def bars(names, label="7", count=5):
    return [{"name": name, "count": count, "label": label, "muted": False} for name in names]


def drawn(rows, room):
    with charts.within(room):
        return ET.fromstring(charts.svg(charts.bars(rows, "Title", "About")))  # noqa: S314 - our own


def labels(root):
    """Each name as it is written, its lines joined."""
    group = next(part for part in root.iter(f"{SVG}g") if "role-axis-label" in (part.get("class") or ""))
    return [
        " ".join(line.text or "" for line in text.iter(f"{SVG}tspan")).strip() or text.text
        for text in group.iter(f"{SVG}text")
    ]


def anchors(root):
    group = next(part for part in root.iter(f"{SVG}g") if "role-axis-label" in (part.get("class") or ""))
    return {text.get("text-anchor") for text in group.iter(f"{SVG}text")}


def longest_bar(root):
    bars = [part.get("d") for part in root.iter(f"{SVG}path") if part.get("aria-roledescription") == "bar"]
    return max(float(re.match(r"M0,0h([\d.]+)v", bar)[1]) for bar in bars)


@ROOMS
def test_a_name_of_sixty_letters_is_whole(room):
    assert labels(drawn(bars(LONG), room)) == LONG


@ROOMS
def test_short_names_stand_beside_their_rows_and_long_ones_above(room):
    assert anchors(drawn(bars(["web", "talks"]), room)) == {"end"}
    assert anchors(drawn(bars(LONG), room)) == {"start"}


def test_on_a_phone_names_also_go_above_where_a_label_takes_the_room_of_the_bars():
    assert anchors(drawn(bars(["working lead"], "299 of about 270 that it takes"), charts.PHONE)) == {"start"}
    assert anchors(drawn(bars(["working lead"], "299 of about 270 that it takes"), charts.PAGE)) == {"end"}


@ROOMS
def test_a_bar_is_long_enough_to_be_seen_whatever_the_names(room):
    for names in (["web"], LONG, ["former customer"], ["w" * 200]):
        assert longest_bar(drawn(bars(names), room)) >= 150


@ROOMS
@pytest.mark.parametrize(
    "name", ["constructor", "__proto__", 'it\'s "quoted"', "datum.value", "\\u2028\u2028", "]+1"]
)
def test_a_name_is_no_code(room, name):
    assert labels(drawn(bars([name, *LONG]), room))[1:] == LONG
    assert labels(drawn(bars([name, *LONG]), room))[0].split() == name.split()


@given(
    rows=st.lists(
        st.fixed_dictionaries({"count": st.integers(0, 10**9), "label": st.text("1,0 %of", max_size=20)}),
        min_size=1,
        max_size=9,
    ),
    width=st.floats(300, 600),
)
def test_every_label_ends_inside_the_drawing_and_the_scale_is_no_longer_than_that_takes(rows, width):
    end = reach("count", rows, width)
    ends = [row["count"] / end * width + labelled(row) for row in rows]
    assert max(ends) <= width * (1 + 1e-9)
    if any(row["count"] for row in rows):
        assert any(
            found == pytest.approx(width) for row, found in zip(rows, ends, strict=True) if row["count"]
        )


def many(number, name="Campaign {} of the spring"):
    return [f"{name.format(place)}" for place in range(number)]


def charts_of(names):
    """Each shape that has a row a name."""
    cells = [
        {"row": name, "column": column, "label": "38 % of 1,250", "tone": "fine"}
        for name in names
        for column in ("generate", "nurture", "ask", "answer", "renew")
    ]
    dots = [{"name": name, "value": 0.3, "low": 0.1, "high": 0.5, "label": "30 % of 10"} for name in names]
    parts = [{"group": name, "name": "lead", "count": 3, "label": "3"} for name in names]
    return [
        charts.matrix(cells, "Title", "About", noun="path"),
        charts.bars(bars(names), "Title", "About", noun="path"),
        charts.ranges(dots, "Title", "About", unit="share", noun="path"),
        charts.shares(parts, charts.tones([("lead", "open")]), "Title", "About", noun="path"),
    ]


@ROOMS
@pytest.mark.parametrize("name", ["{}", "Campaign {}, " + "of a long and quite detailed name " * 4])
def test_no_drawing_is_higher_than_its_room_however_many_rows_there_are(room, name):
    with charts.within(room):
        for chart in charts_of(many(120, name)):
            root = ET.fromstring(charts.svg(chart))  # noqa: S314 - our own
            assert float(root.get("height")) <= room.height


@ROOMS
def test_what_is_not_drawn_is_counted_in_words_and_in_the_description(room):
    with charts.within(room):
        for chart in charts_of(many(120, "{}")):
            drawn = len({row["at"] for row in chart.data.values})
            said = f"{120 - drawn} other paths are in the table."
            assert 5 <= drawn <= 20
            assert said in chart.to_dict(validate=False)["title"]["subtitle"]
            assert said in charts.svg(chart)


def test_of_a_few_rows_nothing_is_left_out():
    for chart in charts_of(many(20, "{}")):
        assert "in the table" not in charts.svg(chart)


def test_of_too_many_the_first_are_drawn_and_of_those_in_order_of_time_the_last():
    dots = [{"name": name, "value": 0.3, "low": 0.1, "high": 0.5, "label": ""} for name in many(30, "m{}")]
    for newest, wanted in ((False, range(20)), (True, range(10, 30))):
        chart = charts.ranges(dots, "Title", "About", unit="share", newest=newest)
        rows = chart.data.values
        assert [row["name"] for row in rows] == [f"m{place}" for place in wanted]
