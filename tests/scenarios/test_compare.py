"""Statements about channels: tested and compared, and by segment."""

from __future__ import annotations

from leadline.engine.comparison.economy import Ledger
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.reports.compare import compare
from leadline.engine.simulate import load_business, simulate
from leadline.engine.touches import Column, Touches
from tests.makers import day, touch


def channel(name: str, leads: int, clients: int, segment: str = "any") -> list[dict[str, object]]:
    """Rows of people who came by a path on the first day; the first of them bought on day 30."""
    people = [f"{name} {segment} {number}" for number in range(leads)]
    rows = [touch(person, "downloaded", 0, path=name, note=segment) for person in people]
    return rows + [touch(person, "bought", 30, path=name, value=100_00) for person in people[:clients]]


def test_v12_channels_are_compared_and_the_right_one_is_found() -> None:
    touches = Touches.of(channel("webinar", 200, 40) + channel("advertising", 200, 8))
    past = derive(touches, load_funnel("voltage"), as_of=day(300))
    found = compare(past, touches.first("path"))
    ahead = "20 % (between 15 and 26) of 200 contacts come to “client” within 30 days"
    assert found.sentences()[:2] == [
        f"Webinar is ahead: {ahead}. Next is advertising with 4 % (between 2 and 8) of 200.",
        "That is enough to stop comparing: the chance that webinar is the best is over 99 %.",
    ]


def test_v12_while_too_little_is_known_the_test_goes_on() -> None:
    touches = Touches.of(channel("webinar", 30, 3) + channel("advertising", 30, 2))
    past = derive(touches, load_funnel("voltage"), as_of=day(300))
    found = compare(past, touches.first("path"))
    assert not found.field.verdict.clear
    assert not found.field.verdict.close
    assert found.sentences()[1].startswith("That is not enough to stop comparing: ")


def test_v12_a_channel_is_judged_by_what_a_lead_and_a_client_cost() -> None:
    touches = Touches.of(channel("webinar", 200, 40) + channel("advertising", 200, 8))
    past = derive(touches, load_funnel("voltage"), as_of=day(300))
    ledger = Ledger({"webinar": 2_000_00, "advertising": 200_00}, currency="EUR", lead="lead")
    found = {
        entry.rival.name: entry.account
        for entry in compare(past, touches.first("path"), ledger=ledger).entries
    }
    each = {name: (one.cost_per_lead.value, one.cost_per_client.value) for name, one in found.items()}
    assert each == {"webinar": (10_00, 50_00), "advertising": (1_00, 25_00)}


def test_v12_the_channel_that_is_best_in_truth_is_found_in_a_whole_business() -> None:
    simulation = simulate(load_business("agency"), seed=3)
    past = derive(simulation.touches, load_funnel("agency"))
    found = compare(past, simulation.touches.first("path"))
    assert found.field.ranked[0].name == "referral"
    assert found.field.verdict.clear


def test_i6_how_well_a_source_works_depends_on_the_audience() -> None:
    rows = channel("social", 100, 30, "young") + channel("social", 100, 3, "old")
    rows += channel("partnership", 100, 5, "young") + channel("partnership", 100, 30, "old")
    touches = Touches.of(rows)
    past = derive(touches, load_funnel("agency"), as_of=day(300))
    found = compare(past, touches.first("path"), segment=touches.first("note"))
    leaders = {name: field.ranked[0].name for name, field in found.segments}
    assert leaders == {"young": "social", "old": "partnership"}
    assert "Which is best depends on the segment." in found.sentences()


def test_i6_a_source_that_only_had_the_easier_audience_does_not_pass_for_the_better_one() -> None:
    rows = channel("social", 100, 20, "small") + channel("social", 400, 200, "large")
    rows += channel("partnership", 400, 120, "small") + channel("partnership", 100, 60, "large")
    touches = Touches.of(rows)
    past = derive(touches, load_funnel("agency"), as_of=day(300))
    found = compare(past, touches.first("path"), segment=touches.first("note"))
    assert found.field.ranked[0].name == "social"
    assert "But in each segment partnership does better than social, by 10 points." in found.sentences()


def test_i6_any_value_of_a_contact_can_be_the_segment() -> None:
    simulation = simulate(load_business("coach"), seed=3)
    past = derive(simulation.touches, load_funnel("sales-cycle"))
    segment = Column.of(simulation.contacts["segment"])
    found = compare(past, simulation.touches.first("path"), segment=segment)
    assert {name for name, _ in found.segments} == {"team lead", "founder", "managing director"}
