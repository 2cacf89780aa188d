"""Lists of the guests of an event: who registered, who came, and who was only invited."""

from __future__ import annotations

from tests.exported import meanings, take_in, told, told_of

GUESTS = """
    name,email,created_at,approval_status,checked_in_at,ticket_name
    Ann Lee,ann@a.example,2026-02-01,approved,2026-03-01,Standard
    Bob Ray,bob@b.example,2026-02-02,approved,,Standard
    Cat Fox,cat@c.example,2026-02-03,declined,,Standard
    Dan Day,dan@d.example,2026-02-04,invited,,Standard
    Eve Elm,eve@e.example,2026-02-05,waitlist,2026-03-01,Standard
    """


def test_a_guest_who_was_approved_registered_and_others_were_recorded(tmp_path):
    found = take_in(tmp_path, {"guests.csv": GUESTS})
    assert meanings(found)["approval_status"] == "coming"
    assert told(found) == [
        ("ann@a.example", "attended", "2026-03-01"),
        ("ann@a.example", "registered", "2026-02-01"),
        ("bob@b.example", "registered", "2026-02-02"),
        ("cat@c.example", "recorded", "2026-02-03"),
        ("dan@d.example", "recorded", "2026-02-04"),
        ("eve@e.example", "attended", "2026-03-01"),
        ("eve@e.example", "recorded", "2026-02-05"),
    ]
    assert any("the guest is “declined”, “invited” or “waitlist”" in note for note in found.notes)


def test_the_day_of_the_registration_is_that_of_those_who_said_yes(tmp_path):
    found = take_in(
        tmp_path,
        {
            "gaeste.csv": """
            Vorname,Nachname,E-Mail,Anmeldung am,Status,Veranstaltung
            Ann,Lee,ann@a.example,01.02.2026,angemeldet,Sommerfest
            Bob,Ray,bob@b.example,02.02.2026,Warteliste,Sommerfest
            Cat,Fox,cat@c.example,23.02.2026,angemeldet,Sommerfest
            """
        },
    )
    assert [kind for _, kind, _ in told(found)] == ["registered", "recorded", "registered"]


def test_a_status_of_leads_with_such_words_stays_one(tmp_path):
    found = take_in(
        tmp_path,
        {
            "leads.csv": """
            Name,Email,Created,Status
            Ann Lee,ann@a.example,2026-02-01,Approved
            Bob Ray,bob@b.example,2026-02-02,Declined
            Cat Fox,cat@c.example,2026-02-03,Approved
            """
        },
    )
    assert meanings(found)["Status"] == "stage"
    assert told_of(found, "bob@b.example") == [("lost", "2026-02-02"), ("recorded", "2026-02-02")]
