"""The commands that take files into an installation, and everything out of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline.cli.installation import acting_for, open_installation
from leadline.cli.options import MapOption, OrderOption, PathOption, ZoneOption
from leadline.cli.screen import say, watched
from leadline.engine.errors import AmbiguousDates, BadFile, BadMapping, UnknownColumn, UnknownWriters

if TYPE_CHECKING:
    from leadline.web.actions.exports import Dataset
    from leadline.web.models import Import

FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="Exports: CSV, TSV or XLSX, or a ZIP of them.")
]
AsOption = Annotated[
    str | None,
    typer.Option("--as", metavar="EMAIL", help="For whom, of those who work here; the first owner."),
]
_WHOSE = "Whose new people become of whom the files name nobody: an e-mail, me, none, or team:NAME in turn."
FORMS = "csv|jsonl|parquet"
_UNCLEAR = (AmbiguousDates, BadMapping, UnknownColumn, UnknownWriters)
"""Of what is told of files that can be read, but not understood."""


def import_files(
    files: FilesArgument,
    mapping: MapOption = None,
    date_order: OrderOption = None,
    path: PathOption = None,
    zone: ZoneOption = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="WHO", help=_WHOSE)] = None,
    look: Annotated[bool, typer.Option("--look", help="Only say what would be taken in.")] = False,
    for_whom: AsOption = None,
) -> None:
    """Take files into the installation, as their columns seem to mean, and say what came of it.

    The page of imports shows it too, and undoes it.
    """
    open_installation()
    from leadline.web import access
    from leadline.web.actions.importing import imports, proposals, uploads

    actor = acting_for(for_whom)
    assert actor.user is not None
    access.require(actor.user, "import")
    meant = _mapping(mapping, date_order=date_order, path=path, zone=zone, owner=owner)
    folder, kept = _keep(files)
    try:
        with watched("Reading"):
            found = proposals.look(actor.user, folder, kept, meant, actor.now)
        say(_outlook(found))
        if look:
            uploads.forget(folder)
            return
        record = imports.propose(actor, folder, kept, found)
    except BaseException:
        uploads.forget(folder)
        raise
    imports.start(actor, record)
    with watched("Taking in") as progress:
        _work_until_done(record, progress)
    say(_outcome(record))


def export(
    file: Annotated[Path, typer.Argument(help="Where it goes, as everything.zip.")],
    form: Annotated[
        str, typer.Option("--form", metavar=FORMS, help="CSV, JSON lines, or Parquet with types.")
    ] = "csv",
    table: Annotated[
        list[str] | None, typer.Option("--table", metavar="NAME", help="Only this one; several to have more.")
    ] = None,
    for_whom: AsOption = None,
) -> None:
    """Write everything that is recorded into one ZIP file, a table a file."""
    open_installation()
    from leadline.outputs import check_outputs
    from leadline.web import access
    from leadline.web.actions.export_files import WRITERS, stream_zip
    from leadline.web.actions.exports import datasets, note_export

    if form not in WRITERS:
        raise typer.BadParameter(f"“{form}” is none of {', '.join(WRITERS)}", param_hint="--form")
    actor = acting_for(for_whom)
    assert actor.user is not None
    access.require(actor.user, "export")
    chosen = _chosen(datasets(actor.user), table)
    check_outputs([file], [])
    note_export(actor, form, [one.name for one in chosen])
    with watched("Writing"):
        _write(file.resolve(), stream_zip((f"{one.name}.{form}", WRITERS[form](one)) for one in chosen))
    say([f"Wrote {file}: {', '.join(one.name for one in chosen)}. It holds people's data: keep it safe."])


def _chosen(known: list[Dataset], wanted: list[str] | None) -> list[Dataset]:
    from leadline.engine.errors import nearest
    from leadline.web.errors import NotFound

    names = [one.name for one in known]
    for name in wanted or ():
        if name not in names:
            raise NotFound(
                f"The table “{name}” was asked for",
                found="none of that name",
                allowed=", ".join(names),
                suggestion=nearest(name, names),
            )
    return [one for one in known if not wanted or one.name in wanted]


def _write(file: Path, pieces: Any) -> None:
    """Write a file for its owner alone; one of that name is replaced only once the new one is whole."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        with fresh.open("wb") as out:
            fresh.chmod(0o600)
            out.writelines(pieces)
        fresh.replace(file)
    except OSError as error:
        raise BadFile(f"{file} was to be written", found=error.strerror or str(error)) from None
    finally:
        fresh.unlink(missing_ok=True)


