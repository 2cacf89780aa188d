"""One way for all reports: files in, a case, a report over it, and sentences, table, chart or JSON out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from leadline.cli.inputs import checked_of, chosen_funnel, loaded
from leadline.cli.options import (
    AsOfOption,
    DaysOption,
    Files,
    FunnelOption,
    JsonOption,
    KindsOption,
    MapOption,
    OfOption,
    OrderOption,
)
from leadline.cli.screen import print_json, say, to_console, watched

if TYPE_CHECKING:
    from leadline.audit.case import Case

ChartOption = Annotated[
    Path | None, typer.Option("--chart", metavar="FILE", help="Draw it: a file .svg, .png or .html.")
]


def answering(find: Callable[..., Any]) -> Callable[..., None]:
    """A command from a function that finds a report in a case: `find(case, **options) -> report`.

    The command takes the files, the options of `find`, and those that all reports have in common; its help is
    the docstring of `find`.
    """
    first, *own = inspect.signature(find).parameters.values()
    hints = get_type_hints(find, localns={"Case": Any, "Report": Any}, include_extras=True)
    files, *common = inspect.signature(_common, eval_str=True).parameters.values()
    names = [option.name for option in (files, *common)]

    def run(**given: Any) -> None:
        shared = {name: given.pop(name) for name in names}
        chart, as_json = shared.pop("chart"), shared.pop("as_json")
        _check_chart(chart, shared["files"])
        with _opened(**shared) as case:
            with watched("Working it out"):
                report = find(case, **given)
            _show(case, report, chart, as_json=as_json)

    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [files, *(option.replace(annotation=hints[option.name]) for option in own), *common]
    )
    run.__annotations__ = {}
    run.__name__, run.__doc__ = find.__name__, find.__doc__
    assert first.name == "case"
    return run


def _common(
    files: Files,
    funnel: FunnelOption = "",
    of: OfOption = "contact",
    as_of: AsOfOption = None,
    mapping: MapOption = None,
    date_order: OrderOption = None,
    zone: DaysOption = None,
    kinds: KindsOption = None,
    chart: ChartOption = None,
    as_json: JsonOption = False,
) -> None:
    """The options that all reports have in common."""


@contextmanager
def _opened(funnel: str, of: str, as_of: str | None, **files: Any) -> Iterator[Case]:
    """The case of some files, as `loaded` reads them; inside, days are those of their zone."""
    from leadline.audit.case import check_dated, open_case

    with loaded(**files) as imported:
        check_dated(imported)
        yield open_case(imported, chosen_funnel(funnel, imported), as_of, checked_of(of))


def _check_chart(chart: Path | None, files: list[Path]) -> None:
    if chart is None:
        return
    from leadline.audit.pictures import check_form
    from leadline.outputs import check_outputs

    check_form(chart)
    check_outputs([chart], files)


def _show(case: Case, report: Any, chart: Path | None, *, as_json: bool) -> None:
    """Sentences, then the tables; or both as JSON. The chart is written either way."""
    from leadline.audit.pictures import write_picture
    from leadline.audit.report_sheets import report_sheets
    from leadline.audit.terminal import show_sheet
    from leadline.engine.clocks import to_local

    said = report.sentences()
    sentences = [*case.aged(), *said, *case.named(said), *case.left_out()]
    if chart:
        write_picture(report.chart(), chart)
    if as_json:
        about = {"as_of": to_local(case.history.as_of).isoformat(), "unit": case.unit}
        about |= {"funnel": case.funnel.name}
        print_json(about | {"sentences": sentences, "rows": report.rows()} | _lists(case, report))
        return
    say(sentences)
    for sheet in report_sheets(report, case.called):
        show_sheet(sheet, to_console(), "--json")
    say(["", f"The chart: {chart}"] if chart else [])


def _lists(case: Case, report: Any) -> dict[str, Any]:
    """The lists that a report has besides its rows, with what to call everybody in them."""
    lists = report.lists() if hasattr(report, "lists") else {}
    return {
        name: [row | {"name": case.called(row["contact"])} if "contact" in row else row for row in rows]
        for name, rows in lists.items()
    }
