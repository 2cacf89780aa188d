"""How people go on week by week: counted by brute force, and as it was known on earlier days."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.arrivals import fit_drift
from leadline.engine.course import BANDS, Lives, course_at
from leadline.engine.outlook import try_past
from leadline.engine.process import estimate_process
from leadline.engine.touches import Touches
from tests.histories import history

NO_TOUCHES = Touches.of([])
PLACES, WAYS, OLDEST = 3, 4, 10


def random_spells(seed: int, size: int = 400) -> tuple[np.ndarray, ...]:
    """Places, week's ends of coming and of being seen last (0: there still), and ways to go."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 60, size)
    last = (first * rng.random(size)).astype(np.int64) * (rng.random(size) < 0.7)
    return rng.integers(0, PLACES, size), first, last, rng.integers(0, WAYS, size)


@pytest.mark.parametrize("ago", [0, 7])
def test_waits_are_those_that_a_loop_counts(ago: int) -> None:
    spells, recent = random_spells(3), 30
    waiting, seen = (np.zeros((PLACES, OLDEST + 1), np.int64) for _ in range(2))
    moved = np.zeros((PLACES, OLDEST + 1, WAYS), np.int64)
    for place, first, last, way in zip(*(part.tolist() for part in spells), strict=True):
        if first >= ago >= last:
            waiting[place, min(first - ago, OLDEST)] += 1
        for week in range(max(last, 1), first + 1):
            if ago < week <= ago + recent:
                seen[place, min(first - week, OLDEST)] += 1
                moved[place, min(first - week, OLDEST), way] += week == last
    found = Lives.of(*spells, PLACES, WAYS).waits(OLDEST, recent, ago)
    assert np.array_equal(found.waiting, waiting)
    assert np.array_equal(found.seen, seen)
    assert np.array_equal(found.moved, moved)


def test_what_is_expected_adds_up_to_what_came_in_each_band() -> None:
    lives = Lives.of(*random_spells(4), PLACES, WAYS)
    came, expected = lives.expected(40)
    assert len(came) == len(expected) == 40
    assert expected.sum() == pytest.approx(came.sum())
    chances = {}
    spells = list(zip(*(part.tolist() for part in random_spells(4)), strict=True))
    for place, first, last, way in spells:
        for week in range(max(last, 1), min(first, 40) + 1):
            counts = chances.setdefault((place, np.searchsorted(BANDS, first - week, side="right")), [0, 0])
            counts[0] += 1
            counts[1] += week == last and way == WAYS - 1
    third = 0.0
    for place, first, last, _ in spells:
        if first >= 3 >= max(last, 1):
            there, went = chances[place, np.searchsorted(BANDS, first - 3, side="right")]
            third += went / there
    assert expected[2] == pytest.approx(third)


def test_a_course_of_five_weeks_ago_is_that_of_the_history_of_that_day() -> None:
    rng, moves = np.random.default_rng(5), {}
    for number in range(150):
        day = rng.uniform(0, 300)
        steps = [f"lead {day}", f"prospect {day + rng.uniform(1, 40)}", f"client {day + rng.uniform(41, 90)}"]
        moves[f"c{number}"] = steps[: rng.integers(1, 4)]

    def known(until: float) -> dict[str, str]:
        return {
            who: ", ".join(s for s in some if float(s.split()[1]) <= until) for who, some in moves.items()
        }

    today = estimate_process(history(known(301), as_of=301), NO_TOUCHES)
    then = estimate_process(history(known(301 - 35), as_of=301 - 35), NO_TOUCHES)
    assert today.states == then.states
    back = course_at(today.lives, today.arrived, today.as_of, 5)
    for name in ("waiting", "seen", "moved"):
        assert np.array_equal(getattr(back.people, name), getattr(then.people, name)), name
    assert [len(entry.mean) for entry in back.entries] == [len(entry.mean) for entry in then.entries]


def closed_since(day: float, as_of: float = 420) -> dict[str, str]:
    """Two deals a day, won after 21 or 42 days or lost after 10; on record are those still open on a day."""
    people = {}
    for number in range(int(as_of) * 3):
        began, ends = number / 3 + 0.1, ("client 21", "client 42", "gone 10")[number % 3]
        end = began + float(ends.split()[1])
        if end >= day:
            closed = f", {ends.split()[0]} {end}" if end <= as_of else ""
            people[f"d{number}"] = f"lead {began}{closed}"
    return people


