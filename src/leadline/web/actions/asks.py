"""To ask, to note the answer, to ask again; and to take back what was noted wrongly.

An ask writes a touch of link `ask`, an answer one of group `answered`; what the record then says follows from
the touches (`openings`). Where it would say something else than was meant (an answer older than another
answer, say), nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Literal

from leadline.engine.instants import to_instant
from leadline.engine.wording import day_words
from leadline.web import warehouse
from leadline.web.actions import checks, purchases, touches
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.meanings import What, kind_of
from leadline.web.actions.purchases import Sale
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Ask, Contact, Offer, Touch

Said = Literal["yes", "no", "not_now"]
_KIND_OF: dict[str, What] = {"yes": "yes", "no": "no", "not_now": "not now"}
_TOLD = ("offer", "amount", "currency", "path", "channel")
"""What the touch of an ask says of it."""


@dataclass(frozen=True)
class Terms:
    """What is asked for. Without a `kind` it is that of a first ask, or that of an ask of a client."""

    offer: Offer | None = None
    title: str = ""
    amount: int | None = None
    currency: str = ""
    path: str = ""
    channel: str = ""
    expected_on: date | None = None
    kind: str = ""

    def checked(self) -> Terms:
        """The same terms, tidy; raises Invalid."""
        amount, currency = checks.money(self.amount, self.currency)
        return replace(
            self,
            title=checks.text(self.title, 200, "What was asked"),
            amount=amount,
            currency=currency,
            path=checks.text(self.path, 80, "A path"),
            channel=checks.text(self.channel, 80, "A channel"),
        )

    def columns(self) -> dict[str, Any]:
        """The columns of the record."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "kind"}


@action
def make(actor: Actor, contact: Contact, terms: Terms, asked_at: int | None = None) -> Ask:
    """Ask somebody. An ask that waited is asked again by that, and waits no more."""
    return _make(actor, _lock(contact), terms, asked_at)


@action
def again(actor: Actor, ask: Ask, terms: Terms | None = None, asked_at: int | None = None) -> Ask:
    """Ask the same again, or something else. Raises Conflict for an ask that got a yes, or was taken back."""
    contact, ask = _lock(ask.contact), _fresh(ask)
    if ask.answer in (Ask.Answer.YES, Ask.Answer.WITHDRAWN):
        raise Conflict(
            "They were to be asked again", found=f"that the ask is: {ask.get_answer_display().lower()}"
        )
    return _make(actor, contact, terms or terms_of(ask), asked_at, ask.key)


@action
def answer(
    actor: Actor,
    ask: Ask,
    said: Said,
    at: int | None = None,
    reason: str = "",
    ask_again_on: date | None = None,
    sale: Sale | None = None,
) -> Ask:
    """Note what was answered; a yes may come with what they bought.

    Raises Conflict where an answer is noted already, or they were asked again since.
    """
    contact, ask = _lock(ask.contact), _fresh(ask)
    expect_waiting(ask)
    at, reason = checks.past(at, actor.now, "An answer"), checks.text(reason, 300, "A reason")
    at = max(at, ask.asked_at) if checks.day_of(at) == checks.day_of(ask.asked_at) else at
    _check_answer(ask, said, at, ask_again_on, sale)
    _touch(actor, contact, kind_of(_KIND_OF[said]), at, ask, note=reason)
    ask.reason, ask.ask_again_on = reason, ask_again_on
    ask.save(update_fields=["reason", "ask_again_on"])
    if sale is not None:
        purchases.write(actor, contact, replace(sale, offer=sale.offer or ask.offer), at, ask)
    touches.settle(actor, [contact.pk])
    found = _meant(ask, said)
    note_change(actor, "ask.answered", ask, {"answer": ""}, {"answer": said, "reason": reason})
    return found


def expect_waiting(ask: Ask) -> None:
    """Raise Conflict where an answer is noted already, or they were asked again since."""
    if ask.answer != Ask.Answer.WAITING:
        found = f"that the ask is: {ask.get_answer_display().lower()}"
        answered = ask.answer in _KIND_OF
        allowed = "another answer, once that one is taken back" if answered else ""
        raise Conflict("An answer was to be noted", found=found, allowed=allowed)


