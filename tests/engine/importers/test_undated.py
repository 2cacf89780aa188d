"""Files in which nothing has a date: who is in them and how it ended can be said, and nothing in time."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

from tests.exported import by_subject, is_accounted_for, meanings, subjects, take_in, values


def test_a_list_with_placeholders_and_a_yes_or_no(tmp_path):
    found = take_in(
        tmp_path,
        {
            "leads.csv": """
            Prospect ID,Lead Number,Lead Origin,Lead Source,Do Not Email,Converted,TotalVisits,Last Activity,Specialization,City
            7927b2df,660737,API,Olark Chat,No,0,0,Page Visited on Website,Select,Select
            2a272436,660728,API,Organic Search,No,0,5,Email Opened,Select,Ulm
            8cc8c611,660727,Landing Page,Direct Traffic,No,1,2,Email Opened,Business,Ulm
            0cc2df48,660719,Landing Page,Direct Traffic,Yes,0,1,Unreachable,Business,Bonn
            """
        },
    )
    assert len(found.touches) == 0
    assert subjects(found) == ["0cc2df48", "2a272436", "7927b2df", "8cc8c611"]
    assert by_subject(found, found.outcome) == {
        "7927b2df": "lost",
        "2a272436": "lost",
        "8cc8c611": "won",
        "0cc2df48": "lost",
    }
    assert by_subject(found, found.attributes["City"]) == {
        "2a272436": "Ulm",
        "8cc8c611": "Ulm",
        "0cc2df48": "Bonn",
    }
    assert by_subject(found, found.attributes["source"])["7927b2df"] == "Olark Chat"
    notes = " ".join(found.notes)
    assert "nothing can be put in time" in notes
    assert "“Select” was taken for a missing value in Specialization (2 rows) and City (1 row)" in notes
    assert "counts as lost" in notes
    assert is_accounted_for(found)


def test_won_and_lost_with_amounts_and_no_dates(tmp_path):
    found = take_in(
        tmp_path,
        {
            "sales.csv": """
            Opportunity Number,Supplies Group,Region,Elapsed Days In Sales Stage,Opportunity Result,Sales Stage Change Count,Opportunity Amount USD,Deal Size Category
            1641984,Car Accessories,Northwest,76,Won,13,0,1
            1658010,Car Accessories,Pacific,63,Loss,2,0,1
            1674737,Performance,Pacific,24,Won,7,7750,2
            1675224,Performance,Midwest,16,Loss,5,0,1
            """
        },
    )
    assert found.unit == "deal"
    assert by_subject(found, found.outcome) == {
        "1641984": "won",
        "1658010": "lost",
        "1674737": "won",
        "1675224": "lost",
    }
    assert values(found) == {"1641984": 0, "1674737": 775000}
    assert by_subject(found, found.attributes["Region"])["1658010"] == "Pacific"
    assert meanings(found)["Elapsed Days In Sales Stage"] == "ignored"


def test_rows_that_name_nobody_are_a_subject_each_if_they_say_how_it_ended(tmp_path):
    found = take_in(
        tmp_path,
        {
            "campaign.csv": """
            age;job;default;housing;contact;month;campaign;poutcome;y
            56;"housemaid";"no";"no";"telephone";"may";1;"nonexistent";"no"
            57;"services";"unknown";"no";"telephone";"may";1;"nonexistent";"no"
            37;"services";"no";"yes";"cellular";"june";2;"failure";"yes"
            40;"admin.";"no";"no";"telephone";"may";1;"nonexistent";"no"
            """
        },
    )
    assert found.unit == "contact"
    assert by_subject(found, found.outcome) == {
        "line 2": "lost",
        "line 3": "lost",
        "line 4": "won",
        "line 5": "lost",
    }
    assert by_subject(found, found.attributes["contact"])["line 4"] == "cellular"


def test_addresses_and_tags_are_contacts_of_whom_nothing_is_dated(tmp_path):
    found = take_in(
        tmp_path, {"list.csv": "Email,Tags\na@x.example,vip\nb@x.example,vip\nc@x.example,cold\n"}
    )
    assert subjects(found) == ["a@x.example", "b@x.example", "c@x.example"]
    assert by_subject(found, found.attributes["Tags"])["c@x.example"] == "cold"
    assert found.notes[0].startswith("Nothing in these files says when")


def test_one_column_of_names(tmp_path):
    found = take_in(tmp_path, {"names.csv": "Name\nAnna Berg\nBo Dahl\nCara Eek\n"})
    assert subjects(found) == ["Anna Berg", "Bo Dahl", "Cara Eek"]
    assert found.outcome is None


def test_a_list_of_companies_stands_for_companies(tmp_path):
    found = take_in(tmp_path, {"accounts.csv": "account,sector\nAlder,retail\nBirch,retail\nCedar,food\n"})
    assert found.unit == "company"
    assert subjects(found) == ["Alder", "Birch", "Cedar"]