def test_weeks_in_which_no_deal_could_have_been_seen_to_close_do_not_count() -> None:
    cut = estimate_process(history(closed_since(210), as_of=420), NO_TOUCHES)
    assert cut.course.late
    assert cut.weeks == 30  # since day 210
    whole = estimate_process(history(closed_since(0), as_of=420), NO_TOUCHES)
    assert not whole.course.late
    share = [one.people.moved[0, :7, -1].sum() / one.people.seen[0, :7].sum() for one in (cut, whole)]
    assert share[0] == pytest.approx(share[1], rel=0.03)
    # who was open when the record begins is at risk from then on, with the age that they had
    arrivals = [np.exp(one.entries[0].mean[0]) for one in (cut, whole)]
    assert arrivals == pytest.approx([21, 21], rel=0.05)


def test_a_business_that_begins_with_nobody_has_no_late_record() -> None:
    people = {f"p{n}": f"lead {n / 2}, client {n / 2 + 50}" for n in range(300)}
    assert not estimate_process(history(people, as_of=200), NO_TOUCHES).course.late


def test_weeks_that_come_as_expected_show_no_drift() -> None:
    rng, expected = np.random.default_rng(1), np.full(52, 20.0)
    drifts = [fit_drift(rng.poisson(20, 52), expected) for _ in range(30)]
    ahead = [one.draw(rng, 200, 13).mean() for one in drifts]
    assert np.mean(ahead) == pytest.approx(1, abs=0.03)
    assert np.median([one.step for one in drifts]) <= 0.05


def test_chances_that_halved_lately_stay_low_for_a_while() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(np.where(np.arange(52) < 16, 20, 40))
    drift = fit_drift(counts, np.full(52, 40.0))
    times = drift.draw(rng, 2000, 52).mean(axis=0)  # the mean of all weeks is 33.8
    assert 0.55 < times[0] < 0.8
    assert times[0] < times[12] < times[51] == pytest.approx(1, abs=0.1)


def test_weeks_that_come_in_bunches_are_drawn_in_bunches() -> None:
    rng = np.random.default_rng(3)
    drift = fit_drift(rng.poisson(5, 52) * 4, np.full(52, 20.0))
    assert drift.dispersion == pytest.approx(4, rel=0.5)
    times = drift.draw(rng, 2000, 4)
    assert times.mean() == pytest.approx(1, abs=0.1)
    assert times.std() == pytest.approx(((drift.dispersion - 1) / 20) ** 0.5, rel=0.3)


def test_nothing_expected_or_nothing_come_is_no_drift() -> None:
    for counts, expected in (([0] * 20, [1.0] * 20), ([1] * 20, [0.0] * 20), ([], []), ([3], [3.0])):
        drift = fit_drift(np.array(counts, np.int64), np.array(expected))
        assert (drift.draw(np.random.default_rng(1), 5, 6) == 1).all()


def test_a_business_that_goes_as_it_went_is_foreseen_on_its_own_past() -> None:
    tried = try_past(estimate_process(history(closed_since(0), as_of=420), NO_TOUCHES))
    assert tried.days == 9
    assert tried.came == pytest.approx(9 * 182, rel=0.01)
    assert not tried.worse
    assert tried.off < 0.1 * tried.came


def test_clients_who_come_evenly_however_many_are_on_their_way_are_not_what_was_foreseen() -> None:
    # eight clients a week, six weeks after they came; the others who come do so in turns, now many, now few
    people, rng = {}, np.random.default_rng(6)
    for week in range(80):
        for number in range(200 if week // 13 % 2 else 10):
            day = week * 7 + rng.uniform(0, 1)
            won = f", client {day + 42}" if number < 8 and day + 42 <= 560 else ""
            people[f"{week}-{number}"] = f"lead {day}{won}"
    tried = try_past(estimate_process(history(people, as_of=560), NO_TOUCHES))
    assert (tried.days, tried.came, tried.plain_off) == (9, 9 * 104, 0)
    assert tried.luck == pytest.approx(9 * (2 / np.pi * 104) ** 0.5)
    assert tried.worse


def test_a_young_record_is_not_tried() -> None:
    assert try_past(estimate_process(history(closed_since(0, 100), as_of=100), NO_TOUCHES)).days == 0