@action
def undo_answer(actor: Actor, ask: Ask) -> Ask:
    """Take an answer back, with what was bought by it: the ask waits again."""
    contact, ask = _lock(ask.contact), _fresh(ask)
    if ask.answer not in _KIND_OF:
        raise Conflict("An answer was to be taken back", found="none on this ask")
    before = {"answer": ask.answer, "reason": ask.reason}
    for purchase in ask.purchases.all():
        purchases.take_out(actor, purchase)
    for touch in _of(ask).exclude(pk=ask.touch_id):
        touches.take_back(actor, touch)
    Ask.objects.filter(pk=ask.pk).update(reason="", ask_again_on=None)
    touches.settle(actor, [contact.pk])
    note_change(actor, "ask.answer_undone", ask, before, {"answer": "", "reason": ""})
    return _meant(ask, Ask.Answer.WAITING)


@action
def withdraw(actor: Actor, ask: Ask) -> Ask:
    """Take an ask back that was never made. Raises Conflict where an answer is noted: that comes first."""
    contact, ask = _lock(ask.contact), _fresh(ask)
    if ask.answer not in (Ask.Answer.WAITING, Ask.Answer.AGAIN) or ask.touch is None:
        found = f"that it is: {ask.get_answer_display().lower()}"
        raise Conflict("An ask was to be taken back", found=found, allowed="to take its answer back first")
    touches.take_back(actor, ask.touch)
    touches.settle(actor, [contact.pk])
    note_change(actor, "ask.withdrawn", ask, {"answer": ask.answer}, {"answer": Ask.Answer.WITHDRAWN})
    return _fresh(ask)


@action
def restore(actor: Actor, ask: Ask) -> Ask:
    """An ask was made after all: what took it back is taken back."""
    contact, ask = _lock(ask.contact), _fresh(ask)
    taken = Touch.objects.filter(retracts=ask.touch_id, in_force=True).order_by("-id").first()
    if ask.answer != Ask.Answer.WITHDRAWN or taken is None:
        raise Conflict("An ask was to come back", found="that it was not taken back")
    touches.take_back(actor, taken)
    touches.settle(actor, [contact.pk])
    note_change(actor, "ask.restored", ask, {"answer": ask.answer}, {"answer": ""})
    return _fresh(ask)


@action
def change(actor: Actor, ask: Ask, terms: Terms) -> Ask:
    """Other terms of an ask. What its touch says (amount, path, channel, offer) is corrected by a new one."""
    _lock(ask.contact)
    ask = _fresh(ask)
    if not can_change(ask):
        raise Conflict("An ask was to be changed", found="that it has been taken back")
    return alter(actor, ask, terms)


def can_change(ask: Ask) -> bool:
    """Whether an ask stands, so that its terms can be others."""
    return ask.answer != Ask.Answer.WITHDRAWN and ask.touch is not None


def alter(actor: Actor, ask: Ask, terms: Terms) -> Ask:
    """The same inside an action that locked its contact."""
    contact, before, terms = ask.contact, terms_of(ask), terms.checked()
    assert ask.touch is not None
    terms = replace(terms, kind=terms.kind or ask.touch.kind)
    told = [name for name in _TOLD if getattr(before, name) != getattr(terms, name)]
    for name, value in terms.columns().items():
        setattr(ask, name, value)
    ask.save()
    if told or terms.kind != ask.touch.kind:
        touches.take_back(actor, ask.touch)
        money = {"value": ask.amount, "currency": ask.currency}
        ask.touch = _touch(actor, contact, terms.kind, ask.asked_at, ask, **money)
        ask.save(update_fields=["touch"])
        touches.settle(actor, [contact.pk])
    note_change(actor, "ask.changed", ask, said(before), said(terms))
    return _fresh(ask)


@action
def expect(actor: Actor, ask: Ask, day: date | None) -> Ask:
    """When an open ask's answer, and the money, is expected."""
    ask = _fresh(ask)
    if ask.answer != Ask.Answer.WAITING:
        raise Conflict("An answer was to be expected", found="an ask that waits for none")
    before = str(ask.expected_on or "")
    ask.expected_on = day
    ask.save(update_fields=["expected_on"])
    note_change(actor, "ask.expected", ask, {"expected_on": before}, {"expected_on": str(day or "")})
    return ask


