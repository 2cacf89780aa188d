"""Small files of the shapes that booking, ticket, form and shop programs write."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

from tests.exported import is_accounted_for, meanings, reasons, subjects, take_in, told, told_of, values


def paths(found):
    column = found.touches.first("path")
    return {
        who: path for who, path in zip(found.touches.contact.labels, column.values(), strict=True) if path
    }


def test_a_meeting_that_was_missed_is_none_though_another_column_says_it_was_not_cancelled(tmp_path):
    booked = """
    Invitee Name,Invitee Email,Start Date & Time,Event Created Date & Time,Canceled,UTM Source,UTM Medium,Marked as No-Show
    Ann Lee,ann@a.example,2026-02-03 10:00 am,2026-01-29 08:00 am,false,linkedin,social,No
    Bob Ray,bob@b.example,2026-02-04 11:00 am,2026-01-30 09:00 am,true,,,No
    Cat Fox,cat@c.example,2026-02-05 01:00 pm,2026-02-01 09:00 am,false,google,cpc,Yes
    """
    found = take_in(tmp_path, {"booked.csv": booked})
    assert [who for who, kind, _ in told(found) if kind == "had_meeting"] == ["ann@a.example"]
    assert paths(found) == {"ann@a.example": "social", "cat@c.example": "advertising"}


def test_a_list_of_tickets_says_who_registered_and_who_came(tmp_path):
    tickets = """
    Order #,Order Date,First Name,Last Name,Email,Ticket Type,Event Name,Event Start Date,Total Paid,Checked in At
    100,2026-03-01 10:11:12-05:00,Ann,Lee,ann@a.example,General,Pricing Workshop,2026-03-20 18:00:00-05:00,25.00,2026-03-20 18:03:00-05:00
    101,2026-03-02 10:11:12-05:00,Bob,Ray,bob@b.example,Free,Pricing Workshop,2026-03-20 18:00:00-05:00,0.00,
    """
    found = take_in(tmp_path, {"tickets.csv": tickets})
    assert told(found) == [
        ("ann@a.example", "attended", "2026-03-20"),
        ("ann@a.example", "registered", "2026-03-01"),
        ("bob@b.example", "registered", "2026-03-02"),
    ]
    assert any("amounts in “Total Paid” of 1 row are not used" in note for note in found.notes)


def test_the_questions_of_a_form_are_headers(tmp_path):
    answers = """
    #,What's your name?,What's your email address?,How did you hear about us?,Submit Date (UTC)
    a1,Ann,ann@a.example,A friend,2026-01-05 10:04:00
    a2,Bob,bob@b.example,Through LinkedIn,2026-01-06 10:03:00
    a3,,,,2026-01-07 10:03:00
    """
    found = take_in(tmp_path, {"answers.csv": answers})
    assert meanings(found)["What's your name?"] == "name"
    assert ("filled_form", "2026-01-05") in told_of(found, "ann@a.example")
    assert paths(found) == {"ann@a.example": "referral", "bob@b.example": "social"}
    assert len(reasons(found)) == 1
    assert is_accounted_for(found)


def test_customers_of_a_shop_guarded_by_an_apostrophe_are_those_of_its_orders(tmp_path):
    customers = """
    Customer ID,First Name,Last Name,Total Spent
    '7001,Ann,Lee,120.00
    '7002,Bob,Ray,0.00
    """
    orders = """
    Order Number,Order Status,Order Date,Customer ID,First Name (Billing),Order Total Amount
    501,Completed,2026-01-05 10:00,7001,Ann,105
    502,On hold,2026-01-06 10:00,7002,Bob,55
    """
    found = take_in(tmp_path, {"customers.csv": customers, "orders.csv": orders})
    assert subjects(found) == ["7001", "7002"]
    assert values(found) == {"7001": 10500}
    assert reasons(found) == [(3, "the order is “On hold”")]


def test_the_name_of_a_contact_is_not_the_title_of_a_deal(tmp_path):
    deals = """
    id,contact_name,status_type,value,date_created,date_won,date_lost
    oppo_1,Ann Lee,won,1200,2026-01-05,2026-02-01,
    oppo_2,Bob Ray,lost,500,2026-01-06,,2026-02-02
    oppo_3,Cat Fox,active,700,2026-01-07,,
    """
    assert meanings(take_in(tmp_path, {"opps.csv": deals}))["contact_name"] == "name"


def test_days_as_a_spreadsheet_counts_them_and_the_first_day_of_a_span(tmp_path):
    kunden = """
    Kunde;Angebot am;Auftrag am;Summe
    Müller GmbH;46037;46058;1.200,50 €
    Groß KG;46041;;800,00 €
    """
    found = take_in(tmp_path, {"kunden.csv": kunden})
    assert told_of(found, "Müller GmbH") == [("bought", "2026-02-05"), ("proposed", "2026-01-15")]
    board = """
    Name,First contact,Last contact
    Ann Lee,"January 5, 2026","February 10, 2026 → February 11, 2026"
    """
    assert ("messaged", "2026-02-10") in told_of(take_in(tmp_path, {"board.csv": board}), "Ann Lee")


def test_a_lead_that_was_converted_is_no_client_yet(tmp_path):
    leads = """
    Lead ID,Email,Lead Status,Created,Converted,Converted Date,Converted Opportunity ID
    L1,ann@a.example,Qualified,2026-01-05,true,2026-01-15,O1
    L2,bob@b.example,Open,2026-01-06,false,,
    """
    found = take_in(tmp_path, {"leads.csv": leads})
    assert meanings(found)["Converted"] != "outcome"
    assert ("marked_opportunity", "2026-01-15") in told_of(found, "L1")


def test_a_member_who_cancelled_was_not_lost_before_becoming_a_client(tmp_path):
    members = """
    Member No,Name,Membership,Start Date,End Date,Status
    M1,Ann Lee,Gold,2026-01-05,,Active
    M2,Bob Ray,Gold,2026-01-06,2026-02-06,Cancelled
    M3,Cat Fox,Gold,2026-01-07,2026-02-09,Cancelled
    """
    found = take_in(tmp_path, {"memberships.csv": members})
    assert told_of(found, "M2") == [("bought", "2026-01-06"), ("churned", "2026-02-06")]
    assert "lost" not in found.outcome.values()
    assert not any("won or lost" in note for note in found.notes)


def test_what_was_mended_in_a_file_is_among_the_notes(tmp_path):
    log = "email,event,date,place\na@x.example,called,2026-01-05\nb@x.example,called,2026-01-06,home\n"
    assert "1 row shorter than the header, filled with blanks." in take_in(tmp_path, {"log.csv": log}).notes


def test_entries_that_were_charged_and_given_back_are_told_apart_without_any_of_others(tmp_path):
    rows = """
    Date,Order ID,Customer Name,Customer Email,Transaction Type,Amount,Currency
    2026-02-01,1,Ann Lee,ann@a.example,charge,199.00,GBP
    2026-03-01,2,Ann Lee,ann@a.example,rebill,199.00,GBP
    2026-03-04,2,Ann Lee,ann@a.example,refund,199.00,GBP
    2026-02-02,3,Bob Ray,bob@b.example,charge,199.00,GBP
    2026-02-05,3,Bob Ray,bob@b.example,cancel,199.00,GBP
    """
    found = take_in(tmp_path, {"log.csv": rows})
    assert [kind for kind, _ in told_of(found, "ann@a.example")] == ["bought", "bought", "partly_refunded"]
    assert values(found) == {"ann@a.example": 19_900, "bob@b.example": 19_900}
    assert reasons(found) == [(6, "“cancel” is nothing that somebody bought")]


def test_the_price_of_a_course_is_an_amount_and_one_of_nothing_a_registration(tmp_path):
    rows = """
    purchased_at,course_name,user_name,user_email,final_price,sale_id
    2026-02-01,Sell Well,Ann Lee,ann@a.example,199.0,1
    2026-02-02,Mini,Bob Ray,bob@b.example,0.0,2
    """
    found = take_in(tmp_path, {"sales.csv": rows})
    assert told(found) == [
        ("ann@a.example", "bought", "2026-02-01"),
        ("bob@b.example", "registered", "2026-02-02"),
    ]
    assert values(found)["ann@a.example"] == 19_900


def test_the_name_of_one_event_is_no_touch_and_a_ticket_is_a_registration(tmp_path):
    rows = """
    Number,Ticket Created Date,Ticket,Ticket Full Name,Ticket Email,Event,Price
    1,2026-02-01,Early,Ann Lee,ann@a.example,Conf,99.00
    2,2026-02-02,Early,Bob Ray,bob@b.example,Conf,99.00
    3,2026-02-03,Early,Ann Lee,ann@a.example,Conf,99.00
    """
    found = take_in(tmp_path, {"tickets.csv": rows})
    assert [kind for _, kind, _ in told(found)] == ["registered"] * 3


def test_days_of_what_became_of_emails_are_touches(tmp_path):
    rows = """
    email,firstName,emailsSentAt,emailsOpenedAt,emailsRepliedAt,emailsUnsubscribedAt
    ann@a.example,Ann,2026-02-01,2026-02-02,2026-02-03,
    bob@b.example,Bob,2026-02-01,,,2026-02-04
    """
    found = take_in(tmp_path, {"campaign.csv": rows})
    assert [kind for kind, _ in told_of(found, "ann@a.example")] == ["mailed", "opened", "replied"]
    assert [kind for kind, _ in told_of(found, "bob@b.example")] == ["mailed", "unsubscribed"]


def test_what_a_client_spent_in_all_counts_once_and_two_days_that_are_one_are_one_purchase(tmp_path):
    people = """
    Email,First Name,Date Added,First Purchase,Last Purchase,Orders,Total Spent
    ann@a.example,Ann,2026-01-05,2026-01-10,2026-02-01,3,500.00
    bob@b.example,Bob,2026-01-06,,,0,0.00
    cat@c.example,Cat,2026-01-07,2026-01-20,2026-01-20,1,80.00
    """
    found = take_in(tmp_path, {"people.csv": people})
    assert values(found) == {"ann@a.example": 50000, "cat@c.example": 8000}
    assert told_of(found, "ann@a.example")[:2] == [("bought", "2026-01-10"), ("bought", "2026-02-01")]
    assert told_of(found, "cat@c.example") == [("bought", "2026-01-20"), ("recorded", "2026-01-07")]
    assert any("counts once, on the last" in note for note in found.notes)


def test_payments_of_customers_whose_headers_say_whose_they_are(tmp_path):
    payments = """
    id,created_at,amount,currency,status,customers.id,customers.given_name,customers.family_name,customers.email
    PM1,2026-01-05T10:00:00Z,49.00,GBP,paid_out,CU1,Ann,Lee,ann@a.example
    PM2,2026-02-05T10:00:00Z,49.00,GBP,paid_out,CU1,Ann,Lee,ann@a.example
    PM3,2026-01-06T10:00:00Z,49.00,GBP,failed,CU2,Bob,Ray,bob@b.example
    PM4,2026-01-06T10:00:00Z,49.00,GBP,pending_submission,CU3,Cat,Fox,cat@c.example
    """
    found = take_in(tmp_path, {"payments.csv": payments})
    assert len(subjects(found)) == 1
    assert list(values(found).values()) == [9800]
    assert [line for line, _ in reasons(found)] == [4, 5]


def test_gifts_of_a_form_for_donations_are_orders(tmp_path):
    gifts = """
    ID,Donor First Name,Donor Last Name,Donor Email,Donation Amount,Currency,Donation Status,Date Created
    1,Ann,Lee,ann@a.example,50.00,USD,Complete,01/05/2026
    2,Bob,Ray,bob@b.example,150.00,USD,Abandoned,01/16/2026
    3,Cat,Fox,cat@c.example,20.00,USD,Refunded,01/17/2026
    4,Ann,Lee,ann@a.example,25.00,USD,Complete,02/05/2026
    """
    found = take_in(tmp_path, {"gifts.csv": gifts})
    assert values(found) == {"ann@a.example": 7500, "cat@c.example": 0}
    assert reasons(found) == [(3, "the order is “Abandoned”")]
