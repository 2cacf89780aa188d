"""What a column means is proposed from its header and its contents together."""

from __future__ import annotations

import pytest

from leadline.engine.importers.columns.contents import judge
from leadline.engine.importers.columns.meanings import propose
from leadline.engine.touches import Column
from tests.exported import meanings, take_in, told_of, values

DATES = ["2024-01-05", "2024-02-10", "2024-03-15", "2024-04-20"]
NUMBERS = ["10.50", "200", "1,300", "45"]
IDS = ["a1", "a2", "a3", "a4"]
WORDS = ["red", "blue", "red", "blue"]
PEOPLE = ["Ann Alp", "Bob Bet", "Cat Cet", "Dan Det"]
MAILS = ["a@x.example", "b@x.example", "c@x.example", "d@x.example"]
FLAGS = ["0", "1", "0", "1"]
STAGES = ["Won", "Talks", "Lost", "Talks"]
EVENTS = ["page_view", "click", "page_view", "zorb"]


def proposed(columns):
    contents = {header: judge(Column.of(cells), header) for header, cells in columns.items()}
    proposal = propose("file.csv", contents, {})
    return proposal.shape, {header: said.means for header, said in proposal.columns.items()}


@pytest.mark.parametrize(
    ("header", "cells", "means"),
    [
        ("Prospect ID", IDS, "contact id"),
        ("user_id", ["17", "18", "19", "20"], "contact id"),
        ("CustomerId", IDS, "contact id"),
        ("Email Address", MAILS, "e-mail"),
        ("contact point", MAILS, "e-mail"),
        ("Full Name", PEOPLE, "name"),
        ("Kontakt", PEOPLE, "name"),
        ("contact", WORDS, "name"),
        ("Account Name", PEOPLE, "company"),
        ("Opportunity ID", IDS, "deal id"),
        ("opportunity_number", ["17", "18", "19", "20"], "deal id"),
        ("Deal - Title", PEOPLE, "deal name"),
        ("Create Date", DATES, "created"),
        ("created_at", DATES, "created"),
        ("createdate", DATES, "created"),
        ("First Contact Date", DATES, "created"),
        ("Expected Close Date", DATES, "expected close"),
        ("Deal - Expected close date", DATES, "expected close"),
        ("CloseDate", DATES, "closed"),
        ("closedate", DATES, "closed"),
        ("Deal - Won time", DATES, "won on"),
        ("Abschlussdatum", DATES, "closed"),
        ("engage_date", DATES, "engaged"),
        ("Became a Lead Date", DATES, "date of marked_lead"),
        ("hs_lifecyclestage_marketingqualifiedlead_date", DATES, "date of marked_mql"),
        ("Became a Customer Date", DATES, "date of marked_customer"),
        ("UNSUB_TIME", DATES, "date of unsubscribed"),
        ("Last marketing email open date", DATES, "date of opened"),
        ("Demo Date", DATES, "date of demoed"),
        ("Last Contacted", DATES, "last activity"),
        ("notes_last_contacted", DATES, "last activity"),
        ("Last Modified Date", DATES, "ignored"),
        ("Next activity date", DATES, "ignored"),
        ("Date of Birth", DATES, "ignored"),
        ("Renewal Date", DATES, "ignored"),
        ("Date exited Lead", DATES, "ignored"),
        ("Lead Source", WORDS, "source"),
        ("Original Source", WORDS, "source"),
        ("utm_source", WORDS, "source"),
        ("How did you hear about us?", WORDS, "source"),
        ("utm_medium", WORDS, "channel"),
        ("Campaign Name", WORDS, "campaign"),
        ("campaign", NUMBERS, "ignored"),
        ("Deal Amount", NUMBERS, "value"),
        ("Opportunity Amount USD", NUMBERS, "value"),
        ("Amount (EUR)", NUMBERS, "value"),
        ("declared_monthly_revenue", NUMBERS, "ignored"),
        ("Annual Revenue", NUMBERS, "ignored"),
        ("Total Time Spent on Website", NUMBERS, "ignored"),
        ("Lifecycle Stage", STAGES, "stage"),
        ("dealstage", STAGES, "stage"),
        ("Converted", FLAGS, "outcome"),
        ("IsWon", FLAGS, "outcome"),
        ("Opportunity Result", ["Won", "Loss", "Won", "Loss"], "outcome"),
        ("IsClosed", FLAGS, "closed or not"),
        ("Deal - Lost reason", ["price", "price", "time", "price"], "lost reason"),
        ("Contact owner", WORDS, "owner"),
        ("sales_agent", WORDS, "owner"),
        ("Region", WORDS, "attribute"),
        ("Size class", ["1", "2", "1", "2"], "attribute"),
        ("Colour", ["red", "red", "red", "red"], "ignored"),
        ("Anything", ["", "", "", ""], "ignored"),
    ],
)
def test_a_column_is_understood(header, cells, means):
    _, found = proposed({"Email": MAILS} | {header: cells} if cells is not MAILS else {header: cells})
    assert found[header] == means


