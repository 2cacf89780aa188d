"""Small exports of what sales teams work with, as the programs write them."""

from __future__ import annotations

from leadline.engine.importers import Mapping, import_files
from leadline.engine.importers.reading.tables import read_table
from leadline.engine.instants import to_instant
from tests.exported import is_accounted_for, meanings, reasons, subjects, take_in, told, told_of

NOW = to_instant("2026-03-02")


def who_is_out(found):
    return sorted(found.touches.contact.labels[one.subject] for one in found.opted_out)


def test_the_name_of_a_deal_stands_beside_that_of_its_person(tmp_path):
    people = """
    Id,Name,Company,Email 1,Created At
    71,Rio Tan,Tan Co,rio@tan.example,1/15/2026
    72,Sue Oh,Oh Co,sue@oh.example,1/16/2026
    """
    opportunities = """
    Id,Name,Primary Contact,Company,Stage,Value,Currency,Status,Owned By,Created At
    9,Tan rollout,Rio Tan,Tan Co,Proposal,4500,USD,Open,Cara,2/1/2026
    10,Oh renewal,Sue Oh,Oh Co,Won,900,USD,Won,Dan,2/13/2026
    """
    files = {"opportunities.csv": opportunities, "people.csv": people}
    found = take_in(tmp_path, files, mapping=Mapping(deals="asks"), as_of=NOW)
    assert {one: meanings(found)[one] for one in ("Name", "Primary Contact")} == {
        "Name": "deal name", "Primary Contact": "name",
    }  # fmt: skip
    assert subjects(found) == ["71", "72"]
    assert [(deal.key, deal.title) for deal in found.deals] == [("9", "Tan rollout"), ("10", "Oh renewal")]


def test_a_status_of_addresses_says_who_may_not_be_written_to(tmp_path):
    listed = """
    Email,First Name,Date Created,Status
    uma@x.example,Uma,2026-01-09,Active
    vic@x.example,Vic,2026-01-09,Unsubscribed
    wes@x.example,Wes,2026-01-09,Bounced
    xia@x.example,Xia,2026-01-09,Unconfirmed
    """
    found = take_in(tmp_path, {"list.csv": listed}, as_of=NOW)
    assert who_is_out(found) == ["vic@x.example", "wes@x.example"]


def test_what_became_of_addresses_says_it_among_other_words(tmp_path):
    listed = """
    Id,Email,Date Created,Email Status,Unsubscribed from Emails,Last heard (UTC),Last clicked on link in email
    1,uma@x.example,2026-01-09,Confirmed,false,2026-02-01 10:00:00,
    2,vic@x.example,2026-01-09,Opted Out,false,,
    3,wes@x.example,2026-01-09,Hard Bounce,false,,
    4,xia@x.example,2026-01-09,Soft Bounce,true,,2026-02-03 10:00:00
    5,yan@x.example,2026-01-09,Unverified,false,,
    """
    found = take_in(tmp_path, {"list.csv": listed}, as_of=NOW)
    assert who_is_out(found) == ["2", "3", "4"]
    assert [one for one in told(found) if one[1] in ("replied", "clicked")] == [
        ("1", "replied", "2026-02-01"), ("4", "clicked", "2026-02-03"),
    ]  # fmt: skip


def test_a_status_of_deals_says_nothing_of_that(tmp_path):
    listed = """
    Email,First Name,Date Created,Status
    uma@x.example,Uma,2026-01-09,Active
    vic@x.example,Vic,2026-01-09,Refusé
    """
    found = take_in(tmp_path, {"list.csv": listed}, as_of=NOW)
    assert who_is_out(found) == []
    assert meanings(found)["Status"] != "opted out"


def test_a_list_of_people_some_of_whom_bought_is_no_file_of_orders(tmp_path):
    listed = """
    Nombre,Apellidos,Correo electrónico,Fecha de alta,Importe,Fecha de compra,Comercial,Baja
    Luz,Mar,luz@mar.example,15/01/2026,"1.234,50 €",20/02/2026,Cara,No
    Paz,Sol,paz@sol.example,16/01/2026,,,Dan,Sí
    """
    found = take_in(tmp_path, {"clientes.csv": listed}, as_of=NOW)
    assert told(found) == [
        ("luz@mar.example", "bought", "2026-02-20"),
        ("luz@mar.example", "recorded", "2026-01-15"),
        ("paz@sol.example", "recorded", "2026-01-16"),
    ]
    assert who_is_out(found) == ["paz@sol.example"]
    assert reasons(found) == []


def test_orders_of_whom_each_is_there_once_stay_orders(tmp_path):
    orders = """
    Order ID,Name,Email,Purchase date,Total
    1,Ann Lee,ann@x.example,2026-01-05,100
    2,Bob Ray,bob@x.example,,50
    """
    found = take_in(tmp_path, {"orders.csv": orders}, as_of=NOW)
    assert found.mapping.files[0].shape == "orders"
    assert told(found) == [("ann@x.example", "bought", "2026-01-05")]
    assert is_accounted_for(found)


def test_a_number_is_nobodys_name(tmp_path):
    orders = """
    Name,Email,Financial Status,Paid at,Total,Billing Name,Id
    #1001,so@x.example,paid,2026-02-01 10:00:00 +0100,100.00,So Ho,1
    #1002,tu@x.example,paid,2026-02-03 10:00:00 +0100,50.00,Tu Po,2
    """
    found = take_in(tmp_path, {"orders.csv": orders}, as_of=NOW)
    assert found.names["name"].values() == ["So Ho", "Tu Po"]


