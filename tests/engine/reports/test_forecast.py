"""The months ahead: what is said of them, and when nothing is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from leadline.engine.clocks import last_of
from leadline.engine.estimates import Caution, TooEarly, TooFewConversions
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.outlook import Tried
from leadline.engine.reports.forecast import forecast
from leadline.engine.simulate import load_business, simulate
from leadline.engine.touches import Column, Touches
from tests.histories import ODD, crowd, history, instant

NO_TOUCHES = Touches.of([])


def daily(as_of: float = 120) -> dict[str, str]:
    """A lead a day, and a client ten days later."""
    return {
        f"p{day}": f"lead {day}" + (f", client {day + 10}" if day + 10 <= as_of else "")
        for day in range(int(as_of))
    }


def test_a_lead_a_day_that_always_buys_brings_a_client_a_day() -> None:
    found = forecast(history(daily(), as_of=120), NO_TOUCHES, draws=300, caution=Caution(0.9))
    assert len(found.months) == 6
    first = found.months[0]
    assert first.clients.value == pytest.approx(31, abs=3)
    assert first.clients.low <= 31 <= first.clients.high
    assert first.income is None
    assert first.known == pytest.approx(9 / 31, abs=0.1)
    assert found.months[-1].known == pytest.approx(0, abs=0.02)
    (lead,) = found.prospects
    assert (lead.stage, lead.people) == ("lead", 9)
    assert lead.clients == pytest.approx(9, abs=0.5)
    assert lead.worth is None


def test_income_is_clients_times_what_each_pays() -> None:
    people = daily()
    rows = [
        {
            "contact": name,
            "kind": "bought",
            "happened_at": instant(day + 10),
            "value": 5_000,
            "currency": "EUR",
        }
        for day, name in enumerate(people)
        if "client" in people[name]
    ]
    found = forecast(history(people, as_of=120), Touches.of(rows), months=2, draws=300)
    for month in found.months:
        assert month.income.value == pytest.approx(month.clients.value * 5_000, rel=0.08)
    assert found.prospects[0].worth == pytest.approx(45_000, rel=0.05)
    row = found.rows()[0]
    assert row["currency"] == "EUR"
    assert row["income_low"] <= row["income"] <= row["income_high"]
    assert "EUR" in " ".join(found.sentences())


def test_fewer_clients_than_needed_are_no_ground_for_a_forecast() -> None:
    people = crowd((30, "lead 0"), (3, "lead 0, client 20"))
    found = forecast(history(people), NO_TOUCHES)
    assert found.months == TooFewConversions(3, 10)
    assert found.rows() == [{"month": None, "unsaid": "too few: 3 of at least 10"}]
    assert found.sentences() == [
        "Too few ever became clients to foresee how many will: 3 contacts, at least 10 needed."
    ]
    wide = forecast(history(people), NO_TOUCHES, draws=50, caution=Caution(needed=3))
    assert wide.months[0].clients.low == 0


def test_a_few_weeks_are_no_ground_for_a_forecast() -> None:
    found = forecast(history(crowd((40, "lead 0, client 5")), as_of=30), NO_TOUCHES)
    assert found.months == TooEarly(4, 8)
    assert found.sentences() == [
        "The record covers 4 whole weeks: too few to foresee anything, which takes 8."
    ]


@pytest.mark.parametrize("name", ODD)
def test_odd_histories_get_a_sentence_rows_and_a_chart(name: str) -> None:
    found = forecast(ODD[name], NO_TOUCHES, draws=20, caution=Caution(needed=0))
    assert found.sentences()
    json.dumps([*found.rows(), *found.prospect_rows()], allow_nan=False)
    for of in ("clients", "income"):
        assert found.chart(of).to_dict()["title"]


def test_the_past_is_whole_months_and_stands_before_what_is_ahead_in_the_chart() -> None:
    found = forecast(history(daily(), as_of=120), NO_TOUCHES, draws=20)  # the first of May
    assert [clients for _, clients, _ in found.past] == [22, 28, 31, 30]
    parts = [one["part"] for one in found.chart().data.values]
    assert parts.index("ahead") >= parts.count("past") > 0


def test_one_month_is_said_as_one() -> None:
    found = forecast(history(daily(), as_of=120), NO_TOUCHES, months=1, draws=20)
    said = " ".join(found.sentences())
    assert "three months" not in said
    assert "The month before brought" in said
    assert len(found.rows()) == 1


def test_what_was_foreseen_of_a_simulated_business_came() -> None:
    held = []
    for name, seed in (("coach", 3), ("agency", 4), ("b2b-team", 5)):
        whole = simulate(load_business(name), seed=seed, as_of="2026-03-31")
        cut = last_of("2025-12-31")
        known = whole.touches.take(whole.touches.happened_at <= cut)
        funnel = load_funnel("elevate")
        found = forecast(derive(known, funnel, cut), known, months=3, draws=200, caution=Caution(0.99))
        later = derive(whole.touches, funnel, whole.as_of)
        client = later.stage == funnel.stage_number("customer")
        first = {}
        for who, at in zip(later.contact[client].tolist(), later.entered_at[client].tolist(), strict=True):
            first.setdefault(who, at)
        came = sum(at > cut for at in first.values())
        held.append(found.near.clients.low <= came <= found.near.clients.high)
    assert sum(held) >= 2


def bought(who: str, day: float, currency: str) -> dict[str, object]:
    return {
        "contact": who,
        "kind": "bought",
        "happened_at": instant(day),
        "value": 5_000,
        "currency": currency,
    }


def test_purchases_in_another_currency_are_worth_nothing() -> None:
    rows = [bought(f"p{n}", n + 10, "EUR" if n > 2 else "USD") for n in range(100)]
    found = forecast(history(daily(), as_of=120), Touches.of(rows), months=1, draws=20)
    assert found.currency == "EUR"
    assert sum(income for _, _, income in found.past) == 97 * 5_000


def test_who_has_no_date_is_said_to_be_left_out() -> None:
    touches = Touches.of([bought(f"p{n}", n + 10, "EUR") for n in range(100)])
    whose = Column(touches.contact.codes, [*touches.contact.labels, "somebody", "somebody else"])
    found = forecast(history(daily(), as_of=120), touches, months=1, draws=20, unit="deal", whose=whose)
    assert "2 deals have no date on record: nothing is foreseen of them." in found.sentences()


def test_a_record_that_begins_with_the_first_deal_won_is_said_to_begin_there() -> None:
    # a lead a day that takes ten or sixty days; on record is who was a client, or open, on day 150 or later
    people = {
        f"p{day}": f"lead {day}" + (f", client {end}" if end <= 300 else "")
        for day in range(300)
        if (end := day + (10 if day % 2 else 60)) >= 150
    }
    found = forecast(history(people, as_of=300), NO_TOUCHES, months=1, draws=50)
    (said,) = (one for one in found.sentences() if one.startswith("Before "))
    assert said.startswith("Before 27 May 2026 hardly anybody is on record as a new client")  # day 146
    assert len(found.past) == 5  # whole months since then, none of them empty
    assert all(clients for _, clients, _ in found.past)


def test_how_far_off_it_would_have_been_is_said_and_first_where_a_plain_forecast_is_better() -> None:
    well = forecast(history(daily(450), as_of=450), NO_TOUCHES, months=1, draws=50)
    assert well.sentences()[0].startswith("In the month to")
    assert well.sentences()[-1].startswith("On 9 days of the last year, such a forecast would have been")
    bad = replace(well, tried=Tried(days=9, off=250, plain_off=50, luck=20, came=1000))
    first = bad.sentences()[0]
    assert first.startswith("Don't rely on this forecast: ")
    assert "25 % off" in first
    assert first.endswith("as many as in the three months before, 5 %.")
    assert bad.chart().to_dict()["title"]["text"].endswith("a forecast not to rely on")
    few = replace(well, tried=Tried(days=2, off=250, plain_off=50, luck=20, came=1000))
    assert not any("of the last year" in said for said in few.sentences())
    assert not replace(well.tried, off=30, plain_off=1, luck=20).worse


def test_hardly_a_client_has_no_worth_and_amounts_have_two_digits() -> None:
    people = daily() | {f"still{n}": "prospect 1" for n in range(30)}
    rows = [bought(f"p{n}", n + 10, "EUR") | {"value": 5_137} for n in range(100)]
    found = forecast(history(people, as_of=120), Touches.of(rows), months=2, draws=50)
    prospect, lead = found.prospect_rows()
    assert prospect["stage"] == "prospect"
    assert prospect["worth"] is None
    (said,) = (one for one in found.sentences() if "“prospect”" in one)
    assert said == (
        "The 30 people now in “prospect” who never were clients are likely to bring hardly a client within "
        "2 months."
    )
    for amount in (lead["worth"], *(row[key] for row in found.rows() for key in ("income", "income_high"))):
        assert len(str(amount).rstrip("0")) <= 2


def test_clients_who_are_first_seen_when_they_buy_have_all_still_to_hear_of_you() -> None:
    bought = {f"p{day}": f"client {day}" for day in range(120)}
    found = forecast(history(bought, as_of=120), NO_TOUCHES, draws=100)
    said = found.sentences()
    assert "None of the new clients to come is on record yet: all have still to hear of you." in said
    assert not any("would come if nobody new arrived" in one for one in said)
    assert said[0].startswith("In May 2026, ")
    assert "; in the three months to July 2026, " in said[0]