def terms_of(ask: Ask) -> Terms:
    """The terms of an ask, as they were."""
    kind = ask.touch.kind if ask.touch else ""
    names = [one.name for one in fields(Terms) if one.name != "kind"]
    return Terms(kind=kind, **{name: getattr(ask, name) for name in names})


def said(terms: Terms) -> dict[str, Any]:
    """Terms as the record of changes tells them; what is empty isn't told."""
    told = {**terms.columns(), "kind": terms.kind}
    return {name: str(value) for name, value in told.items() if value not in (None, "")}


def read(told: Mapping[str, str]) -> Terms | None:
    """The terms that were told so; None where their offer is called otherwise by now, or gone."""
    offer = Offer.objects.filter(name=told["offer"]).first() if told.get("offer") else None
    if told.get("offer") and offer is None:
        return None
    words = {name: told.get(name, "") for name in ("title", "currency", "path", "channel", "kind")}
    day, amount = told.get("expected_on"), told.get("amount")
    return Terms(
        offer=offer,
        amount=int(amount) if amount else None,
        expected_on=date.fromisoformat(day) if day else None,
        **words,
    )


def _make(actor: Actor, contact: Contact, terms: Terms, asked_at: int | None, key: str | None = None) -> Ask:
    terms, at = terms.checked(), checks.past(asked_at, actor.now, "An ask")
    kind = terms.kind or kind_of("ask again" if purchases.has_bought(contact, at) else "ask")
    kinds = warehouse.kinds()
    if kind not in kinds or kinds.kinds[kinds.code(kind)].link != "ask":
        raise Invalid("An ask needs a kind of ask", found=f"“{kind}”", allowed="a kind of the link ask")
    ask = Ask.objects.create(
        contact=contact,
        owner=contact.owner,
        team=contact.team,
        asked_at=at,
        key=key,
        **terms.columns() | {"path": terms.path or contact.path},
    )
    ask.touch = _touch(actor, contact, kind, at, ask, value=ask.amount, currency=ask.currency)
    ask.save(update_fields=["touch"])
    touches.settle(actor, [contact.pk])
    note_change(actor, "ask.made", ask, {}, said(terms))
    return _fresh(ask)


def _touch(actor: Actor, contact: Contact, kind: str, at: int, ask: Ask, **more: Any) -> Touch:
    offer = ask.offer.name if ask.offer else ""
    said = {"path": ask.path, "channel": ask.channel, "offer": offer, "deal": ask.key, "origin": name_of(ask)}
    return touches.add(actor, contact, kind, at, **said | more)


def _check_answer(ask: Ask, said: str, at: int, ask_again_on: date | None, sale: Sale | None) -> None:
    if said not in _KIND_OF:
        raise Invalid("An answer is one of three", found=f"“{said}”", allowed="yes, no, not_now")
    if at < ask.asked_at:
        raise Invalid("An answer follows its ask", found=f"a day before {day_words(ask.asked_at)}")
    if sale is not None and said != "yes":
        raise Invalid("Who buys said yes", found=f"“{said}” with a purchase")
    if ask_again_on is not None and (said == "yes" or ask_again_on <= checks.day_of(at)):
        after = f"a day after their answer of {day_words(at)}"
        raise Invalid(
            "A day to ask again was given",
            found=f"“{day_words(to_instant(ask_again_on))}”",
            allowed="none with a yes" if said == "yes" else after,
            field="ask_again_on",
        )


def _lock(contact: Contact) -> Contact:
    return Contact.objects.select_for_update().get(pk=contact.pk)


def _fresh(ask: Ask) -> Ask:
    return Ask.objects.get(pk=ask.pk)


def _of(ask: Ask) -> Any:
    return Touch.objects.filter(origin=name_of(ask), in_force=True, retracts=None)


def _meant(ask: Ask, said: str) -> Ask:
    found = _fresh(ask)
    if found.answer != said:
        raise Conflict(
            f"The ask of {day_words(ask.asked_at)} was to have the answer “{Ask.Answer(said).label.lower()}”",
            found=f"that by everything on record it is “{found.get_answer_display().lower()}”",
            allowed="another day, or to take the other answer back first",
        )
    return found
