"""Histories of stages: every row says that a deal, or a contact, was put into a stage on some day."""

from __future__ import annotations

from leadline.engine.importers import Mapping
from leadline.engine.importers.columns.mapping import FileMapping, Meaning
from tests.exported import by_subject, is_accounted_for, meanings, reasons, take_in, told, told_of, values

CHANGES = """
    Id,OpportunityId,StageName,CreatedDate,Amount,CloseDate
    h1,O1,Prospecting,2024-01-02T10:00:00Z,1000,2024-06-01
    h2,O1,Negotiation,2024-01-20T10:00:00Z,1000,2024-06-01
    h3,O1,Closed Won,2024-02-05T10:00:00Z,1200,2024-02-05
    h4,O2,Prospecting,2024-01-04T10:00:00Z,500,2024-07-01
    h5,O2,Closed Lost,2024-03-01T10:00:00Z,500,2024-03-01
    h6,O3,Prospecting,2024-01-06T10:00:00Z,700,2024-08-01
    h7,O3,Proposal,2024-01-30T10:00:00Z,700,2024-08-01
"""


def test_each_change_of_a_stage_is_a_touch_by_its_word(tmp_path):
    found = take_in(tmp_path, {"opportunity.csv": CHANGES})
    assert found.mapping.files[0].shape == "stage history"
    assert found.unit == "deal"
    assert told(found) == [
        ("O1", "bought", "2024-02-05"),
        ("O1", "deal_opened", "2024-01-02"),
        ("O2", "deal_opened", "2024-01-04"),
        ("O2", "lost", "2024-03-01"),
        ("O3", "deal_opened", "2024-01-06"),
    ]
    assert is_accounted_for(found)
    assert not found.unused
    assert any("is a stage of the program's own" in note for note in found.notes)


def test_the_latest_row_says_how_it_ended_what_was_typed_and_what_it_brought(tmp_path):
    backwards = "\n".join([CHANGES.split("\n")[1], *reversed(CHANGES.rstrip().split("\n")[2:])])
    for text in (CHANGES, backwards):
        found = take_in(tmp_path, {"opportunity.csv": text})
        assert by_subject(found, found.outcome) == {"O1": "won", "O2": "lost", "O3": "open"}
        assert by_subject(found, found.typed) == {"O1": "Closed Won", "O2": "Closed Lost", "O3": "Proposal"}
        assert values(found) == {"O1": 120000}


def test_a_deal_that_was_won_twice_is_paid_once_and_one_that_was_lost_again_not_at_all(tmp_path):
    text = """
        id,stage,changed on,amount
        1,Won,2024-01-10,100
        1,Offer,2024-01-20,100
        1,Won,2024-02-01,150
        1,Won,2024-02-03,160
        2,Won,2024-01-11,70
        2,Lost,2024-02-11,70
    """
    found = take_in(tmp_path, {"changes.csv": text})
    assert told(found) == [
        ("1", "bought", "2024-01-10"),
        ("1", "bought", "2024-02-01"),
        ("2", "bought", "2024-01-11"),
        ("2", "lost", "2024-02-11"),
    ]
    assert values(found) == {"1": 16000}
    assert by_subject(found, found.outcome) == {"1": "won", "2": "lost"}
    assert any("same as before in 1 row" in note for note in found.notes)


def test_stages_of_contacts_are_marks_that_somebody_set(tmp_path):
    text = """
        Email,Lifecycle Stage,Date
        ann@x.com,Lead,2024-01-02
        ann@x.com,MQL,2024-01-09
        ann@x.com,Customer,2024-02-01
        bob@x.com,Subscriber,2024-01-03
        bob@x.com,Sales qualified lead,2024-01-13
        bob@x.com,Unqualified,2024-01-20
    """
    found = take_in(tmp_path, {"stages.csv": text})
    assert found.unit == "contact"
    assert told_of(found, "ann@x.com") == [
        ("marked_customer", "2024-02-01"),
        ("marked_lead", "2024-01-02"),
        ("marked_mql", "2024-01-09"),
    ]
    assert told_of(found, "bob@x.com") == [
        ("disqualified", "2024-01-20"),
        ("marked_sql", "2024-01-13"),
        ("marked_subscriber", "2024-01-03"),
    ]


