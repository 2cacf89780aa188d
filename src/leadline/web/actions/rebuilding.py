"""To work out anew where everybody stands, and to compare that with what is kept."""

from __future__ import annotations

from collections.abc import Iterator

from leadline.engine.errors import nearest
from leadline.web import warehouse
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.standings import BATCH, restate, stand
from leadline.web.errors import NotFound
from leadline.web.models import Contact, Standing

Row = tuple[int, str, int, int, int, int | None, int | None]
"""Contact, funnel, stage, step, since when, until when, because of which touch."""


@action
def rebuild(actor: Actor, contacts: list[int], funnel: str | None = None) -> int:
    """Write anew where some contacts stand, in every funnel or in one; how many rows differed."""
    slugs = _slugs(funnel)
    before = kept(contacts, slugs)
    restate(contacts, actor.now)
    differing = len(before ^ kept(contacts, slugs))
    if differing:
        note_change(actor, "standings.rebuilt", funnel or "every funnel", {}, {"rows": differing})
    return differing


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
    touches = warehouse.touches_of(contacts)
    follows = {
        _row(one) for slug, funnel in warehouse.funnels().items() for one in stand(slug, funnel, touches, now)
    }
    return len(follows ^ kept(contacts, _slugs(None)))


def kept(contacts: list[int], slugs: list[str]) -> set[Row]:
    """What is kept of some contacts in some funnels."""
    return {_row(one) for one in Standing.objects.filter(contact__in=contacts, funnel__in=slugs)}


def _row(one: Standing) -> Row:
    return (
        one.contact_id, one.funnel, one.stage, one.step, one.entered_at, one.changes_at, one.cause_id,
    )  # fmt: skip


def _slugs(funnel: str | None) -> list[str]:
    known = list(warehouse.funnels())
    if funnel is not None and funnel not in known:
        raise NotFound(
            f"The funnel “{funnel}” was asked for",
            allowed=", ".join(known) or "none is in force",
            suggestion=nearest(funnel, known),
        )
    return known if funnel is None else [funnel]
