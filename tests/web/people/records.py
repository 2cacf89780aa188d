"""A record of each sort, and whatever else a page may be about: made for the table of who gets at which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.db.models import Model

from leadline.web.actions import backups, people, purchases
from leadline.web.actions.acting import Actor
from leadline.web.models import (
    Address,
    Ask,
    AuditEntry,
    Company,
    Contact,
    Contract,
    Edit,
    Goal,
    Import,
    Note,
    Offer,
    Purchase,
    SavedView,
    Task,
    Team,
    Touch,
    User,
    Webhook,
)
from tests.web.conftest import NOW


def a_link(record: int) -> str:
    owner = User.objects.get(role="owner")
    return people.invite(Actor.of(owner, NOW * 2), "gil@example.org")[1]


def a_webhook(record: int) -> int:
    return Webhook.objects.create(url="https://example.org").pk


def somebody(record: int) -> int:
    return User.objects.get_or_create(email="guy@example.org")[0].pk


def a_backup(record: int) -> str:
    name = backups.name_at(NOW)
    backups.folder().mkdir(parents=True, exist_ok=True)
    (backups.folder() / name).write_bytes(b"PK")
    return name


def an_edit(contact: int) -> int:
    one = Contact.objects.get(pk=contact)
    told = {"before": {"name": "Aero"}, "after": {"name": one.name}}
    name, who = f"contact:{contact}", User.objects.get(role="owner")
    return AuditEntry.objects.create(action="contact.changed", record=name, who=who, by="Ada", **told).pk


def a_goal(record: int) -> int:
    return Goal.objects.create(by=date(2026, 12, 31), clients=3).pk


def an_import(owner: User | None, team: Team | None) -> int:
    files = [{"folder": "0" * 32, "name": "people.csv", "size": 1, "sha256": ""}]
    look = {"tables": [], "touches": 0, "companies": 0, "unused_count": 0}
    return Import.objects.create(made_by=owner, files=files, counts={"look": look, "digest": ""}).pk


def a_change_of_many(owner: User | None, team: Team | None) -> int:
    told = {"of": "contact", "change": {"do": "tags", "add": "warm", "remove": ""}, "key": "k", "at": NOW}
    return Edit.objects.create(made_by=owner, **told).pk


def a_view(owner: User | None, team: Team | None) -> int:
    return SavedView.objects.create(of="contacts", name="Mine", owner=owner).pk


def a_contact(owner: User | None, team: Team | None) -> Contact:
    return Contact.objects.create(name="Eero", owner=owner, team=team)


def of_a_contact(make: Callable[[Contact], Model]) -> Callable[[User | None, Team | None], int]:
    return lambda owner, team: make(a_contact(owner, team)).pk


def an_ask(contact: Contact) -> Ask:
    whose = {"owner": contact.owner, "team": contact.team}
    return Ask.objects.create(contact=contact, asked_at=NOW, **whose)


def a_contract(contact: Contact) -> Contract:
    whose = {"owner": contact.owner, "team": contact.team}
    return Contract.objects.create(contact=contact, starts_on=date(2026, 1, 1), **whose)


def an_address(contact: int) -> int:
    return Address.objects.create(contact_id=contact, sort="email", value="eero@example.org").pk


def a_note(contact: int) -> int:
    return Note.objects.create(contact_id=contact, text="Likes tea.").pk


def a_task(contact: int) -> int:
    one = Contact.objects.get(pk=contact)
    return Task.objects.create(contact=one, title="Call", owner=one.owner, team=one.team).pk


def a_touch(contact: int) -> int:
    told = {"kind": "met", "happened_at": NOW, "recorded_at": NOW}
    return Touch.objects.create(contact_id=contact, **told).pk


def a_refund(contact: Contact) -> Touch:
    told = {"kind": "refunded", "happened_at": NOW, "recorded_at": NOW, "origin": "purchase:0"}
    return Touch.objects.create(contact=contact, **told)


def a_sale_taken_back(contact: Contact) -> Purchase:
    sold = Purchase.objects.create(contact=contact, bought_at=NOW)
    number = sold.pk
    with transaction.atomic():
        purchases.take_out(Actor(None, "the test", NOW), sold)
    return Purchase(pk=number)


def an_offer(record: int) -> int:
    return Offer.objects.create(name="Coaching").pk


RECORDS: dict[str, Callable[[User | None, Team | None], int]] = {
    "contact": lambda owner, team: a_contact(owner, team).pk,
    "company": lambda owner, team: Company.objects.create(name="Acme", owner=owner, team=team).pk,
    "ask": of_a_contact(an_ask),
    "contract": of_a_contact(a_contract),
    "purchase": of_a_contact(lambda contact: Purchase.objects.create(contact=contact, bought_at=NOW)),
    "touch": of_a_contact(lambda contact: Touch.objects.get(pk=a_touch(contact.pk))),
    "taken purchase": of_a_contact(a_sale_taken_back),
    "refund": of_a_contact(a_refund),
    "task": of_a_contact(lambda contact: Task.objects.get(pk=a_task(contact.pk))),
    "import": an_import,
    "view": a_view,
    "many": a_change_of_many,
    "edit": lambda owner, team: an_edit(a_contact(owner, team).pk),
}
