"""What uploaded files seem to mean, and what would come of it: shown before anything is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from collections.abc import Mapping as Named
from pathlib import Path
from typing import Any

import numpy as np

from leadline.engine.errors import AmbiguousDates, BadFile, LeadlineError, UnknownWriters
from leadline.engine.importers import (
    FileMapping,
    Imported,
    Mapping,
    Meaning,
    Table,
    import_files,
    propose_mapping,
    propose_path,
    read_table,
)
from leadline.engine.importers.columns.mapping import GIVEN
from leadline.engine.instants import to_datetime
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Touches
from leadline.engine.wording import counted, listed
from leadline.web import access, warehouse
from leadline.web.actions.importing.bare_amounts import lacks_currency
from leadline.web.actions.importing.intake import Intake, Refused, is_cut_short, take_in
from leadline.web.actions.importing.matching import check_same, find_namesakes, match
from leadline.web.actions.importing.own_tables import (
    LEFT,
    OwnTables,
    of_people,
    read_own,
    sorts_of,
    with_own,
)
from leadline.web.actions.importing.takers import spell_owner
from leadline.web.actions.importing.unused import told_together, write_unused
from leadline.web.actions.importing.uploads import left_of, note_left, paths_of, samples_of
from leadline.web.actions.people import checked_name
from leadline.web.actions.rows import parts_of
from leadline.web.models import Ask, Field, Import, PathDefinition, Touch, User
from leadline.web.refusals import plainly

FIRST_ROWS, UNUSED, CELL = 5, 50, 120
UNKNOWN_WORD = re.compile(r"“(.+)” is no kind of touch that is known")
OWN = ("companies", "fields", LEFT)
"""Files of Leadline's own whose columns nobody is asked about."""
KEPT = "kept as a field of the contact"


def look(
    user: User, folder: str, files: Sequence[dict[str, Any]], mapping: Mapping, now: int
) -> dict[str, Any]:
    """What is shown of an upload, as plain data: tables, meanings, what would be made, what can't be used.

    Raises BadFile where a file can't be read at all, and Invalid where what is said can't be the name of a
    path, is nobody who can be given contacts, or no contact that is there; that no sense is made of a file
    is told under `error`, with the `code` of the error. Times without an offset are those of the clocks
    where the user is, unless the mapping names a zone.
    """
    mapping = spell_owner(user, spell_paths(mapping)).model_copy(update={"zone": mapping.zone or user.zone})
    check_same(user, mapping.same)
    paths, whole = samples_of(paths_of(folder, files))
    try:
        tables = [table for path in paths for table in read_table(path)]
    except LeadlineError as error:
        allowed = "a table with a header"
        raise BadFile("A file can't be read", found=_without_place(error), allowed=allowed) from None
    shown: dict[str, Any] = {
        "whole": whole,
        "tables": [_first_rows(table) for table in tables],
        "own": {path.name: sort for path, sort in sorts_of(paths).items() if sort in OWN},
        "digest": digest_of(files),
    }
    try:
        imported = read(paths, mapping, now)
    except LeadlineError as error:
        told: dict[str, Any] = {"error": _without_place(error), "code": error.code}
        if isinstance(error, AmbiguousDates | UnknownWriters):
            mapping = propose_mapping(of_people(paths), with_own(mapping, paths), warehouse.kinds())
            told |= {"dates": isinstance(error, AmbiguousDates)}
            told |= {"writers": list(getattr(error, "writers", ()))}
        return shown | told | {"mapping": mapping.model_dump(mode="json")}
    intake = take_in(imported, shown["digest"], now, user.currency)
    outlook = _outlook(user, imported, intake, read_own(paths), now)
    unused = [*left_of(files), *refused_of(imported), *intake.refused]
    outlook |= {"unused": told_together(unused)[:UNUSED], "unused_count": write_unused(folder, unused)}
    outlook["notes"] = note_left(files) + outlook["notes"]
    return shown | outlook


