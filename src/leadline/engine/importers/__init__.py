"""Bytes into touches: any export that people have, and an account of every row of it."""

from leadline.engine.importers.assembly import import_files, propose_mapping
from leadline.engine.importers.columns.mapping import FileMapping, Mapping, Meaning
from leadline.engine.importers.imported import FileCount, Imported
from leadline.engine.importers.people.origins import propose_path
from leadline.engine.importers.reading.tables import Table, read_table
from leadline.engine.importers.reading.unused import UnusedRow

__all__ = [
    "FileCount",
    "FileMapping",
    "Imported",
    "Mapping",
    "Meaning",
    "Table",
    "UnusedRow",
    "import_files",
    "propose_mapping",
    "propose_path",
    "read_table",
]
