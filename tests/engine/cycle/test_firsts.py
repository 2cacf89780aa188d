"""First touches of some kinds, by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.cycle.firsts import Firsts
from leadline.engine.history import subjects_of
from leadline.engine.instants import NEVER, to_instant
from leadline.engine.touches import Touches
from tests.makers import day, touch

ROWS = [
    touch("Ann", "liked", 3, path="social"),
    touch("Ann", "mailed", 1),
    touch("Ann", "mailed", 5, path="email"),
    touch("Ann", "called", 8, path="phone", actor="Max"),
    touch("Bob", "mailed", 2, path="list"),
    touch("Bob", "scanned", 0, path="email"),
    touch("Bob", "liked", 50),
    {"kind": "posted", "happened_at": day(0), "n": 9, "path": "social"},
]


def first() -> Firsts:
    touches = Touches.of(ROWS)
    return Firsts(touches, subjects_of(touches, "contact", None), to_instant(day(40)))


def at(*days: float | None) -> list[int]:
    return [NEVER if one is None else to_instant(day(one)) for one in days]


def named(log: Firsts, codes: np.ndarray) -> list[str | None]:
    return [log.paths[code] if code >= 0 else None for code in codes]


def test_the_first_touch_of_everybody_leaves_out_machines_strangers_and_what_is_to_come():
    log = first()
    assert log.subjects == 2
    assert log.first(log.any_kind).tolist() == at(1, 2)
    assert log.first(log.link_is("generate")).tolist() == at(3, None)


def test_the_first_touch_can_be_asked_for_from_an_instant_on():
    log = first()
    assert log.first(log.link_is("nurture"), since=np.array(at(3, None))).tolist() == at(5, None)
    assert log.first(log.link_is("nurture"), since=np.array(at(5, 2))).tolist() == at(5, 2)


def test_the_path_is_that_of_the_first_touch_that_has_one():
    log = first()
    instants, paths = log.first_with_path(log.link_is("nurture"))
    assert instants.tolist() == at(1, 2)
    assert named(log, paths) == ["email", "list"]
    assert named(log, log.first_with_path(log.link_is("generate"))[1]) == ["social", None]


def test_the_last_touch_of_those_who_have_none_is_before_all_time():
    log = first()
    assert log.last(log.link_is("nurture")).tolist() == at(8, 2)
    assert log.last(log.in_group("conversed")).tolist() == [to_instant(day(8)), np.iinfo(np.int64).min]


def test_kinds_are_chosen_by_link_group_and_direction():
    log = first()
    chosen = log.link_is("nurture") & log.in_group("conversed") & (log.direction == "both")
    names = {kind.name for kind, yes in zip(log.touches.kinds.kinds, chosen, strict=True) if yes}
    assert {"called", "replied", "had_meeting"} <= names
    assert not names & {"mailed", "met", "asked", "clicked"}
    assert len(log.rows(chosen)) == 1


def test_touches_without_paths_and_authors_have_none():
    touches = Touches.of([touch("Ann", "liked", 0)])
    log = Firsts(touches, subjects_of(touches, "contact", None), to_instant(day(1)))
    assert (log.paths, log.actors, log.path.tolist(), log.actor.tolist()) == ((), (), [-1], [-1])


def test_touches_are_counted_by_path_and_what_has_none_by_none():
    log = first()
    assert dict(zip(log.paths, log.count_by_path(log.any_kind).tolist(), strict=True)) == {
        "social": 1, "email": 1, "phone": 1, "list": 1,
    }  # fmt: skip
    assert log.count_by_path(log.link_is("ask")).sum() == 0
    assert log.since() == to_instant(day(1))


moments = st.lists(
    st.tuples(
        st.sampled_from(["Ann", "Bob", "Cy"]),
        st.sampled_from(["liked", "mailed", "called", "asked", "bought", "scanned"]),
        st.integers(0, 6),
        st.sampled_from(["web", "phone", None]),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(moments, st.sampled_from(["generate", "nurture", "ask"]), st.integers(0, 4), st.integers(0, 6))
def test_the_first_touch_and_its_path_are_those_that_a_loop_finds(happened, link, since, until):
    rows = [touch(who, kind, at, **({"path": path} if path else {})) for who, kind, at, path in happened]
    touches = Touches.of(rows)
    log = Firsts(touches, subjects_of(touches, "contact", None), to_instant(day(5)))
    names, labels = touches.kinds.names_of_kinds, list(touches.contact.labels)
    since_all = np.full(len(labels), to_instant(day(since)), dtype=np.int64)
    until_all = np.full(len(labels), to_instant(day(until)), dtype=np.int64)
    instants, paths = log.first_with_path(log.link_is(link), since=since_all, until=until_all)
    for who, label in enumerate(labels):
        mine = sorted(
            (at, names.index(kind), path)
            for name, kind, at, path in happened
            if name == label and kind != "scanned" and since <= at <= 5
            if touches.kinds.kinds[names.index(kind)].link == link
            for path in [path or ""]
        )
        assert instants[who] == (to_instant(day(mine[0][0])) if mine else NEVER)
        known = [one for one in mine if one[2] and (one[0] < until or one[0] == mine[0][0])]
        allowed = {one[2] for one in known if one[:2] == known[0][:2]} or {None}
        assert named(log, paths[[who]])[0] in allowed
