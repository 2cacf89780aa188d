"""The command `why`: one contact."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leadline.cli.inputs import checked_of, chosen_funnel, load
from leadline.cli.options import AsOfOption, Files, JsonOption, KindsOption, MapOption, OfOption, OrderOption
from leadline.cli.screen import print_json, say


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

    imported = load(files, mapping, date_order, kinds)
    who = imported.find(contact) or contact
    how: dict[str, Any] = {"as_of": as_of, "of": checked_of(of)}
    vocabularies = [chosen_funnel(name, imported) for name in funnel or [""]]
    reasons = [why(imported.touches, vocabulary, who, **how) for vocabulary in vocabularies]
    gaps = [why_not(imported.touches, vocabulary, who, **how) for vocabulary in vocabularies]
    if as_json:
        told = [
            reason.as_dict() | {"missing": [gap.as_dict() for gap in missing]}
            for reason, missing in zip(reasons, gaps, strict=True)
        ]
        print_json({"contact": reasons[0].contact, "funnels": told})
        return
    for number, (reason, missing) in enumerate(zip(reasons, gaps, strict=True)):
        say([""] if number else [])
        say(reason.sentences())
        say(["", "What is missing for the stages further on:"] if missing else [])
        say([sentence for gap in missing for sentence in gap.sentences()])
        say(["", "So far:", *reason.timeline()])
