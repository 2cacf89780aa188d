"""Lists of clients: what each bought, since when, and when it ends or is to be renewed; further addresses."""

from __future__ import annotations

import pytest

from leadline.engine.importers.columns.header_words import is_further
from leadline.engine.instants import to_instant
from tests.exported import by_subject, meanings, take_in, told, told_of


def test_a_start_beside_a_renewal_is_a_purchase(tmp_path):
    found = take_in(
        tmp_path,
        {
            "people.csv": """
            Klientin;E-Mail;Paket;Preis;Beginn;Vertragsende;Status
            Ann;ann@alp.example;Einzel;1.200,00 €;01.02.2024;01.08.2024;aktiv
            Bob;bob@bet.example;Gruppe;300,00 €;15.03.2023;15.03.2024;beendet
            Cat;cat@cet.example;Gruppe;300,00 €;20.04.2024;;aktiv
            """
        },
    )
    assert told_of(found, "ann@alp.example") == [("bought", "2024-02-01")]
    assert told_of(found, "bob@bet.example") == [("bought", "2023-03-15"), ("lapsed", "2024-03-15")]
    sold = [(one.offer, one.value, one.currency, one.renews_at, one.ended_at) for one in found.sold]
    assert sold == [
        ("Einzel", 120000, "EUR", to_instant("2024-08-01"), None),
        ("Gruppe", 30000, "EUR", to_instant("2024-03-15"), to_instant("2024-03-15")),
        ("Gruppe", 30000, "EUR", None, None),
    ]


def test_two_things_bought_on_one_day_are_two_purchases_and_one_listed_twice_is_one(tmp_path):
    found = take_in(
        tmp_path,
        {
            "people.csv": """
            Name,Email,Package,Price,Start,Renewal
            Ann,ann@alp.example,Single,100 EUR,2024-02-01,2024-08-20
            Ann,ann@alp.example,Group,300 EUR,2024-02-01,2024-08-20
            Ann,ann@alp.example,Group,300 EUR,2024-02-01,2024-08-20
            """
        },
    )
    assert told_of(found, "ann@alp.example") == [("bought", "2024-02-01")] * 2
    assert [(one.offer, one.value) for one in found.sold] == [("Single", 10_000), ("Group", 30_000)]


def test_a_price_beside_what_was_bought_says_that_they_are_clients(tmp_path):
    found = take_in(
        tmp_path,
        {
            "people.csv": """
            Name,Email,Package,Price,Started,Ends
            Ann,ann@alp.example,Single,100,2024-02-01,2024-08-20
            Bob,bob@bet.example,Single,100,2024-03-15,
            """
        },
    )
    assert meanings(found)["Started"] == "date of bought"
    assert [one.renews_at for one in found.sold] == [to_instant("2024-08-20"), None]


@pytest.mark.parametrize("headers", ["Name,Email,Start,Region", "Name,Email,Created,Renewal date"])
def test_a_list_without_either_is_a_list_of_people(tmp_path, headers):
    last = "2024-08-20" if headers.endswith("date") else "North"
    rows = f"Ann,ann@alp.example,2024-02-01,{last}\nBob,bob@bet.example,2024-03-15,{last}"
    found = take_in(tmp_path, {"people.csv": f"{headers}\n{rows}"})
    assert found.sold == ()
    assert told_of(found, "ann@alp.example") == [("recorded", "2024-02-01")]


def test_beside_a_file_of_orders_a_list_says_nothing_of_what_was_sold(tmp_path):
    found = take_in(
        tmp_path,
        {
            "clients.csv": """
            Name,Email,Package,Price,Start,Renewal
            Ann,ann@alp.example,Single,100,2024-02-01,2024-08-20
            """,
            "orders.csv": """
            Order number,Email,Order date,Total
            17,ann@alp.example,2024-02-01,100
            """,
        },
    )
    assert found.sold == ()


def test_an_end_that_is_still_far_ahead_of_everything_else_is_a_plan(tmp_path):
    found = take_in(
        tmp_path,
        {
            "people.csv": """
            Name,Email,Package,Price,Start,Renewal,Status
            Ann,ann@alp.example,Single,100,2024-02-01,2025-08-20,cancelled
            Bob,bob@bet.example,Single,100,2024-03-15,2024-09-15,active
            """
        },
    )
    assert [kind for kind, _ in told_of(found, "ann@alp.example")] == ["bought", "churned"]


