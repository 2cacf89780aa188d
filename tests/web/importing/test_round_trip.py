"""What was taken out is taken in again, by an installation that has nothing, as what it was."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import duckdb
import pytest

from leadline.engine.importers import Mapping
from leadline.engine.instants import DAY
from leadline.web.actions import merging, touches
from leadline.web.actions.importing import proposals, uploads
from leadline.web.models import Address, Ask, Company, Contact, Field, HeldFact, Standing, Tag, Team, Touch
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload
from tests.web.importing.test_exports import take_out

pytestmark = pytest.mark.django_db
OWN = (
    ("contact", "city", "City", "text", []),
    ("contact", "age", "Age in years", "number", []),
    ("contact", "tier", "Tags", "choice", ["A", "B; C"]),
    ("contact", "since", "Since", "date", []),
    ("contact", "keen", "Unsubscribed", "flag", []),
    ("company", "size", "Size", "number", []),
    ("company", "vip", "VIP", "flag", []),
)
TABLES = ["contacts", "companies", "touches", "own_fields"]


@kept
def business(funnels, owner, actor):
    """A few people, with everything that an export says of them."""
    team = Team.objects.create(name="North")
    acme = Company.objects.create(
        name="Acme, Inc; Rome", domain="acme.org", owner=owner, fields={"size": 12, "vip": True}
    )
    Company.objects.create(name="Empty Ltd")
    for of, name, label, sort, choices in OWN:
        Field.objects.create(of=of, name=name, label=label, type=sort, choices=choices)
    ann = Contact.objects.create(
        name="Ann Abel",
        key="a1",
        company=acme,
        owner=owner,
        team=team,
        job_title="CEO",
        fields={"city": "=Rome", "age": 41.5, "tier": "B; C", "since": "2026-01-03", "keen": True},
    )
    for sort, value in (
        ("email", "ann@x.org"),
        ("email", "ann@home.org"),
        ("phone", "+49 30 1"),
        ("phone", "0170 2"),
        ("postal", "Via Roma 1; 00100 Roma"),
        ("social", "@ann"),
    ):
        Address.objects.create(contact=ann, sort=sort, value=value)
    ann.tags.set([Tag.objects.create(name=name) for name in ("VIP", "Berlin, Mitte", "+plus", 'a "b"')])
    bob = Contact.objects.create(name="Bob Bell", fields={"keen": False})
    Address.objects.create(contact=bob, sort="email", value="bob@x.org")
    cem = Contact.objects.create(name="Cem", key="c3")
    note = '=1+1, "so"\nand on'
    touches.record(actor, ann, "met", NOW - 9 * DAY + 123_456, path="speaking", channel="event", note=note)
    touches.record(actor, ann, "asked", NOW - 8 * DAY, value=120_050, currency="EUR", offer="Plus")
    touches.record(actor, bob, "bought", NOW - 5, value=99, currency="JPY", campaign="May", content="Guide")
    touches.record(actor, bob, "told_budget", NOW - 4, note="10,000 a year")
    touches.record(actor, cem, "opted_out", NOW - 3)
    for kind, deal in (("asked", "9001"), ("asked", "=9002"), ("said_no", "9001")):
        touches.record(actor, ann, kind, NOW - 2 * DAY, deal=deal)
    return ann, bob, cem


def empty():
    """As if nothing had been recorded; who works here stays."""
    HeldFact.objects.all().delete()
    Standing.objects.all().delete()
    Touch.objects.exclude(retracts=None).delete()
    Touch.objects.all().delete()
    Contact.objects.exclude(merged_into=None).delete()
    for model in (Contact, Company, Field, Tag):
        model.objects.all().delete()


def answered():
    """Every ask: what its deal is called, and its answer."""
    return list(Ask.objects.order_by("asked_at", "-answer", "pk").values_list("key", "answer"))


def test_an_export_from_before_there_were_deals_is_known_too(client, funnels, owner, business):
    found = take_out(client, owner, "csv", TABLES)
    told = list(csv.DictReader(io.StringIO(found["touches.csv"].decode("utf-8-sig"))))
    out = io.StringIO()
    older = csv.DictWriter(out, [name for name in told[0] if name != "deal"], extrasaction="ignore")
    older.writeheader()
    older.writerows(told)
    empty()
    folder, kept = uploads.keep([upload("touches.csv", out.getvalue())])
    shown = proposals.look(owner, folder, kept, Mapping(), NOW)
    reasons = {one["why"] for one in shown["mapping"]["files"][0]["columns"].values()}
    assert reasons == {"an export of Leadline’s own"}


def rows(found, name, form, folder):
    """The rows of a table as text, without numbers that each installation gives anew."""
    path = f"{name}.{form}"
    if form == "csv":
        told = list(csv.DictReader(io.StringIO(found[path].decode("utf-8-sig"))))
    else:
        (folder / path).write_bytes(found[path])
        read = duckdb.read_json if form == "jsonl" else duckdb.read_parquet
        with duckdb.connect() as connection:
            table = read(str(folder / path), connection=connection)
            told = [dict(zip(table.columns, map(str, row), strict=True)) for row in table.fetchall()]
    numbers = ("touch_id", "company_id")
    return sorted(sorted((k, v) for k, v in row.items() if k not in numbers) for row in told)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_an_export_is_taken_in_again_without_a_question(client, funnels, owner, business, form, tmp_path):
    before, answers = take_out(client, owner, form, TABLES), answered()
    assert answers == [(None, ""), ("9001", "no"), ("=9002", "")]
    stages = {(one.contact.name, one.funnel, one.stage) for one in Standing.objects.all()}
    empty()
    record = take_in(owner, before)
    assert record.state == "done", record.error
    after = take_out(client, owner, form, TABLES)
    for name in TABLES:
        assert rows(after, name, form, tmp_path) == rows(before, name, form, tmp_path), name
    assert {(one.contact.name, one.funnel, one.stage) for one in Standing.objects.all()} == stages
    assert answered() == answers
    assert record.counts["unused"] == 0
    undo(owner, record)
    left = [model.objects.count() for model in (Contact, Company, Field, Tag, Touch)]
    assert left == [0, 0, 0, 0, 0]


def test_each_column_of_an_export_is_known_for_what_it_is(client, funnels, owner, business):
    found = take_out(client, owner, "csv", TABLES)
    empty()
    folder, kept = uploads.keep([upload(name, text) for name, text in found.items()])
    shown = proposals.look(owner, folder, kept, Mapping(), NOW)
    assert shown["own"] == {"companies.csv": "companies", "own_fields.csv": "fields"}
    means = {
        file["name"]: [one["means"] for one in file["columns"].values()] for file in shown["mapping"]["files"]
    }
    assert means == {
        "contacts.csv": [
            "contact id", "name", "e-mail", "phone", "address", "social", "company", "owner", "team",
            "attribute", "tags", *["attribute"] * 5,
        ],
        "touches.csv": [
            "touch id", "contact id", "what happened", "happened at", "path", "channel", "campaign",
            "content", "offer", "deal id", "value", "currency", "actor", "note",
        ],
    }  # fmt: skip
    assert (shown["companies"], shown["touches"], shown["unused_count"]) == (2, 8, 0)


def test_companies_alone_make_companies_and_nobody(client, funnels, owner, business):
    found = take_out(client, owner, "csv", ["companies", "own_fields"])
    empty()
    take_in(owner, found)
    told = Company.objects.order_by("name").values_list("name", "domain", "owner__email", "fields")
    assert list(told) == [
        ("Acme, Inc; Rome", "acme.org", owner.email, {"size": 12, "vip": True}),
        ("Empty Ltd", "", None, {}),
    ]
    assert not Contact.objects.exists()


def test_touches_that_were_taken_back_stay_out(client, funnels, owner, actor, business):
    touches.retract(actor, Touch.objects.filter(kind="met").get())
    found = take_out(client, owner, "csv", ["contacts", "touches", "touches_taken_back"])
    empty()
    take_in(owner, found)
    assert not Touch.objects.filter(kind="met").exists()
    assert Touch.objects.get(kind="asked", deal=None).happened_at == NOW - 8 * DAY


def test_an_export_meets_those_whom_it_came_from(client, funnels, owner, actor, business):
    dee = Contact.objects.create(name="Dee")
    touches.record(actor, dee, "met", NOW - DAY)
    found, before = take_out(client, owner, "csv", TABLES), Touch.objects.count()
    record = take_in(owner, found)
    assert (record.state, record.counts["unused"]) == ("done", 0)
    people = Contact.objects.order_by("name").values_list("name", "key")
    assert list(people) == [("Ann Abel", "a1"), ("Bob Bell", None), ("Cem", "c3"), ("Dee", None)]
    assert Touch.objects.count() == before
    assert take_out(client, owner, "csv", TABLES) == found


def test_whom_another_installation_has_under_a_number_is_nobody_here(client, funnels, owner, business):
    dee = Contact.objects.create(name="Dee")
    found = take_out(client, owner, "csv", TABLES)
    Contact.objects.filter(pk=dee.pk).update(created_at=dee.created_at - timedelta(microseconds=1))
    take_in(owner, found)
    [other] = Contact.objects.filter(name="Dee").exclude(pk=dee.pk)
    assert other.key.startswith(f"contact {dee.pk}-")


def test_two_who_were_merged_are_one_elsewhere_too(client, funnels, owner, actor, business):
    ann, bob, _ = business
    both = Touch.objects.filter(contact__in=[ann, bob]).count()
    merging.merge_contacts(actor, ann, bob)
    found = take_out(client, owner, "csv", TABLES)
    empty()
    take_in(owner, found)
    assert set(Contact.objects.values_list("key", flat=True)) == {"a1", "c3"}
    assert Touch.objects.filter(contact__key="a1").count() == both
