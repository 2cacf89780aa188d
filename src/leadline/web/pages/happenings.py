"""What could have happened with somebody, who is said to stand in another stage: what to tick."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.engine.evidence import Moment, judge
from leadline.engine.funnel import Funnel
from leadline.engine.kinds import Kind
from leadline.engine.lookup import lookup
from leadline.engine.phrasing import say_judgement
from leadline.engine.remedies import find_remedy
from leadline.web import warehouse
from leadline.web.models import Contact
from leadline.web.templatetags.spoken import retold

MOST = 8
"""So many kinds are offered for one phrase."""


@dataclass(frozen=True)
class Missing:
    """A phrase that keeps the stage from following, and kinds that would fulfil it, if recorded."""

    sentence: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Gap:
    """What would do (None: no few touches would), and each phrase that is missing.

    `times` has (kind, how often) for what would do.
    """

    would_do: tuple[tuple[Kind, int], ...] | None
    missing: tuple[Missing, ...]


def gap(contact: Contact, funnel: Funnel, stage: int, now: int) -> Gap:
    """What is missing for somebody to stand in a stage, by its number from 1."""
    touches = warehouse.touches_of([contact.pk])
    kinds, table = touches.kinds, lookup(funnel, touches.kinds)
    rows = enumerate(zip(touches.happened_at.tolist(), touches.kind.tolist(), strict=True))
    counting = touches.counting()
    moments = sorted(Moment(at, kind, row) for row, (at, kind) in rows if counting[row])
    remedy = find_remedy(table, kinds, moments, now, stage)
    judged = judge(funnel.stages[stage - 1].when, table, moments, now)
    missing = []
    for phrase in judged.lacking():
        denied = bool(getattr(phrase.condition, "no", False))
        atom = phrase.evidence.atom if phrase.evidence else None
        codes = (atom.since if denied else atom.kinds) if atom else ()
        chosen = tuple(kinds.kinds[code] for code in sorted(codes) if kinds.kinds[code].direction != "out")
        some = chosen or tuple(kinds.kinds[code] for code in sorted(codes))
        missing.append(Missing(retold(say_judgement(phrase, touches, now)), some[:MOST]))
    counted = None
    if remedy is not None:
        counted = tuple((kinds.kinds[kinds.code(name)], remedy.count(name)) for name in dict.fromkeys(remedy))
    return Gap(counted, tuple(missing))
