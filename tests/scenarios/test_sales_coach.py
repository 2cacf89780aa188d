"""Statements S: lead generation, nurturing and the ask, and round again."""

from __future__ import annotations

import pytest

from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.kinds import Kinds
from leadline.engine.reports.standing import standing
from leadline.engine.touches import Touches
from tests.makers import day, log, touch
from tests.scenarios.lives import role, stage, stages, step, steps

ASKS = ["asked", "proposed", "invited", "offered", "asked_renewal"]
GENERATING = {
    "networking": ["met", "introduced"],
    "content": ["posted", "visited"],
    "advertising": ["advertised", "clicked_ad"],
    "outbound": ["cold_called", "cold_emailed"],
    "social": ["followed", "liked"],
    "speaking": ["spoke"],
}


def link(kind: str) -> str:
    kinds = Kinds.shipped()
    return kinds.kinds[kinds.code(kind)].link


def test_s2_every_activity_is_lead_generation_nurturing_or_an_ask() -> None:
    ours = [kind for kind in Kinds.shipped().kinds if kind.direction != "in" and not kind.machine]
    activities = [kind for kind in ours if kind.link not in {"fact", "exit"}]
    assert {kind.link for kind in activities} == {"generate", "nurture", "ask"}


@pytest.mark.parametrize("kind", ["posted", "spoke", "mailed", "sent_content", "had_meeting", "met"])
def test_s2_a_post_a_talk_and_a_meeting_are_no_ask(kind: str) -> None:
    assert link(kind) != "ask"
    assert stage("sales-cycle", [f"{kind} {number}" for number in range(50)], until=60) != "asked"


def test_s2_only_asks_count_as_asked() -> None:
    kinds = Kinds.shipped()
    assert {kinds.kinds[code].name for code in kinds.named("asked")} == set(ASKS)
    assert {kind.name for kind in kinds.kinds if kind.link == "ask"} == set(ASKS)


@pytest.mark.parametrize(
    ("path", "kind"), [(path, kind) for path, kinds in GENERATING.items() for kind in kinds]
)
def test_s3_lead_generation_is_whatever_lets_new_people_learn_that_you_exist(path: str, kind: str) -> None:
    assert link(kind) == "generate"
    row = touch("Ann", kind, 0, path=path)
    (entry,) = derive(Touches.of([row]), load_funnel("sales-cycle"), as_of=day(1)).of_contact("Ann")
    assert entry["stage"] == "knows of you"


@pytest.mark.parametrize("kind", ["listed", "identified", "recorded"])
def test_s3_a_name_that_you_noted_does_not_know_of_you(kind: str) -> None:
    assert stage("sales-cycle", [f"{kind} 0"], until=1) == "stranger"


def test_s4_an_audience_without_names_is_counted_and_moves_nobody() -> None:
    crowd = {"kind": "advertised", "happened_at": day(0), "path": "advertising", "n": 5000}
    touches = Touches.of([crowd, touch("Ann", "bought", 9)])
    history = derive(touches, load_funnel("sales-cycle"))
    assert touches.n is not None
    assert int(touches.n[0]) == 5000
    assert list(history.subjects) == ["Ann"]
    assert [row["stage"] for row in history.rows()] == ["client"]


def test_s5_nurturing_takes_people_from_cold_to_warm() -> None:
    life = ["followed 0", "mailed 10", "read 20", "clicked 30", "had_meeting 40"]
    assert stages("sales-cycle", life, until=50) == [(0, "knows of you"), (10, "nurtured")]
    assert steps("sales-cycle", life, until=50) == [(0, None), (10, "warming"), (30, "warm")]


def test_s5_who_is_nurtured_no_longer_grows_cold() -> None:
    life = ["met 0", "had_meeting 10"]
    assert steps("sales-cycle", life, until=400)[1:] == [(10, "warm"), (100, "warming"), (190, None)]
    assert stages("sales-cycle", life, until=400)[-1] == (190, "knows of you")


@pytest.mark.parametrize("kind", ["unsubscribed", "opted_out", "went_elsewhere"])
def test_s5_those_who_leave_by_themselves_are_counted_apart(kind: str) -> None:
    life = ["subscribed 0", "mailed 10"]
    assert stages("sales-cycle", [*life, f"{kind} 20"], until=30)[-1] == (20, "moved on")
    assert stages("sales-cycle", [*life, "disqualified 20"], until=30)[-1] == (20, "not a fit")