def test_further_addresses_and_numbers_are_kept_beside_the_first(tmp_path):
    found = take_in(
        tmp_path,
        {
            "people.csv": """
            Name,Email,Other email,Phone,Phone 2,Manager email
            Ann,ann@alp.example,a@home.example,030 1,030 2,boss@alp.example
            Bob,bob@bet.example,,030 3,,boss@bet.example
            """
        },
    )
    assert meanings(found)["Other email"] == "other e-mail"
    assert meanings(found)["Manager email"] != "other e-mail"
    assert by_subject(found, found.names["e-mail"])["ann@alp.example"] == "ann@alp.example"
    assert by_subject(found, found.names["other e-mail"])["ann@alp.example"] == "a@home.example"
    assert by_subject(found, found.names["phone"])["ann@alp.example"] == "030 1; 030 2"


@pytest.mark.parametrize(
    ("header", "means", "further"),
    [
        ("E-mail 2", "e-mail", True),
        ("Email2", "e-mail", True),
        ("Other email", "e-mail", True),
        ("Private E-Mail", "e-mail", True),
        ("Weitere E-Mail", "e-mail", True),
        ("Secondary e-mail address", "e-mail", True),
        ("Manager email", "e-mail", False),
        ("Referrer e-mail", "e-mail", False),
        ("Phone 2", "phone", True),
        ("Other Phone", "phone", True),
        ("Mobile 2", "phone", True),
        ("Emergency phone", "phone", False),
    ],
)
def test_a_header_that_names_a_further_address(header, means, further):
    assert is_further(header, means) is further


def test_lists_that_are_kept_by_hand_in_german(tmp_path):
    found = take_in(
        tmp_path,
        {
            "kunden.csv": """
            Kundenliste;;;;;;
            ;;;;;;
            Klientin;E-Mail;Paket;Preis;Beginn;Verlängerung am;Status
            Ann Alp;ann@alp.example;Einzel;1.200,00 €;03.02.2024;03.02.2025;aktiv
            Bea Bay;;Gruppe;900,-;05.06.2024;05.07.2024;beendet
            Summe;;;2.100,00 €;;;
            """
        },
    )
    assert by_subject(found, found.names["name"]) == {"ann@alp.example": "Ann Alp", "Bea Bay": "Bea Bay"}
    assert told_of(found, "ann@alp.example") == [("bought", "2024-02-03")]
    assert told_of(found, "Bea Bay") == [("bought", "2024-06-05"), ("lapsed", "2024-07-05")]
    assert [(one.value, one.currency) for one in found.sold] == [(120_000, "EUR"), (90_000, "EUR")]


def test_lists_that_are_kept_by_hand_in_spanish(tmp_path):
    found = take_in(
        tmp_path,
        {
            "clientes.csv": """
            Nombre y apellidos;Correo electrónico;Programa;Precio;Fecha de inicio;Fecha de renovación;Estado
            Ana Alba;ana@alba.example;Mentoría;1200.5;15/01/2024;15/01/2025;activa
            Luz Paz;luz@paz.example;Mentoría;"1.200,50 €";1 de febrero de 2024;1 de marzo de 2024;terminado
            Eva Sol;eva@sol.example;Mentoría;450;15/03/2024;15/03/2025;activa
            Iñi Gil;gil@sol.example;Mentoría;90.5;16/03/2024;16/03/2025;activa
            """
        },
    )
    assert told_of(found, "ana@alba.example") == [("bought", "2024-01-15")]
    assert told_of(found, "luz@paz.example") == [("bought", "2024-02-01"), ("lapsed", "2024-03-01")]
    assert [(one.offer, one.value, one.currency) for one in found.sold] == [
        ("Mentoría", value, "EUR") for value in (120_050, 120_050, 45_000, 9_050)
    ]


