"""Standing and its trend, counted by hand."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.dimensions import BadDimension
from leadline.engine.instants import DAY, NEVER
from leadline.engine.reports.standing import BeyondHistory, standing, trend
from leadline.engine.touches import Column
from tests.histories import ODD, history, instant

FIVE = {
    "a": "lead 0, client 10",
    "b": "lead 5, stranger 20",
    "c": "client 30, gone 40",
    "d": "",
    "e": "lead 40",
}


def counts(found):
    """Strangers, leads, prospects, clients, gone."""
    return tuple(place.count for place in found.total.places)


def test_everybody_stands_in_one_place():
    assert counts(standing(history(FIVE))) == (2, 1, 0, 1, 1)


def test_a_stage_holds_from_its_first_instant_to_before_its_last():
    people = history(FIVE)
    assert counts(standing(people, instant(10) - 1)) == (3, 2, 0, 0, 0)
    assert counts(standing(people, instant(10))) == (3, 1, 0, 1, 0)


def test_a_date_means_its_end():
    assert counts(standing(history(FIVE), date(2026, 1, 11))) == counts(
        standing(history(FIVE), instant(11) - 1)
    )
    assert counts(standing(history(FIVE), "2026-01-10")) == (3, 2, 0, 0, 0)


def test_on_the_last_day_the_history_ends_before_the_day():
    noon = history(FIVE, as_of=50.5)
    assert counts(standing(noon, date(2026, 2, 20))) == counts(standing(noon))
    with pytest.raises(BeyondHistory, match="20 February 2026"):
        standing(noon, date(2026, 2, 21))


def test_who_was_not_yet_touched_is_not_known():
    touched = np.array([instant(0), instant(3), instant(30), instant(12), NEVER])
    found = standing(history(FIVE | {"e": ""}), instant(12), first_touch=touched)
    assert counts(found) == (1, 1, 0, 1, 0)
    assert found.total.known == 3


def test_groups_are_by_the_value_of_each_contact():
    found = standing(history(FIVE), by=Column.of(["web", "web", None, "ads", "web"]))
    assert [(group.name, [place.count for place in group.places]) for group in found.groups] == [
        ("web", [1, 1, 0, 1, 0]), ("ads", [1, 0, 0, 0, 0]), ("not known", [0, 0, 0, 0, 1]),
    ]  # fmt: skip


def test_what_is_not_aligned_is_refused():
    with pytest.raises(BadDimension):
        standing(history(FIVE), by=Column.of(["web"]))
    with pytest.raises(BadDimension):
        trend(history(FIVE), [instant(1)], first_touch=np.zeros(1, np.int64))


def test_as_data_each_stage_has_its_role_and_share():
    rows = standing(history(FIVE)).rows()
    at = "2026-04-11T00:00:00+00:00"
    assert rows[1] == {
        "at": at, "group": None, "stage": "lead", "role": "open", "count": 1, "share": 0.2,
    }  # fmt: skip
    assert [row["role"] for row in rows] == ["stranger", "open", "open", "client", "left"]
    assert sum(row["share"] for row in rows) == pytest.approx(1)


def test_the_sentences_name_the_empty_stages():
    places, empty = standing(history(FIVE), unit="company").sentences()
    assert places == (
        "Of 5 companies with a touch by 11 April 2026: "
        "2 strangers (40 %), 1 in “lead” (20 %), 1 in “client” (20 %) and 1 in “gone” (20 %)."
    )
    assert empty == "Nobody stands in “prospect”."
    places, empty = standing(history({"a": "lead 0"}, as_of=0)).sentences()
    assert places == "Of 1 contact with a touch by 1 January 2026: 1 in “lead” (100 %)."
    assert empty == "Nobody stands in “prospect”, “client” or “gone”."


def test_nobody_is_a_sentence_too():
    assert standing(history({})).sentences() == ["On 11 April 2026 nobody was known."]


def test_the_trend_counts_many_days_at_once():
    found = trend(history(FIVE), [instant(40), instant(0), instant(20), instant(20)])
    assert [(day - instant(0)) // DAY for day in found.days] == [0, 20, 40]
    assert found.counts == ((4, 1, 0, 0, 0), (4, 0, 0, 1, 0), (2, 1, 0, 1, 1))
    assert len(found.rows()) == 15


def test_the_trend_says_what_grew_and_what_fell():
    (said,) = trend(history(FIVE), [instant(10), instant(40)]).sentences()
    assert said == (
        "From 11 January 2026 to 10 February 2026 “stranger” fell from 3 to 2, “lead” stayed at 1, "
        "“client” stayed at 1 and “gone” grew from 0 to 1."
    )
    (said,) = trend(history({}), [instant(10)]).sentences()
    assert said == "From 11 January 2026 to 11 January 2026 nobody was known."
    assert trend(history(FIVE), []).sentences() == ["No day was asked for."]


@pytest.mark.parametrize("name", ODD)
def test_odd_histories_give_sentences_plain_rows_and_a_chart(name):
    odd = ODD[name]
    by = Column(np.full(len(odd.subjects), -1, np.int32), [])
    reports = [
        standing(odd),
        standing(odd, by=by),
        standing(odd, instant(-5)),
        trend(odd, [instant(0), instant(99)]),
    ]
    for report in reports:
        assert report.sentences()
        json.dumps(report.rows(), allow_nan=False)
        assert "NaN" not in charts.svg(report.chart())


lives = st.sampled_from(
    ["", "lead 0", "lead 20, client 50", "lead 0, gone 9", "client 3, stranger 30", "lead 70, gone 71"]
)


@settings(max_examples=50)
@given(st.lists(lives, max_size=20), st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_the_trend_is_the_standing_of_each_day_and_both_add_up_to_all(everyone, days):
    people = history({str(number): life for number, life in enumerate(everyone)})
    touched = np.arange(len(everyone), dtype=np.int64) * DAY + instant(-20)
    for known in (None, touched):
        found = trend(people, [instant(day) for day in days], first_touch=known)
        for day, row in zip(found.days, found.counts, strict=True):
            at_once = standing(people, day, first_touch=known)
            assert row == counts(at_once)
            assert sum(row) == (len(everyone) if known is None else np.count_nonzero(touched <= day))
