"""The commands that make up a business: `simulate` writes its files, `demo` audits them as well."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadline.cli.audits import answer_of, write_audit
from leadline.cli.inputs import loaded
from leadline.cli.screen import say, watched

if TYPE_CHECKING:
    from leadline.engine.simulate import Business

PresetOption = Annotated[str, typer.Option("--preset", help="What sort of business.")]
SeedOption = Annotated[int, typer.Option("--seed", help="The same seed gives the same files.")]
LeakOption = Annotated[
    str | None, typer.Option("--leak", metavar="PATH:LINK", help="Plant a leak, as networking:ask.")
]
KeepsOption = Annotated[
    float | None,
    typer.Option("--keeps", metavar="SHARE", help="What the leak lets through, 0 to 1; 0 unless said."),
]


def simulate(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go.")],
    preset: PresetOption = "coach",
    seed: SeedOption = 7,
    leak: LeakOption = None,
    keeps: KeepsOption = None,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write Parquet as well as CSV.")] = False,
) -> None:
    """Make up a business, as the files that a CRM would export."""
    for path in _make_up(_business(preset, leak, keeps), seed, out, parquet=parquet):
        typer.echo(f"Wrote {path}")


def demo(
    folder: Annotated[Path, typer.Argument(help="Where its files go.")] = Path("leadline-demo"),
    preset: PresetOption = "coach",
    seed: SeedOption = 7,
    leak: LeakOption = None,
    keeps: KeepsOption = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
) -> None:
    """Make up a business, audit its files, and open the report."""
    import webbrowser

    business = _business(preset, leak, keeps)
    say([f"{business.means} Its files, two years of them, go to {folder}."])
    files = _make_up(business, seed, folder)
    with loaded(files) as imported:
        answer = answer_of(imported)
    page = folder / "report.html"
    written = write_audit(answer, files, html=page, unused=folder / "unused.csv", title=business.name)
    say(["", *answer.sentences(), "", *(f"{what}: {where}" for what, where in written.items())])
    opened = not no_open and has_screen() and webbrowser.open(page.resolve().as_uri())
    say(["The report is in your browser." if opened else f"Open it in a browser: {page.resolve().as_uri()}"])


def _business(preset: str, leak: str | None, keeps: float | None) -> Business:
    from leadline.engine.simulate import load_business

    if keeps is not None and leak is None:
        raise typer.BadParameter("a leak is needed: --leak PATH:LINK", param_hint="--keeps")
    business = load_business(preset)
    if leak is None:
        return business
    where, _, link = leak.partition(":")
    return business.with_leak(where, link, keeps or 0)


def _make_up(business: Business, seed: int, folder: Path, *, parquet: bool = False) -> list[Path]:
    from leadline.engine.simulate import simulate, write

    with watched("Making up a business"):
        return write(simulate(business, seed=seed), folder, parquet=parquet)


def has_screen() -> bool:
    """Whether a browser that is opened here could be seen."""
    return sys.platform in {"darwin", "win32"} or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
