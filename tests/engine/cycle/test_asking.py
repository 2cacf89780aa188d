"""Asks: which answer belongs to which ask."""

from __future__ import annotations

from leadline.engine.cycle.asking import ANSWERS, AskLog, list_asks
from leadline.engine.cycle.firsts import Firsts
from leadline.engine.instants import DAY, NEVER, to_instant
from leadline.engine.touches import Touches
from tests.makers import day, log, touch
from tests.traced import traced


def asks(*happened: str, until: float = 100) -> AskLog:
    return traced(log("Ann", *happened), until)[1].asks


def told(found: AskLog) -> list[tuple[str, float | None]]:
    """The answer to each ask, and the day on which it came."""
    first = to_instant(day(0))
    when = [None if at == NEVER else (at - first) / DAY for at in found.answered_at.tolist()]
    return [(ANSWERS[code], at) for code, at in zip(found.answer.tolist(), when, strict=True)]


def test_an_answer_belongs_to_the_latest_ask_before_it():
    found = asks("asked 1", "said_not_now 4", "asked 10", "said_yes 12")
    assert told(found) == [("not now", 4), ("yes", 12)]
    assert found.number.tolist() == [1, 2]


def test_an_ask_without_an_answer_waits():
    assert told(asks("asked 1")) == [("waiting", None)]
    assert told(asks("asked 1", "said_no 40", until=39)) == [("waiting", None)]


def test_a_yes_that_follows_a_no_with_no_ask_between_is_what_counts():
    assert told(asks("asked 1", "said_no 4", "said_yes 9")) == [("yes", 9)]
    assert told(asks("asked 1", "said_yes 4", "said_no 9")) == [("yes", 4)]


def test_of_several_answers_the_first_is_what_counts():
    assert told(asks("asked 1", "said_not_now 4", "said_no 9")) == [("not now", 4)]
    assert told(asks("asked 1", "said_yes 4", "bought 9")) == [("yes", 4)]


def test_a_purchase_is_a_yes_and_going_elsewhere_is_a_no():
    assert told(asks("asked 1", "bought 4")) == [("yes", 4)]
    assert told(asks("proposed 1", "went_elsewhere 4")) == [("no", 4)]
    assert told(asks("asked 1", "lost 4")) == [("no", 4)]


def test_an_answer_before_any_ask_belongs_to_none():
    assert told(asks("said_no 0", "asked 1")) == [("waiting", None)]
    assert told(asks("said_yes 0")) == []


def test_an_ask_and_its_answer_of_one_day_belong_together():
    assert told(asks("said_yes 1", "asked 1")) == [("yes", 1)]


def test_an_ask_is_superseded_when_the_next_comes_before_an_answer():
    found = asks("asked 1", "asked 5", "said_no 7", "asked 9")
    assert found.superseded.tolist() == [True, False, False]
    assert told(found) == [("waiting", None), ("no", 7), ("waiting", None)]


def test_answers_of_others_are_not_theirs():
    rows = [*log("Ann", "asked 1"), *log("Bob", "said_yes 2", "asked 3"), *log("Cy", "said_no 4")]
    found = traced(rows, 9)[1].asks
    assert told(found) == [("waiting", None), ("waiting", None)]
    assert found.number.tolist() == [1, 1]
    assert not found.superseded.any()


def test_asks_of_those_who_were_clients_before_are_renewals():
    found = asks("asked 1", "bought 3", "asked 3", "asked_renewal 20", "renewed 25")
    assert found.renewal.tolist() == [False, False, True]


def test_asks_come_in_order_of_time_with_path_and_author():
    rows = [
        touch("Bob", "asked", 8, path="web", actor="Eve"),
        touch("Ann", "asked", 2, path="phone", actor="Max"),
        touch("Bob", "offered", 5),
    ]
    cycles = traced(rows, 9)[1]
    found = cycles.asks
    assert [cycles.subjects[who] for who in found.contact] == ["Ann", "Bob", "Bob"]
    assert [cycles.paths[code] if code >= 0 else None for code in found.path] == ["phone", None, "web"]
    assert [cycles.actors[code] if code >= 0 else None for code in found.actor] == ["Max", None, "Eve"]
    assert found.number.tolist() == [1, 1, 2]


def test_some_of_the_asks_can_be_taken():
    found = asks("asked 1", "said_no 2", "asked 5")
    assert told(found.take(found.number == 1)) == [("no", 2)]
    assert len(found.take(found.number > 9)) == 0


def of_deals(*happened: str) -> AskLog:
    """The asks of touches that each name their deal last, as `asked 1 A`; `-` names none."""
    words = [one.rsplit(" ", 1) for one in happened]
    rows = [row | {"deal": deal.strip("-")} for said, deal in words for row in log("Ann", said)]
    touches = Touches.of(rows)
    return list_asks(Firsts(touches, touches.contact, NEVER))


def test_asks_of_different_deals_wait_beside_each_other():
    found = of_deals("asked 1 A", "asked 2 B", "asked 3 A")
    assert found.superseded.tolist() == [True, False, False]
    found = of_deals("asked 1 A", "asked 2 B", "asked 3 -", "asked 4 -")
    assert found.superseded.tolist() == [False, False, True, False]


def test_an_answer_that_is_told_of_a_deal_belongs_to_the_latest_ask_of_that():
    found = of_deals("asked 1 A", "asked 2 B", "bought 3 A", "lost 4 B")
    assert told(found) == [("yes", 3), ("no", 4)]
    found = of_deals("asked 1 A", "asked 2 B", "said_no 3 -")
    assert told(found) == [("waiting", None), ("no", 3)]
    assert told(of_deals("said_yes 1 A", "asked 2 B")) == [("waiting", None)]


def test_an_answer_of_a_deal_that_nobody_asked_for_belongs_to_the_latest_ask_of_no_deal():
    assert told(of_deals("asked 1 -", "asked 2 A", "bought 3 B")) == [("yes", 3), ("waiting", None)]
    assert told(of_deals("asked 1 A", "bought 3 B")) == [("waiting", None)]


def test_deals_of_one_name_are_each_of_their_own_contact():
    rows = [touch(who, "asked", number, deal="1") for number, who in enumerate(("Ann", "Bob"))]
    touches = Touches.of([*rows, touch("Ann", "lost", 5, deal="1")])
    found = list_asks(Firsts(touches, touches.contact, NEVER))
    assert told(found) == [("no", 5), ("waiting", None)]
    assert not found.superseded.any()
