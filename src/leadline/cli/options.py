"""The arguments and options that several commands have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE…", help="Exports: CSV, TSV or XLSX; a Parquet log; a folder or ZIP of them."
    ),
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
PathOption = Annotated[
    str | None,
    typer.Option(
        "--path",
        metavar="NAME",
        help="By which path these people came, of whom the files don't say it; “” where it isn't known.",
    ),
]
ZoneOption = Annotated[
    str | None,
    typer.Option(
        "--zone", metavar="ZONE", help="Where times such as 10:00 are told, as Europe/Berlin; your own zone."
    ),
]
DaysOption = Annotated[
    str | None,
    typer.Option(
        "--zone",
        metavar="ZONE",
        help="Whose days to count by, and where times such as 10:00 are told, as Europe/Berlin; UTC.",
    ),
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The day to look at; the last one in the files.")
]
OfOption = Annotated[str, typer.Option("--of", metavar="contact|company", help="Whose stages to tell.")]

CapacityOption = Annotated[
    float | None,
    typer.Option("--capacity", metavar="NUMBER", help="How many new clients you can take on in a month."),
]
GoalOption = Annotated[
    str | None,
    typer.Option(
        "--goal", metavar="GOAL", help="“3 clients by 2026-12-31”, or an income: “12,000 EUR by 2026-12-31”."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
