"""Statements V: prospects, leads, opportunities and clients; and the same people as buyers on their way."""

from __future__ import annotations

import pytest

from leadline.engine.funnel import dump_funnel, load_funnel, parse_funnel
from leadline.engine.history import derive
from leadline.engine.reports.conversion import conversion
from leadline.engine.touches import Touches
from leadline.engine.what_if import what_if
from tests.makers import day, log, touch
from tests.scenarios.lives import role, stage, stages, step, steps

QUALIFYING = {
    "need": ("told_need", "has_no_need"),
    "budget": ("told_budget", "withdrew_budget"),
    "authority": ("has_authority", "lacks_authority"),
    "timeline": ("gave_timeline", "dropped_timeline"),
}
RESPONSES = ["visited", "clicked", "liked", "met", "downloaded", "registered", "attended", "requested_info"]


def test_v1_a_prospect_is_a_name_on_a_list_and_the_lists_provenance_is_kept() -> None:
    rows = [
        touch("Ann", "listed", 0, path="list", campaign="Chamber of commerce, spring"),
        touch("Ann", "mailed", 3),
    ]
    touches = Touches.of(rows)
    history = derive(touches, load_funnel("voltage"), as_of=day(10))
    (row,) = history.of_contact("Ann")
    assert row["stage"] == "prospect"
    assert touches.row(row["cause"])["campaign"] == "Chamber of commerce, spring"
    assert touches.first("campaign").values() == ["Chamber of commerce, spring"]


def test_v1_marketing_to_a_prospect_makes_nothing_more_of_them() -> None:
    assert (
        stage("voltage", ["listed 0", "mailed 3", "advertised 5", "cold_called 8", "opened 9"], 20)
        == "prospect"
    )


@pytest.mark.parametrize("kind", RESPONSES)
def test_v2_a_lead_responded_positively_to_a_piece_of_marketing(kind: str) -> None:
    assert stages("voltage", ["listed 0", "mailed 3", f"{kind} 4"], until=10) == [
        (0, "prospect"),
        (4, "lead"),
    ]


@pytest.mark.parametrize("kind", ["unsubscribed", "opted_out", "said_no", "bounced"])
def test_v2_a_no_is_a_response_but_not_a_positive_one(kind: str) -> None:
    assert stage("voltage", ["listed 0", "mailed 3", f"{kind} 4"], until=10) not in {"lead", "opportunity"}


def test_v2_which_piece_it_was_and_from_which_source_is_known() -> None:
    rows = [
        touch("Ann", "listed", 0),
        touch("Ann", "downloaded", 9, path="content", channel="web", content="White paper on pumps"),
    ]
    touches = Touches.of(rows)
    lead = derive(touches, load_funnel("voltage")).of_contact("Ann")[-1]
    piece = touches.row(lead["cause"])
    assert (lead["stage"], piece["path"], piece["content"]) == ("lead", "content", "White paper on pumps")


def test_v3_an_opportunity_is_a_lead_that_is_qualified_and_ready_to_talk() -> None:
    life = ["listed 0", "downloaded 5", "called 20", "told_need 20"]
    assert stages("voltage", life, until=30) == [(0, "prospect"), (5, "lead"), (20, "opportunity")]


def test_v3_qualified_but_not_ready_to_talk_is_no_opportunity_yet() -> None:
    assert stage("voltage", ["listed 0", "liked 5", "has_authority 6"], until=30) == "lead"


def test_v3_ready_but_not_qualified_is_no_opportunity_yet() -> None:
    assert stage("voltage", ["listed 0", "downloaded 5", "called 20"], until=30) == "lead"


def test_v3_referral_enters_as_opportunity() -> None:
    assert stages("voltage", ["referred 0", "told_need 0"], until=30) == [(0, "opportunity")]


def test_v3_an_opportunity_that_falls_silent_is_a_lead_again() -> None:
    life = ["downloaded 5", "called 20", "told_need 20"]
    assert stages("voltage", life, until=300) == [(5, "lead"), (20, "opportunity"), (200, "lead")]


