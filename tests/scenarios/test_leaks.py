"""Statements S5 and S8 to S11, and I6: the hole in the cycle of each path, and what to do about it."""

from __future__ import annotations

import pytest

from leadline.engine.cycle.judgement import LinkReport
from leadline.engine.funnel import load_funnel
from leadline.engine.reports.leaks import Leaks, leaks
from tests.makers import log, touch
from tests.traced import traced

HEALTHY = {"nurtured": 1.0, "warm": 0.4, "asked": 0.7, "yes": 0.4}


def below(number: int, share: float) -> bool:
    """Whether a person belongs to a part of all; the part is spread evenly."""
    return (number * 0.6180339887) % 1 < share


def guests(path: str, leads: int = 240, leave: float = 0.0, **how: float) -> list[dict[str, object]]:
    """People who come to a coach by a path over three hundred days: nurtured, talked with, asked, clients."""
    how, rows, talked, put = {**HEALTHY, **how}, [], 0, 0
    for k in range(leads):
        who, at = f"{path} {k}", 300 * k / leads
        rows.append(touch(who, "followed", at, path=path))
        if below(k, how["nurtured"]):
            rows.append(touch(who, "sent_content", at + 3, path=path))
        if below(k, leave):
            rows.append(touch(who, "unsubscribed", at + 4, path=path))
        elif below(k, leave + (1 - leave) * how["warm"]):
            rows.append(touch(who, "had_meeting", at + 25, path=path))
            talked += 1
            if below(talked, how["asked"]):
                rows.append(touch(who, "asked", at + 30, path=path))
                put += 1
                answer = "bought" if below(put, how["yes"]) else "said_no"
                rows.append(touch(who, answer, at + 40, path=path, value=90_000, currency="EUR"))
    return rows


def known(path: str, *steps: str, people: int = 60) -> list[dict[str, object]]:
    """People by a path, one a day, and what became of each, written as `"asked 3"`: kind and day since."""
    return [
        touch(f"{path} {k}", kind, k + int(after), path=path)
        for k in range(people)
        for kind, after in (step.split() for step in steps)
    ]


def told(*parts: list[dict[str, object]], until: float = 450) -> Leaks:
    rows = [row for part in parts for row in part]
    return leaks(traced(rows, until, load_funnel("sales-cycle"))[1])


def cell(report: Leaks, path: str, link: str) -> LinkReport:
    return next(one for one in report.links if (one.path, one.link) == (path, link))


def test_s8_each_path_has_its_own_lead_generation_nurturing_and_ask():
    report = told(guests("networking"), guests("content", warm=0.2), guests("speaking", asked=0.5))
    links = ["generate", "nurture", "ask", "answer", "renew"]
    assert [(one.path, one.link) for one in report.links] == [
        (path, link) for path in ("networking", "speaking", "content") for link in links
    ]
    shares = {
        (one.path, one.link): round(one.share.value, 1)
        for one in report.links
        if one.link in {"nurture", "ask", "answer"}
    }
    assert shares["networking", "nurture"] == 0.4
    assert shares["content", "nurture"] == 0.2
    assert (shares["networking", "ask"], shares["speaking", "ask"]) == (0.7, 0.5)


def test_s8_a_piece_of_content_can_be_any_link_of_its_path():
    rows = log("Ann", "read 0", "read 9", "invited 20", "bought 21")
    cycle = traced([{**row, "path": "content"} for row in rows], 30, load_funnel("sales-cycle"))[1]
    assert cycle.paths == ("content",)
    assert {cycle.path[0], cycle.nurture_path[0], cycle.warm_path[0], cycle.ask_path[0]} == {0}


def test_s9_who_is_asked_on_another_path_completes_the_cycle():
    rows = guests("networking", asked=0)
    for k in range(240):
        if below(k, 0.4):
            rows.append(touch(f"networking {k}", "asked", 300 * k / 240 + 30, path="email"))
    report = told(rows, guests("content"), guests("speaking"))
    assert cell(report, "networking", "ask").share.value == 1
    assert cell(report, "networking", "ask").status == "fine"


def test_s10_a_coach_who_networks_and_nurtures_and_never_asks_finds_the_hole():
    report = told(guests("networking", asked=0), guests("content"), guests("speaking"))
    assert [(one.path, one.link, one.status) for one in report.leaks] == [("networking", "ask", "missing")]
    assert report.sentences()[0].startswith(
        "Your biggest leak is networking: nobody is asked. "
        "Of 96 contacts who talked with you, none were asked there. "
    )
    gain = report.leaks[0].gain
    assert gain.clients.low <= 96 / 450 * 365.25 / 12 * 0.7 * 0.4 <= gain.clients.high


