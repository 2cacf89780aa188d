"""The fold, plain and compiled, gives what the oracle gives, whatever the funnel and the log."""

from __future__ import annotations

from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine import history as history_module
from leadline.engine.history import derive
from leadline.engine.touches import Touches
from tests import oracle
from tests.makers import as_oracle_rows, document, few_kinds, funnel_of, log_rows, stage, touches_of
from tests.oracle import DAY, Row, Touch
from tests.strategies import KINDS, WORDS, as_ofs, crowds, examples, funnels, logs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KERNELS = {
    "plain": {"FEW": 10**9},
    "compiled": {"FEW": -1},
    "compiled, in many buckets": {"FEW": -1, "BUCKET": 2},
}


@contextmanager
def kernel(name: str) -> Iterator[None]:
    """Let every log, however short, be folded in one of the ways that its length would choose."""
    with pytest.MonkeyPatch.context() as patch:
        for bound, value in KERNELS[name].items():
            patch.setattr(history_module, bound, value)
        yield


def expected(
    funnel: Mapping[str, object], crowd: Mapping[str, list[Touch]], as_of: int
) -> dict[str, list[Row]]:
    return {name: oracle.history(funnel, touches, as_of, WORDS) for name, touches in crowd.items()}


def derived(
    funnel: Mapping[str, object], touches: Touches, as_of: int | None, which: str = "plain"
) -> dict[str, list[Row]]:
    with kernel(which):
        return as_oracle_rows(derive(touches, funnel_of(funnel), as_of), touches)


@examples(400)
@given(funnels(), crowds(), as_ofs)
def test_the_fold_gives_what_the_oracle_gives(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int
) -> None:
    wanted, touches = expected(funnel, crowd, as_of), touches_of(crowd)
    assert {which: derived(funnel, touches, as_of, which) for which in KERNELS} == dict.fromkeys(
        KERNELS, wanted
    )


@pytest.mark.parametrize("which", KERNELS)
def test_long_logs_of_many_contacts_are_folded_each_by_itself(which: str) -> None:
    random = Random(7)
    crowd = {
        f"c{number}": [
            Touch(random.randrange(40) * DAY, random.choice(KINDS), f"t{number}-{place:02}")
            for place in random.sample(range(90), random.randrange(60))
        ]
        for number in range(40)
    }
    crowd = {name: touches for name, touches in crowd.items() if touches}

    @examples(8)
    @given(funnels(), st.integers(0, 45 * DAY))
    def check(funnel: dict[str, object], as_of: int) -> None:
        assert derived(funnel, touches_of(crowd), as_of, which) == expected(funnel, crowd, as_of)

    check()


@examples(150)
@given(funnels(), crowds(), as_ofs, st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int, random: Random
) -> None:
    rows = log_rows(crowd)
    shuffled = random.sample(rows, len(rows))
    touches = Touches.of(shuffled, few_kinds())
    assert derived(funnel, touches, as_of) == expected(funnel, crowd, as_of)


@examples(150)
@given(funnels(), crowds(), as_ofs, st.randoms(use_true_random=False))
def test_the_same_touch_twice_counts_once(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int, random: Random
) -> None:
    rows = log_rows(crowd)
    rows += random.choices(rows, k=len(rows))
    touches = Touches.of(random.sample(rows, len(rows)), few_kinds())
    assert derived(funnel, touches, as_of) == expected(funnel, crowd, as_of)


@examples(150)
@given(funnels(), crowds(), as_ofs, st.randoms(use_true_random=False))
def test_a_touch_that_is_taken_back_never_happened(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int, random: Random
) -> None:
    taken_back = {touch.id for touches in crowd.values() for touch in touches if random.random() < 0.3}
    rows = log_rows(crowd) + [
        {"contact": "ann", "kind": "asked", "happened_at": as_of, "id": f"back-{id_}", "retracts": id_}
        for id_ in [*sorted(taken_back), "t999-nobody"]
    ]
    touches = Touches.of(random.sample(rows, len(rows)), few_kinds())
    left = {name: [t for t in touches if t.id not in taken_back] for name, touches in crowd.items()}
    found = derived(funnel, touches, as_of)
    assert {name: found.get(name, []) for name in left} == expected(funnel, left, as_of)


