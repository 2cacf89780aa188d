"""The command line. What a command needs is imported when it runs, so that `--help` comes at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.audit.loading import Progress
    from leadline.engine.funnel import Funnel
    from leadline.engine.importers import Imported
    from leadline.engine.kinds import Kinds

app = typer.Typer(
    name="leadline",
    help="Touches in, stages out: where everybody stands in your funnel, why, and where it leaks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    cls=TyperGroup,
)

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help="Exports: CSV, TSV or XLSX; or one Parquet log.")
]
FunnelOption = Annotated[
    str, typer.Option("--funnel", metavar="NAME|FILE", help="A shipped funnel, or your own.")
]
KindsOption = Annotated[
    Path | None, typer.Option("--kinds", metavar="FILE", help="Your own kinds of touches.")
]
MapOption = Annotated[Path | None, typer.Option("--map", metavar="FILE", help="What the columns mean.")]
OrderOption = Annotated[
    str | None,
    typer.Option("--date-order", metavar="dmy|mdy", help="How dates such as 03/04/2026 are written."),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The day to look at; the last one in the files.")
]
OfOption = Annotated[str, typer.Option("--of", metavar="contact|company", help="Whose stages to tell.")]

JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def main() -> None:
    """Run the command line; a LeadlineError is one sentence on standard error and its exit code."""
    from leadline.engine.errors import LeadlineError

    try:
        app()
    except LeadlineError as error:
        sys.stderr.write(f"leadline: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Touches in, stages out: where everybody stands in your funnel, why, and where it leaks."""
    if version:
        from leadline import __version__

        typer.echo(f"leadline {__version__}")
        raise typer.Exit


@app.command()
def audit(
    files: Files,
    funnel: FunnelOption = "",
    by: Annotated[str | None, typer.Option(help="The column to tell apart; those with few values.")] = None,
    of: OfOption = "contact",
    as_of: AsOfOption = None,
    mapping: MapOption = None,
    keep_map: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep what the columns mean.")] = None,
    date_order: OrderOption = None,
    kinds: KindsOption = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the answer as one page.")] = None,
    contacts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write everybody's stage and reason as CSV.")
    ] = None,
    unused: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the rows not used go.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Stages, reasons, conversion and velocity from your exports."""
    from leadline.audit.audit import choose_funnel, make_audit
    from leadline.audit.terminal import show_audit
    from leadline.outputs import check_outputs

    check_outputs([html, contacts, unused, keep_map], files)
    imported = _load(files, mapping, date_order, kinds)
    chosen = f"Stages are those of the funnel “{funnel}”."
    if not funnel:
        funnel, chosen = choose_funnel(imported)
    with _progress("Working it out") as _:
        answer = make_audit(imported, _funnel(funnel, imported), chosen, as_of=as_of, by=by, of=_of(of))
    written = _write_audit(answer, files, html, contacts, unused, keep_map)
    if as_json:
        _print_json(answer.as_dict() | {"written": written})
        return
    console = _console()
    show_audit(answer, console)
    if written:
        console.print()
    for what, path in written.items():
        console.print(f"{what}: {path}", soft_wrap=True, markup=False, highlight=False)


@app.command()
def why(
    contact: Annotated[str, typer.Argument(help="Who, as the files call them.")],
    files: Files,
    funnel: Annotated[
        list[str] | None,
        typer.Option("--funnel", metavar="NAME|FILE", help="A funnel; several to see them side by side."),
    ] = None,
    of: OfOption = "contact",
    as_of: AsOfOption = None,
    mapping: MapOption = None,
    date_order: OrderOption = None,
    kinds: KindsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why somebody is where they are, and what is missing."""
    from leadline.engine.explain import why, why_not

    imported = _load(files, mapping, date_order, kinds)
    who = imported.find(contact) or contact
    how: dict[str, Any] = {"as_of": as_of, "of": _of(of)}
    vocabularies = [_chosen(name, imported) for name in funnel or [""]]
    reasons = [why(imported.touches, vocabulary, who, **how) for vocabulary in vocabularies]
    gaps = [why_not(imported.touches, vocabulary, who, **how) for vocabulary in vocabularies]
    if as_json:
        told = [
            reason.as_dict() | {"missing": [gap.as_dict() for gap in missing]}
            for reason, missing in zip(reasons, gaps, strict=True)
        ]
        _print_json({"contact": reasons[0].contact, "funnels": told})
        return
    for number, (reason, missing) in enumerate(zip(reasons, gaps, strict=True)):
        _say([""] if number else [])
        _say(reason.sentences())
        _say(["", "What is missing for the stages further on:"] if missing else [])
        _say([sentence for gap in missing for sentence in gap.sentences()])
        _say(["", "So far:", *reason.timeline()])


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A funnel: shipped, or a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another one.")],
    files: Files,
    of: OfOption = "contact",
    as_of: AsOfOption = None,
    mapping: MapOption = None,
    date_order: OrderOption = None,
    kinds: KindsOption = None,
    as_json: JsonOption = False,
) -> None:
    """What another definition of the stages would change."""
    from leadline.audit.tables import changes, steps_sheet
    from leadline.audit.terminal import show_sheet
    from leadline.engine.what_if import what_if

    imported = _load(files, mapping, date_order, kinds)
    before, after = (_funnel(name, imported) for name in (old, new))
    found = what_if(imported.touches, before, after, as_of, of=_of(of))
    if as_json:
        moves = [{"old": a, "new": b, "contacts": who} for (a, b), who in found.moves().items()]
        steps = {name: report.rows() for name, report in zip(("old", "new"), found.steps(), strict=True)}
        _print_json({"moves": moves, "stages": found.rows(), "conversion": steps})
        return
    _say(found.sentences())
    show_sheet(changes(found), _console())
    for funnel, report in zip((before, after), found.steps(), strict=True):
        show_sheet(steps_sheet(report, f"From stage to stage in “{funnel.name}”"), _console())


