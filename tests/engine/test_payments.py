"""Payments: what is left of purchases once money was given back."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.fold import compiled
from leadline.engine.instants import to_instant
from leadline.engine.kinds import Kinds
from leadline.engine.payments import payments_of, walk_payments
from leadline.engine.touches import MISSING, Touches
from tests.makers import day, touch


def left(*rows, until=99, kinds=None):
    """What is left of each purchase that counts: (contact, day's place among the rows, minor units)."""
    touches = Touches.of(rows, kinds)
    found = payments_of(touches, touches.contact, to_instant(day(until)))
    values = [None if value == MISSING else value for value in found.value.tolist()]
    return [(touches.contact[row], row, value) for row, value in zip(found.row.tolist(), values, strict=True)]


def eur(who, kind, at, value=None, currency="EUR"):
    return touch(who, kind, at, **({} if value is None else {"value": value, "currency": currency}))


def test_without_refunds_every_purchase_is_what_was_paid():
    assert left(eur("ann", "bought", 1, 500), eur("ann", "renewed", 2, 300), eur("bob", "bought", 1)) == [
        ("ann", 0, 500),
        ("ann", 1, 300),
        ("bob", 2, None),
    ]


def test_a_part_given_back_is_taken_off_the_latest_purchase_before_it():
    assert left(
        eur("ann", "bought", 1, 500),
        eur("ann", "renewed", 2, 300),
        eur("ann", "partly_refunded", 3, 100),
        eur("ann", "renewed", 4, 70),
    ) == [("ann", 0, 500), ("ann", 1, 200), ("ann", 3, 70)]


def test_more_than_the_latest_purchase_is_taken_off_those_before_and_a_renewal_given_back_is_none():
    assert left(
        eur("ann", "bought", 1, 500), eur("ann", "renewed", 2, 300), eur("ann", "partly_refunded", 3, 450)
    ) == [("ann", 0, 350)]


def test_who_got_everything_back_bought_once_for_nothing():
    assert left(
        eur("ann", "bought", 1, 500), eur("ann", "renewed", 2, 300), eur("ann", "refunded", 3, 800)
    ) == [("ann", 0, 0)]


def test_who_buys_again_after_getting_everything_back_bought_then():
    assert left(
        eur("ann", "bought", 1, 500), eur("ann", "refunded", 3, 500), eur("ann", "bought", 9, 40)
    ) == [("ann", 2, 40)]


def test_never_more_is_taken_off_than_was_paid_and_nothing_of_what_is_bought_later():
    assert left(
        eur("ann", "bought", 1, 500), eur("ann", "refunded", 3, 900), eur("ann", "bought", 9, 40)
    ) == [("ann", 2, 40)]
    assert left(eur("ann", "refunded", 1, 900)) == []


def test_the_sign_of_money_given_back_does_not_matter_and_a_purchase_below_nothing_is_some():
    for kind, value in (("partly_refunded", 30), ("partly_refunded", -30), ("bought", -30)):
        assert left(eur("ann", "bought", 1, 500), eur("ann", kind, 3, value)) == [("ann", 0, 470)]


def test_money_given_back_belongs_to_purchases_in_its_currency():
    rows = [
        eur("ann", "bought", 1, 500),
        eur("ann", "bought", 2, 70, "USD"),
        eur("ann", "partly_refunded", 3, 100),
    ]
    assert left(*rows) == [("ann", 0, 400), ("ann", 1, None)]


def test_what_is_given_back_later_than_as_of_is_not_known_yet():
    rows = eur("ann", "bought", 1, 500), eur("ann", "refunded", 9, 500)
    assert left(*rows, until=8) == [("ann", 0, 500)]
    assert left(*rows, until=9) == [("ann", 0, 0)]


def test_a_refund_without_an_amount_gives_back_all_if_it_ends_the_custom_and_else_an_unknown_part():
    bought = eur("ann", "bought", 1, 500), eur("ann", "bought", 2), eur("bob", "bought", 1, 7)
    assert left(*bought, eur("ann", "refunded", 3)) == [("ann", 0, 0), ("bob", 2, 7)]
    assert left(*bought, eur("ann", "partly_refunded", 3)) == left(*bought)


def test_on_one_day_a_purchase_comes_before_what_is_given_back():
    assert left(eur("ann", "refunded", 1, 500), eur("ann", "bought", 1, 500)) == [("ann", 1, 0)]


def test_kinds_of_ones_own_give_back_too(tmp_path):
    path = tmp_path / "kinds.toml"
    path.write_text(
        '[[kinds]]\nname = "made_good"\nmeans = "Money back for what went wrong."\n'
        'link = "answer"\ndirection = "out"\ngroups = ["repaid"]\n',
        encoding="utf-8",
    )
    rows = eur("ann", "bought", 1, 500), eur("ann", "made_good", 3, 20)
    assert left(*rows, kinds=Kinds.read(path)) == [("ann", 0, 480)]


def test_sums_are_told_by_currency():
    touches = Touches.of(
        [
            eur("ann", "bought", 1, 1000),
            eur("ann", "partly_refunded", 2, 300),
            eur("bob", "bought", 1, 50, "USD"),
            eur("bob", "refunded", 2, 90, "USD"),
            eur("cid", "bought", 1, 5),
            eur("cid", "bought", 2, 6),
            eur("cid", "partly_refunded", 3, 6),
        ]
    )
    found = payments_of(touches, touches.contact, to_instant(day(9)))
    assert found.left == {"EUR": 705, "USD": 0}
    assert found.given_back == {"EUR": 306, "USD": 50}
    assert found.usual_name == "EUR"


PAYMENTS = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from(["bought", "renewed", "partly_refunded", "refunded"]),
        st.integers(0, 5),
        st.integers(-300, 300) | st.none(),
        st.sampled_from(["EUR", "USD"]),
    ),
    max_size=12,
)


