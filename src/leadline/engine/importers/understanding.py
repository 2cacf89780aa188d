"""All files of one import understood together: what each is, and which only describe what others name."""

from __future__ import annotations

from collections.abc import Sequence

from leadline.engine.errors import BadFile, BadMapping
from leadline.engine.importers.columns.link_cells import without_links
from leadline.engine.importers.columns.mapping import Mapping, Meaning
from leadline.engine.importers.columns.meanings import Proposal
from leadline.engine.importers.columns.orders import propose_file
from leadline.engine.importers.columns.people_cells import part_people
from leadline.engine.importers.columns.shapes import WHO
from leadline.engine.importers.exports import Export, judge_all
from leadline.engine.importers.joins import find_links
from leadline.engine.importers.people.attributes import TOLD
from leadline.engine.importers.reading.tables import Table
from leadline.engine.importers.subjects import NAMES, Unit
from leadline.engine.kinds import Kinds

ORDER = (
    "contacts",
    "touch log",
    "activities",
    "messages",
    "bookings",
    "orders",
    "deals",
    "stage history",
    "companies",
    "audience",
)
"""In which order files are brought together: who is named first keeps that name."""
DESCRIBING = ("owner", "company", "company id")
"""Meanings of columns that name somebody else than the subject of a row."""


def understand(
    tables: Sequence[Table], mapping: Mapping, kinds: Kinds, date_order: str | None
) -> list[Export]:
    """Every table with the meanings of its columns; shared ids are found by comparing the files."""
    filled = [part_people(without_links(table)) for table in tables if len(table.line)]
    if not filled:
        names = ", ".join(table.name for table in tables)
        raise BadFile("a table has no rows below its header", allowed="at least one row", where=names)
    mapping.check(kinds)
    mapping.check_columns({table.name: list(table.columns) for table in filled})
    exports = [_understand(table, mapping, kinds, date_order, {}) for table in filled]
    if len(exports) > 1:
        exports = [_with_shared_id(export, exports) for export in exports]
    return exports


def divide(exports: Sequence[Export]) -> tuple[list[Export], list[Export]]:
    """The files that say what happened with whom, in their ORDER, and those that describe what these name.

    Raises BadMapping where no file says anything of anybody.
    """
    main = [export for export in exports if export.proposal.shape not in ("companies", "look-up", None)]
    main = main or [export for export in exports if export.proposal.shape == "companies"]
    if not main:
        raise _nothing_found(exports)
    for export in list(main):
        if len(main) > 1 and _is_described(export, [one for one in main if one is not export]):
            main.remove(export)
    main.sort(key=lambda export: ORDER.index(export.proposal.shape or "contacts"))
    described = [export for export in exports if export not in main]
    for export in described:
        export.proposal = _described(export.proposal)
    return main, described


def find_unit(main: Sequence[Export]) -> Unit:
    """What one subject of these files is; who is asked by a deal is a contact."""
    shapes = {export.proposal.shape for export in main}
    asked = "deals" in shapes and main[0].mapping.deals == "asks"
    if shapes & {"contacts", "messages"} or asked:
        return "contact"
    means = {meaning.means for export in main for meaning in export.proposal.columns.values()}
    logs = {"touch log", "activities", "bookings", "orders", "stage history"} & shapes
    of_deals = logs == {"stage history"} and "deal id" in means
    if logs and not of_deals and means & {"contact id", "e-mail", "name", "first name", "last name"}:
        return "contact"
    if "deals" in shapes or (logs and "deal id" in means):
        return "deal"
    return "company"


def _understand(
    table: Table, mapping: Mapping, kinds: Kinds, date_order: str | None, found: dict[str, Meaning]
) -> Export:
    contents = judge_all(table)
    shape, given = mapping.given(table.name, table.columns)
    proposal = propose_file(table.name, contents, {**found, **given}, shape, table.columns)
    return Export(table, proposal, contents, kinds, mapping, date_order or mapping.date_order)


def _with_shared_id(export: Export, exports: Sequence[Export]) -> Export:
    """A file that names nobody by its headers may do so by values that stand in another file too."""
    whole = export.proposal.shape in ("audience", "messages")
    if whole or _names_somebody(export.proposal) or not _says_something(export):
        return export
    for other in exports:
        if other is export or not _says_something(other):
            continue
        links = [(link.sure, link.header, link.key) for link in find_links(export, other)]
        links += [(link.sure, link.key, link.header) for link in find_links(other, export)]
        for _, header, key in sorted(links, reverse=True):
            there = other.proposal.columns[key].means
            if there in WHO or not _names_somebody(other.proposal):
                means = there if there in WHO and there != "record id" else "contact id"
                why = f"its values are those of “{key}” in {other.name}"
                found = {header: Meaning(means=means, why=why, sure=0.8)}
                return _understand(export.table, export.mapping, export.kinds, export.date_order, found)
    return export


def _names_somebody(proposal: Proposal) -> bool:
    return any(meaning.means in WHO for meaning in proposal.columns.values())


def _says_something(export: Export) -> bool:
    """Whether the file has dates, or says how something ended."""
    return bool(export.date_columns()) or export.proposal.of("outcome") is not None


def _described(proposal: Proposal) -> Proposal:
    """What a file that only describes is used for: what its rows are called by, and what they are like."""
    why = "not used of a file that only describes what others name"
    columns = {
        header: meaning
        if meaning.means in (*WHO, *TOLD)
        else Meaning(means="ignored", why=why, sure=meaning.sure)
        for header, meaning in proposal.columns.items()
    }
    return Proposal("look-up", columns)


def _is_described(export: Export, others: Sequence[Export]) -> bool:
    """Whether a list of people or companies is of those in charge, or of those whom deals are with."""
    if export.proposal.shape not in ("contacts", "companies"):
        return False
    identities = NAMES["company" if export.proposal.shape == "companies" else "contact"]
    links = [
        (link.sure, other.proposal.columns[link.header].means)
        for other in others
        for link in find_links(other, export)
        if export.proposal.columns[link.key].means in identities
    ]
    return bool(links) and max(links)[1] in DESCRIBING


def _nothing_found(exports: Sequence[Export]) -> BadMapping:
    columns = "; ".join(
        f"{export.name}: "
        + ", ".join(f"{header} ({export.contents[header].says})" for header in export.table.columns)
        for export in exports
    )
    return BadMapping(
        "no column was recognised that says whom a row is about: an id, an e-mail address, a name, a deal, "
        "a company",
        found=columns,
        allowed="with --map mapping.toml a column can be given a meaning: under [columns], "
        '"Your header" = "contact id", and "created", "what happened" or "outcome" for what is said of them',
    )
