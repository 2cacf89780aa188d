"""What holds for somebody, found from the latest touch back, is what the evidence says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

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