def by_hand(rows):
    """What is left in all by contact and currency, by walking everybody's payments with lists."""
    found, live = defaultdict(int), defaultdict(list)
    kinds = ["bought", "renewed", "partly_refunded", "refunded"]

    def place(row):
        back = row[1] in kinds[2:] or (row[3] or 0) < 0
        return row[2], 0 if not back else 2 if row[1] == "refunded" else 1

    for who, kind, _, value, currency in sorted(rows, key=place):
        if kind in kinds[:2] and (value is None or value >= 0):
            live[who].append([currency, value])
        elif value is None:
            if kind == "refunded":
                live[who] = []
        else:
            rest = abs(value)
            for bought in reversed(live[who]):
                if bought[0] == currency and bought[1] is not None:
                    part = min(rest, bought[1])
                    rest, bought[1] = rest - part, bought[1] - part
    for who, all_bought in live.items():
        for currency, value in all_bought:
            found[who, currency] += value or 0
    return {key: value for key, value in found.items() if value}


@given(PAYMENTS)
def test_what_is_left_is_what_was_paid_less_what_was_given_back_and_never_below_nothing(rows):
    touches = Touches.of(
        touch(who, kind, at, currency=currency, **({} if value is None else {"value": value}))
        for who, kind, at, value, currency in rows
    )
    found = payments_of(touches, touches.contact, to_instant(day(99)))
    kept = np.where(found.kept == MISSING, 0, found.kept)
    assert (kept >= 0).all()
    sums = defaultdict(int)
    for row, value in zip(found.row.tolist(), kept.tolist(), strict=True):
        sums[touches.contact[row], rows[row][4]] += value
    assert {key: value for key, value in sums.items() if value} == by_hand(rows)
    paid = sum(value for _, kind, _, value, _ in rows if value and value > 0 and "refunded" not in kind)
    assert sum(found.left.values()) <= paid
    assert sum(found.given_back.values()) <= paid


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4), st.integers(0, 900)), max_size=9))
def test_giving_everything_back_leaves_nothing(rows):
    bought = [touch(who, "bought", at, value=value) for who, at, value in rows]
    back = [touch(who, "refunded", 9 + at, value=value) for who, at, value in rows]
    touches = Touches.of(bought + back)
    assert sum(payments_of(touches, touches.contact, to_instant(day(99))).left.values()) == 0


@pytest.mark.parametrize("seed", range(3))
def test_compiled_and_plain_the_walk_says_the_same(seed):
    rng, n = np.random.default_rng(seed), 400
    whose, sort = np.sort(rng.integers(0, 30, n)), rng.integers(0, 3, n).astype(np.int8)
    value = np.where(rng.random(n) < 0.1, MISSING, rng.integers(0, 50, n))
    log = whose, rng.integers(0, 2, n), value, sort
    found = []
    for walk in (walk_payments, compiled(walk_payments)):
        settled = value.copy(), np.zeros(n, bool), np.zeros(n, np.int64), np.zeros(n, bool)
        walk(log, settled, np.full(n, -1), MISSING)
        found.append(settled)
    for plain, quick in zip(*found, strict=True):
        assert plain.tolist() == quick.tolist()
