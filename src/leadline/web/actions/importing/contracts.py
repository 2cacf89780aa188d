"""What a list of clients says of purchases and contracts that are on record already.

Nothing is bought twice by being listed twice: a purchase of the same contact, day and offer is the one on
record, also where somebody entered it by hand. Its contract follows the day of renewal that the list says
now, and ends where the list says so: on the day that is told, else on the day of the import. What somebody
renewed, ended or entered by hand stays as it is, and the row that says otherwise is refused: who has it
before them knows better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.engine.importers.sorts.sales import Sold
from leadline.engine.money import money_words
from leadline.engine.wording import day_words, listed
from leadline.web import warehouse
from leadline.web.actions import checks
from leadline.web.actions.acting import name_of
from leadline.web.actions.importing.intake import Refused
from leadline.web.actions.rows import insert
from leadline.web.models import AuditEntry, Contract, ImportChange, Purchase, Touch

if TYPE_CHECKING:
    from leadline.web.actions.importing.loading import Load
    from leadline.web.actions.importing.sales import Fresh

SAID = "The imported list says that it ended."
UPDATED, GIVEN_BACK = "import.updated", "import.change_undone"
BY_IMPORTS = (UPDATED, GIVEN_BACK)
"""What the record of changes calls what no hand did."""
Change = dict[str, dict[str, str | None]]
"""Of each column of a contract what it was, and what it became."""
End = dict[str, Any]
"""What differs in a touch by which something on record ended, from what its row says."""


def begin(load: Load, who: int, row: int) -> Contract:
    """The contract that a row of a list of clients tells of, not yet written."""
    sold = load.intake.sold[row]
    assert sold.renews_at is not None
    return Contract(
        contact_id=who,
        offer_id=load.offers.get(sold.offer.casefold()),
        value=sold.value,
        currency=sold.currency,
        starts_on=checks.day_of(sold.bought_at),
        renews_on=checks.day_of(sold.renews_at),
        ended_on=None if sold.ended_at is None else checks.day_of(sold.ended_at),
        ended_why="" if sold.ended_at is None else SAID,
    )


def find_there(load: Load, touches: Sequence[Fresh], known: Sequence[tuple[int, int]]) -> dict[int, Purchase]:
    """The purchases that are on record already, by the rows that tell of them.

    Of `known`, contacts and rows, the touch is on record. The others are found by contact, day and offer
    among those of which no row tells exactly.
    """
    sold = load.intake.sold
    fresh = [(who, row) for who, row, _ in touches if row in sold]
    theirs = Purchase.objects.filter(contact__in={who for who, _ in (*known, *fresh)})
    left: dict[tuple[int, date], list[Purchase]] = defaultdict(list)
    for one in theirs.select_related("contract", "offer", "contact").order_by("pk"):
        left[one.contact_id, checks.day_of(one.bought_at)].append(one)
    found = {}
    for rows, exactly in ((known, True), (fresh, False)):
        for who, row in rows:
            there = left[who, checks.day_of(sold[row].bought_at)]
            same = next((one for one in there if _is_same(one, sold[row], exactly=exactly)), None)
            if same is not None:
                there.remove(same)
                found[row] = same
    return found


def _is_same(one: Purchase, sold: Sold, *, exactly: bool) -> bool:
    if exactly and (one.bought_at, one.value) != (sold.bought_at, sold.value):
        return False
    called = one.offer.name.casefold() if one.offer else ""
    return not called or not sold.offer or called == sold.offer.casefold()


def follow(load: Load, there: Mapping[int, Purchase]) -> dict[int, End]:
    """Have the contracts of purchases on record follow what their rows say.

    A purchase without a contract gets the one that its row tells of. Answers with how the ends that follow
    are written, by the rows of their purchases.
    """
    by_hand, over = _find_by_hand(there.values()), _find_over(there.values())
    ends: dict[int, End] = {}
    begun, moved = {}, []
    for row, purchase in there.items():
        sold, contract = load.intake.sold[row], purchase.contract
        at = _end_of(sold, load.actor.now)
        if sold.value is not None and (sold.value, sold.currency) != (purchase.value, purchase.currency):
            _refuse(load, row, purchase, [money_words(sold.value, sold.currency)])
        if purchase.pk in by_hand or (contract is not None and contract.ended_on is not None):
            _refuse(load, row, purchase, _unheard(sold, contract))
        elif contract is not None:
            if change := _change(contract, sold, at):
                moved.append((contract, change))
            if "ended_on" in change:
                ends[row] = {"happened_at": at, "origin": name_of(contract)}
        elif sold.renews_at is not None:
            begun[row] = purchase
        elif at is not None and purchase.pk not in over:
            ends[row] = {"happened_at": at}
    _move(load, moved)
    return ends | _begin(load, begun)


def _find_by_hand(purchases: Collection[Purchase]) -> set[int]:
    """Those that somebody entered, paid back, renewed or ended here."""
    contracts = {one.contract_id: name_of(one.contract) for one in purchases if one.contract is not None}
    audited = AuditEntry.objects.filter(record__in=[*map(name_of, purchases), *contracts.values()])
    changed = set(audited.exclude(action__in=BY_IMPORTS).values_list("record", flat=True))
    renewals = Purchase.objects.filter(contract__in=contracts).exclude(renewed_from=None)
    changed |= {contracts[number] for number in renewals.values_list("contract_id", flat=True)}
    return {one.pk for one in purchases if {name_of(one), contracts.get(one.contract_id, "")} & changed}


def _find_over(purchases: Collection[Purchase]) -> set[int]:
    """Those without a contract after which the custom ended, as far as is on record."""
    alone = [one for one in purchases if one.contract_id is None]
    kinds = warehouse.kinds()
    names = [kinds.kinds[code].name for code in kinds.named("ended")]
    told = Touch.objects.filter(contact__in={one.contact_id for one in alone}, kind__in=names)
    last: dict[int | None, int] = {}
    for who, at in told.filter(in_force=True, retracts=None).values_list("contact_id", "happened_at"):
        last[who] = max(at, last.get(who, at))
    return {one.pk for one in alone if one.bought_at <= last.get(one.contact_id, -1)}


def _end_of(sold: Sold, now: int) -> int | None:
    """When it ended: as is told, else now, when it became known; None where it goes on."""
    if sold.ended_at is None:
        return None
    return sold.ended_at if sold.ended_told and sold.bought_at <= sold.ended_at <= now else now


def _change(contract: Contract, sold: Sold, ended_at: int | None) -> Change:
    """What becomes of an open contract by its row."""
    wanted = {
        "renews_on": contract.renews_on if sold.renews_at is None else checks.day_of(sold.renews_at),
        "ended_on": None if ended_at is None else checks.day_of(ended_at),
        "ended_why": "" if ended_at is None else SAID,
    }
    change: Change = {}
    for name, value in wanted.items():
        was = getattr(contract, name)
        if was != value:
            change[name] = {"was": _plain(was), "became": _plain(value)}
            setattr(contract, name, value)
    return change


def _plain(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _unheard(sold: Sold, contract: Contract | None) -> list[str]:
    """What a row says otherwise of what stays as it is."""
    said = []
    there = contract.renews_on if contract is not None else None
    if sold.renews_at is not None and checks.day_of(sold.renews_at) != there:
        said.append(f"the renewal on {day_words(sold.renews_at)}")
    if sold.ended_at is not None and (contract is None or contract.ended_on is None):
        said.append("that it ended")
    return said


def _refuse(load: Load, row: int, purchase: Purchase, said: Sequence[str]) -> None:
    if not said:
        return
    file, line = str(load.intake.file[row]), int(load.intake.line[row])
    what = f"{purchase}, bought on {day_words(purchase.bought_at)}, stays as it is on record"
    why = f"{what}: the list says {listed(said)}"
    load.refused.append(Refused(file, line, why, (str(purchase.contact),)))


def _begin(load: Load, begun: Mapping[int, Purchase]) -> dict[int, End]:
    """Give purchases the contracts that their rows tell of; how those that ended already are written."""
    contracts = {row: begin(load, one.contact_id, row) for row, one in begun.items()}
    Contract.objects.bulk_create(contracts.values())
    for row, one in begun.items():
        one.contract = contracts[row]
    Purchase.objects.bulk_update(begun.values(), ["contract"])
    made = [(load.record.pk, name_of(one)) for one in contracts.values()]
    insert(ImportChange, ("of_id", "record"), made)
    ImportChange.objects.bulk_create(
        ImportChange(
            of=load.record,
            record=name_of(one),
            before={"contract_id": {"was": None, "became": one.contract_id}},
        )
        for one in begun.values()
    )
    return {row: {"origin": name_of(one)} for row, one in contracts.items() if one.ended_on is not None}


def _move(load: Load, moved: Sequence[tuple[Contract, Change]]) -> None:
    """Write what became of contracts, with a line for undoing it and an audit entry each."""
    Contract.objects.bulk_update([one for one, _ in moved], ["renews_on", "ended_on", "ended_why"])
    changes = [ImportChange(of=load.record, record=name_of(one), before=change) for one, change in moved]
    ImportChange.objects.bulk_create(changes)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            who=load.actor.user,
            by=f"{load.actor.by}, {name_of(load.record)}"[:200],
            action=UPDATED,
            record=name_of(one),
            before={name: both["was"] for name, both in change.items()},
            after={name: both["became"] for name, both in change.items()},
        )
        for one, change in moved
    )
