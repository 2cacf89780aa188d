"""What holds of every history: its rows, its stages, whose it is, and that asking changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.errors import BadFunnel, BadTouches, TooManyAtoms, UnknownContact
from leadline.engine.funnel import dump_funnel, load_funnel, shipped_funnels
from leadline.engine.history import History, derive
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Touches
from tests import oracle
from tests.makers import (
    as_oracle_rows,
    day,
    document,
    few_kinds,
    funnel_of,
    log,
    log_rows,
    shipped_words,
    stage,
    touch,
    touches_of,
)
from tests.oracle import DAY, Touch
from tests.strategies import WORDS, as_ofs, crowds, examples, funnels

if TYPE_CHECKING:
    from tests.oracle import Row

Crowd = dict[str, list[Touch]]


def history_of(funnel: dict[str, object], crowd: Crowd, as_of: int) -> History:
    return derive(touches_of(crowd), funnel_of(funnel), as_of)


@examples(200)
@given(funnels(), crowds(), as_ofs)
def test_rows_run_without_gaps_from_the_first_stage_to_as_of(
    funnel: dict[str, object], crowd: Crowd, as_of: int
) -> None:
    history = history_of(funnel, crowd, as_of)
    order = list(zip(history.contact.tolist(), history.entered_at.tolist(), strict=True))
    assert order == sorted(order)
    for row in range(len(history)):
        first = row == 0 or history.contact[row - 1] != history.contact[row]
        last = row == len(history) - 1 or history.contact[row + 1] != history.contact[row]
        assert history.entered_at[row] <= as_of
        assert history.left_at[row] == (NEVER if last else history.entered_at[row + 1])
        assert history.entered_at[row] < history.left_at[row]
        if first:
            assert history.stage[row] > 0
        else:
            places = [(history.stage[r], history.step[r]) for r in (row - 1, row)]
            assert places[0] != places[1]


@examples(150)
@given(funnels(), crowds(), as_ofs)
def test_by_stage_is_the_history_of_the_funnel_without_its_steps(
    funnel: dict[str, object], crowd: Crowd, as_of: int
) -> None:
    joined = history_of(funnel, crowd, as_of).by_stage()
    bare = funnel | {"stages": [{k: v for k, v in one.items() if k != "steps"} for one in funnel["stages"]]}
    found = as_oracle_rows(joined, touches_of(crowd))
    for name, touches in crowd.items():
        wanted = oracle.history(bare, touches, as_of, WORDS)
        assert [without_cause(row) for row in found[name]] == [without_cause(row) for row in wanted]
    assert not joined.step.any()


def without_cause(row: Row) -> Row:
    """A step's phrase may have changed in the same instant, later than the stage's: then it is the cause."""
    return replace(row, cause=None)


@examples(100)
@given(funnels(), crowds(), as_ofs)
def test_the_rows_as_dicts_say_the_same(funnel: dict[str, object], crowd: Crowd, as_of: int) -> None:
    touches = touches_of(crowd)
    history = derive(touches, funnel_of(funnel), as_of)
    for name, rows in as_oracle_rows(history, touches).items():
        said = history.of_contact(name)
        assert [(row.stage or "stranger", row.step) for row in rows] == [
            (r["stage"], r["step"]) for r in said
        ]
        assert [row.left is None for row in rows] == [r["left_at"] is None for r in said]
        assert [row.cause for row in rows] == [
            None if r["cause"] is None else touches.row(r["cause"])["id"] for r in said
        ]
    assert [row["contact"] for row in history.rows()] == [
        history.subjects[number] for number in history.contact.tolist()
    ]


@examples(80)
@given(st.lists(funnels(), min_size=2, max_size=3), crowds(), as_ofs)
def test_several_funnels_run_over_the_same_touches_and_leave_them_as_they_are(
    vocabularies: list[dict[str, object]], crowd: Crowd, as_of: int
) -> None:
    touches = touches_of(crowd)
    before = [column.copy() for column in (touches.kind, touches.happened_at, touches.contact.codes)]
    found = [as_oracle_rows(derive(touches, funnel_of(funnel), as_of), touches) for funnel in vocabularies]
    for funnel, rows in zip(vocabularies, found, strict=True):
        assert rows == {name: oracle.history(funnel, log, as_of, WORDS) for name, log in crowd.items()}
    for column, now in zip(before, (touches.kind, touches.happened_at, touches.contact.codes), strict=True):
        np.testing.assert_array_equal(column, now)


@examples(120)
@given(funnels(), crowds("ann", "ben", "cyd", "dee"), as_ofs)
def test_the_history_of_a_company_is_that_of_all_touches_of_its_people(
    funnel: dict[str, object], crowd: Crowd, as_of: int
) -> None:
    company_of = {"ann": "Acme", "ben": "Bolt", "cyd": "Acme", "dee": None}
    rows = [row | {"company": company_of[row["contact"]]} for row in log_rows(crowd)]
    touches = Touches.of(rows, few_kinds())
    found = as_oracle_rows(derive(touches, funnel_of(funnel), as_of, of="company"), touches)
    together = {"Acme": crowd["ann"] + crowd["cyd"], "Bolt": crowd["ben"]}
    assert found == {name: oracle.history(funnel, log, as_of, WORDS) for name, log in together.items()}


def test_a_persons_touches_count_for_the_company_also_where_the_row_leaves_the_company_blank() -> None:
    """A company's touches are all touches of its people; few logs repeat the company on every row."""
    rows = [touch("ann", "liked", 0, company="Acme"), *log("ann", "called 1")]
    history = derive(
        Touches.of(rows, few_kinds()), funnel_of(document(stage("lead", ["liked", "called"]))), of="company"
    )
    assert [row["stage"] for row in history.of_contact("Acme")] == ["lead"]


