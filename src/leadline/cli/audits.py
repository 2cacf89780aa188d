"""The command `audit`, and the files that it writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline.cli.inputs import checked_of, fitting_funnel, loaded
from leadline.cli.options import (
    AsOfOption,
    CapacityOption,
    DaysOption,
    Files,
    FunnelOption,
    GoalOption,
    JsonOption,
    KindsOption,
    MapOption,
    OfOption,
    OrderOption,
)
from leadline.cli.screen import print_json, to_console, watched

if TYPE_CHECKING:
    from leadline.audit.audit import Audit
    from leadline.engine.importers import Imported


def audit(
    files: Files,
    funnel: FunnelOption = "",
    by: Annotated[str | None, typer.Option(help="The column to tell apart; those with few values.")] = None,
    of: OfOption = "contact",
    as_of: AsOfOption = None,
    mapping: MapOption = None,
    keep_map: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep what the columns mean.")] = None,
    date_order: OrderOption = None,
    zone: DaysOption = None,
    kinds: KindsOption = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the answer as one page.")] = None,
    contacts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write everybody's stage and reason as CSV.")
    ] = None,
    unused: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the rows not used go.")] = None,
    goal: GoalOption = None,
    capacity: CapacityOption = None,
    as_json: JsonOption = False,
) -> None:
    """All of it at once: stages, reasons, leaks, what comes next."""
    from leadline.audit.terminal import show_audit
    from leadline.outputs import check_outputs

    check_outputs([html, contacts, unused, keep_map], files)
    how = {"as_of": as_of, "by": by, "of": checked_of(of), "capacity": capacity, "goal": goal}
    with loaded(files, mapping, date_order, kinds, zone) as imported:
        answer = answer_of(imported, funnel, **how)
        written = write_audit(answer, files, html=html, contacts=contacts, unused=unused, keep_map=keep_map)
        if as_json:
            print_json(answer.as_dict() | {"written": written})
            return
        console = to_console()
        show_audit(answer, console)
    if written:
        console.print()
    for what, path in written.items():
        console.print(f"{what}: {path}", soft_wrap=True, markup=False, highlight=False)


def answer_of(imported: Imported, funnel: str = "", **how: Any) -> Audit:
    """The audit of what was imported, under the funnel that was named or else chosen.

    `how` are arguments of `make_audit`.
    """
    from leadline.audit.audit import make_audit
    from leadline.audit.case import choose_funnel

    chosen = f"Stages are those of the funnel “{funnel}”."
    if not funnel:
        funnel, chosen = choose_funnel(imported)
    with watched("Working it out"):
        return make_audit(imported, fitting_funnel(funnel, imported), chosen, **how)


def write_audit(
    answer: Audit,
    files: list[Path],
    *,
    html: Path | None = None,
    contacts: Path | None = None,
    unused: Path | None = None,
    keep_map: Path | None = None,
    title: str = "",
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
        with watched("Writing everybody") as progress:
            write_csv(
                contacts,
                ("contact", "name", "stage", "step", "since", "reason"),
                (tuple(r.values()) for r in answer.contacts(progress)),
            )
        written["Everybody's stage and reason"] = str(contacts)
    if html:
        with watched("Drawing"):
            write_text(html, render_page(answer, title))
        written["The answer as a page"] = str(html)
    return written
