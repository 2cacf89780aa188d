"""Money given back, in the shapes in which shops and payment services export it."""

from __future__ import annotations

import pytest

from leadline.engine.errors import BadMapping
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from tests.exported import reasons, subjects, take_in, told_of, values


def test_stripe_says_in_a_column_how_much_was_given_back_and_when(tmp_path):
    found = take_in(
        tmp_path,
        {
            "charges.csv": """
            id,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer Email,Refunded date (UTC)
            ch_1,2025-01-05 10:00:00,100.00,0.00,eur,Paid,a@x.example,
            ch_2,2025-01-06 10:00:00,100.00,100.00,eur,Refunded,b@x.example,2025-02-01 09:00:00
            ch_3,2025-01-07 10:00:00,100.00,30.00,eur,Paid,c@x.example,2025-01-20 09:00:00
            ch_4,2025-01-08 10:00:00,100.00,0.00,eur,Failed,d@x.example,
            """
        },
    )
    assert told_of(found, "b@x.example") == [("bought", "2025-01-06"), ("refunded", "2025-02-01")]
    assert told_of(found, "c@x.example") == [("bought", "2025-01-07"), ("partly_refunded", "2025-01-20")]
    assert values(found) == {"a@x.example": 10_000, "b@x.example": 0, "c@x.example": 7_000}
    assert reasons(found) == [(5, "the order is “Failed”")]
    assert any("in 1 row all that they had paid and in 1 row a part" in note for note in found.notes)


def test_shopify_says_it_in_the_status_and_of_the_first_line_of_an_order(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Name,Email,Financial Status,Paid at,Currency,Total,Lineitem name,Lineitem price,Refunded Amount
            #1001,a@x.example,paid,2025-01-05 10:00:00,EUR,50.00,Mug,20.00,0.00
            #1001,a@x.example,,,,,Pen,30.00,
            #1002,b@x.example,refunded,2025-01-06 10:00:00,EUR,25.00,Cup,25.00,25.00
            #1003,c@x.example,partially_refunded,2025-01-07 10:00:00,EUR,40.00,Cup,40.00,15.50
            """
        },
    )
    assert values(found) == {"a@x.example": 5_000, "b@x.example": 0, "c@x.example": 2_450}
    assert told_of(found, "b@x.example") == [("bought", "2025-01-06"), ("refunded", "2025-01-06")]


def test_a_status_alone_says_that_the_whole_order_was_given_back(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Order Number,Order Status,Order Date,Email (Billing),Order Total Amount
            101,Completed,2025-01-05 10:00,ada@x.example,100
            102,Refunded,2025-01-06 10:00,bob@x.example,80
            103,Completed,2025-01-16 10:00,bob@x.example,60
            104,Cancelled,2025-01-17 10:00,dan@x.example,60
            """
        },
    )
    assert values(found) == {"ada@x.example": 10_000, "bob@x.example": 6_000}
    assert subjects(found) == ["ada@x.example", "bob@x.example"]


PAYPAL = """
    Date,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID
    05/01/2025,Ada,Express Checkout Payment,Completed,EUR,100.00,-3,97,ada@x.example,shop@me.example,T1
    16/01/2025,Bob,Express Checkout Payment,Completed,EUR,80.00,-3,77,bob@x.example,shop@me.example,T2
    17/02/2025,Bob,Payment Refund,Completed,EUR,-80.00,3,-77,shop@me.example,bob@x.example,T3
    18/02/2025,Cid,Express Checkout Payment,Completed,EUR,60.00,-3,57,cid@x.example,shop@me.example,T4
    19/02/2025,Cid,Payment Refund,Completed,EUR,-20.00,3,-17,shop@me.example,cid@x.example,T5
    20/02/2025,,General Withdrawal,Completed,EUR,-117.00,0,-117,,,T6
    21/02/2025,Zed,Payment sent,Completed,EUR,-17.00,0,-17,shop@me.example,zed@x.example,T7
    """


