"""In which currency somebody works: the one that they chose, or what most is in lately."""

from __future__ import annotations

from collections import Counter
from functools import cache

from leadline.web import together
from leadline.web.models import Ask, Offer, Purchase, User

LATELY = 100
"""So many of the latest purchases, asks and offers say in which currency somebody works."""


def usual_currency(user: User | None) -> str:
    """The currency in which money is meant unless said: the one that somebody chose, else the usual one.

    None is nobody in particular, for whom the first owner chooses. Empty where nothing tells.
    """
    if user is None:
        user = User.objects.filter(is_active=True, role="owner").order_by("pk").first()
    if user is not None and user.currency:
        return user.currency
    used = Counter(code for rows in together.rows_of(_lately()) for (code,) in rows)
    del used[""]
    return max(used, key=lambda currency: used[currency], default="")


@cache
def _lately() -> list[together.Question]:
    """The currencies of the latest purchases, asks and offers."""
    told = [one._default_manager.order_by("-pk").values_list("currency") for one in (Purchase, Ask, Offer)]
    return [together.put_together(one[:LATELY]) for one in told]
