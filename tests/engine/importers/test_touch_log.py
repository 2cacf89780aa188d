"""Logs of touches: one row is one thing that happened; words are matched to kinds, and bad rows say why."""

from __future__ import annotations

from leadline.engine.importers import Mapping
from tests.exported import by_subject, is_accounted_for, meanings, reasons, subjects, take_in, told, values

SHOP = """
    event_time,event_type,product_id,brand,price,user_id
    2019-10-01 00:00:00 UTC,view,44600062,shiseido,35.79,541
    2019-10-01 00:00:05 UTC,view,3900821,aqua,33.20,554
    2019-10-02 00:00:07 UTC,cart,3900821,aqua,33.20,554
    2019-10-03 00:01:07 UTC,purchase,3900821,aqua,33.20,554
    2019-10-01 00:00:00 UTC,view,44600062,shiseido,35.79,541
    2019-10-04 00:01:07 UTC,wriggle,3900821,aqua,33.20,541
"""


def test_the_events_of_a_shop_become_touches(tmp_path):
    found = take_in(tmp_path, {"events.csv": SHOP})
    assert found.unit == "contact"
    assert told(found) == [
        ("541", "visited", "2019-10-01"),
        ("554", "bought", "2019-10-03"),
        ("554", "compared", "2019-10-02"),
        ("554", "visited", "2019-10-01"),
    ]


def test_the_price_of_what_was_only_looked_at_is_no_value(tmp_path):
    assert values(take_in(tmp_path, {"events.csv": SHOP})) == {"554": 3320}


def test_a_row_that_stands_twice_counts_once_and_an_unknown_word_says_how_to_map_it(tmp_path):
    found = take_in(tmp_path, {"events.csv": SHOP})
    (first, same), (second, unknown) = reasons(found)
    assert (first, same, second) == (6, "the same as line 2", 7)
    assert "“wriggle”" in unknown
    assert "[kinds]" in unknown
    assert is_accounted_for(found)


def test_a_word_can_be_mapped_to_a_kind(tmp_path):
    found = take_in(tmp_path, {"events.csv": SHOP}, mapping=Mapping(kinds={"Wriggle": "replied"}))
    assert ("541", "replied", "2019-10-04") in told(found)


ACTIVITIES = """
    Activity Date;Activity Type;Contact;Rep;Notes
    14.03.2024;Call;Ann Alp;Nia;left a word
    15.03.2024;Email Opened;Ann Alp;Nia;
    28.03.2024;Meeting;Bob Bet;Leo;good
    30.03.2024;Proposal Sent;Bob Bet;Leo;
    32.03.2024;Call;Bob Bet;Leo;
    31.03.2024;;Bob Bet;Leo;
    31.03.2024;Call;;Leo;
    ;Call;Ann Alp;Leo;
"""


def test_the_activities_of_a_crm_become_touches_though_few_people_stand_on_many_rows(tmp_path):
    found = take_in(tmp_path, {"activities.csv": ACTIVITIES})
    assert told(found) == [
        ("Ann Alp", "called", "2024-03-14"),
        ("Ann Alp", "opened", "2024-03-15"),
        ("Bob Bet", "had_meeting", "2024-03-28"),
        ("Bob Bet", "proposed", "2024-03-30"),
    ]
    assert by_subject(found, found.attributes["owner"]) == {"Ann Alp": "Nia", "Bob Bet": "Leo"}


def test_every_row_that_is_not_used_has_its_line_and_its_reason(tmp_path):
    found = take_in(tmp_path, {"activities.csv": ACTIVITIES})
    assert [line for line, _ in reasons(found)] == [6, 7, 8, 9]
    assert [reason.split(":")[0] for _, reason in reasons(found)] == [
        "“32.03.2024” in “Activity Date”",
        "“Activity Type” is blank",
        "no name",
        "“Activity Date” is blank",
    ]
    assert is_accounted_for(found)


