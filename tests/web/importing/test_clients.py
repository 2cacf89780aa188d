"""A list of clients becomes purchases and contracts, with the touches that stand for them; undone, all go."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.engine.importers import Mapping
from leadline.engine.instants import DAY, to_instant
from leadline.web.actions import contracts as contract_actions
from leadline.web.actions import purchases
from leadline.web.actions.importing import proposals, uploads
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
from tests.web.importing.test_loading import cache, rebuilt

pytestmark = pytest.mark.django_db

# ruff: noqa: E501 (the lines of exports are as long as they are)
CLIENTS = """Name,Email,E-mail 2,Phone,Phone 2,Package,Price,Start,Renewal date,Status,Notes
Anna Kern,anna@kern.example,anna.p@mail.example,+49 30 1234567,+49 170 7654321,Leadership,"2,400.00 €",2025-09-01,2026-09-01,active,likes mornings
Ben Orth,ben@orth.example,,,,Single session,180 €,2026-01-12,,active,
Dan Webb,dan@webb.example,,,,Group,900 €,2025-01-01,2026-01-01,ended,moved
Eve Moss,eve@moss.example,,,,Group,900 €,2025-11-01,2025-10-01,active,
Fay Noor,fay@noor.example,,,,Group,900 €,2031-11-01,2032-10-01,active,
"""


def of(name):
    return Contract.objects.get(contact__name=name)


def test_the_columns_of_a_list_of_clients_are_proposed(owner):
    folder, kept = uploads.keep([upload("clients.csv", CLIENTS)])
    look = proposals.look(owner, folder, kept, Mapping(), NOW)
    [file] = look["mapping"]["files"]
    assert {header: said["means"] for header, said in file["columns"].items()} == {
        "Name": "name",
        "Email": "e-mail",
        "E-mail 2": "other e-mail",
        "Phone": "phone",
        "Phone 2": "phone",
        "Package": "offer",
        "Price": "value",
        "Start": "date of bought",
        "Renewal date": "renewal",
        "Status": "stage",
        "Notes": "attribute",
    }
    assert (look["purchases"], look["contracts"]) == (4, 2)
    assert look["sold"][0] == {
        "who": "Anna Kern",
        "offer": "Leadership",
        "value": 240000,
        "currency": "EUR",
        "starts": "2025-09-01",
        "renews": "2026-09-01",
        "ended": None,
    }


def test_purchases_and_contracts_are_made_with_their_touches(funnels, owner):
    record = take_in(owner, {"clients.csv": CLIENTS})
    counts = record.counts
    assert (counts["purchases"], counts["contracts"], counts["offers"]) == (4, 2, 3)
    anna = of("Anna Kern")
    assert (anna.value, anna.currency, anna.starts_on, anna.renews_on, anna.ended_on) == (
        240000, "EUR", date(2025, 9, 1), date(2026, 9, 1), None,
    )  # fmt: skip
    assert str(anna) == "Leadership"
    assert of("Dan Webb").ended_on == date(2026, 1, 1)
    assert set(Purchase.objects.values_list("contact__name", "value", "contract__starts_on")) == {
        ("Anna Kern", 240000, date(2025, 9, 1)),
        ("Ben Orth", 18000, None),
        ("Dan Webb", 90000, date(2025, 1, 1)),
        ("Eve Moss", 90000, None),
    }
    bought = Touch.objects.get(contact__name="Anna Kern", kind="bought")
    assert bought.origin == f"purchase:{anna.purchases.get().pk}"
    assert (bought.value, bought.happened_at) == (240000, to_instant("2025-09-01"))
    lapsed = Touch.objects.get(contact__name="Dan Webb", kind="lapsed")
    assert lapsed.origin == f"contract:{of('Dan Webb').pk}"
    assert dict(Offer.objects.values_list("name", "price")) == {
        "Leadership": 240000, "Single session": 18000, "Group": 90000,
    }  # fmt: skip
    assert Contact.objects.get(name="Anna Kern").fields == {"notes": "likes mornings"}
    assert cache() == rebuilt()


def test_a_second_address_and_number_are_further_ones_of_the_same_contact(funnels, owner):
    take_in(owner, {"clients.csv": CLIENTS})
    assert set(Address.objects.filter(contact__name="Anna Kern").values_list("sort", "value")) == {
        ("email", "anna@kern.example"),
        ("email", "anna.p@mail.example"),
        ("phone", "+49 30 1234567"),
        ("phone", "+49 170 7654321"),
    }


def test_rows_of_which_no_contract_can_follow_are_told(funnels, owner):
    folder, kept = uploads.keep([upload("clients.csv", CLIENTS)])
    look = proposals.look(owner, folder, kept, Mapping(), NOW)
    told = {row["line"]: row["reason"] for row in look["unused"]}
    assert told[5] == (
        "the renewal on 1 October 2025 is not after the start on 1 November 2025: a purchase, and no contract"
    )
    assert "is still to come" in told[6]


def test_undone_nothing_is_left_of_a_list_of_clients(funnels, owner):
    record = undo(owner, take_in(owner, {"clients.csv": CLIENTS}))
    assert record.state == "undone"
    for model in (Contact, Address, Purchase, Contract, Offer, Touch, Standing, ImportChange):
        assert not model.objects.exists(), model


def test_what_somebody_did_with_a_contract_since_stays(funnels, owner, actor):
    record = take_in(owner, {"clients.csv": CLIENTS})
    contract_actions.renew(actor, of("Anna Kern"), at=NOW - DAY)
    ben = Purchase.objects.get(contact__name="Ben Orth")
    purchases.refund(actor, ben, 5000)
    record = undo(owner, record)
    assert set(Contact.objects.values_list("name", flat=True)) == {"Anna Kern", "Ben Orth"}
    assert sorted(record.counts["stay"]) == ["Anna Kern", "Ben Orth"]
    assert of("Anna Kern").purchases.count() == 2
    assert set(Offer.objects.values_list("name", flat=True)) == {"Leadership", "Single session"}
    assert cache() == rebuilt()


def test_a_purchase_of_a_list_can_be_taken_back_by_itself(funnels, owner, actor):
    take_in(owner, {"clients.csv": CLIENTS})
    purchases.undo(actor, Purchase.objects.get(contact__name="Anna Kern"))
    assert not Contract.objects.filter(contact__name="Anna Kern").exists()
    assert not Touch.objects.filter(contact__name="Anna Kern", in_force=True, retracts=None).exists()
    assert AuditEntry.objects.filter(action="purchase.undone").exists()


BARE = """Name,Email,Package,Price,Start,Renewal date
Ada Alp,ada@x.example,Single,100,2026-02-01,2026-08-01
"""


@pytest.mark.parametrize(
    ("currency", "value", "said"),
    [
        ("EUR", 10_000, "1 amount of which the files don’t say the currency: taken as EUR, which is yours."),
        ("JPY", 100, "1 amount of which the files don’t say the currency: taken as JPY, which is yours."),
        ("", None, "choose yours under “You”, and look again."),
    ],
)
def test_amounts_without_a_currency_are_in_that_of_whoever_imports(funnels, owner, currency, value, said):
    owner.currency = currency
    owner.save()
    folder, kept = uploads.keep([upload("clients.csv", BARE)])
    assert said in proposals.look(owner, folder, kept, Mapping(), NOW)["notes"][-1]
    take_in(owner, {"clients.csv": BARE})
    bought = Touch.objects.get(contact__name="Ada Alp", kind="bought")
    assert (bought.value, bought.currency) == (value or 10_000, currency)
    assert (of("Ada Alp").value, of("Ada Alp").currency) == (value, currency)
