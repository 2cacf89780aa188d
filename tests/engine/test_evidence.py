"""What holds for somebody, found from the latest touch back, is what the evidence says."""

from __future__ import annotations

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.atoms import Atom
from leadline.engine.evidence import Moment, gather_evidence, mask_of
from leadline.engine.funnel import load_funnel, shipped_funnels
from leadline.engine.instants import DAY
from leadline.engine.kinds import Kinds
from leadline.engine.lookup import lookup
from tests.strategies import examples

KINDS = Kinds.shipped()
LIVES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, len(KINDS.kinds) - 1)), max_size=40)


@examples(300)
@given(st.sampled_from(sorted(shipped_funnels())), LIVES, st.integers(0, 500))
def test_the_mask_has_a_bit_for_each_atom_whose_evidence_holds(
    slug: str, life: list[tuple[int, int]], now: int
) -> None:
    table = lookup(load_funnel(slug), KINDS)
    moments = [Moment(day * DAY, kind, row) for row, (day, kind) in enumerate(sorted(life))]
    held = [gather_evidence(atom, moments, now * DAY).holds for atom in table.atoms]
    assert mask_of(table, moments, now * DAY) == sum(1 << bit for bit, holds in enumerate(held) if holds)


def test_the_latest_that_counts_no_more_is_found_in_time_that_grows_with_the_touches() -> None:
    atom = Atom(frozenset({0}), window=500 * DAY)

    def seconds(touches: int) -> float:
        moments = [Moment(day * DAY // touches, 0, day) for day in range(0, 1000 * touches, 1000)]
        begun = process_time()
        found = gather_evidence(atom, moments, 999 * DAY)
        took = process_time() - begun
        assert found.earlier == max(one for one in moments if one.happened_at <= 499 * DAY)
        return took

    assert min(seconds(20_000) for _ in range(3)) < 80 * min(seconds(1_000) for _ in range(3))
