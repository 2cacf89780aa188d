"""Chances: the curve, the mark on it, the bars, and where half of everything is."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from leadline.engine import charts

SVG = "{http://www.w3.org/2000/svg}"
RISING = [{"x": asks, "value": asks / 20} for asks in range(21)]


def odds(points, mark=None):
    return charts.odds(points, "Title", "About", axis="asks a week", mark=mark)


def spread(shares):
    rows = [{"value": month, "share": share} for month, share in enumerate(shares, 1)]
    return charts.distribution(rows, "Title", "About", axis="months")


def written(chart):
    root = ET.fromstring(charts.svg(chart))  # noqa: S314 - our own
    return [element.text for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("mark", "said"), [(16, "16: 80 %"), (3, "3: 15 %"), (20, "20: 100 %"), (0, "0: 0 %")]
)
def test_the_mark_says_the_chance_at_its_number(mark, said):
    assert said in written(odds(RISING, mark))


def test_between_two_numbers_the_mark_has_the_chance_of_the_lower_one():
    assert "2.5: 10 %" in written(odds(RISING, 2.5))


@pytest.mark.parametrize("mark", [None, -1, 21])
def test_outside_of_what_is_known_nothing_is_marked(mark):
    assert not [text for text in written(odds(RISING, mark)) if ":" in text]


def test_chances_reach_from_0_to_100_per_cent():
    assert {"0 %", "20 %", "100 %", "asks a week"} <= set(written(odds([{"x": 1, "value": 0.01}])))


def test_points_stand_in_order_of_their_numbers_and_unknown_ones_are_left_out():
    points = [{"x": 3, "value": 0.5}, {"x": 2, "value": None}, {"x": 1, "value": 0.2}]
    assert [row["x"] for row in odds(points).data.values] == [1, 3]


@pytest.mark.parametrize(
    ("shares", "median"),
    [([0.2, 0.3, 0.5], 2), ([0.1] * 10, 5), ([1], 1), ([0.4, 0.4, 0.2], 2), ([0.6, 0.4], 1)],
)
def test_half_of_everything_is_reached_at_the_median(shares, median):
    assert f"half by {median}" in written(spread(shares))


def test_where_half_is_further_off_than_what_is_drawn_no_median_is_said():
    assert not [text for text in written(spread([0.1, 0.2])) if text.startswith("half")]


def test_every_share_has_its_bar():
    rows = spread([0.2, 0.3, 0.5]).data.values
    assert [(row["value"], row["share"]) for row in rows if not row["label"]] == [
        (1, 0.2),
        (2, 0.3),
        (3, 0.5),
    ]
