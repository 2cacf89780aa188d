"""Exports whose headers and words are those of a trade or a language of their own."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

from tests.exported import by_subject, meanings, subjects, take_in, told, told_of, values


def test_german_offers_with_the_day_of_the_order(tmp_path):
    text = """
        Angebots-Nr.;Kunde;Bearbeiter;Angebot vom;Auftrag am;Summe netto;Status;Herkunft
        2024-01;Ahorn GmbH;Frau Kühn;05.02.24;01.03.24;12.500,00;Auftrag;Empfehlung
        2024-02;Birke KG;Frau Kühn;15.02.24;;8.000,00;Absage;Messe
        2024-03;Chili AG;Herr Öz;20.02.24;;7.000,00;offen;Webseite
    """
    found = take_in(tmp_path, {"Angebotsliste.csv": text})
    assert told(found) == [
        ("2024-01", "bought", "2024-03-01"),
        ("2024-01", "proposed", "2024-02-05"),
        ("2024-02", "lost", "2024-02-15"),
        ("2024-02", "proposed", "2024-02-15"),
        ("2024-03", "proposed", "2024-02-20"),
    ]
    assert values(found) == {"2024-01": 1250000}
    assert by_subject(found, found.outcome) == {"2024-01": "won", "2024-02": "lost", "2024-03": "open"}


def test_portuguese_and_dutch_deals(tmp_path):
    portuguese = """
        Código,Nome do negócio,Contato,Data de criação,Data de fechamento,Situação,Valor,Origem,Responsável
        1,Obra,Zé Pão,15/01/2024,20/02/2024,Ganho,"R$ 1.500,00",Indicação,Ana
        2,Site,Lu Sá,16/01/2024,21/02/2024,Perdido,"R$ 900,00",Feira,Ana
        3,App,Íris,17/01/2024,,Em andamento,"R$ 700,00",Feira,Ana
    """
    dutch = """
        Offertenummer,Bedrijf,Aangemaakt op,Gesloten op,Status,Bedrag,Verkoper
        1,Appel BV,15-01-2024,20-02-2024,Gewonnen,"€ 1.500,-",Jan
        2,Boom BV,16-01-2024,21-02-2024,Verloren,"€ 900,-",Jan
        3,Citroen,17-01-2024,,Open,"€ 700,-",Jan
    """
    for name, text in (("negocios.csv", portuguese), ("offertes.csv", dutch)):
        found = take_in(tmp_path, {name: text})
        assert told(found) == [
            ("1", "bought", "2024-02-20"),
            ("1", "deal_opened", "2024-01-15"),
            ("2", "deal_opened", "2024-01-16"),
            ("2", "lost", "2024-02-21"),
            ("3", "deal_opened", "2024-01-17"),
        ]
        assert values(found) == {"1": 150000}


def test_a_list_of_trials_with_the_days_of_paying_and_leaving_is_no_list_of_orders(tmp_path):
    text = """
        user_id,email,signed_up_at,trial_started_at,paid_at,churned_at,plan,mrr
        u1,a@x.com,2024-01-02T10:00:00Z,2024-01-03T10:00:00Z,2024-01-17T10:00:00Z,2024-05-01T10:00:00Z,pro,29
        u2,b@x.com,2024-01-04T10:00:00Z,,,,pro,0
    """
    found = take_in(tmp_path, {"users.csv": text})
    assert subjects(found) == ["u1", "u2"]
    assert told_of(found, "u1") == [
        ("bought", "2024-01-17"),
        ("churned", "2024-05-01"),
        ("registered", "2024-01-02"),
        ("trialed", "2024-01-03"),
    ]
    assert values(found) == {"u1": 2900}


def test_gifts_are_what_donors_bought(tmp_path):
    text = """
        Constituent ID,Donor Name,Gift Date,Gift Amount,Appeal
        007,Ann Ø,01/15/2024,$50.00,Gala
        007,Ann Ø,03/02/2024,$75.00,Annual
        008,Bo Li,02/20/2024,$20.00,Gala
    """
    found = take_in(tmp_path, {"gifts.csv": text})
    assert values(found) == {"007": 12500, "008": 2000}
    assert {kind for _, kind, _ in told(found)} == {"bought"}


def test_candidates_are_won_when_hired(tmp_path):
    text = """
        Candidate ID,Candidate Name,Applied On,Current Stage,Interview Date,Hired Date,Rejected Date
        1,Ann,2024-01-02,Hired,2024-01-09,2024-01-20,
        2,Bo,2024-01-03,Rejected,2024-01-10,,2024-01-12
        3,Cy,2024-01-04,Interview,2024-01-11,,
    """
    found = take_in(tmp_path, {"candidates.csv": text})
    assert told_of(found, "1") == [
        ("bought", "2024-01-20"),
        ("had_meeting", "2024-01-09"),
        ("recorded", "2024-01-02"),
    ]
    assert told_of(found, "2") == [
        ("had_meeting", "2024-01-10"),
        ("lost", "2024-01-12"),
        ("recorded", "2024-01-03"),
    ]
    assert by_subject(found, found.outcome) == {"1": "won", "2": "lost", "3": "open"}


def test_an_id_that_a_program_prefixes_and_a_topic_name_the_deal(tmp_path):
    text = """
        (Do Not Modify) Opportunity,Topic,Potential Customer,Est. Revenue,Actual Close Date,Status,Status Reason,Created On
        6fd1-a,Seats,Acme,"$1,500.00",02/20/2024 3:15 PM,Won,Won,01/15/2024 9:00 AM
        6fd1-b,Tables,Bolt,"$900.00",02/21/2024 3:15 PM,Lost,Out-Sold,01/16/2024 9:00 AM
        6fd1-c,Lamps,Cork,"$700.00",,Open,In Progress,01/17/2024 9:00 AM
    """
    found = take_in(tmp_path, {"My Opportunities.csv": text})
    assert meanings(found)["Topic"] == "deal name"
    assert values(found) == {"6fd1-a": 150000}
    assert by_subject(found, found.outcome) == {"6fd1-a": "won", "6fd1-b": "lost", "6fd1-c": "open"}


def test_deals_of_which_only_the_title_is_known(tmp_path):
    text = """
        Deal-Name,Deal-Phase,Betrag,Abschlussdatum,Erstellungsdatum
        Dach,Abgeschlossen und gewonnen,"1.500,00",20.02.2024,15.01.2024
        Tür,Termin vereinbart,"900,00",30.06.2024,16.01.2024
    """
    found = take_in(tmp_path, {"deals.csv": text})
    assert subjects(found) == ["Dach", "Tür"]
    assert told_of(found, "Dach") == [("bought", "2024-02-20"), ("deal_opened", "2024-01-15")]


def test_of_two_columns_of_stages_the_one_with_an_ending_is_the_outcome(tmp_path):
    text = """
        Copper ID,Name,Stage,Status,Value,Close Date,Created At
        1,Roof,Qualified,Won,100,02/20/2024,01/15/2024
        2,Door,Qualified,Lost,70,02/21/2024,01/16/2024
        3,Wall,Qualified,Open,50,06/30/2024,01/17/2024
    """
    found = take_in(tmp_path, {"opportunities.csv": text})
    assert (meanings(found)["Stage"], meanings(found)["Status"]) == ("stage", "outcome")
    assert by_subject(found, found.outcome) == {"1": "won", "2": "lost", "3": "open"}


def test_a_column_with_words_for_won_and_lost_holds_stages_whatever_its_header(tmp_path):
    text = """
        Deal ID,Where it went,Created,Closed
        1,won,2024-01-15,2024-02-20
        2,lost,2024-01-16,2024-02-21
        3,talks,2024-01-17,
        4,talks,2024-01-18,
    """
    found = take_in(tmp_path, {"deals.csv": text})
    assert meanings(found)["Where it went"] == "stage"
    assert by_subject(found, found.outcome) == {"1": "won", "2": "lost", "3": "open", "4": "open"}


def test_what_is_closed_is_neither_won_nor_lost_unless_it_says_so(tmp_path):
    text = """
        lead id,name,created,status,closed
        1,Ann,2024-01-15,Closed,2024-02-20
        2,Bo,2024-01-16,Lost,2024-02-21
        3,Cy,2024-01-17,New,
    """
    found = take_in(tmp_path, {"leads.csv": text})
    assert by_subject(found, found.outcome) == {"2": "lost", "3": "open"}
    assert any("“Closed” in 1 row says neither won nor lost" in note for note in found.notes)


def test_dates_and_amounts_that_nobody_can_tell_are_named(tmp_path):
    text = """
        Deal ID,Status,Opened,Zorp date,Bulk
        1,Won,2024-01-15,2024-02-20,1700.50
        2,Lost,2024-01-16,2024-02-21,1800.25
        3,Open,2024-01-17,,1800.25
    """
    found = take_in(tmp_path, {"deals.csv": text})
    assert any(note.startswith("The dates in “Zorp date” are not used") for note in found.notes)
    assert any("if “Bulk” is one" in note for note in found.notes)


def test_ids_are_the_same_with_and_without_the_zeros_that_a_spreadsheet_drops(tmp_path):
    leads = """
        lead_id,Full name,created
        00001,Ann,2024-01-02
        00002,Bo,2024-01-03
        00010,Cy,2024-01-04
    """
    deals = """
        deal_no,lead_id,won,amount,close date
        900,1,Yes,50,2024-02-02
        901,10.0,No,70,2024-02-03
    """
    found = take_in(tmp_path, {"leads.csv": leads, "deals.csv": deals})
    assert subjects(found) == ["00001", "00002", "00010"]
    assert told_of(found, "00001") == [("bought", "2024-02-02"), ("recorded", "2024-01-02")]
    assert told_of(found, "00010") == [("lost", "2024-02-03"), ("recorded", "2024-01-04")]


def test_ids_that_differ_by_zeros_in_one_file_stay_apart(tmp_path):
    leads = """
        lead_id,Full name,created
        01,Ann,2024-01-02
        1,Bo,2024-01-03
    """
    calls = """
        lead_id,activity,date
        001,Call,2024-01-05
        1,Call,2024-01-06
    """
    found = take_in(tmp_path, {"leads.csv": leads, "calls.csv": calls})
    assert told_of(found, "1") == [("called", "2024-01-06"), ("recorded", "2024-01-03")]
    assert told_of(found, "01") == [("recorded", "2024-01-02")]
    assert told_of(found, "001") == [("called", "2024-01-05")]


def test_a_list_with_columns_of_yes_and_no_is_no_log(tmp_path):
    text = """
        Lead #,Lead,Date in,Replied?,Signed?,Signed on
        1,Ann,2024-01-02,Yes,Yes,2024-02-02
        2,Bo,2024-01-03,No,No,
        3,Cy,2024-01-04,Yes,,
    """
    found = take_in(tmp_path, {"leads.csv": text})
    assert told(found) == [
        ("1", "bought", "2024-02-02"),
        ("1", "recorded", "2024-01-02"),
        ("2", "recorded", "2024-01-03"),
        ("3", "recorded", "2024-01-04"),
    ]
    assert by_subject(found, found.outcome) == {"1": "won", "2": "lost"}
