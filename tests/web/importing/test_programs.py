"""Exports of shops, forms, advertisements, newsletters and CRMs, and what their owners take them to say."""

# ruff: noqa: E501 (rows of files are as long as they are)

from __future__ import annotations

from datetime import date

import pytest

from leadline.engine.instants import to_datetime
from leadline.web.models import Ask, Contact, Contract, Touch
from tests.web.importing.conftest import take_in

pytestmark = pytest.mark.django_db


def told():
    """Of each contact, by name, what happened: the kind and the day, and the amount where there is one."""
    found = {}
    for touch in Touch.objects.filter(in_force=True).order_by("happened_at", "id").select_related("contact"):
        said = (touch.kind, str(to_datetime(touch.happened_at).date()))
        said += ((touch.value, touch.currency),) if touch.value is not None else ()
        found.setdefault(touch.contact.name, []).append(said)
    return found


def addresses(name, sort):
    return list(Contact.objects.get(name=name).addresses.filter(sort=sort).values_list("value", flat=True))


def opted_out():
    return set(Touch.objects.filter(kind="opted_out").values_list("contact__name", flat=True))


def test_a_column_of_true_and_false_says_who_nobody_is(funnels, owner):
    """A course platform says of each person whether they are a member: that is no number of theirs."""
    text = """ID,Name,Email,Tags,Created At,Member
5512001,Ruth Adler,ruth@adler.at,vip,2025-11-03 08:12:00 UTC,true
5512002,Nils Berg,nils@berg.no,lead-magnet,2026-01-20 19:44:51 UTC,false
5512003,Olga Kos,olga@k.ua,lead-magnet,2026-01-21 19:44:51 UTC,false
"""
    take_in(owner, {"people.csv": text})
    assert list(Contact.objects.order_by("key").values_list("key", "name")) == [
        ("5512001", "Ruth Adler"),
        ("5512002", "Nils Berg"),
        ("5512003", "Olga Kos"),
    ]


def test_a_yes_to_refunded_gives_all_of_it_back_and_is_no_amount(funnels, owner):
    text = """Purchase ID,Item Name,Buyer Name,Buyer Email,Do not contact?,Purchase Date,Sale Price ($),Refunded?,Partial Refund ($),Fully Refunded?,Quantity,Order Number
aBc1==,Notion Kit,Pia Lund,pia@lund.dk,0,2026-01-05,29.0,0,0.0,0,1,5512345
aBc2==,Notion Kit,Sam Stone,sam@stone.io,1,2026-01-06,29.0,1,0.0,1,1,5512346
aBc3==,Notion Kit,Kai Ito,kai@ito.jp,0,2026-01-07,29.0,0,4.5,0,1,5512347
"""
    take_in(owner, {"sales.csv": text})
    assert told()["Pia Lund"] == [("bought", "2026-01-05", (2900, "USD"))]
    assert [one[::2] for one in told()["Sam Stone"][:2]] == [
        ("bought", (2900, "USD")),
        ("refunded", (2900, "USD")),
    ]
    assert ("partly_refunded", "2026-01-07", (450, "USD")) in told()["Kai Ito"]
    assert opted_out() == {"Sam Stone"}


def test_a_subscription_is_a_contract_until_the_end_of_its_period(funnels, owner):
    text = """id,Customer ID,Customer Email,Plan,Quantity,Currency,Interval,Amount,Status,Created (UTC),Start (UTC),Current Period Start (UTC),Current Period End (UTC),Canceled At (UTC),Ended At (UTC),Customer Name
sub_1A,cus_P1a,lea@atelier-kern.de,Pro,1,eur,month,49.00,active,2025-06-01 10:00,2025-06-01 10:00,2026-02-01 10:00,2026-03-31 10:00,,,Lea Kern
sub_1B,cus_P1b,p.dorn@web.de,Pro,1,eur,month,49.00,canceled,2025-03-15 08:30,2025-03-15 08:30,2025-11-15 08:30,2025-12-15 08:30,,2025-12-15 08:30,Paul Dorn
"""
    take_in(owner, {"subscriptions.csv": text})
    rows = Contract.objects.order_by("contact__name").values_list(
        "contact__name", "offer__name", "value", "currency", "starts_on", "renews_on", "ended_on"
    )
    assert list(rows) == [
        ("Lea Kern", "Pro", 4900, "EUR", date(2025, 6, 1), date(2026, 3, 31), None),
        ("Paul Dorn", "Pro", 4900, "EUR", date(2025, 3, 15), date(2025, 12, 15), date(2025, 12, 15)),
    ]


