"""Journeys: which touches are touchpoints, in what order, up to when, and what was paid."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.credit.journeys import REST, paid_by, trace_journeys
from leadline.engine.history import FEW, subjects_of
from leadline.engine.instants import DAY, NEVER, to_instant
from leadline.engine.touches import Touches
from tests.makers import day, touch

AS_OF = to_instant(day(100))


def traced(rows, arrived=None, *, by="path", most=99, whose=None, **how):
    """The journeys of these rows as lists of values; `arrived` holds the day for a contact."""
    touches = Touches.of(rows)
    whose = whose or touches.contact
    days = [(arrived or {}).get(label) for label in whose.labels]
    came = np.array([NEVER if day_ is None else to_instant(day(day_)) for day_ in days], dtype=np.int64)
    worth = np.arange(len(days)) + 1
    return trace_journeys(touches, whose, by, came, as_of=AS_OF, worth=worth, most=most, **how)


def ways(found):
    """Each journey as a text, with a mark whether it arrived."""
    values = [[found.names[code] for code in part] for part in np.split(found.value, found.starts[1:-1])]
    return [
        " ".join(part) + (" !" if won else " ?") for part, won in zip(values, found.won.tolist(), strict=True)
    ]


def test_touches_that_generate_nurture_or_ask_are_touchpoints_and_answers_facts_and_exits_are_not():
    rows = [
        touch("ann", "visited", 1, path="website"),
        touch("ann", "mailed", 2, path="email"),
        touch("ann", "told_need", 3, path="website"),
        touch("ann", "asked", 4, path="email"),
        touch("ann", "said_no", 5, path="networking"),
        touch("ann", "unsubscribed", 6, path="networking"),
        touch("ann", "bought", 7, path="referral"),
    ]
    found = traced(rows, {"ann": 7})
    assert ways(found) == ["website email email !"]
    assert (found.age / DAY).tolist() == [6, 5, 3]
    assert found.worth.tolist() == [1]


def test_touches_without_a_value_and_those_made_by_machines_are_none():
    rows = [
        touch("ann", "visited", 1),
        touch("ann", "liked", 2, path="social"),
        touch("ann", "scanned", 3, path="email"),
        touch("ann", "opened", 4, path="email", machine=True),
        touch(None, "posted", 4, path="content", n=900),
    ]
    assert ways(traced(rows)) == ["social ?"]


def test_a_journey_ends_with_the_instant_of_arrival_and_who_has_not_arrived_is_followed_to_the_end():
    rows = [
        touch("ann", "visited", 5, path="website"),
        touch("ann", "asked", 9, path="email"),
        touch("ann", "mailed", 9.1, path="list"),
        touch("bob", "visited", 1, path="website"),
        touch("bob", "unsubscribed", 2),
        touch("bob", "attended", 100, path="speaking"),
        touch("bob", "attended", 100.1, path="content"),
    ]
    assert ways(traced(rows, {"ann": 9})) == ["website email !", "website speaking ?"]


def test_touchpoints_stand_in_order_of_time_and_of_one_instant_in_that_of_their_kinds():
    rows = [
        touch("ann", "asked", 3, path="c"),
        touch("ann", "mailed", 3, path="b"),
        touch("bob", "mailed", 9, path="b"),
        touch("ann", "met", 3, path="a"),
        touch("bob", "visited", 1, path="a"),
        touch("ann", "visited", 1, path="z"),
    ]
    assert ways(traced(rows)) == ["z a b c ?", "a b ?"]


def test_who_has_no_touchpoint_has_no_journey():
    rows = [touch("ann", "bought", 1, path="website"), touch("bob", "met", 2, path="networking")]
    found = traced(rows, {"ann": 1})
    assert ways(found) == ["networking ?"]
    assert found.worth.tolist() == [0]


def test_with_a_lookback_only_the_last_time_before_the_end_counts():
    rows = [
        touch(who, "mailed", at, path=f"p{at}") for who in ("ann", "bob", "cid") for at in (1, 11, 20, 21)
    ]
    rows += [touch("dan", "mailed", 1, path="p1")]
    # ann arrived on day 21: a touch on day 11 is ten days old, and no longer within ten days
    found = traced(rows, {"ann": 21, "bob": 12, "dan": 60}, within=10 * DAY)
    assert ways(found) == ["p20 p21 !", "p11 !", "p20 p21 ?"]
    assert (found.age / DAY).tolist()[:3] == [1, 0, 1]


def test_of_too_many_values_the_rarest_stand_together():
    rows = [touch("ann", "mailed", at, campaign=name) for at, name in enumerate("aaabbcde")]
    found = traced(rows, by="campaign", most=3)
    assert (found.names, found.together) == (("a", "b", REST), 3)
    assert ways(found) == [f"a a a b b {' '.join([REST] * 3)} ?"]
    assert traced(rows, by="campaign", most=5).names == ("a", "b", "c", "d", "e")


def test_without_the_column_there_are_no_journeys():
    found = traced([touch("ann", "mailed", 1)])
    assert (len(found), found.names) == (0, ())
    assert len(traced([])) == 0


def test_companies_have_the_touchpoints_of_all_their_people():
    rows = [
        touch("ann", "visited", 1, path="website", company="acme"),
        touch("bob", "met", 2, path="networking", company="acme"),
        touch("cid", "met", 2, path="networking"),
    ]
    whose = subjects_of(Touches.of(rows), "company")
    assert ways(traced(rows, {"acme": 3}, whose=whose)) == ["website networking !"]


def test_many_touches_give_the_journeys_that_few_give():
    rng = np.random.default_rng(5)
    rows = [
        touch(f"c{who}", kind, at, path=path)
        for who, kind, at, path in zip(
            rng.integers(0, 400, 3_000).tolist(),
            rng.choice(["visited", "mailed", "asked", "bought"], 3_000).tolist(),
            rng.integers(0, 60, 3_000).tolist(),
            rng.choice(list("abcd"), 3_000).tolist(),
            strict=True,
        )
    ]
    few = traced(rows, {"c1": 30, "c2": 40})
    idle = Touches.of([*rows, touch("zoe", "told_need", 1)])
    many = idle.take(np.concatenate([np.arange(3_000), np.full(FEW, 3_000)]))
    came = np.full(len(many.contact.labels), NEVER)
    for who, at in (("c1", 30), ("c2", 40)):
        came[list(many.contact.labels).index(who)] = to_instant(day(at))
    worth = np.arange(len(came)) + 1
    found = trace_journeys(many, many.contact, "path", came, as_of=AS_OF, worth=worth, most=99)
    assert ways(found) == ways(few)
    assert found.age.tolist() == few.age.tolist()


def paid(*rows):
    touches = Touches.of(rows)
    currency, found = paid_by(touches, touches.contact, AS_OF)
    return currency, found.tolist()


def test_what_was_paid_is_purchases_less_refunds_in_the_currency_of_most():
    assert paid(
        touch("ann", "bought", 1, value=500, currency="EUR"),
        touch("ann", "renewed", 9, value=300, currency="EUR"),
        touch("ann", "refunded", 9, value=100, currency="EUR"),
        touch("ann", "bought", 2, value=70_000, currency="USD"),
        touch("ann", "bought", 101, value=900, currency="EUR"),
        touch("bob", "proposed", 1, value=900, currency="EUR"),
        touch("cid", "refunded", 1, value=900, currency="EUR"),
    ) == ("EUR", [700, 0, 0])


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (touch("ann", "bought", 1),),
        (touch("ann", "proposed", 1, value=5),),
        (touch("ann", "refunded", 1, value=5),),
    ],
)
def test_without_an_amount_there_is_no_currency(rows):
    assert paid(*rows) == (None, [0] * len(rows))


def test_amounts_without_a_currency_are_amounts():
    assert paid(touch("ann", "bought", 1, value=5), touch("bob", "met", 1)) == ("", [5, 0])
