"""Attribution: which path (or channel, campaign …) gets how much of the clients, by seven models.

Who reaches a stage (`passages` says what that is) is one conversion, shared out among the touchpoints of the
journey there (`journeys` says what they are). `credits` has the models: first, last, linear, by position,
time decay, Markov's removal effect, Shapley. Conversions with no touchpoint before them are counted, and
credited to nobody. The money of a conversion is all that was paid on record up to `as_of`, less refunds, in
the currency of most purchases.

Shares by first and last touch have Wilson's interval, and so has Markov's where the chain is too large to be
solved hundreds of times; the others have the percentiles of a bootstrap over the journeys (those included
that have not arrived), and Wilson's limit where a share is nothing or all. Credit tells what was on the way,
and not what would have happened without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.credit.chains import most_values
from leadline.engine.credit.credits import MODELS, Credit, Rules, choose_models, list_credits
from leadline.engine.credit.journeys import REST, Journeys, paid_by, trace_journeys
from leadline.engine.credit.words import WORDS, by_words, capital, turn_words
from leadline.engine.errors import BadTouches, nearest
from leadline.engine.estimates import USUAL, Caution, Estimate, normal_quantile
from leadline.engine.instants import DAY, NEVER
from leadline.engine.money import money_words
from leadline.engine.passages import BadPassage, path_of, reached
from leadline.engine.touches import TEXT
from leadline.engine.wording import called, counted, listed, percent, plural, relative, share_words

if TYPE_CHECKING:
    from collections.abc import Collection

    import altair as alt

    from leadline.engine.funnel import Funnel
    from leadline.engine.history import History
    from leadline.engine.survival import Integers
    from leadline.engine.touches import Column, Touches

USUAL_RULES = Rules()
"""The rules of the models, unless others are given."""

_CLIENTS = ("contact", "company")  # a deal that is won is no client
_OWN_NAMES = ("owner", "actor", "company")
_WARNING = "Credit tells what was on the way, and not what would have happened without it."
_MOST_TURNS = 3
_CLOSE = 0.05
_FAR = 0.1
_LEAST = 0.01
_TURNED = 0.2


@dataclass(frozen=True)
class Attribution:
    """Who gets how much, the value with most first.

    `arrived` is the sum of `traced` (at least one touchpoint before) and `alone`; `several` of the traced
    came by more than one value; `others` are journeys that have not led there. `income` was paid by the
    traced, `income_alone` by the rest, in `currency` (None: no amounts on record). `together` of the values
    are rare, and stand as one. `is_client`: who arrives is a client, and is called so. Told is by `models`.
    """

    unit: str
    by: str
    to: str
    is_client: bool
    rules: Rules
    arrived: int
    traced: int
    alone: int
    several: int
    others: int
    together: int
    currency: str | None
    income: int
    income_alone: int
    caution: Caution
    credits: tuple[Credit, ...]
    models: tuple[str, ...]

    def only(self, models: Collection[str]) -> Attribution:
        """The same, told by these models alone. Raises UnknownName."""
        chosen = choose_models(models)
        some = [replace(one, credits={model: one.credits[model] for model in chosen}) for one in self.credits]
        some.sort(key=lambda one: (-one.whole, one.name))
        return replace(self, models=chosen, credits=tuple(some))

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each value and model."""
        return [
            {"by": self.by, "value": one.name, "model": model, "credit": one.credits[model]}
            | one.shares[model].fields("share")
            | {"money": one.money.get(model), "currency": self.currency}
            for one in self.credits
            for model in self.models
        ]

    def disagreements(self) -> list[dict[str, Any]]:
        """A dict for each value: its conversions by each model, and how far its shares lie apart."""
        return [
            {self.by: one.name, "on the way": one.present, **one.credits, "apart": one.apart(self.traced)}
            for one in self.credits
        ]

    def moved(self, model: str, other: str) -> float:
        """The share of the conversions that changes hands from one model to another."""
        whole = max(self.traced, 1)
        return sum(abs(one.credits[model] - one.credits[other]) for one in self.credits) / (2 * whole)

    def sentences(self) -> list[str]:
        """Who brings most, who opens and who closes, on what the models agree, what can't be credited.

        Where some models were chosen, nothing is said of the others.
        """
        if not self.arrived:
            nobody = "There are no clients" if self.is_client else f"Nobody has reached “{self.to}”"
            return [
                f"{nobody if self.to else 'This funnel leads nowhere'} yet, so there is nothing to share out."
            ]
        if not self.credits:
            return self._uncredited()
        if self.traced < max(self.caution.needed, 1):
            traced = f"Only {self._who(self.traced)} with a {self.by} on record before"
            return [
                f"{traced}: too few to share out (at least {self.caution.needed} needed).",
                *self._uncredited(),
            ]
        if len(self.credits) == 1:
            only = f"All {self._who(self.traced)} came by {self._name(self.credits[0])} alone"
            same = ", so all models say the same" * (len(self.models) > 1)
            return [f"{only}{same}.", *self._uncredited()]
        ends = [*self._turns(), *self._carriers()] if {"first", "last"} <= {*self.models} else []
        said = [self._most(), *ends, *self._agreement(), self._ways()]
        return [*said, *self._known(), *self._money(), *self._uncredited(), *self._others(), _WARNING]

    def chart(self) -> alt.Chart:
        """The share of each value by equal parts, on a line from the least to the most that a model gives."""
        title = f"What each {self.by} gets of {self._who(self.traced)}"
        description = " ".join(self.sentences()[:4])
        if not self.credits or self.traced < max(self.caution.needed, 1):
            return charts.note(title, description)
        rows = [self._dot(one) for one in self.credits]
        line = "from the model that gives least to the one that gives most"
        line = line if len(self.models) > 1 else "how exactly it is known"
        subtitle = f"Dot: {WORDS[self._main]}. Line: {line}."
        return charts.ranges(rows, title, description, unit="share", subtitle=subtitle, noun=self.by)

    def _dot(self, one: Credit) -> dict[str, Any]:
        """A value in the chart: its part by one model, and how far all models or its interval reach."""
        parts, share = one.parts(self.traced), one.shares[self._main]
        if len(parts) == 1 and isinstance(share, Estimate):
            parts = [share.low, share.high]
        label = ", ".join(
            f"{one.credits[model]:,.0f} {model}" for model in ("first", "last") if model in self.models
        )
        dot = {"name": one.name, "value": one.credits[self._main] / self.traced, "label": label}
        return dot | {"low": min(parts), "high": max(parts)}

    @property
    def _main(self) -> str:
        """The model by which one figure is told: equal parts, unless others were chosen."""
        return "linear" if "linear" in self.models else self.models[0]

    def _who(self, number: int) -> str:
        """So many of those who arrived: “40 clients”, “40 contacts who reached “lead””."""
        return counted(number, "client" if self.is_client else self.unit) + (
            "" if self.is_client else f" {relative(self.unit)} reached “{self.to}”"
        )

    def _name(self, one: Credit) -> str:
        """A value in a sentence."""
        return one.name if self.by in _OWN_NAMES or one.name == REST else called(one.name)

    def _most(self) -> str:
        """Which value gets most, by which models."""
        ranked = sorted(self._named(), key=lambda one: -one.whole)
        count = "however one counts" if self.models == MODELS else by_words(self.models)
        much = f"{ranked[0].credits[self._main]:,.0f} each of {self._who(self.traced)}"
        if len(level := [self._name(one) for one in ranked if one.is_level(ranked[0])]) > 1:
            return f"{capital(count)}, {listed(level)} get the same: {much}."
        best = {m: max(ranked, key=lambda one: one.credits[m]) for m in self.models}
        wins = {one.name: [m for m in self.models if best[m] is one] for one in self.credits}
        winners = [one for one in self.credits if wins[one.name]]
        first, *rest = sorted(winners, key=lambda one: -len(wins[one.name]))
        won = [first.credits[model] for model in wins[first.name]]
        low, high = f"{min(won):,.0f}", f"{max(won):,.0f}"
        much = f"{low if low == high else f'{low} to {high}'} of {self._who(self.traced)}"
        other = [f"{by_words(wins[one.name])}, it is {self._name(one)}" for one in rest]
        if not rest:
            return f"{capital(count)}, {self._name(first)} gets most: {much}."
        if len(wins[first.name]) * 2 > len(self.models):
            return f"By most counts, {self._name(first)} gets most ({much}); {'; '.join(other)}."
        each = [f"{by_words(wins[first.name])}, it is {self._name(first)}", *other]
        return f"Which {self.by} gets most depends on the count: {'; '.join(each)}."

    def _turns(self) -> list[str]:
        """Which values open and which close, where that is more than chance, and worth a word."""
        clear = [one for one in self._named() if self._turned(one)]
        clear.sort(key=lambda one: -abs(one.opened - one.closed))
        whole = self._who(self.traced)
        return [turn_words(one, self._name(one), whole) for one in clear[:_MOST_TURNS]]

    def _turned(self, one: Credit) -> bool:
        """Whether a value comes first more often than last, or less often, by McNemar's test."""
        more, z = abs(one.opened - one.closed), normal_quantile(self.caution.level)
        most = max(one.credits["first"], one.credits["last"])
        return more**2 > z * z * (one.opened + one.closed) and more >= max(
            _TURNED * most, _LEAST * self.traced
        )

    def _carriers(self) -> list[str]:
        """Which values stand between the first and the last touch."""
        said = []
        for one in self._named():
            first, last = one.credits["first"], one.credits["last"]
            if one.present >= max(3 * first, 3 * last, self.traced / 4):
                way = f"was on the way of {one.present:,} of {self._who(self.traced)}"
                ends = f"first with {first:,.0f} and last with {last:,.0f}"
                does = "it carries what others open and close"
                said.append(f"{capital(self._name(one))} {way}, {ends}: {does}.")
        return said[:_MOST_TURNS]

    def _agreement(self) -> list[str]:
        """On which value the models agree, and on which they differ most."""
        if len(self.models) == 1:
            return []
        said, parts = [], {one.name: one.parts(self.traced) for one in self.credits}
        close = [one for one in self._named() if min(parts[one.name]) >= _CLOSE >= one.apart(self.traced)]
        if close:
            one = close[0]
            low, high = (f"{100 * limit(parts[one.name]):.0f}" for limit in (min, max))
            figures = f"{low} %" if low == high else f"{low} to {high} %"
            said.append(f"The models agree on {self._name(one)} ({figures})")
        far = max(self.credits, key=lambda one: one.apart(self.traced))
        if far.apart(self.traced) >= _FAR:
            ends = sorted(zip(parts[far.name], self.models, strict=True), reverse=True)
            ends = ends[:: len(ends) - 1]
            figures = " and ".join(f"{percent(part)} by {WORDS[model]}" for part, model in ends)
            said.append(f"{'they' if said else 'The models'} differ most on {self._name(far)}: {figures}")
        model, other = max(combinations(self.models, 2), key=lambda pair: self.moved(*pair))
        moves = f"{percent(self.moved(model, other))} of the credit from one {self.by} to another"
        hands = f"Counting by {WORDS[other]} and not by {WORDS[model]} moves {moves}."
        hands = hands if self.moved(model, other) >= _CLOSE else "The models hardly differ."
        return [*([f"{', and '.join(said)}."] if said else []), hands]

    def _ways(self) -> str:
        """How many came by more than one value: people jump."""
        if self.several in (0, self.traced):
            how = f"more than one {self.by}" if self.several else f"one {self.by} only"
            return f"All {self._who(self.traced)} came by {how}."
        jumped = f"{self.several:,} of {self._who(self.traced)} ({percent(self.several / self.traced)})"
        return f"{jumped} came by more than one {self.by}."

    def _known(self) -> list[str]:
        """How well the share of the first value is known."""
        most = max(self._named(), key=lambda one: one.credits[self._main])
        share = most.shares[self._main]
        if not isinstance(share, Estimate):
            return []
        return [f"{capital(by_words([self._main]))}, {self._name(most)} gets {share_words(share)}."]

    def _money(self) -> list[str]:
        """Which value gets most of the money."""
        if self.currency is None or not self.income:
            return []
        most, *rest = sorted(self._named(), key=lambda one: -one.money[self._main])
        if rest and rest[0].money[self._main] >= most.money[self._main]:
            return []
        money, part = most.money[self._main] / self.income, most.credits[self._main] / self.traced
        paid = f"Of {money_words(self.income, self.currency)} that they paid"
        whom = "clients" if self.is_client else plural(self.unit)
        beside = f", with {percent(part)} of the {whom}" if abs(money - part) >= _CLOSE else ""
        return [f"{paid}, {self._name(most)} gets most: {percent(money)} {by_words([self._main])}{beside}."]

    def _others(self) -> list[str]:
        """How many ways have led to nothing so far, and where they count."""
        if not self.others or "markov" not in self.models:
            return []
        has = "has" if self.others == 1 else "have"
        client = "become a client" if self.others == 1 else "become clients"
        far = client if self.is_client else f"reached “{self.to}”"
        said = f"{counted(self.others, self.unit)} {has} not {far} so far"
        ways = "the way counts" if self.others == 1 else "their ways count"
        where = f"in one model only, {WORDS['markov']}"
        return [f"{said}: {ways} {where}." if len(self.models) > 1 else f"{said}; {ways} too."]

    def _uncredited(self) -> list[str]:
        """Who came with nothing on record before, and which values stand together."""
        said = []
        if self.alone:
            of = (
                f"{self.alone:,} of {self._who(self.arrived)}"
                if self.traced
                else f"All {self._who(self.alone)}"
            )
            of = self._who(1).capitalize() if self.arrived == 1 else of
            said.append(f"{of} came with no {self.by} on record before, so no {self.by} is credited.")
        if self.together:
            said.append(f"The {self.together:,} rarest {plural(self.by)} stand together as “{REST}”.")
        return said

    def _named(self) -> list[Credit]:
        return [one for one in self.credits if one.name != REST]