def test_who_began_without_an_amount_and_an_offer_bought_nothing(tmp_path):
    rows = """
    Email,Plan,Start date,Renewal date,Revenue
    ann@a.example,,2026-01-05,,$0.00
    bob@b.example,Yearly,2026-01-06,2027-01-06,$80.00
    cat@c.example,Free,2026-01-07,,
    dan@d.example,Monthly,2026-01-08,,
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert told(found) == [
        ("ann@a.example", "recorded", "2026-01-05"),
        ("bob@b.example", "bought", "2026-01-06"),
        ("cat@c.example", "recorded", "2026-01-07"),
        ("dan@d.example", "bought", "2026-01-08"),
    ]
    assert any("“Start date” of 2 rows is no purchase" in note for note in found.notes)


def test_who_joined_a_plan_that_costs_nothing_registered_then(tmp_path):
    rows = """
    Name,Email,Membership,Joined,Monthly fee
    Ann Lee,ann@a.example,Gold,2026-01-05,25.00
    Bob Ray,bob@b.example,,2026-01-06,0.00
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert told_of(found, "ann@a.example") == [("bought", "2026-01-05")]
    assert told_of(found, "bob@b.example") == [("registered", "2026-01-06")]


def test_a_header_that_says_that_they_bought_is_believed_of_every_row(tmp_path):
    rows = """
    Email,Plan,First purchase date,Total spent
    ann@a.example,,2026-01-05,
    bob@b.example,Yearly,2026-01-06,80.00
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert [kind for _, kind, _ in told(found)] == ["bought", "bought"]


def test_beside_the_day_of_the_purchase_that_of_the_start_is_none(tmp_path):
    rows = """
    Email,Plan,Start date,Paid upgrade date,Price
    ann@a.example,,2026-01-05,,0
    bob@b.example,Yearly,2026-01-06,2026-02-01,80
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert told(found) == [
        ("ann@a.example", "recorded", "2026-01-05"),
        ("bob@b.example", "bought", "2026-02-01"),
        ("bob@b.example", "recorded", "2026-01-06"),
    ]


def test_an_empty_column_and_the_source_of_what_was_bought_are_no_offer(tmp_path):
    rows = """
    Email,Subscription source,Plan name,Tier,Since,Price
    ann@a.example,Instagram,,Fan,2026-01-05,5
    bob@b.example,Podcast,,Friend,2026-01-06,8
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert meanings(found)["Tier"] == "offer"
    assert [one.offer for one in found.sold] == ["Fan", "Friend"]


@pytest.mark.parametrize(
    ("header", "stays", "left"),
    [
        ("Patron Status", "Active patron", "Former patron"),
        ("Membership status", "Active", "Expired"),
        ("Abo-Status", "laufend", "gekündigt"),
    ],
)
def test_the_status_of_members_under_a_header_that_says_whose_tells_who_left(tmp_path, header, stays, left):
    rows = f"""
    Email,{header},Plan,Since,Price
    ann@a.example,{stays},Fan,2026-01-05,5
    bob@b.example,{left},Fan,2026-01-06,5
    cat@c.example,{stays},Fan,2026-01-07,5
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert told_of(found, "ann@a.example") == [("bought", "2026-01-05")]
    assert told_of(found, "bob@b.example") == [("bought", "2026-01-06"), ("churned", "2026-01-06")]


