"""A funnel compiled: a table from the mask of atoms that hold to the stage that follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from leadline.engine.atoms import Atom, resolve_phrase
from leadline.engine.conditions import Phrase, evaluate, phrases
from leadline.engine.errors import BadFunnel, TooManyAtoms
from leadline.engine.funnel import Funnel
from leadline.engine.kinds import Kinds

MOST_ATOMS = 20


@dataclass(frozen=True, eq=False)
class Lookup:
    """`table[mask]` is the state in which somebody is for whom the atoms of the mask hold.

    Bit b of a mask stands for `atoms[b]`. A state is a stage and a step of it: state 0 is a stranger,
    `stage_of[state]` the stage's number (0 stranger), `step_of[state]` the step's (0 none).
    """

    funnel: Funnel
    atoms: tuple[Atom, ...]
    bit_of: dict[Phrase, int]
    table: npt.NDArray[np.uint8]
    stage_of: npt.NDArray[np.uint8]
    step_of: npt.NDArray[np.uint8]

    def never_reached(self) -> list[str]:
        """The stages in which nobody can ever stand: they contradict themselves, or later ones win."""
        reached = set(self.stage_of[self.table].tolist())
        return [name for number, name in enumerate(self.funnel.stage_names) if number not in reached]

    def kinds_used(self) -> frozenset[int]:
        """The codes of the kinds that feed or reset an atom; touches of any other kind change nothing."""
        return frozenset().union(*(atom.kinds | atom.since for atom in self.atoms))


@lru_cache(maxsize=64)
def lookup(funnel: Funnel, kinds: Kinds) -> Lookup:
    """Compile a funnel for some kinds.

    Raises BadFunnel for phrases that name nothing known and for stages that need no evidence, and
    TooManyAtoms above MOST_ATOMS different phrases.
    """
    bit_of, atoms = _atoms(funnel, kinds)
    masks = np.arange(1 << len(atoms), dtype=np.uint32)

    def holds(phrase: Phrase) -> npt.NDArray[np.bool_]:
        return np.asarray((masks >> bit_of[phrase]) & 1 == 1)

    table = np.zeros(len(masks), dtype=np.uint8)
    stage_of, step_of = [0], [0]
    for stage, step, condition in funnel.conditions():
        stage_of.append(stage + 1)
        step_of.append(step + 1)
        reached = np.asarray(evaluate(condition, holds), dtype=bool)
        if step >= 0:
            reached &= np.array(stage_of, dtype=np.uint8)[table] == stage + 1
        table[reached] = len(stage_of) - 1
        _check_evidence(funnel, stage, step, reached)
    return Lookup(funnel, atoms, bit_of, table, np.array(stage_of, np.uint8), np.array(step_of, np.uint8))


def _atoms(funnel: Funnel, kinds: Kinds) -> tuple[dict[Phrase, int], tuple[Atom, ...]]:
    """Which bit stands for which phrase (without its `no`); phrases that mean the same share one."""
    bit_of: dict[Phrase, int] = {}
    atoms: dict[Atom, int] = {}
    for stage, step, condition in funnel.conditions():
        for phrase in phrases(condition):
            try:
                atom = resolve_phrase(phrase, kinds)
            except BadFunnel as error:
                raise funnel.places.locate(error, stage, step) from None
            bit_of[phrase.asserted] = atoms.setdefault(atom, len(atoms))
    states = 1 + sum(1 for _ in funnel.conditions())
    if len(atoms) > MOST_ATOMS or states > 255:
        raise TooManyAtoms(
            f"The funnel “{funnel.name}” can't be compiled",
            found=f"{len(atoms)} different phrases in {states - 1} stages and steps",
            allowed=f"{MOST_ATOMS} different phrases, and 254 stages and steps; a group needs one",
            where=funnel.places.where or None,
        )
    return bit_of, tuple(atoms)


def _check_evidence(funnel: Funnel, stage: int, step: int, reached: npt.NDArray[np.bool_]) -> None:
    """A stage must not hold for somebody of whom nothing is known (mask 0)."""
    if step < 0 and reached[0]:
        name = funnel.stages[stage].name
        raise funnel.places.locate(
            BadFunnel(
                f"The stage “{name}” would hold for somebody with no touches at all",
                found="a condition that only says what must not have happened",
                allowed="at least one thing that must have happened",
            ),
            stage,
            key="when",
        )