def test_words_that_were_taken_for_kinds_are_noted_and_kept_in_the_mapping(tmp_path):
    found = take_in(tmp_path, {"activities.csv": ACTIVITIES})
    assert found.mapping.kinds["Email Opened"] == "opened"
    assert any("“Proposal Sent” (1 row) as proposed" in note for note in found.notes)


def test_a_column_without_a_known_header_is_what_happened_if_its_words_are_kinds(tmp_path):
    found = take_in(
        tmp_path,
        {
            "log.csv": """
            wer,was so,Zeitpunkt,user id
            x,Newsletter signup,2024-01-02,u1
            y,Link clicked,2024-01-03,u1
            z,unsubscribed,2024-01-04,u2
            """
        },
    )
    assert meanings(found)["was so"] == "what happened"
    assert told(found) == [
        ("u1", "clicked", "2024-01-03"),
        ("u1", "subscribed", "2024-01-02"),
        ("u2", "unsubscribed", "2024-01-04"),
    ]


def test_events_with_seconds_since_1970_a_source_and_a_medium(tmp_path):
    found = take_in(
        tmp_path,
        {
            "ga.csv": """
            user_pseudo_id,event_name,event_timestamp,traffic_source,medium
            111.222,page_view,1704067200000000,google,organic
            333.444,purchase,1704267200000000,fb,cpc
            333.444,generate_lead,1704167200000000,fb,cpc
            """
        },
    )
    assert told(found) == [
        ("111.222", "visited", "2024-01-01"),
        ("333.444", "bought", "2024-01-03"),
        ("333.444", "filled_form", "2024-01-02"),
    ]
    touches = found.touches
    assert touches.columns["path"].values() == ["website", "advertising", "advertising"]
    assert touches.columns["channel"].values() == ["organic", "cpc", "cpc"]


def test_the_same_touch_id_counts_once(tmp_path):
    found = take_in(
        tmp_path,
        {
            "log.csv": """
            event_id,email,event,occurred_at,comment
            e1,a@x.example,download,2024-01-02,first
            e1,a@x.example,download,2024-01-02,again
            e2,a@x.example,download,2024-01-02,other
            """
        },
    )
    assert len(found.touches) == 2
    assert reasons(found) == [(3, "the touch with the id of line 2")]


def test_orders_are_purchases_unless_they_brought_no_money(tmp_path):
    found = take_in(
        tmp_path,
        {
            "orders.csv": """
            Order ID,Customer Email,Created at,Financial Status,Total,Currency
            #1001,a@x.example,2024-01-01 10:00:00 +0100,paid,19.90,EUR
            #1002,b@x.example,2024-01-02 10:00:00 +0100,refunded,25.00,EUR
            #1003,A@x.example,2024-02-01 10:00:00 +0100,paid,30.10,EUR
            #1003,,,,,
            """
        },
    )
    assert told(found) == [
        ("a@x.example", "bought", "2024-01-01"),
        ("a@x.example", "bought", "2024-02-01"),
        ("b@x.example", "bought", "2024-01-02"),
        ("b@x.example", "refunded", "2024-01-02"),
    ]
    assert values(found) == {"a@x.example": 5000, "b@x.example": 0}
    assert found.touches.columns["currency"].values() == ["EUR"] * 4
    assert reasons(found) == [
        (5, "a further item of the order on line 4"),
    ]
    assert subjects(found) == ["a@x.example", "b@x.example"]


ITEMS = """
    Order ID,Order Date,Customer ID,Product,{header}
    o1,2016-11-08,c1,Bookcase,{first}
    o1,2016-11-08,c1,Chair,{second}
    o2,2016-11-09,c1,Labels,{third}
"""


def test_the_items_of_an_order_are_one_purchase_of_their_sum(tmp_path):
    text = ITEMS.format(header="Sales", first="261.96", second="731.94", third="14.62")
    found = take_in(tmp_path, {"orders.csv": text})
    assert told(found) == [("c1", "bought", "2016-11-08"), ("c1", "bought", "2016-11-09")]
    assert found.touches.value.tolist() == [99390, 1462]
    assert values(found) == {"c1": 99390 + 1462}


