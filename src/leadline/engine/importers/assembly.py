"""Files in, touches out: what every row is evidence of, brought together by whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from leadline.engine.errors import BadMapping
from leadline.engine.importers.amounts import read_amounts
from leadline.engine.importers.attributes import gather_attributes
from leadline.engine.importers.contact_list import read_contacts
from leadline.engine.importers.deals import read_closings, read_engagements, read_openings
from leadline.engine.importers.duplicates import leave_out_repeats
from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.imported import FileCount, Imported
from leadline.engine.importers.mapping import FileMapping, Mapping
from leadline.engine.importers.orders import read_orders
from leadline.engine.importers.outcomes import UNKNOWN, WON, Codes, read_outcomes
from leadline.engine.importers.stage_dates import read_stage_dates
from leadline.engine.importers.subjects import Subjects
from leadline.engine.importers.summaries import Reading, note_undated, outcome_of, typed_of, value_of
from leadline.engine.importers.tables import Progress, read_table
from leadline.engine.importers.touch_columns import gather_columns
from leadline.engine.importers.understanding import divide, find_unit, understand
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Column, Touches


def import_files(
    paths: Sequence[Path],
    *,
    mapping: Mapping | None = None,
    date_order: str | None = None,
    kinds: Kinds | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Everything that the files hold, whatever exported them; they are joined by the ids that they share.

    `mapping` says what columns and words mean where the proposal is wrong, `date_order` ("dmy" or "mdy") how
    dates are written that could be either; `progress` is told the bytes read of each file, and how many there
    are. Raises BadFile, BadMapping, UnknownColumn and AmbiguousDates; single bad rows are never an error.
    """
    mapping, kinds = mapping or Mapping(), kinds or Kinds.shipped()
    tables = [table for path in paths for table in read_table(Path(path), progress=progress)]
    exports = understand(tables, mapping, kinds, date_order)
    main, described = divide(exports)
    unit = find_unit(main)
    subjects = Subjects(unit)
    has_deals = any(export.proposal.shape in ("deals", "orders") for export in main)
    readings = [_read(export, subjects, has_deals=has_deals) for export in main]
    if not subjects.labels:
        raise _nobody_found(main)
    return _put_together(readings, subjects, exports, described)
