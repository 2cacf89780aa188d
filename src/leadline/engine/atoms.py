"""Atoms: the one form to which every phrase comes down."""

from __future__ import annotations

from dataclasses import dataclass

from leadline.engine.conditions import Phrase
from leadline.engine.errors import BadFunnel, nearest
from leadline.engine.instants import DAY
from leadline.engine.kinds import Kinds


@dataclass(frozen=True)
class Atom:
    """`times` touches of `kinds`, within `window` microseconds, since the last touch of `since`.

    It holds at t when that many touches at a with t - window < a <= t stand after the last touch of
    `since`. A kind in both sets resets and doesn't count. `window` None: however long ago.
    """

    kinds: frozenset[int]
    times: int = 1
    window: int | None = None
    since: frozenset[int] = frozenset()


def resolve_phrase(phrase: Phrase, kinds: Kinds) -> Atom:
    """The atom of a phrase (its `no` left aside); raises BadFunnel for names that nobody declares."""
    counted, days, cleared = _resolve_name(phrase, kinds)
    since = cleared | (_kinds_called(phrase, phrase.since, kinds) if phrase.since else frozenset())
    if counted <= since:
        raise BadFunnel(
            f"The phrase “{phrase}” can never hold",
            found=f"every touch that counts as “{phrase.name}” also resets it",
            allowed="a “since” that leaves some of them to count",
        )
    return Atom(counted - since, phrase.times, days * DAY if days else None, since)


def _resolve_name(phrase: Phrase, kinds: Kinds) -> tuple[frozenset[int], int | None, frozenset[int]]:
    fact = kinds.facts.get(phrase.name)
    if fact is None:
        return _kinds_called(phrase, phrase.name, kinds), phrase.days, frozenset()
    setting = kinds.setting(fact.name)
    if not setting:
        raise BadFunnel(
            f"“{phrase.name}” in “{phrase}” can never hold", found="a fact that no kind of touch sets"
        )
    return setting, phrase.days or fact.lasts_days, kinds.clearing(fact.name)


def _kinds_called(phrase: Phrase, name: str, kinds: Kinds) -> frozenset[int]:
    found = kinds.setting(name) if name in kinds.facts else kinds.named(name)
    if found:
        return found
    near = None
    if name in kinds:
        reason, allowed = "a kind made by machines, which counts for nothing", "a kind that people make"
    elif name in kinds.groups:
        reason, allowed = "a group that no kind counts as", "a group with at least one kind"
    else:
        reason, allowed = "no kind, group or fact of that name", "any name in the list of kinds"
        near = nearest(name, kinds.names)
    raise BadFunnel(
        f"“{name}” in the phrase “{phrase}”",
        found=reason,
        allowed=allowed,
        suggestion=near,
    )
