"""A list of clients taken in again: contracts follow what it says now, and what was done by hand stays."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from leadline.engine.importers import Mapping
from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.web.actions import contracts as contract_actions
from leadline.web.actions import purchases
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.actions.importing.unused import unused_of
from leadline.web.models import (
    Address,
    AuditEntry,
    Contact,
    Contract,
    ImportChange,
    Offer,
    Purchase,
    Standing,
    Touch,
)
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload
from tests.web.importing.test_clients import CLIENTS, of
from tests.web.importing.test_loading import cache, rebuilt

pytestmark = pytest.mark.django_db

# ruff: noqa: E501 (the lines of exports are as long as they are)
TODAY = to_datetime(NOW).date()


def again(old, new, text=CLIENTS):
    """The list as it is exported later: one piece of it says something else."""
    assert text.count(old) == 1
    return text.replace(old, new)


def kinds_of(name):
    theirs = Touch.objects.filter(contact__name=name, in_force=True, retracts=None)
    return list(theirs.order_by("happened_at").values_list("kind", flat=True))


def refusals(record):
    with unused_of(imports.folder_name(record)).open(encoding="utf-8-sig") as file:
        return [row["reason"] for row in csv.DictReader(file)]


def test_the_same_list_twice_makes_nothing_twice(funnels, owner):
    take_in(owner, {"clients.csv": CLIENTS})
    second = take_in(owner, {"clients.csv": CLIENTS})
    assert (Purchase.objects.count(), Contract.objects.count(), Offer.objects.count()) == (4, 2, 3)
    assert {name: second.counts[name] for name in ("purchases", "contracts", "moved", "touches")} == {
        "purchases": 0, "contracts": 0, "moved": 0, "touches": 0,
    }  # fmt: skip


def test_another_day_of_renewal_moves_the_contract_and_undone_moves_it_back(funnels, owner):
    take_in(owner, {"clients.csv": CLIENTS})
    later = take_in(owner, {"clients.csv": again("2026-09-01,active", "2027-03-01,active")})
    assert of("Anna Kern").renews_on == date(2027, 3, 1)
    assert (later.counts["moved"], later.counts["changed"], later.counts["touches"]) == (1, 0, 0)
    assert (Purchase.objects.count(), Contract.objects.count()) == (4, 2)
    entry = AuditEntry.objects.get(record=f"contract:{of('Anna Kern').pk}")
    assert (entry.before, entry.after) == ({"renews_on": "2026-09-01"}, {"renews_on": "2027-03-01"})
    undo(owner, later)
    assert of("Anna Kern").renews_on == date(2026, 9, 1)
    assert cache() == rebuilt()


def test_what_is_over_ends_on_the_day_that_is_told_or_today(funnels, owner):
    take_in(owner, {"clients.csv": CLIENTS})
    later = again("2026-09-01,active", "2026-09-01,ended")
    later = take_in(owner, {"clients.csv": later})
    anna = of("Anna Kern")
    assert (anna.renews_on, anna.ended_on) == (date(2026, 9, 1), TODAY)
    ended = Touch.objects.get(contact__name="Anna Kern", kind="churned")
    assert (ended.origin, ended.happened_at) == (f"contract:{anna.pk}", NOW)
    assert later.counts["moved"] == 1
    assert cache() == rebuilt()
    undo(owner, later)
    assert (of("Anna Kern").ended_on, of("Anna Kern").ended_why) == (None, "")
    assert kinds_of("Anna Kern") == ["bought"]
    assert cache() == rebuilt()
    told = take_in(owner, {"clients.csv": again("2026-09-01,active", "2026-02-01,ended")})
    assert (of("Anna Kern").renews_on, of("Anna Kern").ended_on) == (date(2026, 2, 1), date(2026, 2, 1))
    lapsed = Touch.objects.get(contact__name="Anna Kern", kind="lapsed")
    assert lapsed.happened_at == to_instant("2026-02-01")
    undo(owner, told)
    assert (of("Anna Kern").renews_on, of("Anna Kern").ended_on) == (date(2026, 9, 1), None)


def test_over_without_any_day_ends_today_and_not_once_more_with_the_next_list(funnels, owner):
    take_in(owner, {"clients.csv": CLIENTS})
    over = again("2026-09-01,active", ",ended", again("2026-01-12,,active", "2026-01-12,,ended"))
    take_in(owner, {"clients.csv": over})
    assert of("Anna Kern").ended_on == TODAY
    assert (kinds_of("Anna Kern"), kinds_of("Ben Orth")) == (["bought", "churned"], ["bought", "churned"])
    third = take_in(
        owner, {"clients.csv": over + "Gil Arp,gil@arp.example,,,,Group,900 €,2026-03-01,,active,\n"}
    )
    assert (kinds_of("Anna Kern"), kinds_of("Ben Orth")) == (["bought", "churned"], ["bought", "churned"])
    assert (third.counts["moved"], third.counts["purchases"]) == (0, 1)


def test_a_new_client_whose_term_is_cut_short_ended_today(funnels, owner):
    for number, renewal in enumerate(("2026-03-10", "2027-05-01")):
        text = f"Name,Email,Package,Price,Start,Renewal date,Status\nHal {number},hal{number}@x.example,Group,900 €,2026-02-01,{renewal},cancelled\nIda {number},ida{number}@x.example,Group,900 €,2026-02-15,,active\n"
        folder, kept = uploads.keep([upload("clients.csv", text)])
        notes = proposals.look(owner, folder, kept, Mapping(), NOW)["notes"]
        assert "(line 2) ended today." in notes[-1]
        take_in(owner, {"clients.csv": text})
        assert of(f"Hal {number}").ended_on == TODAY
        assert kinds_of(f"Hal {number}") == ["bought", "churned"]
    assert cache() == rebuilt()


def test_what_somebody_did_here_stays_whatever_the_list_says(funnels, owner, actor):
    take_in(owner, {"clients.csv": CLIENTS})
    contract_actions.renew(actor, of("Anna Kern"), at=NOW - DAY)
    renewed = of("Anna Kern").renews_on
    same = take_in(owner, {"clients.csv": again("2026-09-01,active", f"{renewed},active")})
    assert not [why for why in refusals(same) if "stays as it is" in why]
    older = take_in(owner, {"clients.csv": CLIENTS})
    assert of("Anna Kern").renews_on == renewed
    assert (
        "Leadership, bought on 1 September 2025, stays as it is on record: "
        "the list says the renewal on 1 September 2026"
    ) in refusals(older)
    contract_actions.end(actor, of("Anna Kern"), "moved away")
    take_in(owner, {"clients.csv": again("2026-09-01,active", "2027-09-01,active")})
    assert (of("Anna Kern").renews_on, of("Anna Kern").ended_why) == (renewed, "moved away")


def test_a_purchase_entered_by_hand_is_the_one_on_the_list(funnels, owner, actor):
    anna = Contact.objects.create(name="Anna Kern", owner=owner)
    Address.objects.create(contact=anna, sort="email", value="anna@kern.example")
    noon = to_instant("2025-09-01T12:00:00Z")
    purchases.record(actor, anna, purchases.Sale(None, 240000, "EUR", date(2026, 9, 1)), noon)
    record = take_in(owner, {"clients.csv": CLIENTS})
    assert Purchase.objects.filter(contact=anna).count() == 1
    assert kinds_of("Anna Kern") == ["bought"]
    assert (record.counts["purchases"], record.counts["contracts"]) == (3, 1)
    undo(owner, record)
    assert of("Anna Kern").purchases.get().bought_at == noon


def test_another_price_is_told_and_makes_no_second_purchase(funnels, owner):
    take_in(owner, {"clients.csv": CLIENTS})
    record = take_in(owner, {"clients.csv": again('"2,400.00 €"', '"2,600.00 €"')})
    assert of("Anna Kern").value == 240000
    assert Purchase.objects.filter(contact__name="Anna Kern").count() == 1
    why = "Leadership, bought on 1 September 2025, stays as it is on record: the list says 2,600 EUR"
    assert why in refusals(record)


def test_the_same_bought_twice_a_day_stays_two_purchases(funnels, owner):
    ben = "Ben Orth,ben@orth.example,,,,Single session,180 €,2026-01-12,,active,"
    twice = again(ben, f"{ben}\n{ben.replace('180 €', '90 €')}")
    take_in(owner, {"clients.csv": twice})
    take_in(owner, {"clients.csv": twice})
    values = Purchase.objects.filter(contact__name="Ben Orth").values_list("value", flat=True)
    assert sorted(values) == [9000, 18000]
    third = again(ben, f"{ben}\n{ben.replace('180 €', '90 €')}\n{ben.replace('180 €', '70 €')}")
    take_in(owner, {"clients.csv": third})
    assert sorted(values.all()) == [7000, 9000, 18000]


def test_a_day_of_renewal_that_came_later_makes_the_contract(funnels, owner):
    take_in(owner, {"clients.csv": CLIENTS})
    later = take_in(owner, {"clients.csv": again("2026-01-12,,active", "2026-01-12,2027-01-12,active")})
    ben = of("Ben Orth")
    assert (ben.starts_on, ben.renews_on, ben.value) == (date(2026, 1, 12), date(2027, 1, 12), 18000)
    assert ben.purchases.get().contact.name == "Ben Orth"
    assert (later.counts["contracts"], later.counts["purchases"]) == (1, 0)
    undo(owner, later)
    assert not Contract.objects.filter(contact__name="Ben Orth").exists()
    assert Purchase.objects.get(contact__name="Ben Orth").contract is None
    assert not ImportChange.objects.filter(of=later).exists()


def test_whoever_has_another_contract_stays_a_client_when_one_ends(funnels, owner):
    anna = "Anna Kern,anna@kern.example,,,,Group,900 €,2025-03-01,2026-03-01,ended,"
    both = CLIENTS + anna + "\n"
    take_in(owner, {"clients.csv": both})
    assert kinds_of("Anna Kern") == ["bought", "bought"]
    ended = Contract.objects.get(contact__name="Anna Kern", offer__name="Group")
    assert ended.ended_on == date(2026, 3, 1)
    take_in(owner, {"clients.csv": again("2026-09-01,active", "2026-09-01,ended", both)})
    assert kinds_of("Anna Kern")[-1] == "churned"
    assert cache() == rebuilt()


def test_both_lists_undone_in_either_order_leave_what_was_there_before(funnels, owner):
    first = take_in(owner, {"clients.csv": CLIENTS})
    second = take_in(owner, {"clients.csv": again("2026-09-01,active", "2027-03-01,ended")})
    undo(owner, second)
    undo(owner, first)
    for model in (Contact, Address, Purchase, Contract, Offer, Touch, Standing, ImportChange):
        assert not model.objects.exists(), model


def test_a_contract_that_somebody_changed_since_keeps_that_when_the_list_is_undone(funnels, owner, actor):
    take_in(owner, {"clients.csv": CLIENTS})
    second = take_in(owner, {"clients.csv": again("2026-09-01,active", "2027-03-01,active")})
    contract_actions.renew(actor, of("Anna Kern"), at=NOW - DAY, renews_on=date(2028, 3, 1))
    second = undo(owner, second)
    assert of("Anna Kern").renews_on == date(2028, 3, 1)
    assert second.counts["kept"] == ["Anna Kern, Leadership: day of renewal"]
