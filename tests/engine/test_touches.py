"""Touches made of rows: what a row may say, what is refused, and what can be asked of a log."""

from __future__ import annotations

import csv
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from leadline.engine.errors import BadTouches
from leadline.engine.touches import MISSING, Column, Touches
from tests.makers import day, touch


def test_instants_are_taken_as_datetimes_dates_text_and_microseconds() -> None:
    given_as = [day(1), datetime(2026, 1, 2), date(2026, 1, 2), "2026-01-02", "2026-01-02T01:00+01:00"]  # noqa: DTZ001
    given_as.append(int(day(1).timestamp() * 1_000_000))
    touches = Touches.of([{"contact": "ann", "kind": "met", "happened_at": at} for at in given_as])
    assert set(touches.happened_at.tolist()) == {int(day(1).timestamp() * 1_000_000)}


def test_the_first_value_of_a_column_is_that_of_the_earliest_touch_that_has_one() -> None:
    touches = Touches.of(
        [
            touch("ann", "met", 5, path="speaking"),
            touch("ann", "downloaded", 2, path="content"),
            touch("ann", "liked", 0),
            touch("ann", "scanned", 1, path="email"),
            touch("ben", "liked", 0),
        ]
    )
    assert dict(zip(touches.contact.labels, touches.first("path").values(), strict=True)) == {
        "ann": "content",
        "ben": None,
    }
    assert touches.first_at()[:2].tolist() == [int(day(0).timestamp() * 1_000_000)] * 2


def test_until_an_instant_only_what_was_known_before_it_counts_or_with_the_very_first_touch() -> None:
    touches = Touches.of(
        [
            touch("ann", "liked", 0),
            touch("ann", "bought", 5, path="shop"),
            touch("ben", "bought", 5, path="shop"),
            touch("cy", "met", 4, path="events"),
            touch("cy", "bought", 5, path="shop"),
        ]
    )
    sold = np.full(3, int(day(5).timestamp() * 1_000_000))
    assert list(touches.first("path", until=sold).values()) == [None, "shop", "events"]
    assert list(touches.first("path").values()) == ["shop", "shop", "events"]


def test_a_column_that_the_log_lacks_is_named_with_those_it_has() -> None:
    touches = Touches.of([touch("ann", "met", 5, path="speaking")])
    with pytest.raises(BadTouches, match=r"“pth”.*path.*Did you mean “path”"):
        touches.first("pth")


def test_a_column_gives_back_its_values() -> None:
    column = Column.of(["b", None, "a", "b"])
    assert column.values() == ["b", None, "a", "b"]
    assert list(column.labels) == ["b", "a"]
    assert (column[1], column[2], len(column)) == (None, "a", 4)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"contact": "ann", "kind": "met"}, ["Touch 2", "happened_at"]),
        ({"kind": "met", "happened_at": day(0)}, ["Touch 2", "contact"]),
        (touch("ann", "met", 0, pth="web"), ["Touch 2", "“pth”", "Did you mean “path”"]),
        ({"contact": "ann", "kind": "met", "happened_at": "soon"}, ["soon", "2026-03-31"]),
        ({"contact": "ann", "kind": "met", "happened_at": 3.5}, ["3.5", "2026-03-31"]),
        (touch("ann", "bought", 0, value=99.5), ["value", "99.5", "whole"]),
        (touch("ann", "bought", 0, value="lots"), ["value", "lots", "whole"]),
        ("ann met", ["Touch 2", "ann met"]),
    ],
)
def test_a_row_that_is_no_touch_is_named_with_what_would_be_allowed(row: Any, says: list[str]) -> None:
    with pytest.raises(BadTouches) as caught:
        Touches.of([touch("ann", "met", 0), row])
    for part in says:
        assert part in str(caught.value)


def test_touches_that_take_each_other_back_in_a_ring_are_refused() -> None:
    ring = [touch("ann", "met", 0, id="a", retracts="b"), touch("ann", "met", 0, id="b", retracts="a")]
    with pytest.raises(BadTouches, match="each other"):
        Touches.of(ring)


def test_blank_cells_as_a_csv_reader_gives_them_are_missing() -> None:
    text = [
        "contact,kind,happened_at,id,value,path",
        "ann,met,2026-01-01,,,",
        "ann,bought,2026-01-01,,9950,web",
    ]
    touches = Touches.of(csv.DictReader(text))
    assert (len(touches), touches.id) == (2, None)
    assert touches.value.tolist() == [MISSING, 9950]
    assert touches.columns["path"].values() == [None, "web"]


def test_a_text_is_not_taken_for_the_mark_of_a_machine() -> None:
    with pytest.raises(BadTouches, match=r"“machine”.*'False'"):
        Touches.of([touch("ann", "met", 0, machine="False")])
