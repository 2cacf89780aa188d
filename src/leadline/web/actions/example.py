"""A made-up business, to look around in before there is one of one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.simulate import Simulation, load_business, simulate
from leadline.web import warehouse
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.standings import BATCH, stand
from leadline.web.errors import Conflict
from leadline.web.models import Address, Company, Contact, Standing, Touch, User

BUSINESS, SEED, DAYS = "coach", 7, 730
TOLD = ("path", "channel", "campaign", "content", "offer", "value", "currency", "n", "actor", "note")


def make_up(now: int) -> Simulation:
    """Two years of a coach's business, up to yesterday."""
    last = to_datetime(now).date() - timedelta(days=1)
    business = load_business(BUSINESS)
    return simulate(business, seed=SEED, start=last - timedelta(days=DAYS), as_of=last)


@action
def fill(actor: Actor, owner: User, simulation: Simulation) -> int:
    """Write everybody in a made-up business with what happened; how many they are.

    Raises Conflict where there are contacts already, so that nobody mixes both.
    """
    if Contact.objects.exists():
        raise Conflict(
            "A made-up business was asked for",
            found="contacts of your own",
            allowed="it only where nobody is recorded yet",
        )
    contacts = _write_people(owner, simulation)
    lived = _write_touches(owner, simulation, contacts)
    _write_standings(actor.now, contacts.values(), lived)
    note_change(actor, "example.written", owner, {}, {"contacts": len(contacts)})
    return len(contacts)


def _write_people(owner: User, simulation: Simulation) -> dict[str, Contact]:
    table = {name: column.tolist() for name, column in simulation.contacts.items()}
    names = sorted({str(name) for name in table.get("company", []) if name})
    companies = {name: Company.objects.create(name=name, owner=owner) for name in names}
    made = Contact.objects.bulk_create(
        [
            Contact(name=name, key=key, owner=owner, company=companies.get(str(company)))
            for name, key, company in zip(table["name"], table["id"], table["company"], strict=True)
        ],
        batch_size=BATCH,
    )
    Address.objects.bulk_create(
        [
            Address(contact=contact, sort=Address.Sort.EMAIL, value=mail)
            for contact, mail in zip(made, table["email"], strict=True)
            if mail
        ],
        batch_size=BATCH,
    )
    return {str(contact.key): contact for contact in made}


def _write_touches(owner: User, simulation: Simulation, contacts: dict[str, Contact]) -> list[Touch]:
    log = simulation.log
    rows = (log.row(place) for place in range(len(log)))
    return Touch.objects.bulk_create([_touch(row, owner, contacts) for row in rows], batch_size=BATCH)


def _touch(row: dict[str, Any], owner: User, contacts: dict[str, Contact]) -> Touch:
    at = to_instant(row["happened_at"])
    told = {name: row[name] for name in TOLD if row.get(name) not in (None, "")}
    contact = contacts.get(str(row.get("contact")))
    return Touch(contact=contact, kind=row["kind"], happened_at=at, recorded_at=at, recorded_by=owner, **told)


def _write_standings(now: int, contacts: Any, lived: list[Touch]) -> None:
    known = {contact.pk: contact for contact in contacts}
    for touch in sorted(lived, key=lambda one: one.happened_at):
        contact = known.get(touch.contact_id)
        if contact is not None:
            contact.path, contact.last_touch_at = contact.path or touch.path, touch.happened_at
    Contact.objects.bulk_update(known.values(), ["path", "last_touch_at"], batch_size=500)
    touches = warehouse.every_touch()
    for slug, funnel in warehouse.funnels().items():
        Standing.objects.bulk_create(stand(slug, funnel, touches, now), batch_size=BATCH)
