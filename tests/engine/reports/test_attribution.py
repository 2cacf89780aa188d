"""Attribution, calculated by hand."""

from __future__ import annotations

import json

import pytest

from leadline.engine import charts
from leadline.engine.credit.credits import MODELS, Rules
from leadline.engine.credit.words import WORDS
from leadline.engine.errors import BadTouches, UnknownName
from leadline.engine.estimates import Caution
from leadline.engine.history import derive, subjects_of
from leadline.engine.passages import BadPassage
from leadline.engine.reports.attribution import attribution
from leadline.engine.touches import Touches
from tests.histories import ODD
from tests.makers import day, document, funnel_of, stage, touch

FUNNEL = funnel_of(
    document(
        stage("lead", "responded"),
        stage("client", "purchased", role="client"),
        stage("gone", "withdrew", role="left"),
    )
)
FEW = Caution(needed=1)


def way(name, paths, *, bought=True, value=None):
    """One contact's touches, a day apart (`"speaking email"`), and a purchase last."""
    rows = [touch(name, "attended", at, path=path) for at, path in enumerate(paths.split())]
    return rows + [touch(name, "bought", len(rows), value=value, currency="EUR")] * bought


def crowd(*groups):
    """So many contacts each with a way: `(12, "speaking email", True)`."""
    rows = []
    for place, (number, paths, *more) in enumerate(groups):
        for one in range(number):
            rows += way(
                f"{place}-{one}", paths, bought=more[0] if more else True, value=(more[1:] or [None])[0]
            )
    return rows


def told(rows, *, funnel=FUNNEL, as_of=60, **how):
    touches = Touches.of(rows)
    history = derive(touches, funnel, as_of=day(as_of))
    return attribution(history, touches, **{"caution": Caution()} | how)


def credit(found, model):
    return {one.name: pytest.approx(one.credits[model]) for one in found.credits}


FORTY = crowd(
    (9, "speaking email"),
    (3, "speaking speaking"),
    (20, "networking networking"),
    (8, "email email"),
    (30, "speaking networking", False),
)
"""Forty clients: 12 first met by a talk and 3 last; and thirty people who have not become clients."""


def test_every_model_shares_out_forty_clients():
    found = told(FORTY)
    assert (found.arrived, found.traced, found.alone, found.several, found.others) == (40, 40, 0, 9, 30)
    assert credit(found, "first") == {"networking": 20, "speaking": 12, "email": 8}
    assert credit(found, "last") == {"networking": 20, "email": 17, "speaking": 3}
    assert credit(found, "linear") == {"networking": 20, "email": 12.5, "speaking": 7.5}
    assert credit(found, "position") == credit(found, "shapley") == credit(found, "linear")
    # of a way of two a day apart, with a half-life of a week, the later one has 2^(1/7) of the earlier
    later = 2 ** (1 / 7) / (1 + 2 ** (1 / 7))
    assert credit(found, "decay") == {
        "networking": 20,
        "email": 8 + 9 * later,
        "speaking": 3 + 9 * (1 - later),
    }
    # s: speaking 42/70, networking 20/70, email 8/70; speaking leads to email 9/42, networking 30/42, client
    # 3/42; networking to client 20/50; email to client always. Won: 40/70 in all
    speaking = 42 / 70 * (9 / 42 + 3 / 42 + 30 / 42 * 20 / 50)
    networking, email = (20 / 70 + 30 / 70) * 20 / 50, 8 / 70 + 9 / 70
    whole = speaking + networking + email
    expected = {"networking": networking, "email": email, "speaking": speaking}
    assert credit(found, "markov") == {name: 40 * part / whole for name, part in expected.items()}