@pytest.mark.parametrize("header", ["Sale Date", "Order Date"])
def test_orders_with_other_dates_are_dated_by_the_day_of_the_sale(funnels, owner, header):
    text = f"""{header},Order ID,Full Name,Date Shipped,Ticket Type,Currency,Order Total
01/28/26,3201445566,Anna Kowal,01/30/26,Standard,USD,74.78
01/14/26,3201445511,Bruno Meyer,01/15/26,Standard,USD,44.00
"""
    take_in(owner, {"sold.csv": text})
    assert told() == {
        "Anna Kowal": [("bought", "2026-01-28", (7478, "USD"))],
        "Bruno Meyer": [("bought", "2026-01-14", (4400, "USD"))],
    }


def test_orders_of_a_shop_are_in_their_own_currency_and_only_paid_ones_count(funnels, owner):
    text = """Order ID,Order Date,Status,Order Total,Order Currency,Billing First Name,Billing Last Name,Billing Email
2211,2026-01-10 10:22:13,wc-completed,124.80,CHF,Inès,Moreau,ines@moreau.fr
2212,2026-01-11 19:05:00,wc-cancelled,59.00,CHF,Luc,Petit,luc.petit@orange.fr
2213,2026-01-12 08:45:59,wc-on-hold,59.00,CHF,Zoé,Blanc,zoe.blanc@free.fr
2214,2026-01-13 07:00:00,wc-refunded,59.00,CHF,Guy,Roux,guy@roux.fr
"""
    record = take_in(owner, {"orders.csv": text})
    assert told() == {
        "Inès Moreau": [("bought", "2026-01-10", (12480, "CHF"))],
        "Guy Roux": [("bought", "2026-01-13", (5900, "CHF")), ("refunded", "2026-01-13", (5900, "CHF"))],
    }
    assert record.counts["unused"] == 2


def test_appointments_of_a_calendar_are_booked_on_one_day_and_held_on_another(funnels, owner):
    text = """Start Time,End Time,First Name,Last Name,Phone,Email,Type,Appointment Price,Paid?,Notes,Date Scheduled,Appointment ID
"January 12, 2026 10:00 am","January 12, 2026 11:00 am",Erin,Walsh,'+353861234567,erin@walsh.ie,Discovery Call,0.00,no,,2026-01-08,990011
"March 20, 2026 2:00 pm","March 20, 2026 3:30 pm",Hugo,Brandt,'+491701234567,hugo@brandt.de,Coaching,180.00,no,"Brings
notes",2026-02-20,990013
"""
    record = take_in(owner, {"schedule.csv": text})
    assert told() == {
        "Erin Walsh": [("booked", "2026-01-08"), ("had_meeting", "2026-01-12")],
        "Hugo Brandt": [("booked", "2026-02-20")],
    }
    assert record.counts["unused"] == 1  # what is still to come has not happened


def test_appointments_that_stand_were_held_where_no_row_ever_says_so(funnels, owner):
    text = """Code;Booking date;Created;Service;Client name;Client email;Price;Status;Payment status
16a3x;14.01.2026;02.01.2026 18:20;Massage 60;Karin Beck;karin.beck@bluewin.ch;90.00;Confirmed;Paid
16a3y;15.01.2026;12.01.2026 08:05;Massage 30;Urs Frei;urs@frei.ch;50.00;Cancelled by client;Not paid
16a3z;16.01.2026;12.01.2026 09:05;Massage 30;Ida Graf;ida@graf.ch;50.00;No-show;Not paid
"""
    take_in(owner, {"bookings.csv": text})
    assert [one[:2] for one in told()["Karin Beck"]] == [
        ("had_meeting", "2026-01-14"),
        ("bought", "2026-01-14"),
    ]
    assert set(told()) == {"Karin Beck"}


