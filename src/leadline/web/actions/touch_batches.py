"""Touches as another program tells them: many at a time, each of them once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from leadline.engine.kinds import Kinds
from leadline.web import warehouse
from leadline.web.actions import profiles, touches
from leadline.web.actions.acting import Actor, action
from leadline.web.actions.drafts import Drafts
from leadline.web.actions.identities import Identities
from leadline.web.errors import Invalid, NotFound, in_row
from leadline.web.models import Contact, Touch, User

MOST = 1000
LONGEST_KEY = 60
CARRIED = ("path", "channel", "campaign", "content", "offer", "deal", "value", "currency", "note")
LENGTHS = {
    "path": 80,
    "channel": 80,
    "campaign": 120,
    "content": 200,
    "offer": 120,
    "deal": 160,
    "note": 20_000,
}

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
    return _record(actor, rows, in_row, make_contacts=make_contacts)


@action
def record_touch(actor: Actor, row: Given, *, make_contacts: bool = False) -> dict[str, Any]:
    """Record one touch as `record_touches` does; what is wrong with it names no row."""
    return _record(actor, [row], nullcontext, make_contacts=make_contacts)[0]


def _record(
    actor: Actor,
    rows: Sequence[Given],
    naming: Callable[[int], AbstractContextManager[Any]],
    *,
    make_contacts: bool,
) -> list[dict[str, Any]]:
    if len(rows) > MOST:
        raise Invalid("Touches were sent", found=f"{len(rows):,}", allowed=f"at most {MOST:,} at a time")
    _wait_for_others(actor, rows)
    named = [_named(row) for row in rows]
    people = Identities(actor.user, named)
    drafts = Drafts(actor, named, people)
    batch = _Batch(actor, warehouse.kinds(), people, drafts, _known(actor, rows), make_contacts)
    found = []
    for number, row in enumerate(rows, start=1):
        with naming(number):
            found.append(batch.take(row))
    fresh = [touch for touch, known in found if not known]
    drafts.write()
    touches.write(actor, fresh)
    fitting = profiles.refit(actor, batch.made)
    touches.settle(actor, {*fitting, *(touch.contact_id for touch in fresh if touch.contact_id)})
    return [{"id": touch.pk, "contact": touch.contact_id, "known": known} for touch, known in found]


@dataclass
class _Batch:
    """What holds for all rows of a request, and what has come of those before: `made` are new contacts."""

    actor: Actor
    kinds: Kinds
    people: Identities
    drafts: Drafts
    known: dict[str, Touch]
    make_contacts: bool
    made: list[int] = field(default_factory=list)

    def take(self, row: Given) -> tuple[Touch, bool]:
        """The touch of a row, and whether it was known; raises what is wrong with it."""
        origin = _origin(self.actor, row.get("key"))
        if origin in self.known:
            return self.known[origin], True
        touch = self._draft(row, origin)
        self.known |= {origin: touch} if origin else {}
        return touch, False

    def _draft(self, row: Given, origin: str) -> Touch:
        for name, most in LENGTHS.items():
            if len(given := row.get(name) or "") > most:
                found = f"{len(given)} letters"
                raise Invalid(f"“{name}” was given", found=found, allowed=f"at most {most}")
        contact = self._whose(row)
        more = {name: row[name] for name in CARRIED if row.get(name) is not None}
        if more.get("value") is not None and not more.get("currency"):
            raise Invalid("A touch has a value", found="no currency", allowed="its three letters, as EUR")
        kind, at = row["kind"], row.get("happened_at")
        return touches.draft(self.actor, self.kinds, contact, kind, at, origin=origin, **more)

    def _whose(self, row: Given) -> Contact:
        """Whom a touch is of. Raises NotFound for somebody who is not there, unless they may be made."""
        given = _named(row)
        if not given.keys() & {"contact", "key", "addresses"}:
            raise Invalid("A touch is of somebody", allowed="contact, contact_key or email")
        known = self.people.find(given)
        if known is not None:
            return known
        if not self.make_contacts or "contact" in given:
            raise NotFound("The contact of a touch was asked for", found="none that you can see")
        made = self.drafts.put(None, given)
        self.made.append(made.pk)
        return made


def _named(row: Given) -> dict[str, Any]:
    """Of whom a row is: a number, or what contacts are told by."""
    if row.get("contact") is not None:
        return {"contact": row["contact"]}
    given: dict[str, Any] = {"name": row["name"]} if row.get("name") else {}
    given |= {"key": row["contact_key"]} if row.get("contact_key") else {}
    return given | ({"addresses": [{"sort": "email", "value": row["email"]}]} if row.get("email") else {})


def _known(actor: Actor, rows: Sequence[Given]) -> dict[str, Touch]:
    """The touches that were recorded before under the keys of some rows, by their origin."""
    origins = [
        _origin(actor, row["key"]) for row in rows if row.get("key") and len(row["key"]) <= LONGEST_KEY
    ]
    there = Touch.objects.filter(origin__in=origins, retracts=None).order_by("-id")
    return {touch.origin: touch for touch in there}


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
