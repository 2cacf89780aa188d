"""Random funnels and random logs over a handful of made-up kinds, for hypothesis.

Everything is drawn in few, cheap draws (a phrase is one of a long list, a log is a string of bytes), so that
many examples fit into a test.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.makers import FEW_KINDS, few_words
from tests.oracle import DAY, Touch, Words, condition_holds

WORDS = few_words()
KINDS = [kind["name"] for kind in FEW_KINDS["kinds"]]
FACTS = ["need", "budget"]
NAMES = [*FACTS, "responded", "conversed", *(kind for kind in KINDS if kind != "scanned")]

EXAMPLES = "TESTS_EXAMPLES"
"""In the environment of `make nightly`, which tries all of them."""
FEWEST = 40


def examples(number: int) -> settings:
    """So many examples at night, by day a fourth of them where that isn't too few: the same in every run."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    tried = number if os.environ.get(EXAMPLES) == "all" else max(number // 4, min(number, FEWEST))
    return settings(
        max_examples=tried, derandomize=True, deadline=None, database=None, suppress_health_check=slow
    )


def _phrases(words: Words) -> list[str]:
    """Every phrase with small numbers that can hold at all: what always resets itself can't."""
    times = ["", "", "", " 1 time", " 2 times", " 3 times"]
    within = ["", "", " within 1 day", *(f" within {days} days" for days in (2, 3, 5, 8))]
    found = []
    for name in [*NAMES, *NAMES[:4] * 3]:
        resets = [other for other in NAMES if not words.counted(name) <= words.counted(other)]
        since = [*[""] * len(resets), *(f" since {other}" for other in resets)]
        found += [name + n + w + s for s in since for w in within for n in times]
    return found


PHRASES = _phrases(WORDS)
phrases = st.sampled_from(PHRASES + [f"no {phrase}" for phrase in PHRASES[::2]])

_leaves = st.integers(0, 99)  # places in a pool of phrases


def _nests(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    parts = st.lists(inner, min_size=1, max_size=3)
    words = st.sampled_from(["any", "any", "at_least", "list", "all", "none"])
    return st.tuples(words, parts, st.integers(0, 99))


_shallow = st.one_of(_leaves, _leaves, _nests(_leaves))
_shapes = st.one_of(_leaves, _nests(_leaves), _nests(_shallow))


def _condition(shape: object, pool: list[str]) -> object:
    """The condition of this shape, its phrases taken from the pool."""
    if isinstance(shape, int):
        return pool[shape % len(pool)]
    word, shapes, number = shape
    parts = [_condition(part, pool) for part in shapes]
    if word == "at_least":
        return {"at_least": 1 + number % len(parts), "of": parts}
    return parts if word == "list" else {word: parts}


_pools = st.lists(phrases, min_size=1, max_size=7, unique=True)
_roles = st.lists(st.sampled_from(["open", "open", "client", "left"]), min_size=1, max_size=4)
_insides = st.tuples(_shapes, st.lists(_shapes, max_size=2), st.sampled_from([None, "marketing", "sales"]))


@st.composite
def funnels(draw: st.DrawFn) -> dict[str, object]:
    """A funnel document whose stages all need at least one touch; the phrases come from one small pool."""
    pool = draw(_pools)
    roles = sorted(draw(_roles), key=lambda role: role == "left")  # left stages come last
    stages = [_stage(number, role, pool, *draw(_insides)) for number, role in enumerate(roles)]
    return {"name": "made-up", "means": "A funnel that nobody would want.", "stages": stages}


def _stage(
    number: int, role: str, pool: list[str], shape: object, steps: list[object], owner: str | None
) -> dict[str, object]:
    when = _condition(shape, pool)
    if condition_holds(when, [], 0, WORDS):  # would be refused: it needs no evidence
        when = [when, {"any": ["responded", "asked"]}]
    stage = {"name": f"stage-{number}", "means": "Something holds.", "role": role, "when": when}
    inside = [
        {"name": f"step-{place}", "means": "More holds.", "when": _condition(shape, pool)}
        for place, shape in enumerate(steps)
    ]
    return stage | ({"owner": owner} if owner else {}) | ({"steps": inside} if inside else {})


RESTS = [*[0] * 12, 1, DAY // 2, DAY - 1]  # imports know only the day
instants = st.builds(lambda day, rest: day * DAY + rest, st.integers(0, 12), st.sampled_from(RESTS))
as_ofs = st.builds(lambda instant, later: instant + later * DAY, instants, st.integers(-2, 12))

MOST = 16


def logs(name: str = "") -> st.SearchStrategy[list[Touch]]:
    """The touches of one subject in any order of arrival; the ids are no guide to the order either."""
    return st.binary(min_size=1 + 4 * MOST, max_size=1 + 4 * MOST).map(lambda code: _log(code, name))


def _log(code: bytes, name: str) -> list[Touch]:
    touches = {}
    for place in range(1, 1 + 4 * (1 + code[0] % MOST), 4):
        day, rest, kind, key = code[place : place + 4]
        id_ = f"t{key:03}{name}"
        at = day % 13 * DAY + RESTS[rest % len(RESTS)]
        touches[id_] = Touch(at, KINDS[kind % len(KINDS)], id_, machine=rest >= 240)
    return list(touches.values())


def crowds(*names: str) -> st.SearchStrategy[dict[str, list[Touch]]]:
    """The logs of a few contacts, with ids that are unique among them all."""
    return st.fixed_dictionaries({name: logs(f"-{name}") for name in names or ("ann", "ben", "cyd")})
