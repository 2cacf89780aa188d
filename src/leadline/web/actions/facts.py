"""Facts: what somebody said is true of a contact, dated, with who said it; and that it is true no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from leadline.engine.atoms import resolve_phrase
from leadline.engine.conditions import Phrase
from leadline.engine.errors import BadFunnel, nearest
from leadline.engine.evidence import Evidence, Moment, gather_evidence
from leadline.engine.kinds import Kind, Kinds
from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, action
from leadline.web.errors import Invalid
from leadline.web.models import Contact, Touch


@dataclass(frozen=True)
class Standing:
    """How a fact stands: whether it holds, until when, and the touch that had the last word on it, as a row.

    `denied`: that last word was that it doesn't hold.
    """

    name: str
    means: str
    holds: bool
    denied: bool
    said: dict[str, Any] | None
    expires_at: int | None


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


def standing(touches: Touches, at: int) -> list[Standing]:
    """How every fact that there is stands at an instant, by the touches of one contact."""
    kinds, counting = touches.kinds, np.flatnonzero(touches.counting())
    moments = sorted(
        Moment(int(touches.happened_at[row]), int(touches.kind[row]), row) for row in counting.tolist()
    )
    found = []
    for name in kinds.facts:
        try:
            atom = resolve_phrase(Phrase(name), kinds)
        except BadFunnel:  # a fact that nothing sets
            continue
        evidence = gather_evidence(atom, moments, at)
        last = _last_word(evidence, atom.kinds | atom.since, moments, at)
        found.append(
            Standing(
                name=name,
                means=kinds.facts[name].means,
                holds=evidence.holds,
                denied=last is not None and last.kind in atom.since,
                said=touches.row(last.row) if last else None,
                expires_at=evidence.expires_at,
            )
        )
    return found


def _last_word(evidence: Evidence, about: frozenset[int], moments: list[Moment], at: int) -> Moment | None:
    if evidence.holds:
        return evidence.touches[-1]
    said = [one for one in moments if one.kind in about and one.happened_at <= at]
    return said[-1] if said else None


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