def read(paths: Sequence[Path], mapping: Mapping, now: int) -> Imported:
    """What the files hold by a mapping; columns of a list of contacts that are nothing else become fields.

    Where nobody said by which path people came, a file whose kind leaves no doubt of it does. Deals are asks,
    unless somebody said that they are no more than their touches.
    """
    kinds, paths = warehouse.kinds(), of_people(paths)
    if not paths:
        return _nobody(mapping)
    mapping = with_own(mapping, paths)
    mapping = mapping.model_copy(update={"deals": mapping.deals or "asks"})
    imported = _read_messages(paths, mapping, kinds, now)
    kept = spell_paths(_propose_paths(_keep_fields(imported.mapping, _declared())))
    return imported if kept == imported.mapping else import_files(paths, mapping=kept, kinds=kinds, as_of=now)


def _read_messages(paths: Sequence[Path], mapping: Mapping, kinds: Kinds, now: int) -> Imported:
    """What files hold; where they don't tell who of those that wrote messages is us, our accounts may."""
    try:
        return import_files(paths, mapping=mapping, kinds=kinds, as_of=now)
    except UnknownWriters:
        if mapping.we:
            raise
        accounts = User.objects.filter(is_active=True).values_list("name", "email")
        ours = mapping.model_copy(update={"we": tuple(said for one in accounts for said in one if said)})
        return import_files(paths, mapping=ours, kinds=kinds, as_of=now)


def _nobody(mapping: Mapping) -> Imported:
    """What files hold that say nothing of people."""
    touches, nothing = Touches.of([], warehouse.kinds()), np.zeros(0, dtype=np.int64)
    unknown: Any = {"typed": None, "outcome": None, "value": None}
    told: Any = {"attributes": {}, "files": (), "unused": (), "notes": (), **unknown}
    return Imported(touches, "contact", mapping=mapping, file=touches.contact, line=nothing, **told)


def digest_of(files: Sequence[dict[str, Any]]) -> str:
    """What tells these files from others, whatever they are called."""
    return "".join(sorted(one["sha256"][:12] for one in files))


def _declared() -> frozenset[str]:
    """What the fields of contacts are called."""
    names = Field.objects.filter(of="contact").values_list("name", "label")
    return frozenset(name.casefold() for both in names for name in both)


def _keep_fields(mapping: Mapping, declared: Container[str]) -> Mapping:
    """A mapping in which nothing that a list of contacts says is lost, least of all a declared field."""

    def kept(header: str, meaning: Meaning) -> Meaning:
        if meaning.means == "ignored" and meaning.why != GIVEN and header.casefold() in declared:
            return Meaning(means="attribute", why=KEPT, sure=meaning.sure)
        noted = meaning.means == "note" and meaning.why != GIVEN
        unread = noted or (meaning.means == "ignored" and meaning.sure < 1)
        said = meaning.means == "ignored" and meaning.why.startswith(("nothing in it", "the header"))
        return Meaning(means="attribute", why=KEPT, sure=meaning.sure) if unread and not said else meaning

    files = tuple(
        file.model_copy(
            update={"columns": {header: kept(header, said) for header, said in file.columns.items()}}
        )
        if file.shape == "contacts"
        else file
        for file in mapping.files
    )
    return mapping.model_copy(update={"files": files})


def _propose_paths(mapping: Mapping) -> Mapping:
    if mapping.path is not None:
        return mapping
    files = tuple(
        file.model_copy(update={"path": propose_path(file.name, file.columns)})
        if file.shape == "contacts" and file.path is None
        else file
        for file in mapping.files
    )
    return mapping.model_copy(update={"files": files})


def spell_paths(mapping: Mapping) -> Mapping:
    """A mapping with its paths spelled as they are declared; raises Invalid for what can't be one's name."""
    declared = {name.casefold(): name for name in PathDefinition.objects.values_list("name", flat=True)}
    most = Touch._meta.get_field("path").max_length or 80

    def spelled(path: str | None) -> str | None:
        if path is None or not path.strip(" "):
            return None if path is None else ""
        name = checked_name(path, "path", most, "path")
        return declared.get(name.casefold(), name)

    files = tuple(file.model_copy(update={"path": spelled(file.path)}) for file in mapping.files)
    return mapping.model_copy(update={"path": spelled(mapping.path), "files": files})