@pytest.mark.parametrize("kind", [said for said, _ in QUALIFYING.values()])
def test_v4_any_one_of_need_budget_authority_and_timeline_qualifies(kind: str) -> None:
    assert stages("voltage", ["downloaded 0", "replied 3", f"{kind} 5"], until=10)[-1] == (5, "opportunity")


@pytest.mark.parametrize(("said", "taken_back"), list(QUALIFYING.values()))
def test_v4_what_is_contradicted_no_longer_qualifies(said: str, taken_back: str) -> None:
    life = ["downloaded 0", "replied 3", f"{said} 5", f"{taken_back} 9"]
    assert stages("voltage", life, until=10) == [(0, "lead"), (5, "opportunity"), (9, "lead")]


def test_v4_a_date_that_was_said_long_ago_no_longer_qualifies() -> None:
    life = ["downloaded 0", "gave_timeline 0", "called 0", "called 150"]
    assert stages("voltage", life, until=200) == [(0, "opportunity"), (180, "lead")]


def test_v4_how_many_are_needed_is_a_setting() -> None:
    text = dump_funnel(load_funnel("voltage")).replace("at_least = 1", "at_least = 2")
    stricter = parse_funnel(text)
    assert stage(stricter, ["downloaded 0", "called 3", "told_need 5"], until=10) == "lead"
    assert (
        stage(stricter, ["downloaded 0", "called 3", "told_need 5", "told_budget 6"], until=10)
        == "opportunity"
    )


def test_v4_what_a_stricter_setting_would_change_is_known_beforehand() -> None:
    ann, bob = (
        ["downloaded 0", "called 3", "told_need 5"],
        ["downloaded 0", "called 3", "told_need 5", "told_budget 6"],
    )
    touches = Touches.of([*log("Ann", *ann), *log("Bob", *bob)])
    stricter = parse_funnel(dump_funnel(load_funnel("voltage")).replace("at_least = 1", "at_least = 2"))
    assert what_if(touches, load_funnel("voltage"), stricter).moves() == {("opportunity", "lead"): ["Ann"]}


@pytest.mark.parametrize(
    "path", [["bought 0"], ["listed 0", "cold_called 1", "bought 2"], ["lost 0", "bought 1"]]
)
def test_v5_a_client_has_purchased(path: list[str]) -> None:
    assert stage("voltage", path, until=1000) == "client"


def test_v5_a_yes_is_no_purchase_yet() -> None:
    assert role("voltage", ["downloaded 0", "asked 3", "said_yes 4"], until=10) == "open"


def test_v5_a_client_who_leaves_and_buys_again_is_a_client_again() -> None:
    life = ["bought 0", "churned 100", "visited 200", "bought 250"]
    assert stages("voltage", life, until=300) == [
        (0, "client"),
        (100, "former client"),
        (200, "lead"),
        (250, "client"),
    ]


def test_v6_an_opportunity_has_steps_of_its_own() -> None:
    life = ["referred 0", "told_need 0", "had_meeting 10", "proposed 20", "said_not_now 30"]
    assert steps("voltage", life, until=40) == [(0, "qualified"), (10, "in talks"), (20, "asked"), (30, None)]
    assert stages("voltage", life, until=40) == [(0, "opportunity"), (30, "lead")]


RESEARCH = ["felt_pain 0", "read 10", "decided_to_fix 20", "requested_info 30"]
EXECUTION = ["compared 40", "had_meeting 50", "trialed 60", "checked_reference 70", "bought 80"]


def test_v7_research_goes_from_attention_to_interest_desire_and_action() -> None:
    assert steps("buyer-journey", RESEARCH, until=35) == [
        (0, "attention"),
        (10, "interest"),
        (20, "desire"),
        (30, "action"),
    ]
    assert stages("buyer-journey", RESEARCH, until=35) == [(0, "research")]


