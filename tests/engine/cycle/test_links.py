"""Links: what is counted of each path, by hand."""

from __future__ import annotations

from leadline.engine.cycle.links import NO_PATHS, NOT_KNOWN, LinkFigures, measure_links
from leadline.engine.estimates import Caution
from tests.makers import day
from tests.traced import life, traced

FEW = Caution(needed=1)


def many(n: int, name: str, *steps: str) -> list[dict[str, object]]:
    return [row for number in range(n) for row in life(f"{name}{number}", *steps)]


def cells(rows: list[dict[str, object]], until: float = 200, caution: Caution = FEW):
    found = measure_links(traced(rows, until)[1], caution)
    return {(one.path, one.link): one for one in found}


def counts(one: LinkFigures) -> tuple[int, int, int, int]:
    """How many began, got through, had it done to them, and still wait with nothing done."""
    return one.rate.began, one.rate.through, one.done, one.idle


def test_every_path_has_every_link():
    found = cells([*life("Ann", "liked 0 web"), *life("Bob", "liked 0 phone")])
    assert list(found) == [
        (path, link)
        for path in ("phone", "web")  # as often on record, so in the order of their names
        for link in ("generate", "nurture", "ask", "answer", "renew")
    ]


def test_what_is_done_on_a_path_and_what_only_came_of_it():
    rows = [
        *many(3, "a", "liked 0 web", "mailed 2 web", "called 20 web", "asked 30 web", "bought 40"),
        *many(2, "b", "liked 0 web", "called 20 web", "asked 30 phone"),
        *many(1, "c", "liked 0 web", "called 20 web", "bought 30"),
        *many(4, "d", "liked 0 web", "mailed 2 web", "called 20 web"),
        *many(5, "e", "liked 0 web", "mailed 2 web"),
        *many(2, "f", "liked 0 web"),
    ]
    found = cells(rows)
    assert counts(found["web", "nurture"]) == (17, 10, 12, 2)
    assert counts(found["web", "ask"]) == (10, 6, 3, 4)
    assert found["web", "ask"].elsewhere == 2
    assert counts(found["web", "answer"]) == (3, 3, 3, 0)
    assert counts(found["phone", "answer"]) == (2, 0, 0, 2)
    assert found["phone", "ask"].elsewhere == 0


def test_terms_are_counted_with_those_of_whom_it_was_asked():
    rows = [
        *many(2, "a", "bought 0 web", "asked_renewal 20", "renewed 30 web"),
        *many(3, "b", "bought 0 web", "renewed 30 web"),
        *many(1, "c", "bought 0 web", "churned 50 web"),
    ]
    assert counts(cells(rows)["web", "renew"]) == (6, 5, 2, 0)


def test_whom_an_unknown_audience_brought_is_counted_and_has_no_rate():
    one = cells(many(6, "a", "liked 3 web"))["web", "generate"]
    assert (one.rate, one.came, one.open_cycle) == (None, 6, True)


def test_a_known_audience_gives_the_rate_of_those_who_came_out_of_it():
    posts = [{"kind": "posted", "happened_at": day(at), "n": 40, "path": "web"} for at in (1, 2)]
    one = cells([*posts, *many(6, "a", "liked 3 web")])["web", "generate"]
    assert counts(one) == (80, 6, 6, 0)
    assert (one.came, one.open_cycle) == (6, True)


def test_where_most_are_known_by_name_they_are_counted_with_the_audience():
    posts = [{"kind": "posted", "happened_at": day(1), "n": 10, "path": "web"}]
    rows = [*posts, *many(8, "a", "listed 0 web"), *many(3, "b", "listed 0 web", "liked 9 web")]
    assert counts(cells(rows)["web", "generate"])[:2] == (21, 3)
    assert counts(cells(rows[1:])["web", "generate"]) == (11, 3, 3, 8)


def test_those_without_a_path_stand_apart():
    mixed = [*life("Ann", "liked 0"), *life("Bob", "liked 0 web")]
    assert NOT_KNOWN in {path for path, _ in cells(mixed)}
    assert NOT_KNOWN not in {path for path, _ in cells(mixed, caution=Caution(needed=2))}
    alone = cells(life("Ann", "liked 0"))
    assert {path for path, _ in alone} == {NO_PATHS}
    assert all(one.alone for one in alone.values())


def test_a_path_may_be_called_all_and_is_not_taken_for_those_without():
    assert not any(one.alone for one in cells(life("Ann", "liked 0 all")).values())


def test_leads_who_heard_nothing_are_counted_where_people_like_them_are_asked():
    # Of the web's leads half are asked by phone, where nobody is nurtured; 20 heard nothing.
    rows = [
        *many(10, "a", "liked 0 web", "mailed 2 web", "called 20 web", "asked 30 web"),
        *many(10, "b", "liked 0 web", "mailed 2 web", "called 20 web", "asked 30 phone"),
        *many(20, "c", "liked 0 web"),
    ]
    found = cells(rows, caution=Caution(needed=10))
    assert counts(found["web", "nurture"]) == (30, 20, 20, 10)
    assert counts(found["phone", "nurture"]) == (10, 0, 0, 10)
    assert found["phone", "nurture"].rate.weight == 10


def test_links_judged_together_count_who_talked_and_became_a_client():
    rows = [
        *many(5, "a", "liked 0 web", "called 20 web", "bought 30"),
        *many(7, "b", "liked 0 web", "called 20 web"),
        *many(4, "c", "liked 0 web", "bought 30 web"),
    ]
    found = cells(rows)
    assert counts(found["web", "ask"]) == (12, 5, 5, 7)  # the four who bought without a talk aren't of them
    assert (found["web", "ask"].links, found["web", "answer"].links) == (("ask", "answer"), ("answer",))
    assert (found["web", "answer"].covered, counts(found["web", "answer"])) == (True, (0, 0, 0, 0))


def test_who_hardly_ever_is_asked_by_the_record_counts_at_no_link_twice():
    rows = [
        *many(30, "a", "called 20 web", "bought 30"),
        *many(3, "b", "called 20 web", "asked 25", "bought 30"),
    ]
    found = cells(rows)
    assert counts(found["web", "ask"]) == (33, 33, 33, 0)
    assert counts(found["web", "answer"]) == (0, 0, 0, 0)