def with_paths(mapping: Mapping, path: str | None, of_files: Named[str, str | None]) -> Mapping:
    """A mapping by which people came by a path, or by that of their file. Raises Invalid as `spell_paths`."""
    files = tuple(file.model_copy(update={"path": of_files.get(file.name)}) for file in mapping.files)
    return spell_paths(mapping.model_copy(update={"path": path, "files": files}))


def _outlook(user: User, imported: Imported, intake: Intake, own: OwnTables, now: int) -> dict[str, Any]:
    kinds = intake.touches.kinds.kinds
    counted = Counter(kinds[int(code)].name for code in intake.touches.kind)
    names = {person.company for person in intake.people if person.company}
    names |= {one["name"] for one in own.companies if one["name"]}
    there = set(access.companies(user).filter(name__in=list(names)[:5000]).values_list("name", flat=True))
    told = (UNKNOWN_WORD.match(one.reason) for one in imported.unused)
    words = {one[1] for one in told if one}
    return {
        "unit": imported.unit,
        "writers": list(imported.writers),
        "people": [_person(intake, place) for place in range(min(len(intake.people), FIRST_ROWS * 2))],
        **_who_is_there(user, intake, imported.mapping.same),
        "companies": len(names - there),
        "touches": len(intake.touches),
        "kinds": counted.most_common(20),
        "audiences": len(intake.audiences),
        "purchases": len(intake.sold),
        "deals": _deals(intake),
        "contracts": sum(one.renews_at is not None for one in intake.sold.values()),
        "sold": [_sale(intake, row) for row in sorted(intake.sold)[:FIRST_ROWS]],
        "tasks": sum(map(len, intake.planned.values())),
        "tags": sum(bool(person.tags) for person in intake.people),
        "fields": sorted({label for person in intake.people for label in person.fields}),
        "words": sorted(words)[:50],
        "notes": [*(say(note) for note in imported.notes[:20]), *_say_more(user, imported, now)],
        "mapping": imported.mapping.model_dump(mode="json"),
    }


def _who_is_there(user: User, intake: Intake, same: Named[str, int]) -> dict[str, Any]:
    """How many are found by what, who can't be told apart, and who is called as a contact, and may be new."""
    found: Counter[str] = Counter()
    doubts, namesakes = [], []
    for first in range(0, len(intake.people), 500):
        people = intake.people[first : first + 500]
        matched = list(zip(people, match(user, people, intake.shared, frozenset(), same), strict=True))
        for person, one in matched:
            found["doubtful" if one.doubt else one.by or "new"] += 1
            doubts += [{"who": person.label, "why": one.doubt}] if one.doubt else []
        unknown = [who for who, one in matched if one.by == "said" or not (one.contact or one.doubt)]
        namesakes += find_namesakes(user, unknown)
    called = [{"who": who.label, "name": one.name, "contact": one.pk} for who, one in namesakes[:UNUSED]]
    told = {"doubts": doubts[:UNUSED], "namesakes": called, "namesakes_count": len(namesakes)}
    return {"found": dict(found), **told}


def _say_more(user: User, imported: Imported, now: int) -> list[str]:
    """What is found out by what is known here: the day, and in which currency somebody is paid."""
    said = []
    if lines := [str(one.line) for one in imported.sold if is_cut_short(one, now)]:
        where = f"line{'s' * (len(lines) > 1)} {listed(lines, most=4)}"
        said.append(f"What is over by its status before the day of its renewal ({where}) ended today.")
    if out := len(imported.opted_out):
        them = f"{counted(out, 'contact')} asked not to be contacted, and the files don’t say since when"
        said.append(f"{them}: dated today, the day of the import. Nobody is proposed to be asked after that.")
    if bare := int(lacks_currency(imported).sum()):
        them = f"{counted(bare, 'amount')} of which the files don’t say the currency"
        said.append(
            f"{them}: taken as {user.currency}, which is yours."
            if user.currency
            else f"{them}: choose yours under “You”, and look again."
        )
    return said


