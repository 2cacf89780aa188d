"""Won and lost without dates: shares of what was decided, by hand."""

from __future__ import annotations

import pytest

from leadline.engine.errors import LeadlineError
from leadline.engine.estimates import Estimate, TooFewConversions
from leadline.engine.reports.outcomes import outcomes
from leadline.engine.touches import Column


def ended(won=0, lost=0, still=0, blank=0):
    return Column.of(["won"] * won + ["lost"] * lost + ["open"] * still + [None] * blank)


def test_the_share_won_is_of_what_was_decided():
    report = outcomes(ended(won=30, lost=10, still=5, blank=5))
    assert (report.total.won, report.total.lost, report.total.open) == (30, 10, 10)
    assert isinstance(report.total.share, Estimate)
    assert report.total.share.value == 0.75
    # Wilson for 30 of 40 at 95 %: Newcombe's formula by hand gives 0.598 to 0.858
    assert report.total.share.low == pytest.approx(0.598, abs=0.001)
    assert report.total.share.high == pytest.approx(0.858, abs=0.001)


def test_below_ten_decided_no_share_is_said():
    report = outcomes(ended(won=5, lost=4, still=100))
    assert report.total.share == TooFewConversions(found=9, needed=10)
    assert report.sentences()[0] == (
        "Of 9 deals that were decided, 5 were won: too few to say (9 deals, at least 10 needed)."
    )


def test_groups_are_told_apart_and_add_up():
    column = Column.of(["won"] * 12 + ["lost"] * 8)
    by = Column.of(["web"] * 10 + [None] * 10)
    report = outcomes(column, by=by)
    assert [(row["group"], row["won"], row["lost"]) for row in report.rows()] == [
        ("web", 10, 0),
        ("not known", 2, 8),
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (ended(), "Nothing was closed, so there is no share to tell."),
        (ended(still=3), "Nothing was closed, so there is no share to tell."),
        (ended(won=1), "Of 1 deal that was decided, 1 was won: too few to say (1 deal, at least 10 needed)."),
    ],
)
def test_nothing_and_one_are_said_in_a_sentence(given, said):
    report = outcomes(given)
    assert report.sentences()[0] == said
    assert report.chart().to_dict()["description"]


def test_a_dimension_of_another_length_is_an_error():
    with pytest.raises(LeadlineError, match="3"):
        outcomes(ended(won=3), by=Column.of(["a"]))
