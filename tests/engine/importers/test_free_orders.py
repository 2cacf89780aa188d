"""What cost nothing is no purchase: a free ticket is a registration, a free guide a download."""

from __future__ import annotations

import pytest

from tests.exported import take_in, told_of, values

TICKETS = """
    Order ID,Order Date,Attendee Email,Ticket Type,Event Name,Total Paid
    1,2026-01-05,ann@x.org,Early bird,Spring meeting,0.00
    2,2026-01-06,bob@x.org,Supporter,Spring meeting,25.00
    """
SHOP = """
    order id,customer email,order date,product,order total,currency
    1,ann@x.org,2026-01-05,Free guide: better pictures (PDF),0.00,EUR
    2,bob@x.org,2026-01-06,Course,190.00,EUR
    3,cem@x.org,2026-01-07,Sample of paper,0,EUR
    """


def kinds(found):
    return {who: [kind for kind, _ in told_of(found, who)] for who in found.touches.contact.labels}


def test_a_free_ticket_is_a_registration_and_no_purchase(tmp_path):
    found = take_in(tmp_path, {"orders.csv": TICKETS})
    assert kinds(found) == {"ann@x.org": ["registered"], "bob@x.org": ["bought"]}
    assert any("1 order of 0: no purchase, but “registered” (1)" in note for note in found.notes)


def test_a_free_guide_is_a_download_and_anything_else_only_recorded(tmp_path):
    found = take_in(tmp_path, {"orders.csv": SHOP})
    assert kinds(found) == {"ann@x.org": ["downloaded"], "bob@x.org": ["bought"], "cem@x.org": ["recorded"]}
    assert values(found) == {"bob@x.org": 19000}
    assert any("2 orders of 0: no purchase" in note for note in found.notes)


@pytest.mark.parametrize(
    ("first", "second"),
    [("0.00", "40.00"), ("40.00", "0.00"), ("40.00", "-40.00")],
)
def test_an_order_of_which_one_item_cost_something_is_a_purchase(tmp_path, first, second):
    text = f"""
    order id,customer email,order date,product,item price,quantity
    1,ann@x.org,2026-01-05,Sticker,{first},1
    1,ann@x.org,2026-01-05,Course,{second},1
    """
    assert "bought" in kinds(take_in(tmp_path, {"orders.csv": text}))["ann@x.org"]


def test_an_amount_that_is_not_told_is_no_amount_of_nothing(tmp_path):
    found = take_in(tmp_path, {"orders.csv": SHOP.replace(",0,EUR", ",,EUR")})
    assert kinds(found)["cem@x.org"] == ["bought"]
