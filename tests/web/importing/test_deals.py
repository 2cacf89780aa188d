"""A CRM's deals become asks with their answers and purchases; taken in again they follow, undone they go."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.engine.importers import Mapping
from leadline.engine.instants import to_instant
from leadline.web.actions.acting import name_of
from leadline.web.actions.importing import proposals, uploads
from leadline.web.models import Ask, AuditEntry, Contact, Import, ImportChange, Purchase, Touch
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo, upload
from tests.web.importing.crm import HUBSPOT, LIST, PIPEDRIVE, SALESFORCE, ZOHO
from tests.web.importing.test_loading import cache, rebuilt

pytestmark = pytest.mark.django_db

# ruff: noqa: E501 (the lines of exports are as long as they are)


def asks():
    """Every ask by what the other program calls it: whose, for how much, expected when, answered how."""
    return {
        one.key: (
            one.contact.name, str(one), one.amount, one.currency, one.expected_on, one.answer, one.reason
        )
        for one in Ask.objects.select_related("contact", "offer")
    }  # fmt: skip


def touches_of(record):
    """The touches in force that lead back to a record: kind, day, amount."""
    rows = Touch.objects.filter(origin=name_of(record), in_force=True, retracts=None)
    return sorted(rows.values_list("kind", "happened_at", "value"))


def income():
    return sum(
        Touch.objects.filter(kind="bought", in_force=True, retracts=None).values_list("value", flat=True)
    )


def again(text, *pieces):
    """The export as it is made later: some pieces of it say something else."""
    for old, new in pieces:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def everything():
    """All that an import may leave behind, to be compared."""
    kept = {
        "asks": list(Ask.objects.order_by("pk").values()),
        "purchases": list(Purchase.objects.order_by("pk").values()),
        "touches": list(Touch.objects.order_by("pk").values()),
        "changes": list(ImportChange.objects.order_by("pk").values()),
    }
    return kept | {"standings": cache()}


def test_the_deals_of_hubspot_become_asks(funnels, owner):
    record = take_in(owner, {"hubspot-crm-exports-all-deals.csv": HUBSPOT})
    assert asks() == {
        "9001": ("Ann Alder", "Alder coaching", 240000, "EUR", date(2026, 4, 15), "", ""),
        "9002": ("Bob Birch", "Birch site", 1200000, "EUR", None, "yes", ""),
        "9003": ("Cem Cedar", "Cedar audit", 350050, "EUR", None, "no", "Too dear"),
        "9004": ("Dogwood Inc", "Dogwood retainer", None, "", date(2025, 12, 31), "", ""),
        "9005": ("Ann Alder", "Alder renewal", 260000, "EUR", date(2026, 6, 30), "", ""),
    }
    counts = record.counts
    assert (counts["asks"], counts["purchases"], counts["followed"]) == (5, 1, 0)
    assert income() == 1200000
    assert cache() == rebuilt()


def test_each_ask_stands_for_its_touches(funnels, owner):
    take_in(owner, {"hubspot-crm-exports-all-deals.csv": HUBSPOT})
    won, lost = Ask.objects.get(key="9002"), Ask.objects.get(key="9003")
    assert touches_of(won) == [("asked", to_instant("2026-01-12T11:00:00Z"), 1200000)]
    [sale] = won.purchases.all()
    assert (sale.value, sale.currency, sale.bought_at) == (1200000, "EUR", to_instant("2026-02-20T16:00:00Z"))
    assert touches_of(sale) == [("bought", to_instant("2026-02-20T16:00:00Z"), 1200000)]
    assert touches_of(lost) == [
        ("asked", to_instant("2026-01-15T08:30:00Z"), 350050),
        ("lost", to_instant("2026-02-10T12:00:00Z"), None),
    ]
    assert won.touch.origin == f"ask:{won.pk}"
    assert Touch.objects.filter(kind="deal_opened").count() == 5


def test_opportunities_without_a_person_are_asks_of_their_account(funnels, owner):
    take_in(owner, {"opportunities.csv": SALESFORCE})
    assert {key: told[:2] + told[5:] for key, told in asks().items()} == {
        "0061": ("al@aldo.example", "Aldo seats", "yes", ""),
        "0062": ("bo@brix.example", "Brix renewal", "no", "Price"),
        "0063": ("Cato SA", "Cato pilot", "", ""),
        "0064": ("Cato SA", "Cato more", "", ""),
    }
    cato = Contact.objects.get(name="Cato SA")
    assert (cato.company.name, cato.asks.count()) == ("Cato SA", 2)


def test_the_deals_of_pipedrive_and_zoho_become_asks(funnels, owner):
    take_in(owner, {"deals.csv": PIPEDRIVE})
    take_in(owner, {"Deals_001.csv": ZOHO})
    assert asks() == {
        "11": ("Max Miller", "Roof Miller", 720000, "EUR", None, "yes", ""),
        "12": ("Pia Sanz", "Roof Sanz", 310000, "EUR", None, "no", "Price"),
        "13": ("Otto Ott", "Solar Otto", 1500050, "EUR", date(2026, 5, 1), "", ""),
        "zcrm_4001": ("Fay Fox", "Logo Fox", 120000, "EUR", date(2026, 4, 30), "", ""),
        "zcrm_4002": ("Gus Gnu", "Logo Gnu", 80000, "EUR", None, "yes", ""),
        "zcrm_4003": ("Hal Hen", "Logo Hen", 90000, "EUR", None, "no", "Competitor"),
    }
    assert income() == 720000 + 80000


def test_a_list_kept_by_hand_is_one_of_asks(funnels, owner):
    take_in(owner, {"deals.csv": LIST})
    assert asks() == {
        "Website": ("Ida Ivy", "Website", 120000, "EUR", date(2026, 4, 15), "", ""),
        "Logo": ("Jo Jay", "Logo", 80000, "EUR", None, "yes", ""),
        "Flyer": ("Kai Kay", "Flyer", None, "", None, "no", "went elsewhere"),
        "Shop": ("Lea Lee", "Shop", 500000, "EUR", date(2026, 5, 30), "", ""),
    }
    assert Ask.objects.get(key="Website").touch.kind == "proposed"
    assert Ask.objects.get(key="Shop").asked_at == NOW
    assert not Purchase.objects.exists()  # nothing says when the logo was bought
    take_in(owner, {"deals.csv": LIST})
    assert Ask.objects.count() == 4


def test_taken_in_again_nothing_changes(funnels, owner):
    take_in(owner, {"deals.csv": HUBSPOT})
    before = everything()
    record = take_in(owner, {"deals-later.csv": HUBSPOT})
    assert everything() == before
    assert (record.counts["asks"], record.counts["followed"], record.counts["unused"]) == (0, 0, 0)


LATER = again(
    HUBSPOT,
    ("9001,Alder coaching,Appointment Scheduled,2026-04-15 10:00,Ada Owner,2400", "9001,Alder coaching 2,Appointment Scheduled,2026-05-20 10:00,Bo Other,2700"),
    ("9004,Dogwood retainer,Contract Sent,2025-12-31 10:00,,,,Sales Pipeline,2025-11-01 10:00,,false,false", "9004,Dogwood retainer,Closed Won,2026-02-25 10:00,,900,EUR,Sales Pipeline,2025-11-01 10:00,,true,false"),
    ("9005,Alder renewal,Qualified To Buy,2026-06-30 10:00,Ada Owner,2600,EUR,Sales Pipeline,2026-02-02 10:00,,false,false", "9005,Alder renewal,Closed Lost,2026-02-26 10:00,Ada Owner,2600,EUR,Sales Pipeline,2026-02-02 10:00,No budget,false,true"),
    ("9003,Cedar audit,Closed Lost,2026-02-10 12:00,Nobody Known,3500.50,EUR,Sales Pipeline,2026-01-15 08:30,Too dear,false,true", "9003,Cedar audit,Contract Sent,2026-07-10 12:00,Nobody Known,3000,EUR,Sales Pipeline,2026-01-15 08:30,,false,false"),
    ("9002,Birch site,Closed Won,2026-02-20 16:00,Ada Owner,12000", "9002,Birch site,Closed Won,2026-02-20 16:00,Ada Owner,11000"),
)  # fmt: skip


def test_the_same_export_later_has_the_asks_follow_and_undone_they_are_as_before(funnels, owner):
    take_in(owner, {"deals.csv": HUBSPOT})
    before = everything()
    record = take_in(owner, {"deals.csv": LATER})
    assert asks() == {
        "9001": ("Ann Alder", "Alder coaching 2", 270000, "EUR", date(2026, 5, 20), "", ""),
        "9002": ("Bob Birch", "Birch site", 1100000, "EUR", None, "yes", ""),
        "9003": ("Cem Cedar", "Cedar audit", 300000, "EUR", date(2026, 7, 10), "", ""),
        "9004": ("Dogwood Inc", "Dogwood retainer", 90000, "EUR", date(2025, 12, 31), "yes", ""),
        "9005": ("Ann Alder", "Alder renewal", 260000, "EUR", date(2026, 6, 30), "no", "No budget"),
    }
    assert (record.counts["asks"], record.counts["followed"], record.counts["purchases"]) == (0, 5, 1)
    assert income() == 1100000 + 90000
    assert sorted(Purchase.objects.values_list("value", flat=True)) == [90000, 1100000]
    assert Touch.objects.exclude(retracts=None).count() == 6
    assert cache() == rebuilt()
    assert undo(owner, record).state == "undone"
    assert everything() == before
    assert cache() == rebuilt()


def test_undone_nothing_is_left_of_deals(funnels, owner):
    record = undo(owner, take_in(owner, {"deals.csv": HUBSPOT}))
    assert record.state == "undone"
    for model in (Contact, Ask, Purchase, Touch, ImportChange):
        assert not model.objects.exists(), model


def test_who_says_so_has_deals_as_touches_alone(funnels, owner):
    take_in(owner, {"deals.csv": HUBSPOT}, Mapping(deals="touches"))
    assert not Ask.objects.exists()
    assert sorted(Touch.objects.values_list("kind", flat=True)) == [
        *["bought"], *["deal_opened"] * 5, *["lost"], *["messaged"] * 3,
    ]  # fmt: skip


def test_what_will_be_made_is_said_before(funnels, owner):
    folder, kept = uploads.keep([upload("deals.csv", HUBSPOT)])
    look = proposals.look(owner, folder, kept, Mapping(), NOW)
    assert look["deals"] == {"open": 3, "won": 1, "bought": 1, "lost": 1, "there": 0}
    take_in(owner, {"deals.csv": HUBSPOT})
    folder, kept = uploads.keep([upload("deals.csv", HUBSPOT)])
    assert proposals.look(owner, folder, kept, Mapping(), NOW)["deals"]["there"] == 5
    assert Import.objects.count() == 1
    assert not AuditEntry.objects.filter(action="ask.made").exists()
