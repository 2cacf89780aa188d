"""Leaks where asks, or talks too, are not on record: what is judged together, and what is said of it."""

from __future__ import annotations

import pytest

from leadline.engine import charts
from leadline.engine.cycle.judgement import LinkReport
from leadline.engine.reports.leaks import Leaks, leaks
from tests.leads import below, path
from tests.makers import touch
from tests.traced import traced


def told(*parts: list[dict[str, object]], until: float = 450) -> Leaks:
    return leaks(traced([row for part in parts for row in part], until)[1])


def cell(report: Leaks, name: str, link: str) -> LinkReport:
    return next(one for one in report.links if (one.path, one.link) == (name, link))


def first(report: Leaks) -> tuple[str, str, str]:
    one = report.leaks[0]
    return one.path, one.link, one.status


def unasked(*parts: list[dict[str, object]]) -> list[dict[str, object]]:
    return [row for part in parts for row in part if row["kind"] != "asked"]


def test_where_no_ask_is_on_record_a_path_whose_talks_bring_no_client_leaks_all_the_same():
    report = told(unasked(path("radio", yes=0), path("phone"), path("stage")))
    assert first(report) == ("radio", "ask", "missing")
    one = cell(report, "radio", "ask")
    assert (one.figures.links, one.figures.rate.began, one.figures.done) == (("ask", "answer"), 80, 0)
    assert one.usual.value == pytest.approx(0.3, abs=0.05)  # six of ten asked, half of them buy
    assert one.gain.clients.value == pytest.approx(80 / 450 * 365.25 / 12 * 0.3, rel=0.25)
    assert cell(report, "radio", "answer").status == "unrecorded"
    said = report.sentences()
    assert said[0].startswith(
        "Your biggest leak is radio: nobody who talked with you became a client. Of 80 contacts who talked "
        "with you, none became clients. By your other paths, one would expect "
    )
    assert " to become clients. Mending it is worth about " in said[0]
    assert said[0].endswith(
        "half of them come within 25 days. Asks aren't recorded there, so it can't be told whether they "
        "weren't asked or said no. Write down whom you ask and what they answer, and put an offer before "
        "each, with a price and a day."
    )
    assert said[-1] == (
        "No ask is on record, so ask and answer are judged together, by who talked with you and who became a "
        "client: record each direct offer you make."
    )
    assert "became clients" in charts.svg(report.chart())


def test_a_path_whose_talks_bring_few_clients_is_weak_where_no_ask_is_on_record():
    parts = [path("radio", 800, yes=0.05), path("phone", 400), path("stage", 400), path("fair", 400)]
    report = told(unasked(*parts))
    assert first(report) == ("radio", "ask", "weak")
    assert report.sentences()[0].startswith(
        "Your biggest leak is radio: too few of those who talked with you became clients."
    )


def test_where_no_ask_is_on_record_paths_that_do_alike_have_no_leak():
    report = told(unasked(path("web"), path("phone"), path("stage")))
    assert report.leaks == ()
    assert report.sentences()[0] == (
        "No leak is to be seen. "
        "Each of the 6 links of which enough is known does about what one would expect."
    )


def test_a_path_with_asks_and_those_without_are_each_judged_by_what_they_have():
    """On the phone 60 % are asked; what brings 30 % of the talks to a sale elsewhere is no share asked."""
    report = told(path("phone", 400), unasked(path("web", 400), path("radio", 1200, yes=0.05)))
    assert [cell(report, "phone", link).usual for link in ("ask", "answer")] == [None, None]
    assert cell(report, "phone", "ask").status == cell(report, "phone", "answer").status == "fine"
    web, radio = cell(report, "web", "ask"), cell(report, "radio", "ask")
    assert (web.status, radio.status) == ("fine", "weak")
    assert radio.usual.value == pytest.approx(0.3, abs=0.06)  # of the phone, too, 30 % come to buy
    assert report.sentences()[-1].startswith(
        "No ask is on record on radio and web, so ask and answer are judged together, by "
    )