@examples(150)
@given(funnels(), crowds(), as_ofs, st.integers(1, 8 * DAY))
def test_a_longer_as_of_never_rewrites_earlier_rows(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int, later: int
) -> None:
    touches = touches_of(crowd)
    short, long = derived(funnel, touches, as_of), derived(funnel, touches, as_of + later)
    for name, rows in short.items():
        assert [row[:3] + row[4:] for row in map(tuple_of, rows)] == [
            row[:3] + row[4:] for row in map(tuple_of, long[name][: len(rows)])
        ]
        assert rows[:-1] == long[name][: len(rows)][:-1]
        later_rows = long[name][len(rows) :]
        assert all(row.entered > as_of for row in later_rows)


def tuple_of(row: Row) -> tuple[object, ...]:
    return (row.stage, row.step, row.entered, row.left, row.cause)


@examples(150)
@given(funnels(), crowds(), as_ofs)
def test_kinds_that_feed_no_phrase_change_nothing(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int
) -> None:
    phrases = [oracle.PHRASE.fullmatch(phrase).groups() for phrase in oracle.phrases_in(funnel["stages"])]
    named = {name for _, name, _, _, since in phrases for name in (name, since) if name}
    used = set().union(*(WORDS.counted(name) | WORDS.clearing(name) for name in named))
    pruned = {name: [t for t in touches if t.kind in used] for name, touches in crowd.items()}
    found = derived(funnel, touches_of(crowd), as_of)
    fewer = derived(funnel, touches_of(pruned), as_of)
    assert found == {name: fewer.get(name, []) for name in found}


@examples(150)
@given(funnels(), crowds(), as_ofs)
def test_touches_made_by_machines_count_for_nothing(
    funnel: dict[str, object], crowd: dict[str, list[Touch]], as_of: int
) -> None:
    by_people = {
        name: [t for t in touches if not t.machine and t.kind != "scanned"] for name, touches in crowd.items()
    }
    found = derived(funnel, touches_of(crowd), as_of)
    without = derived(funnel, touches_of(by_people), as_of)
    assert found == {name: without.get(name, []) for name in found}


@examples(100)
@given(funnels(), logs(), as_ofs)
def test_without_ids_everything_but_the_cause_is_the_same(
    funnel: dict[str, object], touches: list[Touch], as_of: int
) -> None:
    rows = [{k: v for k, v in row.items() if k != "id"} for row in log_rows({"ann": touches})]
    history = derive(Touches.of(rows, few_kinds()), funnel_of(funnel), as_of)
    stages = [(row["stage"], row["step"]) for row in history.of_contact("ann")]
    by_hand = oracle.history(funnel, touches, as_of, WORDS)
    assert stages == [(row.stage or "stranger", row.step) for row in by_hand]
    assert history.entered_at.tolist() == [row.entered for row in by_hand]


# The edges that design fixes, each by hand.

LEAD = document(stage("lead", "responded"))


def fold_one(funnel: Mapping[str, object], touches: list[Touch], as_of: int, which: str) -> list[Row]:
    return derived(funnel, touches_of({"ann": touches}), as_of, which)["ann"]


