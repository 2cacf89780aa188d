"""To fill an empty installation with a made-up business."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.simulate import Simulation, load_business, simulate
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.demo.habits import write_habits
from leadline.web.actions.demo.people import write_people
from leadline.web.actions.demo.plans import write_plans
from leadline.web.actions.demo.sales import Story, write_sales
from leadline.web.actions.mirrors import note_stale
from leadline.web.actions.profiles import BY, holds
from leadline.web.actions.settling import settle
from leadline.web.errors import Conflict
from leadline.web.models import Contact, FunnelVersion, PathDefinition, Profile, Touch, User
from leadline.web.models.people import Role

EMAIL = "owner@example.org"
FUNNELS = ("sales-cycle", "voltage", "buyer-journey")
BATCH = 500
PATHS = {
    "networking": "People met in person, and whom they introduce.",
    "speaking": "Talks and webinars.",
    "social": "Posts, and who reacts to them.",
    "email": "The newsletter.",
    "content": "Articles, and what can be downloaded.",
    "referral": "Clients who send others.",
}


def made_up(now: int, seed: int = 7) -> Simulation:
    """Two years, up to today, of a made-up coach who meets many people at events, and asks none of them."""
    today, business = to_datetime(now).date(), load_business("coach").with_leak("networking", "ask")
    return simulate(business, seed=seed, start=today - timedelta(days=730), as_of=today)


@action
def load_demo(actor: Actor, simulation: Simulation) -> User:
    """Write a made-up business, with its owner, who has no password. Raises Conflict where anybody is."""
    if User.objects.exists():
        raise _in_use("people who sign in")
    owner = User.objects.create_user(EMAIL, None, name=simulation.business.owners[0], role=Role.OWNER)
    _fill(actor, owner, simulation)
    return owner


@action
def fill(actor: Actor, owner: User, simulation: Simulation) -> None:
    """Write a made-up business for an owner there is. Raises Conflict where there are contacts already."""
    _fill(actor, owner, simulation)


def _in_use(found: str) -> Conflict:
    allowed = "it only where nobody is recorded yet: another LEADLINE_HOME"
    return Conflict("A made-up business was asked for", found=found, allowed=allowed)


def _fill(actor: Actor, owner: User, simulation: Simulation) -> None:
    if Contact.objects.exists():
        raise _in_use("contacts of your own")
    business = simulation.business
    _define(actor, owner, simulation)
    contacts = write_people(simulation, owner)
    stories = write_sales(simulation, owner, contacts, actor.now)
    profile = write_habits(owner)
    _write_touches(simulation, stories, owner, actor.now)
    _write_fit(profile, stories)
    write_plans(simulation, owner, contacts, actor.now)
    settle(Contact.objects.values_list("pk", flat=True), actor.now)
    note_stale(actor.now)
    note_change(actor, "demo.loaded", owner, {}, {"business": business.name, "contacts": len(contacts)})


def _define(actor: Actor, owner: User, simulation: Simulation) -> None:
    there = set(FunnelVersion.objects.values_list("slug", flat=True))
    for place, slug in enumerate(slug for slug in FUNNELS if slug not in there):
        FunnelVersion.objects.create(
            slug=slug,
            number=1,
            toml=dump_funnel(load_funnel(slug)),
            in_force=True,
            published_at=to_datetime(actor.now) + timedelta(microseconds=place),
            made_by=owner,
        )
    PathDefinition.objects.bulk_create(
        (
            PathDefinition(name=path.name, means=PATHS.get(path.name, ""), position=place)
            for place, path in enumerate(simulation.business.paths)
        ),
        ignore_conflicts=True,
    )


def _write_touches(simulation: Simulation, stories: list[Story], owner: User, now: int) -> None:
    rows = [
        _touch(row, owner, contact=story.contact, origin=story.origins.get(row["id"], ""))
        for story in stories
        for row in story.rows
    ]
    log = simulation.log
    audiences = (log.row(number) for number in range(len(simulation.touches), len(log)))
    rows += [
        _touch(row, owner, contact=None, origin="")
        for row in audiences
        if to_instant(row["happened_at"]) <= now
    ]
    Touch.objects.bulk_create(rows, batch_size=BATCH)


def _write_fit(profile: Profile, stories: list[Story]) -> None:
    """Who fits the profile is known to do so since they were met first."""
    fitting = (story for story in stories if story.rows and holds(profile.rules, story.contact))
    Touch.objects.bulk_create(
        (
            Touch(
                contact=story.contact,
                kind="matched_profile",
                happened_at=(at := to_instant(story.rows[0]["happened_at"])),
                recorded_at=at,
                origin=name_of(profile),
                actor=BY,
                note=f"By the profile “{profile.name}”.",
            )
            for story in fitting
        ),
        batch_size=BATCH,
    )


def _touch(row: dict[str, Any], owner: User, contact: Contact | None, origin: str) -> Touch:
    at = to_instant(row["happened_at"])
    told = {
        name: row[name]
        for name in ("path", "channel", "campaign", "content", "offer", "value", "currency", "n", "actor")
        if row.get(name) is not None
    }
    return Touch(
        contact=contact,
        kind=row["kind"],
        happened_at=at,
        recorded_at=at,
        recorded_by=owner,
        origin=origin,
        **told,
    )
