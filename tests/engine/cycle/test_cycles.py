"""Cycles: the instants and paths of small lives, read off by hand."""

from __future__ import annotations

import pytest

from leadline.engine.cycle.cycles import LINKS, Cycles, trace_cycles
from leadline.engine.errors import BadTouches
from leadline.engine.history import derive
from leadline.engine.instants import DAY, NEVER, to_instant
from leadline.engine.touches import MISSING, Touches
from tests.makers import day, document, funnel_of, log, stage, touch
from tests.traced import WAY, life, sales, traced

INSTANTS = ("reached_at", "responded_at", "warm_at", "asked_at", "client_at")


def of(*steps: str, until: float = 100) -> Cycles:
    """The cycle of one contact."""
    return traced(life("Ann", *steps), until)[1]


def days(instants: object) -> list[float | None]:
    """Instants as days of 2026, None for NEVER."""
    first = to_instant(day(0))
    return [None if one == NEVER else (int(one) - first) / DAY for one in instants]


def steps_of(cycles: Cycles, who: int = 0) -> list[float | None]:
    return days(getattr(cycles, name)[who] for name in INSTANTS)


def path_names(cycles: Cycles) -> list[str | None]:
    """Where the first contact came from, and was nurtured, became warm and was asked."""
    codes = (cycles.path, cycles.nurture_path, cycles.warm_path, cycles.ask_path)
    return [cycles.paths[code[0]] if code[0] >= 0 else None for code in codes]


def test_each_link_has_its_instant_and_its_path():
    cycles = of(
        "listed 0 list", "liked 2 social", "mailed 3 email", "called 10 phone", "asked 12 events", "bought 20"
    )
    assert steps_of(cycles) == [0, 2, 10, 12, 20]
    assert days(cycles.nurtured_at) == [3]
    assert path_names(cycles) == ["list", "email", "phone", "events"]
    assert cycles.asked.tolist() == [True]
    assert cycles.on_record == {"generate", "nurture", "ask", "answer"}


def test_a_path_that_is_not_known_is_that_of_the_link_before():
    assert path_names(of("liked 0 social", "mailed 1", "called 2", "asked 3")) == ["social"] * 4
    assert path_names(of("liked 0", "called 2 phone", "asked 3")) == ["phone"] * 4
    assert path_names(of("liked 0", "called 2", "asked 3")) == [None] * 4


def test_a_path_that_only_the_sale_tells_is_not_where_they_came_from():
    assert path_names(of("liked 0", "bought 20 shop")) == [None] * 4
    assert path_names(of("liked 0", "mailed 1 email", "bought 20 shop")) == ["email"] * 4
    assert path_names(of("bought 20 shop", "bought 30 email")) == ["shop"] * 4  # a walk-in
    assert path_names(of("liked 0", "called 5", until=30)) == [None] * 4
    assert path_names(of("liked 0", "called 5", "met 25 events", until=30)) == ["events"] * 4


def test_whoever_bought_was_asked_and_warm_by_then_though_nothing_says_so():
    cycles = of("listed 0", "bought 20")
    assert steps_of(cycles) == [0, 20, 20, 20, 20]
    assert cycles.asked.tolist() == [False]
    assert len(cycles.asks) == 0


def test_whoever_was_asked_was_warm_by_then():
    assert steps_of(of("listed 0", "asked 5", "called 9")) == [0, 5, 5, 5, None]


TALKERS = life("Zoe", "met 0", "mailed 3", "called 9", "asked 12")
"""Somebody with whom, as is usual, a talk came between the meeting and the ask."""


def among_talkers(*steps: str) -> Cycles:
    """The cycle of one contact (the first), where others talked between the meeting and the ask."""
    return traced([*life("Ann", *steps), *TALKERS], 100)[1]


def test_who_was_met_has_responded_and_is_not_warm_before_a_talk():
    assert steps_of(among_talkers("met 0")) == [0, 0, None, None, None]
    assert steps_of(among_talkers("met 0", "mailed 5")) == [0, 0, None, None, None]
    assert days(among_talkers("met 0", "mailed 5").nurtured_at)[0] == 5
    assert steps_of(among_talkers("met 0", "replied 4")) == [0, 0, 4, None, None]
    assert steps_of(among_talkers("met 0", "asked 4")) == [0, 0, 4, 4, None]
    assert steps_of(among_talkers("introduced 0", "met 6")) == [0, 6, None, None, None]


def test_where_no_talk_ever_follows_a_meeting_the_meeting_is_the_talk():
    assert steps_of(of("met 0")) == [0, 0, 0, None, None]
    assert of("met 0 fair").talked.tolist() == [True]
    assert path_names(of("introduced 0 club", "met 3 fair"))[2] == "fair"
    assert steps_of(of("met 0", "mailed 5")) == [0, 0, 0, None, None]
    assert steps_of(of("met 0", "asked 4")) == [0, 0, 0, 4, None]


