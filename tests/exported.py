"""Small exports as people have them, written to files and imported, and what came of it as plain values."""

from __future__ import annotations

from textwrap import dedent

from leadline.engine.importers import import_files
from leadline.engine.instants import to_datetime
from leadline.engine.touches import MISSING


def write(folder, name, text):
    path = folder / name
    path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return path


def take_in(folder, files, **options):
    """What the importers make of some files, given as a dict of name and text."""
    return import_files([write(folder, name, text) for name, text in files.items()], **options)


def told(imported):
    """Every touch as (subject, kind, day), in that order."""
    touches = imported.touches
    return sorted(
        (touches.contact[row], touches.kinds.kinds[kind].name, to_datetime(at).date().isoformat())
        for row, (kind, at) in enumerate(
            zip(touches.kind.tolist(), touches.happened_at.tolist(), strict=True)
        )
    )


def told_of(imported, subject):
    """The touches of one subject as (kind, day)."""
    return [(kind, day) for who, kind, day in told(imported) if who == subject]


def subjects(imported):
    return sorted(imported.touches.contact.labels)


def by_subject(imported, column):
    """A column of the subjects as a dict, those left out of whom nothing is known."""
    labels = imported.touches.contact.labels
    pairs = zip(labels, column.values(), strict=True)
    return {label: value for label, value in pairs if value is not None}


def values(imported):
    labels = imported.touches.contact.labels
    pairs = zip(labels, imported.value.tolist(), strict=True)
    return {label: value for label, value in pairs if value != MISSING}


def meanings(imported):
    """What each column of the first file was taken to mean."""
    return {header: said.means for header, said in imported.mapping.files[0].columns.items()}


def reasons(imported):
    """The line and the reason of each row that is not used."""
    return [(row.line, row.reason) for row in imported.unused]


def is_accounted_for(imported):
    """Whether every row that was read is either used or stands among the unused ones."""
    read = sum(file.rows_read for file in imported.files)
    used = sum(file.rows_used for file in imported.files)
    return read == used + len(imported.unused)
