"""Conversion, calculated by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.dimensions import BadDimension
from leadline.engine.estimates import Caution, Estimate, TooEarly, TooFewConversions, wilson
from leadline.engine.reports.conversion import conversion, conversions
from leadline.engine.touches import Column
from tests.histories import ODD, crowd, history

TWENTY = crowd(
    (3, "lead 0, client 5"), (2, "lead 0, gone 10"), (10, "lead 0"), (1, "client 7"), (4, "lead 40")
)
"""By day 100: 4 converted (one at once), 2 left, 14 in play, of whom 4 began 60 days ago."""


def counts(cohort):
    return (cohort.entered, cohort.converted, cohort.left, cohort.in_play, cohort.skipped, cohort.returned)


def test_everybody_counts_once_and_in_one_place():
    found = conversion(history(TWENTY), "lead", "client")
    assert counts(found.total) == (20, 4, 2, 14, 1, 0)
    assert found.total.so_far == wilson(4, 20)


def test_the_share_in_time_counts_those_in_play_rightly():
    # day 0: 1 of 20 at once; day 5: 3 of 19 at risk; day 10: 2 of 16 leave; nobody is lost before day 60
    within = conversion(history(TWENTY), "lead", "client", horizons=(4, 5, 30)).total.within
    assert [within[days].value for days in (4, 5, 30)] == pytest.approx([1 / 20, 4 / 20, 4 / 20])


def test_those_in_play_for_a_shorter_time_are_censored():
    # 10 of whom half convert on day 20, and 10 who began on day 90: 5 of the 10 who were seen for 20 days
    found = conversion(
        history(crowd((5, "lead 0, client 20"), (5, "lead 0"), (10, "lead 90"))), "lead", "client"
    )
    assert found.total.so_far.value == 0.25
    assert found.total.within[30].value == pytest.approx(0.5)


def test_leaving_competes_and_is_not_censored():
    # had the leavers been censored, the share would be 5 of the 5 who stayed
    found = conversion(history(crowd((15, "lead 0, gone 10"), (5, "lead 0, client 20"))), "lead", "client")
    assert found.total.within[30].value == pytest.approx(0.25)


def test_a_horizon_that_too_few_have_lived_through_is_too_early():
    found = conversion(
        history(crowd((9, "lead 0, client 20"), (11, "lead 60"))), "lead", "client", horizons=(40, 41)
    )
    assert isinstance(found.total.within[40], Estimate)
    assert found.total.within[41] == TooEarly(found=9, needed=10)


def test_too_few_is_said_as_data_and_how_few_is_a_setting():
    seven = history(crowd((2, "lead 0, client 20"), (5, "lead 0")))
    found = conversion(seven, "lead", "client", horizons=(30,))
    assert found.total.so_far == TooFewConversions(found=7, needed=10)
    assert found.total.within == {30: TooFewConversions(found=7, needed=10)}
    assert conversion(seven, "lead", "client", caution=Caution(needed=7)).total.so_far == wilson(2, 7)


def test_a_surer_interval_is_a_setting():
    found = conversion(history(TWENTY), "lead", "client", caution=Caution(level=0.8)).total.so_far
    assert found == wilson(4, 20, 0.8)


def test_cohorts_are_those_who_began_in_a_period():
    months = crowd(
        (2, "lead 3, client 40"), (1, "lead 30"), (3, "lead 31"), (1, "prospect 70")
    )  # 31: 1 February
    found = conversion(history(months), "lead", "client", period="month")
    assert [(c.period, c.group, c.entered, c.converted) for c in found.cohorts] == [
        ("2026-01", None, 3, 2), ("2026-02", None, 3, 0), ("2026-03", None, 1, 0),
    ]  # fmt: skip


def test_groups_are_by_the_value_of_each_contact():
    groups = Column.of(["ads", "web", "web", None])
    found = conversion(
        history(crowd((1, "lead 0"), (2, "lead 0, client 1"), (1, "lead 2"))), "lead", "client", by=groups
    )
    assert [(c.group, c.entered, c.converted) for c in found.cohorts] == [
        ("web", 2, 2),
        ("ads", 1, 0),
        ("not known", 1, 0),
    ]
    assert found.total.entered == 4


def test_who_did_not_begin_is_in_no_group():
    found = conversion(
        history({"ann": "gone 0", "bob": "lead 1"}), "lead", "client", by=Column.of(["a", "b"])
    )
    assert [cohort.name for cohort in found.cohorts] == ["b"]


def test_periods_and_groups_go_together():
    groups = Column.of(["ads", "web", "web"])
    found = conversion(
        history({"a": "lead 0", "b": "lead 40", "c": "lead 2"}), "lead", "client", period="month", by=groups
    )
    assert [cohort.name for cohort in found.cohorts] == ["2026-01, ads", "2026-01, web", "2026-02, web"]


def test_a_dimension_of_another_length_is_refused():
    with pytest.raises(BadDimension):
        conversion(history(TWENTY), "lead", "client", by=Column.of(["ads"]))


def test_the_table_of_all_steps_follows_each_pair_and_the_whole_way():
    found = conversions(history(TWENTY | {"last": "lead 0, prospect 3, client 9"}))
    told = [[row[key] for key in ("step", "from", "to", "entered", "converted")] for row in found.rows()]
    assert told == [
        ["1", "lead", "prospect", 21, 5],
        ["2", "prospect", "client", 5, 5],
        ["whole", "lead", "client", 21, 5],
    ]


def test_who_came_back_reaches_the_next_stage_although_counted_as_left():
    found = conversions(history({"ann": "lead 0, gone 5, prospect 9, client 12"}))
    assert counts(found.steps[0].total) == (1, 0, 1, 0, 0, 1)
    assert counts(found.steps[1].total) == (1, 1, 0, 0, 0, 0)


def test_the_sentences_say_it_plainly():
    said = conversion(history(TWENTY), "lead", "client", horizons=(5, 30, 365), unit="deal").sentences()
    counted = "4 have reached “client” so far, 2 left without it and 14 are still in play"
    assert said == [
        f"Of 20 deals that reached “lead”, {counted}.",
        "Within 5 days 20 % (between 8 and 45) get there.",
        "Within 365 days or more: too early to say (no deals began so long ago, at least 10 needed).",
        "1 deal skipped “lead” and came to “client” or beyond at once: converted on the first day.",
    ]


def test_one_is_told_in_the_singular():
    said = conversion(
        history({"a": "lead 0, client 1", "b": "lead 2", "c": "lead 0, gone 1, client 2"}), "lead", "client"
    )
    counted = "2 have reached “client” so far, none left without it and 1 is still in play"
    came_back = "1 of those who reached it had left and come back"
    why = "counted as left in shares and tables, since that came first"
    assert said.sentences() == [
        f"Of 3 contacts who reached “lead”, {counted}. {came_back}: {why}.",
        "Within 30 days or more: too few to say (3 contacts, at least 10 needed).",
    ]


def test_those_said_to_have_arrived_are_all_who_ever_did():
    rows = history(crowd((5, "lead 0, client 20"), (2, "lead 0, gone 5, client 30"), (4, "lead 0, gone 9")))
    ever = len({contact for contact, stage in zip(rows.contact, rows.stage, strict=True) if stage == 3})
    found = conversion(rows, "lead", "client")
    assert ever == 7
    assert found.sentences()[0].startswith(
        "Of 11 contacts who reached “lead”, 7 have reached “client” so far, 4 left without it and none are "
    )
    assert (found.total.converted, found.total.left, found.total.returned) == (5, 6, 2)


def test_nobody_is_a_sentence_too():
    assert conversion(history({}), "lead", "client").sentences() == [
        "Nobody has reached “lead” yet, so nobody could go on to “client”."
    ]


@pytest.mark.parametrize(
    ("converts", "verdict"), [(30, "more than chance makes"), (12, "small enough to be chance")]
)
def test_the_best_and_the_weakest_group_are_named_with_what_chance_could_make(converts, verdict):
    moves = crowd(
        (10, "lead 0, client 5"), (30, "lead 0"), (converts, "lead 0, client 5"), (40 - converts, "lead 0")
    )
    found = conversion(history(moves), "lead", "client", by=Column.of(["ads"] * 40 + ["web"] * 40))
    said = next(sentence for sentence in found.sentences() if sentence.startswith("Best"))
    assert said.startswith("Best within 90 days: “web” with")
    assert "weakest: “ads” with 25 %" in said
    assert said.endswith(f"The difference is {verdict}.")


def test_those_of_whom_it_is_not_known_are_neither_the_best_nor_the_weakest():
    moves = crowd((20, "lead 0, client 5"), (20, "lead 0"), (40, "lead 0"))
    found = conversion(history(moves), "lead", "client", by=Column.of(["ads"] * 40 + [None] * 40))
    assert not any(sentence.startswith("Best") for sentence in found.sentences())


def test_of_very_many_cohorts_the_sentences_name_the_latest():
    weeks = {str(week): f"lead {7 * week}" for week in range(14)}
    said = conversion(history(weeks), "lead", "client", period="week").sentences()
    assert sum("of 1 so far" in sentence for sentence in said) == 12
    assert said[-1] == "The table has 2 more."


@pytest.mark.parametrize("name", ODD)
def test_odd_histories_give_sentences_plain_rows_and_a_chart(name):
    odd = ODD[name]
    path = [stage for stage in ("lead", "client") if stage in odd.stages]
    reports = [conversions(odd)]
    if len(path) == 2:
        by = Column(np.full(len(odd.subjects), -1, np.int32), [])
        reports += [
            conversion(odd, *path),
            conversion(odd, *path, period="month"),
            conversion(odd, *path, by=by),
        ]
    for report in reports:
        assert report.sentences()
        json.dumps(report.rows(), allow_nan=False)
        assert "NaN" not in charts.svg(report.chart())


moves = st.sampled_from(
    [
        "",
        "lead 0",
        "lead 20, client 50",
        "lead 0, gone 9",
        "client 3",
        "lead 70, prospect 90",
        "lead 1, gone 2, client 5",
    ]
)


@settings(max_examples=50)
@given(st.lists(moves, max_size=30), st.integers(1, 100))
def test_counts_add_up_shares_lie_in_their_intervals_and_who_never_moves_raises_none(everyone, days):
    def told(lives):
        people = history({str(number): life for number, life in enumerate(lives)})
        return conversion(people, "lead", "client", horizons=(days,), caution=Caution(needed=1)).total

    total = told(everyone)
    assert total.entered == total.converted + total.left + total.in_play
    longer = told([*everyone, "lead 0"])
    for before, after in ((total.so_far, longer.so_far), (total.within[days], longer.within[days])):
        if isinstance(before, Estimate):
            assert 0 <= before.low <= before.value <= before.high <= 1
            assert after.value <= before.value + 1e-12


@settings(max_examples=50)
@given(st.lists(st.tuples(moves, st.sampled_from(["ads", "web", None])), max_size=20))
def test_the_cohorts_add_up_to_all(everyone):
    people = history({str(number): life for number, (life, _) in enumerate(everyone)})
    groups = Column.of(group for _, group in everyone)
    for how in ({"by": groups}, {"period": "week"}, {"by": groups, "period": "month"}):
        found = conversion(people, "lead", "client", **how)
        together = np.array([counts(cohort) for cohort in found.cohorts]).reshape(-1, 6).sum(axis=0)
        assert tuple(together) == counts(found.total)