def test_a_talk_before_the_meeting_or_with_a_client_does_not_follow_it():
    rows = [*life("Ann", "met 0"), *life("Bob", "met 1", "asked 2", "bought 3", "called 9")]
    rows += life("Cy", "called 1", "met 5")
    cycles = traced(rows, 100)[1]
    assert steps_of(cycles) == [0, 0, 0, None, None]
    assert steps_of(cycles, 1) == [1, 1, 1, 2, 3]
    assert steps_of(cycles, 2) == [1, 1, 1, None, None]


def test_a_meeting_after_the_response_is_a_talk_wherever_the_response_was():
    cycles = among_talkers("subscribed 0 blog", "mailed 3 email", "met 20 fair")
    assert steps_of(cycles) == [0, 0, 20, None, None]
    assert path_names(cycles) == ["blog", "email", "fair", "fair"]
    assert steps_of(among_talkers("met 0", "met 7")) == [0, 0, 7, None, None]


def test_who_comes_on_somebodys_word_has_responded_and_who_was_only_introduced_has_not():
    assert steps_of(of("referred 0")) == [0, 0, None, None, None]
    assert steps_of(of("referred 0", "bought 20")) == [0, 0, 20, 20, 20]
    assert steps_of(of("introduced 0")) == [0, None, None, None, None]
    assert steps_of(of("introduced 0", "mailed 3")) == [0, None, None, None, None]
    assert steps_of(of("introduced 0", "replied 4")) == [0, 4, 4, None, None]


def test_touches_by_machines_and_touches_to_come_count_for_nothing():
    rows = [*life("Ann", "listed 0", "scanned 1", "liked 60"), touch("Ann", "replied", 2, machine=True)]
    assert steps_of(traced(rows, 50)[1]) == [0, None, None, None, None]


def test_nurturing_counts_from_the_response_on_and_a_talk_is_none():
    assert days(of("liked 2", "mailed 2", "called 4").nurtured_at) == [2]
    some = [touch(f"c{n}", kind, day) for n in range(3) for kind, day in (("liked", 2), ("called", 4))]
    assert days(traced([*some, touch("c0", "mailed", 3)], 9)[1].nurtured_at) == [3, None, None]


def test_where_hardly_anything_but_talks_is_on_record_a_talk_is_nurturing():
    some = [touch(f"c{n}", kind, day) for n in range(11) for kind, day in (("liked", 2), ("called", 4))]
    assert days(traced([*some, touch("c0", "mailed", 3)], 9)[1].nurtured_at) == [3, *[4] * 10]
    assert days(of("mailed 0", "liked 2", "called 4").nurtured_at) == [4]


def test_nurturing_of_clients_is_not_where_nurturing_began():
    assert path_names(of("liked 0 social", "bought 3", "mailed 9 email"))[1] == "social"


def test_of_one_instant_the_path_is_that_of_the_first_link():
    assert path_names(of("asked 0 phone", "liked 0 social"))[0] == "social"


def test_leaving_counts_until_they_come_back():
    assert days(of("liked 0", "unsubscribed 5").left_at) == [5]
    assert days(of("liked 0", "unsubscribed 5", "mailed 8").left_at) == [5]
    assert days(of("liked 0", "unsubscribed 5", "liked 8").left_at) == [None]
    assert days(of("liked 0", "unsubscribed 5", "liked 8", "opted_out 9").left_at) == [9]
    assert days(of("liked 0", "disqualified 5").left_at) == [5]
    assert days(of("bought 0", "churned 5").left_at) == [None]


def test_the_first_refusal_counts_whether_there_was_an_ask_or_not():
    assert days(of("asked 1", "said_no 5", "asked 6", "said_no 9").refused_at) == [5]
    assert days(of("liked 0", "went_elsewhere 7").refused_at) == [7]
    assert days(of("asked 1", "said_not_now 5").refused_at) == [None]


def test_a_client_is_who_was_in_a_stage_of_that_role():
    assert steps_of(of("liked 0", "said_yes 7"))[-1] is None  # this funnel asks for a purchase
    agreed = funnel_of(document(stage("client", "said_yes", role="client")))
    assert steps_of(traced(life("Ann", "liked 0", "said_yes 7"), 9, agreed)[1])[-1] == 7


def test_where_no_stage_has_that_role_a_client_is_who_bought():
    open_only = funnel_of(document(stage("lead", "liked")))
    assert steps_of(traced(life("Ann", "liked 0", "bought 7"), 9, open_only)[1])[-1] == 7