def test_an_owner_reads_who_gets_most_who_opens_and_where_the_models_differ():
    said = told(FORTY).sentences()
    assert said.pop(6).startswith("In equal parts, networking gets 50 % (between 3")  # by resampling
    most = "By most counts, networking gets most (20 of 40 clients)"
    moves = "moves 32 % of the credit from one path to another"
    assert said == [
        f"{most}; by {WORDS['markov']}, it is speaking.",
        "Email gets 8 of 40 clients by first touch and 17 by last: it closes what others opened.",
        "Speaking gets 12 of 40 clients by first touch and 3 by last: it opens, and others close.",
        "The models differ most on speaking: 39 % by how much leads over it and 8 % by last touch.",
        f"Counting by {WORDS['markov']} and not by last touch {moves}.",
        "9 of 40 clients (22 %) came by more than one path.",
        f"30 contacts have not become clients so far: their ways count in one model only, {WORDS['markov']}.",
        "Credit tells what was on the way, and not what would have happened without it.",
    ]


def test_a_value_on_which_the_models_agree_is_named():
    found = told(crowd((24, "referral"), (16, "email email")))
    assert found.sentences()[:4] == [
        "However one counts, referral gets most: 24 of 40 clients.",
        "The models agree on referral (60 %).",
        "The models hardly differ.",
        "All 40 clients came by one path only.",
    ]


def test_values_that_get_the_same_by_every_model_are_not_ranked():
    same = told(crowd((10, "speaking speaking"), (10, "email email"), (4, "fair fair")))
    assert (
        same.sentences()[0] == "However one counts, email and speaking get the same: 10 each of 24 clients."
    )


def test_a_difference_that_is_clear_and_slight_is_not_worth_a_word():
    # twenty of a thousand come by email last and not first, and none the other way round
    found = told(crowd((980, "email"), (20, "speaking email")))
    assert not any("Email gets" in sentence for sentence in found.sentences())


def test_a_value_between_the_first_and_the_last_touch_carries():
    found = told(crowd((6, "speaking email networking"), (6, "networking email speaking")))
    way = "Email was on the way of 12 of 12 clients, first with 0 and last with 0"
    assert f"{way}: it carries what others open and close." in found.sentences()


def test_names_of_several_words_stand_in_quotation_marks():
    rows = [
        row | {"campaign": {"speaking": "spring talks"}.get(row.get("path"), row.get("path"))}
        for row in FORTY
    ]
    said = told(rows, by="campaign").sentences()
    assert said[0].startswith("By most counts, networking gets most (20 of 40 clients); ")
    assert said[0].endswith("it is “spring talks”.")
    assert said[2].startswith("“spring talks” gets 12 of 40 clients by first touch and 3 by last")


def test_of_one_model_alone_nothing_is_compared():
    first = told(FORTY).only(["first"])
    assert first.sentences() == [
        "By first touch, networking gets most: 20 of 40 clients.",
        "9 of 40 clients (22 %) came by more than one path.",
        "By first touch, networking gets 50 % (between 35 and 65).",
        "Credit tells what was on the way, and not what would have happened without it.",
    ]
    assert [(row["value"], row["credit"]) for row in first.rows()] == [
        ("networking", 20), ("speaking", 12), ("email", 8),
    ]  # fmt: skip
    lost = told(FORTY).only(["markov"]).sentences()
    assert lost[0] == "By how much leads over it, speaking gets most: 16 of 40 clients."
    assert "30 contacts have not become clients so far; their ways count too." in lost
    assert told(crowd((40, "speaking"))).only(["last"]).sentences() == [
        "All 40 clients came by speaking alone."
    ]


def test_of_some_models_only_these_are_compared():
    both = told(FORTY).only(["last", "first"]).sentences()
    assert both[0] == "By first touch and by last touch, networking gets most: 20 of 40 clients."
    assert (
        "Counting by last touch and not by first touch moves 22 % of the credit from one path to another."
        in both
    )
    assert not any(word in sentence for sentence in both for word in ("lost", "equal parts", "decay"))


