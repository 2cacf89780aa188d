"""What is kept beside the touches: equal to what follows from them, for one or for many."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadline.engine.instants import DAY
from leadline.web.actions import asks, contacts, merging, rebuilding, settling, several, standings, touches
from leadline.web.actions.asks import Terms
from leadline.web.models import Ask, Contact, Contract, HeldFact, NextStep, StagedAsk, Standing, Team
from leadline.web.models.columns import Carried
from leadline.web.warehouse import staged
from tests.rows import kept
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LIVES = (
    ["met", "replied"],
    ["downloaded"],
    ["met", "asked", "said_no"],
    ["replied", "asked"],
    ["asked", "said_yes", "bought"],
    ["met", "opted_out"],
    [],
)


def beside():
    """Everything that is kept beside the touches, without the numbers of its rows."""
    return {
        "staged": set(StagedAsk.objects.values_list(*staged.COLUMNS)),
        "standings": set(Standing.objects.values_list(*standings.COLUMNS)),
        "steps": set(NextStep.objects.values_list("contact", "sort", "since", "kind", "owner", "team")),
        "asks": set(Ask.objects.values_list("contact", "touch", "answer", "answered_at", "owner", "team")),
        "contacts": set(Contact.objects.values_list("pk", "last_touch_at", "path")),
    }


def carried_rightly():
    """Whether every record that carries whose its contact is says what the contact says."""
    return all(
        (one.owner_id, one.team_id) == (one.contact.owner_id, one.contact.team_id)
        for model in apps.get_models()
        if issubclass(model, Carried)
        for one in model.objects.select_related("contact")
    )


@kept
def people(funnels, actor, owner):
    made = [Contact.objects.create(name=f"c{n}", owner=owner) for n in range(len(LIVES))]
    for contact, life in zip(made, LIVES, strict=True):
        for later, kind in enumerate(life):
            at = NOW - (20 - later) * DAY
            touches.record(actor, contact, kind, at, path=("", "speaking", "content")[later % 3])
    return made


def test_what_is_kept_by_hand(people):
    first = Contact.objects.get(pk=people[0].pk)
    assert (first.last_touch_at, first.path) == (NOW - 19 * DAY, "speaking")
    here = Standing.objects.filter(contact=first)
    assert set(here.values_list("last_touch_at", flat=True)) == {NOW - 19 * DAY}
    assert Contact.objects.get(pk=people[-1].pk).last_touch_at is None
    assert not Standing.objects.filter(contact=people[-1]).exists()


def test_all_at_once_gives_what_a_touch_at_a_time_gave(people):
    before = beside()
    Standing.objects.all().delete()
    NextStep.objects.all().delete()
    Contact.objects.update(last_touch_at=1, path="elsewhere")
    Ask.objects.update(answer="no")
    settling.settle([one.pk for one in people], NOW)
    assert beside() == before


def test_who_waited_for_another_write_looked_at_the_clock_before_it_and_counts_it(people, actor):
    contact, second = people[-1], 1_000_000
    touches.record(replace(actor, now=NOW + 5 * second), contact, "bought", NOW + 5 * second)
    touches.record(actor, contact, "liked", NOW)  # asked for earlier, done later
    assert Standing.objects.filter(contact=contact, entered_at=NOW + 5 * second).count() == 2
    assert rebuilding.differing([contact.pk], NOW + 10 * second) == 0
    others = [one.pk for one in people[:-1]]
    assert rebuilding.differing(others, NOW + 10 * second) == 0


def test_what_is_planned_for_later_doesn_t_count_before(people, actor):
    contact = people[-1]
    touches.record(actor, contact, "met", NOW + DAY // 2)
    assert set(Standing.objects.filter(contact=contact).values_list("stage", flat=True)) == {0}


def test_nothing_is_written_where_nothing_differs(people, django_assert_num_queries):
    with django_assert_num_queries(9):
        settling.settle([one.pk for one in people[-1:]], NOW)
    before = [numbers(model) for model in (Standing, NextStep, HeldFact)]
    settling.settle([one.pk for one in people], NOW)
    assert [numbers(model) for model in (Standing, NextStep, HeldFact)] == before


def test_only_columns_that_differ_are_named_since_each_index_of_a_named_one_is_written_anew(people, actor):
    contact = Contact.objects.get(pk=people[1].pk)  # who downloaded something, and is found by no path
    with CaptureQueriesContext(connection) as asked:
        touches.record(actor, contact, "downloaded", NOW - DAY)
    written = [one["sql"] for one in asked if "UPDATE" in one["sql"]]
    named = {sql.split('"')[1]: set(re.findall(r'"(\w+)" = ', sql)) for sql in written}
    assert named["web_contact"] == {"last_touch_at"}
    assert named["web_standing"] <= {"last_touch_at", "changes_at"}


def numbers(model):
    return set(model.objects.values_list("pk", flat=True))


def test_many_take_no_more_queries_than_few(people, django_assert_max_num_queries):
    Standing.objects.all().delete()
    NextStep.objects.all().delete()
    with django_assert_max_num_queries(13):
        settling.settle([one.pk for one in people], NOW)


def test_whoever_a_contact_is_given_to_has_what_hangs_on_it(people, actor, member, team):
    contacts.change_contacts(actor, [one.pk for one in people[:4]], several.to_owner(member, team))
    assert Standing.objects.filter(owner=member, team=team).exists()
    assert NextStep.objects.filter(owner=member).exists()
    assert Ask.objects.filter(owner=member).count() == 2
    assert carried_rightly()
    other = Team.objects.create(name="South")
    contacts.edit_contact(actor, Contact.objects.get(pk=people[0].pk), owner=None, team=other)
    assert set(Standing.objects.filter(contact=people[0]).values_list("owner", "team")) == {(None, other.pk)}
    Contact.objects.filter(pk=people[1].pk).update(team=other)  # whoever changes it, and however
    assert carried_rightly()


def test_merging_and_parting_carry_along(people, actor, member, team):
    kept_one, twin = Contact.objects.get(pk=people[0].pk), Contact.objects.get(pk=people[3].pk)
    contacts.change_contacts(actor, [kept_one.pk], several.to_owner(member, team))
    Contract.objects.create(contact=twin, starts_on="2026-01-01")
    merging.merge_contacts(actor, kept_one, twin)
    assert set(Ask.objects.filter(contact=kept_one).values_list("owner", "team")) == {(member.pk, team.pk)}
    assert carried_rightly()
    merging.part_contacts(actor, Contact.objects.get(pk=twin.pk))
    assert set(Ask.objects.filter(contact=twin).values_list("owner", "team")) == {(actor.user.pk, None)}
    assert carried_rightly()


def test_whatever_was_done_settling_again_changes_nothing(people, actor, member, team):
    asks.make(actor, Contact.objects.get(pk=people[1].pk), Terms(amount=500, currency="EUR"))
    touches.retract(actor, people[2].touches.get(kind="said_no"))
    contacts.change_contacts(actor, [people[2].pk, people[4].pk], several.to_owner(member, team))
    merging.merge_contacts(actor, Contact.objects.get(pk=people[5].pk), Contact.objects.get(pk=people[3].pk))
    before = beside()
    settling.settle([one.pk for one in people], NOW)
    assert beside() == before
    assert carried_rightly()
