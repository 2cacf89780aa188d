"""What is kept of new contacts of an import follows from the files as it would from the records."""

from __future__ import annotations

import pytest

from leadline.engine.instants import to_instant
from leadline.web import warehouse
from leadline.web.actions import rebuilding, settling
from leadline.web.actions.importing import loading, parts
from leadline.web.models import Ask, Contact, HeldFact, NextStep, Standing, User
from tests.web.actions.test_settling import beside
from tests.web.conftest import NOW
from tests.web.importing.conftest import CONTACTS, TOUCHES, take_in

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LOG = """contact id,kind,happened at,path,channel,offer,deal,value,currency
b1,met,2026-01-03,networking,event,,,,
b1,told_budget,2026-01-04,,phone,,,,
b2,downloaded,2026-01-05T08:00:00Z,content,web,,,,
b2,asked,2026-02-20,email,email,Course,d7,90.00,EUR
b2,said_no,2026-02-21,email,email,,d7,,
b3,liked,2025-01-01T10:00:00Z,,social,,,,
b4,asked,2026-02-01,speaking,event,Talk,,100.00,EUR
b4,asked,2026-02-10,speaking,event,Talk,,120.00,EUR
b4,bought,2026-02-11,speaking,event,Talk,,120.00,EUR
b5,replied,2026-02-28T23:30:00Z,email,email,,,,
"""
PEOPLE = "contact id,name,email\n" + "".join(f"b{n},Bea {n},b{n}@x.org\n" for n in range(1, 7))
DEALS = """deal id,deal name,contact id,created,outcome,closed,value,currency
d1,House,b2,2026-01-10,won,2026-02-10,500,EUR
d2,Garden,b3,2026-01-10,open,,700,EUR
"""
CACHES = (Standing, NextStep, HeldFact)


def ranks_and_facts():
    steps = set(NextStep.objects.values_list("contact", "sort", "rank"))
    return steps, set(HeldFact.objects.values_list("contact", "name", "since", "until"))


def assert_follows():
    """Everything beside the touches is what is written where nothing of it is there."""
    everybody = list(Contact.objects.values_list("pk", flat=True))
    assert rebuilding.differing(everybody, NOW) == 0
    before = beside(), ranks_and_facts()
    for model in CACHES:
        model.objects.all().delete()
    Ask.objects.filter(key=None).delete()
    Contact.objects.update(last_touch_at=1, path="elsewhere")
    settling.settle(everybody, NOW)
    assert (beside(), ranks_and_facts()) == before


@pytest.fixture
def westerner(owner):
    """The first owner, where days begin hours after midnight of UTC."""
    owner.zone = "America/Los_Angeles"
    owner.save()
    return owner


@pytest.mark.parametrize(
    "files",
    [
        {"contacts.csv": PEOPLE, "touches.csv": LOG},
        {"contacts.csv": PEOPLE, "touches.csv": LOG, "deals.csv": DEALS},
        {"contacts.csv": CONTACTS, "touches.csv": TOUCHES},
    ],
    ids=["touches", "touches and deals", "bought"],
)
def test_what_is_kept_of_new_contacts_is_what_follows_from_their_touches(files, funnels, westerner):
    record = take_in(westerner, files)
    assert record.state == "done", record.error
    assert Standing.objects.exists()
    assert_follows()


def test_so_it_is_where_some_of_them_are_there_already(funnels, westerner):
    take_in(westerner, {"contacts.csv": PEOPLE, "touches.csv": "\n".join(LOG.splitlines()[:6])})
    take_in(
        westerner,
        {"contacts.csv": PEOPLE + "b7,New,n@x.org\n", "touches.csv": f"{LOG}b7,met,2026-02-01,,,,,,\n"},
    )
    assert Contact.objects.count() == 7
    assert_follows()


def test_new_contacts_touches_are_not_read_back(funnels, owner, monkeypatch):
    read = []
    touches_of = warehouse.touches_of
    monkeypatch.setattr(
        warehouse, "touches_of", lambda who, *more: (read.extend(who), touches_of(who, *more))[1]
    )
    take_in(owner, {"contacts.csv": PEOPLE, "touches.csv": LOG})
    assert Contact.objects.count() == 6
    assert read == []


def test_what_was_worked_out_by_other_days_is_worked_out_anew(funnels, owner, monkeypatch):
    load = loading.load_people

    def moved(*given):
        User.objects.filter(pk=owner.pk).update(zone="Asia/Tokyo")  # after the part was made ready
        return load(*given)

    monkeypatch.setattr(loading, "load_people", moved)
    take_in(owner, {"contacts.csv": PEOPLE, "touches.csv": LOG})
    met = Contact.objects.get(key="b1").standings.values_list("last_touch_at", flat=True)
    assert set(met) == {to_instant("2026-01-03T15:00:00Z")}  # 4 January begins in Tokyo
    assert_follows()


def test_parts_are_of_people_who_were_touched_last_at_about_the_same_time(funnels, owner, monkeypatch):
    """So each part changes few pages of the indexes by time; of one part they stand as in the files."""
    monkeypatch.setattr(parts, "PEOPLE", 2)
    assert take_in(owner, {"people.csv": PEOPLE, "log.csv": LOG}).state == "done"
    keys = list(Contact.objects.order_by("pk").values_list("key", flat=True))
    assert keys == ["b3", "b6", "b1", "b4", "b2", "b5"]  # 2025, never; 4.1., 11.2.; 21.2., 28.2.
    assert_follows()
