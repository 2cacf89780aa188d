"""The commands about definitions: `diff`, `funnels`, `check` and `kinds`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from leadline.cli.inputs import checked_of, fitting_funnel, loaded, read_kinds
from leadline.cli.options import (
    AsOfOption,
    DaysOption,
    Files,
    JsonOption,
    KindsOption,
    MapOption,
    OfOption,
    OrderOption,
)
from leadline.cli.screen import print_json, say, to_console

if TYPE_CHECKING:
    from leadline.engine.funnel import Funnel
    from leadline.engine.what_if import WhatIf


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A funnel: shipped, or a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another one.")],
    files: Files,
    of: OfOption = "contact",
    as_of: AsOfOption = None,
    mapping: MapOption = None,
    date_order: OrderOption = None,
    zone: DaysOption = None,
    kinds: KindsOption = None,
    as_json: JsonOption = False,
) -> None:
    """What another definition of the stages would change."""
    from leadline.engine.what_if import what_if

    with loaded(files, mapping, date_order, kinds, zone) as imported:
        before, after = (fitting_funnel(name, imported) for name in (old, new))
        found = what_if(imported.touches, before, after, as_of, of=checked_of(of))
        _show_changes(before, after, found, as_json=as_json)


def _show_changes(before: Funnel, after: Funnel, found: WhatIf, *, as_json: bool) -> None:
    from leadline.audit.tables import changes, steps_sheet
    from leadline.audit.terminal import show_sheet

    if as_json:
        moves = [{"old": a, "new": b, "contacts": who} for (a, b), who in found.moves().items()]
        steps = {name: report.rows() for name, report in zip(("old", "new"), found.steps(), strict=True)}
        print_json({"moves": moves, "stages": found.rows(), "conversion": steps})
        return
    say(found.sentences())
    show_sheet(changes(found), to_console())
    for funnel, report in zip((before, after), found.steps(), strict=True):
        show_sheet(steps_sheet(report, f"From stage to stage in “{funnel.name}”"), to_console())


def funnels(name: Annotated[str | None, typer.Argument(help="Print this funnel's file.")] = None) -> None:
    """The funnels that come with Leadline; with a name, its file."""
    from leadline.engine.funnel import dump_funnel, load_funnel, shipped_funnels

    if name:
        typer.echo(dump_funnel(load_funnel(name)), nl=False)
        return
    for shipped in shipped_funnels():
        funnel = load_funnel(shipped)
        say([f"{shipped}: {funnel.means}", f"    {' → '.join(stage.name for stage in funnel.stages)}"])


def check(
    funnel: Annotated[str, typer.Argument(metavar="FUNNEL.toml", help="The funnel to check.")],
    kinds: KindsOption = None,
) -> None:
    """Check a funnel of your own, phrase by phrase."""
    from leadline.engine.conditions import dump_condition
    from leadline.engine.funnel import load_funnel
    from leadline.engine.lookup import MOST_ATOMS, lookup
    from leadline.engine.wording import counted

    known = read_kinds(kinds)
    found = load_funnel(funnel)
    table = lookup(found, known)
    phrases = f"{counted(len(table.atoms), 'different phrase')} of at most {MOST_ATOMS}"
    say([f"{found.name}: {counted(len(found.stages), 'stage')}, {phrases}. All is well."])
    for name in table.never_reached():
        say([f"Careful: nobody can ever stand in “{name}”; it contradicts itself, or later ones win."])
    for stage in found.stages:
        say([f"  {stage.name} ({stage.role}): {json.dumps(dump_condition(stage.when), ensure_ascii=False)}"])


def list_kinds(kinds: KindsOption = None) -> None:
    """The kinds of touches, groups and facts that conditions may name."""
    from leadline.audit.tables import kinds_sheet
    from leadline.audit.terminal import show_sheet

    for sheet in kinds_sheet(read_kinds(kinds)):
        show_sheet(sheet, to_console())
