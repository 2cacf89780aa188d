"""Statements I: an inbound agency's way from stranger to customer."""

from __future__ import annotations

import pytest

from leadline.engine.explain import why
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.kinds import Kinds
from leadline.engine.reports.conversion import conversion
from leadline.engine.reports.standing import standing
from leadline.engine.touches import Column, Touches
from tests.makers import day, log, touch
from tests.scenarios.lives import stage, stages, step, steps

MAGNETS = ["downloaded", "subscribed", "registered", "filled_form"]
ONE_WAY = ["mailed", "opened", "commented", "followed", "liked", "shared"]
TALKS = ["called", "replied", "asked_question", "chatted", "had_meeting"]
SOURCES = {
    "website": "filled_form",
    "social": "followed",
    "content": "downloaded",
    "email": "clicked",
    "referral": "referred",
    "advertising": "clicked_ad",
    "partnership": "introduced",
}


def test_i1_every_customer_starts_as_a_stranger() -> None:
    touches = Touches.of([*log("Ann", "listed 0", "downloaded 5", "bought 30"), *log("Bob", "bought 9")])
    history = derive(touches, load_funnel("agency"))
    at_first = standing(history, at=day(0)).rows()
    assert {row["stage"]: row["count"] for row in at_first if row["count"]} == {"stranger": 2}
    assert {row["stage"] for row in history.rows() if row["left_at"] is None} == {"customer"}


@pytest.mark.parametrize("kind", MAGNETS)
def test_i2_a_lead_shares_contact_data_in_exchange_for_something(kind: str) -> None:
    assert stages("agency", [f"{kind} 0"], until=30) == [(0, "lead")]
    kinds = Kinds.shipped()
    assert kinds.code(kind) in kinds.named("gave_contact") & kinds.setting("reachable")


def test_i2_a_company_is_a_lead_as_a_person_is() -> None:
    rows = [touch("Ann", "downloaded", 0, company="Acme"), touch("Bob", "called", 5, company="Acme")]
    rows += [touch("Cy", "listed", 0, company="Bolt")]
    history = derive(Touches.of(rows), load_funnel("agency"), as_of=day(9), of="company")
    assert [row["stage"] for row in history.of_contact("Acme")] == ["lead"]
    assert history.of_contact("Bolt") == []


@pytest.mark.parametrize("kind", ONE_WAY)
def test_i3_communication_with_leads_goes_one_way(kind: str) -> None:
    kinds = Kinds.shipped()
    assert kinds.kinds[kinds.code(kind)].direction in {"out", "in"}
    assert kinds.code(kind) not in kinds.named("conversed")


def test_i3_however_much_of_it_there_is_it_makes_no_prospect() -> None:
    life = ["matched_profile 0", *(f"{kind} {number}" for number, kind in enumerate(ONE_WAY * 3))]
    assert "prospect" not in {name for _, name in stages("agency", life, until=30)}


def test_i3_every_talk_goes_both_ways() -> None:
    kinds = Kinds.shipped()
    assert {kinds.kinds[code].direction for code in kinds.named("conversed")} == {"both"}


@pytest.mark.parametrize("kind", ["filled_form", "downloaded", "clicked_ad", "requested_info"])
def test_i4_inbound_leads_come_by_themselves(kind: str) -> None:
    assert stage("agency", [f"{kind} 0"], until=1) == "lead"


@pytest.mark.parametrize("kind", ["listed", "cold_called", "cold_emailed", "messaged", "advertised", "asked"])
def test_i4_outbound_contacts_become_leads_only_when_they_show_attention(kind: str) -> None:
    assert stages("agency", [f"{kind} 0", f"{kind} 5"], until=30) == []
    assert stages("agency", [f"{kind} 0", "replied 5"], until=30) == [(5, "lead")]


def test_i5_all_seven_sources_bring_leads_and_are_told_apart() -> None:
    rows = [touch(path, kind, 0, path=path) for path, kind in SOURCES.items()]
    touches = Touches.of(rows)
    history = derive(touches, load_funnel("agency"), as_of=day(1))
    found = standing(history, by=touches.first("path")).rows()
    assert {row["group"] for row in found if row["stage"] == "lead" and row["count"] == 1} == set(SOURCES)


