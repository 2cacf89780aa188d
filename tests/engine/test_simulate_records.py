"""What a simulated business has on record: audiences in the log, people who are in it twice, days gone by."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.clocks import last_of
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import NEVER
from leadline.engine.simulate import (
    BadBusiness,
    client_chances,
    expected_clients,
    load_business,
    shipped_businesses,
    simulate,
)
from leadline.engine.touches import MISSING

FUNNEL = load_funnel("sales-cycle")


def rows_of(history):
    labels = history.subjects
    columns = (history.contact, history.stage, history.entered_at, history.left_at)
    return sorted(
        (str(labels[who]), *rest) for who, *rest in zip(*(c.tolist() for c in columns), strict=True)
    )


@pytest.mark.parametrize("name", shipped_businesses())
def test_the_log_has_every_touch_and_every_audience(name):
    simulation = simulate(load_business(name), seed=1)
    log, touches, audience = simulation.log, simulation.touches, simulation.audience
    unknown = log.contact.codes < 0
    assert len(log) == len(touches) + len(audience["n"])
    assert log.n[unknown].tolist() == audience["n"].tolist()
    assert (log.n[~unknown] == MISSING).all()
    assert log.columns["path"].take(unknown).values() == audience["path"].tolist()
    kinds = [log.kinds.kinds[kind].name for kind in log.kind[unknown]]
    assert kinds == audience["kind"].tolist()
    assert len(set(log.id.values())) == len(log)
    assert log.id.values() == sorted(log.id.values())
    for column in touches.columns:
        assert log.columns[column].take(~unknown).values() == touches.columns[column].values()


@pytest.mark.parametrize("name", shipped_businesses())
def test_audiences_change_the_stage_of_nobody(name):
    simulation = simulate(load_business(name), seed=2)
    alone = derive(simulation.touches, FUNNEL, as_of=simulation.as_of)
    assert rows_of(derive(simulation.log, FUNNEL, as_of=simulation.as_of)) == rows_of(alone)


def test_cycles_count_the_audience_that_was_reached():
    simulation = simulate(load_business("saas"), seed=3)
    cycles = trace_cycles(simulation.log, derive(simulation.log, FUNNEL, as_of=simulation.as_of))
    for place, path in enumerate(cycles.paths):
        if simulation.business.path(path).cycle == "open" and path != "email":
            counted = cycles.audience.n[cycles.audience.path == place].sum()
            assert counted == simulation.truth.link(path, "generate").tried


def test_a_business_without_open_paths_has_a_log_without_audiences():
    business = load_business("coach")
    closed = [path.model_copy(update={"cycle": "closed", "jumps": {}}) for path in business.paths[:1]]
    simulation = simulate(business.replaced(paths=closed), seed=4)
    assert simulation.log.id.values() == simulation.touches.id.values()
    assert (simulation.log.contact.codes >= 0).all()


def test_what_was_known_on_a_day_had_happened_and_been_recorded():
    simulation = simulate(load_business("b2b-team"), seed=5)
    day = last_of("2025-12-31")
    known = simulation.known_at("2025-12-31")
    on_time = simulation.recorded_at <= day
    counted = simulation.audience["happened_at"].astype(np.int64) <= day
    assert (simulation.touches.happened_at[~on_time] <= day).any()
    ids = simulation.touches.id.take(on_time).values()
    assert known.id.values()[: len(ids)] == ids
    assert len(known) == on_time.sum() + counted.sum()


def test_nobody_is_known_before_the_first_touch():
    simulation = simulate(load_business("coach"), seed=6)
    known = simulation.known_at("2025-01-31")
    assert sorted(set(known.contact.codes[known.contact.codes >= 0])) == list(
        range(len(known.contact.labels))
    )
    first = dict(
        zip(simulation.touches.contact.values(), simulation.touches.happened_at.tolist(), strict=True)
    )
    assert set(known.contact.labels) <= set(first)
    row = known.row(0)
    assert row["contact"] in known.contact.labels
    assert simulation.touches.row(simulation.touches.id.values().index(row["id"])) == row


def test_all_is_known_at_the_end():
    simulation = simulate(load_business("agency"), seed=7)
    assert simulation.known_at("2026-06-30").id.values() == simulation.log.id.values()


def test_nothing_is_known_before_the_start():
    assert len(simulate(load_business("agency"), seed=7).known_at("2023-01-01")) == 0


def twice(name, rate, seed, **flaws):
    return simulate(load_business(name).replaced(flaws={"twin_rate": rate, **flaws}), seed=seed)


def test_as_many_people_are_on_record_twice_as_declared():
    simulation = twice("coach", 0.2, 8)
    contact, recording = simulation.truth.contact, simulation.truth.recording
    recorded = np.bincount(recording.rows.person[recording.on_record], minlength=len(contact))
    could_be = int(((recorded > 1) & (contact >= 0)).sum())
    twins = int((recording.twin >= 0).sum())
    assert could_be > 500
    assert abs(twins - 0.2 * could_be) <= 4.5 * np.sqrt(0.16 * could_be)
    assert len(simulation.contacts["id"]) == (contact >= 0).sum() + twins


def test_merging_them_again_gives_what_a_clean_record_has():
    clean, simulation = twice("agency", 0, 9), twice("agency", 0.3, 9)
    merged = simulation.truth.merged
    assert len(merged) > 50
    assert set(simulation.touches.contact.values()) > set(clean.touches.contact.values())
    both = derive(simulation.touches, FUNNEL, as_of=simulation.as_of, merged=merged)
    assert len(rows_of(both)) == len(rows_of(derive(clean.touches, FUNNEL, as_of=clean.as_of)))
    stages = (both.stage.tolist(), both.entered_at.tolist())
    again = derive(clean.touches, FUNNEL, as_of=clean.as_of)
    assert sorted(zip(*stages, strict=True)) == sorted(
        zip(again.stage.tolist(), again.entered_at.tolist(), strict=True)
    )


def test_the_second_contact_has_the_later_touches_of_the_same_person():
    simulation = twice("coach", 0.3, 10)
    touches, contacts = simulation.touches, simulation.contacts
    place = {label: number for number, label in enumerate(contacts["id"])}
    first, last = np.full(len(place), NEVER), np.zeros(len(place), dtype=np.int64)
    who = np.array([place[label] for label in touches.contact.values()])
    np.minimum.at(first, who, touches.happened_at)
    np.maximum.at(last, who, touches.happened_at)
    for second, kept in simulation.truth.merged.items():
        assert last[place[kept]] <= first[place[second]]
        assert contacts["name"][place[kept]] == contacts["name"][place[second]]
        assert contacts["email"][place[kept]] != contacts["email"][place[second]]


def test_twins_leave_everything_else_as_it_was():
    clean, simulation = twice("saas", 0, 11), twice("saas", 0.1, 11)
    assert clean.touches.id.values() == simulation.touches.id.values()
    assert np.array_equal(clean.touches.happened_at, simulation.touches.happened_at)
    assert np.array_equal(clean.touches.kind, simulation.touches.kind)
    assert np.array_equal(clean.truth.contact, simulation.truth.contact)
    assert clean.truth.merged == {}


@pytest.mark.parametrize("name", shipped_businesses())
def test_as_many_clients_come_as_arithmetic_expects(name):
    business = load_business(name).scaled(10)
    lives = simulate(business, seed=12).truth.journeys
    reached = np.bincount(lives.occasions.path, lives.occasions.reached, len(business.paths))
    expected = expected_clients(business, reached)
    came = np.bincount(lives.path[lives.bought_at < NEVER], minlength=len(business.paths))
    assert (abs(came - expected) <= 4.5 * np.sqrt(expected) + 1e-9).all()


def test_a_chance_worked_out_by_hand():
    path = {"generate_rate": 0.5, "skip_rate": 0.2, "nurture_rate": 0.4, "ask_rate": 0.5, "yes_rate": 0.4}
    other = path | {"name": "social", "nurture_rate": 0.1, "ask_rate": 1, "yes_rate": 0.2, "generate_rate": 0}
    paths = [path | {"name": "networking", "jumps": {"social": 0.25}, "ask_jumps": {"social": 0.5}}, other]
    again = {"rate": 0.5, "yes_factor": 0.5, "asks_at_most": 2}
    business = load_business("coach").replaced(paths=paths, again=again)
    # yes to an ask: 0.4 + 0.6 · 0.5 · 0.2 = 0.46 on networking, 0.2 + 0.8 · 0.5 · 0.1 = 0.24 on social
    # who talked on networking: 0.5 · 0.5 · 0.46 + 0.5 · 1 · 0.24 = 0.235; on social: 0.24
    # leads: a fifth skips, to 0.235; of the others 0.75 · 0.4 · 0.235 + 0.25 · 0.1 · 0.24 = 0.0765 buy
    assert client_chances(business) == pytest.approx([0.5 * (0.2 * 0.235 + 0.8 * 0.0765), 0])


def test_a_missing_link_is_worth_all_that_went_through_it():
    business = load_business("coach")
    leaky = business.with_leak("referral", "ask")
    lost = client_chances(business) - client_chances(leaky)
    names = [path.name for path in business.paths]
    assert lost[names.index("referral")] == pytest.approx(client_chances(business)[names.index("referral")])
    assert lost[names.index("networking")] == 0


def test_who_moves_before_the_ask_may_differ_from_who_moves_before_nurturing():
    business = load_business("coach").with_path("networking", ask_jumps={"referral": 0.4})
    lives = simulate(business.scaled(5), seed=13).truth.journeys
    names = [path.name for path in business.paths]
    talked = (lives.nurture_path == names.index("networking")) & (lives.warm_at < NEVER)
    moved = lives.ask_path[talked] == names.index("referral")
    assert abs(moved.sum() - 0.4 * talked.sum()) <= 4.5 * np.sqrt(0.24 * talked.sum())
    assert set(lives.ask_path[talked]) == {names.index("networking"), names.index("referral")}


@pytest.mark.parametrize("field", ["jumps", "ask_jumps"])
def test_nobody_jumps_to_a_path_that_does_not_exist(field):
    business = load_business("coach")
    with pytest.raises((BadBusiness, ValueError), match="which is no path of this business"):
        business.with_path("networking", **{field: {"nowhere": 0.4}})
