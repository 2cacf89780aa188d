"""On how few the income rests, and what a higher price may cost: by hand."""

from __future__ import annotations

import pytest

from leadline.engine.estimates import Quantity
from leadline.engine.horizon.concentration import concentration
from leadline.engine.horizon.demand import BadCapacity, Demand
from leadline.engine.touches import Column
from tests.makers import touch
from tests.traced import sales, traced

FIVE = {"ann": [(500.0, 60_000)], "bob": [(510.0, 10_000), (520.0, 10_000)], "cem": [(530.0, 10_000)]}
FIVE |= {"dee": [(540.0, 5_000)], "eve": [(550.0, 5_000)]}


def of(paid, until=600):
    return concentration(traced(sales(paid), until)[1])


def test_the_shares_are_of_the_income():
    found = of(FIVE)
    assert (found.income, found.clients, found.who) == (100_000, 5, "ann")
    assert (found.largest, found.top) == (pytest.approx(0.6), pytest.approx(0.9))
    assert found.equal_clients == pytest.approx(1 / (0.36 + 0.04 + 0.01 + 0.0025 + 0.0025))
    assert found.sentence() == (
        "One client, ann, brought 60 % of the income of the last 3 months (1,000 EUR), "
        "the three largest 90 %; 5 paid, and it is as if there were 2.4 of equal size."
    )


def test_deals_of_one_client_are_taken_together_and_others_stand_for_themselves():
    # 60,000 of ann's deal; bob's, cem's and dee's are one client's: 20,000 + 10,000 + 5,000; eve's nobody's
    cycles = traced(sales(FIVE), 600)[1]
    whose = {"ann": "Acme", "bob": "Bolt", "cem": "Bolt", "dee": "Bolt"}
    found = concentration(cycles, Column.of(whose.get(deal) for deal in cycles.subjects))
    assert (found.who, found.clients) == ("Acme", 3)
    assert (found.largest, found.top) == (pytest.approx(0.6), pytest.approx(1))
    assert found.equal_clients == pytest.approx(1 / (0.36 + 0.35**2 + 0.05**2))
    alone = concentration(cycles, Column.of([None] * len(cycles.subjects)))
    assert (alone.who, alone.clients) == ("ann", 5)


def test_what_was_paid_more_than_a_year_ago_is_past():
    assert of({"old": [(100.0, 90_000)]} | FIVE).who == "ann"


def test_equals_are_as_many_as_they_are():
    found = of({f"c{n}": [(500.0 + n, 700)] for n in range(8)})
    assert found.equal_clients == pytest.approx(8)
    assert not found.risky


def test_one_client_is_all():
    assert of({"ann": [(500.0, 12_345)]}).sentence().startswith("All of the income of the last ")


@pytest.mark.parametrize("rows", [[], [touch("a", "bought", 1)], sales({"a": [(1.0, 0)]})])
def test_without_income_nothing_rests_on_anybody(rows):
    assert concentration(traced(rows, 600)[1]) is None


def test_room_for_a_higher_price_is_arithmetic():
    found = Demand(Quantity(5, 4.5, 5.5), 4)
    assert found.spare == pytest.approx(0.2)
    for row in found.rows():
        buyers = 5 * (1 - row["may_say_no"])
        assert buyers * (1 + row["price_up"]) == pytest.approx(4)  # the income of four at today's price
    exceeds, room, _ = found.sentences()
    assert exceeds == (
        "Demand exceeds what you can deliver: 5 (between 4.5 and 5.5) new clients a month come, and you can "
        "take on 4."
    )
    assert room == (
        "There is room to raise prices: 20 % of those who buy could say no before a place stays empty, and "
        "with prices 20 % higher 33 % could before you earn less."
    )


def test_free_places_are_no_reason_for_higher_prices():
    found = Demand(Quantity(2, 1, 3), 4)
    assert (found.spare, found.rows()) == (0, [])
    assert found.sentences()[0].startswith("There is room for 2 more new clients a month")


def test_what_may_be_chance_is_not_called_demand():
    assert Demand(Quantity(5, 3.5, 7), 4).sentences()[0].startswith("Demand is about what you can deliver")


def test_a_capacity_is_above_nothing():
    from leadline.engine.horizon.demand import demand

    for wrong in (0, -1, float("inf"), float("nan")):
        with pytest.raises(BadCapacity):
            demand(None, wrong)
