"""Deals: each date becomes the touch it stands for, and a date that somebody expects becomes none."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

from leadline.engine.importers import Mapping
from tests.exported import (
    by_subject,
    is_accounted_for,
    meanings,
    reasons,
    subjects,
    take_in,
    told,
    told_of,
    values,
)

PIPELINE = """
    opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
    O1,Mo,Basic,Alder,Won,2016-10-20,2017-03-01,1054
    O2,Di,Pro,Birch,Lost,2016-10-25,2017-03-11,0
    O3,Mo,Pro,,Engaging,2016-11-02,,
    O4,Di,Pro,Alder,Prospecting,,,
    O5,Di,Basic,Alder,Prospecting,,,
"""


def test_engaged_won_and_lost_are_touches_of_the_deal(tmp_path):
    found = take_in(tmp_path, {"pipeline.csv": PIPELINE})
    assert found.unit == "deal"
    assert told(found) == [
        ("O1", "bought", "2017-03-01"),
        ("O1", "engaged", "2016-10-20"),
        ("O2", "engaged", "2016-10-25"),
        ("O2", "lost", "2017-03-11"),
        ("O3", "engaged", "2016-11-02"),
    ]
    assert values(found) == {"O1": 105400}


def test_deals_without_a_date_are_subjects_and_are_noted(tmp_path):
    found = take_in(tmp_path, {"pipeline.csv": PIPELINE})
    assert subjects(found) == ["O1", "O2", "O3", "O4", "O5"]
    assert "2 of 5 deals have no date at all (2 “Prospecting”): counted, but nowhere in time." in found.notes


def test_what_is_typed_and_how_it_ended_are_kept_beside_the_touches(tmp_path):
    found = take_in(tmp_path, {"pipeline.csv": PIPELINE})
    assert by_subject(found, found.typed)["O3"] == "Engaging"
    assert by_subject(found, found.outcome) == {
        "O1": "won",
        "O2": "lost",
        "O3": "open",
        "O4": "open",
        "O5": "open",
    }
    assert by_subject(found, found.attributes["product"])["O2"] == "Pro"
    assert by_subject(found, found.attributes["company"])["O1"] == "Alder"


SALESFORCE = """
    Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,StageName,Amount,CloseDate,CreatedDate,LeadSource,IsWon,IsClosed
    0061,Aldo seats,Aldo Corp,Mia,Closed Won,12000,3/15/2024,1/20/2024,Trade Show,1,1
    0062,Brix renewal,Brix Inc,Mia,Closed Lost,8000,2/28/2024,1/22/2024,Web,0,1
    0063,Cato pilot,Cato SA,Raj,Proposal,5000,6/30/2024,2/2/2024,Partner,0,0
