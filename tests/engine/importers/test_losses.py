"""Whoever was lost on a day that nobody wrote down is not among those to be asked next."""

from __future__ import annotations

import pytest

from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from tests.exported import take_in, told_of, values


def stages_of(found, subject):
    return [row["stage"] for row in derive(found.touches, load_funnel("voltage")).of_contact(subject)]


@pytest.mark.parametrize("word", ["verloren", "kein Interesse", "storniert", "Perdu", "lost", "cancelled"])
def test_who_was_lost_and_not_when_was_lost_on_the_last_day_of_the_row(tmp_path, word):
    found = take_in(
        tmp_path,
        {
            "kunden.csv": f"""
            Kundennummer;E-Mail;Erstkontakt am;Quelle;Angebot am;Auftrag am;Status
            1;ada@x.example;03.01.2025;Messe;15.01.2025;01.02.2025;gewonnen
            2;bob@x.example;05.01.2025;Website;;;offen
            3;cid@x.example;09.02.2025;Messe;;;{word}
            4;dan@x.example;11.02.2025;Website;22.02.2025;;{word}
            """
        },
    )
    assert told_of(found, "3")[-1] == ("recorded", "2025-02-09")
    assert ("lost", "2025-02-09") in told_of(found, "3")
    assert ("lost", "2025-02-22") in told_of(found, "4")
    assert not {"lost"} & {kind for who in "12" for kind, _ in told_of(found, who)}
    assert stages_of(found, "3") == ["lead", "lost"]
    assert any("In 2 rows the file says lost, and not when" in note for note in found.notes)


def test_a_list_of_people_says_how_things_are_after_all_that_other_files_tell(tmp_path):
    found = take_in(
        tmp_path,
        {
            "contacts.csv": """
            Email,Created Date,Lead Status
            ada@x.example,2025-01-03,Lost
            bob@x.example,2025-01-05,Open
            """,
            "log.csv": """
            Email,kind,happened_at
            ada@x.example,called,2025-03-03
            bob@x.example,called,2025-03-04
            """,
        },
    )
    assert ("lost", "2025-03-03") in told_of(found, "ada@x.example")
    assert "lost" not in {kind for kind, _ in told_of(found, "bob@x.example")}


def test_who_bought_or_has_another_deal_open_is_not_lost(tmp_path):
    found = take_in(
        tmp_path,
        {
            "contacts.csv": """
            Email,Created Date,Lead Status
            ada@x.example,2025-01-03,Lost
            bob@x.example,2025-01-04,Lost
            cid@x.example,2025-01-05,Open
            """,
            "orders.csv": """
            Order ID,Email,Order Date,Total
            1,ada@x.example,2025-02-03,50.00
            2,cid@x.example,2025-02-04,50.00
            """,
        },
    )
    assert "lost" not in {kind for kind, _ in told_of(found, "ada@x.example")}
    assert "lost" in {kind for kind, _ in told_of(found, "bob@x.example")}


def test_a_row_with_an_end_of_its_own_is_left_as_it_is(tmp_path):
    found = take_in(
        tmp_path,
        {
            "deals.csv": """
            Deal ID,Deal Name,Created Date,Close Date,Deal Stage
            1,Alp,2025-01-03,2025-02-03,Closed Lost
            2,Bay,2025-01-04,,Closed Lost
            3,Cap,2025-01-05,2025-02-05,Closed Won
            """
        },
    )
    assert told_of(found, "1") == [("deal_opened", "2025-01-03"), ("lost", "2025-02-03")]
    assert told_of(found, "2") == [("deal_opened", "2025-01-04"), ("lost", "2025-01-04")]


MEMBERS = """
    member_id,name,joined,plan,monthly_price,status,cancelled_at
    1,Ada,2025-01-05,basic,19.00,active,
    2,Bob,2025-01-09,pro,49.00,cancelled,2025-04-09
    3,Cid,2025-02-01,basic,19.00,paused,
    4,Dan,2025-02-11,pro,49.00,trial,
    5,Eve,2025-03-02,basic,19.00,cancelled,
    """


def test_a_day_of_renewing_is_a_renewal_and_counts_its_amount_too(tmp_path):
    text = """
    member_id,joined,plan,monthly_price,renewed_on
    1,2025-01-05,basic,19.00,2026-01-05
    2,2025-01-09,pro,49.00,
    """
    found = take_in(tmp_path, {"members.csv": text})
    assert told_of(found, "1") == [("bought", "2025-01-05"), ("renewed", "2026-01-05")]
    assert found.touches.value.tolist().count(1_900) == 2
    assert sum("counted once" in note for note in found.notes) == 1


def test_a_member_who_pays_is_a_client_from_the_day_of_joining(tmp_path):
    found = take_in(tmp_path, {"members.csv": MEMBERS})
    assert told_of(found, "1") == [("bought", "2025-01-05")]
    assert told_of(found, "2") == [("bought", "2025-01-09"), ("churned", "2025-04-09")]
    assert told_of(found, "3") == [("bought", "2025-02-01")]
    assert values(found) == {"1": 1_900, "2": 4_900, "3": 1_900, "5": 1_900}
    assert found.monthly == ("monthly_price",)
    once = "“monthly_price” is counted once for each purchase on record, on its day"
    assert f"{once}: nothing says what was paid since." in found.notes


def test_a_member_on_trial_has_bought_nothing(tmp_path):
    assert told_of(take_in(tmp_path, {"members.csv": MEMBERS}), "4") == [("trialed", "2025-02-11")]


def test_a_member_who_cancelled_on_an_unknown_day_is_named_and_is_no_client_any_more(tmp_path):
    found = take_in(tmp_path, {"members.csv": MEMBERS})
    assert told_of(found, "5") == [("bought", "2025-03-02"), ("churned", "2025-03-02")]
    assert stages_of(found, "5") == ["client", "former client"]
    assert any("In 1 row the file says “cancelled”, and not when (line 6)" in note for note in found.notes)


def test_without_a_price_joining_is_no_purchase(tmp_path):
    text = "member_id,name,joined,city\n1,Ada,2025-01-05,Ulm\n2,Bob,2025-01-06,Bonn\n"
    assert "bought" not in {kind for kind, _ in told_of(take_in(tmp_path, {"m.csv": text}), "1")}
