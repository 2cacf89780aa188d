"""Exports of payments in which each row has the address of the shop itself: it is no customer."""

from __future__ import annotations

import pytest

from leadline.engine.errors import BadMapping
from leadline.engine.importers import Mapping
from tests.exported import meanings, reasons, subjects, take_in, told_of

SHOP = "shop@laden.example"
MONTH = range(1, 11)


def payments(header, row):
    """Ten payments, a day each."""
    return "\n".join([header, *(row.format(day=day, of=f"2026-01-{day:02}") for day in MONTH)]) + "\n"


NAMED = payments(
    "Transaction ID,Date,Email,Amount,Customer Name", f"T{{day}},{{of}},{SHOP},9.50,Person {{day}}"
)
NUMBERED = payments(
    "Transaction ID,Date,Email,Amount,Customer ID", f"T{{day}},{{of}},{SHOP},9.50,cus_{{day}}"
)
BARE = payments("E-Mail,Datum,Transaktions-ID,Betrag", f"{SHOP},{{of}},T{{day}},9.50")
PEOPLE = "Name,E-mail,Created\nAnn Abel,ann@x.org,2026-01-02\n"


@pytest.mark.parametrize("text", [NAMED, NAMED.replace(SHOP, "ann@x.org", 1)])
def test_customers_are_told_by_their_names(tmp_path, text):
    found = take_in(tmp_path, {"payments.csv": text})
    assert subjects(found) == sorted(f"Person {day}" for day in MONTH)
    assert told_of(found, "Person 3") == [("bought", "2026-01-03")]
    assert any(f"“Email” is {SHOP} in nearly every row" in note for note in found.notes)


def test_customers_are_told_by_their_ids(tmp_path):
    found = take_in(tmp_path, {"payments.csv": NUMBERED})
    assert subjects(found) == sorted(f"cus_{day}" for day in MONTH)


def test_another_column_of_addresses_is_that_of_the_customers(tmp_path):
    text = payments(
        "Transaction ID,Date,E-Mail,Amount,Customer contact",
        f"T{{day}},{{of}},{SHOP},9.50,p{{day}}@x.example",
    )
    assert subjects(take_in(tmp_path, {"payments.csv": text})) == sorted(f"p{day}@x.example" for day in MONTH)


def test_payments_that_name_nobody_else_are_nobodys_and_other_files_go_on(tmp_path):
    with pytest.raises(BadMapping, match=f"names nobody but {SHOP}, whose file it is"):
        take_in(tmp_path, {"payments.csv": BARE})
    found = take_in(tmp_path, {"people.csv": PEOPLE, "payments.csv": BARE})
    assert subjects(found) == ["Ann Abel"] or subjects(found) == ["ann@x.org"]
    assert len(reasons(found)) == len(MONTH)


@pytest.mark.parametrize(
    "text",
    [
        payments("Transaction ID,Date,Email,Amount,Customer Name", "T{day},{of},ann@x.org,9.50,Ann Abel"),
        "\n".join(NAMED.splitlines()[:6]) + "\n",  # five rows
        NAMED.replace(SHOP, "ann@x.org", 2),
    ],
)
def test_the_orders_of_one_customer_stay_theirs(tmp_path, text):
    assert meanings(take_in(tmp_path, {"payments.csv": text}))["Email"] == "e-mail"


def test_what_somebody_says_of_the_column_holds(tmp_path):
    mapping = Mapping(columns={"E-Mail": "e-mail"})
    assert subjects(take_in(tmp_path, {"payments.csv": BARE}, mapping=mapping)) == [SHOP]
