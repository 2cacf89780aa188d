"""What a status says in more than one word, and of invoices, payments and appointments."""

from __future__ import annotations

import pytest

from leadline.engine.importers import Mapping
from leadline.engine.importers.words import (
    find_booking,
    gist,
    is_given_back,
    is_paid,
    is_unpaid,
    opted_out,
    speak_of_invoices,
)
from tests.exported import is_accounted_for, meanings, reasons, take_in, told, told_of, values


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Cancelled by customer", "cancelled"),
        ("Overdue on 02/19/2026", "overdue"),
        ("Partially paid, $300 due", "partially paid"),
        ("No-show (late)", "no-show"),
        ("Annulé par le patient", "annulé"),
        ("Paid - card", "paid"),
        ("Paid", "paid"),
        ("by hand", "by hand"),
        ("Due on 12/3", "due"),
    ],
)
def test_the_gist_of_a_status_is_without_by_whom_when_and_why(said, meant):
    assert gist(said) == meant


def test_a_status_is_known_by_its_gist():
    assert find_booking("Canceled by customer") == "others"
    assert find_booking("No-show (charged)") == "missed"
    assert is_unpaid("Overdue on 02/19/2026")
    assert is_paid("Partially paid, $300 due")
    assert is_given_back("Refunded (PayPal)")
    assert opted_out("Unsubscribed (by admin)") is True
    assert is_unpaid("Due in 5 days")
    assert is_unpaid("Due in 12 days")
    assert is_unpaid("Due")
    assert not is_unpaid("by hand")


def test_an_invoice_that_was_sent_is_not_paid_and_an_order_that_was_sent_is_on_its_way():
    assert is_unpaid("sent", invoiced=True)
    assert not is_unpaid("sent")
    assert speak_of_invoices(["Client Name", "Invoice #"])
    assert not speak_of_invoices(["Client Name", "Order #"])


def test_of_invoices_those_that_were_paid_are_purchases(tmp_path):
    invoices = """
    Client Name,Invoice #,Date Issued,Invoice Status,Line Total,Currency
    Ann Lee,0001,2026-01-05,paid,500.00,USD
    Bob Ray,0002,2026-01-06,sent,700.00,USD
    Cat Fox,0003,2026-01-07,viewed,800.00,USD
    Dan Orr,0004,2026-01-08,Overdue by 12 days,900.00,USD
    """
    found = take_in(tmp_path, {"invoices.csv": invoices})
    assert values(found) == {"Ann Lee": 50000}
    assert reasons(found) == [
        (3, "the order is “sent”"),
        (4, "the order is “viewed”"),
        (5, "the order is “Overdue by 12 days”"),
    ]
    orders = invoices.replace("Invoice", "Order").replace("Overdue by 12 days", "paid")
    assert values(take_in(tmp_path, {"orders.csv": orders})) == {
        "Ann Lee": 50000,
        "Bob Ray": 70000,
        "Cat Fox": 80000,
        "Dan Orr": 90000,
    }


def test_a_payment_beside_invoices_settles_one_and_gives_nothing_back(tmp_path):
    account = """
    Date,Type,No.,Customer,Balance,Amount,Status
    01/15/2026,Invoice,1001,Ann Lee,$0.00,"$1,200.00",Paid
    01/29/2026,Payment,,Ann Lee,$0.00,"-$1,200.00",Closed
    02/01/2026,Estimate,1004,Dan Orr,$0.00,$900.00,Accepted
    02/03/2026,Sales Receipt,1005,Bob Ray,$0.00,$199.00,Paid
    02/09/2026,Credit Memo,1006,Bob Ray,$0.00,-$50.00,Closed
    """
    found = take_in(tmp_path, {"account.csv": account})
    assert meanings(found)["Type"] == "entry"
    assert told(found) == [
        ("Ann Lee", "bought", "2026-01-15"),
        ("Bob Ray", "bought", "2026-02-03"),
        ("Bob Ray", "partly_refunded", "2026-02-09"),
    ]
    assert [line for line, _ in reasons(found)] == [3, 4]
    assert is_accounted_for(found)


def test_payments_of_an_account_without_invoices_are_purchases(tmp_path):
    account = """
    Date,Type,Customer,Amount
    2026-01-15,Payment,Ann Lee,1200.00
    2026-01-29,Refund,Ann Lee,200.00
    2026-01-30,Fee,,3.00
    """
    found = take_in(tmp_path, {"account.csv": account})
    assert told_of(found, "Ann Lee") == [("bought", "2026-01-15"), ("partly_refunded", "2026-01-29")]


