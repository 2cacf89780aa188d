"""Files in, touches out: what every row is evidence of, brought together by whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from leadline.engine.errors import BadMapping
from leadline.engine.importers.columns.mapping import FileMapping, Mapping
from leadline.engine.importers.evidence import Evidence
from leadline.engine.importers.exports import Export
from leadline.engine.importers.imported import FileCount, Imported
from leadline.engine.importers.people.attributes import gather_attributes
from leadline.engine.importers.people.origins import give_origins
from leadline.engine.importers.people.summaries import (
    find_names,
    find_outcomes,
    find_typed,
    find_values,
    note_undated,
)
from leadline.engine.importers.reading.tables import Progress, read_table
from leadline.engine.importers.sorts.activities import find_planned
from leadline.engine.importers.sorts.correspondence import settle_messages
from leadline.engine.importers.sorts.losses import settle_losses
from leadline.engine.importers.sorts.opt_outs import find_opt_outs
from leadline.engine.importers.sorts.pipeline import Deal, read_deals
from leadline.engine.importers.sorts.readings import Reading, read_export, without_plans, without_shared
from leadline.engine.importers.sorts.refunds import settle_refunds
from leadline.engine.importers.sorts.sales import read_sales
from leadline.engine.importers.sorts.strays import without_strays
from leadline.engine.importers.sorts.tags import gather_tags
from leadline.engine.importers.sorts.touch_columns import gather_columns
from leadline.engine.importers.subjects import Subjects, Unit
from leadline.engine.importers.understanding import divide, find_unit, understand
from leadline.engine.kinds import Kinds
from leadline.engine.touches import MISSING, Column, Touches
from leadline.engine.wording import counted


def import_files(
    paths: Sequence[Path],
    *,
    mapping: Mapping | None = None,
    date_order: str | None = None,
    kinds: Kinds | None = None,
    progress: Progress | None = None,
    as_of: int | None = None,
) -> Imported:
    """Everything that the files hold, whatever exported them; they are joined by the ids that they share.

    `mapping` says what columns and words mean where the proposal is wrong, `date_order` ("dmy" or "mdy") how
    dates are written that could be either; `progress` is told how many bytes of each file are read. `as_of`
    is when that is: where deals are asks, an open one of which no day is known was asked then.
    Raises BadFile, BadMapping, UnknownColumn, AmbiguousDates and UnknownWriters; a bad row is never an error.
    """
    mapping, kinds = mapping or Mapping(), kinds or Kinds.shipped()
    tables = [table for path in paths for table in read_table(Path(path), progress=progress)]
    exports = understand(tables, mapping, kinds, date_order)
    settle_messages(exports)
    main, described = divide(exports)
    unit = find_unit(main)
    subjects = Subjects(unit)
    readings = without_strays(without_plans(_read_all(main, subjects), kinds))
    readings = settle_losses(settle_refunds(readings, kinds), kinds, len(subjects.labels))
    deals: Sequence[Deal] = ()
    if mapping.deals == "asks":
        readings, deals = read_deals(readings, kinds, as_of)
    if not subjects.labels:
        raise _nobody_found(main, readings)
    attributes = gather_attributes(
        [(one.export, one.subject) for one in readings], described, len(subjects.labels)
    )
    touches = give_origins(_join_touches(readings, subjects, kinds), readings)
    found = _account(touches, readings, attributes, exports, _shown(exports, mapping, date_order), unit)
    return replace(found, deals=tuple(deals))


def propose_mapping(paths: Sequence[Path], mapping: Mapping, kinds: Kinds) -> Mapping:
    """What the columns of the files mean, by what is given and what is proposed, before a row is read.

    So it can be told where something has to be asked first. Raises BadFile, BadMapping and UnknownColumn.
    """
    tables = [table for path in paths for table in read_table(Path(path))]
    return _shown(understand(tables, mapping, kinds, None), mapping, None)


def _read_all(main: Sequence[Export], subjects: Subjects) -> list[Reading]:
    with_deals = any(export.proposal.shape in ("deals", "orders") for export in main)
    readings = []
    for export in main:
        before = len(subjects.labels)
        readings.append(read_export(export, subjects, deals_elsewhere=with_deals))
        if before and export.proposal.shape != "audience":
            _note_shared(export, readings[-1], before, subjects)
    return without_shared(readings)


def _note_shared(export: Export, reading: Reading, before: int, subjects: Subjects) -> None:
    """Notes how many of a file's subjects stand in the files before it."""
    there = np.unique(reading.subject[reading.subject >= 0])
    alone, shared = int(np.sum(there >= before)), int(np.sum(there < before))
    if not shared:
        export.notes.append(f"no {subjects.unit} of this file is in another one")
        return
    whole = counted(shared + alone, subjects.unit)
    which = f"{shared:,} of the {whole}" if alone else f"{'all' if shared > 1 else 'the'} {whole}"
    export.notes.append(f"{which} of this file {'is' if shared == 1 else 'are'} in another one too")