@pytest.mark.parametrize("event", ["felt_pain", "saw_gain"])
def test_v7_a_painful_or_a_pleasant_event_sets_off_attention(event: str) -> None:
    assert step("buyer-journey", [f"{event} 0"], until=1) == "attention"


def test_v8_execution_goes_from_awareness_to_interest_trial_proof_and_purchase() -> None:
    found = steps("buyer-journey", RESEARCH + EXECUTION, until=90)[4:]
    assert found == [(40, "awareness"), (50, "interest"), (60, "trial"), (70, "proof"), (80, None)]
    assert stages("buyer-journey", RESEARCH + EXECUTION, until=90)[1:] == [
        (40, "execution"),
        (80, "purchase"),
    ]


@pytest.mark.parametrize("kind", ["demoed", "trialed"])
def test_v8_a_demonstration_is_a_trial_as_a_test_drive_is(kind: str) -> None:
    assert step("buyer-journey", [f"{kind} 0"], until=1) == "trial"


def test_v9_marketing_owns_research_and_sales_execution() -> None:
    owners = {one.name: one.owner for one in load_funnel("buyer-journey").stages}
    assert (owners["research"], owners["execution"], owners["purchase"]) == ("marketing", "sales", "sales")


def test_v9_the_hand_over_is_a_move_with_its_day_and_its_cause() -> None:
    touches = Touches.of(log("Ann", *RESEARCH, *EXECUTION))
    handed = derive(touches, load_funnel("buyer-journey")).by_stage().of_contact("Ann")[1]
    assert (handed["stage"], handed["entered_at"]) == ("execution", day(40))
    assert touches.row(handed["cause"])["kind"] == "compared"


def test_v10_buyers_jump_ahead() -> None:
    life = ["checked_reference 0", "bought 5"]
    assert stages("buyer-journey", life, until=10) == [(0, "execution"), (5, "purchase")]
    assert step("buyer-journey", life, until=4) == "proof"


def test_v10_buyers_fall_back() -> None:
    life = ["had_meeting 0", "told_need 0", "trialed 10", "said_not_now 20", "read 30", "had_meeting 60"]
    assert stages("buyer-journey", life, until=70) == [(0, "execution"), (20, "research"), (60, "execution")]
    assert step("buyer-journey", life, until=40) == "desire"


def test_v10_every_move_backwards_is_kept_in_the_history() -> None:
    life = ["listed 0", "downloaded 5", "called 20", "told_need 20", "has_no_need 30", "told_need 40"]
    assert [name for _, name in stages("voltage", life, until=50)] == [
        "prospect",
        "lead",
        "opportunity",
        "lead",
        "opportunity",
    ]


def test_v12_channels_are_compared_by_what_becomes_of_their_people() -> None:
    rows = []
    for number in range(4):
        rows += [
            touch(f"ad {number}", "clicked_ad", 0, channel="web"),
            touch(f"fair {number}", "met", 0, channel="event"),
        ]
    rows += [touch(f"fair {number}", "bought", 20) for number in range(3)] + [touch("ad 0", "bought", 20)]
    touches = Touches.of(rows)
    history = derive(touches, load_funnel("voltage"), as_of=day(60))
    compared = conversion(history, "lead", "client", by=touches.first("channel"))
    counts = {row["group"]: (row["entered"], row["converted"]) for row in compared.rows()}
    assert counts == {"web": (4, 1), "event": (4, 3)}


def test_v13_the_same_person_has_different_names_in_different_vocabularies() -> None:
    life = ["listed 0", "downloaded 5"]
    names = {name: stage(name, life, until=10) for name in ("top-social", "voltage", "elevate", "agency")}
    assert names == {"top-social": "lead", "voltage": "lead", "elevate": "prospect", "agency": "lead"}


def test_v13_a_prospect_comes_before_a_lead_here_and_after_one_there() -> None:
    life = ["listed 0", "downloaded 5", "called 20", "matched_profile 20"]
    assert [name for _, name in stages("voltage", life, until=30)] == ["prospect", "lead"]
    assert [name for _, name in stages("agency", life, until=30)] == ["lead", "prospect"]
