"""The day of whoever sees several circles of contacts, as if each row had been looked at by itself."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import count

import pytest

from leadline.engine.instants import DAY, to_datetime
from leadline.web import access
from leadline.web.actions import agenda
from leadline.web.actions.pace import pace
from leadline.web.models import Ask, Contact, Contract, NextStep, Task, Team, User
from tests.web.asks.conftest import enter
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TODAY = to_datetime(NOW).date()  # a Monday
ROLES = ("owner", "manager", "member", "stranger")


@pytest.fixture
def everybody(funnels, owner, member, team) -> dict[str, User]:
    """Somebody of each role, and forty contacts of all circles with whom something is open."""
    make, south = User.objects.create_user, Team.objects.create(name="South")
    manager = make("mia@example.org", None, role="manager", name="Mia", team=team)
    stranger = make("sam@example.org", None, role="member", name="Sam", team=south)
    chance, numbers = random.Random(7), count()
    whose = [(None, None), (None, team), (member, team), (manager, team), (manager, None), (stranger, south)]

    def day(least: int, most: int):
        return chance.choice((None, TODAY + timedelta(days=chance.randrange(least, most))))

    for n in range(40):
        keeper, its = whose[n % len(whose)]
        gone = to_datetime(NOW) if n in (8, 15) else None
        one = Contact.objects.create(name=f"c{n}", owner=keeper, team=its, erased_at=gone)
        for sort in chance.sample(NextStep.Sort.values, 2):
            NextStep.objects.create(
                contact=one, sort=sort, since=NOW - chance.randrange(5) * DAY, kind="met",
                rank=chance.randrange(3), quiet_until=day(-2, 3),
            )  # fmt: skip
        for _ in range(chance.randrange(4)):
            Ask.objects.create(
                contact=one, key=f"deal {next(numbers)}", asked_at=NOW - chance.randrange(14) * DAY,
                answer=chance.choice(Ask.Answer.values), expected_on=day(-3, 3),
                ask_again_on=day(-9, 4), quiet_until=day(-2, 3),
            )  # fmt: skip
        Contract.objects.create(contact=one, starts_on=TODAY, renews_on=day(-5, 50), ended_on=day(-5, 5))
        Task.objects.create(title="Call", contact=one, owner=keeper, team=its, due_on=day(-5, 5))
    return {"owner": owner, "manager": manager, "member": member, "stranger": stranger}


def plainly(user: User) -> dict[str, list[int]]:
    """The numbers of each section, of all rows that somebody sees, asked one after the other."""
    steps, asks = (list(access.of_contacts(user, model)) for model in (NextStep, Ask))
    loud = [one for one in [*steps, *asks] if one.quiet_until is None or one.quiet_until <= TODAY]

    def of_sort(sort: str, column: str) -> list[int]:
        rows = [one for one in loud if isinstance(one, NextStep) and one.sort == sort]
        return [one.pk for one in sorted(rows, key=lambda one: (-getattr(one, column), -one.pk))]

    def last(ask: Ask) -> bool:
        later = [one for one in asks if one.contact_id == ask.contact_id and one.asked_at > ask.asked_at]
        return all(one.answer == "taken" for one in later)

    waiting = [one for one in loud if isinstance(one, Ask) and one.answer == ""]
    waiting = [one for one in waiting if one.expected_on is None or one.expected_on <= TODAY]
    again = [one for one in asks if one.answer in ("no", "not_now") and one.ask_again_on is not None]
    again = [one for one in again if one.ask_again_on <= TODAY and last(one)]
    due = [one for one in access.of_contacts(user, Contract) if one.renews_on and one.ended_on is None]
    due = [one for one in due if one.renews_on <= TODAY + agenda.AHEAD]
    tasks = [one for one in access.tasks(user) if one.due_on and one.due_on <= TODAY]
    return {
        "reply": of_sort("reply", "since"),
        "ask": of_sort("ask", "rank"),
        "waiting": [one.pk for one in sorted(waiting, key=lambda one: (-one.asked_at, -one.pk))],
        "again": [one.pk for one in sorted(again, key=lambda one: (one.ask_again_on, one.pk), reverse=True)],
        "renew": [one.pk for one in sorted(due, key=lambda one: (one.renews_on, one.pk))],
        "follow": of_sort("follow", "rank"),
        "task": [one.pk for one in sorted(tasks, key=lambda one: (one.due_on, one.pk))],
    }


@pytest.mark.parametrize("role", ROLES)
def test_the_sections_are_those_of_all_circles_in_one_order(everybody, role, django_assert_max_num_queries):
    user = User.objects.select_related("team").get(pk=everybody[role].pk)
    wanted = plainly(user)
    assert role in ("member", "stranger") or all(wanted.values())
    found = agenda.sections(user, "all", TODAY, NOW)
    for most in (1, 4, 200):
        shown = agenda.first_of(found, most)
        assert {name: [one.pk for one in rows] for name, rows in shown.items()} == {
            name: numbers[:most] for name, numbers in wanted.items()
        }
    assert agenda.count_of(found, 200) == {name: len(numbers) for name, numbers in wanted.items()}
    assert set(agenda.count_of(found, 1).values()) <= {0, 1}
    with django_assert_max_num_queries(8):
        agenda.first_of(found, 200)
        agenda.count_of(found, 200)


@pytest.mark.parametrize("role", ROLES)
def test_asks_of_the_week_are_counted_over_all_circles_and_open_as_a_list(
    everybody, role, client, monkeypatch, django_assert_num_queries
):
    user = User.objects.select_related("team").get(pk=everybody[role].pk)
    asks = [one for one in access.counted(user, Ask) if one.answer != "taken"]
    monday = NOW - NOW % DAY - to_datetime(NOW).weekday() * DAY
    week = [one for one in asks if one.asked_at >= monday]
    since = [one for one in asks if one.asked_at >= monday - 7 * DAY]
    firsts = {one.contact_id: min(a.asked_at for a in asks if a.contact_id == one.contact_id) for one in week}
    first = [one for one in week if one.asked_at == firsts[one.contact_id]]
    with django_assert_num_queries(3):  # the zone of the team, all counts, the goal
        told = pace(user, TODAY, NOW)
    assert (told.made, told.before, told.first) == (len(week), len(since) - len(week), len(first))
    assert role in ("member", "stranger") or (told.before > 0 and len(asks) > len(since))
    monkeypatch.setattr("leadline.web.pages.asks.now", lambda: NOW)
    enter(client, user)
    for which, wanted in (("week", week), ("first", first)):
        listed = client.get("/asks/", {"which": which}).context["asks"]
        named = [one.pk for one in wanted if one.contact.erased_at is None]
        assert sorted(one.pk for one in listed) == sorted(named)
