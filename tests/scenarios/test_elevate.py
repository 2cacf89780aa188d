"""Statements E: leads have to be followed up, prospects have shown that they are looking for something."""

from __future__ import annotations

import pytest

from leadline.engine.explain import why, why_not
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.kinds import Kinds
from leadline.engine.reports.standing import standing
from leadline.engine.touches import Touches
from tests.makers import day, log
from tests.scenarios.lives import role, stage, stages, step, steps

PITCHES = ["asked", "proposed", "invited", "offered"]


@pytest.mark.parametrize("action", ["visited", "downloaded", "attended"])
def test_e1_a_prospect_shows_interest_by_what_they_do(action: str) -> None:
    assert stages("elevate", ["subscribed 0", f"{action} 8"], until=10) == [(0, "lead"), (8, "prospect")]


def test_e1_interest_that_is_not_shown_again_fades() -> None:
    assert stages("elevate", ["downloaded 0"], until=400) == [(0, "prospect"), (180, "lead")]


def test_e2_a_need_on_record_makes_a_prospect() -> None:
    life = ["subscribed 0", "told_need 5"]
    assert stages("elevate", life, until=10) == [(0, "lead"), (5, "prospect")]
    assert step("elevate", life, until=10) == "needs known"


def test_e2_a_need_that_is_gone_makes_a_lead_again() -> None:
    assert stage("elevate", ["subscribed 0", "told_need 5", "has_no_need 9"], until=10) == "lead"


def test_e2_a_need_said_a_year_ago_has_to_be_heard_again() -> None:
    life = ["subscribed 0", "told_need 5", "told_need 205"]
    assert stages("elevate", life, until=900) == [(0, "lead"), (5, "prospect"), (570, "lead")]


@pytest.mark.parametrize("kind", ["subscribed", "filled_form", "registered"])
def test_e3_a_lead_may_have_given_a_name_and_an_address_and_no_more(kind: str) -> None:
    assert stage("elevate", [f"{kind} 0"], until=100) == "lead"


def test_e3_a_lead_is_not_qualified() -> None:
    touches = Touches.of(log("Ann", "subscribed 0"))
    prospect = next(
        gap for gap in why_not(touches, load_funnel("elevate"), "Ann") if gap.stage.name == "prospect"
    )
    assert [(row["phrase"], row["holds"]) for row in prospect.rows()] == [
        ("showed_interest within 180 days since broke_off", False),
        ("need", False),
    ]


@pytest.mark.parametrize("kind", ["clicked_ad", "followed", "clicked", "subscribed", "requested_info"])
def test_e4_leads_come_from_ads_social_media_mailings_newsletters_and_requests(kind: str) -> None:
    assert stages("elevate", [f"{kind} 0"], until=10) == [(0, "lead")]


@pytest.mark.parametrize("kind", ["advertised", "posted", "mailed", "listed"])
def test_e4_what_we_send_out_makes_no_lead_by_itself(kind: str) -> None:
    assert stage("elevate", [f"{kind} 0"], until=10) == "stranger"


def test_e6_those_who_show_more_are_further_on_than_those_who_show_less() -> None:
    lives = {
        "Nan": ["subscribed 0"],
        "Ida": ["subscribed 0", "visited 5"],
        "Ned": ["subscribed 0", "visited 5", "told_need 6"],
        "Amy": ["subscribed 0", "visited 5", "told_need 6", "offered 9"],
    }
    places = [(stage("elevate", life, 10), step("elevate", life, 10)) for life in lives.values()]
    assert places == [
        ("lead", None),
        ("prospect", "interested"),
        ("prospect", "needs known"),
        ("prospect", "being won"),
    ]


@pytest.mark.parametrize("kind", [*PITCHES, "demoed"])
def test_e7_pitches_demonstrations_and_offers_are_how_a_prospect_is_won(kind: str) -> None:
    life = ["subscribed 0", "told_need 3", f"{kind} 8", "bought 12"]
    assert steps("elevate", life, until=20) == [(0, None), (3, "needs known"), (8, "being won"), (12, None)]
    assert role("elevate", life, until=20) == "client"


@pytest.mark.parametrize("kind", PITCHES)
def test_e7_a_pitch_and_a_special_offer_are_asks(kind: str) -> None:
    kinds = Kinds.shipped()
    assert kinds.kinds[kinds.code(kind)].link == "ask"


def test_e8_where_each_one_stands_is_known_on_any_day() -> None:
    touches = Touches.of(
        [
            *log("Ann", "subscribed 0", "told_need 30"),
            *log("Bob", "clicked_ad 10", "bought 50"),
            *log("Cy", "listed 0"),
        ]
    )
    history = derive(touches, load_funnel("elevate"), as_of=day(60))

    def counts(number: int) -> dict[str, int]:
        rows = standing(history, at=day(number)).rows()
        return {row["stage"]: row["count"] for row in rows if row["count"]}

    assert counts(20) == {"stranger": 1, "lead": 2}
    assert counts(40) == {"stranger": 1, "lead": 1, "prospect": 1}
    assert counts(60) == {"stranger": 1, "prospect": 1, "customer": 1}


def test_e8_and_why_and_what_is_missing() -> None:
    touches = Touches.of(log("Ann", "subscribed 0", "told_need 30"))
    answer = why(touches, load_funnel("elevate"), "Ann", as_of=day(60))
    assert (answer.stage_name, answer.cause["kind"]) == ("prospect", "told_need")
    held = [
        (row["phrase"], [found["kind"] for found in row["touches"]]) for row in answer.rows() if row["holds"]
    ]
    assert held == [("need", ["told_need"])]
    (missing,) = why_not(touches, load_funnel("elevate"), "Ann", as_of=day(60))
    assert (missing.stage.name, missing.would_do) == ("customer", ("bought",))
