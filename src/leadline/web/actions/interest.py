"""How much somebody wants to buy, by what they did: so that people can be put in an order.

Each thing that they did is a sign. What went both ways weighs more than what they did by themselves, and what
is known of them (a need, a budget, that they fit) most, as long as it isn't contradicted. A sign weighs half
as much after `HALVED`. As all weights shrink alike, the order of two people stays as it is until one of them
does something: a rank written down once stays right.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log2

from leadline.engine.instants import DAY
from leadline.engine.kinds import Kind, Kinds
from leadline.web.actions.lives import Moment

HALVED = 30 * DAY
"""In this time a sign loses half its weight."""
LATELY = 90 * DAY
"""Signs of so long ago are told of."""
_ALONE, _TOGETHER, _KNOWN = 1, 4, 8


def rank(life: Iterable[Moment], kinds: Kinds) -> float:
    """The rank that follows from a life in order of time; higher wants more, 0 is without any sign.

    The binary logarithm of the sum of all weights, each doubled for each HALVED since 1970.
    """
    weights = [(at / HALVED, _weight(kinds.kinds[kind])) for at, kind in _standing(life, kinds)]
    some = [(log2(weight) + age) for age, weight in weights if weight]
    if not some:
        return 0.0
    most = max(some)
    return round(most + log2(sum(2 ** (one - most) for one in some)), 4)


def signs(life: Iterable[Moment], kinds: Kinds, now: int) -> int:
    """How many things they did lately, by themselves or with us; what is merely known of them left out."""
    return sum(
        kinds.kinds[kind].link not in ("fact", "exit") and kinds.kinds[kind].direction != "out"
        for at, kind in life
        if now - LATELY < at <= now
    )


def known(life: Iterable[Moment], kinds: Kinds, now: int) -> list[str]:
    """The facts that were found out about them and hold still, in the order in which facts are declared."""
    said = {
        fact: at
        for at, kind in _standing(life, kinds)
        if kinds.kinds[kind].link == "fact"
        for fact in kinds.kinds[kind].sets
    }
    lasts = {name: one.lasts_days for name, one in kinds.facts.items()}
    return [name for name in kinds.facts if name in said and now < said[name] + (lasts[name] or 10**6) * DAY]


def _weight(kind: Kind) -> int:
    if kind.link == "fact":
        return _KNOWN if kind.sets else 0
    if kind.link == "exit":
        return 0
    return {"in": _ALONE, "both": _TOGETHER}.get(kind.direction, 0)


def _standing(life: Iterable[Moment], kinds: Kinds) -> list[Moment]:
    """The same life without what was found out of somebody and contradicted, or said anew, later."""
    held: list[Moment] = []
    for moment in life:
        gone = set(kinds.kinds[moment[1]].clears)
        if kinds.kinds[moment[1]].link == "fact":
            gone |= set(kinds.kinds[moment[1]].sets)
        if gone:
            held = [one for one in held if not _is_fact_of(kinds.kinds[one[1]], gone)]
        held.append(moment)
    return held


def _is_fact_of(kind: Kind, facts: set[str]) -> bool:
    return kind.link == "fact" and bool(facts & set(kind.sets))