def test_the_address_of_one_of_us_is_not_that_of_the_guest(tmp_path):
    events = """
    User Name,User Email,Invitee Name,Invitee Email,Start Date & Time,Event Created Date & Time,Canceled
    Ada,ada@us.example,Yan Li,yan@li.example,2026-02-10 09:00 AM,2026-02-01 10:00 AM,false
    Ada,ada@us.example,Zed Om,zed@om.example,2026-02-11 09:00 AM,2026-02-01 11:00 AM,false
    """
    found = take_in(tmp_path, {"events.csv": events}, as_of=NOW)
    assert found.names["e-mail"].values() == ["yan@li.example", "zed@om.example"]
    assert "other e-mail" not in found.names


def test_a_text_with_its_link_is_the_text(tmp_path):
    listed = """
    Name,Email,Created,Company
    Lea Fox,lea@fox.example,2026-02-03,[Fox](https://notes.example/Fox-1)
    Max Ode,max@ode.example,2026-02-04,Ode & Co (https://notes.example/Ode-2)
    """
    found = take_in(tmp_path, {"leads.csv": listed}, as_of=NOW)
    assert found.attributes["company"].values() == ["Fox", "Ode & Co"]


def test_a_task_that_has_not_begun_is_still_to_do(tmp_path):
    tasks = """
    Subject,Name,Account Name,Date,Status,Priority,Assigned,Type,Email
    Call,J M,M S,10.02.2026,Completed,Normal,Cara,Call,jm@x.example
    Send quote,Z B,C Z,10.03.2026,Not Started,High,Dan,Email,zb@x.example
    """
    found = take_in(tmp_path, {"tasks.csv": tasks}, as_of=NOW)
    assert told(found) == [("jm@x.example", "called", "2026-02-10")]
    assert [(one.title, one.owner) for one in found.planned] == [("Send quote", "Dan")]


def test_who_of_us_has_an_opportunity_is_not_its_name(tmp_path):
    leads = """
    id,display_name,primary_contact_primary_email,date_created,primary_opportunity_value,primary_opportunity_value_currency,primary_opportunity_status_label,primary_opportunity_date_won,primary_opportunity_user_name
    lead_a,Bluth Co,gob@bluth.example,2026-01-01,5000,USD,Won,2026-02-02,Cara Diaz
    lead_b,Sitwell,stan@sitwell.example,2026-01-02,700,USD,Active,,Dan Ek
    """
    found = take_in(tmp_path, {"leads.csv": leads}, as_of=NOW)
    assert meanings(found)["primary_opportunity_user_name"] == "owner"
    assert ("bought", "2026-02-02") in told_of(found, "lead_a")


def test_a_list_in_polish(tmp_path):
    listed = """
    Imię i nazwisko;E-mail;Firma;Data kontaktu;Data sprzedaży;Kwota;Status;Opiekun
    Jan Kowalski;jan@k.example;Kowal;15.01.2026;20.02.2026;1 234,50 zł;Wygrana;Cara
    Ewa Nowak;ewa@n.example;Nowak;16.01.2026;;;Otwarta;Dan
    """
    found = take_in(tmp_path, {"klienci.csv": listed}, as_of=NOW)
    assert told(found) == [
        ("ewa@n.example", "recorded", "2026-01-16"),
        ("jan@k.example", "bought", "2026-02-20"),
        ("jan@k.example", "recorded", "2026-01-15"),
    ]
    assert found.names["name"].values() == ["Jan Kowalski", "Ewa Nowak"]
    assert found.attributes["owner"].values() == ["Cara", "Dan"]
    assert found.value.tolist()[0] == 123450


JAPANESE = "会社名,氏名,メールアドレス,初回接触日\n山田商店,山田太郎,taro@yamada.example,2026/01/15\n"


def test_a_list_in_japanese_is_read_as_windows_writes_it_and_in_utf_8(tmp_path):
    path = tmp_path / "clients.csv"
    for codec in ("cp932", "utf-8"):
        path.write_text(JAPANESE, encoding=codec)
        assert read_table(path)[0].columns["氏名"].values() == ["山田太郎"]
        assert len(import_files([path], as_of=NOW).touches.contact.labels) == 1


def test_a_stage_that_says_to_leave_somebody_alone_opts_them_out(tmp_path):
    rows = """
    First Name,Last Name,Email,Stage,Created At
    Ann,Lee,ann@a.example,Cold,2026-02-01
    Bob,Ray,bob@b.example,Do Not Contact,2026-02-02
    Cat,Fox,cat@c.example,Interested,2026-02-03
    Dan,Day,dan@d.example,Cold,2026-02-04
    """
    found = take_in(tmp_path, {"people.csv": rows})
    assert [one.line for one in found.opted_out] == [3]


def test_of_a_status_in_parts_one_may_say_that_it_was_lost(tmp_path):
    rows = """
    First Name,Last Name,Email,Lead Status,Date Created
    Ann,Lee,ann@a.example,OPEN - Attempted Contact,2026-02-01
    Bob,Ray,bob@b.example,CLOSED - Disqualified,2026-02-02
    """
    found = take_in(tmp_path, {"leads.csv": rows})
    assert [(who, kind) for who, kind, _ in told(found) if kind == "lost"] == [("bob@b.example", "lost")]