"""


def test_the_close_date_of_an_open_deal_is_expected_and_no_touch(tmp_path):
    found = take_in(tmp_path, {"opportunities.csv": SALESFORCE})
    assert told_of(found, "0063") == [("deal_opened", "2024-02-02")]
    assert told_of(found, "0061") == [("bought", "2024-03-15"), ("deal_opened", "2024-01-20")]
    assert told_of(found, "0062") == [("deal_opened", "2024-01-22"), ("lost", "2024-02-28")]
    assert "The close date of 1 open deal is what somebody expects: it is no touch." in found.notes


def test_a_close_date_with_neither_won_nor_lost_is_no_evidence(tmp_path):
    text = """
        Deal ID,Pipeline phase,Created,Close Date,Amount
        1,Kickoff,2024-01-01,2024-03-01,100
        2,Kickoff,2024-01-02,2024-03-02,100
        3,Wrap-up,2024-01-03,2024-03-03,100
    """
    found = take_in(tmp_path, {"deals.csv": text})
    assert {kind for _, kind, _ in told(found)} == {"deal_opened"}
    assert found.outcome is None
    assert any("nothing says whether it was won or lost" in note for note in found.notes)
    columns = {"Pipeline phase": "stage"}
    mapped = take_in(
        tmp_path, {"deals.csv": text}, mapping=Mapping(columns=columns, outcomes={"wrap up": "won"})
    )
    assert told_of(mapped, "3") == [("bought", "2024-03-03"), ("deal_opened", "2024-01-03")]
    assert by_subject(mapped, mapped.outcome) == {"1": "open", "2": "open", "3": "won"}


def test_separate_times_of_winning_and_losing_and_an_expected_close(tmp_path):
    found = take_in(
        tmp_path,
        {
            "deals.csv": """
            Deal - ID,Deal - Title,Deal - Owner,Person - Name,Organization - Name,Deal - Stage,Deal - Status,Deal - Value,Deal - Currency of Value,Deal - Deal created,Deal - Won time,Deal - Lost time,Deal - Lost reason,Deal - Expected close date,Deal - Next activity date
            11,Roof Miller,Eva,Max,Miller KG,Offer,Won,7200,EUR,2024-02-01 08:15:00,2024-03-02 17:00:00,,,2024-03-10,
            12,Roof Sanz,Eva,Pia,,First talk,Lost,3100,EUR,2024-02-03 09:00:00,,2024-02-20 12:30:00,Price,2024-04-01,
            13,Solar Otto,Jan,Otto,Ott GmbH,Offer,Open,15000,EUR,2024-02-05 10:45:00,,,,2024-05-01,2024-03-20
            """
        },
    )
    assert told(found) == [
        ("11", "bought", "2024-03-02"),
        ("11", "deal_opened", "2024-02-01"),
        ("12", "deal_opened", "2024-02-03"),
        ("12", "lost", "2024-02-20"),
        ("13", "deal_opened", "2024-02-05"),
    ]
    assert by_subject(found, found.typed) == {"11": "Offer", "12": "First talk", "13": "Offer"}
    assert by_subject(found, found.outcome) == {"11": "won", "12": "lost", "13": "open"}
    assert by_subject(found, found.attributes["lost reason"]) == {"12": "Price"}
    assert set(found.touches.columns["currency"].values()) == {"EUR"}


def test_ids_that_are_called_record_id_are_those_of_deals_in_a_file_of_deals(tmp_path):
    found = take_in(
        tmp_path,
        {
            "export.csv": """
            Record Id,Deal Name,Deal Owner,Account Name,Contact Name,Amount,Stage,Closing Date,Lead Source,Created Time
            z1,Alpha,Nia,Alpha Ltd,Ann,"$1,200.00",Closed Won,2023-05-10,Cold Call,2023-04-01 10:00:00
            z2,Beta,Nia,Beta Ltd,Bob,$900.00,Closed Lost to Competition,2023-05-12,Advertisement,2023-04-03 10:00:00
            """
        },
    )
    assert told(found) == [
        ("z1", "bought", "2023-05-10"),
        ("z1", "deal_opened", "2023-04-01"),
        ("z2", "deal_opened", "2023-04-03"),
        ("z2", "lost", "2023-05-12"),
    ]
    assert values(found) == {"z1": 120000}
    assert by_subject(found, found.attributes["source"]) == {"z1": "Cold Call", "z2": "Advertisement"}


def test_a_french_file_with_decimal_commas(tmp_path):
    found = take_in(
        tmp_path,
        {
            "affaires.csv": """
            Référence;Nom de l'affaire;Client;Étape;Montant;Date de création;Date de clôture;Commercial;Motif de perte
            A1;Site vitrine;Boulangerie Roux;Gagné;1 500,00 €;03/02/2024;28/02/2024;Léa;
            A2;Refonte;Garage Petit;Perdu;2 300,00 €;14/02/2024;20/03/2024;Léa;Prix
            A3;Audit;Mairie;Devis envoyé;900,00 €;20/02/2024;30/06/2024;Marc;
            """
        },
    )
    assert told(found) == [
        ("A1", "bought", "2024-02-28"),
        ("A1", "deal_opened", "2024-02-03"),
        ("A2", "deal_opened", "2024-02-14"),
        ("A2", "lost", "2024-03-20"),
        ("A3", "deal_opened", "2024-02-20"),
    ]
    assert values(found) == {"A1": 150000}


def test_deals_without_ids_stand_for_themselves_line_by_line(tmp_path):
    found = take_in(
        tmp_path,
        {
            "deals.csv": """
            Company,Deal Value,Stage,Created,Closed,Rep
            Alpha,100,Won,2024-01-01,2024-02-01,Nia
            Alpha,200,Lost,2024-01-03,2024-02-03,Nia
            Beta,300,Proposal,2024-01-05,,Leo
            """
        },
    )
    assert found.unit == "deal"
    assert subjects(found) == ["line 2", "line 3", "line 4"]
    assert told_of(found, "line 2") == [("bought", "2024-02-01"), ("deal_opened", "2024-01-01")]


def test_flaws_in_single_rows_are_counted_and_stop_nothing(tmp_path):
    found = take_in(
        tmp_path,
        {
            "deals.csv": """
            Deal ID,Stage,Created,Close Date,Amount
            1,Closed Won,2024-01-01,soon,100
            2,Closed Won,2024-03-01,2024-02-01,$1.5K
            3,Kickoff,2024-01-05,2024-05-05,n/a
            3,Kickoff,2024-01-05,2024-05-06,n/a
            4,Closed Lost,1824-01-05,2024-05-06,50
            ,Closed Lost,2024-01-05,2024-05-06,50
            1,Closed Won,2024-01-01,soon,100
            """
        },
    )
    assert told(found) == [
        ("1", "deal_opened", "2024-01-01"),
        ("2", "bought", "2024-02-01"),
        ("2", "deal_opened", "2024-03-01"),
        ("3", "deal_opened", "2024-01-05"),
        ("4", "lost", "2024-05-06"),
    ]
    assert values(found) == {"1": 10000, "2": 150000}
    assert reasons(found) == [
        (7, "no deal id: whom the row is about isn't said"),
        (8, "the same as line 2"),
    ]
    notes = " ".join(found.notes)
    for said in (
        "“soon”",
        "1824-01-05",
        "“n/a”",
        "before the one on which it was created",
        "more than one row",
    ):
        assert said.casefold() in notes.casefold()
    assert is_accounted_for(found)


def test_a_deal_on_two_rows_brought_its_amount_once(tmp_path):
    found = take_in(
        tmp_path,
        {
            "deals.csv": """
            Deal ID,Stage,Created,Close Date,Amount,Owner
            1,Won,2024-01-01,2024-02-01,100,Mo
            1,Won,2024-01-01,2024-02-01,100,Di
            2,Won,2024-01-01,,70,Mo
            2,Won,2024-01-01,,70,Di
            3,Open,2024-01-01,,5,Di
            """
        },
    )
    assert values(found) == {"1": 10000, "2": 7000}
    assert told_of(found, "1") == [("bought", "2024-02-01"), ("deal_opened", "2024-01-01")]


def test_a_lost_reason_beside_a_close_date_says_lost_where_nothing_else_does(tmp_path):
    found = take_in(
        tmp_path,
        {
            "deals.csv": """
            Deal ID,Created,Close Date,Lost Reason,Amount
            1,2024-01-01,2024-02-01,Price,10
            2,2024-01-02,2024-02-02,,20
            """
        },
    )
    assert meanings(found)["Lost Reason"] == "lost reason"
    assert told_of(found, "1") == [("deal_opened", "2024-01-01"), ("lost", "2024-02-01")]
    assert told_of(found, "2") == [("deal_opened", "2024-01-02")]


def test_a_list_kept_by_hand_with_a_date_for_each_step(tmp_path):
    found = take_in(
        tmp_path,
        {
            "my clients.csv": """
            Client;Contacted;First call;Proposal sent;Signed;Amount;Won?;Where from
            Bakery Roux;3 Jan 2024;5 Jan 2024;9 Jan 2024;20 Jan 2024;€1.200;Y;a friend
            Garage Petit;4 Jan 2024;8 Jan 2024;;;;N;Instagram
            Town hall;9 Jan 2024;;;;;;Instagram
            """
        },
    )
    assert told_of(found, "Bakery Roux") == [
        ("bought", "2024-01-20"),
        ("called", "2024-01-05"),
        ("messaged", "2024-01-03"),
        ("proposed", "2024-01-09"),
    ]
    assert values(found) == {"Bakery Roux": 120000}
    assert by_subject(found, found.outcome) == {"Bakery Roux": "won", "Garage Petit": "lost"}
    assert by_subject(found, found.attributes["source"])["Town hall"] == "Instagram"


def test_the_day_on_which_it_was_won_or_lost_is_surer_than_the_close_date(tmp_path):
    deals = """
    Deal ID,Name,Status,Value,Close Date,Created At,Date Won/Lost
    1,Website,Won,2000,2026-03-31,2026-02-01,2026-02-21
    2,Logo,Lost,2000,2026-03-31,2026-02-02,2026-02-22
    """
    found = take_in(tmp_path, {"deals.csv": deals})
    assert ("bought", "2026-02-21") in told_of(found, "1")
    assert ("lost", "2026-02-22") in told_of(found, "2")


def test_a_column_that_says_whether_a_deal_is_closed_is_not_read_as_one_of_appointments(tmp_path):
    deals = """
    Deal-ID,Dealname,Angelegt am,Abschlussdatum,Betrag,Gewonnen,Abgeschlossen
    D1,Alpha,05.01.2025,20.01.2025,100,ja,ja
    D2,Beta,06.01.2025,21.01.2025,200,nein,ja
    D3,Gamma,07.01.2025,22.05.2025,300,nein,nein
    """
    found = take_in(tmp_path, {"deals.csv": deals})
    assert meanings(found)["Abgeschlossen"] == "closed or not"
    assert [(who, kind) for who, kind, _ in told(found) if kind in ("bought", "lost")] == [
        ("D1", "bought"),
        ("D2", "lost"),
    ]
