"""A purchase that was taken back comes back as it was, with its touches and the contract that it began."""

from __future__ import annotations

from datetime import date
from typing import Any

from leadline.web import access
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.errors import Conflict, NotFound
from leadline.web.models import Ask, AuditEntry, Contact, Contract, Offer, Purchase, Touch, User

UNDONE = "purchase.undone"
KEPT = "all_moved"
"""Under which name an entry keeps all that brings a purchase back; nobody is shown it."""
_PURCHASE = ("contact_id", "offer_id", "ask_id", "value", "currency", "bought_at", "renewed_from")
_CONTRACT = ("contact_id", "offer_id", "value", "currency", "starts_on", "renews_on", "ended_on", "ended_why")


def kept_of(purchase: Purchase, taken: list[int]) -> dict[str, Any]:
    """All that brings a purchase back, as plain data; `taken` are its touches that are taken back with it."""
    contract = purchase.contract
    others = contract.purchases.exclude(pk=purchase.pk).values_list("pk", flat=True) if contract else ()
    return {
        "purchase": {name: _plain(getattr(purchase, name)) for name in _PURCHASE},
        "contract": {"id": contract.pk} | {name: _plain(getattr(contract, name)) for name in _CONTRACT}
        if contract
        else None,
        "others": list(others),
        "touches": taken,
    }


def entry_of(user: User, number: int) -> AuditEntry:
    """How a purchase of somebody whom they see was taken back; raises NotFound."""
    entry = AuditEntry.objects.filter(record=f"purchase:{number}", action=UNDONE).order_by("-pk").first()
    of = entry.before.get(KEPT, {}).get("purchase", {}).get("contact_id") if entry else None
    if entry is None or of is None or not access.contacts(user).filter(pk__in=_survivor(of)).exists():
        raise NotFound(f"The purchase {number} was to be put back", found="none that you can see")
    return entry


@action
def restore(actor: Actor, entry: AuditEntry) -> Purchase:
    """Put a purchase back. Raises Conflict where it is there, or whoever bought it is not any more."""
    told, number = entry.before[KEPT], int(entry.record.partition(":")[2])
    contact = (
        Contact.objects.select_for_update().filter(pk__in=_survivor(told["purchase"]["contact_id"])).first()
    )
    if Purchase.objects.filter(pk=number).exists():
        raise Conflict("A purchase was to be put back", found="that it is there")
    if contact is None or contact.erased_at is not None:
        raise Conflict("A purchase was to be put back", found="that whoever bought it was erased")
    contract = _contract(contact, told)
    columns = _dated(told["purchase"]) | {"contact_id": contact.pk, "contract": contract}
    columns["offer_id"] = _there(Offer, columns["offer_id"])
    columns["ask_id"] = _there(Ask, columns["ask_id"])
    purchase = Purchase.objects.create(pk=number, **columns)
    if contract is not None:
        Purchase.objects.filter(pk__in=told["others"], contract=None).update(contract=contract)
    for retraction in Touch.objects.filter(retracts__in=told["touches"], in_force=True).order_by("pk"):
        touches.take_back(actor, retraction)
    touches.settle(actor, [contact.pk])
    after = {"value": purchase.value, "currency": purchase.currency, "offer": str(purchase.offer or "")}
    note_change(actor, "purchase.restored", purchase, {}, after)
    return purchase


def _contract(contact: Contact, told: dict[str, Any]) -> Contract | None:
    """The contract that it began, made anew; or the one that it renewed, where that stands as before."""
    if told["contract"] is None:
        return None
    columns = _dated(told["contract"]) | {"contact_id": contact.pk}
    number, renewed_from = columns.pop("id"), told["purchase"]["renewed_from"]
    there = Contract.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if there is None and renewed_from is None:
        return Contract.objects.create(
            pk=number, **columns | {"offer_id": _there(Offer, columns["offer_id"])}
        )
    if there is not None and renewed_from is not None and _plain(there.renews_on) == renewed_from:
        there.renews_on, there.value, there.currency = (
            columns[n] for n in ("renews_on", "value", "currency")
        )
        there.save(update_fields=["renews_on", "value", "currency"])
    return there


def _survivor(contact: int) -> set[int]:
    """The contact, or the one into which it was merged."""
    into = Contact.objects.filter(pk=contact).values_list("merged_into_id", flat=True).first()
    return {into or contact}


def _there(model: type[Offer | Ask], number: int | None) -> int | None:
    return number if number and model._default_manager.filter(pk=number).exists() else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _dated(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns with their days as days."""
    days = ("renewed_from", "starts_on", "renews_on", "ended_on")
    return {n: date.fromisoformat(v) if v and n in days else v for n, v in columns.items()}
