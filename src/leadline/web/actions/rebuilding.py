"""To work out anew where everybody stands, and to compare that with what is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models.functions import Mod

from leadline.engine.clocks import home
from leadline.engine.errors import nearest
from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions import held_facts
from leadline.web.actions.acting import Actor, action, enqueue, note_change
from leadline.web.actions.rows import Row, insert
from leadline.web.actions.settling import settle
from leadline.web.actions.standings import COLUMNS, hold, last_touches, stand
from leadline.web.errors import NotFound
from leadline.web.models import Contact, StagedAsk, Standing, Touch
from leadline.web.warehouse import staged
from leadline.web.warehouse.zones import find_team_zone

BATCH = 2000
MOVE = "standings.move"
"""The job that works out what follows where the days of the team are those of another zone."""


@action
def rebuild(actor: Actor, contacts: list[int], funnel: str | None = None) -> int:
    """Write anew what is kept of some contacts; how many rows differed, of every funnel or of one."""
    names = _kept_as(funnel)
    before, facts = kept(contacts, names), held_facts.kept(contacts, actor.now)
    settle(contacts, actor.now)
    differing = len(before ^ kept(contacts, names)) + _mend_staged(contacts)
    differing += len(facts ^ held_facts.kept(contacts, actor.now))
    if differing:
        note_change(actor, "standings.rebuilt", funnel or "every funnel", {}, {"rows": differing})
    return differing


def follow_move(now: int) -> None:
    """Inside an action: where the team's days are those of another zone by now, have that worked out."""
    if find_team_zone() != home():
        enqueue(MOVE, {}, now, MOVE)


def move(now: int, pause: float = 0, go_on: Callable[[], None] | None = None) -> int:
    """Work out anew what is kept of everybody with a whole day among their touches; how many they are.

    A whole day begins where the team is, and so do stages, facts and what is due. Batch by batch, each a
    transaction of its own, with a pause of so many seconds between in which others can write; `go_on`
    is called after each.
    """
    done = 0
    for numbers in batches():
        days = Touch.objects.filter(contact__in=numbers).annotate(over=Mod("happened_at", DAY)).filter(over=0)
        some = set(days.values_list("contact_id", flat=True))
        with transaction.atomic():
            settle(some, now)
        done += len(some)
        if go_on is not None:
            go_on()
        time.sleep(pause)
    return done


def batches() -> Iterator[list[int]]:
    """Everybody, some at a time."""
    last = 0
    while numbers := list(
        Contact.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield numbers
        last = numbers[-1]


def differing(contacts: list[int], now: int) -> int:
    """How many rows of what is kept differ from what follows; nothing is written.

    A stage that has changed by itself and waits for the worker counts as different.
    """
    with transaction.atomic():  # nobody records anything of them between one look and the other
        people = hold(contacts)
        touches = people.touches()
        last, funnels = last_touches(touches), warehouse.funnels()
        follows = {
            (*one, *people.told[one.contact_id][:2], last[one.contact_id])
            for slug, funnel in funnels.items()
            for one in stand(funnels.kept_as[slug], funnel, touches, now)
        }
        names = [*funnels.kept_as.values()]
        standings, asks = follows ^ kept(contacts, names), staged.follows(contacts) ^ staged.kept(contacts)
        facts = held_facts.follow(touches, now) ^ held_facts.kept(contacts, now)
        return len(standings) + len(asks) + len(facts)


def _mend_staged(contacts: list[int]) -> int:
    """Write anew the open asks in the stages of some contacts, where they differ; how many rows differed."""
    there, follows = staged.kept(contacts), staged.follows(contacts)
    if there != follows:
        wrong = {row[0] for row in there ^ follows}
        StagedAsk.objects.filter(ask__in=wrong).delete()
        insert(StagedAsk, staged.COLUMNS, (row for row in follows if row[0] in wrong))
    return len(there ^ follows)


def kept(contacts: list[int], names: list[str]) -> set[Row]:
    """What is kept of some contacts under some names, as rows of COLUMNS."""
    return set(Standing.objects.filter(contact__in=contacts, funnel__in=names).values_list(*COLUMNS))


def _kept_as(funnel: str | None) -> list[str]:
    """The names under which it is kept where everybody stands: in every funnel in force, or in one."""
    known = warehouse.funnels().kept_as
    if funnel is not None and funnel not in known:
        raise NotFound(
            f"The funnel “{funnel}” was asked for",
            allowed=", ".join(known) or "none is in force",
            suggestion=nearest(funnel, known),
        )
    return [*known.values()] if funnel is None else [known[funnel]]