def test_who_stayed_away_from_the_doctor_did_not_meet_anybody(tmp_path):
    visits = """
    Date du RDV;Heure;Statut;Motif;Patient - Nom;Patient - Prénom;Patient - Email;Créé le
    05/01/2026;10:00;Vu;Consultation;Petit;Anne;anne@a.example;02/01/2026
    13/01/2026;10:30;Absent non excusé;Consultation;Roux;Bruno;bruno@b.example;02/01/2026
    14/01/2026;11:00;Absent excusé;Consultation;Noir;Chloé;chloe@c.example;02/01/2026
    15/01/2026;11:30;Annulé par le patient;Consultation;Vert;Denis;denis@d.example;02/01/2026
    """
    found = take_in(tmp_path, {"rdv.csv": visits})
    assert told(found) == [("anne@a.example", "had_meeting", "2026-01-05")]
    assert [line for line, _ in reasons(found)] == [3, 4, 5]


def test_a_label_says_who_missed_an_appointment_though_another_status_is_that_of_its_payment(tmp_path):
    booked = """
    Customer Name,Customer Email,Service,Appointment Date,Cost,Payment Status,Label,Booking Date
    Ann Lee,ann@a.example,Session,2026-02-05,45,Paid,Completed,2026-01-01
    Bob Ray,bob@b.example,Session,2026-02-06,45,Unpaid,No-Show,2026-01-01
    Cat Fox,cat@c.example,Session,2026-02-07,45,Unpaid,No Label,2026-01-01
    """
    found = take_in(tmp_path, {"appointments.csv": booked})
    met = [who for who, kind, _ in told(found) if kind == "had_meeting"]
    assert met == ["ann@a.example", "cat@c.example"]


def test_each_column_for_who_may_not_be_written_to_is_heard(tmp_path):
    people = """
    Contact ID,Display Name,Email,Do Not Email,No Bulk Emails (User Opt Out),Created
    1,Ann Lee,ann@a.example,,,2026-01-05
    2,Bob Ray,bob@b.example,1,,2026-01-06
    3,Cat Fox,cat@c.example,,1,2026-01-07
    """
    found = take_in(tmp_path, {"people.csv": people})
    assert sorted(found.touches.contact.labels[one.subject] for one in found.opted_out) == ["2", "3"]


def test_who_called_a_newsletter_junk_is_written_to_no_more(tmp_path):
    subscribers = """
    Subscriber,Status,Subscribed,Name
    ann@a.example,Active,2026-01-05 10:00:00,Ann
    bob@b.example,Junk,2026-01-05 10:00:00,Bob
    cat@c.example,Unsubscribed,2026-01-05 10:00:00,Cat
    """
    found = take_in(tmp_path, {"subscribers.csv": subscribers})
    assert sorted(found.touches.contact.labels[one.subject] for one in found.opted_out) == [
        "bob@b.example",
        "cat@c.example",
    ]


def test_a_mapping_says_of_a_word_that_such_orders_were_not_bought(tmp_path):
    orders = """
    Order number,Customer,Order date,Total,Status
    1,Ann Lee,2026-01-05,50.00,Paid
    2,Bob Ray,2026-01-06,60.00,Zugeteilt
    3,Cat Fox,2026-01-07,70.00,Paid
    """
    found = take_in(tmp_path, {"orders.csv": orders})
    assert values(found) == {"Ann Lee": 5000, "Bob Ray": 6000, "Cat Fox": 7000}
    assert any("“Zugeteilt” (1 row) count as bought" in note for note in found.notes)
    mapping = Mapping.model_validate({"outcomes": {"Zugeteilt": "open"}})
    told_otherwise = take_in(tmp_path, {"orders.csv": orders}, mapping=mapping)
    assert values(told_otherwise) == {"Ann Lee": 5000, "Cat Fox": 7000}
    assert reasons(told_otherwise) == [(3, "the order is “Zugeteilt”")]
    pending = orders.replace("Zugeteilt", "Pending")
    mapping = Mapping.model_validate({"outcomes": {"Pending": "won"}})
    assert values(take_in(tmp_path, {"orders.csv": pending})) == {"Ann Lee": 5000, "Cat Fox": 7000}
    assert values(take_in(tmp_path, {"orders.csv": pending}, mapping=mapping))["Bob Ray"] == 6000


