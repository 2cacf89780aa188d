"""A list of contacts: on the day a record was made, it was recorded, and its source says what led to that."""

from __future__ import annotations

from leadline.engine.importers.evidence import Evidence
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sources import find_source_kind, source_kinds
from leadline.engine.wording import listed


def read_contacts(export: Export) -> list[Evidence]:
    """`recorded` on the day each record was made, and what its source is evidence of."""
    created, found = export.dates_of("created")
    recorded = Evidence.of(found & export.used, export.kinds.code("recorded"), created)
    sources = export.column("source")
    if sources is None or not found.any():
        return [recorded]
    kinds = spread_labels(sources, source_kinds(sources, export.kinds))
    told = {str(s): find_source_kind(str(s)) for s in sources.labels}
    silent = [f"“{source}”" for source, kind in told.items() if kind is None]
    if silent:
        export.notes.append(
            f"of {listed(silent[:8])}{' and others' * (len(silent) > 8)} as a source nothing is known but "
            "that a record was made"
        )
    return [recorded, Evidence.of(found & export.used & (kinds >= 0), kinds, created)]
