"""Several files: joined by the ids they share, whatever their headers; what only describes is looked up."""

from __future__ import annotations

from tests.exported import by_subject, is_accounted_for, reasons, subjects, take_in, told_of, values

LEADS = """
    mql_id,first_contact_date,landing_page_id,origin
    m1,2018-02-01,p1,social
    m2,2018-02-02,p2,paid_search
    m3,2018-02-03,p1,email
    m4,2018-02-04,p1,unknown
"""
CLOSED = """
    mql_id,seller_id,sdr_id,won_date,business_segment,declared_monthly_revenue
    m1,s1,d1,2018-02-26 19:58:54,pets,0.0
    m3,s2,d1,2018-05-08 20:17:59,cars,10000.0
    m9,s3,d2,2018-06-05 17:27:23,pets,0.0
"""


def test_leads_in_one_file_and_closed_deals_in_the_other(tmp_path):
    found = take_in(tmp_path, {"leads.csv": LEADS, "closed.csv": CLOSED})
    assert found.unit == "contact"
    assert subjects(found) == ["m1", "m2", "m3", "m4", "m9"]
    assert told_of(found, "m1") == [
        ("bought", "2018-02-26"),
        ("filled_form", "2018-02-01"),
        ("recorded", "2018-02-01"),
    ]
    assert told_of(found, "m9") == [("bought", "2018-06-05")]
    assert by_subject(found, found.outcome) == {"m1": "won", "m3": "won", "m9": "won"}
    assert by_subject(found, found.attributes["business_segment"]) == {
        "m1": "pets",
        "m3": "cars",
        "m9": "pets",
    }
    assert found.value is None
    assert "closed.csv: 2 of the 3 contacts of this file are in another one too." in found.notes
    assert "leads.csv: “unknown” was taken for a missing value in origin (1 row)." in found.notes


def test_an_id_is_found_by_its_values_where_no_header_says_it(tmp_path):
    found = take_in(
        tmp_path,
        {
            "a.csv": """
            Ref,Quelle,Erstellt
            R-1001,Messe,2024-01-02
            R-1002,Webseite,2024-01-03
            R-1003,Empfehlung,2024-01-04
            """,
            "b.csv": """
            Vorgang,Ergebnis,Abschluss am,Betrag
            R-1001,gewonnen,2024-02-02,100
            R-1003,verloren,2024-02-09,200
            """,
        },
    )
    assert told_of(found, "R-1001") == [
        ("bought", "2024-02-02"),
        ("met", "2024-01-02"),
        ("recorded", "2024-01-02"),
    ]
    assert values(found) == {"R-1001": 10000}
    row = next(row for row in found.mapping.rows() if row["column"] == "Vorgang")
    assert (row["meaning"], row["because"]) == ("contact id", "its values are those of “Ref” in a.csv")


PIPELINE = """
    opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
    O1,Mo Fry,GTX Pro,Alder,Won,2016-10-20,2017-03-01,1054
    O2,Di Ray,GTXPro,Birch,Lost,2016-10-25,2017-03-11,0
    O3,Mo Fry,GTXPro,Oak,Engaging,2016-11-02,,
    O4,Di Ray,MG,,Prospecting,,,
"""
ACCOUNTS = """
    account,sector,employees
    Alder,retail,12
    Birch,technolgy,7
    Cedar,retail,90
"""
PRODUCTS = """
    product,series,sales_price
    GTX Pro,GTX,4821
    MG,MG,55
    MG Max,MG,255
"""
TEAMS = """
    sales_agent,manager,regional_office
    Mo Fry,Ada,West
    Di Ray,Bea,East
    Lu Lin,Bea,East
"""


def test_files_that_only_describe_are_joined_as_attributes(tmp_path):
    files = {"accounts.csv": ACCOUNTS, "products.csv": PRODUCTS, "deals.csv": PIPELINE, "teams.csv": TEAMS}
    found = take_in(tmp_path, files)
    assert found.unit == "deal"
    assert subjects(found) == ["O1", "O2", "O3", "O4"]
    told = found.attributes
    assert by_subject(found, told["sector"]) == {"O1": "retail", "O2": "technolgy"}
    assert by_subject(found, told["series"]) == {"O1": "GTX", "O2": "GTX", "O3": "GTX", "O4": "MG"}
    assert by_subject(found, told["regional_office"]) == {
        "O1": "West",
        "O2": "East",
        "O3": "West",
        "O4": "East",
    }
    assert [file.shape for file in found.mapping.files] == ["look-up", "look-up", "deals", "look-up"]
    assert is_accounted_for(found)


