"""Days in what somebody does are those of where they are."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.engine.instants import to_instant
from leadline.web.actions import asks, contracts, income, plans, reminders
from leadline.web.actions.acting import Actor
from leadline.web.actions.asks import Terms
from leadline.web.actions.pace import pace
from leadline.web.errors import Invalid
from leadline.web.models import Ask, Contract, Touch

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SUNDAY_EVENING = to_instant("2026-03-01T22:30Z")
"""Half past nine on Monday, 2 March, in Sydney; half past five in the afternoon of Sunday in New York."""


@pytest.fixture
def there(owner):
    """Who acts at that instant, being somewhere."""

    def act(zone: str) -> Actor:
        owner.zone = zone
        owner.save()
        return Actor.of(owner, SUNDAY_EVENING)

    return act


def test_a_contract_ends_today_where_whoever_ends_it_is(funnels, contact, there):
    monday = date(2026, 3, 2)
    contract = Contract.objects.create(contact=contact, starts_on=date(2026, 1, 1), currency="EUR")
    with pytest.raises(Invalid, match="2026-01-01 to 2026-03-01"):
        contracts.end(there("UTC"), contract, "Moved", monday)
    ended = contracts.end(there("Australia/Sydney"), contract, "Moved", monday)
    assert ended.ended_on == monday
    assert Touch.objects.get(origin=f"contract:{contract.pk}").happened_at == SUNDAY_EVENING


def test_a_contract_that_ended_before_did_so_at_noon_there(funnels, contact, there):
    contract = Contract.objects.create(contact=contact, starts_on=date(2026, 1, 1), currency="EUR")
    contracts.end(there("Australia/Sydney"), contract, "Moved", date(2026, 2, 27))
    noon = to_instant("2026-02-27T01:00Z")  # Sydney is eleven hours ahead
    assert Touch.objects.get(origin=f"contract:{contract.pk}").happened_at == noon


def test_an_audience_of_today_is_counted_and_never_one_to_come(funnels, there):
    monday = date(2026, 3, 2)
    with pytest.raises(Invalid, match="which is to come"):
        plans.count_audience(there("UTC"), "content", "posted", monday, 500)
    plans.count_audience(there("Australia/Sydney"), "content", "posted", monday, 500)
    assert Touch.objects.get(n=500).happened_at == SUNDAY_EVENING  # it isn't noon yet
    plans.count_audience(there("Australia/Sydney"), "content", "posted", date(2026, 3, 1), 70)
    assert Touch.objects.get(n=70).happened_at == to_instant("2026-03-01T01:00Z")


def test_tomorrow_is_tomorrow_where_one_is(funnels, contact, there):
    ask = asks.make(there("Australia/Sydney"), contact, Terms(), SUNDAY_EVENING)
    with pytest.raises(Invalid, match="a day to come"):
        reminders.put_off(there("Australia/Sydney"), ask, date(2026, 3, 2))
    reminders.put_off(there("America/New_York"), ask, date(2026, 3, 2))
    assert reminders.due_of(Ask.objects.get(pk=ask.pk)) == date(2026, 3, 2)


def test_the_asks_of_a_week_are_those_since_monday_where_the_team_is(funnels, contact, there, owner):
    asks.make(there("Australia/Sydney"), contact, Terms(), to_instant("2026-03-01T12:30Z"))  # Sunday, 23:30
    asks.make(there("Australia/Sydney"), contact, Terms(), to_instant("2026-03-01T13:30Z"))  # Monday, 00:30
    week = pace(owner, date(2026, 3, 2), SUNDAY_EVENING)
    assert (week.made, week.before, week.first) == (1, 1, 0)
    owner.zone = "UTC"
    owner.save()
    week = pace(owner, date(2026, 3, 1), SUNDAY_EVENING)
    assert (week.made, week.before, week.first) == (2, 0, 1)


def test_income_is_by_the_months_of_the_team(funnels, contact, there, owner):
    for at, value in (("2026-02-28T12:30Z", 100), ("2026-02-28T13:30Z", 20), ("2026-03-01", 3)):
        Touch.objects.create(
            contact=contact, kind="bought", happened_at=to_instant(at), recorded_at=SUNDAY_EVENING,
            value=value, currency="EUR",
        )  # fmt: skip
    for zone, february, march in (("UTC", 120, 3), ("Australia/Sydney", 100, 23), ("America/Lima", 120, 3)):
        there(zone)
        year = income.year(owner, SUNDAY_EVENING)
        assert year is not None
        told = {month.day: month.amount for month in year.months if month.amount}
        assert told == {date(2026, 2, 1): february, date(2026, 3, 1): march}
