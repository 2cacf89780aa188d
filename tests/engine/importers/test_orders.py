"""Orders: each is one purchase, and its amount is right or not given at all."""

from __future__ import annotations

import pytest

from leadline.engine.importers import Mapping
from leadline.engine.touches import MISSING
from tests.exported import reasons, take_in, told, told_of, values


def sums(imported):
    """What was bought less what was given back by currency, and how many touches there are."""
    touches = imported.touches
    currency = touches.columns.get("currency")
    found = {}
    for row in range(len(touches)):
        value = MISSING if touches.value is None else int(touches.value[row])
        if value != MISSING:
            name = currency[row] if currency else None
            sign = -1 if "repaid" in touches.kinds.kinds[touches.kind[row]].groups else 1
            found[name] = found.get(name, 0) + sign * value
    return found, len(touches)


def orders(folder, text, **options):
    return take_in(folder, {"orders.csv": text}, **options)


def test_a_price_of_one_piece_is_multiplied_by_the_quantity(tmp_path):
    found = orders(
        tmp_path,
        """
        order id,customer email,order date,quantity,price
        o1,a@x.example,2025-01-05,3,10.00
        o2,b@x.example,2025-01-06,2,0.335
        o3,c@x.example,2025-01-07,,5.00
        """,
    )
    assert sums(found) == ({None: 3000 + 67}, 3)
    assert any("multiplied by “quantity”" in note for note in found.notes)


def test_lines_of_one_invoice_are_added_even_where_they_say_the_same(tmp_path):
    text = """
        InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID
        536365,A1,6,12/1/2010 8:26,2.55,17850
        536365,B2,6,12/1/2010 8:26,2.55,17850
        536366,C3,1,12/13/2010 9:00,4.25,13047
        C536367,C3,-1,12/14/2010 9:00,4.25,13047
        """
    mapping = Mapping(columns={"UnitPrice": "value", "InvoiceDate": "order placed"})
    found = orders(tmp_path, text, mapping=mapping)
    assert sums(found) == ({None: 1530 + 1530 + 425 - 425}, 3)
    assert any("in 1 row all that they had paid" in note for note in found.notes)


def test_without_a_quantity_the_price_of_one_piece_is_no_amount(tmp_path):
    text = """
        order id,customer email,order date,unit price
        o1,a@x.example,2025-01-05,10.00
        o2,b@x.example,2025-01-06,12.00
        """
    found = orders(tmp_path, text, mapping=Mapping(columns={"unit price": "value"}))
    assert sums(found) == ({}, 2)
    assert any("how many were bought isn't said" in note for note in found.notes)


def test_a_total_that_every_line_of_an_order_repeats_counts_once(tmp_path):
    found = orders(
        tmp_path,
        """
        Name,Email,Created at,Financial Status,Total,Lineitem quantity,Lineitem price
        #1001,a@x.example,2025-01-05 10:00:00,paid,50.00,1,20.00
        #1001,a@x.example,2025-01-05 10:00:00,paid,50.00,3,10.00
        #1002,b@x.example,2025-01-06 10:00:00,paid,7.00,1,7.00
        """,
    )
    assert sums(found) == ({None: 5700}, 2)


def test_currencies_are_named_by_their_codes(tmp_path):
    found = orders(
        tmp_path,
        """
        Order ID,Email,Order Date,Total,Currency
        1,a@x.example,2025-01-05,50.00,usd
        2,b@x.example,2025-01-06,5.50,USD
        3,c@x.example,2025-01-07,900,jpy
        4,d@x.example,2025-01-08,8.00,€
        """,
    )
    assert sums(found)[0] == {"USD": 5550, "JPY": 900, "EUR": 800}


def test_what_was_given_back_of_an_order_is_taken_off(tmp_path):
    found = orders(
        tmp_path,
        """
        Order ID,Email,Order Date,Amount,Amount Refunded,Status
        1,a@x.example,2025-01-05,50.00,20.00,Paid
        2,b@x.example,2025-01-06,5.00,0.00,Paid
        3,c@x.example,2025-01-07,9.00,9.00,Refunded
        """,
    )
    assert sums(found) == ({None: 5000 + 500 + 900 - 2000 - 900}, 5)
    assert told_of(found, "a@x.example") == [("bought", "2025-01-05"), ("partly_refunded", "2025-01-05")]
    assert told_of(found, "c@x.example") == [("bought", "2025-01-07"), ("refunded", "2025-01-07")]
    assert values(found) == {"a@x.example": 3000, "b@x.example": 500, "c@x.example": 0}


