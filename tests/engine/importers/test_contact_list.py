"""Lists of contacts: the day a record was made, what its source says, and what else has a date."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

import pytest

from leadline.engine.importers.sorts.sources import find_path, find_source_kind
from leadline.engine.instants import to_instant
from tests.exported import by_subject, is_accounted_for, meanings, reasons, subjects, take_in, told, told_of


def test_a_list_with_a_created_date_and_a_source(tmp_path):
    found = take_in(
        tmp_path,
        {
            "people.csv": """
            Name,Company,Email,Date Added,Lead Status,Source
            Ann,Alp,ann@alp.example,Jan 5 2024,New,LinkedIn
            Bob,Bet,bob@bet.example,Jan 9 2024,Qualified,Trade Show
            Cat,Cet,cat@cet.example,Jan 12 2024,New,the moon
            Dan,Det,dan@det.example,,New,Referral
            """
        },
    )
    assert found.unit == "contact"
    assert told(found) == [
        ("ann@alp.example", "filled_form", "2024-01-05"),
        ("ann@alp.example", "recorded", "2024-01-05"),
        ("bob@bet.example", "met", "2024-01-09"),
        ("bob@bet.example", "recorded", "2024-01-09"),
        ("cat@cet.example", "recorded", "2024-01-12"),
    ]
    assert "dan@det.example" in subjects(found)
    assert any("1 of 4 contacts has no date at all" in note for note in found.notes)
    assert any("“the moon”" in note for note in found.notes)
    assert by_subject(found, found.typed)["bob@bet.example"] == "Qualified"
    assert by_subject(found, found.names["name"])["bob@bet.example"] == "Bob"
    assert found.find("BOB") == "bob@bet.example"


@pytest.mark.parametrize(
    ("source", "path", "kind"),
    [
        ("Organic Search", "website", "filled_form"),
        ("organic_search", "website", "filled_form"),
        ("Paid Search", "advertising", "filled_form"),
        ("Facebook", "social", "filled_form"),
        ("Newsletter", "email", "subscribed"),
        ("E-mail", "email", None),
        ("eBook download", "content", "downloaded"),
        ("Webinar", "speaking", "registered"),
        ("Customer Referral", "referral", "referred"),
        ("Trade Show", "networking", "met"),
        ("Introduction", "networking", "introduced"),
        ("Client introduction", "referral", "introduced"),
        ("Purchased List", "list", "listed"),
        ("Cold Call", "outbound", "listed"),
        ("Partner", "partnership", None),
        ("google / cpc", "advertising", "filled_form"),
        ("google / organic", "website", "filled_form"),
        ("(direct) / (none)", "website", "filled_form"),
        ("Event: the spring fair of Ulm", "networking", "met"),
        ("LinkedIn - Ads", "advertising", "filled_form"),
        ("Messe", "networking", "met"),
        ("Bouche à oreille", "referral", "referred"),
        ("the moon", None, None),
    ],
)
def test_a_source_says_the_path_and_perhaps_a_touch(source, path, kind):
    assert find_path(source) == path
    assert find_source_kind(source) == kind


def test_the_path_of_touches_comes_from_the_source_and_an_unknown_source_is_its_own_path(tmp_path):
    found = take_in(
        tmp_path,
        {
            "leads.csv": "mql_id,first_contact_date,origin\nm1,2018-02-01,paid_search\nm2,2018-02-02,the moon\n"
        },
    )
    paths = found.touches.columns["path"].values()
    assert sorted(zip((who for who, *_ in told(found)), sorted(paths), strict=True)) == [
        ("m1", "advertising"),
        ("m1", "advertising"),
        ("m2", "the moon"),
    ]


def test_a_mailing_list_says_when_each_signed_up_and_left(tmp_path):
    found = take_in(
        tmp_path,
        {
            "members.csv": """
            Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,UNSUB_TIME,CC
            a@a.example,Ann,,2022-03-01 10:00:00,2022-03-09 10:00:00,,de
            b@b.example,Bob,2022-03-02 09:58:00,2022-03-03 10:00:00,2022-06-02 10:00:00,2022-05-01 08:00:00,de
            """
        },
    )
    assert told(found) == [
        ("a@a.example", "subscribed", "2022-03-01"),
        ("b@b.example", "subscribed", "2022-03-02"),
        ("b@b.example", "subscribed", "2022-03-03"),
        ("b@b.example", "unsubscribed", "2022-05-01"),
    ]
    assert meanings(found)["LAST_CHANGED"] == "ignored"


def test_booked_meetings_are_a_request_and_a_meeting_unless_they_were_called_off(tmp_path):
    found = take_in(
        tmp_path,
        {
            "bookings.csv": """
            User Name,User Email,Invitee Name,Invitee Email,Event Type Name,Start Date & Time,Event Created Date & Time,Canceled
            Dee,dee@us.example,Al Dent,al@x.example,Intro,2024-01-10 03:00 PM,2024-01-05 09:11 AM,false
            Dee,dee@us.example,Bo Rae,bo@x.example,Intro,2024-01-11 03:00 PM,2024-01-06 09:11 AM,true
            """
        },
    )
    assert told(found) == [
        ("al@x.example", "booked", "2024-01-05"),
        ("al@x.example", "had_meeting", "2024-01-10"),
        ("bo@x.example", "booked", "2024-01-06"),
    ]
    assert any("cancelled or missed" in note for note in found.notes)


def test_dates_of_a_subscription_business(tmp_path):
    found = take_in(
        tmp_path,
        {
            "customers.csv": """
            customer_id,signup_date,plan,trial_start,subscription_start,churn_date,mrr
            c1,2024-01-01,pro,2024-01-02,2024-01-15,,49
            c2,2024-01-05,basic,2024-01-06,,,
            c3,2024-01-09,pro,2024-01-10,2024-01-20,2024-05-01,49
            """
        },
    )
    assert told_of(found, "c3") == [
        ("bought", "2024-01-20"),
        ("churned", "2024-05-01"),
        ("registered", "2024-01-09"),
        ("trialed", "2024-01-10"),
    ]
    assert by_subject(found, found.attributes["plan"]) == {"c1": "pro", "c2": "basic", "c3": "pro"}


def test_a_contact_that_stands_on_two_rows_is_one_subject_with_what_both_say(tmp_path):
    found = take_in(
        tmp_path,
        {
            "contacts.csv": """
            Contact ID,Email,Create Date,City
            7,a@x.example,2024-01-02,Ulm
            7,a@x.example,2024-01-02,Bonn
            8,b@x.example,2024-01-03,Ulm
            8,b@x.example,2024-01-03,Ulm
            """
        },
    )
    assert told(found) == [("7", "recorded", "2024-01-02"), ("8", "recorded", "2024-01-03")]
    assert reasons(found) == [(5, "the same as line 4")]
    assert any("More than one row" in note for note in found.notes)
    assert is_accounted_for(found)


def test_headers_in_german_and_spanish(tmp_path):
    german = take_in(
        tmp_path,
        {
            "kunden.csv": """
            Kundennr;Kunde;Quelle;Angelegt am;Auftragswert;Status;Abschlussdatum;Betreuer
            K-1;Bäckerei Huber;Messe;05.01.2024;1.200,50 €;gewonnen;17.02.2024;Fr. Klein
            K-2;Schmidt & Co;Empfehlung;06.01.2024;800,00 €;verloren;20.02.2024;Hr. Groß
            K-3;Autohaus Lenz;Webseite;26.01.2024;;offen;30.06.2024;Fr. Klein
            """
        },
    )
    assert told_of(german, "K-1") == [
        ("bought", "2024-02-17"),
        ("met", "2024-01-05"),
        ("recorded", "2024-01-05"),
    ]
    assert ("lost", "2024-02-20") in told_of(german, "K-2")
    assert [kind for kind, _ in told_of(german, "K-3")] == ["filled_form", "recorded"]
    assert german.value.tolist()[0] == 120050
    spanish = take_in(
        tmp_path,
        {
            "clientes.csv": """
            Fecha de creación,Nombre,Correo electrónico,Fuente
            13/01/2024,Ana Ruiz,ana@r.example,Facebook
            15/01/2024,Luis Gil,luis@g.example,Recomendación
            """
        },
    )
    assert told_of(spanish, "luis@g.example") == [("recorded", "2024-01-15"), ("referred", "2024-01-15")]


def test_an_end_that_is_yet_to_come_is_a_plan_and_moves_no_today(tmp_path):
    found = take_in(
        tmp_path,
        {
            "members.csv": """
            Member No,Name,Membership,Start Date,End Date,Status,Monthly fee
            M0,Ann Lee,Gold,04/19/2025,,Active,$59.00
            M5,Ben Ode,Silver,05/20/2024,11/16/2024,Cancelled,$39.00
            M6,Cem Alp,Gold,01/28/2026,01/28/2027,Active,$39.00
            M7,Dot Rau,Gold,01/12/2024,04/11/2024,Cancelled,$59.00
            M9,Eve Fox,Silver,05/21/2026,06/10/2026,Cancelled,$39.00
            """
        },
    )
    kinds = found.touches.kinds.names_of_kinds
    ended = {
        str(found.touches.contact.labels[who])
        for who, kind in zip(found.touches.contact.codes, found.touches.kind, strict=True)
        if kinds[kind] == "churned"
    }
    assert ended == {"M5", "M7", "M9"}
    assert found.touches.happened_at.max() == to_instant("2026-06-10")
    assert any("1 end of custom after 21 June 2026" in note for note in found.notes)


def test_an_address_book_keeps_its_notes_and_tells_the_telephone(tmp_path):
    found = take_in(
        tmp_path,
        {
            "contacts.csv": """
            First Name,Last Name,Notes,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value
            Ann,Abel,met at the fair,* Work,ann@x.example,Mobile,+46 70 123 45 67
            Bob,Bell,,Home,bob@x.example,Work,0171 5551234
            Cem,Cora,"likes tea, early",Home,cem@x.example,,
            """
        },
    )
    assert len(found.touches) == 0
    assert by_subject(found, found.attributes["Notes"]) == {
        "ann@x.example": "met at the fair",
        "cem@x.example": "likes tea, early",
    }
    assert by_subject(found, found.names["phone"]) == {
        "ann@x.example": "+46 70 123 45 67",
        "bob@x.example": "0171 5551234",
    }


def test_an_address_without_its_sign_is_that_address(tmp_path):
    found = take_in(
        tmp_path,
        {
            "list.csv": """
            Name,E-mail,Note
            Lena Sommer,lena.sommer(at)posteo.example,met (at) the fair.
            Lena Sommer,lena.sommer@posteo.example,
            Ann Lee,ann [AT] alp.example,
            """
        },
    )
    assert subjects(found) == ["ann@alp.example", "lena.sommer@posteo.example"]
