"""Exports of programs that are set to German, French or Spanish, and cells that name a person in two ways."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

import pytest

from leadline.engine.importers.columns.people_cells import part_people
from leadline.engine.importers.reading.tables import read_table
from leadline.engine.importers.sorts.sources import name_paths
from leadline.engine.touches import Column
from tests.exported import by_subject, meanings, subjects, take_in, told_of, write

KONTAKTE = """
    Datensatz-ID,Vorname,Nachname,E-Mail,Zuständiger Mitarbeiter für Kontakt,Lifecycle-Phase,Erstelldatum,Datum der letzten Aktivität,Ursprüngliche Quelle,Ursprüngliche Quelle Drilldown 1,Datum: wurde Lead,Datum: wurde Kunde,Datum der ersten Konversion,Letztes Änderungsdatum
    101,Anna,Schmidt,anna@x.de,Petra Holm,Lead,2026-01-05 10:33,2026-02-11 09:00,Organische Suche,google,2026-01-05 10:33,,2026-01-05 10:40,2026-02-12 09:00
    102,Jörg,Weiß,joerg@y.de,Karl Lang,Kunde,2026-01-06 11:33,,Bezahlte Suche,brand,2026-01-06 11:33,2026-03-01 08:00,,2026-02-12 09:00
    103,Ute,Groß,ute@w.de,Karl Lang,Lead,2026-01-07 11:33,,Direkter Traffic,,2026-01-07 11:33,,,2026-02-12 09:00
    104,Ina,Roth,ina@u.de,Karl Lang,Lead,2026-01-08 11:33,,Verweise,blog.de,2026-01-08 11:33,,,2026-02-12 09:00
    """
DEALS = """
    Datensatz-ID,Dealname,Deal-Phase,Abschlussdatum,Deal-Inhaber,Betrag,Erstelldatum,Grund für verlorenen Deal,Associated Contact
    9001,Ausbau,Abgeschlossen und gewonnen,2026-03-01 08:00,Karl Lang,12000.0,2026-02-01 08:00,,Jörg Weiß (joerg@y.de)
    9002,Umbau,Abgeschlossen und verloren,2026-03-05 08:00,Karl Lang,8000.0,2026-02-02 08:00,Preis,Neue Frau (neu@n.de);Ute Groß (ute@w.de)
    9003,Neubau,Termin vereinbart,2026-06-05 08:00,Petra Holm,5000.0,2026-02-05 08:00,,Q Queck (q@q.de);R Rot (r@r.de)
    """


def test_a_german_list_of_contacts(tmp_path):
    found = take_in(tmp_path, {"kontakte.csv": KONTAKTE})
    assert meanings(found) == {
        "Datensatz-ID": "contact id",
        "Vorname": "first name",
        "Nachname": "last name",
        "E-Mail": "e-mail",
        "Zuständiger Mitarbeiter für Kontakt": "owner",
        "Lifecycle-Phase": "stage",
        "Erstelldatum": "created",
        "Datum der letzten Aktivität": "last activity",
        "Ursprüngliche Quelle": "source",
        "Ursprüngliche Quelle Drilldown 1": "ignored",
        "Datum: wurde Lead": "date of marked_lead",
        "Datum: wurde Kunde": "date of marked_customer",
        "Datum der ersten Konversion": "date of filled_form",
        "Letztes Änderungsdatum": "ignored",
    }
    paths = found.touches.first("path")
    assert by_subject(found, paths) == {
        "101": "website",
        "102": "advertising",
        "103": "website",
        "104": "website",
    }
    assert by_subject(found, found.names["name"])["102"] == "Jörg Weiß", "in two columns"


def test_deals_that_name_people_with_their_addresses_join_the_list_of_contacts(tmp_path):
    found = take_in(tmp_path, {"kontakte.csv": KONTAKTE, "deals.csv": DEALS})
    assert subjects(found) == ["101", "102", "103", "104", "q@q.de"]
    assert ("bought", "2026-03-01") in told_of(found, "102")
    assert ("lost", "2026-03-05") in told_of(found, "103"), "the second one named is the one who is known"
    assert by_subject(found, found.names["name"])["q@q.de"] == "Q Queck"
    assert any("several people are named in 2 rows" in note for note in found.notes)


@pytest.mark.parametrize(
    ("cell", "name", "address"),
    [
        ("Ann Lee (ann@alp.example)", "Ann Lee", "ann@alp.example"),
        ("Ann Lee <ann@alp.example>", "Ann Lee", "ann@alp.example"),
        ("Ann Lee (ann@alp.example);Bo Ek (bo@ek.example)", "Ann Lee", "ann@alp.example;bo@ek.example"),
        ("Ann Lee", "Ann Lee", None),
    ],
)
def test_a_cell_of_a_name_and_an_address_is_parted(tmp_path, cell, name, address):
    text = f"deal,Kontakt,Owner\n1,Cy Orr (cy@orr.example),Me (me@us.example)\n2,{cell},Me (me@us.example)\n"
    table = part_people(read_table(write(tmp_path, "deals.csv", text))[0])
    assert list(table.columns) == ["deal", "Kontakt", "e-mail of “Kontakt”", "Owner"], "none of us is parted"
    assert (table.columns["Kontakt"][1], table.columns["e-mail of “Kontakt”"][1]) == (name, address)


def test_the_address_of_the_owner_is_not_that_of_the_person(tmp_path):
    deals = """
    Deal name,Deal stage,Amount,Close date,Deal owner email
    Alpha,Closed won,100,2026-01-05,petra@us.example
    Beta,Closed lost,100,2026-01-06,karl@us.example
    """
    assert "e-mail" not in meanings(take_in(tmp_path, {"deals.csv": deals})).values()


@pytest.mark.parametrize(
    ("headers", "first", "last"),
    [
        ("Vorname,Name", "Vorname", "Name"),
        ("Prénom,Nom", "Prénom", "Nom"),
        ("Nombre,Apellidos", "Nombre", "Apellidos"),
        ("Nome,Cognome", "Nome", "Cognome"),
    ],
)
def test_a_name_beside_half_of_a_name_is_the_other_half(tmp_path, headers, first, last):
    people = f"{headers},Created\nAnn,Lee,2026-01-05\nUte,Lee,2026-01-06\n"
    found = take_in(tmp_path, {"people.csv": people})
    assert (meanings(found)[first], meanings(found)[last]) == ("first name", "last name")
    assert subjects(found) == ["Ann Lee", "Ute Lee"], "two people of one family stay two"


def test_a_whole_name_beside_half_of_it_stays_whole(tmp_path):
    people = "First name,Name,Created\nAnn,Ann Lee,2026-01-05\nUte,Ute Lee,2026-01-06\n"
    assert meanings(take_in(tmp_path, {"people.csv": people}))["Name"] == "name"


def test_a_referral_that_a_website_counted_is_a_link_and_nobody_s_word():
    counted = Column.of(["Direct Traffic", "Referrals", "Organic Search"])
    told = Column.of(["Trade show", "Referrals", "Website"])
    assert name_paths(counted, kept=frozenset()).values() == ["website"] * 3
    assert name_paths(told, kept=frozenset()).values() == ["networking", "referral", "website"]


def test_a_person_is_called_by_their_name_and_not_by_their_deal(tmp_path):
    contacts = "Email,First name,Last name\nann@alp.example,Ann,Lee\n"
    deals = "Deal name,Deal stage,Create date,Email\nDeal with Alp,Open,2026-01-05,ann@alp.example\n"
    found = take_in(tmp_path, {"contacts.csv": contacts, "deals.csv": deals})
    assert by_subject(found, found.names["name"]) == {"ann@alp.example": "Ann Lee"}