@pytest.mark.parametrize(
    ("amount", "minor", "currency"),
    [("€1.200", 120000, "EUR"), ("1.200 €", 120000, "EUR"), ("$1,200", 120000, "USD"), ("€1,50", 150, "EUR")],
)
def test_a_lone_amount_is_read_as_money_is_written(tmp_path, amount, minor, currency):
    text = f'Order ID,Email,Order Date,Total\n1,a@x.example,2025-01-05,"{amount}"\n'
    assert sums(orders(tmp_path, text)) == ({currency: minor}, 1)


def test_an_invoice_of_money_given_back_is_a_refund_and_no_purchase(tmp_path):
    text = """
        InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID
        536365,A1,6,12/1/2010 8:26,2.55,17850
        C536379,D,-1,12/13/2010 9:41,27.5,14527
        """
    found = orders(tmp_path, text)
    kinds = {row["contact"]: row["kind"] for row in map(found.touches.row, range(len(found.touches)))}
    assert kinds == {"17850": "bought", "14527": "partly_refunded"}
    assert sums(found)[0] == {None: 1530 - 2750}


@pytest.mark.parametrize(
    ("header", "paid", "pending", "cancelled", "refunded", "partly"),
    [
        ("Zahlungsstatus", "bezahlt", "offen", "storniert", "erstattet", "teilweise erstattet"),
        ("Statut", "payée", "en attente", "annulée", "remboursée", "partiellement remboursée"),
        ("Estado", "pagado", "pendiente", "anulado", "reembolsado", "parcialmente reembolsado"),
        ("Stato", "pagato", "in attesa", "annullato", "rimborsato", "parzialmente rimborsato"),
        ("Status", "betaald", "openstaand", "geannuleerd", "terugbetaald", "gedeeltelijk terugbetaald"),
        ("Payment status", "paid", "overdue", "cancelled", "refunded", "partially refunded"),
    ],
)
def test_the_status_of_an_order_is_understood(tmp_path, header, paid, pending, cancelled, refunded, partly):
    found = orders(
        tmp_path,
        f"""
        Rechnungsnr.;Datum;Kunde;E-Mail;Betrag;{header}
        R-1;03.01.2025;Ada;ada@x.example;1.190,00;{paid}
        R-2;05.02.2025;Bob;bob@x.example;595,00;{paid}
        G-1;20.02.2025;Bob;bob@x.example;-595,00;
        R-3;11.03.2025;Cid;cid@x.example;238,00;{pending}
        R-4;12.03.2025;Dan;dan@x.example;119,00;{cancelled}
        R-5;13.04.2025;Eve;eve@x.example;357,00;{refunded}
        R-6;14.04.2025;Fay;fay@x.example;476,00;{partly}
        """,
    )
    expected = {"ada@x.example": 119_000, "bob@x.example": 0, "eve@x.example": 0, "fay@x.example": 47_600}
    assert values(found) == expected
    assert [row.line for row in found.unused] == [5, 6]
    assert any("a part was given back, and not how much" in note for note in found.notes)


def test_a_status_repeats_only_the_money_that_the_same_customer_got_back_in_a_row_of_its_own(tmp_path):
    found = orders(
        tmp_path,
        """
        Commande,Date,Client,Total,Statut
        1,2025-01-05,Ada,100.00,remboursée
        2,2025-01-09,Ada,-100.00,avoir
        3,2025-01-10,Bob,80.00,remboursée
        4,2025-01-11,Cid,60.00,payée
        """,
    )
    assert values(found) == {"Ada": 0, "Bob": 0, "Cid": 6_000}
    assert told_of(found, "Ada") == [("bought", "2025-01-05"), ("refunded", "2025-01-09")]