@examples(120)
@given(funnels(), crowds("ann", "ben", "cyd", "dee"), as_ofs)
def test_whoever_was_merged_is_one_subject(funnel: dict[str, object], crowd: Crowd, as_of: int) -> None:
    touches = touches_of(crowd)
    merged = {"dee": "cyd", "cyd": "ann", "nobody": "ben"}
    found = as_oracle_rows(derive(touches, funnel_of(funnel), as_of, merged=merged), touches)
    one = {"ann": crowd["ann"] + crowd["cyd"] + crowd["dee"], "ben": crowd["ben"]}
    assert found == {name: oracle.history(funnel, log, as_of, WORDS) for name, log in one.items()}
    assert sorted(set(touches.contact.values())) == ["ann", "ben", "cyd", "dee"]
    apart = as_oracle_rows(derive(touches, funnel_of(funnel), as_of), touches)
    assert apart == {name: oracle.history(funnel, log, as_of, WORDS) for name, log in crowd.items()}


def test_a_contact_may_be_merged_into_one_without_touches() -> None:
    touches = Touches.of(log("ann", "liked 0"), few_kinds())
    history = derive(touches, LEAD, merged={"ann": "anna"})
    assert [row["stage"] for row in history.of_contact("anna")] == ["lead"]


def test_contacts_that_are_merged_in_a_ring_are_refused() -> None:
    touches = Touches.of([*log("ann", "liked 0"), *log("ben", "liked 0")], few_kinds())
    with pytest.raises(BadTouches, match="merged into each other"):
        derive(touches, LEAD, merged={"ann": "ben", "ben": "ann"})


LEAD = funnel_of(document(stage("lead", "responded")))


def test_companies_are_refused_where_the_touches_have_none() -> None:
    with pytest.raises(BadTouches, match=r"without a column “company”.*contacts"):
        derive(Touches.of(log("ann", "liked 0"), few_kinds()), LEAD, of="company")


def test_a_contact_without_touches_is_unknown_and_the_nearest_is_named() -> None:
    history = derive(Touches.of(log("Anna Alt", "liked 0"), few_kinds()), LEAD)
    with pytest.raises(UnknownContact, match=r"“Ana Alt”.*Did you mean “Anna Alt”") as caught:
        history.of_contact("Ana Alt")
    assert caught.value.code == "unknown-contact"


def test_everybody_in_the_touches_is_a_subject_also_who_never_was_in_a_stage() -> None:
    touches = Touches.of(
        [*log("ann", "liked 0"), *log("ben", "posted 0"), *log("cyd", "scanned 0")], few_kinds()
    )
    history = derive(touches, LEAD)
    assert list(history.subjects) == ["ann", "ben", "cyd"]
    assert history.of_contact("ben") == []


