"""Lists of appointments: who came was met, and paid; who didn't come, or called it off, was not."""

from __future__ import annotations

from leadline.engine.importers import Mapping
from leadline.engine.importers.columns.mapping import FileMapping, Meaning
from tests.exported import is_accounted_for, reasons, subjects, take_in, told, told_of, values

APPOINTMENTS = """
    Date,Time,Client,Email,Service,Status,Price
    2025-01-05,10:00,Ada Alp,ada@x.example,Massage,Completed,60
    2025-01-06,10:00,Bob Bay,bob@x.example,Massage,No-show,60
    2025-01-07,10:00,Cid Cap,cid@x.example,Massage,Cancelled,60
    2025-01-08,10:00,"Dan Day, Eve East",dan@x.example,Couples massage,Completed,120
    2025-02-08,10:00,Ada Alp,ada@x.example,First talk,Completed,0
    2025-03-08,10:00,Fay Fox <fay@x.example>,,Massage,Completed,60
    2025-03-09,10:00,Gus Gap,gus@x.example,Massage,Rescheduled,60
    """


def test_only_appointments_that_took_place_are_meetings(tmp_path):
    found = take_in(tmp_path, {"appointments.csv": APPOINTMENTS})
    assert told_of(found, "ada@x.example") == [
        ("bought", "2025-01-05"),
        ("had_meeting", "2025-01-05"),
        ("had_meeting", "2025-02-08"),
    ]
    assert subjects(found) == ["ada@x.example", "dan@x.example", "fay@x.example"]
    assert reasons(found) == [
        (3, "the appointment is “No-show”"),
        (4, "the appointment is “Cancelled”"),
        (8, "the appointment is “Rescheduled”"),
    ]
    assert is_accounted_for(found)


def test_who_came_paid_the_price(tmp_path):
    found = take_in(tmp_path, {"appointments.csv": APPOINTMENTS})
    assert values(found) == {"ada@x.example": 6_000, "dan@x.example": 12_000, "fay@x.example": 6_000}


def test_a_column_may_say_that_it_was_not_paid(tmp_path):
    found = take_in(
        tmp_path,
        {
            "termine.csv": """
            Datum,Kunde,Behandlung,Status,Preis,Bezahlt
            05.01.2025,Ada Alp,Massage,erschienen,60,ja
            16.01.2025,Bob Bay,Massage,erschienen,60,nein
            17.01.2025,Cid Cap,Massage,nicht erschienen,60,nein
            """
        },
    )
    assert values(found) == {"Ada Alp": 6_000}
    assert told_of(found, "Bob Bay") == [("had_meeting", "2025-01-16")]


def test_two_names_in_one_cell_are_two_people_and_one_with_a_comma_is_one(tmp_path):
    found = take_in(tmp_path, {"appointments.csv": APPOINTMENTS})
    assert found.find("Dan Day") == "dan@x.example"
    assert any("everal people are named in 1 row" in note for note in found.notes)
    rows = ["1,García López, María José", "2,Ruiz Gil, Ana Eva"]
    text = "\n".join(["member_id;name", *(row.replace(",", ";", 1) for row in rows)]) + "\n"
    named = take_in(tmp_path, {"members.csv": text})
    assert named.find("García López, María José") == "1"


def test_a_name_with_an_address_fills_the_column_of_addresses(tmp_path):
    found = take_in(tmp_path, {"appointments.csv": APPOINTMENTS})
    assert found.find("Fay Fox") == "fay@x.example"


