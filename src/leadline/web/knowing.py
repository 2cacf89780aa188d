"""Of whom a fact holds, as a condition for lists: the engine's atom of that fact, asked of the database."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from leadline.engine.atoms import resolve_phrase
from leadline.engine.conditions import Phrase
from leadline.engine.errors import nearest
from leadline.web import warehouse
from leadline.web.errors import Invalid
from leadline.web.models import Touch

NO = "no "
"""How the filter begins that wants those of whom a fact does not hold."""


def by_fact(asked: str, now: int) -> Q:
    """The condition on those of whom a fact holds now (`need`), or does not (`no need`).

    That is of them, or of whoever was merged into them. What was said at one instant is taken together with
    what clears it as if the clearing came last.
    """
    kinds, name = warehouse.kinds(), asked.removeprefix(NO)
    if name not in kinds.facts:
        raise Invalid(
            "A list was to be filtered by a fact",
            found=f"“{asked}”",
            allowed=", ".join(kinds.facts),
            suggestion=nearest(name, kinds.facts),
        )
    atom = resolve_phrase(Phrase(name), kinds)
    counting = Touch.objects.filter(in_force=True, retracts=None, machine=False, happened_at__lte=now)
    sets, clears = (
        counting.filter(kind__in=[kinds.kinds[code].name for code in sorted(codes)])
        for codes in (atom.kinds, atom.since)
    )
    if atom.window is not None:
        sets = sets.filter(happened_at__gt=now - atom.window)
    later = clears.filter(contact=OuterRef("contact"), happened_at__gte=OuterRef("happened_at"))
    told = sets.filter(~Exists(later))
    of_twins = told.filter(contact__merged_into=OuterRef("pk"))
    holds = Q(Exists(told.filter(contact=OuterRef("pk")))) | Q(Exists(of_twins))
    return ~holds if asked.startswith(NO) else holds