def test_without_as_of_the_last_touch_is_the_last_instant() -> None:
    touches = Touches.of([*log("ann", "liked 0"), *log("ben", "posted 2")], few_kinds())
    within = funnel_of(document(stage("lead", "liked within 2 days")))
    history = derive(touches, within)
    assert history.as_of == int(day(2).timestamp()) * 1_000_000
    assert [row["stage"] for row in history.of_contact("ann")] == ["lead", "stranger"]


def test_as_of_a_date_is_the_end_of_that_day() -> None:
    touches = Touches.of([touch("ann", "liked", 1.99), touch("ben", "liked", 2)], few_kinds())
    history = derive(touches, LEAD, date(2026, 1, 2))
    assert history.of_contact("ann")
    assert history.of_contact("ben") == []
    assert history.as_of == int(day(2).timestamp()) * 1_000_000 - 1


def test_a_funnel_may_have_twenty_different_phrases_and_no_more() -> None:
    def funnel(count: int) -> dict[str, object]:
        return document(stage("lead", {"any": [f"liked within {days} days" for days in range(2, 2 + count)]}))

    touches = Touches.of(log("ann", "liked 0"), few_kinds())
    twenty = derive(touches, funnel_of(funnel(20)), int(day(40).timestamp()) * 1_000_000)
    assert [row["left_at"] for row in twenty.of_contact("ann")] == [day(21), None]
    with pytest.raises(TooManyAtoms, match=r"21 different phrases.*20"):
        derive(touches, funnel_of(funnel(21)))


def test_phrases_that_mean_the_same_count_as_one() -> None:
    """`liked 1 time` is `liked`; `no liked` asks the same of the touches as `liked`."""
    same = ["liked", "liked 1 time", {"none": ["no liked"]}]
    others = [f"called within {days} days" for days in range(2, 21)]
    derive(
        Touches.of(log("ann", "liked 0"), few_kinds()),
        funnel_of(document(stage("lead", [*same, {"any": others}]))),
    )


def test_a_stage_that_needs_no_evidence_is_refused_when_the_funnel_meets_the_kinds() -> None:
    touches = Touches.of(log("ann", "liked 0"), few_kinds())
    for when in (
        "no liked",
        {"none": ["liked", "called"]},
        ["no liked", "no need"],
        {"any": ["liked", "no asked"]},
    ):
        with pytest.raises(BadFunnel, match="no touches at all"):
            derive(touches, funnel_of(document(stage("cold", when))))


@pytest.mark.parametrize("name", shipped_funnels())
def test_a_shipped_funnel_gives_what_the_oracle_gives(name: str) -> None:
    words, funnel = shipped_words(), load_funnel(name)
    plain = oracle_document(dump_funnel(funnel))
    phrases = oracle.phrases_in(plain["stages"])
    named = {part for phrase in phrases for part in oracle.PHRASE.fullmatch(phrase).group(2, 5) if part}
    used = sorted(set().union(*(words.counted(one) | words.clearing(one) for one in named)))
    kinds = st.sampled_from([*used, "posted", "scanned"])
    happened = st.tuples(st.integers(0, 500), kinds)

    @examples(40)
    @given(st.lists(happened, min_size=1, max_size=25), st.integers(100, 900))
    def check(happened: list[tuple[int, str]], until: int) -> None:
        touches = [Touch(number * DAY, kind, f"t{place:02}") for place, (number, kind) in enumerate(happened)]
        held = touches_of({"ann": touches}, Kinds.shipped())
        found = as_oracle_rows(derive(held, funnel, until * DAY), held)["ann"]
        assert found == oracle.history(plain, touches, until * DAY, words)

    check()


def oracle_document(text: str) -> dict[str, object]:
    import tomllib

    return tomllib.loads(text)


def test_a_merged_contact_brings_its_touches_to_the_company_of_the_one_that_is_kept() -> None:
    rows = [touch("ann", "liked", 0, company="Acme"), touch("ann 2", "bought", 5), touch("ben", "liked", 6)]
    found = derive(
        Touches.of(rows, few_kinds()),
        funnel_of(document(stage("lead", "responded"), stage("client", "bought", role="client"))),
        day(9),
        of="company",
        merged={"ann 2": "ann", "Acme": "another contact of that name"},
    )
    assert [(row["contact"], row["stage"]) for row in found.rows()] == [("Acme", "lead"), ("Acme", "client")]