def test_a_name_that_differs_by_spaces_is_joined_and_reported_and_one_that_is_missing_is_counted(tmp_path):
    found = take_in(tmp_path, {"deals.csv": PIPELINE, "products.csv": PRODUCTS, "accounts.csv": ACCOUNTS})
    assert by_subject(found, found.attributes["product"])["O2"] == "GTX Pro"
    assert "deals.csv: “GTXPro” in 2 rows was taken as “GTX Pro” in products.csv." in found.notes
    looked_up = "deals.csv: “account” was looked up in accounts.csv; not there: “Oak”, in 1 row."
    assert looked_up in found.notes


def test_a_file_that_nothing_refers_to_is_not_used_and_says_so(tmp_path):
    found = take_in(tmp_path, {"deals.csv": PIPELINE, "rates.csv": "month,rate\nmay,1.5\njune,2.5\n"})
    assert {reason for _, reason in reasons(found)} == {
        "its file names nobody, and no other file refers to it"
    }
    assert len(reasons(found)) == 2
    assert is_accounted_for(found)


CONTACTS = """
    Record ID,First Name,Last Name,Email,Create Date
    501,Ida,Berg,ida@b.example,2024-01-03
    502,Omar,Haddad,omar@h.example,2024-01-05
    503,Lucia,Rossi,lucia@r.example,2024-01-08
"""
DEALS = """
    Record ID,Deal Name,Deal Stage,Close Date,Amount,Create Date,Associated Contact IDs,Associated Contact
    9001,Berg deal,Closed Won,2024-02-20,4500,2024-01-20,501,Ida Berg (ida@b.example)
    9002,Haddad deal,Contract Sent,2024-06-30,1200,2024-02-20,777;502,Omar Haddad (omar@h.example)
    9003,Ghost deal,Closed Lost,2024-03-01,700,2024-02-25,,
"""


def test_deals_are_those_of_their_contacts(tmp_path):
    found = take_in(tmp_path, {"deals.csv": DEALS, "contacts.csv": CONTACTS})
    assert found.unit == "contact"
    assert subjects(found) == ["501", "502", "503", "deal 9003"]
    assert told_of(found, "501") == [
        ("bought", "2024-02-20"),
        ("deal_opened", "2024-01-20"),
        ("recorded", "2024-01-03"),
    ]
    assert told_of(found, "502") == [("deal_opened", "2024-02-20"), ("recorded", "2024-01-05")]
    assert told_of(found, "deal 9003") == [("deal_opened", "2024-02-25"), ("lost", "2024-03-01")]
    assert values(found) == {"501": 450000}


def test_a_log_that_knows_only_addresses_is_joined_to_contacts_by_them(tmp_path):
    log = """
        email,event,time
        IDA@b.example,email opened,2024-01-09
        new@n.example,download,2024-01-10
    """
    found = take_in(tmp_path, {"log.csv": log, "contacts.csv": CONTACTS})
    assert told_of(found, "501") == [("opened", "2024-01-09"), ("recorded", "2024-01-03")]
    assert told_of(found, "new@n.example") == [("downloaded", "2024-01-10")]


def test_leads_that_name_the_deal_they_became_are_its_buyers(tmp_path):
    leads = """
        Lead ID,First Name,Last Name,Email,CreatedDate,ConvertedOpportunityId
        00Q1,Al,Dent,al@a.example,2024-01-10,0061
        00Q2,Bo,Rae,bo@b.example,2024-01-11,
    """
    deals = """
        Opportunity ID,Opportunity Name,StageName,Amount,CloseDate,CreatedDate
        0061,Aldo,Closed Won,12000,2024-03-15,2024-01-20
        0063,Cato,Proposal,5000,2024-06-30,2024-02-02
    """
    found = take_in(tmp_path, {"leads.csv": leads, "opps.csv": deals})
    assert told_of(found, "00Q1") == [
        ("bought", "2024-03-15"),
        ("deal_opened", "2024-01-20"),
        ("recorded", "2024-01-10"),
    ]
    assert "deal 0063" in subjects(found)


def test_a_list_of_those_in_charge_describes_deals_and_is_no_list_of_contacts(tmp_path):
    users = """
        Name,Email,Region,Created
        Mo Fry,mo@us.example,West,2015-01-01
        Di Ray,di@us.example,East,2015-01-01
        Al Lee,al@us.example,East,2015-01-01
    """
    found = take_in(tmp_path, {"users.csv": users, "deals.csv": PIPELINE})
    assert found.unit == "deal"
    assert by_subject(found, found.attributes["Region"]) == {
        "O1": "West",
        "O2": "East",
        "O3": "West",
        "O4": "East",
    }