def test_orders_that_are_completed_are_no_appointments(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Order Number,Order Status,Order Date,Email,Total
            101,Completed,2025-01-05,ada@x.example,100
            102,Cancelled,2025-01-06,bob@x.example,80
            """
        },
    )
    assert told_of(found, "ada@x.example") == [("bought", "2025-01-05")]


def test_columns_of_yes_and_no_say_who_did_not_come(tmp_path):
    found = take_in(
        tmp_path,
        {
            "visits.csv": """
            Date,Client,Email,Visit Type,Late Cancel,No Show
            2025-01-05,Ada Alp,ada@x.example,Yoga,No,No
            2025-01-12,Ada Alp,ada@x.example,Yoga,No,No
            2025-01-19,Ada Alp,ada@x.example,Yoga,No,Yes
            2025-01-06,Bob Bay,bob@x.example,Yoga,Yes,No
            2025-01-13,Bob Bay,bob@x.example,Yoga,No,No
            """
        },
    )
    assert found.mapping.files[0].shape == "bookings"
    assert told_of(found, "ada@x.example") == [("had_meeting", "2025-01-05"), ("had_meeting", "2025-01-12")]
    assert told_of(found, "bob@x.example") == [("had_meeting", "2025-01-13")]
    assert reasons(found) == [(4, "“No Show” is “Yes”"), (5, "“Late Cancel” is “Yes”")]


def test_a_status_that_stands_is_nothing_where_another_column_says_that_nobody_came(tmp_path):
    found = take_in(
        tmp_path,
        {
            "termine.csv": """
            Datum,Kunde,Behandlung,Status,Nicht erschienen
            05.01.2025,Ada Alp,Massage,bestätigt,nein
            16.01.2025,Bob Bay,Massage,bestätigt,ja
            17.01.2025,Cid Cap,Massage,storniert,nein
            """
        },
    )
    assert [who for who, _, _ in told(found)] == ["Ada Alp"]
    assert reasons(found) == [(3, "“Nicht erschienen” is “ja”"), (4, "the appointment is “storniert”")]


def test_members_of_whom_a_column_says_that_they_cancelled_are_no_appointments(tmp_path):
    found = take_in(
        tmp_path,
        {
            "members.csv": """
            Joined,Name,Email,Cancelled
            2025-01-05,Ada Alp,ada@x.example,No
            2025-01-06,Bob Bay,bob@x.example,Yes
            """
        },
    )
    assert found.mapping.files[0].shape == "contacts"


LESSEN = """
    Boekingsnummer;Geboekt op;Lesdatum;Les;Docent;Klant;E-mail;Bedrag;Status
    501;20-02-2026 12:03;25-02-2026;Yin;Iris;Zoë Bos;zoe@bos.example;16,50;Aanwezig
    502;20-02-2026 12:04;26-02-2026;Yin;Iris;Bas Kok;bas@kok.example;16,50;Niet verschenen
    503;20-02-2026 12:05;27-02-2026;Yin;Iris;Noor Vos;noor@vos.example;16,50;Te laat geannuleerd
    504;20-02-2026 12:06;28-02-2026;Yin;Iris;Teun Wit;teun@wit.example;16,50;Wachtlijst
    """


def test_dutch_lessons_are_appointments(tmp_path):
    found = take_in(tmp_path, {"boekingen.csv": LESSEN})
    assert told_of(found, "zoe@bos.example") == [
        ("bought", "2026-02-25"),
        ("had_meeting", "2026-02-25"),
    ]
    assert reasons(found) == [
        (3, "the appointment is “Niet verschenen”"),
        (4, "the appointment is “Te laat geannuleerd”"),
        (5, "the appointment is “Wachtlijst”"),
    ]


def test_whoever_calls_a_list_appointments_means_all_of_them(tmp_path):
    columns = {"When": Meaning(means="happened at"), "Who": Meaning(means="name")}
    said = Mapping(files=(FileMapping(name="diary.csv", shape="bookings", columns=columns),))
    found = take_in(
        tmp_path, {"diary.csv": "When,Who\n2026-02-25,Ann Lee\n2026-02-26,Bob Ray\n"}, mapping=said
    )
    assert told_of(found, "Ann Lee") == [("had_meeting", "2026-02-25")]
    assert found.notes == (
        "No row says that an appointment took place: those that stand (2 rows) count as held.",
    )


def test_a_status_of_appointments_under_a_longer_header_and_the_day_for_which_they_were_scheduled(tmp_path):
    found = take_in(
        tmp_path,
        {
            "appointments.csv": """
            Ref. #,Scheduled date,Created date,Client,Service,Appointment status,Gross total
            #A1,2025-02-05,2025-02-01,Ada Alp,Haircut,Completed,45.00
            #A2,2025-02-06,2025-02-02,Bob Bay,Haircut,No show,45.00
            #A3,2025-02-07,2025-02-03,Ada Alp,Haircut,Completed,45.00
            """
        },
    )
    assert told(found) == [
        ("Ada Alp", "bought", "2025-02-05"),
        ("Ada Alp", "bought", "2025-02-07"),
        ("Ada Alp", "had_meeting", "2025-02-05"),
        ("Ada Alp", "had_meeting", "2025-02-07"),
    ]
    assert values(found) == {"Ada Alp": 9_000}


def test_a_day_of_cancelling_an_appointment_is_no_end_of_custom(tmp_path):
    found = take_in(
        tmp_path,
        {
            "appointments.csv": """
            Start Time,First Name,Last Name,Email,Label,Date Scheduled,Date Canceled,Appointment ID
            2025-02-05 10:00,Ada,Alp,ada@x.example,,2025-02-01,,1
            2025-02-06 10:00,Bob,Bay,bob@x.example,,2025-02-02,2025-02-04,2
            2025-02-07 10:00,Cid,Cap,cid@x.example,No Show,2025-02-03,,3
            2025-02-08 10:00,Dan,Day,dan@x.example,Completed,2025-02-03,,4
            """
        },
    )
    assert told(found) == [
        ("ada@x.example", "booked", "2025-02-01"),
        ("ada@x.example", "had_meeting", "2025-02-05"),
        ("bob@x.example", "booked", "2025-02-02"),
        ("cid@x.example", "booked", "2025-02-03"),
        ("dan@x.example", "booked", "2025-02-03"),
        ("dan@x.example", "had_meeting", "2025-02-08"),
    ]


def test_a_no_to_whether_they_came_is_no_meeting(tmp_path):
    found = take_in(
        tmp_path,
        {
            "citas.csv": """
            Fecha cita;Clienta;Servicio;Precio;Asistió
            05/02/2025;Ada Alp;Manicura;25,00 €;sí
            16/02/2025;Bea Bay;Manicura;25,00 €;no
            17/02/2025;Ada Alp;Manicura;25,00 €;sí
            18/02/2025;Eva Day;Manicura;25,00 €;no
            """
        },
    )
    assert told(found) == [("Ada Alp", "had_meeting", "2025-02-05"), ("Ada Alp", "had_meeting", "2025-02-17")]