def test_paypal_in_german_is_the_same(tmp_path):
    found = take_in(
        tmp_path,
        {
            "paypal.csv": """
            Datum,Name,Typ,Status,Währung,Brutto,Gebühr,Netto,Absender E-Mail-Adresse,Transaktionscode
            05.10.2026,Ada,Website-Zahlung,Abgeschlossen,EUR,"49,00","-1,57","47,43",ada@x.example,T1
            06.10.2026,Bob,Website-Zahlung,Abgeschlossen,EUR,"180,00","-4,83","175,17",bob@x.example,T2
            10.10.2026,,Allgemeine Abbuchung,Abgeschlossen,EUR,"-500,00","0,00","-500,00",shop@me.example,T3
            11.10.2026,Cid,Website-Zahlung,Ausstehend,EUR,"49,00","0,00","49,00",cid@x.example,T4
            """
        },
    )
    assert values(found) == {"ada@x.example": 4_900, "bob@x.example": 18_000}
    assert told_of(found, "ada@x.example") == [("bought", "2026-10-05")]


def test_paypal_writes_money_given_back_as_paid_by_the_shop(tmp_path):
    found = take_in(tmp_path, {"paypal.csv": PAYPAL})
    assert values(found) == {"ada@x.example": 10_000, "bob@x.example": 0, "cid@x.example": 4_000}
    assert told_of(found, "bob@x.example") == [("bought", "2025-01-16"), ("refunded", "2025-02-17")]
    assert reasons(found) == [
        (7, "no e-mail or name: whom the row is about isn't said"),
        (8, "paid to somebody of whom no payment is on record"),
    ]


def test_what_was_bought_in_another_file_tells_whether_all_was_given_back(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Order ID,Email,Order Date,Total
            1,a@x.example,2025-01-05,100.00
            2,b@x.example,2025-01-06,100.00
            """,
            "events.csv": """
            Email,Event,Date,Amount
            a@x.example,Refund,2025-02-05,100
            b@x.example,Refund,2025-02-06,-40
            b@x.example,Phone call,2025-02-07,
            """,
        },
    )
    assert told_of(found, "a@x.example")[-1] == ("refunded", "2025-02-05")
    assert told_of(found, "b@x.example")[1:] == [("called", "2025-02-07"), ("partly_refunded", "2025-02-06")]
    assert values(found) == {"a@x.example": 0, "b@x.example": 6_000}


def refunds_of(folder, *rows):
    """The kinds and values of what was given back, of a log of one contact with these events and amounts."""
    lines = [f"a@x.example,{event},2025-01-{n:02},{amount}" for n, (event, amount) in enumerate(rows, 1)]
    found = take_in(folder, {"log.csv": "Email,Event,Date,Amount\n" + "\n".join(lines) + "\n"})
    touches = [found.touches.row(row) for row in range(len(found.touches))]
    given = [(one["kind"], one.get("value")) for one in touches if "refunded" in one["kind"]]
    return given, values(found).get("a@x.example"), found.notes


def test_a_refund_without_an_amount_is_of_the_one_purchase_or_of_the_last(tmp_path):
    assert refunds_of(tmp_path, ("Purchase", 50), ("Refund", ""))[:2] == ([("refunded", None)], 0)
    assert refunds_of(tmp_path, ("Purchase", 50), ("Purchase", 30), ("Refund", ""))[:2] == (
        [("partly_refunded", 3000)],
        5000,
    )


def test_parts_that_come_to_the_whole_are_everything_in_the_end(tmp_path):
    assert refunds_of(tmp_path, ("Purchase", 50), ("Refund", 20), ("Refund", 30))[:2] == (
        [("partly_refunded", 2000), ("refunded", 3000)],
        0,
    )


def test_what_exceeds_everything_paid_is_said_and_taken_off_nothing(tmp_path):
    given, value, notes = refunds_of(tmp_path, ("Purchase", 50), ("Refund", 70), ("Purchase", 20))
    assert (given, value) == ([("refunded", 7000)], 2000)
    assert any(note.startswith("In 1 row more was given back than is on record as paid") for note in notes)


def test_a_purchase_of_less_than_nothing_is_money_given_back(tmp_path):
    assert refunds_of(tmp_path, ("Purchase", 50), ("Purchase", -20))[:2] == (
        [("partly_refunded", 2000)],
        3000,
    )


LOG = """
    contact,kind,happened_at,value,currency
    Ada,bought,2025-01-08,100,EUR
    Ada,partly_refunded,2025-01-09,40,EUR
    Ada,partly_refunded,2025-01-10,60,EUR
    Bob,bought,2025-01-08,100,EUR
    Bob,partly_refunded,2025-01-09,30,EUR
    Cid,partly_refunded,2025-01-09,30,EUR
    Cid,bought,2025-02-08,100,EUR
    Dan,refunded,2025-01-09,30,EUR
    """


def test_parts_that_leave_nothing_are_all_that_was_paid(tmp_path):
    found = take_in(tmp_path, {"log.csv": LOG})
    assert [kind for kind, _ in told_of(found, "Ada")] == ["bought", "partly_refunded", "refunded"]
    assert [kind for kind, _ in told_of(found, "Bob")] == ["bought", "partly_refunded"]
    assert [kind for kind, _ in told_of(found, "Cid")] == ["bought", "partly_refunded"]
    assert any("in 1 row all that they had paid and in 2 rows a part" in note for note in found.notes)


def test_money_given_back_to_somebody_who_bought_nothing_before_is_said_to_be_that(tmp_path):
    found = take_in(tmp_path, {"log.csv": LOG})
    assert told_of(found, "Dan") == [("refunded", "2025-01-09")]
    assert any("n 2 rows money was given back to somebody of whom no purchase" in n for n in found.notes)
    assert not any("more was given back" in note for note in found.notes)


def test_a_credit_note_alone_makes_nobody_a_former_client(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Order ID,Date,Customer,Total
            1,2025-01-05,Ada,100.00
            2,2025-01-06,Bob,-50.00
            """
        },
    )
    assert told_of(found, "Bob") == [("partly_refunded", "2025-01-06")]
    assert not any("taken off what was bought" in note for note in found.notes)


