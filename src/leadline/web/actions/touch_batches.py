"""Touches as another program tells them: many at a time, each of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from leadline.engine.errors import LeadlineError
from leadline.web import access, warehouse
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, action
from leadline.web.actions.identities import Identities
from leadline.web.actions.upserts import find_known, find_or_make, theirs
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import Contact, Touch, User

MOST = 1000
LONGEST_KEY = 60
CARRIED = ("path", "channel", "campaign", "content", "offer", "value", "currency", "note")
LENGTHS = {"path": 80, "channel": 80, "campaign": 120, "content": 200, "offer": 120, "note": 20_000}

Given = Mapping[str, Any]
"""Of whom (`contact`, a number; or `contact_key`; or `email`, with a `name` for somebody new), `kind`,
`happened_at`, any of CARRIED, and a `key` by which a touch that is sent again is known."""


@action
def record_touches(
    actor: Actor, rows: Sequence[Given], *, make_contacts: bool = False
) -> list[dict[str, Any]]:
    """Record touches, all or none; one whose key is known already isn't recorded again.

    Answers with `id`, `contact` and `known` for each row. Raises Invalid or NotFound, naming the row.
    """
    if len(rows) > MOST:
        raise Invalid("Touches were sent", found=f"{len(rows):,}", allowed=f"at most {MOST:,} at a time")
    _wait_for_others(actor, rows)
    people = Identities(actor.user, map(_named, rows))
    known = _known(actor, rows)
    answer: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        try:
            answer.append(_record(actor, row, known, people, make_contacts=make_contacts))
        except LeadlineError as error:
            raise type(error)(
                error.asked,
                found=error.found,
                allowed=error.allowed,
                suggestion=error.suggestion,
                where=f"row {number}",
            ) from None
    touches.settle(actor, sorted({one["contact"] for one in answer if not one["known"]}))
    return answer


def whose(actor: Actor, row: Given, people: Identities, *, make_contacts: bool) -> Contact:
    """Whom a touch is of. Raises NotFound for somebody who is not there, unless they may be made."""
    if row.get("contact") is not None:
        kept = warehouse.survivors([row["contact"]])
        contact: Contact = access.find(theirs(actor, access.contacts), next(iter(kept), row["contact"]))
        return contact
    given = _named(row)
    if not ("key" in given or "addresses" in given):
        raise Invalid("A touch is of somebody", allowed="contact, contact_key or email")
    if make_contacts:
        return find_or_make(actor, given, people)
    known = find_known(actor, given, people)
    if known is None:
        raise NotFound("The contact of a touch was asked for", found="none that you can see")
    return known


def _named(row: Given) -> dict[str, Any]:
    """Of whom a row is, as contacts are told, where no number says it."""
    given: dict[str, Any] = {"name": row["name"]} if row.get("name") else {}
    if row.get("contact") is not None:
        return given
    if row.get("contact_key"):
        return given | {"key": row["contact_key"]}
    return given | ({"addresses": [{"sort": "email", "value": row["email"]}]} if row.get("email") else {})


def _known(actor: Actor, rows: Sequence[Given]) -> dict[str, Touch]:
    """The touches that were recorded before under the keys of some rows, by their origin."""
    origins = [
        _origin(actor, row["key"]) for row in rows if row.get("key") and len(row["key"]) <= LONGEST_KEY
    ]
    there = Touch.objects.filter(origin__in=origins, retracts=None).order_by("-id")
    return {touch.origin: touch for touch in there}


def _record(
    actor: Actor, row: Given, known: dict[str, Touch], people: Identities, *, make_contacts: bool
) -> dict[str, Any]:
    origin = _origin(actor, row.get("key"))
    if origin in known:
        return {"id": known[origin].pk, "contact": known[origin].contact_id, "known": True}
    for name, most in LENGTHS.items():
        if len(row.get(name) or "") > most:
            raise Invalid(f"“{name}” was given", found=f"{len(row[name])} letters", allowed=f"at most {most}")
    contact = whose(actor, row, people, make_contacts=make_contacts)
    more = {name: row[name] for name in CARRIED if row.get(name) is not None}
    if more.get("value") is not None and not more.get("currency"):
        raise Invalid("A touch has a value", found="no currency", allowed="its three letters, as EUR")
    touch = touches.add(actor, contact, row["kind"], row.get("happened_at"), origin=origin, **more)
    known |= {origin: touch} if origin else {}
    return {"id": touch.pk, "contact": contact.pk, "known": False}


def _origin(actor: Actor, key: str | None) -> str:
    """The origin of a touch with a key: keys of different users don't meet."""
    if not key:
        return ""
    if len(key) > LONGEST_KEY:
        raise Invalid(
            "The key of a touch was given",
            found=f"{len(key)} letters",
            allowed=f"at most {LONGEST_KEY}",
        )
    return f"api:{actor.user.pk if actor.user else 0}:{key}"


def _wait_for_others(actor: Actor, rows: Sequence[Given]) -> None:
    """Whoever sends keys waits for their own other requests, so that no key is looked up too early."""
    if actor.user is not None and any(row.get("key") for row in rows):
        User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
