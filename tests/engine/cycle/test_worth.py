"""Worth: a business so large and regular that what mending brings can be worked out by hand."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from leadline.engine.cycle.links import measure_links
from leadline.engine.cycle.worth import DRAWS, FEWEST_DRAWS, Worth
from leadline.engine.estimates import USUAL
from leadline.engine.instants import DAY
from tests.makers import touch
from tests.traced import traced

DAYS = YEAR = 365
PER_MONTH = YEAR / 12


def people(path: str, number: int, asked: float, bought: float) -> list[dict[str, object]]:
    """A year of leads of a path, of whom half get as far as a talk after 40 days.

    Of these a part is asked after 10 days, and of the asked a part buys after 20 days for 500 EUR.
    """
    rows = []
    for k in range(number):
        who, at = f"{path}{k}", DAYS * k / number
        rows += [touch(who, "liked", at, path=path), touch(who, "mailed", at + 1, path=path)]
        if k % 2:
            rows.append(touch(who, "called", at + 40, path=path))
            order = (k * 0.6180339887) % 1  # evenly spread, whatever part is taken
            if order < asked:
                rows.append(touch(who, "asked", at + 50, path=path))
            if order < asked * bought:
                rows.append(touch(who, "bought", at + 70, path=path, value=50_000, currency="EUR"))
    return rows


@cache
def business(until: float = 500):
    rows = [*people("web", 2400, 0.1, 0.5), *people("phone", 1200, 0.6, 0.5)]
    cycles = traced(rows, until)[1]
    figures = measure_links(cycles, USUAL)
    return cycles, figures


def worth(capacity: float | None = None, seed: int = 1) -> Worth:
    cycles, figures = business()
    return Worth(cycles, figures, USUAL, seed, capacity)


def cell(path: str, link: str):
    return next(one for one in business()[1] if (one.path, one.link) == (path, link))


def mended(rate: float) -> np.ndarray:
    return np.full(DRAWS, rate)


def talks_a_month(path: str) -> float:
    """Of the last year, as the report takes it."""
    cycles = business()[0]
    some = cell(path, "ask").some
    return np.count_nonzero(some.start > cycles.as_of - YEAR * DAY) / 12


def test_asking_is_worth_the_talks_times_what_more_is_asked_times_who_says_yes():
    gain = worth().gain(cell("web", "ask"), mended(0.6))
    assert gain.clients.value == pytest.approx(talks_a_month("web") * (0.6 - 0.1) * 0.5, rel=0.1)
    assert gain.clients.low < gain.clients.value < gain.clients.high


def test_nurturing_is_worth_the_leads_times_what_more_is_warm_times_asked_times_yes():
    gain = worth().gain(cell("phone", "nurture"), mended(0.8))
    leads = np.count_nonzero(cell("phone", "nurture").some.start > business()[0].as_of - YEAR * DAY) / 12
    assert gain.clients.value == pytest.approx(leads * (0.8 - 0.5) * 0.6 * 0.5, rel=0.1)


def test_a_better_answer_is_worth_the_asks_times_what_more_say_yes():
    gain = worth().gain(cell("phone", "answer"), mended(0.75))
    asks = np.count_nonzero(cell("phone", "answer").some.start > business()[0].as_of - YEAR * DAY) / 12
    assert gain.clients.value == pytest.approx(asks * (0.75 - 0.5), rel=0.15)


def test_clients_bring_the_mean_of_first_purchases():
    gain = worth().gain(cell("web", "ask"), mended(0.6))
    assert gain.money is not None
    assert gain.money.value == pytest.approx(gain.clients.value * 50_000)


def test_the_first_year_lacks_what_is_still_on_its_way():
    gain = worth().gain(cell("web", "ask"), mended(0.6))
    assert gain.delay == 30 * DAY
    assert gain.first_year.value == pytest.approx(gain.clients.value * 12 * (1 - 30 / YEAR))
    later = worth().gain(cell("phone", "nurture"), mended(0.8))
    assert later.delay == (39 + 1 + 10 + 20) * DAY


def test_there_is_no_gain_above_the_places_that_are_left():
    cycles = business()[0]
    now = (
        np.count_nonzero(cycles.client_at[cycles.client_at < 2**62] > cycles.as_of - 3 * PER_MONTH * DAY) / 3
    )
    room = worth(capacity=now + 1).gain(cell("web", "ask"), mended(0.6))
    assert (room.clients.value, room.clients.high) == (pytest.approx(1), pytest.approx(1))
    full = worth(capacity=0).gain(cell("web", "ask"), mended(0.6))
    assert (full.clients.low, full.clients.value, full.clients.high) == (0, 0, 0)


def test_what_is_no_better_brings_nothing_and_not_less():
    gain = worth().gain(cell("phone", "ask"), mended(0.1))
    assert (gain.clients.low, gain.clients.value, gain.first_year.value) == (0, 0, 0)


def test_the_usual_rate_comes_from_the_other_path_alone():
    usual = worth().usual(cell("web", "ask"))
    assert usual is not None
    assert np.median(usual) == pytest.approx(0.6, abs=0.05)
    assert np.median(worth().usual(cell("phone", "ask"))) == pytest.approx(0.1, abs=0.03)


def test_there_is_no_usual_rate_without_another_path():
    cycles = traced(people("web", 40, 0.5, 0.5), 500)[1]
    figures = measure_links(cycles, USUAL)
    alone = Worth(cycles, figures, USUAL, 1, None)
    assert all(alone.usual(one) is None for one in figures)


def test_the_same_seed_says_the_same():
    one, two, other = (worth(seed=s).gain(cell("web", "ask"), mended(0.6)) for s in (3, 3, 4))
    assert one == two
    assert other != one


def test_terms_are_kept_at_once_and_at_the_worth_of_a_renewal():
    rows = []
    for k in range(240):
        at, kind = k * 1.5, "renewed" if k % 4 else "churned"
        rows.append(touch(f"c{k}", "bought", at, path="web", value=50_000, currency="EUR"))
        rows.append(touch(f"c{k}", kind, at + 100, path="web", value=20_000, currency="EUR"))
    cycles = traced(rows, 480)[1]
    figures = measure_links(cycles, USUAL)
    one = next(one for one in figures if one.link == "renew")
    gain = Worth(cycles, figures, USUAL, 1, 0).gain(one, mended(0.95))
    ended = sum(k * 1.5 + 100 > 480 - YEAR for k in range(240)) / 12
    assert gain.clients.value == pytest.approx(ended * (0.95 - 0.75), rel=0.1)
    assert gain.money.value == pytest.approx(gain.clients.value * 20_000)
    assert gain.delay == 0


def test_a_term_counts_where_it_ends_though_it_began_more_than_a_year_ago():
    rows = []
    for k in range(120):
        rows.append(touch(f"c{k}", "bought", k, path="web", value=50_000, currency="EUR"))
        rows.append(touch(f"c{k}", "churned", k + 365, path="web"))
    cycles = traced(rows, 490)[1]
    figures = measure_links(cycles, USUAL)
    one = next(one for one in figures if one.link == "renew")
    gain = Worth(cycles, figures, USUAL, 1, None).gain(one, mended(0.5))
    assert gain.clients.value == pytest.approx(120 / 12 * 0.5, rel=0.05)


def test_where_asks_are_not_recorded_mending_brings_clients_at_once_and_no_answer_comes_after():
    """100 people a month talk on the web, of whom 5 % buy; elsewhere 30 % do, 30 days after the talk."""
    rows = [*people("web", 2400, 0.1, 0.5), *people("phone", 1200, 0.6, 0.5)]
    cycles = traced([row for row in rows if row["kind"] != "asked"], 500)[1]
    figures = measure_links(cycles, USUAL)
    some = Worth(cycles, figures, USUAL, 1, None)
    one = some.cells[next(place for place, _ in some.cells if cycles.paths[place] == "web"), "ask"]
    assert (one.rate.began, one.rate.through) == (1200, 61)  # 5 % and, as they are spread, one
    usual = some.usual(one)
    lately = (one.some.start > cycles.as_of - YEAR * DAY).sum()
    expected = lately / 12 * (np.median(usual) - 61 / 1200)
    gain = some.gain(one, usual)
    assert gain.clients.value == pytest.approx(expected, rel=0.1)
    assert gain.delay == 30 * DAY


def test_of_a_few_paths_everything_is_drawn_and_of_very_many_each_less_often():
    assert worth().draws == DRAWS
    rows = [touch(f"C{n}", "liked", n, path=f"p{n}") for n in range(300)]
    cycles = traced(rows, 400)[1]
    assert Worth(cycles, measure_links(cycles, USUAL), USUAL, 1, None).draws == FEWEST_DRAWS