def test_the_chart_of_one_model_says_how_exactly_its_shares_are_known():
    drawn = told(FORTY).only(["first"]).chart()
    dots = {row["name"]: (row["value"], row["label"]) for row in drawn.data.values}
    assert dots == {"networking": (0.5, "20 first"), "speaking": (0.3, "12 first"), "email": (0.2, "8 first")}
    assert all(row["low"] < row["value"] < row["high"] for row in drawn.data.values)
    assert "how exactly it is known" in str(drawn.to_dict())


def test_who_came_with_nothing_on_record_before_is_counted_and_credited_to_nobody():
    rows = crowd((12, ""), (40, "speaking"))
    found = told([*rows, touch("0-1", "attended", 50, path="speaking")])
    assert (found.arrived, found.traced, found.alone) == (52, 40, 12)
    assert found.sentences() == [
        "All 40 clients came by speaking alone, so all models say the same.",
        "12 of 52 clients came with no path on record before, so no path is credited.",
    ]
    assert told(crowd((12, ""))).sentences() == [
        "All 12 clients came with no path on record before, so no path is credited."
    ]


def test_money_follows_the_conversions_and_all_of_it_is_shared_out():
    rows = crowd((10, "email", True, 1_00), (10, "referral", True, 9_00), (2, "", True, 5_00))
    found = told([*rows, touch("1-0", "renewed", 30, value=7_00, currency="EUR")])
    assert (found.currency, found.income, found.income_alone) == ("EUR", 107_00, 10_00)
    for model in MODELS:
        assert {one.name: one.money[model] for one in found.credits} == {"email": 10_00, "referral": 97_00}
    assert (
        "Of 107 EUR that they paid, referral gets most: 91 % in equal parts, with 50 % of the clients."
        in found.sentences()
    )


def test_conversions_are_to_any_stage():
    found = told(FORTY, to="lead")
    assert (found.to, found.arrived, found.traced) == ("lead", 70, 70)
    # who attends has responded: the first touch is the whole way
    assert credit(found, "linear") == {"speaking": 42, "networking": 20, "email": 8}
    said = found.sentences()
    assert said[0] == "However one counts, speaking gets most: 42 of 70 contacts who reached “lead”."
    assert "All 70 contacts who reached “lead” came by one path only." in said


def test_a_deal_that_is_won_is_no_client():
    assert "12 deals that reached “client”" in told(crowd((12, "email")), unit="deal").sentences()[0]


def test_a_funnel_without_clients_leads_to_its_last_stage():
    found = told(FORTY, funnel=funnel_of(document(stage("lead", "responded"), stage("warm", "purchased"))))
    assert (found.to, found.is_client, found.traced) == ("warm", False, 40)


def test_a_company_is_one_client_with_the_touchpoints_of_its_people():
    rows = [
        row | {"company": f"firm {place % 20}"} for place, row in enumerate(crowd((40, "speaking email")))
    ]
    touches = Touches.of(rows)
    history = derive(touches, FUNNEL, as_of=day(60), of="company")
    found = attribution(history, touches, whose=subjects_of(touches, "company"), unit="company")
    assert found.arrived == len({row["company"] for row in rows if row["kind"] == "bought"})
    with pytest.raises(BadTouches):
        attribution(history, touches)


def test_below_the_needed_number_counts_are_given_and_shares_are_not():
    found = told(crowd((4, "email"), (3, "speaking email"), (2, "")))
    assert found.sentences() == [
        "Only 7 clients with a path on record before: too few to share out (at least 10 needed).",
        "2 of 9 clients came with no path on record before, so no path is credited.",
    ]
    assert {row["share_unsaid"] for row in found.rows()} == {"too few: 7 of at least 10"}
    assert credit(found, "first") == {"email": 4, "speaking": 3}


def test_rules_change_the_models_that_they_are_for():
    rows = crowd((12, "speaking email networking"))
    usual, other = told(rows), told(rows, rules=Rules(position=(0.1, 0.8, 0.1), half_life_days=1e6))
    assert credit(usual, "position") == {"speaking": 4.8, "email": 2.4, "networking": 4.8}
    assert credit(other, "position") == {"speaking": 1.2, "email": 9.6, "networking": 1.2}
    assert [one.credits["decay"] for one in other.credits] == pytest.approx([4, 4, 4], abs=1e-4)
    assert credit(told(rows, rules=Rules(lookback_days=2)), "first") == {"networking": 12}