@app.command()
def funnels(name: Annotated[str | None, typer.Argument(help="Print this funnel's file.")] = None) -> None:
    """The funnels that come with Leadline; with a name, its file."""
    from leadline.engine.funnel import dump_funnel, load_funnel, shipped_funnels

    if name:
        typer.echo(dump_funnel(load_funnel(name)), nl=False)
        return
    for shipped in shipped_funnels():
        funnel = load_funnel(shipped)
        _say([f"{shipped}: {funnel.means}", f"    {' → '.join(stage.name for stage in funnel.stages)}"])


@app.command()
def check(
    funnel: Annotated[str, typer.Argument(metavar="FUNNEL.toml", help="The funnel to check.")],
    kinds: KindsOption = None,
) -> None:
    """Check a funnel of your own, phrase by phrase."""
    from leadline.engine.conditions import dump_condition
    from leadline.engine.lookup import MOST_ATOMS, lookup
    from leadline.engine.wording import counted

    known = _kinds(kinds)
    found = _read_funnel(funnel)
    table = lookup(found, known)
    phrases = f"{counted(len(table.atoms), 'different phrase')} of at most {MOST_ATOMS}"
    _say([f"{found.name}: {counted(len(found.stages), 'stage')}, {phrases}. All is well."])
    for name in table.never_reached():
        _say([f"Careful: nobody can ever stand in “{name}”; it contradicts itself, or later ones win."])
    for stage in found.stages:
        _say([f"  {stage.name} ({stage.role}): {json.dumps(dump_condition(stage.when), ensure_ascii=False)}"])


@app.command(name="kinds")
def list_kinds(kinds: KindsOption = None) -> None:
    """The kinds of touches, groups and facts that conditions may name."""
    from leadline.audit.tables import kinds_sheet
    from leadline.audit.terminal import show_sheet

    for sheet in kinds_sheet(_kinds(kinds)):
        show_sheet(sheet, _console())


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go.")],
    preset: Annotated[str, typer.Option(help="What sort of business.")] = "coach",
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 7,
    leak: Annotated[
        str | None, typer.Option(metavar="PATH:LINK", help="Plant a leak, as networking:ask.")
    ] = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet as well as CSV.")] = False,
) -> None:
    """Make up a business, as the files that a CRM would export."""
    from leadline.engine.simulate import load_business, simulate, write

    business = load_business(preset)
    if leak:
        where, _, link = leak.partition(":")
        business = business.with_leak(where, link)
    with _progress("Making up a business"):
        written = write(simulate(business, seed=seed), out, parquet=parquet)
    for path in written:
        typer.echo(f"Wrote {path}")


def _load(files: list[Path], mapping: Path | None, date_order: str | None, kinds: Path | None) -> Imported:
    from leadline.audit.loading import load_files
    from leadline.engine.importers import Mapping

    kept = Mapping.read(mapping) if mapping else None
    with _progress("Reading") as progress:
        return load_files(files, mapping=kept, date_order=date_order, kinds=_kinds(kinds), progress=progress)


def _kinds(path: Path | None) -> Kinds:
    from leadline.engine.kinds import Kinds

    return Kinds.read(path) if path else Kinds.shipped()


def _read_funnel(name: str) -> Funnel:
    from leadline.engine.funnel import load_funnel

    return load_funnel(name)


def _funnel(name: str, imported: Imported) -> Funnel:
    """A funnel whose every phrase is known to the kinds of the touches."""
    from leadline.engine.lookup import lookup

    found = _read_funnel(name)
    lookup(found, imported.touches.kinds)
    return found


def _chosen(name: str, imported: Imported) -> Funnel:
    from leadline.audit.audit import choose_funnel

    return _funnel(name or choose_funnel(imported)[0], imported)


def _of(of: str) -> Any:
    if of not in ("contact", "company"):
        raise typer.BadParameter(f"“{of}” is neither contact nor company", param_hint="--of")
    return of


def _write_audit(
    answer: Any,
    files: list[Path],
    html: Path | None,
    contacts: Path | None,
    unused: Path | None,
    keep_map: Path | None,
) -> dict[str, str]:
    """Write what was asked for, and the rows not used; gives what was written, and where."""
    from leadline.audit.page import render_page
    from leadline.outputs import check_outputs, write_csv, write_text

    written: dict[str, str] = {}
    if answer.imported.unused:
        unused = unused or Path(f"{files[0].stem}-unused.csv")
        check_outputs([unused], files)
        rows = ((row.file, row.line, row.reason, *row.cells) for row in answer.imported.unused)
        write_csv(unused, ("file", "line", "reason", "cells"), rows)
        written["Rows not used"] = str(unused)
    if keep_map:
        write_text(keep_map, answer.imported.mapping.text())
        written["What the columns mean"] = str(keep_map)
    if contacts:
        with _progress("Writing everybody") as progress:
            write_csv(
                contacts,
                ("contact", "name", "stage", "step", "since", "reason"),
                (tuple(r.values()) for r in answer.contacts(progress)),
            )
        written["Everybody's stage and reason"] = str(contacts)
    if html:
        with _progress("Drawing"):
            write_text(html, render_page(answer))
        written["The answer as a page"] = str(html)
    return written


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    """A bar on standard error, where somebody is looking, for whatever takes over a second."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_json(found: dict[str, Any]) -> None:
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False)


def _say(sentences: list[str]) -> None:
    console = _console()
    for sentence in sentences:
        console.print(sentence)
