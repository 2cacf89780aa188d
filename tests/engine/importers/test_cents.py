"""Amounts in the smallest unit of their currency, as programs write them for programs."""

from __future__ import annotations

import json

import pytest

from leadline.engine.importers import Mapping
from tests.exported import meanings, take_in, values

PAYMENTS = """
order_id,customer_email,created_at,{},currency,state
1,ann@a.example,2026-01-05T10:00:00Z,4900,EUR,paid
2,bob@b.example,2026-01-06T10:00:00Z,150000,JPY,paid
3,cat@c.example,2026-01-07T10:00:00Z,1050,EUR,paid
"""


@pytest.mark.parametrize("header", ["amount_cents", "Total (in cents)", "amount_minor", "PriceCents"])
def test_a_header_says_that_its_amounts_are_in_the_smallest_unit(tmp_path, header):
    found = take_in(tmp_path, {"payments.csv": PAYMENTS.format(header)})
    assert meanings(found)[header] == "value in cents"
    assert values(found) == {"ann@a.example": 4900, "bob@b.example": 150000, "cat@c.example": 1050}


def test_amounts_under_a_plain_header_are_in_whole_units(tmp_path):
    found = take_in(tmp_path, {"payments.csv": PAYMENTS.format("amount")})
    assert values(found) == {"ann@a.example": 490000, "bob@b.example": 150000, "cat@c.example": 105000}


def test_a_mapping_says_that_amounts_are_in_cents_and_what_was_given_back_is_too(tmp_path):
    charges = """
    id,amount,amount_refunded,currency,created,customer_email,status
    ch_1,4900,0,eur,1767605000,ann@a.example,succeeded
    ch_2,19900,9900,eur,1767705000,bob@b.example,succeeded
    """
    asked = take_in(tmp_path, {"charges.csv": charges})
    assert values(asked)["ann@a.example"] == 490000
    assert any(
        "if it is in cents, say that the column means “value in cents”" in note for note in asked.notes
    )
    mapping = Mapping.model_validate({"columns": {"amount": "value in cents"}})
    found = take_in(tmp_path, {"charges.csv": charges}, mapping=mapping)
    assert values(found) == {"ann@a.example": 4900, "bob@b.example": 10000}
    assert not any("in cents" in note for note in found.notes)


def test_whole_amounts_of_a_list_kept_by_hand_are_not_doubted(tmp_path):
    found = take_in(tmp_path, {"payments.csv": PAYMENTS.format("amount")})
    assert not any("in cents" in note for note in found.notes)


def test_whole_amounts_of_a_document_for_programs_are_doubted(tmp_path):
    rows = [
        {
            "email": "ann@a.example",
            "created": "2026-01-05",
            "amount": 4900,
            "currency": "EUR",
            "status": "paid",
        }
    ]
    rows += [
        {
            "email": "bob@b.example",
            "created": "2026-01-06",
            "amount": 990,
            "currency": "EUR",
            "status": "paid",
        }
    ]
    found = take_in(tmp_path, {"payments.json": json.dumps(rows)})
    assert any("“amount” has no decimals: “4900” is taken for 4,900.00" in note for note in found.notes)


def test_cents_of_less_than_nothing_are_rounded_like_others(tmp_path):
    payments = """
    Date,Type,Customer,Amount cents,Currency
    2026-01-15,Payment,Ann Lee,1200.5,EUR
    2026-01-29,Refund,Ann Lee,-200.4,EUR
    """
    assert values(take_in(tmp_path, {"account.csv": payments})) == {"Ann Lee": 1201 - 200}


def test_a_code_of_a_customer_is_nobodys_name(tmp_path):
    charges = """
    id,amount,currency,created,customer,status
    ch_1,49.00,eur,1767605000,cus_9s6XKzkNRiz8i3,succeeded
    ch_2,19.00,eur,1767705000,cus_8s6XKzkNRiz8i4,succeeded
    """
    assert meanings(take_in(tmp_path, {"charges.csv": charges}))["customer"] == "contact id"


def test_amounts_that_stand_a_second_time_in_whole_units_are_in_cents(tmp_path):
    rows = [
        {
            "user_email": "ann@a.example",
            "created_at": "2026-01-05",
            "total": 4900,
            "total_formatted": "$49.00",
            "currency": "USD",
            "status": "paid",
        },
        {
            "user_email": "bob@b.example",
            "created_at": "2026-01-06",
            "total": 990,
            "total_formatted": "$9.90",
            "currency": "USD",
            "status": "paid",
        },
    ]
    found = take_in(tmp_path, {"orders.json": json.dumps(rows)})
    assert meanings(found)["total"] == "value in cents"
    assert values(found) == {"ann@a.example": 4900, "bob@b.example": 990}
    rows[1]["total_formatted"] = "$990.00"
    assert meanings(take_in(tmp_path, {"orders.json": json.dumps(rows)}))["total"] == "value"
