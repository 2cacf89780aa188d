"""Statements about credit: people jump from path to path, and channels are compared."""

from __future__ import annotations

import pytest

from leadline.engine.credit.credits import MODELS
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.reports.attribution import attribution
from leadline.engine.simulate import load_business, simulate
from leadline.engine.touches import Touches
from tests.makers import day, touch


def cycle(person: str, *links: tuple[str, str]) -> list[dict[str, object]]:
    """Rows of one person: a link of the cycle each week, each on its own path; a purchase in the end."""
    rows = [touch(person, kind, 7 * week, path=path) for week, (kind, path) in enumerate(links)]
    return [*rows, touch(person, "bought", 7 * len(rows), path="email", value=100_00, currency="EUR")]


def test_s9_met_in_networking_nurtured_on_social_media_asked_after_a_talk() -> None:
    links = [("met", "networking"), ("commented", "social"), ("chatted", "social"), ("asked", "speaking")]
    touches = Touches.of([row for number in range(12) for row in cycle(f"p{number}", *links)])
    found = attribution(derive(touches, load_funnel("sales-cycle"), as_of=day(60)), touches)
    assert (found.traced, found.several) == (12, 12)
    credit = {one.name: one.credits for one in found.credits}
    assert {model: credit["networking"][model] for model in ("first", "last", "linear", "shapley")} == {
        "first": 12,
        "last": 0,
        "linear": 3,
        "shapley": pytest.approx(4),
    }
    assert (credit["social"]["linear"], credit["speaking"]["last"]) == (6, 12)
    said = found.sentences()
    assert "All 12 clients came by more than one path." in said
    opens, closes = "it opens, and others close", "it closes what others opened"
    assert f"Networking gets 12 of 12 clients by first touch and none by last: {opens}." in said
    assert f"Speaking gets none of 12 clients by first touch and 12 by last: {closes}." in said
    carries = "it carries what others open and close."
    assert f"Social was on the way of 12 of 12 clients, first with 0 and last with 0: {carries}" in said


def test_s9_all_that_counts_is_that_the_cycle_completes() -> None:
    jump = [("met", "networking"), ("commented", "social"), ("asked", "speaking")]
    stay = [("met", "networking"), ("called", "networking"), ("asked", "networking")]
    rows = [row for number in range(10) for row in cycle(f"jump{number}", *jump)]
    rows += [row for number in range(10) for row in cycle(f"stay{number}", *stay)]
    touches = Touches.of(rows)
    found = attribution(derive(touches, load_funnel("sales-cycle"), as_of=day(60)), touches)
    assert (found.arrived, found.traced, found.several) == (20, 20, 10)
    for model in MODELS:
        assert sum(one.credits[model] for one in found.credits) == pytest.approx(20)
        assert sum(one.money[model] for one in found.credits) == 20 * 100_00


def test_v12_channels_are_compared_by_what_they_open_and_what_they_close() -> None:
    business = simulate(load_business("coach"), seed=7)
    past = derive(business.touches, load_funnel("voltage"), as_of=business.as_of)
    found = attribution(past, business.touches, by="channel")
    credit = {one.name: one.credits for one in found.credits}
    assert credit["web"]["first"] > 10 * credit["web"]["last"]
    assert credit["meeting"]["last"] > 10 * credit["meeting"]["first"]
    assert any(said.startswith("Web gets ") and "it opens" in said for said in found.sentences())
    assert any(said.startswith("Meeting gets ") and "it closes" in said for said in found.sentences())
