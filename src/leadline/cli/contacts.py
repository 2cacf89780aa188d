"""The command `why`: one contact, of files or of the installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline.cli.inputs import checked_of, chosen_funnel, loaded
from leadline.cli.options import (
    AsOfOption,
    DaysOption,
    JsonOption,
    KindsOption,
    MapOption,
    OfOption,
    OrderOption,
)
from leadline.cli.records import say_reasons, why_here

if TYPE_CHECKING:
    from leadline.engine.importers import Imported

FilesOrNone = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE…]", help="Exports: CSV, TSV or XLSX; or one Parquet log."),
]


def why(
    contact: Annotated[str, typer.Argument(help="Who, as the files or the installation call them.")],
    files: FilesOrNone = None,
    funnel: Annotated[
        list[str] | None,
        typer.Option("--funnel", metavar="NAME|FILE", help="A funnel; several to see them side by side."),
    ] = None,
    of: OfOption = "contact",
    as_of: AsOfOption = None,
    mapping: MapOption = None,
    date_order: OrderOption = None,
    zone: DaysOption = None,
    kinds: KindsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why somebody is where they are, and what is missing.

    From files; or without any, from the installation in LEADLINE_HOME, in every funnel in force there.
    """
    if not files:
        _check_fits_installation(of, mapping, date_order, zone, kinds)
        why_here(contact, funnel, as_of, as_json=as_json)
        return
    with loaded(files, mapping, date_order, kinds, zone) as imported:
        _why_there(imported, contact, funnel or [""], of, as_of, as_json=as_json)


def _why_there(
    imported: Imported, contact: str, funnels: list[str], of: str, as_of: str | None, *, as_json: bool
) -> None:
    """Why somebody of some files is where they are, in these funnels."""
    from leadline.engine.explain import why

    who = imported.find(contact) or contact
    how: dict[str, Any] = {"as_of": as_of, "of": checked_of(of)}
    vocabularies = [chosen_funnel(name, imported) for name in funnels]
    reasons = [why(imported.touches, vocabulary, who, **how) for vocabulary in vocabularies]
    say_reasons(reasons[0].contact, reasons, as_json=as_json)


def _check_fits_installation(of: str, *about_files: object) -> None:
    """What files need to be told is of no use without any."""
    if of != "contact" or any(one is not None for one in about_files):
        raise typer.BadParameter(
            "a file is needed for --of, --map, --date-order, --zone and --kinds", param_hint="FILE"
        )
