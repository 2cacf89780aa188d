"""Reasons agree with the oracle, what is said to be missing suffices, and "what if" changes nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given

from leadline.engine.errors import UnknownContact
from leadline.engine.explain import why, why_not
from leadline.engine.funnel import load_funnel, shipped_funnels
from leadline.engine.history import derive
from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.touches import Touches
from leadline.engine.what_if import what_if
from tests import oracle
from tests.makers import (
    day,
    document,
    few_kinds,
    funnel_of,
    log,
    log_rows,
    stage,
    touch,
    touches_of,
)
from tests.oracle import PHRASE, Touch
from tests.strategies import WORDS, as_ofs, crowds, examples, funnels, logs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.engine.explain import Gap, Why

Crowd = dict[str, list[Touch]]


def applied(touches: list[Touch], until: int) -> list[Touch]:
    return [touch for touch in oracle.in_order(touches, WORDS) if touch.at <= until]


@examples(250)
@given(funnels(), logs(), as_ofs)
def test_why_tells_the_stage_that_follows_since_when_and_by_which_touch(
    funnel: dict[str, object], touches: list[Touch], as_of: int
) -> None:
    reason = why(touches_of({"ann": touches}), funnel_of(funnel), "ann", as_of)
    rows = oracle.history(funnel, touches, as_of, WORDS)
    if not rows:
        assert (reason.stage_name, reason.stage, reason.since, reason.cause) == ("stranger", None, None, None)
        return
    last = rows[-1]
    assert (reason.stage_name, reason.step) == (last.stage or "stranger", last.step)
    assert (reason.since, reason.as_of) == (last.entered, as_of)
    assert (reason.cause or {}).get("id") == last.cause
    assert [(row["stage"], (row["cause"] or {}).get("id")) for row in reason.history] == [
        (row.stage or "stranger", row.cause) for row in rows
    ]


@examples(250)
@given(funnels(), logs(), as_ofs)
def test_each_phrase_holds_or_not_as_the_oracle_says_because_of_the_same_touches(
    funnel: dict[str, object], touches: list[Touch], as_of: int
) -> None:
    held, read = touches_of({"ann": touches}), funnel_of(funnel)
    conditions = {one["name"]: one["when"] for one in funnel["stages"]}
    reasons: list[Why | Gap] = [why(held, read, "ann", as_of), *why_not(held, read, "ann", as_of)]
    past = applied(touches, as_of)
    for reason in reasons:
        if reason.stage is None:
            continue
        when = conditions[reason.stage.name]
        assert reason.judgement.holds == oracle.condition_holds(when, past, as_of, WORDS)
        assert len(reason.rows()) == len(oracle.phrases_in(when))
        for row, written in zip(reason.rows(), oracle.phrases_in(when), strict=True):
            check_phrase(row, written, past, as_of)


def check_phrase(row: Mapping[str, object], written: str, past: list[Touch], as_of: int) -> None:
    assert row["holds"] == oracle.phrase_holds(written, past, as_of, WORDS)
    times = int(PHRASE.fullmatch(written).group(3) or 1)
    counted = oracle.counting(written, past, as_of, WORDS)[-times:]
    assert [shown["id"] for shown in row["touches"]] == [touch.id for touch in counted]
    asserted = written.removeprefix("no ")
    if row["expires_at"] is None:
        window = oracle.window_of(written, WORDS)
        assert window is None or not oracle.phrase_holds(asserted, past, as_of, WORDS)
    else:
        expiry = to_instant(row["expires_at"])
        assert oracle.phrase_holds(asserted, past, expiry - 1, WORDS)
        assert not oracle.phrase_holds(asserted, past, expiry, WORDS)


@examples(250)
@given(funnels(), logs(), as_ofs)
def test_gaps_are_the_stages_further_on_that_are_no_way_of_leaving(
    funnel: dict[str, object], touches: list[Touch], as_of: int
) -> None:
    stages = funnel["stages"]
    here, _ = oracle.stage_at(funnel, applied(touches, as_of), as_of, WORDS)
    names = [one["name"] for one in stages]
    place = names.index(here) if here else -1
    place = -1 if here and stages[place]["role"] == "left" else place
    further = [one["name"] for one in stages[place + 1 :] if one["role"] != "left"]
    gaps = why_not(touches_of({"ann": touches}), funnel_of(funnel), "ann", as_of)
    assert [gap.stage.name for gap in gaps] == further


@examples(400)
@given(funnels(), logs(), as_ofs)
def test_with_the_touches_that_would_do_the_stage_follows(
    funnel: dict[str, object], touches: list[Touch], as_of: int
) -> None:
    for gap in why_not(touches_of({"ann": touches}), funnel_of(funnel), "ann", as_of):
        if gap.would_do is not None:
            assert gap.would_do
            at_once, just_after = (
                stage_with(funnel, touches, gap.would_do, now) for now in (as_of, as_of + 1)
            )
            assert at_once == gap.stage.name or (
                just_after == gap.stage.name and any(one.at == as_of for one in touches)
            )


@examples(150)
@given(funnels(), logs(), as_ofs)
def test_where_one_touch_would_do_one_touch_is_asked_for(
    funnel: dict[str, object], touches: list[Touch], as_of: int
) -> None:
    for gap in why_not(touches_of({"ann": touches}), funnel_of(funnel), "ann", as_of):
        if gap.would_do is None or len(gap.would_do) > 1:
            for kind in WORDS.order:
                assert stage_with(funnel, touches, (kind,), as_of) != gap.stage.name


@pytest.mark.parametrize("name", shipped_funnels())
def test_to_a_stranger_every_stage_of_a_shipped_funnel_can_be_reached(name: str) -> None:
    touches = Touches.of([touch("ann", "scanned", 0), touch("ann", "liked", 9)])
    funnel = load_funnel(name)
    for gap in why_not(touches, funnel, "ann", day(1)):
        added = [touch("ann", kind, 1) for kind in gap.would_do]
        reached = why(Touches.of(added), funnel, "ann", day(1))
        assert reached.stage == gap.stage


def stage_with(
    funnel: Mapping[str, object], touches: list[Touch], added: tuple[str, ...], as_of: int
) -> str | None:
    new = [Touch(as_of, kind, f"z{number}") for number, kind in enumerate(added)]
    return oracle.stage_at(funnel, applied(touches + new, as_of), as_of, WORDS)[0]


@examples(100)
@given(funnels(), crowds("ann", "ben", "cyd"), as_ofs)
def test_why_of_a_company_and_of_a_merged_contact_tells_of_all_their_touches(
    funnel: dict[str, object], crowd: Crowd, as_of: int
) -> None:
    company_of = {"ann": "Acme", "ben": "Acme", "cyd": "Bolt"}
    rows = [row | {"company": company_of[row["contact"]]} for row in log_rows(crowd)]
    touches, read = Touches.of(rows, few_kinds()), funnel_of(funnel)
    together = applied(crowd["ann"] + crowd["ben"], as_of)
    wanted = oracle.stage_at(funnel, together, as_of, WORDS)[0] or "stranger"
    assert why(touches, read, "Acme", as_of, of="company").stage_name == wanted
    assert why(touches, read, "ann", as_of, merged={"ben": "ann"}).stage_name == wanted


@examples(150)
@given(funnels(), funnels(), crowds("ann", "ben", "cyd", "dee"), as_ofs)
def test_what_if_counts_both_funnels_and_the_moves_add_up(
    old: dict[str, object], new: dict[str, object], crowd: Crowd, as_of: int
) -> None:
    compared = what_if(touches_of(crowd), funnel_of(old), funnel_of(new), as_of)
    standing = [
        Counter(
            oracle.stage_at(funnel, applied(touches, as_of), as_of, WORDS)[0] or "stranger"
            for touches in crowd.values()
        )
        for funnel in (old, new)
    ]
    moves = {pair: len(contacts) for pair, contacts in compared.moves().items()}
    for row in compared.rows():
        name = row["stage"]
        assert (row["old"], row["new"]) == (standing[0][name], standing[1][name])
        came = sum(count for (_, to), count in moves.items() if to == name)
        went = sum(count for (source, _), count in moves.items() if source == name)
        assert row["old"] - went + came == row["new"]
    assert sum(row["old"] for row in compared.rows()) == len(crowd)
    assert sum(row["new"] for row in compared.rows()) == len(crowd)


@examples(100)
@given(funnels(), funnels(), crowds(), as_ofs)
def test_what_if_counts_who_ever_reached_a_stage_once(
    old: dict[str, object], new: dict[str, object], crowd: Crowd, as_of: int
) -> None:
    compared = what_if(touches_of(crowd), funnel_of(old), funnel_of(new), as_of)
    for row in compared.rows():
        for funnel, count in ((old, row["reached_old"]), (new, row["reached_new"])):
            histories = [oracle.history(funnel, touches, as_of, WORDS) for touches in crowd.values()]
            if row["stage"] != "stranger":
                assert count == sum(any(one.stage == row["stage"] for one in rows) for rows in histories)


@examples(80)
@given(funnels(), funnels(), crowds(), as_ofs)
def test_what_if_leaves_touches_and_history_untouched(
    old: dict[str, object], new: dict[str, object], crowd: Crowd, as_of: int
) -> None:
    touches, read = touches_of(crowd), funnel_of(old)
    before = derive(touches, read, as_of)
    columns = [column.copy() for column in (touches.kind, touches.happened_at, touches.contact.codes)]
    compared = what_if(touches, read, funnel_of(new), as_of)
    for name in ("contact", "stage", "step", "entered_at", "left_at", "cause"):
        np.testing.assert_array_equal(getattr(before, name), getattr(derive(touches, read, as_of), name))
        np.testing.assert_array_equal(getattr(before, name), getattr(compared.old, name))
    for column, now in zip(columns, (touches.kind, touches.happened_at, touches.contact.codes), strict=True):
        np.testing.assert_array_equal(column, now)


def test_the_same_funnel_twice_moves_nobody() -> None:
    touches = Touches.of([*log("ann", "liked 0"), *log("ben", "posted 0")], few_kinds())
    compared = what_if(touches, FUNNEL, FUNNEL)
    assert compared.moves() == {}
    assert compared.sentences() == ["None of 2 would stand elsewhere."]
    nobody = what_if(Touches.of([], few_kinds()), FUNNEL, FUNNEL)
    assert nobody.sentences() == ["Nobody is known, so nobody would move."]


# What is said, by hand.

FUNNEL = funnel_of(
    document(
        stage("lead", "responded"),
        stage("prospect", ["conversed 2 times within 8 days", {"at_least": 1, "of": ["need", "budget"]}]),
        stage("client", "bought", role="client"),
        stage("gone", "went since responded", role="left"),
    )
)
ANN = [touch("ann", "liked", 0, path="social"), *log("ann", "called 10", "told_budget 11")]


def test_why_shows_the_touch_the_day_and_the_path() -> None:
    reason = why(Touches.of(ANN, few_kinds()), FUNNEL, "ann", day(12))
    said = " ".join(reason.sentences())
    assert reason.stage_name == "lead"
    assert reason.cause == {"contact": "ann", "kind": "liked", "happened_at": day(0), "path": "social"}
    for part in ("ann", "lead", "1 January 2026", "liked", "social", "What makes somebody lead."):
        assert part in said


def test_why_not_says_what_holds_what_is_missing_and_what_would_do() -> None:
    prospect, client = why_not(Touches.of(ANN, few_kinds()), FUNNEL, "ann", day(12))
    assert prospect.would_do in (("called",), ("replied",))
    spoke, need, budget = prospect.rows()
    assert (spoke["holds"], need["holds"], budget["holds"]) == (False, False, True)
    assert [shown["happened_at"] for shown in spoke["touches"]] == [day(10)]
    assert budget["expires_at"] == day(16)
    assert client.would_do == ("bought",)
    assert "client: would follow from bought." in client.sentences()


def test_for_somebody_who_left_every_stage_is_further_on() -> None:
    touches = Touches.of([*ANN, touch("ann", "went", 12)], few_kinds())
    assert why(touches, FUNNEL, "ann", day(13)).stage_name == "gone"
    gaps = why_not(touches, FUNNEL, "ann", day(13))
    assert [gap.stage.name for gap in gaps] == ["lead", "prospect", "client"]
    assert gaps[0].would_do in (("liked",), ("replied",), ("bought",), ("lost_funds",))


def test_a_stranger_has_no_reason_and_every_stage_further_on() -> None:
    touches = Touches.of([*ANN, *log("ben", "posted 0"), *log("cyd", "scanned 0")], few_kinds())
    for name in ("ben", "cyd"):
        reason = why(touches, FUNNEL, name)
        assert (reason.stage_name, reason.judgement, reason.rows()) == ("stranger", None, [])
        assert [gap.stage.name for gap in why_not(touches, FUNNEL, name)] == ["lead", "prospect", "client"]
    assert why(touches, FUNNEL, "ann", day(-1)).stage_name == "stranger"


def test_a_contact_without_touches_is_unknown_to_why() -> None:
    with pytest.raises(UnknownContact, match=r"“an”.*Did you mean “ann”"):
        why(Touches.of(ANN, few_kinds()), FUNNEL, "an")


def test_time_that_took_a_stage_away_is_said() -> None:
    reason = why(Touches.of([*ANN, touch("ann", "called", 12)], few_kinds()), FUNNEL, "ann", day(30))
    assert [row["stage"] for row in reason.history] == ["lead", "prospect", "lead"]
    assert (reason.cause, to_datetime(reason.since)) == (None, day(16))
    assert "time passed" in reason.sentences()[0]


def test_what_would_change_is_said_of_companies_where_they_were_asked_for() -> None:
    touches = Touches.of([touch("ann", "liked", 0, company="Acme")], few_kinds())
    renamed = funnel_of(document(stage("warm", "responded")))
    said = what_if(touches, FUNNEL, renamed, of="company").sentences()
    assert said == ["1 company of 1 would stand elsewhere.", "lead → warm: 1 (Acme)."]


BLOCKED = funnel_of(
    document(
        stage("lead", "responded"),
        stage(
            "deal",
            [
                "conversed",
                {"none": ["went since asked", "mailed"]},
                {"at_least": 1, "of": ["need", "budget"]},
                "asked since bought",
            ],
        ),
    )
)
"""What is fulfilled needs no more, and what must not have happened is in the way where it did."""


def test_what_is_missing_is_what_is_in_the_way_and_nothing_else() -> None:
    touches = Touches.of(log("ann", "liked 0", "told_need 1", "mailed 2"), few_kinds())
    (gap,) = why_not(touches, BLOCKED, "ann", day(2))
    assert gap.sentences()[1:] == [
        "✗ conversed: nothing recorded.",
        "✗ no mailed: mailed on 3 January 2026.",
        "✗ asked since bought: nothing recorded.",
    ]


def test_why_says_of_what_must_not_have_happened_that_it_did_not() -> None:
    touches = Touches.of(log("ann", "called 0", "told_need 1", "asked 2"), few_kinds())
    assert why(touches, BLOCKED, "ann", day(2)).sentences()[2:] == [
        "✓ conversed: called on 1 January 2026.",
        "✓ no went since asked: nothing recorded.",
        "✓ no mailed: nothing recorded.",
        "✓ need: told need on 2 January 2026.",
        "✗ budget: nothing recorded.",
        "✓ asked since bought: asked on 3 January 2026.",
    ]


def test_an_answer_of_the_last_instant_does_not_rule_out_another_ask() -> None:
    touches = Touches.of(log("ann", "called 0", "told_need 1", "asked 2", "bought 2.5"), few_kinds())
    (gap,) = why_not(touches, BLOCKED, "ann", day(2.5))
    assert gap.would_do == ("asked",)
    assert gap.sentences()[1:] == ["✗ asked since bought: last asked on 3 January 2026, counts no more."]