def attribution(
    history: History,
    touches: Touches,
    *,
    by: str = "path",
    to: str | None = None,
    rules: Rules = USUAL_RULES,
    whose: Column | None = None,
    caution: Caution = USUAL,
    unit: str = "contact",
    seed: int = 1,
) -> Attribution:
    """Who gets how much of those who reached a stage, by a column of the touches.

    `to` is the stage: unless given, the first of role `client`; where there is none, the last but leavings.
    `whose` says whose touch each row is, where the history is not that of the contacts (`subjects_of`).
    Raises UnknownName, BadPassage (a stage of role `left`) and BadTouches (no such column; other touches).
    """
    whose = touches.contact if whose is None else whose
    _check(history, touches, whose, by)
    number = _stage_number(history.funnel, to)
    arrived = reached(history, number) if number else np.full(len(history.subjects), NEVER)
    currency, paid = paid_by(touches, whose, history.as_of)
    within = None if rules.lookback_days is None else round(rules.lookback_days * DAY)
    most = most_values(rules.order)
    journeys = trace_journeys(
        touches, whose, by, arrived, as_of=history.as_of, worth=paid, within=within, most=most
    )
    some = journeys.won.any()
    stage = history.funnel.stages[number - 1] if number else None
    return Attribution(
        unit=unit,
        by=by,
        to=stage.name if stage else "",
        is_client=stage is not None and stage.role == "client" and unit in _CLIENTS,
        rules=rules,
        caution=caution,
        currency=currency,
        models=MODELS,
        **_counts(journeys, arrived, paid),
        credits=list_credits(journeys, rules, caution, seed, money=currency is not None) if some else (),
    )


