"""The kinds that sales and imports write of themselves: the one place where they are chosen by name.

Everything else looks at a kind's link, direction and groups; what is expected of these is checked when the
application starts, so that a name that came to mean something else is noticed then and not in the figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from leadline.engine.errors import BadKinds
from leadline.engine.kinds import Kinds, Link

What = Literal[
    "ask", "ask again", "yes", "no", "not now", "buy", "buy again", "give back all", "give back a part",
    "lapse", "end", "opt out",
]  # fmt: skip


@dataclass(frozen=True)
class Chosen:
    """A kind by name, with its link, the groups that it has to count as, and those that it must not."""

    kind: str
    link: Link
    groups: frozenset[str] = field(default_factory=frozenset)
    never: frozenset[str] = field(default_factory=frozenset)


def _chosen(kind: str, link: Link, groups: str, never: str = "") -> Chosen:
    return Chosen(kind, link, frozenset(groups.split()), frozenset(never.split()))


TABLE: dict[What, Chosen] = {
    "ask": _chosen("asked", "ask", "asked"),
    "ask again": _chosen("asked_renewal", "ask", "asked"),
    "yes": _chosen("said_yes", "answer", "answered responded", "refused purchased"),
    "no": _chosen("said_no", "answer", "answered refused", "responded"),
    "not now": _chosen("said_not_now", "answer", "answered", "refused responded"),
    "buy": _chosen("bought", "answer", "answered responded purchased"),
    "buy again": _chosen("renewed", "answer", "answered responded purchased"),
    "give back all": _chosen("refunded", "answer", "repaid ended", "answered"),
    "give back a part": _chosen("partly_refunded", "answer", "repaid", "answered ended"),
    "lapse": _chosen("lapsed", "exit", "ended", "repaid"),
    "end": _chosen("churned", "exit", "ended", "repaid"),
    "opt out": _chosen("opted_out", "exit", "broke_off withdrew left"),
}


def kind_of(what: What) -> str:
    """The name of the kind that stands for it."""
    return TABLE[what].kind


def check(kinds: Kinds) -> None:
    """Raise BadKinds where a chosen kind isn't there, or doesn't mean what it was chosen for."""
    declared = {kind.name: kind for kind in kinds.kinds}
    for what, chosen in TABLE.items():
        found = declared.get(chosen.kind)
        if found is None or found.link != chosen.link or found.machine:
            raise BadKinds(
                f"“{chosen.kind}” is written for “{what}”",
                found="no such kind" if found is None else f"the link {found.link}",
                allowed=f"a kind of people, of the link {chosen.link}",
            )
        groups = set(found.groups)
        if not chosen.groups <= groups or chosen.never & groups:
            raise BadKinds(
                f"“{chosen.kind}” is written for “{what}”",
                found=f"the groups {', '.join(sorted(groups))}",
                allowed=f"{', '.join(sorted(chosen.groups))}, and none of {', '.join(sorted(chosen.never))}",
            )


check(Kinds.shipped())  # kinds of one's own come on top, and take none of these away
