"""Many contacts in one request leave what the same contacts leave that are sent one by one."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from leadline.engine.errors import LeadlineError
from leadline.web.actions import contacts, merging, profiles, touch_batches, upserts, webhooks
from leadline.web.actions.acting import Actor
from leadline.web.actions.drafts import Drafts
from leadline.web.errors import Conflict
from leadline.web.models import AuditEntry, Company, Contact, Delivery, Field, Job, Tag, Touch
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db
PEOPLE, ROWS = 12, 90
TITLES = ("Owner", "Buyer", "")
COLUMNS = ("name", "key", "job_title", "company_id", "owner_id", "team_id", "fields", "name_small", "path")


SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.one_database) for seed in (2, 3))]
"""Other rows, of which the database is asked the same."""


@pytest.fixture
def fields(db):
    Field.objects.create(of="contact", name="size", label="Size", type="number")
    Field.objects.create(of="contact", name="vip", label="VIP", type="flag")


def mails(*values):
    return [{"sort": "email", "value": value} for value in values]


def make_people(actor, ada, world):
    """Some who are there before: every third of them is an owner's, whom a member doesn't see."""
    for n in range(PEOPLE):
        given = {"email": f"{n}@{world}.org", "key": f"{world}-{n}", "company": f"{world} Ltd"}
        contacts.create_contact(actor if n % 3 else ada, f"Person {n}", tags=["old"], **given)


def rows_of(world, seed, owner, member):
    """What is said of people who are there, and of some who aren't; often of one of them several times.

    Every third is known by an address alone: to whoever doesn't see them they are somebody new.
    """
    chance, rows = random.Random(seed), []
    for n in range(ROWS):
        who = chance.randrange(PEOPLE + 30)
        mailed = who % 3 == 0 or (who < PEOPLE and chance.random() < 0.5)
        row = {"job_title": TITLES[who % 3]}  # that hangs on who it is: a profile is held against them
        row |= {} if mailed else {"key": f" {world}-{who}"}
        if mailed or chance.random() < 0.4:
            more = [{"sort": "phone", "value": f"+49 30 {1000 + n}", "label": "work"}] * (n % 2)
            row["addresses"] = mails(f" {who}@{world.upper()}.org") + more
        row |= {"name": f"Person {who}, {n}"} if chance.random() < 0.5 else {}
        tags = chance.sample(["old", "new", f"a {n % 5} {world}"], 2)
        row |= {"tags": tags} if chance.random() < 0.4 else {}
        row |= {"fields": {"size": n, "vip": "yes"}} if chance.random() < 0.3 else {}
        row |= {"fields": {"size": None}} if chance.random() < 0.1 else {}
        company = chance.choice(["", f"{world} Ltd", f"{world.upper()} LTD", f"{world} Inc {n % 7}"])
        row |= {"company": company} if chance.random() < 0.5 else {}
        keeper = chance.choice([owner, member]) if who % 3 == 0 else member
        row |= {"owner": keeper, "team": None} if chance.random() < 0.15 else {}
        rows.append(row)
    return rows


def numbered(model, first):
    """The records of a model that came after one, each with its place among them."""
    found = model.objects.filter(pk__gt=first[model]).order_by("pk").values_list("pk", flat=True)
    return {number: place for place, number in enumerate(found)}


def words_of(world, people, firms, touches):
    """Tells what was changed in words that are the same in every world."""
    said = {f"contact:{pk}": f"contact {n}" for pk, n in people.items()}
    said |= {f"company:{pk}": f"company {n}" for pk, n in firms.items()}
    said |= {f"touch:{one.pk}": "touch" for one in touches}

    def plain(told):
        told = {name: firms[one] if name == "company_id" and one else one for name, one in told.items()}
        told = {name: said.get(one, one) if isinstance(one, str) else one for name, one in told.items()}
        return re.sub(world, "", json.dumps(told, sort_keys=True), flags=re.IGNORECASE)

    return said, plain


def in_order(rows):
    """What was told in its order, but that of touches, which follow when everything is written."""
    of_touches = [one for one in rows if "touch" in one[0]]
    return [one for one in rows if one not in of_touches], Counter(of_touches)


def told_of(first, said, plain):
    """What the record of changes says, and what webhooks hear."""
    audit = [
        (one.action, one.who_id, one.by, said[one.record], plain(one.before), plain(one.after))
        for one in AuditEntry.objects.filter(pk__gt=first[AuditEntry]).order_by("pk")
    ]
    sent = list(Delivery.objects.filter(pk__gt=first[Delivery]).order_by("pk"))
    jobs = Job.objects.filter(kind="webhook.deliver")
    assert {job.payload["delivery"] for job in jobs} >= {one.pk for one in sent}
    told = []
    for one in sent:
        if one.event != "stage.changed":
            data, when = one.body["data"], one.body["timestamp"]
            parts = said[data["record"]], plain(data["before"]), plain(data["after"])
            told.append((one.event, one.webhook_id, one.body["type"], when, data["by"], *parts))
    return in_order(audit), in_order(told)


def left_by(world, first):
    """What is there of a world; what came after `first` is of it."""
    people, firms = numbered(Contact, first), numbered(Company, first)
    touches = Touch.objects.filter(contact__in=people)
    said, plain = words_of(world, people, firms, touches)
    audit, told = told_of(first, said, plain)
    rows = list(Contact.objects.filter(pk__in=people).order_by("pk").prefetch_related("addresses", "tags"))
    return {
        "contacts": [plain({name: getattr(one, name) for name in COLUMNS}) for one in rows],
        "addresses": [
            [(one.sort, one.value.replace(world, ""), one.label) for one in contact.addresses.all()]
            for contact in rows
        ],
        "tags": [sorted(tag.name.replace(world, "") for tag in contact.tags.all()) for contact in rows],
        "companies": [
            (one.name.lower().replace(world, ""), one.owner_id, one.team_id, one.domain, one.fields)
            for one in Company.objects.filter(pk__in=firms).order_by("pk")
        ],
        "audit": audit,
        "told": told,
        "touches": Counter((people[one.contact_id], one.kind, one.note) for one in touches),
    }


@pytest.mark.parametrize("role", ["owner", "member"])
@pytest.mark.parametrize("seed", SEEDS)
def test_many_contacts_leave_what_they_leave_one_by_one(owner, member, fields, funnels, seed, role):
    ada, actor = Actor.of(owner, NOW), Actor.of({"owner": owner, "member": member}[role], NOW)
    webhooks.make(ada, "https://example.org/all")
    webhooks.make(ada, "https://example.org/some", ["contact.made", "contact.tagged"])
    profiles.declare(ada, None, "Owners", [{"field": "contact.job_title", "test": "is", "value": "Owner"}])
    left, answers = [], []
    for world, at_once in (("many", True), ("ones", False)):
        models = (Contact, Company, AuditEntry, Delivery)
        first = {model: getattr(model.objects.order_by("pk").last(), "pk", 0) for model in models}
        make_people(actor, ada, world)
        rows = rows_of(world, seed, owner, member)
        requests = [rows] if at_once else [[row] for row in rows]
        told = [one for request in requests for one in upserts.upsert_contacts(actor, request)]
        places = numbered(Contact, first)
        answers.append([(places[one["id"]], one["made"]) for one in told])
        left.append(left_by(world, first))
    assert answers[0] == answers[1]
    assert {made for _, made in answers[0]} == {True, False}
    for name in left[0]:
        assert left[0][name] == left[1][name], name
        assert left[0][name], name
    happened = {action for action, *_ in left[0]["audit"][0]}
    assert happened >= {"company.made", "contact.made", "contact.changed", "contact.tagged"}
    assert happened >= {"address.added", "address.removed"}


GOOD = {"key": "good", "name": "Good", "company": "Good Ltd", "tags": ["good"], "addresses": mails("g@x.org")}
BAD = {
    "nobody": ({"job_title": "Founder"}, "neither a name nor an address"),
    "a mail": ({"name": "x", "addresses": mails("no at sign")}, "as ada@example.org"),
    "a phone": ({"name": "x", "addresses": [{"sort": "phone", "value": "call me"}]}, "“call me”"),
    "a label": ({"addresses": [{"sort": "email", "value": "a@x.org", "label": "l" * 41}]}, "at most 40"),
    "a tag": ({"name": "x", "tags": ["t" * 61]}, "at most 60"),
    "many tags": ({"name": "x", "tags": [f"t{n}" for n in range(51)]}, "51 of them"),
    "no such field": ({"name": "x", "fields": {"sise": 1}}, "Did you mean “size”"),
    "a value": ({"name": "x", "fields": {"size": "big"}}, "a number, as 12, 12.5 or 12,5"),
    "a company": ({"name": "x", "company": "c" * 201}, "at most 200"),
    "a name": ({"name": "n" * 201}, "at most 200"),
    "two of them": ({"addresses": mails("two@x.org")}, "that several have it"),
    "a hidden key": ({"key": "hidden", "name": "x"}, "“hidden” can't be used"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_row_that_is_wrong_is_named_and_leaves_none_of_the_others(owner, member, fields, what):
    ada, ben = Actor.of(owner, NOW), Actor.of(member, NOW)
    contacts.create_contact(ada, "Hidden", key="hidden")
    for name in ("One", "Two"):
        contacts.create_contact(ben, name, email="two@x.org")
    row, said = BAD[what]
    before = AuditEntry.objects.count(), Contact.objects.count()
    with pytest.raises(LeadlineError, match=said) as alone:
        upserts.upsert_contacts(ben, [row])
    worse = {"key": "worse", "fields": {"no": 1}, "addresses": mails("worse")}
    with pytest.raises(type(alone.value)) as among:
        upserts.upsert_contacts(ben, [GOOD, GOOD | {"tags": ["better"]}, row, worse])
    assert alone.value.sentence().startswith("row 1: ")
    assert among.value.sentence() == alone.value.sentence().replace("row 1", "row 3", 1)
    assert (AuditEntry.objects.count(), Contact.objects.count()) == before
    assert not Company.objects.exists()
    assert not Tag.objects.exists()


def crowd(size, world, *, again=0):
    """So many rows, each with a bit of everything."""
    return [
        {
            "key": f"{world}-{n}",
            "name": f"Person {n} {again}",
            "company": f"{world} {again} {n % 50}",
            "tags": [f"{world} {n % 20}", f"{again}"],
            "fields": {"size": n + again, "vip": True},
            "addresses": [
                *mails(f"{n}@{world}{again}.org"),
                {"sort": "phone", "value": f"+49 30 {n + 1000}", "label": "work"},
            ],
        }
        for n in range(size)
    ]


def questions(do, *given):
    """How often the database is asked."""
    with CaptureQueriesContext(connection) as asked:
        do(*given)
    return len(asked)


@pytest.mark.parametrize("role", ["owner", "member"])
def test_so_many_contacts_more_ask_nothing_more_of_the_database(owner, member, fields, role):
    webhooks.make(Actor.of(owner, NOW), "https://example.org/all")
    actor = Actor.of({"owner": owner, "member": member}[role], NOW)
    few, many = (asked_for(actor, size) for size in (50, 250))
    assert all(more <= less for less, more in zip(few, many, strict=True)), (few, many)
    assert max(many) <= 46, many


def asked_for(actor, size):
    """How often the database is asked for so many contacts: made, changed, sent again, made by touches."""
    world = f"w{size}"
    keyed = [{"contact_key": f"t{size}-{n}", "name": "New", "kind": "met"} for n in range(size)]
    mailed = [{"email": f"{n}@t{size}.org", "name": "New", "kind": "met"} for n in range(size)]
    batches = [crowd(size, world), crowd(size, world, again=1), crowd(size, world, again=1)]
    counts = [questions(upserts.upsert_contacts, actor, rows) for rows in batches]
    record = partial(touch_batches.record_touches, make_contacts=True)
    return counts + [questions(record, actor, rows) for rows in (keyed, mailed)]


def test_what_is_sent_again_unchanged_writes_nothing(actor, fields):
    rows = crowd(30, "same")
    upserts.upsert_contacts(actor, rows)
    before = AuditEntry.objects.count()
    with CaptureQueriesContext(connection) as asked:
        upserts.upsert_contacts(actor, rows)
    assert AuditEntry.objects.count() == before
    assert not [one["sql"] for one in asked if re.match("INSERT|UPDATE|DELETE", one["sql"])]


def test_whoever_was_merged_is_changed_by_their_key_and_the_keys_stay(actor):
    kept, gone = (contacts.create_contact(actor, name, key=name.lower()) for name in ("Kept", "Gone"))
    merging.merge_contacts(actor, kept, gone)
    rows = [{"key": "gone", "job_title": "Buyer"}, {"key": "kept", "name": "K"}]
    told = upserts.upsert_contacts(actor, rows)
    assert told == [{"id": kept.pk, "made": False}] * 2
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.name, kept.job_title, kept.key, gone.key) == ("K", "Buyer", "kept", "gone")


def test_a_key_that_a_row_gives_up_can_be_given_by_the_next_one(actor):
    ada = contacts.create_contact(actor, "Ada", key="a", email="ada@x.org")
    none = {"key": None, "addresses": mails("ada@x.org")}
    rows = [none, {"key": "a", "name": "Ann"}, {"key": "a", "name": "An"}]
    told = upserts.upsert_contacts(actor, rows)
    assert [one["made"] for one in told] == [False, True, False]
    ada.refresh_from_db()
    assert ada.key is None
    assert Contact.objects.get(key="a").name == "An"


def test_keys_go_round_among_people_of_one_request(actor):
    ada, bea = (contacts.create_contact(actor, name, key=name) for name in ("a", "b"))
    drafts = Drafts(actor, [{"key": key} for key in ("a", "b", "c")])
    for contact, key in ((ada, "c"), (bea, "a"), (ada, "b")):
        drafts.put(contact, {"key": key})
    drafts.write()
    assert dict(Contact.objects.values_list("name", "key")) == {"a": "b", "b": "a"}


def test_who_was_slower_to_give_a_key_is_told_to_try_again(actor):
    ada, ann = (contacts.create_contact(actor, name) for name in ("Ada", "Ann"))
    drafts = Drafts(actor, [{"key": "a"}])
    drafts.put(ada, {"key": "a"})
    Contact.objects.filter(pk=ann.pk).update(key="a")
    with pytest.raises(Conflict, match="another try"), transaction.atomic():
        drafts.write()


@pytest.mark.one_database  # that more than 32,766 are too many is SQLite's alone
def test_many_more_addresses_than_one_question_holds_are_looked_up(actor):
    rows = [{"addresses": mails(*(f"{n}-{m}@x.org" for m in range(50)))} for n in range(700)]
    made = upserts.upsert_contacts(actor, rows)
    again = upserts.upsert_contacts(actor, [{"addresses": row["addresses"][-1:]} for row in rows])
    assert [one["id"] for one in again] == [one["id"] for one in made]
    assert not any(one["made"] for one in again)
