"""How a made-up business has made itself at home: the ideal customer, views, a kind of its own, an import."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from leadline.engine.importers import Mapping
from leadline.engine.instants import to_datetime
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.models import Address, Import, KindDefinition, Profile, SavedView, User

GUESTS_PATH, KNOWN = "speaking", 5
"""By which path guests of the webinar came, and how many of them were contacts before."""
GUESTS = ("Nadia Wolf", "Tom Rizzo", "Ines Carvalho", "Oskar Lund", "Priya Nair", "Jan Visser", "Marta Reis")


def write_habits(owner: User) -> Profile:
    """The ideal customer by rules, two kept views, and a kind with a word of the business's own."""
    KindDefinition.objects.create(
        name="trial_hour",
        means="Had an hour of coaching to try it out.",
        link="nurture",
        direction="both",
        groups=["conversed", "met", "nurtured", "tried"],
    )
    for name, query in (
        ("Founders, warm", {"stage": "nurtured", "field.segment": "founder"}),
        ("Met, never asked", {"path": "networking", "stage": "nurtured"}),
    ):
        SavedView.objects.create(of="contacts", name=name, owner=owner, shared=True, query=query)
    rules = [{"field": "contact.fields.segment", "test": "is", "value": "founder, managing director"}]
    return Profile.objects.create(name="Leads a company", rules=rules)


def import_guests(actor: Actor, owner: User) -> Import:
    """Upload a list of a webinar's guests and have the worker take it in: some are known, most are new."""
    held = to_datetime(actor.now).date() - timedelta(days=9)
    acting = Actor.of(owner, actor.now)
    folder, files = uploads.keep([SimpleUploadedFile("webinar guests.csv", _guests(held).encode())])
    look = proposals.look(owner, folder, files, Mapping(path=GUESTS_PATH), actor.now)
    record = imports.propose(acting, folder, files, look)
    imports.start(acting, record)
    return record


def _guests(held: date) -> str:
    known = Address.objects.filter(sort="email", contact__path=GUESTS_PATH).order_by("-contact_id")
    some = list(known.values_list("contact__name", "value")[:KNOWN])
    fresh = [(name, f"{name.casefold().replace(' ', '.')}@example.com") for name in GUESTS]
    rows = [
        f"{name},{address},{held - timedelta(days=2 + place)},{held}"
        for place, (name, address) in enumerate(some + fresh)
    ]
    return "\n".join(["Name,Email,Registered on,Attended on", *rows])
