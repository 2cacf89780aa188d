"""What is sold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

from leadline.web.actions import checks
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Offer

LONGEST = 3660
"""The longest term, in days."""


@dataclass(frozen=True)
class Terms:
    """An offer as somebody declares it; without `term_days` it is bought once."""

    name: str
    means: str = ""
    price: int | None = None
    currency: str = ""
    term_days: int | None = None
    takes: Decimal = Decimal(1)
    active: bool = True

    def checked(self) -> Terms:
        """The same terms, tidy; raises Invalid."""
        name = checks.text(self.name, 120, "The name of an offer")
        if not name:
            raise Invalid("An offer needs a name", found="none", allowed="as your clients would call it")
        if self.term_days is not None and not 0 < self.term_days <= LONGEST:
            raise Invalid(
                "A term is a number of days", found=str(self.term_days), allowed=f"1 to {LONGEST:,}, or none"
            )
        if not 0 <= self.takes < 10**6:
            raise Invalid("What an offer takes is a number", found=str(self.takes), allowed="0 and more")
        price, currency = checks.money(self.price, self.currency, "A price")
        means = checks.text(self.means, 300, "What an offer means")
        return Terms(name, means, price, currency, self.term_days, self.takes, self.active)


@action
def declare(actor: Actor, terms: Terms) -> Offer:
    """A new offer. Raises Conflict for a name that is taken."""
    terms = terms.checked()
    _check_free(terms.name)
    offer = Offer.objects.create(**asdict(terms))
    note_change(actor, "offer.declared", offer, {}, _said(terms))
    return offer


@action
def change(actor: Actor, offer: Offer, terms: Terms) -> Offer:
    """Other terms from now on; what was asked and bought keeps its own."""
    terms, before = terms.checked(), {name: getattr(offer, name) for name in asdict(terms)}
    if terms.name != offer.name:
        _check_free(terms.name)
    for name, value in asdict(terms).items():
        setattr(offer, name, value)
    offer.save()
    note_change(actor, "offer.changed", offer, _said(Terms(**before)), _said(terms))
    return offer


@action
def switch(actor: Actor, offer: Offer) -> Offer:
    """Sell an offer no more, or again; contracts that run go on either way."""
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    before, offer.active = offer.active, not offer.active
    offer.save(update_fields=["active"])
    note_change(actor, "offer.changed", offer, {"active": before}, {"active": offer.active})
    return offer


def _check_free(name: str) -> None:
    if Offer.objects.filter(name=name).exists():
        raise Conflict("An offer has a name of its own", found=f"that there is one called “{name}”")


def _said(terms: Terms) -> dict[str, object]:
    return asdict(terms) | {"takes": str(terms.takes)}
