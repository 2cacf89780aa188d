"""Statements of bank accounts: what came in was bought, what went out was not; payments with their day."""

from __future__ import annotations

from tests.exported import is_accounted_for, meanings, reasons, subjects, take_in, told, values

OUT = "money that went out, to nobody who had paid"


def test_who_paid_is_a_client_and_whom_we_paid_is_none(tmp_path):
    camt = """
        "Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"Betrag";"Waehrung"
        "DE1";"30.09.26";"29.09.26";"GUTSCHRIFT";"Rechnung 41";"Ann Lee";"DE98";"1.250,00";"EUR"
        "DE1";"28.09.26";"28.09.26";"LASTSCHRIFT";"Abo";"Video Ltd";"NL12";"-13,99";"EUR"
        "DE1";"20.09.26";"20.09.26";"GUTSCHRIFT";"Rechnung 40";"Bob Ray";"DE97";"80,00";"EUR"
        "DE1";"21.09.26";"21.09.26";"UEBERWEISUNG";"zu viel";"Bob Ray";"DE97";"-30,00";"EUR"
        """
    found = take_in(tmp_path, {"umsatz.csv": camt})
    assert told(found) == [
        ("Ann Lee", "bought", "2026-09-30"),
        ("Bob Ray", "bought", "2026-09-20"),
        ("Bob Ray", "partly_refunded", "2026-09-21"),
    ]
    assert values(found) == {"Ann Lee": 125000, "Bob Ray": 5000}
    assert found.touches.columns["currency"].values() == ["EUR"] * 3
    assert reasons(found) == [(3, OUT)]
    assert any("statement of a bank account" in note for note in found.notes)
    assert is_accounted_for(found)


def test_where_payer_and_payee_have_columns_of_their_own_we_are_no_client(tmp_path):
    statement = """
        Booking date;Status;Payer;Payee;Purpose;IBAN;Amount
        30.09.2026;Booked;Ann Lee;Kim Coach;Invoice 41;DE98;1250,00
        21.09.2026;Booked;Kim Coach;Phone Ltd;Mobile;DE97;-39,95
        5.09.2026;Booked;Bob Ray;Kim Coach;Three hours;DE96;450,00
        """
    found = take_in(tmp_path, {"account.csv": statement})
    assert values(found) == {"Ann Lee": 125000, "Bob Ray": 45000}
    assert subjects(found) == ["Ann Lee", "Bob Ray"]
    assert reasons(found) == [(3, OUT)]


def test_amounts_without_a_sign_are_told_apart_by_the_word_beside_them(tmp_path):
    ing = """
        Datum;Naam tegenpartij;Tegenrekening;Af Bij;Bedrag (EUR)
        2026-09-03;Ann Lee;NL11;Bij;1250,00
        2026-09-04;Energie BV;NL12;Af;90,00
        2026-09-05;Bob Ray;NL13;Bij;450,00
        """
    found = take_in(tmp_path, {"ing.csv": ing})
    assert values(found) == {"Ann Lee": 125000, "Bob Ray": 45000}
    assert reasons(found) == [(3, "“Af” is nothing that somebody bought")]


def test_members_whose_accounts_stand_beside_them_are_no_statement(tmp_path):
    members = """
        Name,Email,IBAN,Date of joining,Fee
        Ann Lee,ann@x.org,DE98,2026-01-03,20.00
        Bob Ray,bob@x.org,DE97,2026-02-03,20.00
        """
    found = take_in(tmp_path, {"members.csv": members})
    assert found.mapping.files[0].shape == "contacts"


def test_the_day_on_which_somebody_bought_or_paid_makes_a_purchase(tmp_path):
    for header in ("Gekauft am", "Bezahlt am", "Payé le", "Pagado el", "Pagato il", "Betaald op"):
        found = take_in(tmp_path, {"sold.csv": f"Name,{header},Total\nAnn Lee,2026-09-03,80.50\n"})
        assert told(found) == [("Ann Lee", "bought", "2026-09-03")], header
        assert values(found) == {"Ann Lee": 8050}


def test_a_day_of_remembrance_is_not_when_somebody_came(tmp_path):
    people = """
        First Name,Last Name,E-mail 1 - Value,Event 1 - Label,Event 1 - Value
        Ann,Lee,ann@x.org,Anniversary,2016-01-01
        Bob,Ray,bob@x.org,,
        """
    found = take_in(tmp_path, {"contacts.csv": people})
    assert meanings(found)["Event 1 - Value"] == "ignored"
    assert told(found) == []


def test_a_notebook_says_who_it_was(tmp_path):
    found = take_in(
        tmp_path, {"notes.csv": "Datum,Wer,Bezahlt\n2026-09-03,Ann Lee,80\n2026-09-04,Bob Ray,90\n"}
    )
    assert subjects(found) == ["Ann Lee", "Bob Ray"]