def test_who_pays_without_an_account_is_one_buyer_though_each_payment_has_an_id_of_its_own(tmp_path):
    found = orders(
        tmp_path,
        """
        id,Created,Amount,Currency,Status,Customer ID,Customer Email
        ch_1,2026-03-04,150.00,eur,Paid,cus_1,tom@x.example
        ch_2,2026-04-04,150.00,eur,Paid,cus_2,Tom@x.example
        ch_3,2026-05-04,80.00,eur,Paid,cus_3,ann@x.example
        ch_4,2026-06-04,20.00,eur,Paid,cus_1,
        """,
    )
    assert values(found) == {"cus_1": 32_000, "cus_3": 8_000}


def test_two_who_share_an_address_and_are_called_otherwise_stay_two_buyers(tmp_path):
    found = orders(
        tmp_path,
        """
        id,Created,Amount,Currency,Status,Customer ID,Customer Name,Customer Email
        ch_1,2026-03-04,150.00,eur,Paid,cus_1,Tom Day,office@x.example
        ch_2,2026-04-04,80.00,eur,Paid,cus_2,Eve Day,office@x.example
        """,
    )
    assert values(found) == {"cus_1": 15_000, "cus_2": 8_000}
    assert any("they stay apart" in note for note in found.notes)


def test_invoices_with_a_status_are_orders_though_no_column_is_their_amount(tmp_path):
    invoices = """
    Factuurnummer,Contact,Klantnummer,Factuurdatum,Status,Openstaande post
    2026-1,Ann Lee,1,2026-02-01,Betaald,x
    2026-2,Bob Ray,2,2026-02-02,Te laat,y
    2026-3,Cat Fox,3,2026-02-03,Concept,z
    """
    found = take_in(tmp_path, {"facturen.csv": invoices})
    assert [(who, kind) for who, kind, _ in told(found)] == [("1", "bought")]
    assert [line for line, _ in reasons(found)] == [3, 4]


@pytest.mark.parametrize(
    "header",
    [
        "Invoice #;Invoice Date;Client;Total;Amount Paid;Balance Due",
        "Rechnungsnummer;Rechnungsdatum;Kunde;Betrag;Bezahlt;Offen",
        "Invoice #;Invoice Date;Client;Total;Hours;Outstanding",
    ],
)
def test_an_invoice_of_which_a_part_is_paid_is_bought_as_a_whole_and_an_unpaid_one_not(tmp_path, header):
    invoices = f"""
        {header}
        1001;2026-01-05;Ann;1200.00;1200.00;0.00
        1002;2026-01-06;Bob;800.00;500.00;300.00
        1003;2026-01-07;Cem;600.00;0.00;600.00
        """
    found = take_in(tmp_path, {"invoices.csv": invoices})
    assert values(found) == {"Ann": 120000, "Bob": 80000}
    assert reasons(found) == [(4, "nothing of it is paid")]
    assert "In 1 row only a part was paid: the whole amount counts as bought." in found.notes


def test_what_is_paid_says_more_than_a_status_but_nobody_bought_what_was_cancelled(tmp_path):
    invoices = """
        Invoice Number,Invoice Date,Contact,Total,Invoice Amount Paid,Invoice Amount Due,Status
        1001,2026-01-05,Ann,1200.00,1200.00,0.00,Paid
        1002,2026-01-06,Bob,800.00,500.00,300.00,Awaiting Payment
        1003,2026-01-07,Cem,600.00,0.00,600.00,Awaiting Payment
        1004,2026-01-08,Dan,500.00,100.00,400.00,Cancelled
        """
    found = take_in(tmp_path, {"invoices.csv": invoices})
    assert values(found) == {"Ann": 120000, "Bob": 80000}
    assert [line for line, _ in reasons(found)] == [4, 5]


def test_a_column_that_no_invoice_can_have_as_its_balance_is_none(tmp_path):
    account = """
        Invoice,Date,Customer,Amount,Balance
        1001,2026-01-05,Ann,20.00,20.00
        1002,2026-01-06,Bob,30.00,50.00
        """
    found = take_in(tmp_path, {"invoices.csv": account})
    assert values(found) == {"Ann": 2000, "Bob": 3000}


def test_a_due_amount_that_is_the_whole_of_each_is_what_was_billed(tmp_path):
    billed = """
        Invoice,Date,Customer,Amount,Amount Due
        1001,2026-01-05,Ann,20.00,20.00
        1002,2026-01-06,Bob,30.00,30.00
        """
    found = take_in(tmp_path, {"invoices.csv": billed})
    assert values(found) == {"Ann": 2000, "Bob": 3000}
