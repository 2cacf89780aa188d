"""A log of touches: each row is one thing that happened with somebody."""

from __future__ import annotations

import numpy as np

from leadline.engine.errors import nearest
from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.words import find_kind, squeezed
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import counted, listed


def read_log(export: Export, amounts: Integers) -> list[Evidence]:
    """A touch for each row whose word is a kind and whose date can be read; all others get their reason."""
    kinds = read_kinds(export)
    instants = read_instants(export, "happened at")
    paid = _have_amounts(export)[kinds]
    return [Evidence.of(export.used, kinds, instants, np.where(paid, amounts, MISSING))]


def read_instants(export: Export, means: str) -> Integers:
    """The instant of each row; rows without one are left out."""
    header = export.proposal.of(means)
    if header is None:
        export.leave_out(np.ones(export.rows, dtype=bool), "nothing says when it happened")
        return np.zeros(export.rows, dtype=np.int64)
    column = export.columns[header]
    instants, found = export.dates(header)
    export.leave_out(column.codes < 0, f"“{header}” is blank")
    export.leave_out_labels(
        ~found, column, lambda text: f"“{text}” in “{header}”: {export.explain(header, text)}"
    )
    return instants


def read_kinds(export: Export) -> Integers:
    """The code of each row's kind; rows without one are left out."""
    header = export.proposal.of("what happened")
    if header is None:
        export.leave_out(np.ones(export.rows, dtype=bool), "nothing says what happened")
        return np.zeros(export.rows, dtype=np.int64)
    column = export.columns[header]
    codes = spread_labels(column, [find_code(str(word), export) for word in column.labels])
    export.leave_out(column.codes < 0, f"“{header}” is blank")
    export.leave_out_labels(codes < 0, column, lambda word: explain_unknown(word, export))
    _note_words(export, column)
    return np.maximum(codes, 0)


def find_code(word: str, export: Export) -> int:
    """The code of the kind that a word of a log says, -1 where it says none."""
    said = {squeezed(known): kind for known, kind in export.mapping.kinds.items()}
    ours = {squeezed(kind.name): kind.name for kind in export.kinds.kinds}
    kind = said.get(squeezed(word)) or ours.get(squeezed(word)) or find_kind(word)
    return export.kinds.code(kind) if kind else -1


def explain_unknown(word: str, export: Export) -> str:
    """Why a row with a word that says no kind isn't used, and what would mend that."""
    near = nearest(word, [kind.name for kind in export.kinds.kinds])
    hint = near or "one of our kinds"
    return (
        f'“{word}” is no kind of touch that is known: put \'"{word}" = "{hint}"\' under [kinds] in a mapping'
    )


def _note_words(export: Export, column: Column) -> None:
    """Keeps, and notes, which words were taken for kinds of another name."""
    counts = np.bincount(column.codes[export.used & (column.codes >= 0)], minlength=len(column.labels))
    told = []
    for code in np.argsort(-counts, kind="stable").tolist():
        word, kind = str(column.labels[code]), find_code(str(column.labels[code]), export)
        if counts[code] and kind >= 0 and word != (name := export.kinds.kinds[kind].name):
            export.words[word] = name
            told.append(f"“{word}” ({counted(int(counts[code]), 'row')}) as {name}")
    if told:
        export.notes.append(f"words taken for kinds of touches: {listed(told)}")


def _have_amounts(export: Export) -> Mask:
    """Which kinds an amount belongs to: asks, what was bought or given back; not what was only looked at."""
    paid = {"purchased", "repaid"}
    return np.array([kind.link == "ask" or not paid.isdisjoint(kind.groups) for kind in export.kinds.kinds])