def _mapping(file: Path | None, **said: str | None) -> Any:
    from leadline.engine.importers import Mapping

    if said["date_order"] not in (None, "dmy", "mdy"):
        raise typer.BadParameter(f"“{said['date_order']}” is neither dmy nor mdy", param_hint="--date-order")
    meant = Mapping.read(file) if file else Mapping()
    return meant.model_copy(update={name: one for name, one in said.items() if one is not None})


def _keep(files: list[Path]) -> tuple[str, list[dict[str, Any]]]:
    """Copies of the files, where uploads rest. Raises BadFile for one that can't be read."""
    from contextlib import ExitStack

    from django.core.files.uploadedfile import UploadedFile

    from leadline.web.actions.importing import uploads

    with ExitStack() as opened:
        given = []
        for path in files:
            try:
                handle = opened.enter_context(path.open("rb"))
            except OSError as error:
                raise BadFile(f"{path} was to be read", found=error.strerror or str(error)) from None
            given.append(UploadedFile(handle, path.name, size=path.stat().st_size))
        return uploads.keep(given)


def _outlook(found: dict[str, Any]) -> list[str]:
    """What would be taken in. Raises what the engine does where no sense is made of the files."""
    from leadline.engine.wording import counted

    if found.get("error"):
        kind = next((one for one in _UNCLEAR if one.code == found["code"]), BadFile)
        raise kind("The files were read", found=str(found["error"]), allowed="--map or --date-order")
    met = {"new": "new", "doubtful": "in doubt", "mail": "known by e-mail", "key": "known by key"}
    people = ", ".join(
        f"{count:,} {met.get(how, f'known by {how}')}" for how, count in found["found"].items()
    )
    said = [f"People: {people or 'none'}."]
    if found["kinds"]:
        said += ["What happened: " + ", ".join(f"{count:,} × {kind}" for kind, count in found["kinds"]) + "."]
    if found["purchases"]:
        said += [f"Purchases: {found['purchases']:,}, contracts: {found['contracts']:,}."]
    if any(found["deals"].values()):
        asked = "Deals as asks: {open:,} that wait, {won:,} won, {lost:,} lost; {there:,} are here already."
        said += [asked.format(**found["deals"])]
    by = dict.fromkeys(one["path"] for one in (found["mapping"], *found["mapping"]["files"]) if one["path"])
    if by:
        said += [f"The path of those of whom the files don't say it: {', '.join(by)}."]
    if whose := found["mapping"]["owner"]:
        turns = ", in turn" if whose.startswith("team:") else ""
        said += [f"New people go to {whose.removeprefix('team:')}{turns}, unless the files name somebody."]
    if found["unused_count"]:
        rows = counted(found["unused_count"], "row")
        said += [f"{rows} can't be used; the first: {found['unused'][0]['reason']}"]
    said += found["notes"]
    return said if found["whole"] else ["Of the beginning of the files:", *said]


def _outcome(record: Import) -> list[str]:
    """What came of it. Raises Conflict where it failed."""
    from leadline.engine.wording import counted, listed
    from leadline.web.actions.importing import takers
    from leadline.web.errors import Conflict

    if record.state != record.State.DONE:
        raise Conflict("The files were to be taken in", found=record.error or f"that it is {record.state}")
    told = record.counts
    touches, purchases = counted(told["touches"], "touch"), counted(told["purchases"], "purchase")
    made = counted(told["contacts"], "contact")
    said = f"Import {record.pk} is done: {made} made, {told['changed']:,} changed, "
    said += f"{touches} and {purchases} written, "
    said += f"{counted(told['asks'], 'ask')} made, " if told["asks"] else ""
    said += f"{counted(told['unused'], 'row')} not used."
    given = listed([f"{count:,} to {who}" for who, count in takers.ranked(told["given"])])
    by_whom = [f"Given away: {given}."] if given else []
    return [said, *by_whom, "The page of imports shows them, with the reason of each, and undoes it all."]


def _work_until_done(record: Import, progress: Any) -> None:
    """Do the imports that wait, beside any worker there is, until one is done or has failed."""
    import time

    from leadline.web.jobs.worker import Worker

    worker = Worker(only={"import.run"})
    record.refresh_from_db()
    while record.state == record.State.RUNNING:
        if not worker.work():
            time.sleep(0.5)
        record.refresh_from_db()
        progress(record.done, record.total)
