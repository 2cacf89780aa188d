"""Facts: what somebody said is true of a contact, dated, with who said it; and that it is true no more."""

from __future__ import annotations

from leadline.engine.errors import nearest
from leadline.engine.kinds import Kind, Kinds
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, action
from leadline.web.errors import Invalid
from leadline.web.models import Contact, Touch


@action
def state_fact(
    actor: Actor,
    contact: Contact,
    fact: str,
    *,
    holds: bool = True,
    said_by: str = "",
    happened_at: int | None = None,
    note: str = "",
    kind: str = "",
) -> Touch:
    """Record that a fact holds, or that it does not: as the touch of a kind that says so.

    `kind` chooses among several such kinds. The fact stands until it is contradicted or expires.
    """
    kinds = warehouse.kinds()
    said_by = said_by.strip() or actor.by
    touch = touches.add(
        actor,
        contact,
        _chosen(kinds, fact, holds, kind).name,
        happened_at,
        note=note,
        actor=said_by,
    )
    touches.settle(actor, [contact.pk])
    return touch


def saying(kinds: Kinds, fact: str, holds: bool) -> list[Kind]:
    """The kinds that do nothing but say of a fact that it holds, or that it does not."""
    codes = kinds.setting(fact) if holds else kinds.clearing(fact)
    return [kinds.kinds[code] for code in sorted(codes) if kinds.kinds[code].link == "fact"]


def _chosen(kinds: Kinds, fact: str, holds: bool, kind: str) -> Kind:
    if fact not in kinds.facts:
        raise Invalid(
            "A fact was to be stated",
            found=f"“{fact}”",
            allowed=", ".join(kinds.facts),
            suggestion=nearest(fact, kinds.facts),
        )
    there = saying(kinds, fact, holds)
    if not there:
        raise Invalid(
            f"“{fact}” was to be stated",
            found="no kind that says just that",
            allowed="a fact that follows from what somebody says; this one follows from what is done",
        )
    chosen = [one for one in there if one.name == kind] if kind else there
    if not chosen:
        raise Invalid(
            f"“{fact}” was to be stated",
            found=f"the kind “{kind}”",
            allowed=", ".join(one.name for one in there),
        )
    return chosen[0]