def test_a_company_is_reached_by_any_of_its_people():
    rows = [
        touch("Ann", "liked", 0, company="Acme", path="social"),
        touch("Bob", "called", 4, company="Acme", path="phone"),
        touch("Bob", "asked", 6, company="Acme"),
        touch("Cy", "liked", 1),
    ]
    touches = Touches.of(rows)
    history = derive(touches, WAY, as_of=day(9), of="company")
    cycles = trace_cycles(touches, history, of="company", unit="company")
    assert list(cycles.subjects) == ["Acme"]
    assert steps_of(cycles) == [0, 0, 4, 6, None]
    assert path_names(cycles) == ["social", "phone", "phone", "phone"]
    assert cycles.unit == "company"


def test_whoever_was_merged_has_one_cycle():
    touches = Touches.of([*life("Ann", "liked 0"), *life("A. Bell", "called 3", "asked 5", "said_no 6")])
    merged = {"A. Bell": "Ann"}
    history = derive(touches, WAY, as_of=day(9), merged=merged)
    cycles = trace_cycles(touches, history, merged=merged)
    assert list(cycles.subjects) == ["Ann"]
    assert steps_of(cycles) == [0, 0, 3, 5, None]
    assert days(cycles.asks.answered_at) == [6]


def test_a_history_of_other_touches_is_refused():
    touches = Touches.of(life("Ann", "liked 0"))
    with pytest.raises(BadTouches, match="the touches that the history was derived from"):
        trace_cycles(touches, derive(Touches.of([*log("Bob", "liked 0"), *log("Cy", "liked 0")]), WAY))


def test_purchases_are_in_order_and_other_currencies_have_no_value():
    rows = [
        *sales({"Bob": [(9, 500), (3, 200)], "Ann": [(5, 300)]}),
        touch("Cy", "bought", 4, value=700, currency="USD"),
        touch("Di", "bought", 6),
    ]
    cycles = traced(rows, 100)[1]
    bought = cycles.purchases
    assert cycles.currency == "EUR"
    assert days(bought.bought_at) == [3, 4, 5, 6, 9]
    assert bought.value.tolist() == [200, MISSING, 300, MISSING, 500]
    assert bought.first.tolist() == [True, True, True, True, False]


def test_without_money_there_is_no_currency_and_unnamed_money_has_an_empty_one():
    assert of("bought 1").currency is None
    assert traced([touch("Ann", "bought", 1, value=500)], 9)[1].currency == ""


def test_a_term_ends_with_the_next_purchase_or_the_end_of_custom():
    rows = [
        *life("Ann", "asked 0 phone", "bought 1", "asked_renewal 20", "renewed 30 email", "churned 60"),
        *life("Bob", "bought 5 web"),
        *life("Cy", "bought 6", "lapsed 50", "churned 55"),
    ]
    cycles = traced(rows, 100)[1]
    terms = cycles.renewals
    assert [cycles.subjects[who] for who in terms.contact] == ["Ann", "Cy", "Ann"]
    assert (days(terms.since), days(terms.settled_at)) == ([1, 6, 30], [30, 50, 60])
    assert terms.renewed.tolist() == [True, False, False]
    assert terms.asked.tolist() == [True, False, False]
    assert [cycles.paths[one] if one >= 0 else None for one in terms.path] == ["email", None, "phone"]


def test_the_audience_is_unknown_people_with_a_number():
    rows = [
        {"kind": "posted", "happened_at": day(1), "n": 500, "path": "social"},
        {"kind": "spoke", "happened_at": day(2), "n": 40, "path": "stage"},
        {"kind": "mailed", "happened_at": day(3), "n": 900, "path": "email"},
        {"kind": "posted", "happened_at": day(200), "n": 7, "path": "social"},
        *life("Ann", "liked 5 social"),
    ]
    cycles = traced(rows, 100)[1]
    seen = cycles.audience
    assert [cycles.paths[code] for code in seen.path] == ["social", "stage"]
    assert (days(seen.happened_at), seen.n.tolist()) == ([1, 2], [500, 40])


def test_touches_are_counted_by_path_and_link_and_asks_of_clients_with_renewal():
    cycles = of(
        "liked 0 web", "mailed 1 web", "mailed 2 web", "asked 3 web", "bought 4 web", "asked 9 web", "liked 9"
    )
    assert dict(zip(LINKS, cycles.touched[0].tolist(), strict=True)) == {
        "generate": 1, "nurture": 2, "ask": 1, "answer": 1, "renew": 1,
    }  # fmt: skip


def test_nobody_has_no_cycle():
    cycles = traced([], 9)[1]
    assert len(cycles) == 0
    assert (cycles.since, cycles.paths, cycles.on_record) == (cycles.as_of, (), frozenset())
