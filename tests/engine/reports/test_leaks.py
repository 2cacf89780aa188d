"""Leaks: small businesses of which the leak is known, and what must hold of any."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.cycle.judgement import LinkReport
from leadline.engine.estimates import Caution, Estimate
from leadline.engine.reports.leaks import Leaks, leaks
from tests.leads import below, path
from tests.makers import day, touch
from tests.traced import traced

PLAIN = {"thin", "none", "unknown", "unrecorded"}


def told(*parts: list[dict[str, object]], until: float = 450, **how) -> Leaks:
    return leaks(traced([row for part in parts for row in part], until)[1], **how)


def cell(report: Leaks, name: str, link: str) -> LinkReport:
    return next(one for one in report.links if (one.path, one.link) == (name, link))


def first(report: Leaks) -> tuple[str, str, str]:
    one = report.leaks[0]
    return one.path, one.link, one.status


def test_where_all_paths_do_alike_there_is_no_leak():
    report = told(path("web"), path("phone"), path("stage"))
    assert report.leaks == ()
    assert report.sentences()[0] == (
        "No leak is to be seen. "
        "Each of the 9 links of which enough is known does about what one would expect."
    )


def test_a_path_on_which_nobody_is_asked_lacks_the_ask():
    report = told(path("web", asked=0), path("phone"), path("stage"))
    assert first(report) == ("web", "ask", "missing")
    assert len(report.leaks) == 1
    one = cell(report, "web", "ask")
    assert (one.figures.rate.began, one.figures.done, one.figures.idle) == (80, 0, 80)
    assert one.gain.clients.value == pytest.approx(80 / 450 * 365.25 / 12 * 0.6 * 0.5, rel=0.2)
    said = report.sentences()[0]
    assert said.startswith(
        "Your biggest leak is web: nobody is asked. "
        "Of 80 contacts who talked with you, none were asked there."
    )
    assert "by your other paths, one would expect" in said.lower()
    assert "half of them come within 25 days." in said
    assert said.endswith("All of them still wait: put an offer before them, with a price and a day.")


def test_a_path_on_which_nobody_is_nurtured_lacks_nurturing():
    report = told(path("web", nurtured=0, warm=0.02), path("phone"), path("stage"))
    assert first(report) == ("web", "nurture", "missing")
    assert (
        "Of 200 contacts who responded and weren't ready at once, none were nurtured" in report.sentences()[0]
    )


def test_a_path_on_which_few_are_asked_is_weak_there():
    report = told(path("web", 400, asked=0.05), path("phone", 400), path("stage", 400))
    assert first(report) == ("web", "ask", "weak")
    assert report.sentences()[0].startswith("Your biggest leak is web: too few of those who talked with you ")


def test_what_lags_without_being_a_leak_is_named_as_where_to_look_first():
    """A third fewer asked on one path of three: behind, yet paths differ as much by nature."""
    report = told(path("web", asked=0.4), path("phone"), path("stage"))
    lagging = cell(report, "web", "ask")
    assert (lagging.status, report.leaks) == ("fine", ())
    assert report.ranking[0] is lagging
    assert lagging.behind == pytest.approx(1.5, abs=0.5)  # log odds 0.85 apart, deviations of some 0.55
    assert lagging.gain.clients.value == pytest.approx(80 / 450 * 365.25 / 12 * 0.2 * 0.5, rel=0.3)
    said = report.sentences()
    assert said[0].startswith("No leak is to be seen. ")
    assert said[1].startswith(
        "Furthest behind, which may be chance or the nature of it, is web: of those who talked with you, "
        "39 % (between 29 and 50) were asked; by your other paths, one would expect "
    )
    assert "Mending it is worth about" in said[1]


def test_the_ranking_has_leaks_first_then_what_is_behind():
    report = told(path("web", asked=0.05), path("phone", yes=0.35), path("stage"), path("mail"))
    assert [one.leaks for one in report.ranking] == sorted(
        (one.leaks for one in report.ranking), reverse=True
    )
    assert report.ranking[0] is cell(report, "web", "ask")
    assert cell(report, "phone", "answer") in report.ranking[1:]
    assert cell(report, "mail", "ask").gain is None
    ranks = {(row["path"], row["link"]): row["rank"] for row in report.rows()}
    assert (ranks["web", "ask"], ranks["mail", "ask"]) == (1, None)
    assert sorted(rank for rank in ranks.values() if rank) == list(range(1, len(report.ranking) + 1))


def test_a_path_on_which_nobody_says_yes_lacks_the_answer():
    report = told(path("web", 400, yes=0), path("phone", 400), path("stage", 400), path("mail", 400))
    assert first(report) == ("web", "answer", "missing")
    assert "none became clients" in report.sentences()[0]


def test_of_very_many_paths_a_sentence_names_the_first_ones():
    report = told(*(path(f"path {number:02}", 20) for number in range(60)))
    unknown = next(said for said in report.sentences() if said.startswith("How many people"))
    first_six = ", ".join(f"path 0{number}" for number in range(6))
    assert unknown.startswith(f"How many people {first_six} and 54 more reach is not on record")


def test_what_few_have_come_to_is_thin():
    report = told(path("web", 20, asked=0), path("phone"), path("stage"))
    assert cell(report, "web", "ask").status == "thin"
    assert any(said == "Too few to say: web (ask)." for said in report.sentences())
    assert report.leaks == ()


def test_what_has_had_no_time_is_thin_and_no_leak():
    late = [
        touch(f"late-{k}", kind, at, path="web")
        for k in range(40)
        for kind, at in (("liked", 440), ("called", 447))
    ]
    report = told(late, path("phone"), path("stage"))
    assert cell(report, "web", "ask").status == "thin"
    assert cell(report, "web", "ask").figures.rate.began == 40
    assert first(told(late, path("phone"), path("stage"), until=500)) == ("web", "ask", "missing")


def test_where_nobody_has_bought_yet_it_takes_a_month_to_say_so():
    asked = [touch(f"a-{k}", kind, 1, path="web") for k in range(20) for kind in ("called", "asked")]
    assert told(asked, until=4).leaks == ()
    assert first(told(asked, until=40)) == ("web", "answer", "missing")


def test_whom_a_path_reaches_may_not_be_on_record():
    report = told(path("web"), path("phone"))
    assert cell(report, "web", "generate").status == "unknown"
    assert (
        "How many people phone and web reach is not on record, so it can't be told what share of them comes "
        "forward: record how many read, listen or visit." in report.sentences()
    )


def test_a_path_whose_audience_hardly_anybody_comes_out_of_is_weak():
    seen = [
        {"kind": "posted", "happened_at": day(1), "n": n, "path": name}
        for name, n in (("web", 1_000_000), ("phone", 2_000), ("stage", 2_000), ("mail", 2_000))
    ]
    report = told(seen, path("web"), path("phone"), path("stage"), path("mail"))
    one = cell(report, "web", "generate")
    assert one.status == "weak"
    assert "Of 1,000,000 people who were reached, 200 responded." in " ".join(report.sentences())


def test_where_nobody_was_ever_asked_and_nobody_bought_the_ask_is_what_is_missing():
    report = told(path("web", asked=0), path("phone", asked=0))
    assert {cell(report, name, "ask").status for name in ("web", "phone")} == {"missing"}
    assert {cell(report, name, "answer").status for name in ("web", "phone")} == {"unrecorded"}
    assert {(one.link, one.gain) for one in report.leaks} == {("ask", None)}
    assert report.unrecorded == ("ask",)
    assert "record each direct offer you make." in report.sentences()[-1]


def test_clients_who_renew_of_themselves_are_no_leak_where_no_ask_is_on_record():
    rows = [touch(f"c-{k}", "bought", at, path="web") for k in range(30) for at in (0, 30, 60)]
    rows += [touch("c-0", "churned", 80, path="web")]
    report = told(rows, until=100)
    assert cell(report, "web", "renew").status == "fine"
    assert report.leaks == ()


def test_where_no_end_of_custom_is_on_record_the_share_that_renews_cannot_be_told():
    rows = [touch(f"c-{k}", "bought", at, path="web") for k in range(30) for at in (0, 30 if k < 12 else 0)]
    report = told(rows, until=100)
    assert cell(report, "web", "renew").figures.rate.began == 12  # of thirty: the others just stayed away
    assert cell(report, "web", "renew").status == "unrecorded"
    assert report.sentences()[-1] == (
        "No end of custom is on record, so what share renews can't be told: record who stops."
    )


def test_clients_of_a_path_whom_nobody_asks_to_renew_are_a_leak():
    def terms(name: str, again: float, *, asked: bool = True) -> list[dict[str, object]]:
        rows = []
        for k in range(60):
            rows.append(touch(f"{name}-c{k}", "bought", k, path=name, value=10_000, currency="EUR"))
            rows += [touch(f"{name}-c{k}", "asked_renewal", k + 90, path=name)] if asked else []
            end = "renewed" if below(k, again) else "lapsed"
            rows.append(touch(f"{name}-c{k}", end, k + 100, path=name, value=10_000, currency="EUR"))
        return rows

    report = told(terms("web", 0.2, asked=False), terms("phone", 0.8), terms("stage", 0.8), until=200)
    assert first(report) == ("web", "renew", "missing")
    assert report.sentences()[0].startswith(
        "Your biggest leak is web: nobody is asked to renew. Of 60 terms that came to their end, none were "
        "asked for before; 12 were renewed all the same. By your other paths, one would expect "
    )
    assert "Mending it keeps about " in report.sentences()[0]


def test_a_link_on_which_nobody_ever_stood_has_no_status():
    assert cell(told(path("web")), "web", "renew").status == "none"


def test_who_leaves_by_themselves_is_counted_apart_and_is_no_leak():
    leaving = path("web", 400, leave=0.9, warm=0.4)
    report = told(leaving, path("phone", 400), path("stage", 400))
    one = cell(report, "web", "nurture")
    assert one.figures.rate.left == 360
    assert one.share.value < 0.5 * one.usual.value
    assert one.status == "fine"
    staying = told(path("web", 400, warm=0.04), path("phone", 400), path("stage", 400))
    assert cell(staying, "web", "nurture").status == "weak"


@pytest.mark.parametrize("others", [[], [path("phone", 600), path("stage", 600)]])
def test_a_path_that_has_stopped_asking_is_held_to_its_own_past(others):
    report = told(path("web", 600, asked=0.9, stop=220), *others, until=340)
    one = cell(report, "web", "ask")
    assert (one.status, report.leaks[0] is one) == ("weak", True)
    assert one.past.before.value == pytest.approx(0.9, abs=0.05)
    assert one.past.lately.value == 0
    assert one.gain.clients.value > 0
    said = report.sentences()[0]
    assert "of those who talked with you, fewer were asked lately than before." in said
    assert "Of the latest, 0 % (between 0 and 4) were asked within 10 days; before, it was 89 %" in said


def test_one_path_alone_lacks_what_nobody_does_and_its_worth_cant_be_told():
    renewed = [touch("web-1", "asked_renewal", 200, path="web")]
    report = told(path("web", asked=0), [touch("web-1", "bought", 100, path="web")], renewed)
    assert first(report) == ("web", "ask", "missing")
    assert report.leaks[0].gain is None
    assert "can't be told, as there is no other path to compare with" in report.sentences()[0]


def test_one_path_without_anything_missing_is_said_to_be_so():
    assert told(path("web")).sentences()[0] == (
        "Of what can be judged, nothing is missing; only a second path could tell what is weak."
    )


def test_the_leak_most_worth_mending_comes_first_and_capacity_limits_it():
    fine = [path(name) for name in ("stage", "mail", "press", "fair")]
    parts = [path("web", 800, asked=0), path("phone", asked=0), *fine]
    report = told(*parts)
    assert [(one.path, one.link) for one in report.leaks] == [("web", "ask"), ("phone", "ask")]
    assert report.sentences()[1].startswith("Phone: nobody is asked.")
    full = told(*parts, capacity=1e-9)
    assert "Mending it alone brings nobody" in full.sentences()[0]


def test_asks_elsewhere_and_sales_without_any_are_told_apart():
    rows = path("web", asked=0)
    rows += [touch(f"web-{k}", "asked", 350, path="phone") for k in (0, 2, 5)]
    rows += [touch("web-7", "bought", 350)]
    said = told(rows, path("phone"), path("stage")).sentences()[0]
    assert "none were asked there, 3 elsewhere; 1 bought without an ask on record." in said
    assert said.endswith("76 of them still wait: put an offer before them, with a price and a day.")


def test_without_any_path_it_is_said_what_to_record():
    rows = [{k: v for k, v in row.items() if k != "path"} for row in path("web")]
    report = told(rows)
    assert any(said.startswith("By which path people come is not on record") for said in report.sentences())
    assert not any(said.split()[0] == "all" or "all (" in said for said in report.sentences())


def fine_numbers(report: Leaks) -> None:
    """Everything can be said and written down, and every figure is one."""
    assert report.sentences()
    assert all(said[0].isupper() and said.endswith(".") and "nan" not in said for said in report.sentences())
    json.dumps(report.rows(), allow_nan=False)
    for one in report.links:
        rates = [some for some in (one.share, one.usual) if isinstance(some, Estimate)]
        rates += [one.past.before, one.past.lately] if one.past else []
        assert all(0 <= some.low <= some.value <= some.high <= 1 for some in rates)
        if one.gain:
            gains = [one.gain.clients, one.gain.first_year, *([one.gain.money] if one.gain.money else [])]
            assert all(0 <= some.low <= some.value <= some.high < math.inf for some in gains)
            assert one.gain.delay >= 0


def crowd(*steps: tuple[str, float]) -> list[dict[str, object]]:
    """Thirty people on two paths to whom the same happened."""
    return [touch(f"c{k}", kind, at, path=f"p{k % 2}") for k in range(30) for kind, at in steps]


TINY = {
    "nobody": [],
    "one who was listed": [touch("a", "listed", 0)],
    "one client": [touch("a", "bought", 0, path="web")],
    "two": [touch("a", "called", 0, path="web"), touch("b", "liked", 0)],
    "one day": crowd(("called", 9), ("asked", 9), ("bought", 9)),
    "the last day": crowd(("called", 50)),
    "all lost": crowd(("liked", 0), ("unsubscribed", 1)),
    "all still wait": crowd(("liked", 0), ("asked", 0)),
    "all for nothing": [{**row, "value": 0, "currency": "EUR"} for row in crowd(("bought", 0))],
    "an audience alone": [{"kind": "posted", "happened_at": day(1), "n": 500, "path": "web"}],
    "only machines": [touch("a", "scanned", 0, path="web")],
}


@pytest.mark.parametrize("rows", TINY.values(), ids=TINY)
@pytest.mark.parametrize("needed", [1, 10])
def test_of_hardly_anything_something_can_be_said(rows, needed):
    report = told(rows, until=50, caution=Caution(needed=needed))
    fine_numbers(report)
    assert report.chart().to_dict()


def test_the_chart_has_a_cell_for_each_link_of_each_path():
    drawn = charts.svg(told(path("web", 400, asked=0), path("phone"), path("stage")).chart())
    assert all(f">{name}<" in drawn for name in ("web", "phone", "stage", "nurture", "ask"))
    assert "none of 159" in drawn


def test_an_empty_log_is_said_to_be_empty():
    assert told([]).sentences() == [
        "There are no contacts on record, so it can't be told where the funnel leaks."
    ]


KINDS = "listed liked mailed called asked said_no bought churned opted_out".split()
steps = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 90)), min_size=1, max_size=5)
lives = st.lists(st.tuples(st.sampled_from(["web", "phone", None]), steps), min_size=1, max_size=14)


def written(found, names: dict[str, str]) -> list[dict[str, object]]:
    return [
        touch(f"c{k}", kind, at, **({"path": names[name]} if name else {}))
        for k, (name, steps) in enumerate(found)
        for kind, at in steps
    ]


@settings(max_examples=15, deadline=None)
@given(lives)
def test_of_any_log_every_share_and_gain_is_possible(found):
    rows = written(found, {"web": "web", "phone": "phone"})
    fine_numbers(told(rows, until=100, caution=Caution(needed=1)))


@settings(max_examples=15, deadline=None)
@given(lives)
def test_other_names_for_the_paths_change_no_count_and_no_share(found):
    names, others = {"web": "web", "phone": "phone"}, {"web": "zebra", "phone": "aard"}
    back = {new: old for old, new in zip(names, others.values(), strict=True)}
    one, two = (
        told(written(found, called), until=100, caution=Caution(needed=2)) for called in (names, others)
    )
    keys = (
        "stood",
        "through",
        "done",
        "left",
        "idle",
        "share",
        "share_low",
        "share_high",
        "half_within_days",
    )

    def counts(report: Leaks, called: dict[str, str]) -> dict:
        return {
            (called.get(row["path"], row["path"]), row["link"]): (
                [row[key] for key in keys],
                row["status"] if row["status"] in PLAIN else None,
            )
            for row in report.rows()
        }

    assert counts(one, {}) == counts(two, back)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(1, 60)), min_size=1, max_size=12), st.integers(1, 3))
def test_who_never_moves_does_not_raise_a_rate(asked_after, more):
    rows = [
        touch(f"c{k}", kind, at, path="web")
        for k, after in enumerate(asked_after)
        for kind, at in (("called", 0), *((("asked", after),) if after else ()))
    ]
    still = [touch(f"still{k}", "called", 0, path="web") for k in range(more)]
    one, two = (
        cell(told(some, until=70, caution=Caution(needed=1)), "web", "ask") for some in (rows, rows + still)
    )
    asked = sum(after is not None for after in asked_after)
    assert one.share.value == pytest.approx(asked / len(asked_after))
    assert two.share.value == pytest.approx(asked / (len(asked_after) + more))
