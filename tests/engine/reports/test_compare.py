"""Comparing groups: shares, chances and money, calculated by hand or by brute force."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.comparison.contest import difference
from leadline.engine.comparison.economy import Amount, Ledger
from leadline.engine.dimensions import BadDimension
from leadline.engine.errors import UnknownName
from leadline.engine.estimates import Estimate, TooEarly, TooFewConversions, wilson
from leadline.engine.instants import NEVER
from leadline.engine.passages import BadPassage
from leadline.engine.reports.compare import compare
from leadline.engine.touches import MISSING, Column
from tests.histories import ODD, crowd, history, instant

BUYS, STAYS = "lead 0, client 20", "lead 0"


def groups(**counts: tuple[int, int]) -> tuple:
    """A history in which of each group (buyers, others) began on the first day, and its column."""
    moves = crowd(*((n, way) for pair in counts.values() for n, way in zip(pair, (BUYS, STAYS), strict=True)))
    names = [name for name, pair in counts.items() for _ in range(sum(pair))]
    return history(moves, as_of=400), Column.of(names)


def by_name(found) -> dict:
    return {entry.rival.name: entry for entry in found.entries}


def test_each_group_has_its_share_and_the_best_comes_first():
    found = compare(*groups(ads=(5, 45), web=(20, 30)))
    assert [(e.rival.name, e.rival.began, e.rival.reached, e.account.leads) for e in found.entries] == [
        ("web", 50, 20, 50), ("ads", 50, 5, 50),
    ]  # fmt: skip
    assert by_name(found)["web"].rival.share.value == pytest.approx(0.4)
    assert found.field.days == 30  # nobody came within 14 days, and all who did within 30
    assert found.sentences()[0].startswith("Web is ahead: 40 % (between 28 and 55) of 50 contacts come")


def test_who_came_lately_is_not_counted_as_lost():
    # ads: 10 of 20 bought on day 20 of those followed so long, and 30 began on the last day
    moves = crowd((10, BUYS), (10, STAYS), (30, "lead 400"), (20, BUYS), (30, STAYS))
    found = compare(history(moves, as_of=400), Column.of(["ads"] * 50 + ["web"] * 50))
    ads = by_name(found)["ads"].rival
    assert (ads.reached / ads.began, ads.share.value) == (0.2, pytest.approx(0.5))
    assert ads.size == pytest.approx(20)  # worth the 20 who were followed
    assert found.entries[0].rival.name == "ads"


def test_the_horizon_is_the_same_for_all_and_who_is_not_known_for_so_long_is_not_ranked():
    moves = crowd((20, "lead 0, client 100"), (30, STAYS), (50, STAYS), (40, "lead 380"))
    names = ["web"] * 50 + ["ads"] * 50 + ["podcast"] * 40
    found = compare(history(moves, as_of=400), Column.of(names))
    assert found.field.days == 180
    assert by_name(found)["podcast"].rival.share == TooEarly(0, 10)
    assert (
        "Podcast is not compared: too early to say (no contacts began so long ago, at least 10 needed)."
        in (found.sentences())
    )
    shorter = compare(history(moves, as_of=400), Column.of(names), within=14)
    assert len(shorter.field.ranked) == 3


def test_too_few_are_named_and_not_ranked_and_nobody_competes_with_those_not_known():
    past, column = groups(ads=(5, 45), web=(20, 30), fair=(4, 3), none=(30, 0))
    column = Column(np.where(column.codes == 3, -1, column.codes).astype(np.int32), column.labels)
    found = compare(past, column)
    assert [one.name for one in found.field.ranked] == ["web", "ads"]
    assert by_name(found)["fair"].rival.share == TooFewConversions(7, 10)
    assert by_name(found)["fair"].rival.belief is None
    assert found.sentences()[-2:] == [
        "Fair is not compared: too few to say (7 contacts, at least 10 needed).",
        "Of 30 contacts it is not known with what they began.",
    ]


def test_few_contacts_count_less_against_what_the_others_show():
    # 8 % of 50 is drawn further towards the 3 % of most than 6 % of 800 is
    found = compare(*groups(new=(4, 46), ads=(48, 752), web=(90, 2910)))
    assert [(one.name, round(one.share.value, 2)) for one in found.field.ranked] == [
        ("ads", 0.06), ("new", 0.08), ("web", 0.03),
    ]  # fmt: skip
    assert "Next is new, whose 8 % (between 3 and 20) rest on 50 only." in found.sentences()[0]


def test_how_many_more_it_takes_is_told_with_how_long_that_is():
    # two hundred in three weeks in each, of whom ten and eight so far: nothing can be told yet
    moves = crowd(
        *(
            (1, f"lead {380 + n / 20}" + (f", client {381 + n / 20}" if n % 40 == 0 or n % 50 == 1 else ""))
            for n in range(400)
        )
    )
    column = Column.of([("ads", "web")[n % 2] for n in range(400)])
    found = compare(history(moves, as_of=401), column)
    verdict = found.field.verdict
    assert not verdict.clear
    assert verdict.more > 100
    assert verdict.weeks == pytest.approx(verdict.more * 3 / 200, rel=0.02)  # 200 in three weeks
    assert found.sentences()[1].startswith(
        "That is not enough to stop comparing: the chance that ads is the best is "
    )


def test_the_difference_to_the_first_has_newcombes_interval():
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, (a): 56/70 - 48/80, method 10
    found = difference([(wilson(56, 70), wilson(48, 80))], [1.0])
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_money_is_counted_for_each_lead_and_each_client_and_for_what_comes_back():
    past, column = groups(ads=(5, 45), web=(20, 30))
    values = np.array([100_00] * 4 + [MISSING] + [MISSING] * 45 + [50_00] * 20 + [MISSING] * 30)
    found = compare(past, column, ledger=Ledger({"ads": 250_00, "fair": 30_00}, values, "EUR"))
    ads, web = (by_name(found)[name].account for name in ("ads", "web"))
    assert (ads.cost_per_lead.value, ads.cost_per_client.value) == (5_00, 50_00)
    assert (ads.income.value, web.income.value) == (10_00, 20_00)  # the unknown fifth taken as the other four
    # the score interval of a Poisson mean of which 5 were seen: 5 + z²/2 ± z √(5 + z²/4) is 2.1357 to 11.7057
    assert (ads.cost_per_client.low, ads.cost_per_client.high) == (
        2136,
        11706,
    )
    assert (web.cost, web.cost_per_client) == (None, None)
    assert any("it brings back 2.0 times what it cost" in sentence for sentence in found.sentences())
    assert "Fair cost 30 EUR, and nobody on record began with it." in found.sentences()


def test_what_is_still_to_come_counts_in_income_and_cost_each():
    # 10 of 20 followed long enough brought 100 each; 20 began on the last day and cost as much
    moves = crowd((10, BUYS), (10, STAYS), (20, "lead 400"))
    values = np.array([100_00] * 10 + [MISSING] * 30)
    found = compare(
        history(moves, as_of=400), Column.of(["ads"] * 40), ledger=Ledger({"ads": 400_00}, values, "EUR")
    )
    account = found.entries[0].account
    assert (account.income.value, account.cost_per_lead.value, account.cost_per_client.value) == (
        50_00,
        10_00,
        20_00,
    )


def test_where_nobody_bought_only_the_least_that_a_client_costs_is_known():
    past, column = groups(ads=(0, 50), web=(20, 30))
    found = compare(past, column, ledger=Ledger({"ads": 300_00}, currency="EUR"))
    z2 = 1.959964**2
    assert by_name(found)["ads"].account.cost_per_client == Amount(None, round(30000 / z2), None)
    assert any("at least 78 EUR for each “client”" in sentence for sentence in found.sentences())


def test_the_lead_stage_is_a_setting():
    moves = crowd((10, "lead 0, prospect 3, client 20"), (20, "lead 0, prospect 2"), (20, STAYS))
    found = compare(
        history(moves, as_of=400), Column.of(["ads"] * 50), ledger=Ledger({"ads": 600_00}, lead="prospect")
    )
    assert found.entries[0].account.leads == 30
    assert found.entries[0].account.cost_per_lead.value == 20_00


def test_the_way_can_begin_with_the_first_touch_and_end_anywhere():
    moves = crowd((10, "lead 5"), (10, ""), (10, "prospect 5"), (10, ""))
    start = np.full(40, instant(0))
    start[39] = NEVER
    column = Column.of(["ads"] * 20 + ["web"] * 20)
    found = compare(history(moves, as_of=400), column, to="lead", first_touch=start)
    assert [(e.rival.name, e.rival.reached, e.rival.began) for e in found.entries] == [
        ("web", 10, 19),
        ("ads", 10, 20),
    ]


# Simpson: in each segment “b” is better by 10 points, and overall “a” is ahead
PARADOX = {("a", "new"): (4, 16), ("a", "old"): (40, 40), ("b", "new"): (24, 56), ("b", "old"): (12, 8)}


def paradox(times: int = 1) -> tuple:
    parts = {f"{n}-{s}": (times * yes, times * no) for (n, s), (yes, no) in PARADOX.items()}
    past, column = groups(**parts)
    labels = column.values()
    return (
        past,
        Column.of([name.split("-")[0] for name in labels]),
        Column.of([name.split("-")[1] for name in labels]),
    )


def test_among_alike_contacts_the_difference_is_that_of_mantel_and_haenszel():
    # new: 20/100 of 20, 30/100 of 80; old: 50/100 of 80, 60/100 of 20; both weights are 20·80/100 = 16
    past, column, segment = paradox()
    found = compare(past, column, segment=segment)
    assert found.entries[0].rival.name == "a"
    alike = by_name(found)["b"].alike
    assert alike.value == pytest.approx((16 * (0.2 - 0.3) + 16 * (0.5 - 0.6)) / 32)
    assert alike.low < -0.1 < alike.high


def test_who_is_ahead_only_because_of_whom_it_brings_is_said_so():
    past, column, segment = paradox(times=5)
    found = compare(past, column, segment=segment)
    assert (found.mix.other, found.mix.segment, found.mix.everywhere) == ("b", "old", True)
    who = "of those are “old”, who get there more often"
    assert found.sentences()[1:3] == [
        "But in each segment “b” does better than “a”, by 10 points.",
        f"“a” looks better because of whom it brings: 80 % {who}; of “b” 20 % are.",
    ]


def test_groups_that_are_mixed_alike_have_no_paradox():
    past, column = groups(**{"a-x": (30, 70), "a-y": (40, 60), "b-x": (20, 80), "b-y": (30, 70)})
    values = column.values()
    first, second = (Column.of([value.split("-")[side] for value in values]) for side in (0, 1))
    found = compare(past, first, segment=second)
    assert found.mix is None
    assert by_name(found)["b"].alike.value == pytest.approx(0.1)


def test_what_is_best_can_depend_on_the_segment():
    past, column = groups(**{"a-x": (50, 50), "a-y": (10, 90), "b-x": (10, 90), "b-y": (49, 51)})
    values = column.values()
    first, second = (Column.of([value.split("-")[side] for value in values]) for side in (0, 1))
    said = compare(past, first, segment=second).sentences()
    assert "Which is best depends on the segment." in said
    assert any(sentence.startswith("Among “x”: “a” with 50 %") for sentence in said)
    assert any(sentence.startswith("Among “y”: “b” with 49 %") for sentence in said)


def test_the_rows_hold_every_group_overall_and_in_each_segment():
    past, column, segment = paradox()
    rows = compare(past, column, segment=segment, ledger=Ledger({"a": 100})).rows()
    assert [(row["segment"], row["group"]) for row in rows] == [
        (None, "a"), (None, "b"), ("new", "b"), ("new", "a"), ("old", "b"), ("old", "a"),
    ]  # fmt: skip
    json.dumps(rows, allow_nan=False)


@pytest.mark.parametrize("name", ODD)
def test_odd_histories_have_a_sentence_and_a_chart(name):
    past = ODD[name]
    column = Column.of([("a", "b", None)[number % 3] for number in range(len(past.subjects))])
    found = compare(past, column, segment=column, ledger=Ledger({"a": 100, "c": 1}, currency="EUR"))
    assert found.sentences()
    json.dumps(found.rows(), allow_nan=False)
    charts.svg(found.chart())


def test_a_column_of_another_length_and_a_stage_that_is_none_are_refused():
    past, column = groups(a=(1, 2))
    with pytest.raises(BadDimension):
        compare(past, column.take(np.arange(2)))
    with pytest.raises(BadDimension):
        compare(past, column, segment=column.take(np.arange(2)))
    with pytest.raises(UnknownName):
        compare(past, column, to="custmer")
    for nowhere in ("gone", "lead"):
        with pytest.raises(BadPassage):
            compare(past, column, to=nowhere)
    with pytest.raises(UnknownName):
        compare(past, column, ledger=Ledger(lead="customer"))


def test_the_chart_shows_the_groups_in_order_with_their_limits():
    found = compare(*groups(ads=(5, 45), web=(20, 30), fair=(4, 3)))
    (data,) = found.chart().to_dict()["datasets"].values()
    assert [(row["name"], row["label"]) for row in data] == [
        ("web", "40 % of 50"), ("ads", "10 % of 50"), ("fair", "7: too few to say"),
    ]  # fmt: skip


counts = st.tuples(st.integers(0, 30), st.integers(0, 30))


@settings(max_examples=12, deadline=None)
@given(st.lists(counts, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_other_names_change_nothing_but_the_names(pairs, random):
    names = [f"g{number}" for number in range(len(pairs))]
    others = names.copy()
    random.shuffle(others)
    one, two = (compare(*groups(**dict(zip(some, pairs, strict=True)))) for some in (names, others))
    called = dict(zip(names, others, strict=True))
    for name, entry in by_name(one).items():
        other = by_name(two)[called[name]].rival
        assert entry.rival.share == other.share
        if entry.rival.belief:
            assert entry.rival.belief.best == pytest.approx(other.belief.best)
            assert entry.rival.belief.expected == pytest.approx(other.belief.expected)


@settings(max_examples=12, deadline=None)
@given(st.lists(counts, min_size=2, max_size=4), st.integers(1, 20))
def test_who_never_moves_can_not_raise_a_share_and_probabilities_add_up(pairs, more):
    before = {f"g{number}": pair for number, pair in enumerate(pairs)}
    after = before | {"g0": (pairs[0][0], pairs[0][1] + more)}
    first, then = (compare(*groups(**some), within=30) for some in (before, after))
    for found in (first, then):
        beliefs = [entry.rival.belief for entry in found.entries if entry.rival.belief]
        assert all(0 <= belief.best <= 1 and belief.loss >= 0 for belief in beliefs)
        assert not beliefs or sum(belief.best for belief in beliefs) == pytest.approx(1)
    shares = [by_name(found)["g0"].rival.share if "g0" in by_name(found) else None for found in (first, then)]
    if all(isinstance(share, Estimate) for share in shares):
        assert shares[1].value <= shares[0].value


def test_where_nobody_got_there_none_is_ahead():
    said = compare(*groups(ads=(0, 50), web=(0, 40))).sentences()
    assert said[0].startswith("Nobody came to “client” within ")
    assert said[0].endswith("so none is ahead of web (40) and ads (50).")
    assert not any("is ahead:" in one or "best" in one for one in said)


def test_groups_with_the_same_share_are_level():
    said = compare(*groups(ads=(10, 30), web=(10, 30))).sentences()
    assert said[0].startswith("Ads and web are level: 25 % (between 14 and 41) of 40 and 25 %")


def test_where_the_first_two_bring_the_same_money_none_brings_most():
    moves, column = groups(ads=(20, 20), web=(20, 20))
    for value in (500, -500):
        found = compare(moves, column, ledger=Ledger({}, np.full(80, value), "EUR"))
        assert not any("most money" in one for one in found.sentences())


def test_one_point_is_one_point():
    said = " ".join(compare(*groups(ads=(50, 50), web=(51, 49))).sentences())
    assert " 1 point less than " in said


def test_none_is_ahead_where_no_one_is_likely_to_be_the_best():
    four = {name: (20 + (name == "a"), 80) for name in "abcd"}  # 21 of 101, and three times 20 of 100
    said = compare(*groups(**four)).sentences()[0]
    assert said.startswith("None is clearly ahead; by what is known so far ")