def _join_touches(readings: Sequence[Reading], subjects: Subjects, kinds: Kinds) -> Touches:
    evidence = Evidence.join([one.evidence for one in readings])
    who = np.concatenate([one.subject[one.evidence.row] for one in readings])
    people = np.concatenate([one.people[one.evidence.row] for one in readings])
    return Touches(
        kinds=kinds,
        contact=Column(who.astype(np.int32), subjects.labels),
        kind=evidence.kind,
        happened_at=evidence.happened_at,
        columns=gather_columns(readings, subjects.unit),
        value=evidence.value if (evidence.value != MISSING).any() else None,
        n=people if (people != MISSING).any() else None,
    )


def _account(
    touches: Touches,
    readings: Sequence[Reading],
    attributes: dict[str, Column],
    exports: Sequence[Export],
    shown: Mapping,
    unit: Unit,
) -> Imported:
    """The touches with all that is known besides, and what became of every row."""
    subjects = len(touches.contact.labels)
    typed = find_typed(readings, subjects)
    opted = find_opt_outs(readings, touches.kinds)
    unused = {export.name: export.unused() for export in exports}
    files = []
    for export in exports:
        left, read = len(unused[export.name]), export.table.rows_read
        files.append(FileCount(export.name, read, read - left, left, (*export.table.notes, *export.notes)))
    return Imported(
        touches=touches,
        unit=unit,
        attributes=attributes,
        typed=typed,
        outcome=find_outcomes(readings, subjects),
        value=find_values(readings, touches),
        files=tuple(files),
        unused=tuple(row for rows in unused.values() for row in rows),
        mapping=shown,
        notes=(*note_undated(touches, typed, unit, exports), *map(_sentence, _notes_of(exports))),
        names=find_names(readings, subjects),
        file=_files_of(readings),
        line=np.concatenate([one.export.table.line[one.evidence.row] for one in readings]),
        sold=tuple(read_sales(readings, touches.kinds)),
        tags=gather_tags([(one.export, one.subject) for one in readings], subjects),
        opted_out=opted,
        planned=find_planned(readings),
        writers=tuple(dict.fromkeys(name for export in exports for name in export.writers)),
        monthly=tuple(export.monthly for export in exports if export.monthly is not None),
    )


def _notes_of(exports: Sequence[Export]) -> list[str]:
    """What was found out, with the name of the file where there are several."""
    several = len(exports) > 1
    return [
        f"{export.name}: {note}" if several else note[0].upper() + note[1:]
        for export in exports
        for note in (*export.table.doubts, *export.notes)
    ]


def _files_of(readings: Sequence[Reading]) -> Column:
    """The file of each touch."""
    places = [np.full(len(one.evidence), place, dtype=np.int32) for place, one in enumerate(readings)]
    return Column(np.concatenate(places), [one.export.name for one in readings])


def _shown(exports: Sequence[Export], mapping: Mapping, date_order: str | None) -> Mapping:
    """What was given and what was proposed, as one mapping that would be read in the same way again."""
    words = {word: kind for export in exports for word, kind in export.words.items()}
    files = tuple(
        FileMapping(
            name=export.name,
            shape=export.proposal.shape,
            path=mapping.of_file(export.name, export.table.columns).path,
            columns=export.proposal.columns,
        )
        for export in exports
    )
    return mapping.model_copy(
        update={
            "we": tuple(dict.fromkeys(one for export in exports for one in export.ours)) or mapping.we,
            "date_order": date_order or mapping.date_order,
            "columns": {},
            "kinds": {**words, **mapping.kinds},
            "files": files,
        }
    )


def _sentence(note: str) -> str:
    return note if note.endswith((".", "?", "!")) else note + "."


def _nobody_found(main: Sequence[Export], readings: Sequence[Reading]) -> BadMapping:
    counts = sum(len(one.evidence) for one in readings if one.export.proposal.shape == "audience")
    if counts:
        return BadMapping(
            "nobody is named in these files",
            found=f"{counted(counts, 'count')} of people without names",
            allowed="such counts together with a file that says what happened with whom",
            where=", ".join(export.name for export in main),
        )
    reasons = [f"{row.file}, line {row.line}: {row.reason}" for export in main for row in export.unused()[:3]]
    return BadMapping(
        "no row could be used",
        found="; ".join(reasons),
        allowed="with --map mapping.toml a column, or a word in it, can be given another meaning",
        where=", ".join(export.name for export in main),
    )
