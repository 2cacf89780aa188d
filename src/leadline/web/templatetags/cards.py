"""The cards of a column of the board: there are many, so that they are written at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from leadline.web.templatetags.addresses import address
from leadline.web.templatetags.markup import fill
from leadline.web.templatetags.people import who
from leadline.web.templatetags.words import day, money, quoted, when

register = template.Library()
_CARD = """<article class="board-card{}" data-item tabindex="-1"{}>
<strong>{}</strong>
{}
<span class="card-foot">{}{}</span>
</article>
"""
_MOVE = """
<a class="btn btn-quiet small move" data-dialog data-key="m" href="{}" aria-label="Move {}">Move</a>"""


@register.simple_tag
def cards(shown: Iterable[Any], may: bool) -> SafeString:
    """Cards of contacts or asks; `may`: whoever looks may move them."""
    return SafeString("".join(_card(one, moved=may and bool(one.move)) for one in shown))


def _card(card: Any, *, moved: bool) -> SafeString:
    edge = " overdue" if card.overdue else " stale" if card.stale else ""
    drag, move = SafeString(), SafeString()
    if moved:
        drag = fill(' draggable="true" data-move="{}"', card.move)
        move = fill(_MOVE, card.move, card.contact)
    said = _asked(card) if card.ask else _since(card)
    return fill(_CARD, edge, drag, who(card.contact), said, _state(card), move)


def _asked(card: Any) -> SafeString:
    """What was asked, when, by when an answer is expected, and why it is one."""
    ask, expected, reason = card.ask, SafeString(), SafeString()
    if ask.expected_on and card.move:
        expected = fill(", expected {}", when(ask.expected_on))
    if ask.reason:
        reason = fill(": {}", quoted(ask.reason))
    dated = '{}\n<span class="small muted">asked {}{}{}</span>'
    return fill(dated, _named(ask), when(card.since), expected, reason)


def _since(card: Any) -> SafeString:
    asks = SafeString("".join(_named(ask) for ask in card.asks))
    return fill('{}\n<span class="small muted">here since {}</span>', asks, day(card.since))


def _named(ask: Any) -> SafeString:
    sum_asked = fill(" · {}", money(ask.amount, ask.currency)) if ask.amount is not None else SafeString()
    there = address("ask", ask.pk)
    return fill('<span class="small"><a href="{}">{}</a>{}</span>', there, ask, sum_asked)


def _state(card: Any) -> SafeString:
    if card.overdue:
        return SafeString('<span class="chip chip-bad">overdue</span>')
    if not card.stale:
        return SafeString()
    last = card.contact.last_touch_at
    said = fill("last touch {}", when(last)) if last else "no touch yet"
    return fill('<span class="chip chip-warn"><span>{}</span></span>', said)
