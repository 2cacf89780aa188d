"""The commands about the records of an installation: touch, ask, import, and `why` without files."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline.cli.installation import open_installation, operator
from leadline.cli.options import JsonOption
from leadline.cli.screen import print_json, say
from leadline.engine.errors import LeadlineError, UnknownContact

if TYPE_CHECKING:
    from leadline.web.models import Contact

WhoArgument = Annotated[str, typer.Argument(help="A number, a key, an e-mail address or a whole name.")]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="When, as 2026-03-31 or with a time; now.")
]
PathOption = Annotated[str, typer.Option("--path", metavar="NAME", help="By which path, as networking.")]
ChannelOption = Annotated[str, typer.Option("--channel", metavar="NAME", help="By which medium, as phone.")]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="What is worth remembering.")]


class NotYet(LeadlineError):
    """Something that this version of the application can't do."""

    code, exit_code = "not-yet", 6


def touch(
    contact: WhoArgument,
    kind: Annotated[str, typer.Argument(help="What happened, as met; leadline kinds lists them.")],
    at: AtOption = None,
    path: PathOption = "",
    channel: ChannelOption = "",
    campaign: Annotated[str, typer.Option("--campaign", metavar="NAME", help="In which campaign.")] = "",
    content: Annotated[str, typer.Option("--content", metavar="NAME", help="Which piece of content.")] = "",
    offer: Annotated[str, typer.Option("--offer", metavar="NAME", help="About which offer.")] = "",
    note: NoteOption = "",
) -> None:
    """Record what happened with somebody, and say where they stand now."""
    more = {"path": path, "channel": channel, "campaign": campaign, "content": content, "offer": offer}
    _record(contact, kind, at, more | {"note": note})


def ask(
    contact: WhoArgument,
    offer: Annotated[str, typer.Option("--offer", metavar="NAME", help="What they were asked to buy.")] = "",
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="NUMBER", help="For how much, as 1200 or 99.50.")
    ] = None,
    currency: Annotated[str, typer.Option("--currency", metavar="CODE", help="Of the amount, as EUR.")] = "",
    at: AtOption = None,
    path: PathOption = "",
    channel: ChannelOption = "",
    note: NoteOption = "",
) -> None:
    """Record that somebody was asked directly to buy, and say where they stand now."""
    more: dict[str, Any] = {"path": path, "channel": channel, "offer": offer, "note": note}
    _record(contact, "asked", at, more | (_money(amount, currency) if amount else {}))


def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Exports: CSV, TSV or XLSX.")],
) -> None:
    """Take files into the installation, as their columns seem to mean.

    The page of imports shows what was taken for what before anything is written, and undoes an import.
    """
    open_installation()
    if find_spec("leadline.web.actions.imports") is None:
        raise NotYet("Files were to be imported", found="an application that can't do it yet")
    from importlib import import_module

    imports, actor = import_module("leadline.web.actions.imports"), operator()
    proposed = imports.propose(actor, files)
    imports.start(actor, proposed)
    say([f"Import {proposed.pk} has begun; the worker does it, and the page of imports shows how far it is."])


def why_here(contact: str, funnels: list[str] | None, as_of: str | None, *, as_json: JsonOption) -> None:
    """Why somebody of the installation is where they are, in the funnels in force or in some of them."""
    open_installation()
    from leadline.engine.explain import why, why_not
    from leadline.engine.instants import to_instant

    found = find_contact(contact)
    touches, who = _called(found), str(found)
    at = to_instant(as_of, end_of_day=True) if as_of else operator().now
    reasons = [(why(touches, one, who, at), why_not(touches, one, who, at)) for one in _funnels(funnels)]
    if as_json:
        told = [one.as_dict() | {"missing": [gap.as_dict() for gap in gaps]} for one, gaps in reasons]
        print_json({"contact": who, "funnels": told})
        return
    for number, (reason, gaps) in enumerate(reasons):
        say([""] if number else [])
        say(reason.sentences())
        say(["", "What is missing for the stages further on:"] if gaps else [])
        say([sentence for gap in gaps for sentence in gap.sentences()])
        say(["", "So far:", *reason.timeline()])


def find_contact(word: str) -> Contact:
    """Who is meant by a number, a key, an address or a name. Raises UnknownContact, or where several are."""
    from django.db.models import Q

    from leadline.web.models import Contact

    asked = Q(key=word) | Q(addresses__value=word.lower()) | Q(addresses__value=word) | Q(name__iexact=word)
    asked |= Q(pk=int(word)) if word.isascii() and word.isdigit() and len(word) < 19 else Q()
    found = list(Contact.objects.filter(asked, erased_at=None).distinct().order_by("pk")[:5])
    if len(found) == 1:
        return found[0]
    several = ", ".join(f"{one} ({one.pk})" for one in found)
    raise UnknownContact(
        f"“{word}” was asked for",
        found=f"several: {several}" if found else "nobody",
        allowed="a number, a key, an e-mail address or a whole name, of one contact",
    )


def _record(word: str, kind: str, at: str | None, more: dict[str, Any]) -> None:
    open_installation()
    from leadline.engine.instants import to_instant
    from leadline.web.actions.touches import record

    contact, happened_at = find_contact(word), to_instant(at) if at else None
    record(operator(), contact, kind, happened_at, **{name: value for name, value in more.items() if value})
    say([f"Recorded: {kind} with {contact}."])
    say([f"{slug}: {stage}" for slug, stage in _stages(contact).items()])


def _stages(contact: Contact) -> dict[str, str]:
    from leadline.web import warehouse

    standings = {one.funnel: one.stage for one in contact.standings.all()}
    return {slug: one.stage_names[standings.get(slug, 0)] for slug, one in warehouse.funnels().items()}


def _called(contact: Contact) -> Any:
    """The touches of somebody, called by their name. Raises UnknownContact where there are none."""
    from leadline.web import warehouse

    touches = warehouse.touches_of([contact.pk])
    if not len(touches):
        raise UnknownContact(f"Why {contact} is where they are was asked for", found="nothing that happened")
    return replace(touches, contact=replace(touches.contact, labels=[str(contact)]))


def _funnels(wanted: list[str] | None) -> list[Any]:
    from leadline.engine.funnel import load_funnel
    from leadline.web import warehouse

    known = warehouse.funnels()
    return [known[name] if name in known else load_funnel(name) for name in wanted or known]


def _money(amount: str, currency: str) -> dict[str, Any]:
    from decimal import Decimal, InvalidOperation

    from leadline.engine.currencies import decimals_of

    code = currency.upper()
    if len(code) != 3 or not code.isalpha():
        raise typer.BadParameter("an amount needs three letters, as EUR", param_hint="--currency")
    try:
        minor = Decimal(amount).scaleb(decimals_of(code))
    except InvalidOperation:
        raise typer.BadParameter(f"“{amount}” is no number as 1200 or 99.50", param_hint="--amount") from None
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) >= 2**63:
        raise typer.BadParameter(f"{amount} {code} is no amount of money", param_hint="--amount")
    return {"value": int(minor), "currency": code}
