"""Statements T: a blogger's suspects, leads, prospects and clients."""

from __future__ import annotations

import pytest

from leadline.engine.funnel import dump_funnel, load_funnel, parse_funnel
from leadline.engine.history import derive
from leadline.engine.reports.standing import standing
from leadline.engine.touches import Touches
from tests.makers import day, log
from tests.scenarios.lives import stage, stages, steps

TALKS = ["called 10", "replied 40", "had_meeting 70"]


def test_t1_a_brand_is_tracked_from_the_day_it_is_identified_to_the_signature_and_each_renewal() -> None:
    life = ["identified 0", "liked 5", *TALKS, "bought 100", "renewed 450", "renewed 800"]
    assert stages("top-social", life, until=900) == [
        (0, "suspect"),
        (5, "lead"),
        (70, "prospect"),
        (100, "client"),
    ]
    assert steps("top-social", life, until=900)[3:] == [
        (100, "signed"),
        (430, "renewal due"),
        (450, "signed"),
        (780, "renewal due"),
        (800, "signed"),
    ]


def test_t1_every_move_names_the_touch_that_caused_it() -> None:
    touches = Touches.of(log("Ann", "identified 0", "liked 5", *TALKS, "bought 100"))
    rows = derive(touches, load_funnel("top-social")).of_contact("Ann")
    causes = [touches.row(row["cause"])["kind"] for row in rows]
    assert causes == ["identified", "liked", "had_meeting", "bought"]


@pytest.mark.parametrize("kind", ["identified", "listed", "recorded", "advertised", "cold_emailed", "mailed"])
def test_t2_a_brand_never_met_is_a_suspect(kind: str) -> None:
    assert stage("top-social", [f"{kind} 0"], until=30) == "suspect"


@pytest.mark.parametrize(
    "kind", ["liked", "collaborated", "commented", "met", "introduced", "spoke", "visited"]
)
def test_t2_one_encounter_makes_a_lead(kind: str) -> None:
    assert stages("top-social", ["identified 0", f"{kind} 9"], until=30) == [(0, "suspect"), (9, "lead")]


def test_t3_two_talks_are_no_regular_communication() -> None:
    assert stage("top-social", ["liked 0", "called 10", "replied 40"], until=41) == "lead"


def test_t3_a_prospect_is_in_regular_communication_and_a_lead_again_when_it_stops() -> None:
    life = ["liked 0", *TALKS]
    assert stages("top-social", life, until=120) == [(0, "lead"), (70, "prospect"), (100, "lead")]


def test_t3_talks_that_go_on_keep_a_prospect() -> None:
    life = ["liked 0", *TALKS, "called 99", "called 129", "called 159"]
    assert stages("top-social", life, until=180)[1:] == [(70, "prospect")]


def test_t3_what_is_sent_without_an_answer_is_no_communication() -> None:
    assert (
        stage("top-social", ["liked 0", *(f"messaged {number}" for number in range(1, 20))], until=30)
        == "lead"
    )


def test_t3_a_client_stays_one_by_renewing() -> None:
    assert stages("top-social", ["bought 0", "renewed 390"], until=700) == [(0, "client")]


def test_t3_a_client_who_neither_renews_nor_talks_is_a_former_one() -> None:
    assert stages("top-social", ["bought 0"], until=1200) == [(0, "client"), (400, "former client")]


def test_t3_a_client_who_ends_it_is_a_former_one_at_once() -> None:
    assert stages("top-social", ["bought 0", "churned 120"], until=130) == [
        (0, "client"),
        (120, "former client"),
    ]


def test_t3_a_former_client_with_whom_one_talks_again_is_back_in_the_circles() -> None:
    life = ["bought 0", "churned 120", "called 200", "called 230", "called 260", "bought 280"]
    assert stages("top-social", life, until=310) == [
        (0, "client"),
        (120, "former client"),
        (200, "lead"),
        (260, "prospect"),
        (280, "client"),
    ]


def test_t4_a_finer_stage_is_added_in_the_file_and_needs_no_code() -> None:
    text = dump_funnel(load_funnel("top-social"))
    finer = """[[stages]]
name = "fan"
means = "Responds again and again."
when = "responded 3 times within 90 days"

[[stages]]
name = "prospect"
"""
    funnel = parse_funnel(text.replace('[[stages]]\nname = "prospect"\n', finer))
    life = ["liked 0", "liked 3", "shared 8", *TALKS]
    assert stages(funnel, life, until=80) == [(0, "lead"), (8, "fan"), (70, "prospect")]


def test_t4_adding_a_stage_leaves_what_happened_as_it_was() -> None:
    touches = Touches.of(log("Ann", "liked 0", "bought 40"))
    before = [touches.row(number) for number in range(len(touches))]
    derive(touches, load_funnel("top-social"), as_of=day(50))
    assert [touches.row(number) for number in range(len(touches))] == before


def test_t4_the_shipped_words_are_four_and_two_ways_to_leave() -> None:
    funnel = load_funnel("top-social")
    roles = [(one.name, one.role) for one in funnel.stages]
    assert roles[:4] == [("suspect", "open"), ("lead", "open"), ("prospect", "open"), ("client", "client")]
    assert {role for _, role in roles[4:]} == {"left"}


def test_t5_an_empty_stage_is_reported() -> None:
    rows = [*log("Ann", "identified 0"), *log("Bob", "liked 0"), *log("Cy", "bought 0")]
    found = standing(derive(Touches.of(rows), load_funnel("top-social")))
    counts = {row["stage"]: row["count"] for row in found.rows()}
    assert (counts["suspect"], counts["lead"], counts["prospect"], counts["client"]) == (1, 1, 0, 1)
    assert any("Nobody" in said and "“prospect”" in said for said in found.sentences())


def test_who_asks_to_be_left_alone_is_parted_and_comes_back_by_responding() -> None:
    life = ["liked 0", "opted_out 30", "liked 90"]
    assert stages("top-social", life, until=100) == [(0, "lead"), (30, "parted"), (90, "lead")]