def test_s5_the_counts_keep_the_two_ways_of_leaving_apart() -> None:
    rows = [row for name in ("Ann", "Bob") for row in log(name, "subscribed 0", "mailed 5", "unsubscribed 9")]
    rows += log("Cy", "subscribed 0", "mailed 5", "disqualified 9")
    history = derive(Touches.of(rows), load_funnel("sales-cycle"))
    counts = {row["stage"]: row["count"] for row in standing(history).rows() if row["count"]}
    assert counts == {"moved on": 2, "not a fit": 1}


def test_s5_an_address_that_bounced_has_not_left_by_itself() -> None:
    assert role("sales-cycle", ["subscribed 0", "mailed 10", "bounced 10"], until=20) == "open"


NURTURED = ["met 0", "had_meeting 10"]


@pytest.mark.parametrize("kind", ASKS)
def test_s6_an_ask_is_an_ask_in_person_by_mail_or_however(kind: str) -> None:
    assert stage("sales-cycle", [*NURTURED, f"{kind} 20"], until=30) == "asked"


@pytest.mark.parametrize("answer", ["said_yes", "bought"])
def test_s6_a_yes_makes_a_client(answer: str) -> None:
    assert stages("sales-cycle", [*NURTURED, "asked 20", f"{answer} 25"], until=30)[-1] == (25, "client")


@pytest.mark.parametrize("answer", ["said_no", "said_not_now", "lost"])
def test_s6_a_no_goes_back_to_nurturing_for_another_day(answer: str) -> None:
    life = [*NURTURED, "asked 20", f"{answer} 25", "asked 120", "said_yes 121"]
    assert [name for _, name in stages("sales-cycle", life, until=130)] == [
        "knows of you",
        "nurtured",
        "asked",
        "nurtured",
        "asked",
        "client",
    ]


def test_s6_a_no_moves_on_where_they_take_somebody_elses_offer() -> None:
    assert stage("sales-cycle", [*NURTURED, "asked 20", "went_elsewhere 25"], until=30) == "moved on"


def test_s6_an_ask_that_nobody_answers_does_not_stay_open_for_ever() -> None:
    assert stages("sales-cycle", [*NURTURED, "asked 20"], until=130)[-2:] == [
        (20, "asked"),
        (110, "nurtured"),
    ]


def test_s7_the_cycle_goes_round_again() -> None:
    life = [*NURTURED, "asked 20", "bought 25", "churned 300", "mailed 350", "asked 360", "bought 370"]
    assert [name for _, name in stages("sales-cycle", life, until=380)][3:] == [
        "client",
        "past client",
        "nurtured",
        "asked",
        "client",
    ]


def test_s7_a_client_can_be_asked_again_and_stays_a_client() -> None:
    life = [*NURTURED, "bought 20", "offered 60", "said_no 70"]
    assert steps("sales-cycle", life, until=80)[-3:] == [(20, "helped"), (60, "asked again"), (70, "helped")]
    assert stage("sales-cycle", life, until=80) == "client"


def test_s8_content_can_be_any_link_of_the_cycle_or_all() -> None:
    happened = ["visited 0", "read 10", "invited 20"]
    assert [link(text.split()[0]) for text in happened] == ["generate", "nurture", "ask"]
    rows = [row | {"path": "content"} for row in log("Ann", *happened)]
    history = derive(Touches.of(rows), load_funnel("sales-cycle"))
    assert [row["stage"] for row in history.by_stage().of_contact("Ann")] == [
        "knows of you",
        "nurtured",
        "asked",
    ]


def test_s9_people_jump_from_path_to_path_and_the_cycle_completes() -> None:
    rows = [
        touch("Ann", "met", 0, path="networking"),
        touch("Ann", "followed", 5, path="social"),
        touch("Ann", "watched", 20, path="social"),
        touch("Ann", "attended", 60, path="speaking"),
        touch("Ann", "invited", 60, path="speaking"),
        touch("Ann", "bought", 61, path="speaking"),
    ]
    touches = Touches.of(rows)
    history = derive(touches, load_funnel("sales-cycle")).by_stage()
    found = [(row["stage"], touches.row(row["cause"])["path"]) for row in history.of_contact("Ann")]
    assert found == [
        ("knows of you", "networking"),
        ("nurtured", "social"),
        ("asked", "speaking"),
        ("client", "speaking"),
    ]


def test_s9_a_cycle_without_an_ask_on_record_can_complete_too() -> None:
    assert step("sales-cycle", ["visited 0", "bought 1"], until=2) == "helped"