def test_answers_to_a_form_were_given_when_it_was_filled_in(funnels, owner):
    text = """Zeitstempel,E-Mail-Adresse,Wie heißen Sie?,Wobei können wir Ihnen helfen?,Wie haben Sie von uns erfahren?
14.01.2026 20:11:02,hanna@vogt.de,Hanna Vogt,"Neue Website,
Shop",Google
15.01.2026 07:30:44,m.seidl@gmail.com,Max Seidl,Logo,Empfehlung
"""
    take_in(owner, {"Anfrage (Antworten).csv": text})
    assert told()["Hanna Vogt"] == [("filled_form", "2026-01-14")]
    assert ("filled_form", "2026-01-15") in told()["Max Seidl"]
    assert Contact.objects.get(name="Max Seidl").path == "referral"


def test_a_profile_in_a_network_is_how_they_are_called_there(funnels, owner):
    text = """Notes:
"When exporting your connection data, you may notice that some of the email addresses are missing."

First Name,Last Name,URL,Email Address,Company,Position,Connected On
Greta,Olsen,https://www.linkedin.com/in/gretaolsen,,Nordlys AS,Head of Marketing,05 Feb 2026
Piotr,Zielinski,https://www.linkedin.com/in/pz,piotr@z.pl,"Z, Consulting",CEO & Founder,28 Jan 2026
"""
    take_in(owner, {"Connections.csv": text})
    assert addresses("Greta Olsen", "social") == ["https://www.linkedin.com/in/gretaolsen"]
    greta = Contact.objects.get(name="Greta Olsen")
    assert (greta.job_title, greta.company.name, greta.path) == ("Head of Marketing", "Nordlys AS", "social")


def test_leads_of_an_advertisement_came_by_it_wherever_it_was_shown(funnels, owner):
    text = """id\tcreated_time\tad_id\tad_name\tcampaign_name\tform_id\tform_name\tis_organic\tplatform\tfull_name\temail\tphone_number
l:912345678901234\t2026-01-14T18:02:11+01:00\tag:23851\tVideo A\tJan Launch\tf:88123\tFree Consult\tfalse\tfb\tMira Costa\tmira@costa.it\tp:+393331234567
l:912345678901235\t2026-01-15T07:12:59+01:00\tag:23851\tVideo A\tJan Launch\tf:88123\tFree Consult\tfalse\tig\tLeo Gatti\tleo.gatti@libero.it\tp:+393339876543
"""
    take_in(owner, {"leads.csv": text.encode("utf-16")})
    assert told() == {
        "Mira Costa": [("filled_form", "2026-01-14")],
        "Leo Gatti": [("filled_form", "2026-01-15")],
    }
    assert set(Contact.objects.values_list("path", flat=True)) == {"advertising"}
    assert addresses("Mira Costa", "phone") == ["+393331234567"]


def test_a_form_of_address_is_no_job_beside_a_job_title(funnels, owner):
    text = """"Title","First Name","Last Name","Company","Job Title","Mobile Phone","E-mail Address"
"Frau","Silke","Marx","Marx GmbH","Leiterin Einkauf","+49 151 778899","silke.marx@marx.de"
"Herr","Otto","Lang","","","","otto@lang.de"
"""
    take_in(owner, {"contacts.csv": text.encode("cp1252")})
    silke = Contact.objects.get(name="Silke Marx")
    assert (silke.job_title, silke.fields["title"]) == ("Leiterin Einkauf", "Frau")
    assert Contact.objects.get(name="Otto Lang").job_title == ""


def test_numbers_of_an_address_book_are_parted(funnels, owner):
    text = """First Name,Last Name,Organization Name,Organization Title,Labels,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value
Ida,Holm,Holm Klinik,Owner,Clients ::: * myContacts,ida@holm.dk,Work,+45 33 11 22 33 ::: +45 33 11 22 34
Jan,Vik,,,* myContacts,jan@vik.no,Mobile,+47 900 11 222
"""
    take_in(owner, {"contacts.csv": text})
    assert addresses("Ida Holm", "phone") == ["+45 33 11 22 33", "+45 33 11 22 34"]
    assert Contact.objects.get(name="Ida Holm").job_title == "Owner"