def test_i6_how_well_a_source_works_is_compared_by_segment() -> None:
    rows, sectors = [], {}
    for sector, buyers in (("retail", 1), ("software", 3)):
        for number in range(4):
            name = f"{sector} {number}"
            sectors[name] = sector
            rows += [touch(name, "clicked_ad", 0, path="advertising")]
            rows += [touch(name, "bought", 20)] if number < buyers else []
    touches = Touches.of(rows)
    by = Column.of(sectors[name] for name in touches.contact.labels)
    history = derive(touches, load_funnel("agency"), as_of=day(60))
    found = conversion(history, "lead", "customer", by=by).rows()
    assert {row["group"]: (row["entered"], row["converted"]) for row in found} == {
        "retail": (4, 1),
        "software": (4, 3),
    }


@pytest.mark.parametrize("talk", TALKS)
def test_i7_a_prospect_interacts_actively_and_matches_the_ideal_customer(talk: str) -> None:
    life = ["subscribed 0", f"{talk} 5", "matched_profile 9"]
    assert stages("agency", life, until=10) == [(0, "lead"), (9, "prospect")]


def test_i7_who_talks_and_does_not_match_is_no_prospect() -> None:
    assert stage("agency", ["subscribed 0", "called 5", "mismatched_profile 9"], until=10) == "lead"


def test_i7_who_matches_and_does_not_talk_is_no_prospect() -> None:
    assert stage("agency", ["subscribed 0", "matched_profile 9"], until=10) == "marketing-qualified"


def test_i7_who_turns_out_not_to_match_is_a_prospect_no_longer() -> None:
    life = ["subscribed 0", "called 5", "matched_profile 9", "mismatched_profile 20"]
    assert stages("agency", life, until=30)[1:] == [(9, "prospect"), (20, "lead")]


def test_the_five_stages_come_one_after_the_other() -> None:
    life = [
        "downloaded 0",
        "read 10",
        "attended 20",
        "told_need 30",
        "called 40",
        "matched_profile 45",
        "bought 60",
    ]
    assert stages("agency", life, until=70) == [
        (0, "lead"),
        (20, "marketing-qualified"),
        (30, "sales-qualified"),
        (45, "prospect"),
        (60, "customer"),
    ]


def test_i8_what_marks_a_prospect_can_be_read_off() -> None:
    life = ["downloaded 0", "attended 5", "told_need 10", "called 15", "matched_profile 20"]
    answer = why(Touches.of(log("Ann", *life)), load_funnel("agency"), "Ann", as_of=day(30))
    assert answer.stage_name == "prospect"
    marks = {row["phrase"]: row["holds"] for row in answer.rows()}
    assert marks == {
        "conversed within 180 days since broke_off": True,
        "fit": True,
        "engaged within 180 days since broke_off": False,
    }


def test_i8_a_prospect_advances_from_awareness_to_consideration() -> None:
    life = ["called 0", "matched_profile 0", "compared 20"]
    assert steps("agency", life, until=30) == [(0, "aware"), (20, "considering")]


def test_i8_a_prospect_with_whom_communication_stops_is_none_any_more() -> None:
    life = ["called 0", "matched_profile 0"]
    assert stages("agency", life, until=300) == [(0, "prospect"), (180, "marketing-qualified")]


def test_i9_leads_are_marketings_and_prospects_are_sales() -> None:
    owners = {one.name: one.owner for one in load_funnel("agency").stages}
    assert (owners["lead"], owners["marketing-qualified"]) == ("marketing", "marketing")
    assert (owners["sales-qualified"], owners["prospect"]) == ("sales", "sales")


@pytest.mark.parametrize("kind", ["sent_content", "read", "watched"])
def test_i10_nurturing_gives_articles_case_studies_and_videos(kind: str) -> None:
    kinds = Kinds.shipped()
    assert kinds.kinds[kinds.code(kind)].link == "nurture"
    assert step("sales-cycle", ["listed 0", f"{kind} 1"], until=2) == "warming"