def test_companies_describe_deals_by_their_id(tmp_path):
    deals = """
        Id,Name,StageName,Amount,CloseDate,CreatedDate,AccountId
        006A,Aldo,Closed Won,12000,2024-03-15,2024-01-20,1
        006B,Cato,Prospecting,5000,2024-06-30,2024-02-02,2
    """
    accounts = """
        Id,Name,Industry,Phone,CreatedDate
        1,Aldo Corp,Retail,+1 555,2020-01-01
        2,Cato SA,Food,+1 556,2020-01-01
        3,Dora AG,Food,+1 557,2020-01-01
    """
    found = take_in(tmp_path, {"opportunities.csv": deals, "accounts.csv": accounts})
    assert found.unit == "deal"
    assert by_subject(found, found.attributes["Industry"]) == {"006A": "Retail", "006B": "Food"}


def test_exports_that_overlap_tell_the_same_touch_once(tmp_path):
    january = "email,event,time\na@x.example,download,2024-01-30\nb@x.example,click,2024-01-31\n"
    february = "email,event,time\nb@x.example,click,2024-01-31\na@x.example,click,2024-02-02\n"
    found = take_in(tmp_path, {"jan.csv": january, "feb.csv": february})
    assert len(found.touches) == 3
    assert told_of(found, "b@x.example") == [("clicked", "2024-01-31")]
    assert any("1 touch of this file is in another one too: counted once." in note for note in found.notes)


def test_two_deals_of_the_same_title_in_two_files_stay_two(tmp_path):
    january = "Deal ID,Deal Name,Stage,Created\nd1,Website,Won,2024-01-01\n"
    february = "Deal ID,Deal Name,Stage,Created\nd2,Website,Won,2024-02-01\n"
    found = take_in(tmp_path, {"jan.csv": january, "feb.csv": february})
    assert subjects(found) == ["d1", "d2"]


def test_a_purchase_that_a_log_tells_to_the_minute_and_a_deal_by_its_day_happened_once(tmp_path):
    deals = """
        Deal ID,Contact ID,Stage,Created,Close Date,Amount
        d1,c1,Won,2024-01-05,2024-02-01,500
        d2,c1,Won,2024-01-06,2024-02-09,70
    """
    log = """
        contact id,event,time,amount
        c1,bought,2024-02-01 14:30:00,500
        c1,bought,2024-02-09 10:00:00,80
        c1,called,2024-01-05 09:00:00,
    """
    found = take_in(tmp_path, {"log.csv": log, "deals.csv": deals})
    bought = [pair for pair in told_of(found, "c1") if pair[0] == "bought"]
    assert bought == [("bought", "2024-02-01"), ("bought", "2024-02-09"), ("bought", "2024-02-09")]
    assert values(found) == {"c1": 65000}
    instants = [found.touches.row(row)["happened_at"].hour for row in range(len(found.touches))]
    assert 14 in instants


def test_the_value_of_a_deal_is_kept_where_the_log_says_only_that_it_was_won(tmp_path):
    deals = "Deal ID,Contact ID,Stage,Created,Close Date,Amount\nd1,c1,Won,2024-01-05,2024-02-01,500\n"
    log = "contact id,event,time\nc1,bought,2024-02-01 14:30:00\nc1,called,2024-01-05 09:00:00\n"
    found = take_in(tmp_path, {"log.csv": log, "deals.csv": deals})
    assert [kind for kind, _ in told_of(found, "c1")] == ["bought", "called", "deal_opened"]
    assert values(found) == {"c1": 50000}


def test_deals_that_only_name_people_join_a_list_in_which_each_name_is_there_once(tmp_path):
    people = """
    Person - Name,Person - Email - Work,Person - ID,Person - Person created
    Ann Lee,ann@alp.example,11,2026-01-04
    Bob Ray,bob@bet.example,12,2026-01-05
    Bob Ray,bob@cet.example,13,2026-01-06
    """
    deals = """
    Deal - ID,Deal - Title,Deal - Status,Deal - Deal created,Deal - Won time,Deal - Contact person
    1,Deal with Alp,Won,2026-01-05,2026-02-05,Ann Lee
    2,Deal with Bet,Open,2026-01-06,,Bob Ray
    """
    found = take_in(tmp_path, {"people.csv": people, "deals.csv": deals})
    assert ("bought", "2026-02-05") in told_of(found, "11")
    assert subjects(found) == ["11", "12", "13", "Bob Ray"], "which Bob Ray is not said"
    assert by_subject(found, found.names["name"])["11"] == "Ann Lee"


def test_a_row_without_an_address_is_not_taken_for_a_namesake_in_its_own_file(tmp_path):
    people = """
    Name,Email,Created
    Ann Lee,ann@alp.example,2026-01-04
    Ann Lee,,2026-01-05
    """
    assert len(subjects(take_in(tmp_path, {"people.csv": people}))) == 2
