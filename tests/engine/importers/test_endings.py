"""Members who cancelled: one ending, on its day, and none on the day on which their record was made."""

from __future__ import annotations

from tests.exported import by_subject, take_in, told_of

CUSTOMERS = """
    id,Email,Name,Created (UTC),Status
    cus_1,ann@x.org,Ann,2026-01-02 10:00,active
    cus_2,bob@x.org,Bob,2026-01-03 10:00,canceled
    """
PAYMENTS = """
    id,Created (UTC),Amount,Currency,Status,Customer ID,Customer Email
    ch_1,2026-01-03 10:05,20.00,eur,Paid,cus_2,bob@x.org
    ch_2,2026-02-03 10:05,20.00,eur,Paid,cus_2,bob@x.org
    ch_3,2026-02-04 10:05,20.00,eur,Paid,cus_1,ann@x.org
    """
SUBSCRIPTIONS = """
    id,Customer ID,Customer Email,Plan,Status,Start (UTC),Canceled At (UTC),Ended At (UTC),Amount,Currency
    sub_1,cus_1,ann@x.org,basic,active,2026-01-02 10:00,,,20.00,eur
    sub_2,cus_2,bob@x.org,basic,canceled,2026-01-03 10:00,2026-03-04 10:00,2026-03-31 10:00,20.00,eur
    sub_3,cus_3,cem@x.org,basic,canceled,2026-01-05 10:00,2026-03-06 10:00,,20.00,eur
    sub_4,cus_4,dee@x.org,basic,active,2026-01-05 10:00,2026-03-06 10:00,,20.00,eur
    """


def test_who_cancelled_and_nobody_says_when_was_not_lost_when_the_record_was_made(tmp_path):
    found = take_in(tmp_path, {"customers.csv": CUSTOMERS})
    assert told_of(found, "cus_2") == [("recorded", "2026-01-03")]
    assert "lost" not in by_subject(found, found.outcome).values()
    assert any("“canceled”, and neither what was bought nor when that ended" in note for note in found.notes)


def test_who_cancelled_and_paid_by_another_file_ended_after_the_last_payment(tmp_path):
    found = take_in(tmp_path, {"customers.csv": CUSTOMERS, "payments.csv": PAYMENTS})
    assert told_of(found, "cus_2") == [
        ("bought", "2026-01-03"),
        ("bought", "2026-02-03"),
        ("churned", "2026-02-03"),
        ("recorded", "2026-01-03"),
    ]
    assert told_of(found, "cus_1") == [("bought", "2026-02-04"), ("recorded", "2026-01-02")]


def test_a_day_of_cancelling_and_a_day_of_ending_are_one_ending_on_its_day(tmp_path):
    found = take_in(tmp_path, {"subscriptions.csv": SUBSCRIPTIONS})
    ended = {
        who: [day for kind, day in told_of(found, who) if kind == "churned"] for who in ("cus_1", "cus_2")
    }
    assert ended == {"cus_1": [], "cus_2": ["2026-03-31"]}
    assert [day for kind, day in told_of(found, "cus_3") if kind == "churned"] == ["2026-03-06"]


def test_who_cancelled_and_still_is_a_member_has_not_ended_yet(tmp_path):
    found = take_in(tmp_path, {"subscriptions.csv": SUBSCRIPTIONS})
    assert not [day for kind, day in told_of(found, "cus_4") if kind == "churned"]
    assert any("In 1 row an end was announced" in note for note in found.notes)


def test_a_list_of_customers_with_both_days_has_the_later_one(tmp_path):
    text = """
    id,Email,Created (UTC),Plan,Status,Canceled At (UTC),Ended At (UTC)
    cus_1,ann@x.org,2026-01-02 10:00,basic,active,,
    cus_2,bob@x.org,2026-01-03 10:00,basic,canceled,2026-03-04 10:00,2026-03-31 10:00
    """
    found = take_in(tmp_path, {"customers.csv": text})
    assert told_of(found, "cus_2") == [("churned", "2026-03-31"), ("recorded", "2026-01-03")]