def test_a_total_that_stands_on_each_row_of_its_order_is_not_added_up(tmp_path):
    text = ITEMS.format(header="Order Total", first="100", second="100", third="20")
    found = take_in(tmp_path, {"orders.csv": text})
    assert found.touches.value.tolist() == [10000, 2000]


def actors(found):
    """Who did each touch, by subject and kind."""
    column = found.touches.columns["actor"].values()
    kinds = [found.touches.kinds.kinds[code].name for code in found.touches.kind.tolist()]
    return dict(zip(zip(found.touches.contact.values(), kinds, strict=True), column, strict=True))


def test_who_did_it_is_the_actor_of_the_touch(tmp_path):
    text = """
        Contact,Activity,Date,Owner,Done By
        Ann,Call,2024-03-14,Nia,Leo
        Ann,Proposal Sent,2024-03-15,Nia,Nia
        Bob,Call,2024-03-16,Nia,
    """
    found = take_in(tmp_path, {"activities.csv": text})
    assert actors(found) == {("Ann", "called"): "Leo", ("Ann", "proposed"): "Nia", ("Bob", "called"): None}
    assert meanings(found)["Done By"] == "actor"
    assert "Done By" not in found.attributes


def test_where_no_column_says_who_did_it_the_owner_of_the_row_is_taken_for_it(tmp_path):
    found = take_in(tmp_path, {"activities.csv": ACTIVITIES})
    assert actors(found)["Ann Alp", "called"] == "Nia"
    assert actors(found)["Bob Bet", "proposed"] == "Leo"


def test_in_a_file_that_is_no_log_a_name_of_the_staff_is_something_to_compare_by(tmp_path):
    rows = "\n".join(f"p{n}@x.example,2025-01-{n:02},{'Nia' if n % 2 else 'Leo'}" for n in range(1, 20))
    found = take_in(tmp_path, {"people.csv": f"Email,Created,Staff\n{rows}\n"})
    assert meanings(found)["Staff"] == "attribute"
    assert set(by_subject(found, found.attributes["Staff"]).values()) == {"Nia", "Leo"}


def test_paths_keep_the_names_that_the_owner_gave_them(tmp_path):
    rows = "contact,kind,happened_at,path\n" + "".join(
        f"p{n},{kind},2026-01-{n + 1:02},{path}\n"
        for n, path in enumerate(["podcast", "blog", "Podcast", "meetup", "trade fair", "Networking"] * 4)
        for kind in ("liked", "called")
    )
    found = take_in(tmp_path, {"touches.csv": rows})
    assert sorted(found.touches.columns["path"].labels) == [
        "blog", "meetup", "networking", "podcast", "trade fair",
    ]  # fmt: skip


def test_counts_of_an_audience_go_to_the_path_that_the_log_names(tmp_path):
    log = "contact,kind,happened_at,path\n" + "".join(
        f"p{n},liked,2026-01-{n + 1:02},{path}\n" for n, path in enumerate(["podcast", "blog"] * 12)
    )
    counts = "Date,Path,Reach\n2026-01-05,podcast,400\n2026-01-12,podcast,500\n2026-01-19,podcast,450\n"
    found = take_in(tmp_path, {"touches.csv": log, "audience.csv": counts})
    path = found.touches.columns["path"]
    unknown = found.touches.contact.codes < 0
    assert {str(path.labels[code]) for code in path.codes[unknown]} == {"podcast"}


def test_gifts_and_refunds_are_known_words(tmp_path):
    log = "donor,activity,date,amount\n" + "".join(
        f"d{n},{word},2026-01-{n + 1:02},{amount}\n"
        for n, (word, amount) in enumerate([("Donation", 50), ("Refund", -50), ("Newsletter sent", "")] * 6)
    )
    found = take_in(tmp_path, {"gifts.csv": log})
    names = found.touches.kinds.names_of_kinds
    assert {names[kind] for kind in found.touches.kind} == {"bought", "refunded", "mailed"}
    assert found.unused == ()