def test_s10_a_coach_who_meets_people_and_never_nurtures_them_finds_that_hole():
    report = told(guests("networking", nurtured=0, warm=0.02), guests("content"), guests("speaking"))
    assert (report.leaks[0].path, report.leaks[0].link, report.leaks[0].status) == (
        "networking", "nurture", "missing",
    )  # fmt: skip


@pytest.mark.parametrize("then", [[], ["mailed 7"]])
def test_s10_who_was_met_at_a_fair_and_never_asked_lacks_the_ask(then):
    sold = known("club", "met 0", "asked 3", people=40) + known("club", "bought 9", people=15)
    report = told(known("fair", "met 0", *then), sold)
    assert [(one.path, one.link, one.status) for one in report.leaks] == [("fair", "ask", "missing")]
    assert report.sentences()[0].startswith(
        "Your biggest leak is fair: nobody is asked. "
        "Of 60 contacts who talked with you, none were asked there. "
    )
    assert cell(report, "fair", "generate").figures.came == 60


def test_s10_who_was_only_met_where_others_are_nurtured_to_a_talk_lacks_nurturing():
    club = known("club", "met 0", "mailed 5", "mailed 12", people=90) + known("club", "called 20", people=30)
    club += known("club", "asked 25", people=15) + known("club", "bought 30", people=7)
    report = told(known("fair", "met 0"), club)
    usual = cell(report, "club", "nurture")
    assert (usual.figures.rate.began, usual.figures.rate.through, usual.status) == (90, 30, "fine")
    assert cell(report, "club", "ask").figures.rate.began == 30
    assert [(one.path, one.link, one.status) for one in report.leaks] == [("fair", "nurture", "missing")]
    assert report.sentences()[0].startswith(
        "Your biggest leak is fair: nobody is nurtured. "
        "Of 60 contacts who responded and weren't ready at once, none were nurtured. "
    )


def test_s10_where_people_are_introduced_and_none_replies_nobody_comes_forward():
    club = known("club", "introduced 0", "replied 4", "asked 9") + known("club", "bought 20", people=20)
    report = told(known("letters", "introduced 0", "mailed 2"), club)
    assert [(one.path, one.link, one.status) for one in report.leaks] == [("letters", "generate", "missing")]


def test_s10_who_came_on_somebodys_word_and_bought_has_come_forward():
    report = told(known("word", "referred 0", people=40) + known("word", "bought 20", people=20))
    assert cell(report, "word", "generate").status == "unknown"
    nurture = cell(report, "word", "nurture").figures.rate
    assert (nurture.began, nurture.through) == (40, 20)
    assert report.leaks == ()


def test_s10_a_coach_who_never_asks_anybody_is_told_that_no_ask_is_on_record():
    report = told(guests("networking", asked=0), guests("content", asked=0))
    assert report.sentences()[-1] == (
        "No ask is on record on any path. If you do ask, record each direct offer you make."
    )
    assert report.sentences()[0].startswith("Your biggest leak is content: nobody is asked. ")
    assert "it is done on no path" in report.sentences()[0]
    assert "one would expect" not in report.sentences()[0]


HOLES = {
    "nurture": ({"nurtured": 0, "warm": 0.02}, "send them, week by week, something that helps them"),
    "ask": ({"asked": 0}, "put an offer before them, with a price and a day."),
    "answer": ({"yes": 0}, "look at whom you ask there, for what and at which price"),
}


@pytest.mark.parametrize("link", HOLES)
def test_s11_each_leak_ends_with_what_to_do_about_it(link):
    how, remedy = HOLES[link]
    report = told(
        guests("networking", 480, **how),
        guests("content", 480),
        guests("speaking", 480),
        guests("email", 480),
    )
    assert (report.leaks[0].path, report.leaks[0].link) == ("networking", link)
    said = report.sentences()[0]
    assert remedy in said.lower()
    assert said.count("Mending it is worth about ") == 1
    assert " EUR a month; half of them come within " in said


def test_s5_who_leaves_by_themselves_is_counted_apart_and_is_no_leak():
    report = told(guests("content", 480, leave=0.9), guests("networking", 480), guests("speaking", 480))
    one = cell(report, "content", "nurture")
    assert one.figures.rate.left == 432
    assert one.fields()["left"] == 432
    assert one.share.value < 0.05
    assert (one.status, report.leaks) == ("fine", ())


def test_i6_sources_are_compared_link_by_link():
    report = told(guests("advertising", 480, warm=0.03), guests("referral", 480), guests("website", 480))
    assert [(one.path, one.link, one.status) for one in report.leaks] == [("advertising", "nurture", "weak")]
