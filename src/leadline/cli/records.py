"""The commands about the records of an installation: touch, ask, answer, and `why` without files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline.cli.installation import open_installation, operator
from leadline.cli.options import JsonOption
from leadline.cli.screen import print_json, say
from leadline.engine.errors import UnknownContact

if TYPE_CHECKING:
    from datetime import date

    from leadline.engine.explain import Why
    from leadline.web.models import Ask, Contact, Offer

WhoArgument = Annotated[str, typer.Argument(help="A number, a key, an e-mail address or a whole name.")]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="When, as 2026-03-31 or with a time; now.")
]
PathOption = Annotated[str, typer.Option("--path", metavar="NAME", help="By which path, as networking.")]
ChannelOption = Annotated[str, typer.Option("--channel", metavar="NAME", help="By which medium, as phone.")]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="What is worth remembering.")]


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
    offer: Annotated[
        str, typer.Option("--offer", metavar="NAME", help="Which of your offers they were asked to buy.")
    ] = "",
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="What for, where it is none of your offers.")
    ] = "",
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="NUMBER", help="For how much, as 1200 or 99.50.")
    ] = None,
    currency: Annotated[
        str, typer.Option("--currency", metavar="CODE", help="Of the amount, as EUR; else your usual one.")
    ] = "",
    at: AtOption = None,
    expected: Annotated[
        str | None, typer.Option("--expected", metavar="DATE", help="When you expect their answer.")
    ] = None,
    path: PathOption = "",
    channel: ChannelOption = "",
) -> None:
    """Write down that somebody was asked directly to buy, and say where they stand now."""
    open_installation()
    from leadline.web.actions import asks

    who, (value, code) = find_contact(contact), _money(amount, currency)
    terms = asks.Terms(_offer(offer), title, value, code, path, channel, _day(expected, "--expected"))
    made = asks.make(operator(), who, terms, _instant(at))
    say([f"Written down: {who} was asked{_said_of(made)}. It waits for an answer: “leadline answer”."])
    say(_stages(who))


def answer(
    contact: WhoArgument,
    said: Annotated[str, typer.Argument(metavar="yes|no|not-now", help="What they said.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in their words.")] = "",
    again: Annotated[
        str | None, typer.Option("--again", metavar="DATE", help="After a no or not now: when to ask again.")
    ] = None,
    at: AtOption = None,
) -> None:
    """Write down what somebody answered to the ask that waits, and say where they stand now."""
    open_installation()
    from leadline.web.actions import asks
    from leadline.web.errors import Conflict
    from leadline.web.models import Ask

    meant: dict[str, asks.Said] = {"yes": "yes", "no": "no", "not-now": "not_now"}
    if (word := meant.get(said.lower().replace(" ", "-"))) is None:
        raise typer.BadParameter(f"“{said}” is none of yes, no and not-now", param_hint="yes|no|not-now")
    who = find_contact(contact)
    waiting = Ask.objects.filter(contact=who, answer=Ask.Answer.WAITING).order_by("-asked_at", "-pk").first()
    if waiting is None:
        raise Conflict(f"An answer of {who} was to be noted", found="no ask of theirs that waits for one")
    when = _instant(at)
    asks.answer(operator(), waiting, word, when, reason, _day(again, "--again"))
    say([f"Written down: {who} answered {said} to the ask{_said_of(waiting)}."])
    say(_stages(who))


def why_here(contact: str, funnels: list[str] | None, as_of: str | None, *, as_json: JsonOption) -> None:
    """Why somebody of the installation is where they are, in the funnels in force or in some of them."""
    open_installation()
    from leadline.web.warehouse.zones import team_days

    with team_days():
        _say_why(find_contact(contact), funnels, as_of, as_json=as_json)


def _say_why(found: Contact, funnels: list[str] | None, as_of: str | None, *, as_json: bool) -> None:
    from leadline.engine.clocks import last_of
    from leadline.engine.explain import why

    touches, who = _called(found), str(found)
    at = last_of(as_of) if as_of else operator().now
    reasons = (why(touches, one, who, at) for one in _funnels(funnels))
    say_reasons(who, list(reasons), as_json=as_json)


def say_reasons(who: Any, reasons: list[Why], *, as_json: bool) -> None:
    """Say where somebody stands in some funnels, why, and what is missing."""
    from leadline.engine.explain import gaps_after

    found = [(reason, gaps_after(reason)) for reason in reasons]
    if as_json:
        told = [one.as_dict() | {"missing": [gap.as_dict() for gap in gaps]} for one, gaps in found]
        print_json({"contact": who, "funnels": told})
        return
    for number, (reason, gaps) in enumerate(found):
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
    theirs = Contact.objects.filter(asked, erased_at=None, merged_into=None)
    found = list(theirs.distinct().order_by("pk")[:5])
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
    from leadline.web.actions.touches import record

    contact, happened_at = find_contact(word), _instant(at)
    record(operator(), contact, kind, happened_at, **{name: value for name, value in more.items() if value})
    say([f"Recorded: {kind} with {contact}.", *_stages(contact)])


def _stages(contact: Contact) -> list[str]:
    """Where somebody stands, a funnel a line."""
    from leadline.web import warehouse

    standings = {one.funnel: one.stage for one in contact.standings.all()}
    return [f"{slug}: {it.stage_names[standings.get(slug, 0)]}" for slug, it in warehouse.funnels().items()]


def _said_of(made: Ask) -> str:
    """What an ask is for, and for how much."""
    from leadline.engine.money import money_words

    what = made.title or (made.offer.name if made.offer else "")
    amount = "" if made.amount is None else f" at {money_words(made.amount, made.currency)}"
    return (f" for {what}" if what else "") + amount


def _offer(name: str) -> Offer | None:
    """One of the offers by its name. Raises NotFound, with the one that is spelled most like it."""
    from leadline.engine.errors import nearest
    from leadline.web.errors import NotFound
    from leadline.web.models import Offer

    if not name:
        return None
    known = {one.name.casefold(): one for one in Offer.objects.filter(active=True).order_by("name")}
    if name.casefold() not in known:
        names = [one.name for one in known.values()]
        raise NotFound(
            f"The offer “{name}” was asked for",
            found="none of that name",
            allowed=", ".join(names) or "no offer is set up: --title says it in words",
            suggestion=nearest(name, names),
        )
    return known[name.casefold()]


def _day(text: str | None, option: str) -> date | None:
    from datetime import date

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(f"“{text}” is no day as 2026-03-31", param_hint=option) from None


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


def _instant(text: str | None) -> int | None:
    """The instant of a day, or of a time by the clocks of the team; None for none, and for today: now."""
    from datetime import datetime

    from leadline.engine.clocks import from_local, to_local
    from leadline.engine.instants import read_moment, to_instant
    from leadline.web.warehouse.zones import team_days

    told = read_moment(text) if text else None
    if told is None or isinstance(told, int):
        return told
    with team_days():
        if isinstance(told, datetime):
            return from_local(told)
        return None if told == to_local(operator().now).date() else to_instant(told)


def _money(amount: str | None, currency: str) -> tuple[int | None, str]:
    """An amount in minor units, in the usual currency unless said. Raises Invalid for a currency alone."""
    from leadline.web.actions.checks import check_currency, read_amount
    from leadline.web.currency import usual_currency
    from leadline.web.errors import Invalid

    if amount is not None:
        return read_amount(amount, currency or usual_currency(None))
    if currency:
        check_currency(currency.upper(), "A currency was given")
        found = f"only its currency, {currency.upper()}"
        raise Invalid("An amount was asked for", found=found, allowed="--amount 1200")
    return None, ""
