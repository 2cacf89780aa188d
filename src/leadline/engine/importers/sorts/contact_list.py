"""A list of contacts: on the day a record was made, it was recorded, and its source says what led to that."""

from __future__ import annotations

import numpy as np

from leadline.engine.importers.evidence import Evidence
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.sources import find_source_kind, read_sources, source_kinds
from leadline.engine.touches import Column
from leadline.engine.wording import listed

NAMED = 8
"""So many sources are named in a note, at most."""


def read_contacts(export: Export) -> list[Evidence]:
    """`recorded` on the day each record was made, and what its source is evidence of."""
    created, found = export.dates_of("created")
    recorded = Evidence.of(found & export.used, export.kinds.code("recorded"), created)
    sources = read_sources(export)
    if sources is None or not found.any():
        return [recorded]
    kinds = spread_labels(sources, source_kinds(sources, export.kinds))
    _note_silent(export, sources)
    return [recorded, Evidence.of(found & export.used & (kinds >= 0), kinds, created)]


def _note_silent(export: Export, sources: Column) -> None:
    there = np.unique(sources.codes[sources.codes >= 0]).tolist()
    silent = [
        str(sources.labels[code]) for code in there if find_source_kind(str(sources.labels[code])) is None
    ]
    if silent:
        named = [f"“{source}”" for source in silent[:NAMED]] + ["others"] * (len(silent) > NAMED)
        said = f"a source of {listed(named, 'or')} doesn't say what somebody did"
        export.notes.append(f"{said}, so no touch follows from it")