def _counts(journeys: Journeys, arrived: Integers, paid: Integers) -> dict[str, int]:
    """How many arrived, by how many values, and what they paid."""
    won = journeys.take(journeys.won > 0)
    values = np.bincount(won.members()[0])
    came, income = arrived < NEVER, int(won.worth.sum())
    return {
        "arrived": int(came.sum()),
        "traced": len(won),
        "alone": int(came.sum()) - len(won),
        "several": int((values > 1).sum()),
        "others": len(journeys) - len(won),
        "together": journeys.together,
        "income": income,
        "income_alone": int(paid[came].sum()) - income,
    }


def _check(history: History, touches: Touches, whose: Column, by: str) -> None:
    if by not in TEXT:
        raise BadTouches(
            f"Credit by “{by}” was asked for",
            found="no such column",
            allowed=", ".join(TEXT),
            suggestion=nearest(by, TEXT),
        )
    if len(whose.labels) != len(history.subjects) or len(whose) != len(touches):
        raise BadTouches(
            "Attribution needs the touches that the history was derived from",
            found=f"touches of {len(whose.labels):,} subjects, and a history of {len(history.subjects):,}",
        )


def _stage_number(funnel: Funnel, to: str | None) -> int:
    """The number of the stage to arrive at; 0 where all stages are ways of leaving."""
    path, clients = path_of(funnel), [stage.name for stage in funnel.stages if stage.role == "client"]
    if to is None:
        return funnel.stage_number((clients or path)[0 if clients else -1]) if path else 0
    number = funnel.stage_number(to)
    if number and funnel.stages[number - 1].role != "left":
        return number
    raise BadPassage(
        f"Arriving at “{to}” was asked for",
        found="no stage that one arrives at",
        allowed=", ".join(path) if path else "none, since all its stages are ways of leaving",
    )