def _person(intake: Intake, place: int) -> dict[str, Any]:
    person, kinds = intake.people[place], intake.touches.kinds.kinds
    first = [kinds[int(intake.touches.kind[row])].name for row in intake.rows(place)[:4]]
    return {
        "label": person.label,
        "name": person.name,
        "emails": list(person.emails),
        "company": person.company,
        "tags": list(person.tags),
        "touches": len(intake.rows(place)),
        "first": first,
    }


def _deals(intake: Intake) -> dict[str, int]:
    """How many deals are open, won (bought, where the day is known), lost, and on record already."""
    kinds = intake.touches.kinds
    answers = [int(intake.touches.kind[row]) for row in intake.answered]
    lost = sum(kind in kinds.named("refused") for kind in answers)
    keys, there = [one.key for one in intake.dealt.values()], 0
    for some in parts_of(keys):
        there += Ask.objects.filter(key__in=some).values("key").distinct().count()
    bought = sum(kind in kinds.named("purchased") for kind in answers)
    won = len(answers) - lost
    open_ones = len(intake.dealt) - len(answers)
    return {"open": open_ones, "won": won, "bought": bought, "lost": lost, "there": there}


def _sale(intake: Intake, row: int) -> dict[str, Any]:
    """A purchase of a list of clients as it is shown: whose, what, for how much, and from when to when."""
    sold = intake.sold[row]
    place = int(np.searchsorted(intake.starts, row, side="right")) - 1
    return {
        "who": intake.people[place].name or intake.people[place].label,
        "offer": sold.offer,
        "value": sold.value,
        "currency": sold.currency,
        "starts": _day(sold.bought_at),
        "renews": _day(sold.renews_at),
        "ended": _day(sold.ended_at),
    }


def _day(instant: int | None) -> str | None:
    return None if instant is None else to_datetime(instant).date().isoformat()


def refused_of(imported: Imported) -> list[Refused]:
    """The rows that the importers don't use."""
    return [Refused(one.file, one.line, say(one.reason), one.cells) for one in imported.unused]


def say(reason: str) -> str:
    """A sentence of the importers without what only a terminal has."""
    return re.sub(r": put '.*$", ": say below which kind it is", reason)


def _without_place(error: LeadlineError) -> str:
    """An error without the folder in which the file happens to rest, nor what only a terminal has."""
    found = error.found.rpartition("/")[2] if "/" in error.found and " " not in error.found else error.found
    hint = "" if "--" in error.allowed else error.allowed
    return plainly(LeadlineError(error.asked, found=found, allowed=hint, suggestion=error.suggestion))


def _first_rows(table: Table) -> dict[str, Any]:
    headers = list(table.columns)
    rows = [
        [str(column[row] or "")[:CELL] for column in table.columns.values()]
        for row in range(min(len(table), FIRST_ROWS))
    ]
    return {
        "name": table.name,
        "headers": headers,
        "rows": rows,
        "count": table.rows_read,
        "notes": table.notes,
    }


def mapping_of(record: Import) -> Mapping:
    """What somebody said that the columns mean, or what was proposed."""
    return Mapping.model_validate(record.mapping)


def meanings_of(record: Import) -> list[dict[str, Any]]:
    """Each table of an upload with its columns, what each means and why: rows of the page."""
    said = {file["name"]: file for file in record.mapping.get("files", [])}
    found = []
    own = record.counts.get("look", {}).get("own", {})
    for table in record.counts.get("look", {}).get("tables", []):
        file = FileMapping.model_validate(said.get(table["name"], {"name": table["name"]}))
        columns = [
            {
                "header": header,
                "place": place,
                "examples": [row[place] for row in table["rows"] if row[place]][:3],
                "meaning": file.columns.get(header, Meaning(means="ignored", why="")),
            }
            for place, header in enumerate(table["headers"])
        ]
        found.append(
            {
                **table,
                "own": own.get(table["name"], ""),
                "shape": file.shape or "",
                "path": file.path or "",
                "columns": columns,
            }
        )
    return found
