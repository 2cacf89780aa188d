"""To move a card is to say what happened: several touches at once, and the stage follows."""

from __future__ import annotations

from collections.abc import Sequence

from leadline.web import warehouse
from leadline.web.actions import purchases, touches
from leadline.web.actions.acting import Actor, action, name_of
from leadline.web.actions.purchases import Sale
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Contact, Purchase, Touch

MOST = 20


@action
def happened(actor: Actor, contact: Contact, kinds: Sequence[str], on: int | None = None) -> list[Touch]:
    """Record that all of these happened, now or at an instant; a kind may stand twice.

    What is a purchase has its record, and is answered with as the touch of that.
    """
    if not 0 < len(kinds) <= MOST:
        found = f"{len(kinds)} things ticked" if kinds else "nothing ticked"
        raise Invalid("What happened was to be recorded", found=found, allowed=f"1 to {MOST} things")
    known = warehouse.kinds()
    bought = {known.kinds[code].name for code in known.named("purchased")}
    written = []
    for place, kind in enumerate(kinds):
        at = (actor.now if on is None else on) - len(kinds) + 1 + place  # the same kind twice is two touches
        if kind in bought:
            purchase = purchases.write(actor, contact, Sale(), at, None)
            written.append(Touch.objects.get(origin=name_of(purchase)))
        else:
            written.append(touches.add(actor, contact, kind, at))
    touches.settle(actor, [contact.pk])
    return written


@action
def take_back(actor: Actor, contact: Contact, recorded_at: int) -> int:
    """Take back all that this user recorded of somebody at one instant, purchases too; how many it were.

    Raises Conflict where nothing of it is left, and where some of it stands for an ask or a contract.
    """
    theirs = Touch.objects.filter(contact=contact, recorded_at=recorded_at, recorded_by=actor.user)
    found = list(theirs.filter(in_force=True, retracts=None))
    if not found:
        raise Conflict("What was recorded was to be taken back", found="that it has been taken back already")
    for touch in found:
        sort, _, number = touch.origin.partition(":")
        if sort == "purchase":
            purchases.take_out(actor, Purchase.objects.get(pk=int(number)))
        else:
            touches.check_alone(touch, "taken back")
            touches.take_back(actor, touch)
    touches.settle(actor, [contact.pk])
    return len(found)
