"""A remedy leads to its stage by the plain definition, and is one touch wherever one touch will do."""

from __future__ import annotations

import random

import pytest

from leadline.engine.evidence import Moment, mask_of
from leadline.engine.funnel import load_funnel
from leadline.engine.instants import DAY
from leadline.engine.kinds import Kinds
from leadline.engine.lookup import lookup
from leadline.engine.remedies import find_remedy

KINDS = Kinds.shipped()
NOW = 1000 * DAY


@pytest.mark.parametrize("name", ["sales-cycle", "voltage", "agency"])
def test_a_remedy_leads_to_its_stage_and_is_one_touch_wherever_one_will_do(name):
    funnel, chance = load_funnel(name), random.Random(name)
    table = lookup(funnel, KINDS)
    used = sorted(table.kinds_used())

    def stage_with(life, added, at):
        """The stage of whom all that happened, as the masks and the table have it, touch by touch."""
        told = sorted([*life, *(Moment(at, kind, -1) for kind in added)], key=lambda one: one[:2])
        return int(table.stage_of[table.table[mask_of(table, told, at)]])

    for _ in range(15):
        days = sorted((chance.choice([0, 1, 20, 100, 400]) for _ in range(chance.randrange(7))), reverse=True)
        life = sorted(Moment(NOW - day * DAY, chance.choice(used), row) for row, day in enumerate(days))
        for stage in range(1, len(funnel.stages) + 1):
            found = find_remedy(table, KINDS, life, NOW, stage)
            instants = (NOW, NOW + 1) if any(one.happened_at == NOW for one in life) else (NOW,)
            alone = [at for at in instants for kind in used if stage_with(life, [kind], at) == stage]
            if found is None:
                assert not alone
                continue
            codes = [KINDS.code(kind) for kind in found]
            assert stage in [stage_with(life, codes, at) for at in instants]
            assert len(found) <= 1 or NOW not in alone
