"""To undo an import: touches and sales first, then what it changed, then what it made that nobody used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import F, Model, Q

from leadline.engine.wording import listed
from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.importing.contracts import BY_IMPORTS, GIVEN_BACK
from leadline.web.actions.importing.imports import State, touches_of
from leadline.web.actions.importing.marks import remove_unused, take_off
from leadline.web.actions.importing.updating import COLUMNS
from leadline.web.actions.mirrors import note_stale
from leadline.web.actions.settling import settle
from leadline.web.actions.touches import take_back
from leadline.web.among import one_of
from leadline.web.models import (
    Address,
    Ask,
    AuditEntry,
    Company,
    Contact,
    Contract,
    Field,
    HeldFact,
    Import,
    ImportChange,
    Mark,
    NextStep,
    Note,
    Offer,
    Purchase,
    Standing,
    Task,
    Touch,
)

Hold = Callable[[], None]
"""Makes the claim on the job last: called first and last in each step, as `loading.Load` says."""
BATCH = 1000
TOUCHES = 4000
_SALES = ("contract", "purchase")
HANGING: tuple[type[Model], ...] = (Touch, Ask, Purchase, Contract, Task, Note, Mark)
"""What hangs on a contact: whoever has any of it stays."""
FOLLOWING: tuple[type[Model], ...] = (Standing, NextStep, HeldFact, Address)
"""What goes with a contact."""
_SAID_OF = {"renews_on": "day of renewal", "ended_on": "its end", "ended_why": "its end"}
LISTED = 200
"""So many of those that stay are named."""


@action
def undo_touches(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Take away some touches of an import that come after one; the last of them, None where none was left.

    One to which a retraction refers stays, and is taken back; all others are removed. So is whoever the
    import made, where nothing hangs on them without these touches: nobody works out where they stand.
    """
    hold()
    there = touches_of(record).filter(pk__gt=after).order_by("pk").values_list("pk", "contact_id")[:TOUCHES]
    whose = dict(there)
    if not whose:
        return None
    numbers = list(whose)
    named = Touch.objects.filter(pk__in=Touch.objects.filter(one_of(numbers, "retracts")).values("retracts"))
    for touch in named.filter(in_force=True):
        take_back(actor, touch)
    contacts = {contact for contact in whose.values() if contact}
    list(Contact.objects.select_for_update().filter(one_of(contacts)).values_list("pk"))
    gone = sorted(whose.keys() - set(named.values_list("pk", flat=True)))
    Ask.objects.filter(
        one_of(gone, "touch"), purchases=None
    ).delete()  # the record of what is no touch any more
    Touch.objects.filter(one_of(gone))._raw_delete(using="default")
    removed = _remove_made(record, contacts)
    settle(contacts - removed, actor.now)
    told = {"touches": len(gone), "first": numbers[0], "last": numbers[-1]}
    note_change(actor, "import.touches_removed", record, told, {})
    Import.objects.filter(pk=record.pk).update(done=F("done") + len(numbers))
    hold()
    return int(numbers[-1])