def test_rows_have_a_line_for_each_value_and_model():
    rows = told(FORTY).rows()
    assert len(rows) == 3 * len(MODELS)
    assert rows[0] == {
        "by": "path",
        "value": "networking",
        "model": "first",
        "credit": 20.0,
        "share": 0.5,
        "share_low": pytest.approx(0.352, abs=1e-3),
        "share_high": pytest.approx(0.648, abs=1e-3),
        "share_unsaid": None,
        "money": None,
        "currency": None,
    }
    json.dumps(rows)


def test_the_table_of_disagreements_says_how_far_apart_the_models_are():
    found = told(FORTY)
    speaking = next(row for row in found.disagreements() if row["path"] == "speaking")
    assert (speaking["on the way"], speaking["first"], speaking["last"]) == (12, 12, 3)
    assert speaking["apart"] == pytest.approx((speaking["markov"] - 3) / 40)
    # 9 of 40 clients go from speaking to email
    assert found.moved("first", "last") == pytest.approx(9 / 40)
    assert found.moved("linear", "linear") == 0


def test_the_chart_has_a_line_for_each_value_from_the_least_to_the_most():
    drawn = told(FORTY).chart()
    labels = {row["name"]: row["label"] for row in drawn.data.values}
    assert labels == {
        "networking": "20 first, 20 last",
        "speaking": "12 first, 3 last",
        "email": "8 first, 17 last",
    }
    assert "What each path gets of 40 clients" in charts.svg(drawn)
    assert "too few" in charts.svg(told(crowd((2, "email"))).chart())


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("caution", [Caution(), FEW])
def test_odd_histories_give_a_sentence_and_no_error(name, caution):
    past = ODD[name]
    rows = [touch(who, "mailed", 0, path="email") for who in past.subjects]
    touches = Touches.of([*rows, touch(None, "posted", 0, n=5, path="content")])
    found = attribution(past, touches, caution=caution)
    assert found.sentences()
    charts.svg(found.chart())
    text = json.dumps([found.rows(), found.disagreements()])
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.parametrize(
    "rows",
    [
        [],
        way("ann", "email"),
        way("ann", "email", bought=False),
        way("ann", ""),
        [*way("ann", "email"), *way("bob", "speaking", value=0)],
        [touch(None, "posted", 0, n=9, path="content")],
    ],
)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_one_or_two_contacts_give_a_sentence_and_no_error(rows, order):
    found = told(rows, caution=FEW, rules=Rules(order=order))
    assert all(sentence.endswith(".") for sentence in found.sentences())
    charts.svg(found.chart())
    assert sum(one.credits["markov"] for one in found.credits) == pytest.approx(found.traced)
    json.dumps(found.rows(), allow_nan=False)


def test_nobody_is_said_to_be_nobody():
    assert told([]).sentences() == ["There are no clients yet, so there is nothing to share out."]
    nobody = "Nobody has reached “lead” yet, so there is nothing to share out."
    assert told([], to="lead").sentences() == [nobody]


def test_touches_that_name_no_path_leave_nobody_to_credit():
    rows = [{key: value for key, value in row.items() if key != "path"} for row in crowd((3, "email"))]
    assert told(rows).sentences() == [
        "All 3 clients came with no path on record before, so no path is credited."
    ]


def test_what_can_not_be_asked_for_is_refused():
    with pytest.raises(BadTouches, match="channel"):
        told(FORTY, by="chanel")
    with pytest.raises(UnknownName):
        told(FORTY, to="clients!")
    with pytest.raises(BadPassage):
        told(FORTY, to="gone")
    with pytest.raises(BadPassage):
        told(FORTY, to="stranger")