def test_where_a_few_asks_are_on_record_hardly_any_is_said_to_be():
    """Three asks are on record on the web, and more than ten times as many who bought without one."""
    few = [touch(f"web-{k}", "asked", 300 * k / 400 + 30, path="web") for k in (1, 200, 399)]
    report = told(path("phone", 400), [*unasked(path("web", 400)), *few])
    assert report.sentences()[-1].startswith(
        "Hardly any ask is on record on web, so ask and answer are judged together, by "
    )


def test_a_path_without_asks_and_clients_beside_one_with_asks_lacks_the_ask():
    report = told(path("phone", 400), unasked(path("web", 400), path("radio", 400, yes=0)))
    assert first(report) == ("radio", "ask", "missing")
    assert report.sentences()[0].startswith("Your biggest leak is radio: nobody is asked. ")
    assert cell(report, "web", "ask").status == "fine"


def test_where_neither_talks_nor_asks_are_on_record_who_responded_is_held_to_who_bought():
    def orders(name: str, share: float) -> list[dict[str, object]]:
        rows = [touch(f"{name}{k}", "liked", k, path=name) for k in range(100)]
        rows += [touch(f"{name}{k}", "bought", k + 3, path=name) for k in range(100) if below(k, share)]
        return rows

    report = told(orders("radio", 0), orders("web", 0.3), orders("fair", 0.3), until=200)
    assert first(report) == ("radio", "nurture", "missing")
    assert cell(report, "radio", "nurture").figures.links == ("nurture", "ask", "answer")
    assert {cell(report, "web", link).status for link in ("ask", "answer")} == {"unrecorded"}
    said = report.sentences()
    assert (
        "radio: nobody who responded became a client. Of 100 contacts who responded, none became" in said[0]
    )
    assert "Neither talks nor asks are recorded there" in said[0]
    assert said[-1] == (
        "No talk or ask is on record, so nurture, ask and answer are judged together, by who responded and "
        "who became a client: record each talk, and each direct offer you make."
    )
    assert not any(one.startswith(("No ask", "No nurturing")) for one in said)


def test_of_orders_alone_nothing_is_judged_together():
    report = told([touch(f"c{k}", "bought", k, path=f"p{k % 2}") for k in range(60)], until=100)
    assert report.sentences()[0] == "There is too little on record to say where the funnel leaks."
    assert not any("together" in said for said in report.sentences())


def test_where_only_requests_and_asks_are_on_record_who_responded_is_held_to_who_was_asked():
    """Two paths: at the club everybody who came was asked, and at the fair nobody."""
    club = [
        touch(f"b{k}", kind, k + at, path="club")
        for k in range(100)
        for kind, at in (("liked", 0), ("asked", 3), *[("bought", 6)] * below(k, 0.3))
    ]
    fair = [touch(f"a{k}", "liked", k, path="fair") for k in range(100)]
    report = told(club, fair, until=200)
    assert first(report) == ("fair", "nurture", "missing")
    assert "fair: nobody who responded was asked." in report.sentences()[0]
    assert cell(report, "club", "answer").status == "fine"
    assert not any("second path" in said for said in report.sentences())


def test_where_two_paths_have_no_link_in_common_that_is_the_reason_given():
    """The hall is asked and buys; on the web people only respond and are sent mails."""
    hall = [
        touch(f"b{k}", kind, at, path="hall") for k in range(40) for kind, at in (("called", 0), ("asked", 9))
    ]
    hall += [touch(f"b{k}", "bought", 20, path="hall") for k in range(20)]
    web = [touch(f"a{k}", kind, 0, path="web") for k in range(40) for kind in ("liked", "mailed")]
    web += [touch(f"a{k}", "called", 20, path="hall") for k in range(20)]
    assert told(hall, web, until=200).sentences()[0] == (
        "Of what can be judged, nothing is missing; "
        "what is weak can't be told, as no two paths have figures for the same link."
    )


def test_that_nothing_leaks_is_said_only_of_what_can_be_judged():
    """Nurturing is judged on two paths; the talks are too few to say what becomes of them."""
    rows = [path(name, 100, warm=0.09) for name in ("web", "phone")]
    report = told(*rows)
    assert report.leaks == ()
    assert report.sentences()[0] == (
        "Of what can be judged, nothing leaks. Each of the 2 links of which enough is known does about what "
        "one would expect; but ask (too few have come to it) and answer (too few have come to it) can't be "
        "judged."
    )