def test_who_was_cleaned_from_a_mailing_list_is_not_reached_any_more(funnels, owner):
    head = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID"
    files = {
        "subscribed.csv": f"{head}\ntia@moss.org,Tia,Moss,4,2025-09-01 10:11:12,4001,a1\n",
        "cleaned.csv": f"{head},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\nzoe@gone.net,Zoe,Gone,1,2025-05-01 10:11:12,4004,a4,2026-01-12 06:07:08,January\n",
    }
    take_in(owner, files)
    assert told() == {
        "Tia Moss": [("subscribed", "2025-09-01")],
        "Zoe Gone": [("subscribed", "2025-05-01"), ("bounced", "2026-01-12")],
    }


def test_who_joined_a_school_registered_and_did_not_attend(funnels, owner):
    text = """User ID,Name,Email,Joined at,Source
88101,Iva Novak,iva@novak.hr,"Jan 5, 2026 at 3:04 PM",Direct
88102,Per Dahl,per@dahl.se,"Dec 29, 2025 at 11:30 AM",Import
"""
    take_in(owner, {"users.csv": text})
    assert told()["Per Dahl"] == [("registered", "2025-12-29")]
    assert Contact.objects.get(name="Per Dahl").path == ""  # how a record came to be is no path


OUT = {
    "a list of blocked addresses": """CONTACT ID;EMAIL;NACHNAME;VORNAME;BLOCKLISTED;ADDED_TIME
1;tina@kolb.de;Kolb;Tina;false;12-01-2026 10:15:00
2;olaf@brenner.de;Brenner;Olaf;true;03-11-2025 09:00:00
3;jana@pilz.at;Pilz;Jana;false;25-12-2025 09:00:00
""",
    "a consent": """Email,First Name,Last Name,Email Marketing Consent,Date Added
tina@kolb.de,Tina,Kolb,SUBSCRIBED,2025-10-02 11:00:00
olaf@brenner.de,Olaf,Brenner,UNSUBSCRIBED,2025-09-02 11:00:00
jana@pilz.at,Jana,Pilz,NEVER_SUBSCRIBED,2025-12-02 11:00:00
""",
    "what isn't allowed": """Full Name,Email,Created On,Do not allow Emails,Do not allow Phone Calls
Tina Kolb,tina@kolb.de,1/5/2026 9:00,Allow,Allow
Olaf Brenner,olaf@brenner.de,1/15/2026 9:00,Do Not Allow,Allow
Jana Pilz,jana@pilz.at,1/16/2026 9:00,Allow,Allow
""",
    "what they agreed to": """Id,First Name,Last Name,Email,Email Opted In,Date Created
901,Tina,Kolb,tina@kolb.de,Opted In,01/05/2026 10:22 AM
902,Olaf,Brenner,olaf@brenner.de,Opted Out,01/13/2026 03:22 PM
903,Jana,Pilz,jana@pilz.at,Opted In,01/14/2026 03:22 PM
""",
}


@pytest.mark.parametrize("text", OUT.values(), ids=OUT)
def test_who_may_not_be_written_to_has_opted_out(funnels, owner, text):
    take_in(owner, {"contacts.csv": text})
    assert opted_out() == {"Olaf Brenner"}
    assert ("recorded", "2025-12-02") in told()["Jana Pilz"] or len(told()["Jana Pilz"]) == 1


def test_a_cancelled_subscriber_beside_bounced_ones_has_opted_out_and_is_no_lost_deal(funnels, owner):
    text = """first_name,email,status,created_at
Ivy,ivy@leaf.co,active,2025-11-11 11:11:11 UTC
Bud,bud@leaf.co,cancelled,2025-10-11 11:11:11 UTC
Rex,rex@leaf.co,bounced,2025-10-12 11:11:11 UTC
Sue,sue@leaf.co,complained,2025-10-13 11:11:11 UTC
"""
    take_in(owner, {"subscribers.csv": text})
    assert opted_out() == {"Bud", "Rex", "Sue"}
    assert not Touch.objects.filter(kind="lost").exists()


