"""Several questions asked of the database at once: answered as each by itself."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadline.engine.instants import to_datetime
from leadline.web import access, listing, together
from leadline.web.models import Contact, NextStep, Task, User
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_each_question_keeps_its_order_its_end_and_its_types(owner, django_assert_num_queries):
    ada, eero = (Contact.objects.create(name=name, owner=owner) for name in ("Ada", "Eero"))
    for number, contact in enumerate((ada, eero, ada)):
        Task.objects.create(contact=contact, title=f"t{number}", due_on=date(2026, 3, 1 + number))
    tasks = Task.objects.values_list("due_on", "title")
    parts = [
        tasks.filter(contact=ada).order_by("-due_on")[:5],
        tasks.filter(pk__in=[]).order_by("due_on"),
        tasks.order_by("due_on")[:1],
    ]
    with django_assert_num_queries(1):
        found = together.rows_of(parts)
    assert found == [
        [(date(2026, 3, 3), "t2"), (date(2026, 3, 1), "t0")],
        [],
        [(date(2026, 3, 1), "t0")],
    ]


def test_rows_are_counted_up_to_an_end(owner, django_assert_num_queries):
    for name in ("Ada", "Eero", "Ines"):
        Contact.objects.create(name=name, owner=owner)
    people = Contact.objects.order_by("name")
    parts = [people, people.filter(name="Eero"), people.filter(name="Nobody"), people.none()]
    with django_assert_num_queries(1):
        assert together.counts_of(parts, 2) == [2, 1, 0, 0]


def test_what_is_put_together_once_is_told_its_numbers_each_time(owner, member, django_assert_num_queries):
    for name, one in {"Ada": owner, "Bea": owner, "Cid": member, "Dora": None}.items():
        Contact.objects.create(name=name, owner=one)
    people = Contact.objects.order_by("name").values_list("name")
    whose = [people.filter(owner=together.Place("user")), people.filter(owner__isnull=True), people.none()]
    put = [together.put_together(one) for one in whose]
    for user, names in ((owner, [("Ada",), ("Bea",)]), (member, [("Cid",)])):
        with django_assert_num_queries(2):
            assert together.rows_of(put, {"user": user.pk}) == [names, [("Dora",)], []]
            assert together.counts_of(put, told={"user": user.pk}) == [len(names), 1, 0]


def test_records_are_those_of_the_queryset_whoever_is_told(owner, member, django_assert_num_queries):
    due = to_datetime(NOW)
    for number, one in enumerate((owner, member, owner)):
        contact = Contact.objects.create(name=f"n{number}", owner=one, fields={"seats": number})
        Task.objects.create(contact=contact, owner=one, title=f"t{number}", done_at=due if number else None)
    tasks = Task.objects.select_related("contact", "owner").order_by("-pk")
    since, whose = together.Place("since"), together.Place("user")
    question = together.put_together(tasks.filter(owner=whose, done_at__gte=since)[:5])
    for user, title in ((owner, "t2"), (member, "t1")):
        with django_assert_num_queries(1):
            (found,) = together.records_of(question, {"user": user.pk, "since": together.as_time(due)})
            assert (found.title, found.done_at, found.owner) == (title, due, user)
            assert found.contact.fields == {"seats": int(title[1])}
        assert found == Task.objects.get(title=title)
        found.title = "changed"
        found.save()  # a record like any other
        assert Task.objects.filter(title="changed").delete()[0] == 1
    assert together.records_of(question, {"user": owner.pk, "since": together.as_time(due)}) == []
    assert together.records_of(together.put_together(tasks.none())) == []


def test_records_are_fetched_by_their_numbers_in_the_order_of_these(owner, django_assert_num_queries):
    ada, bea, cid = (Contact.objects.create(name=name, owner=owner) for name in ("Ada", "Bea", "Cid"))
    gone = cid.pk + 1000
    question = together.to_fetch(Contact.objects.filter(owner=together.Place("user")).select_related("owner"))
    with django_assert_num_queries(1):
        found = listing.fetch_by(question, [cid.pk, gone, ada.pk], {"user": owner.pk})
        assert [(one.name, one.owner) for one in found] == [("Cid", owner), ("Ada", owner)]
    assert listing.fetch_by(question, [bea.pk], {"user": owner.pk + 1}) == []
    with django_assert_num_queries(0):
        assert listing.fetch_by(question, [], {"user": owner.pk}) == []


def test_the_erased_are_left_out_of_each_question_and_looked_for_once(owner):
    for name, erased in (("Ada", None), ("Eero", NOW), ("Ines", None)):
        one = Contact.objects.create(name=name, owner=owner, erased_at=erased and to_datetime(erased))
        NextStep.objects.create(contact=one, sort="ask", since=NOW, kind="met")
    steps = access.parts_of_contacts(owner, NextStep)[0]
    parts = [steps, steps.filter(contact__name="Eero"), steps.filter(contact__name="Ines")]
    with CaptureQueriesContext(connection) as asking:
        assert together.counts_of(parts) == [2, 0, 1]
        names = [part.order_by("contact__name").values_list("contact__name") for part in parts]
        assert together.rows_of(names) == [[("Ada",), ("Ines",)], [], [("Ines",)]]
    looked = [one["sql"].count("erased_at IS NOT NULL") for one in asking]
    assert looked == ([1, 1] if connection.vendor == "postgresql" else [3, 3])


def test_without_questions_nothing_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert together.rows_of([]) == []
        assert together.counts_of([Contact.objects.none()], 5) == [0]


def test_more_questions_than_one_statement_can_hold_are_all_answered(owner):
    parts = [User.objects.filter(pk=owner.pk).values_list("pk")[:1] for _ in range(600)]
    assert together.rows_of(parts) == [[(owner.pk,)]] * 600
    assert together.counts_of([User.objects.filter(pk=owner.pk)] * 600, 5) == [1] * 600