@action
def undo_contracts(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Give some contracts back what an import changed, and take away those that it gave to older purchases.

    What somebody changed again since stays.
    """
    hold()
    told = ImportChange.objects.filter(of=record).exclude(before__isnull=True)
    told = told.filter(Q(record__startswith="contract:") | Q(record__startswith="purchase:"))
    changes = list(told.order_by("-pk")[:BATCH])
    if not changes:
        return None
    moved, begun = ([one for one in changes if one.record.startswith(f"{of}:")] for of in _SALES)
    contracts = of_changes(Contract, moved)
    given = Contract.objects.in_bulk([(one.before or {})["contract_id"]["became"] for one in begun])
    contacts = {one.contact_id for one in (*contracts.values(), *given.values())}
    list(Contact.objects.select_for_update().filter(pk__in=contacts).values_list("pk"))
    for change in moved:
        if contract := contracts.get(_number(change)):
            _give_back_contract(actor, record, contract, change.before or {})
    used = changed_since(record, list(given.values()))
    gone = [one for one in given.values() if one.pk not in used]
    _remove_ends(gone)
    Contract.objects.filter(pk__in=[one.pk for one in gone]).delete()
    settle(contacts, actor.now)
    count_undone(record, changes)
    return after


@action
def undo_sales(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Take away some purchases that an import made, with their contracts and touches.

    Those that somebody used since stay: a purchase paid back, a contract renewed or ended by hand.
    """
    hold()
    made = ImportChange.objects.filter(of=record, before__isnull=True)
    changes = list(made.filter(record__startswith="purchase:").order_by("pk")[:BATCH])
    if not changes:
        made.filter(record__startswith="contract:").delete()  # those that are left stay
        return None
    purchases = of_changes(Purchase, changes)
    contracts = Contract.objects.in_bulk([one.contract_id for one in purchases.values() if one.contract_id])
    used = changed_since(record, list(purchases.values()))
    kept = changed_since(record, list(contracts.values()))
    gone = [one for one in purchases.values() if one.pk not in used and one.contract_id not in kept]
    ends = [contracts[one.contract_id] for one in gone if one.contract_id]
    contacts = {one.contact_id for one in gone}
    list(Contact.objects.select_for_update().filter(pk__in=contacts).values_list("pk"))
    Touch.objects.filter(origin__in=[name_of(one) for one in (*gone, *ends)]).delete()
    Purchase.objects.filter(pk__in=[one.pk for one in gone]).delete()
    Contract.objects.filter(pk__in=[one.pk for one in ends], purchases=None).delete()
    settle(contacts, actor.now)
    count_undone(record, changes)
    return after


@action
def undo_changes(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Give some contacts back what an import changed of them, unless somebody changed it again since."""
    hold()
    changes = list(
        ImportChange.objects.filter(of=record).exclude(before__isnull=True).order_by("-pk")[:BATCH]
    )
    if not changes:
        return None
    contacts = of_changes(Contact, changes)
    for change in changes:
        contact = contacts.get(_number(change))
        kept = _give_back(actor, contact, change.before or {}) if contact is not None else []
        if kept:
            note_kept(record, "kept", f"{contact}: {', '.join(kept)}")
    columns = [name.removesuffix("_id") for name in COLUMNS]
    Contact.objects.bulk_update(contacts.values(), columns, batch_size=500)
    if fitting := profiles.refit(actor, contacts):
        settle(fitting, actor.now)
    count_undone(record, changes)
    hold()
    return after


@action
def undo_made(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Remove some contacts that an import made; those that somebody used since stay, and are listed."""
    hold()
    if not (changes := _next_made(record, "contact")):
        return None
    _remove_contacts(record, changes)
    count_undone(record, changes)
    hold()
    return after


@action
def undo_companies(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Remove some companies that an import made, unless somebody is there still or changed them since."""
    hold()
    if not (changes := _next_made(record, "company")):
        return None
    companies = of_changes(Company, changes)
    used = set(Contact.objects.filter(company__in=companies).values_list("company_id", flat=True))
    gone = companies.keys() - used - changed_since(record, list(companies.values()))
    Company.objects.filter(pk__in=gone).delete()
    count_undone(record, changes)
    hold()
    return after


@action
def finish_undo(actor: Actor, record: Import, hold: Hold) -> None:
    """Remove fields and offers that nobody has any more, and say that it is undone."""
    hold()
    made = ImportChange.objects.filter(of=record, before__isnull=True)
    for one in of_changes(Field, list(made.filter(record__startswith="field:"))).values():
        if not Contact.objects.filter(fields__has_key=one.name).exists():
            one.delete()
    remove_unused(_number(one) for one in made.filter(record__startswith="tag:"))
    _remove_offers(record, of_changes(Offer, list(made.filter(record__startswith="offer:"))))
    made.delete()
    Import.objects.filter(pk=record.pk, state=State.UNDOING).update(state=State.UNDONE, done=F("total"))
    note_change(actor, "import.undone", record)
    note_stale(actor.now)


def _next_made(record: Import, what: str) -> list[ImportChange]:
    """The next of the contacts, or of the companies, that an import made."""
    made = ImportChange.objects.filter(of=record, before__isnull=True, record__startswith=f"{what}:")
    return list(made.order_by("pk")[:BATCH])


def _remove_offers(record: Import, offers: dict[int, Offer]) -> None:
    used = changed_since(record, list(offers.values()))
    for model in (Ask, Purchase, Contract):
        used |= set(model._default_manager.filter(offer__in=offers).values_list("offer_id", flat=True))
    Offer.objects.filter(pk__in=offers.keys() - used).delete()


def _remove_made(record: Import, contacts: set[int]) -> set[int]:
    """Remove those of some contacts that an import made and that nobody used since; who they are."""
    made = ImportChange.objects.filter(of=record, before__isnull=True)
    changes = list(made.filter(record__in=[f"contact:{number}" for number in contacts]))
    gone = _remove_unused(record, {_number(change) for change in changes})
    count_undone(record, [change for change in changes if _number(change) in gone])
    return gone


def _remove_contacts(record: Import, changes: Sequence[ImportChange]) -> None:
    contacts = of_changes(Contact, changes)
    stay = contacts.keys() - _remove_unused(record, contacts.keys())
    for number in sorted(stay):
        note_kept(record, "stay", f"{contacts[number]}")
    record.counts["stayed"] = record.counts.get("stayed", 0) + len(stay)


def _remove_unused(record: Import, contacts: Collection[int]) -> set[int]:
    """Remove those of some contacts on whom nothing hangs, and whom nobody changed since; who they are."""
    theirs = one_of(contacts, "contact")
    stay = _changed_since(record, {f"contact:{number}": number for number in contacts})
    fits = Touch.objects.filter(theirs, origin__startswith=profiles.ORIGIN)
    for model in HANGING:
        hanging = model._default_manager.filter(theirs).order_by()
        if model is Touch:  # what a profile said of them goes with them
            hanging = hanging.exclude(pk__in=fits.filter(retractions=None).values("pk"))
        stay |= set(hanging.values_list("contact_id", flat=True).distinct())
    gone = set(contacts) - stay
    fits.filter(one_of(gone, "contact"))._raw_delete(using="default")
    for model in FOLLOWING:
        model._default_manager.filter(one_of(gone, "contact"))._raw_delete(using="default")
    Contact.objects.filter(one_of(gone))._raw_delete(using="default")
    record.counts["removed"] = record.counts.get("removed", 0) + len(gone)
    return gone


def changed_since(record: Import, records: Sequence[Model]) -> set[int]:
    """Which records somebody changed by hand, or another import did."""
    return _changed_since(record, {name_of(one): one.pk for one in records})


def _changed_since(record: Import, names: Mapping[str, int]) -> set[int]:
    audited = AuditEntry.objects.filter(record__in=names).exclude(action="touch.retracted")
    audited = audited.exclude(action="touch.recorded", by=profiles.BY).exclude(action__in=BY_IMPORTS)
    others = ImportChange.objects.filter(record__in=names).exclude(of=record)
    found = {*audited.values_list("record", flat=True), *others.values_list("record", flat=True)}
    return {names[name] for name in found}


def _give_back(actor: Actor, contact: Contact, change: dict[str, Any]) -> list[str]:
    """Undo one change of a contact; the names of what somebody changed again since."""
    before, after, kept = {}, {}, []
    for name, both in change.items():
        if name == "addresses":
            for sort, value in both:
                Address.objects.filter(contact=contact, sort=sort, value=value).delete()
        elif name == "tags":
            take_off(contact.pk, both)
            before[name] = both
        elif name == "fields":
            kept += _give_back_fields(contact, both["was"], both["became"])
        elif getattr(contact, name) == both["became"]:
            before[name], after[name] = both["became"], both["was"]
            setattr(contact, name, both["was"])
        else:
            kept.append(name.removesuffix("_id"))
    note_change(actor, GIVEN_BACK, contact, before, after)
    return kept


def _give_back_contract(actor: Actor, record: Import, contract: Contract, change: dict[str, Any]) -> None:
    """Undo one change of a contract, column by column, and list what somebody changed again since."""
    before, after, kept = {}, {}, []
    for name, both in change.items():
        there = getattr(contract, name)
        if (there.isoformat() if isinstance(there, date) else there) != both["became"]:
            kept.append(_SAID_OF[name])
            continue
        before[name], after[name] = both["became"], both["was"]
        of_day = both["was"] is not None and name != "ended_why"
        setattr(contract, name, date.fromisoformat(both["was"]) if of_day else both["was"])
    if "ended_on" in after:
        _remove_ends([contract])
    contract.save(update_fields=list(after))
    if kept:
        note_kept(record, "kept", f"{contract.contact}, {contract}: {listed(sorted(set(kept)))}")
    note_change(actor, GIVEN_BACK, contract, before, after)


def _remove_ends(contracts: Sequence[Contract]) -> None:
    """Remove the touches by which contracts ended, but for those that were taken back."""
    origins = [name_of(one) for one in contracts]
    Touch.objects.filter(origin__in=origins, in_force=True, retracts=None).delete()


def _give_back_fields(contact: Contact, was: dict[str, Any], became: dict[str, Any]) -> list[str]:
    kept, fields = [], dict(contact.fields)
    for name, value in became.items():
        if value == was.get(name):
            continue
        if fields.get(name) != value:
            kept.append(name)
        elif name in was:
            fields[name] = was[name]
        else:
            del fields[name]
    contact.fields = fields
    return kept


def of_changes(model: type[Any], changes: Sequence[ImportChange]) -> dict[int, Any]:
    """The records that changes are of, by their numbers."""
    found: dict[int, Any] = model.objects.in_bulk([_number(change) for change in changes])
    return found


def _number(change: ImportChange) -> int:
    return int(change.record.partition(":")[2])


def note_kept(record: Import, name: str, who: str) -> None:
    """Name something that stays, under `stay` or `kept`."""
    listed = record.counts.setdefault(name, [])
    if len(listed) < LISTED:
        listed.append(who)


def count_undone(record: Import, changes: Sequence[ImportChange]) -> None:
    """These changes are undone, and stand on no list any more: whoever takes over goes on with the others."""
    ImportChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    Import.objects.filter(pk=record.pk).update(done=F("done") + len(changes), counts=record.counts)