def test_who_got_everything_back_on_the_day_of_the_purchase_was_a_client_until_then(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Order ID,Date,Customer,Total,Status
            1,2025-01-05,Ada,100.00,refunded
            2,2025-01-06,Bob,50.00,paid
            3,2025-01-07,Cid,50.00,paid
            """
        },
    )
    history = derive(found.touches, load_funnel("elevate"))
    assert [row["stage"] for row in history.of_contact("Ada")] == ["customer", "former customer"]
    assert told_of(found, "Ada") == [("bought", "2025-01-05"), ("refunded", "2025-01-05")]
    assert values(found) == {"Ada": 0, "Bob": 5_000, "Cid": 5_000}


BALANCE = """
    id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Customer Email
    txn_1,charge,ch_1,100.00,3.00,97.00,eur,2025-01-05 10:00,ada@x.example
    txn_2,charge,ch_2,200.00,6.00,194.00,eur,2025-01-06 10:00,bob@x.example
    txn_3,refund,re_2,-200.00,0.00,-200.00,eur,2025-01-09 10:00,bob@x.example
    txn_4,payout,po_1,-91.00,0.00,-91.00,eur,2025-01-10 10:00,
    txn_5,charge,ch_3,300.00,9.00,291.00,eur,2025-01-11 10:00,cid@x.example
    txn_6,refund,re_3,100.00,0.00,-100.00,eur,2025-01-12 10:00,cid@x.example
    txn_8,stripe_fee,,-2.00,0.00,-2.00,eur,2025-01-15 10:00,
    """


def test_of_an_account_charges_are_purchases_and_payouts_and_fees_are_nobody(tmp_path):
    found = take_in(tmp_path, {"balance.csv": BALANCE})
    assert subjects(found) == ["ada@x.example", "bob@x.example", "cid@x.example"]
    assert values(found) == {"ada@x.example": 10_000, "bob@x.example": 0, "cid@x.example": 20_000}
    assert reasons(found) == [
        (5, "“payout” is nothing that somebody bought"),
        (8, "“stripe_fee” is nothing that somebody bought"),
    ]


def test_an_account_that_names_nobody_says_so(tmp_path):
    text = "\n".join(line.rsplit(",", 1)[0] for line in BALANCE.strip().splitlines())
    with pytest.raises(BadMapping, match="whom the row is about isn't said"):
        take_in(tmp_path, {"balance.csv": text})
