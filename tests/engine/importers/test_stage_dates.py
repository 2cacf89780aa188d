"""Columns of dates on which somebody typed a stage: evidence that it was typed, and of nothing else."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

from tests.exported import by_subject, meanings, take_in, told, told_of, values

CONTACTS = """
    Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage,Create Date,Original Source,Became a Subscriber Date,Became a Lead Date,Became a Marketing Qualified Lead Date,Became a Sales Qualified Lead Date,Became an Opportunity Date,Became a Customer Date,Close Date,Recent Deal Amount,Last Activity Date,Last Modified Date
    501,Ida,Berg,ida@b.example,Tom,Customer,2024-01-03 09:12,Organic Search,,2024-01-04 09:12,2024-01-10 10:00,2024-01-15 08:00,2024-01-20 08:30,2024-02-20 16:00,2024-02-21 16:00,"4,500.00",2024-02-22 11:00,2024-03-01 10:00
    502,Omar,Haddad,omar@h.example,Tom,Lead,2024-01-05 14:30,Paid Search,,2024-01-06 14:30,,,,,,,,2024-01-06 10:00
    503,Jon,Lund,,Ann,Subscriber,2024-01-09 08:00,Offline Sources,2024-01-09 08:00,,,,,,2024-09-01 10:00,,,2024-01-09 08:00
"""


def test_each_date_is_the_touch_it_stands_for(tmp_path):
    found = take_in(tmp_path, {"contacts.csv": CONTACTS})
    assert found.unit == "contact"
    assert told_of(found, "501") == [
        ("bought", "2024-02-21"),
        ("filled_form", "2024-01-03"),
        ("marked_customer", "2024-02-20"),
        ("marked_lead", "2024-01-04"),
        ("marked_mql", "2024-01-10"),
        ("marked_opportunity", "2024-01-20"),
        ("marked_sql", "2024-01-15"),
        ("messaged", "2024-02-22"),
        ("recorded", "2024-01-03"),
    ]
    assert told_of(found, "502") == [
        ("filled_form", "2024-01-05"),
        ("marked_lead", "2024-01-06"),
        ("recorded", "2024-01-05"),
    ]
    assert values(found) == {"501": 450000}


def test_the_typed_stage_is_kept_apart_and_an_expected_close_is_no_touch(tmp_path):
    found = take_in(tmp_path, {"contacts.csv": CONTACTS})
    assert by_subject(found, found.typed) == {"501": "Customer", "502": "Lead", "503": "Subscriber"}
    assert told_of(found, "503") == [("marked_subscriber", "2024-01-09"), ("recorded", "2024-01-09")]


def test_dates_of_entering_a_stage_by_its_name(tmp_path):
    found = take_in(
        tmp_path,
        {
            "deals.csv": """
            Record ID,Deal Name,Deal Stage,Create Date,Date entered Presentation (Sales Pipeline),Date entered Closed won (Sales Pipeline),MQL Date,Customer since
            9,Berg,Closed won,2024-01-20,2024-01-25,2024-02-20,2024-01-10,2024-02-21
            10,Lund,Presentation,2024-01-21,2024-01-26,,,
            """
        },
    )
    assert told_of(found, "9") == [
        ("bought", "2024-02-20"),
        ("deal_opened", "2024-01-20"),
        ("demoed", "2024-01-25"),
        ("marked_customer", "2024-02-21"),
        ("marked_mql", "2024-01-10"),
    ]


def test_a_lead_that_was_converted_was_marked_an_opportunity(tmp_path):
    found = take_in(
        tmp_path,
        {
            "leads.csv": """
            Lead ID,First Name,Last Name,Company,Email,Status,LeadSource,CreatedDate,IsConverted,ConvertedDate
            00Q1,Al,Dent,Aldo,al@a.example,Closed - Converted,Trade Show,2024-01-10T09:00:00Z,true,2024-01-20
            00Q3,Cy,Low,Low Ltd,cy@l.example,Working,Purchased List,2024-01-13T09:00:00Z,false,
            """
        },
    )
    assert told_of(found, "00Q1") == [
        ("marked_opportunity", "2024-01-20"),
        ("met", "2024-01-10"),
        ("recorded", "2024-01-10"),
    ]
    assert told_of(found, "00Q3") == [("listed", "2024-01-13"), ("recorded", "2024-01-13")]


def test_days_under_the_word_for_an_offer_are_those_of_offers_and_no_numbers_of_deals(tmp_path):
    found = take_in(
        tmp_path,
        {
            "klanten.csv": """
            Naam;E-mail;Wanneer gesproken;Offerte;Bedrag
            Joost Berg;joost@b.example;14-10-2026;16-10-2026;950,-
            Kees Hart;kees@h.example;02-10-2026;05-10-2026;1.450,00
            Fatima Amrani;fatima@a.example;;;
            """
        },
    )
    assert meanings(found)["Offerte"] == "date of proposed"
    assert told(found) == [
        ("joost@b.example", "had_meeting", "2026-10-14"),
        ("joost@b.example", "proposed", "2026-10-16"),
        ("kees@h.example", "had_meeting", "2026-10-02"),
        ("kees@h.example", "proposed", "2026-10-05"),
    ]
