"""To move a card is to say what happened: several touches at once, and the stage follows."""

from __future__ import annotations

from collections.abc import Sequence

from leadline.web import warehouse
from leadline.web.actions import purchases, touches
from leadline.web.actions.acting import Actor, action
from leadline.web.actions.purchases import Sale
from leadline.web.errors import Invalid
from leadline.web.models import Contact, Touch

MOST = 20


@action
def happened(actor: Actor, contact: Contact, kinds: Sequence[str]) -> list[Touch]:
    """Record that all of these happened now; a kind may stand twice. What is a purchase has its record."""
    if not 0 < len(kinds) <= MOST:
        raise Invalid("Say what happened", found=f"{len(kinds)} things ticked", allowed=f"1 to {MOST}")
    known = warehouse.kinds()
    bought = {known.kinds[code].name for code in known.named("purchased")}
    written = []
    for place, kind in enumerate(kinds):
        at = actor.now - len(kinds) + 1 + place  # the same kind twice is two touches
        if kind in bought:
            purchases.write(actor, contact, Sale(), at, None)
        else:
            written.append(touches.add(actor, contact, kind, at))
    touches.settle(actor, [contact.pk])
    return written