def test_old_and_new_stage_stand_in_one_row(tmp_path):
    text = """
        deal id;old stage;new stage;changed on;changed by
        7;;New;15.01.2024;Mo
        7;New;Won;20.02.2024;Mo
        8;;New;16.01.2024;Di
    """
    found = take_in(tmp_path, {"export.csv": text})
    assert meanings(found) == {
        "deal id": "deal id",
        "old stage": "ignored",
        "new stage": "stage",
        "changed on": "happened at",
        "changed by": "ignored",
    }
    assert told_of(found, "7") == [("bought", "2024-02-20"), ("deal_opened", "2024-01-15")]


def test_changes_of_other_fields_are_left_out_with_the_reason(tmp_path):
    text = """
        OpportunityId,Field,OldValue,NewValue,CreatedDate
        7,created,,,2024-01-15
        7,Amount,ten,twelve,2024-01-17
        7,StageName,Prospecting,Closed Won,2024-02-20
        8,created,,,2024-01-16
        8,StageName,Prospecting,Closed Lost,2024-02-22
    """
    found = take_in(tmp_path, {"fields.csv": text})
    assert reasons(found) == [(3, "a change of “Amount”, not of the stage")]
    assert told_of(found, "7") == [("bought", "2024-02-20"), ("deal_opened", "2024-01-15")]
    assert told_of(found, "8") == [("deal_opened", "2024-01-16"), ("lost", "2024-02-22")]


def test_words_of_ones_own_can_be_given_a_kind_or_an_ending(tmp_path):
    text = """
        deal id,stage,changed on
        1,Brief,2024-01-10
        1,Pitch,2024-01-20
        1,Handed over,2024-02-01
        2,Brief,2024-01-11
        2,Pitch,2024-01-21
    """
    given = Mapping(kinds={"Pitch": "asked"}, outcomes={"handed over": "won"})
    found = take_in(tmp_path, {"changes.csv": text}, mapping=given)
    assert told_of(found, "1") == [
        ("asked", "2024-01-20"),
        ("bought", "2024-02-01"),
        ("deal_opened", "2024-01-10"),
    ]
    assert by_subject(found, found.outcome) == {"1": "won", "2": "open"}


def test_a_deal_that_stands_twice_in_a_list_of_deals_is_no_history(tmp_path):
    text = """
        Deal ID,Stage,Created,Closed,Amount
        1,Offer,2024-01-10,,100
        1,Won,2024-01-10,2024-02-01,100
        2,Lost,2024-01-11,2024-02-02,70
    """
    found = take_in(tmp_path, {"deals.csv": text})
    assert found.mapping.files[0].shape == "deals"
    assert told_of(found, "1") == [("bought", "2024-02-01"), ("deal_opened", "2024-01-10")]


def test_a_deal_that_is_open_on_one_row_and_lost_on_another_is_lost(tmp_path):
    text = """
        Deal ID,Stage,Created,Closed,Amount
        1,Offer,2024-01-10,,100
        1,Lost,2024-01-10,2024-02-01,100
        2,Offer,2024-01-11,,70
    """
    found = take_in(tmp_path, {"deals.csv": text})
    assert by_subject(found, found.outcome) == {"1": "lost", "2": "open"}


def test_a_history_beside_the_deals_tells_when_and_the_deals_tell_how_much(tmp_path):
    deals = """
        Deal ID,Deal Name,Stage,Amount,Created,Close Date
        1,Roof,Won,100,2024-01-10,2024-02-01
        2,Door,Negotiation,70,2024-01-11,2024-09-01
    """
    history = """
        Deal ID,Stage,Entered on,Amount
        1,New,2024-01-10,90
        1,Won,2024-02-01,100
        2,New,2024-01-11,70
        2,Negotiation,2024-01-15,70
    """
    found = take_in(tmp_path, {"deals.csv": deals, "stage_history.csv": history})
    assert told(found) == [
        ("1", "bought", "2024-02-01"),
        ("1", "deal_opened", "2024-01-10"),
        ("2", "deal_opened", "2024-01-11"),
    ]
    assert values(found) == {"1": 10000}


def test_the_rows_of_a_history_in_which_nothing_is_a_stage_are_set_apart(tmp_path):
    columns = {"When": Meaning(means="happened at"), "Who": Meaning(means="name")}
    said = Mapping(files=(FileMapping(name="diary.csv", shape="stage history", columns=columns),))
    found = take_in(tmp_path, {"diary.csv": "When,Who\n2026-02-25,Ann Lee\n"}, mapping=said)
    assert reasons(found) == [(2, "nothing says which stage was set")]
    assert is_accounted_for(found)