def test_an_order_that_is_paid_in_part_is_said_to_count_in_full(tmp_path):
    invoices = """
    Rechnungsnummer;Kunde;Rechnungsdatum;Status;Betrag brutto
    RE-1;Müller GmbH;05.01.2026;Bezahlt;1190,00
    RE-2;Groß KG;13.01.2026;Teilweise bezahlt;1190,00
    """
    found = take_in(tmp_path, {"rechnungen.csv": invoices})
    assert values(found) == {"Groß KG": 119000, "Müller GmbH": 119000}
    assert "In 1 row only a part was paid: the whole amount counts as bought." in found.notes


def test_a_gift_that_the_bank_sent_back_is_given_back(tmp_path):
    gifts = """
    Vorname;Nachname;E-Mail;Betrag;Währung;Status;Spendendatum
    Anna;Müller;anna@a.example;50,00;EUR;erfolgreich;05.01.2026
    Ben;Groß;ben@b.example;150,00;EUR;Rücklastschrift;13.01.2026
    """
    found = take_in(tmp_path, {"spenden.csv": gifts})
    assert values(found) == {"anna@a.example": 5000, "ben@b.example": 0}


def test_tickets_of_one_workshop_are_orders_and_no_log_of_workshops(tmp_path):
    tickets = """
    Order ID,Order date,Order status,Name,Email,Ticket type,Event name,Event start,Order total
    or_1,2026-01-05 10:11,completed,Ann Lee,ann@a.example,General,Workshop,2026-02-01 18:00,25.00
    or_2,2026-01-06 10:11,cancelled,Bob Ray,bob@b.example,General,Workshop,2026-02-01 18:00,25.00
    """
    found = take_in(tmp_path, {"tickets.csv": tickets})
    assert told(found) == [("ann@a.example", "bought", "2026-01-05")]
    assert reasons(found) == [(3, "the order is “cancelled”")]


def test_who_cancelled_a_newsletter_unsubscribed_that_day_and_was_no_client(tmp_path):
    subscribers = """
    id,first_name,email,created_at,state,cancelled_at
    1,Ann,ann@a.example,2026-01-05 10:00:00 UTC,active,
    2,Bob,bob@b.example,2026-01-06 10:00:00 UTC,cancelled,2026-02-01 10:00:00 UTC
    3,Cat,cat@c.example,2026-01-07 10:00:00 UTC,complained,
    """
    found = take_in(tmp_path, {"subscribers.csv": subscribers})
    assert told_of(found, "2") == [("recorded", "2026-01-06"), ("unsubscribed", "2026-02-01")]
    assert [found.touches.contact.labels[one.subject] for one in found.opted_out] == ["3"]


def test_a_presence_without_a_day_is_said_and_makes_no_touch(tmp_path):
    orders = """
    Order code;Order total;Status;Email;Order date;Name;Checked in
    ABC12;49.00;paid;ann@a.example;2026-01-05;Ann Lee;Yes
    ABC13;49.00;paid;bob@b.example;2026-01-06;Bob Ray;No
    ABC14;49.00;pending;cat@c.example;2026-01-07;Cat Fox;Yes
    """
    found = take_in(tmp_path, {"orders.csv": orders})
    assert [kind for _, kind, _ in told(found)] == ["bought", "bought"]
    assert "“Checked in” says yes in 1 row, and not when: no touch follows from it." in found.notes


@pytest.mark.parametrize(
    "words",
    [
        ("aktywny", "wypisany", "niepotwierdzony", "odbity"),
        ("activo", "dado de baja", "sin confirmar", "rebotado"),
        ("actief", "uitgeschreven", "onbevestigd", "geblokkeerd"),
    ],
)
def test_a_newsletter_in_another_language_says_who_left_it_and_who_cannot_be_written_to(tmp_path, words):
    rows = "".join(f"o{place}@list.example;{word};04.03.2026\n" for place, word in enumerate(words))
    found = take_in(tmp_path, {"list.csv": f"Email;Status;Data zapisu\n{rows}"})
    assert sorted(found.touches.contact.labels[one.subject] for one in found.opted_out) == [
        "o1@list.example",
        "o3@list.example",
    ]