@pytest.fixture(params=KERNELS)
def which(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_window_is_half_open(which: str) -> None:
    funnel = document(stage("lead", "liked within 2 days"))
    rows = fold_one(funnel, [Touch(0, "liked", "a")], 9 * DAY, which)
    assert rows == [Row("lead", None, 0, 2 * DAY, "a"), Row(None, None, 2 * DAY, None, None)]
    assert fold_one(funnel, [Touch(0, "liked", "a")], 2 * DAY - 1, which) == [Row("lead", None, 0, None, "a")]


def test_as_of_is_inclusive_for_touches_and_for_expiries(which: str) -> None:
    funnel = document(stage("lead", "liked within 2 days"))
    like = [Touch(5, "liked", "a")]
    assert fold_one(funnel, like, 4, which) == []
    assert fold_one(funnel, like, 5, which) == [Row("lead", None, 5, None, "a")]
    gone = fold_one(funnel, like, 5 + 2 * DAY, which)[-1]
    assert gone == Row(None, None, 5 + 2 * DAY, None, None)


def test_an_expiry_comes_before_a_touch_of_the_same_instant_and_leaves_no_row_of_length_zero(
    which: str,
) -> None:
    funnel = document(stage("lead", "liked within 2 days"))
    touches = [Touch(0, "liked", "a"), Touch(2 * DAY, "liked", "b")]
    assert fold_one(funnel, touches, 3 * DAY, which) == [Row("lead", None, 0, None, "a")]


def test_two_touches_within_a_window_do_not_meet_when_the_first_expires_as_the_second_comes(
    which: str,
) -> None:
    funnel = document(stage("lead", "liked 2 times within 2 days"))
    apart = [Touch(0, "liked", "a"), Touch(2 * DAY, "liked", "b")]
    close = [Touch(1, "liked", "a"), Touch(2 * DAY, "liked", "b")]
    assert fold_one(funnel, apart, 9 * DAY, which) == []
    assert fold_one(funnel, close, 9 * DAY, which) == [
        Row("lead", None, 2 * DAY, 1 + 2 * DAY, "b"),
        Row(None, None, 1 + 2 * DAY, None, None),
    ]


def test_touches_of_one_instant_are_applied_in_the_order_of_the_kinds_and_read_once(which: str) -> None:
    """The need is told and denied on one day: in the file `told_need` stands before `has_no_need`."""
    funnel = document(stage("lead", "liked"), stage("prospect", "need"))
    touches = [Touch(DAY, "has_no_need", "a"), Touch(DAY, "told_need", "b"), Touch(0, "liked", "c")]
    assert fold_one(funnel, touches, 2 * DAY, which) == [Row("lead", None, 0, None, "c")]


def test_the_cause_is_the_last_touch_of_the_instant_that_changed_a_phrase(which: str) -> None:
    funnel = document(stage("lead", "liked"), stage("prospect", ["liked", "called"]))
    touches = [
        Touch(0, "called", "c"),
        Touch(0, "asked", "d"),
        Touch(0, "liked", "b"),
        Touch(0, "liked", "a"),
    ]
    assert fold_one(funnel, touches, 0, which) == [Row("prospect", None, 0, None, "c")]


def test_of_two_equal_touches_the_one_with_the_lower_id_comes_first(which: str) -> None:
    funnel = document(stage("lead", "liked 2 times"))
    touches = [Touch(0, "liked", "b"), Touch(0, "liked", "c"), Touch(0, "liked", "a")]
    assert fold_one(funnel, touches, 0, which) == [Row("lead", None, 0, None, "b")]


def test_when_time_takes_a_stage_away_there_is_no_cause(which: str) -> None:
    funnel = document(stage("lead", "liked"), stage("prospect", "called within 1 day"))
    touches = [Touch(0, "liked", "a"), Touch(0, "called", "b"), Touch(DAY, "mailed", "c")]
    assert fold_one(funnel, touches, DAY, which)[-1] == Row("lead", None, DAY, None, None)


def test_a_touch_in_both_sets_resets_and_does_not_itself_count(which: str) -> None:
    funnel = document(stage("lead", "responded since replied"))
    touches = [Touch(0, "replied", "a"), Touch(1, "liked", "b"), Touch(2, "replied", "c")]
    assert fold_one(funnel, touches, 3, which) == [
        Row("lead", None, 1, 2, "b"),
        Row(None, None, 2, None, "c"),
    ]


def test_where_the_reset_never_happened_touches_count_from_the_beginning(which: str) -> None:
    funnel = document(stage("lead", "liked 2 times since asked"))
    touches = [Touch(0, "liked", "a"), Touch(1, "liked", "b")]
    assert fold_one(funnel, touches, 3, which) == [Row("lead", None, 1, None, "b")]


def test_a_fact_lasts_as_long_as_its_kinds_file_says_unless_it_is_said_again(which: str) -> None:
    funnel = document(stage("lead", "budget"))
    touches = [Touch(0, "told_budget", "a"), Touch(3 * DAY, "told_budget", "b")]
    assert fold_one(funnel, touches, 20 * DAY, which) == [
        Row("lead", None, 0, 8 * DAY, "a"),
        Row(None, None, 8 * DAY, None, None),
    ]


def test_a_touch_recorded_late_changes_the_past(which: str) -> None:
    in_time = [Touch(5, "liked", "a")]
    late = [*in_time, Touch(2, "replied", "b")]
    assert fold_one(LEAD, in_time, 9, which) == [Row("lead", None, 5, None, "a")]
    assert fold_one(LEAD, late, 9, which) == [Row("lead", None, 2, None, "b")]


def test_instants_before_1970_and_after_2200_are_folded_too(which: str) -> None:
    funnel = document(stage("lead", "liked within 8 days"))
    touches = [Touch(-40_000 * DAY, "liked", "a"), Touch(90_000 * DAY, "liked", "b")]
    assert fold_one(funnel, touches, 100_000 * DAY, which) == oracle.history(
        funnel, touches, 100_000 * DAY, WORDS
    )


def test_no_touches_at_all_give_an_empty_history(which: str) -> None:
    assert derived(LEAD, Touches.of([], few_kinds()), None, which) == {}
    assert derived(LEAD, touches_of({"ann": [Touch(0, "posted", "a")]}), None, which) == {"ann": []}
