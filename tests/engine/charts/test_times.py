"""Fans: the past and what is ahead, from 0 upwards, in major units, with today between them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from leadline.engine import charts

SVG = "{http://www.w3.org/2000/svg}"


def past(time, value):
    return {"time": time, "value": value, "low": None, "high": None, "part": "past"}


def ahead(time, value, low, high):
    return {"time": time, "value": value, "low": low, "high": high, "part": "ahead"}


def drawn(points, unit="people"):
    return charts.fan(points, "Title", "About", axis="month", unit=unit)


def written(chart):
    root = ET.fromstring(charts.svg(chart))  # noqa: S314 - our own
    return [
        " ".join(part for part in ("".join(line.itertext()) for line in list(element) or [element]) if part)
        for element in root.iter(f"{SVG}text")
    ]


def placed(chart, part):
    return [row for row in chart.data.values if row["part"] == part]


YEAR = [past(f"2023-{month:02}-01", month) for month in range(1, 13)]
AHEAD = [ahead(f"2024-{month:02}-01", 5, 2, 9) for month in range(1, 7)]


def test_every_point_is_drawn_in_order_of_time():
    chart = drawn([*AHEAD, *YEAR])
    assert [row["value"] for row in placed(chart, "past")] == list(range(1, 13))
    assert [(row["low"], row["high"]) for row in placed(chart, "ahead")] == [(2, 9)] * 6


def test_today_is_where_the_past_ends_and_the_rest_is_ahead():
    chart = drawn([*YEAR, *AHEAD])
    (today,) = placed(chart, "today")
    assert placed(chart, "past")[-1]["time"] == today["time"] < placed(chart, "ahead")[0]["time"]
    assert "today" in written(chart)


def test_where_there_is_only_the_past_or_only_what_is_ahead_no_day_is_called_today():
    assert "today" not in written(drawn(YEAR))
    assert "today" not in written(drawn(AHEAD))


def test_amounts_start_at_0_and_money_is_drawn_in_major_units():
    texts = written(drawn([past("2024-01-01", 500_000_000), past("2024-02-01", 950_000_000)], unit="EUR"))
    assert {"0", "2 million", "8 million", "EUR"} <= set(texts)
    yen = written(drawn([past("2024-01-01", 800), past("2024-02-01", 950)], unit="JPY"))
    assert {"0", "200", "800"} <= set(yen)


def test_money_of_an_unknown_currency_has_two_decimals():
    (row,) = placed(drawn([past("2024-01-01", 1250)], unit=""), "past")
    assert row["value"] == 12.5


def test_billions_are_written_out():
    texts = written(drawn([past("2024-01-01", 4_000_000_000), past("2024-02-01", 1)]))
    assert "4 billion" in texts


def test_months_are_named_and_the_first_of_a_year_has_its_year():
    texts = written(drawn([*YEAR, *AHEAD]))
    months = [text for text in texts if re.fullmatch(r"[A-Z][a-z]{2}( \d{4})?", text)]
    assert months == ["Jan 2023", "Mar", "May", "Jul", "Sep", "Nov", "Jan 2024", "Mar", "May"]


def test_weeks_are_named_by_their_days():
    texts = written(drawn([past("2024-01-01", 1), past("2024-01-08", 2), past("2024-01-15", 3)]))
    assert {"01 Jan 2024", "08 Jan", "15 Jan"} <= set(texts)


def test_months_that_end_on_other_days_are_named_by_those():
    points = [past(f"2024-{month:02}-28", 1) for month in range(1, 13)]
    texts = written(drawn(points))
    days = [text for text in texts if text.startswith("28")]
    assert days == ["28 Jan 2024", *(f"28 {month}" for month in ("Mar", "May", "Jul", "Sep", "Nov"))]


def test_ten_years_have_a_tick_a_year():
    points = [past(f"{year}-{month:02}-01", 1) for year in range(2014, 2024) for month in range(1, 13)]
    texts = written(drawn(points))
    assert [text for text in texts if text.startswith("Jan")] == [f"Jan {year}" for year in range(2014, 2024)]


def test_a_loss_is_below_0():
    chart = drawn([past("2024-01-01", -200), past("2024-02-01", 300)])
    assert chart.to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"][0] == -200


def test_a_month_of_which_nothing_is_known_is_left_out():
    chart = drawn([past("2024-01-01", 3), past("2024-02-01", None)])
    assert len(placed(chart, "past")) == 1
