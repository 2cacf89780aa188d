"""Paths: the matrix and the flow, counted by hand and by a loop over everybody."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.estimates import Estimate, TooFewConversions
from leadline.engine.instants import NEVER
from leadline.engine.reports.paths import paths
from tests.makers import touch
from tests.traced import traced


def life(who: str, *steps: tuple[str, float, str | None]) -> list[dict[str, object]]:
    """What happened with somebody: kind, day and path of each touch."""
    return [touch(who, kind, at, **({"path": path} if path else {})) for kind, at, path in steps]


def buyer(who: str, came: str, nurtured: str, asked: str) -> list[dict[str, object]]:
    return life(
        who,
        ("liked", 0, came),
        ("mailed", 1, nurtured),
        ("called", 20, nurtured),
        ("asked", 21, asked),
        ("bought", 30, asked),
    )


def small(until: float = 100):
    """Eight who came by speaking: five hear from us by e-mail, two of whom buy there; two stay on social."""
    rows = [row for n in range(2) for row in buyer(f"s{n}", "speaking", "email", "email")]
    for n in range(2, 5):
        rows += life(f"s{n}", ("liked", 0, "speaking"), ("mailed", 2, "email"))
    for n in range(5, 8):
        rows += life(f"s{n}", ("liked", 0, "speaking"))
    rows += [row for n in range(2) for row in buyer(f"t{n}", "social", "social", "social")]
    return traced(rows, until)[1]


def moves_of(report) -> dict:
    return {
        (move["from"], move["source"], move["target"]): (move["count"], move["clients"])
        for move in report.moves()
    }


def test_everybody_moves_from_path_to_path_as_far_as_they_get():
    assert moves_of(paths(small())) == {
        ("came by", "speaking", "email"): (5, 2),
        ("came by", "social", "social"): (2, 2),
        ("nurtured by", "email", "email"): (2, 2),
        ("nurtured by", "social", "social"): (2, 2),
        ("asked by", "email", "clients"): (2, 2),
        ("asked by", "social", "clients"): (2, 2),
    }


def test_a_path_is_told_with_all_that_it_does():
    totals = {total.path: total for total in paths(small()).totals}
    facts = {
        name: (one.came, one.nurtured, one.clients, one.passed, one.closed, one.touches)
        for name, one in totals.items()
    }
    # touches: speaking 8; e-mail 3 + 2 · 4 (mailed, called, asked, bought); social 2 · 5
    assert facts == {
        "speaking": (8, 5, 2, 2, 0, 8),
        "social": (2, 2, 2, 2, 2, 10),
        "email": (0, 0, 0, 2, 2, 11),
    }
    assert totals["speaking"].nurtured_by == (("email", 5),)
    assert totals["speaking"].asked_by == (("email", 2),)


def test_the_sentences_say_where_people_came_from_and_where_they_were_won():
    assert paths(small()).sentences() == [
        "Of 10 contacts, 7 were nurtured, 4 were asked and 4 became clients.",
        "Of the clients, 2 changed paths on the way and 2 stayed on one.",
        "Most touches are on email: 38 % of 29, and 50 % of the clients passed through it.",
        f"Of 8 contacts who came by speaking, 5 {won_by('email')}.",
        f"Of 2 contacts who came by social, all {won_by('social')}.",
    ]


def won_by(path: str) -> str:
    return f"were nurtured by {path}, and 2 became clients (asked: 2 by {path})"


def test_a_path_that_brings_few_and_helps_many_is_said_so():
    rows = [row for n in range(9) for row in buyer(f"a{n}", "content", "social", "content")]
    rows += [row for n in range(2) for row in buyer(f"b{n}", "social", "social", "social")]
    said = paths(traced(rows, 100)[1]).sentences()
    assert "Social brings few clients by itself (2), but 11 of 11 clients passed through it." in said


def test_a_path_that_starts_few_and_closes_many_is_said_so_and_so_is_its_counterpart():
    rows = [row for n in range(12) for row in buyer(f"a{n}", "content", "content", "email")]
    rows += [row for n in range(3) for row in buyer(f"b{n}", "email", "email", "email")]
    said = paths(traced(rows, 100)[1]).sentences()
    assert "Email starts few and closes many: 3 of 15 clients came by it, and 15 were asked on it." in said
    assert (
        "Content starts what others close: 12 of 15 clients came by it, and 12 were asked by email." in said
    )


def test_the_matrix_has_a_row_for_each_path_and_link():
    rows = [row for n in range(12) for row in buyer(f"a{n}", "content", "content", "email")]
    rows += [
        row for n in range(20) for row in life(f"b{n}", ("liked", 0, "content"), ("mailed", 1, "content"))
    ]
    report = paths(traced(rows, 300)[1])
    cells = {(cell.path, cell.link): cell for cell in report.cells}
    nurture = cells["content", "nurture"]
    assert (nurture.before, nurture.through, nurture.touches) == (32, 12, 44)  # 32 mailed, 12 called
    assert nurture.share.value == pytest.approx(12 / 32)
    answer = cells["email", "answer"]
    assert (answer.before, answer.through, answer.share.value) == (12, 12, 1.0)
    assert cells["email", "ask"].touches == 12
    row = next(row for row in report.rows() if (row["path"], row["link"]) == ("content", "nurture"))
    assert (row["before"], row["through"], row["clients"], row["income"]) == (32, 12, 12, None)


def test_income_is_that_of_those_who_came_by_the_path():
    rows = buyer("a", "content", "content", "email") + buyer("b", "social", "social", "social")
    rows += [touch("a", "bought", 60, path="email", value=700_00, currency="EUR")]
    rows += [touch("b", "bought", 60, path="email", value=300_00, currency="EUR")]
    report = paths(traced(rows, 100)[1])
    assert {total.path: total.income for total in report.totals} == {
        "content": 700_00,
        "social": 300_00,
        "email": 0,
    }
    assert "Most income is from those who came by content: 700 EUR, 70 % of all." in report.sentences()


def test_without_paths_and_without_asks_it_says_so():
    rows = [row for n in range(12) for row in life(f"a{n}", ("liked", 0, None), ("called", 3, None))]
    report = paths(traced(rows, 100)[1])
    assert report.sentences() == [
        "Of 12 contacts, 12 were nurtured and none became clients; no ask is on record.",
        "No path is on record, so it can't be said where they came from.",
    ]


def test_a_link_that_a_path_never_does_stands_out():
    rows = [row for n in range(12) for row in buyer(f"a{n}", "content", "content", "content")]
    for n in range(15):
        rows += life(f"b{n}", ("liked", 0, "social"), ("called", 20, "social"))
    report = paths(traced(rows, 300)[1])
    never = {(cell.path, cell.link) for cell in report.cells if cell.never}
    assert ("social", "ask") in never
    assert ("content", "ask") not in never


@pytest.mark.parametrize(
    "rows",
    [
        [],
        life("a", ("liked", 0, "social")),
        life("a", ("bought", 0, "social")),
        life("a", ("liked", 0, None)) + life("b", ("opted_out", 0, "email")),
        [touch(f"a{n}", "opted_out", 0, path="email") for n in range(12)],
        [touch(f"a{n}", "liked", 0, path="email") for n in range(12)],
        [{"kind": "posted", "happened_at": "2026-01-02", "n": 100, "path": "social"}],
    ],
)
def test_tiny_logs_have_sentences_and_charts(rows):
    report = paths(traced(rows, 10)[1])
    assert report.sentences()
    json.dumps(report.rows() + report.moves(), allow_nan=False)
    for chart in (report.chart(), report.flow()):
        assert "NaN" not in charts.svg(chart)


PATHS = ("social", "email", "content", None)
KINDS = ("liked", "mailed", "called", "asked", "said_no", "bought", "opted_out")
lives = st.lists(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 60), st.sampled_from(PATHS)), max_size=6),
    min_size=1,
    max_size=14,
)


def cycles_of(everybody, names=None):
    called = names or {}
    rows = [
        row
        for n, steps in enumerate(everybody)
        for row in life(f"c{n}", *((kind, at, called.get(path, path)) for kind, at, path in steps))
    ]
    return traced(rows, 70)[1]


@settings(max_examples=40, deadline=None)
@given(lives)
def test_the_flow_conserves_people_and_agrees_with_a_loop(everybody):
    cycles = cycles_of(everybody)
    report = paths(cycles)
    expected: Counter = Counter()
    for n in range(len(cycles)):
        names = [
            cycles.paths[code[n]] if code[n] >= 0 else None
            for code in (cycles.path, cycles.nurture_path, cycles.ask_path)
        ]
        ways = zip((0, 1, 2), names, [*names[1:], "clients"], strict=True)
        reached = (min(cycles.nurtured_at[n], cycles.warm_at[n]), cycles.asked_at[n], cycles.client_at[n])
        for (step, source, target), at in zip(ways, reached, strict=True):
            if at < NEVER:
                expected[step, source, target] += 1
    called = {"path not known": None, "all": None}
    found = {
        (move.step, called.get(move.source, move.source), called.get(move.target, move.target)): move.count
        for move in report.steps
    }
    assert found == dict(expected)
    for step in (0, 1):
        into, out = Counter(), Counter()
        for move in report.steps:
            if move.step == step:
                into[move.target] += move.count
            if move.step == step + 1:
                out[move.source] += move.count
        assert all(out[name] <= into[name] for name in out)
    assert sum(total.clients for total in report.totals) == report.clients
    assert sum(total.came for total in report.totals) == report.contacts


@settings(max_examples=25, deadline=None)
@given(lives, st.permutations(["social", "email", "content"]))
def test_other_names_change_nothing_but_the_names(everybody, order):
    called = dict(zip(["social", "email", "content"], order, strict=True))
    one, two = paths(cycles_of(everybody)), paths(cycles_of(everybody, called))

    def known(report, names):
        return {
            (names.get(cell.path, cell.path), cell.link): (
                cell.before,
                cell.through,
                cell.share,
                cell.touches,
            )
            for cell in report.cells
        }

    assert known(one, called) == known(two, {})
    renamed = {
        (move.step, called.get(move.source, move.source), called.get(move.target, move.target)): move.count
        for move in one.steps
    }
    assert renamed == {(move.step, move.source, move.target): move.count for move in two.steps}


@settings(max_examples=25, deadline=None)
@given(lives, st.integers(1, 12))
def test_who_never_moves_raises_no_share_and_shares_are_shares(everybody, more):
    stays = [[("liked", 0, "social")]] * more
    before, after = (paths(cycles_of(some)) for some in (everybody, [*everybody, *stays]))
    shares = {(cell.path, cell.link): cell for cell in before.cells}
    for cell in after.cells:
        if isinstance(cell.share, Estimate):
            assert 0 <= cell.share.low <= cell.share.value <= cell.share.high <= 1
        else:
            assert cell.share is None or isinstance(cell.share, TooFewConversions)
        old = shares.get((cell.path, cell.link))
        if old and cell.before and old.before:
            assert cell.through / cell.before <= old.through / old.before + 1e-12


def test_where_nothing_of_nurturing_is_on_record_nobody_is_said_to_be_nurtured() -> None:
    rows = [row for n in range(6) for row in life(f"a{n}", ("bought", n, "web"))]
    said = paths(traced(rows, 100)[1]).sentences()
    assert said[0] == "Of 6 contacts, 6 became clients; no nurturing and no ask is on record."
    assert not any("nurtured" in one for one in said)
    report = paths(traced(life("a", ("asked", 1, "web")), 100)[1])
    assert report.sentences()[0] == (
        "Of 1 contact, 1 was asked and none became clients; no nurturing is on record."
    )
    assert [total.nurtured for total in report.totals] == [0]


def test_paths_with_the_same_income_are_not_told_apart() -> None:
    rows = [row for path in ("web", "fair") for row in life(path, ("liked", 0, path), ("mailed", 1, path))]
    rows += [touch(path, "bought", 9, path=path, value=500, currency="EUR") for path in ("web", "fair")]
    assert not any("income" in one for one in paths(traced(rows, 100)[1]).sentences())


def test_who_bought_before_any_path_was_on_record_stands_by_a_path_not_known():
    rows = [*life("ann", ("bought", 1, None)), *life("ben", ("called", 1, "social"), ("bought", 5, "social"))]
    found = paths(traced(rows, 100)[1])
    assert {total.path: total.clients for total in found.totals} == {"social": 1, "path not known": 1}


def test_where_no_ask_is_on_record_the_matrix_has_who_talked_and_became_a_client():
    rows = [row for n in range(12) for row in life(f"a{n}", ("called", 0, "web"))]
    rows += [touch(f"a{n}", "bought", 9, path="web") for n in range(3)]
    report = paths(traced(rows, 100)[1])
    cell = next(one for one in report.cells if one.link == "ask")
    assert (cell.until, cell.before, cell.through, cell.never) == ("answer", 12, 3, False)
    assert next(row for row in report.rows() if row["link"] == "ask")["until"] == "answer"
    assert "25 % became clients" in charts.svg(report.chart())