def test_the_status_of_something_else_is_not_that_of_members(tmp_path):
    rows = """
    Email,Homework status,Plan,Since,Price
    ann@a.example,active,Fan,2026-01-05,5
    bob@b.example,expired,Fan,2026-01-06,5
    cat@c.example,active,Fan,2026-01-07,5
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert {kind for _, kind, _ in told(found)} == {"bought"}


def test_a_dutch_list_of_clients_of_whom_some_ended(tmp_path):
    found = take_in(
        tmp_path,
        {
            "klanten.csv": """
            Klantnr.;Naam;Mobiel;Klant sinds;Abonnement;Prijs (btw);Ingangsdatum;Verlengdatum;Einddatum;Status
            K1;Ann;06-11223344;05-01-2025;Jaar;890,-;13-01-2025;28 mei 2026;;Actief
            K2;Bob;06-11223355;06-01-2025;Maand;89,50;14-01-2025;;30 mrt 2025;Opgezegd
            K3;Cat;;07-01-2025;;;;;;Lead
            """
        },
    )
    assert told_of(found, "K1") == [("bought", "2025-01-13"), ("recorded", "2025-01-05")]
    assert told_of(found, "K2") == [
        ("bought", "2025-01-14"),
        ("churned", "2025-03-30"),
        ("recorded", "2025-01-06"),
    ]
    assert told_of(found, "K3") == [("recorded", "2025-01-07")]
    assert [(one.offer, one.value, one.renews_at, one.ended_at) for one in found.sold] == [
        ("Jaar", 89_000, to_instant("2026-05-28"), None),
        ("Maand", 8_950, None, to_instant("2025-03-30")),
    ]


def test_ends_that_stand_beside_renewals_are_no_ends_of_the_custom(tmp_path):
    found = take_in(
        tmp_path,
        {
            "people.csv": """
            Name,Email,Package,Price,Start,End,Renewal
            Ann,ann@alp.example,Single,100,2024-02-01,2024-08-20,2024-08-20
            Bob,bob@bet.example,Single,100,2024-03-15,2024-09-20,2024-09-20
            """
        },
    )
    assert meanings(found)["End"] == "ignored"


def test_a_tier_without_a_price_is_no_purchase_of_who_joined(tmp_path):
    rows = """
    FirstName,LastName,Email,JoinedDate,Price,Recurring Interval,Tier
    Ann,Lee,ann@a.example,2026-01-05,$49,month,standard
    Bob,Ray,bob@b.example,2026-01-06,,,free
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert [(kind, day) for _, kind, day in told(found)] == [
        ("bought", "2026-01-05"),
        ("registered", "2026-01-06"),
    ]


def test_a_free_plan_that_ends_was_not_bought(tmp_path):
    rows = """
    Name,Email,Plan,Price,Join date,Expires at
    Ann Lee,ann@a.example,Monthly,$9.00,2026-01-05,2026-02-05
    Bob Ray,bob@b.example,Free,$0.00,2026-01-06,2026-02-06
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert [(kind, day) for _, kind, day in told(found)] == [
        ("bought", "2026-01-05"),
        ("registered", "2026-01-06"),
    ]
    assert len(found.sold) == 1


def test_the_cancellation_of_a_subscription_has_a_day_under_a_header_with_its_table(tmp_path):
    rows = """
    subscriptions.status,subscriptions.plan_amount,subscriptions.started_at,subscriptions.cancelled_at,customers.email
    active,4900,2026-01-05,,ann@a.example
    cancelled,4900,2026-01-06,2026-02-03,bob@b.example
    active,4900,2026-01-07,,cat@c.example
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert told_of(found, "bob@b.example") == [("bought", "2026-01-06"), ("churned", "2026-02-03")]


def test_a_no_to_whether_a_member_is_active_ends_the_custom(tmp_path):
    rows = """
    Name,Email,Plan,Price,Active,Join date,Expires at
    Ann Lee,ann@a.example,Monthly,9,true,2026-01-05,2026-02-05
    Bob Ray,bob@b.example,Monthly,9,false,2026-01-06,2026-02-06
    Cat Fox,cat@c.example,Monthly,9,false,2026-01-07,
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert told_of(found, "ann@a.example") == [("bought", "2026-01-05")]
    assert told_of(found, "bob@b.example") == [("bought", "2026-01-06"), ("lapsed", "2026-02-06")]
    assert told_of(found, "cat@c.example") == [("bought", "2026-01-07"), ("churned", "2026-01-07")]


def test_whether_somebody_is_active_is_no_end_where_nobody_bought(tmp_path):
    rows = """
    Name,Email,Active,Created
    Ann Lee,ann@a.example,true,2026-01-05
    Bob Ray,bob@b.example,false,2026-01-06
    Cat Fox,cat@c.example,true,2026-01-07
    """
    found = take_in(tmp_path, {"list.csv": rows})
    assert meanings(found)["Active"] == "attribute"
    assert {kind for _, kind, _ in told(found)} == {"recorded"}