@pytest.mark.parametrize(
    ("columns", "shape"),
    [
        ({"user_id": IDS, "event_name": EVENTS, "event_time": DATES}, "touch log"),
        ({"Email": MAILS, "Created": DATES, "Source": WORDS}, "contacts"),
        ({"Deal ID": IDS, "Stage": STAGES, "Close Date": DATES, "Amount": NUMBERS}, "deals"),
        ({"Id": IDS, "Name": PEOPLE, "StageName": STAGES, "Amount": NUMBERS, "CloseDate": DATES}, "deals"),
        ({"Order ID": IDS, "Customer Email": MAILS, "Order Date": DATES, "Total": NUMBERS}, "orders"),
        ({"Company": PEOPLE, "Sector": WORDS}, "companies"),
        ({"Station": WORDS, "Date": DATES, "Rainfall": NUMBERS}, None),
        ({"Prospect ID": IDS, "Last Activity": EVENTS, "Converted": FLAGS}, "contacts"),
        ({"Email": MAILS, "Event": ["Fair", "Expo", "Fair", "Fair"], "Created": DATES}, "contacts"),
    ],
)
def test_the_shape_of_a_file_is_told_from_its_columns(columns, shape):
    assert proposed(columns)[0] == shape


def test_one_column_has_a_meaning_and_the_next_best_is_something_to_compare_by():
    _, found = proposed({"Email": MAILS, "Lead Origin": WORDS, "Lead Source": WORDS[::-1], "Created": DATES})
    assert found["Lead Source"] == "source"
    assert found["Lead Origin"] == "attribute"


def test_of_two_stages_the_one_with_nothing_but_won_lost_and_open_is_the_outcome():
    status = ["Won", "Open", "Lost", "Open"]
    _, found = proposed(
        {"Deal ID": IDS, "Deal Stage": ["Offer", "Talk", "Talk", "Offer"], "Deal Status": status}
    )
    assert found["Deal Status"] == "outcome"
    assert found["Deal Stage"] == "stage"


def test_the_only_dates_of_a_file_are_taken_for_the_usual_with_little_sureness():
    contents = {h: judge(Column.of(c), h) for h, c in {"Email": MAILS, "Stichtag": DATES}.items()}
    said = propose("file.csv", contents, {}).columns["Stichtag"]
    assert (said.means, said.why) == ("created", "the only dates in the file")
    assert said.sure < 0.5


def test_a_column_whose_few_words_are_no_people_is_no_name():
    channels = ["telephone", "cellular"] * 20
    mails = [f"p{number}@x.example" for number in range(40)]
    _, found = proposed({"Email": mails, "contact": channels, "Created": DATES * 10})
    assert found["contact"] == "attribute"


def test_amounts_are_nothing_to_compare_by(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Order ID,Email,Order Date,Total,Amount Refunded,Shipping,Lineitem price,Boxes
            1,a@x.example,2025-01-05,50.00,0.00,5.00,45.00,1
            2,b@x.example,2025-01-06,50.00,20.00,5.00,45.00,2
            3,c@x.example,2025-01-07,55.00,0.00,10.00,45.00,1
            """
        },
    )
    said = meanings(found)
    assert {said[header] for header in ("Amount Refunded", "Shipping", "Lineitem price")} == {"ignored"}
    assert said["Boxes"] == "attribute"


def test_numbers_under_the_sign_of_a_currency_are_amounts(tmp_path):
    rows = """
    Name;Mail;Erstgespräch;Kauf am;€
    Ann;ann@a.example;05.01.2026;13.02.2026;1.500
    Bob;bob@b.example;06.01.2026;;
    """
    found = take_in(tmp_path, {"liste.csv": rows})
    assert told_of(found, "ann@a.example") == [("bought", "2026-02-13"), ("had_meeting", "2026-01-05")]
    assert values(found) == {"ann@a.example": 150_000}