def test_a_mere_no_to_an_opt_in_is_no_opting_out(funnels, owner):
    text = "name,email,created,opt in\nTina,tina@kolb.de,2026-01-05,yes\nOlaf,olaf@b.de,2026-01-06,no\nJana,jana@p.at,2026-01-07,no\nUte,u@p.at,2026-01-08,yes\n"
    take_in(owner, {"contacts.csv": text})
    assert opted_out() == set()


def test_leads_with_a_price_and_a_reason_for_their_loss_are_deals(funnels, owner):
    text = """ID,Lead title,Lead price,Responsible,Created at,Closed at,Lead stage,Pipeline,Contact,Company,Work email (contact),Loss reason
30111,Kitchen,250000,Ada,12.01.2026 10:11:12,20.01.2026 10:00:00,Closed - won,Main,Ivan Petrov,OOO Dom,ivan@dom.ru,
30112,Bathroom,90000,Ada,13.01.2026 10:11:12,21.01.2026 10:00:00,Closed - lost,Main,Olga Smirnova,,olga@s.ru,Too expensive
"""
    take_in(owner, {"leads.csv": text})
    assert list(Ask.objects.order_by("title").values_list("title", "reason")) == [
        ("Bathroom", "Too expensive"),
        ("Kitchen", ""),
    ]
    assert [kind for kind, *_ in told()["Ivan Petrov"]] == ["asked", "deal_opened", "bought"]
    assert Contact.objects.get(name="Olga Smirnova").owner == owner


def test_a_closed_deal_with_a_reason_for_its_loss_is_lost_whatever_its_stage(funnels, owner):
    """Some programs take a lost deal off the board, and leave its stage as it was."""
    text = """Opportunity,Contact Name,Email,Salesperson,Stage,Expected Revenue,Created on,Expected Closing,Closed Date,Lost Reason,Active
Design,Nina Boss,nina@boss.be,Ada,Won,"24,000.00",2025-11-03 08:00:00,2026-01-20,2026-01-18 10:00:00,,True
Chairs,Ward Claes,ward@claes.be,Ada,New,"1,500.00",2026-01-05 08:00:00,2026-03-31,,,True
Desk,Tess Moens,tess@moens.be,Bob,Qualified,"3,000.00",2025-12-05 08:00:00,,2026-01-12 09:00:00,Too expensive,False
"""
    take_in(owner, {"crm.lead.csv": text})
    assert ("lost", "2026-01-12") in [one[:2] for one in told()["Tess Moens"]]
    assert {kind for kind, *_ in told()["Ward Claes"]} == {"asked", "deal_opened"}


def test_the_name_of_what_stands_inside_an_event_is_nobodys(funnels, owner):
    events = """{"event":"$pageview","distinct_id":"p1","timestamp":"2026-01-05T10:00:00Z","properties":{"email":"ada@l.io","plan":{"name":"pro"},"company":{"name":"Lace"}}}
{"event":"signed_up","distinct_id":"p1","timestamp":"2026-01-05T10:05:00Z","properties":{"email":"ada@l.io"}}
{"event":"subscription purchased","distinct_id":"p1","timestamp":"2026-01-06T10:05:00Z","properties":{"amount":49,"currency":"USD"}}
"""
    take_in(owner, {"events.ndjson": events})
    contact = Contact.objects.get()
    assert (contact.name, contact.company.name) == ("ada@l.io", "Lace")
    assert told()["ada@l.io"][-1] == ("bought", "2026-01-06", (4900, "USD"))


def test_invoices_are_known_by_their_numbers(funnels, owner):
    text = """Harbour Studio,,,,,,
Invoice List by Date,,,,,,
"January 1-31, 2026",,,,,,

Date,Transaction Type,Num,Name,Due Date,Amount,Open Balance
01/05/2026,Invoice,1037,Sonnenschein Family Store,02/04/2026,362.07,0.00
01/12/2026,Invoice,1038,"Bird, Jeff",02/11/2026,"1,200.00",0.00
01/20/2026,Invoice,1039,Amy's Sanctuary,02/19/2026,"$2,459.00",0.00
TOTAL,,,,,"$4,021.07",$0.00
"""
    take_in(owner, {"Invoice List.csv": text})
    assert {value for [(_, _, (value, _))] in told().values()} == {36207, 120000, 245900}
