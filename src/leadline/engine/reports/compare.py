"""Compare: which of several channels, campaigns, magnets or offers brings more, and when enough is known.

Of those who began with each (reached the first stage, or had a first touch), the share that reaches a stage
within one horizon, the same for all; the probability of being the best, by how much each is behind, and
whether that is enough to stop. `rivals` has the rule, `contest` the formulas. Where costs are given, what
each one costs and brings (`economy`).

By segment the same within each, and by how much each is behind among alike contacts. Channels aren't dealt
out by lot: a share tells what came of those whom a channel brought, not what it would make of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.engine import charts
from leadline.engine.comparison.economy import Account, Amount, Books, Ledger
from leadline.engine.comparison.mixture import among_alike, find_mix
from leadline.engine.comparison.rivals import Field, Rival, line_up
from leadline.engine.comparison.words import (
    gap_words,
    next_words,
    others_words,
    point_words,
    probability_words,
    rounded,
    said_share,
    times_words,
    uncompared,
    value_of,
)
from leadline.engine.currencies import decimals_of
from leadline.engine.dimensions import NOT_KNOWN, check_dimension, parts
from leadline.engine.estimates import USUAL, Caution, Estimate, TooEarly
from leadline.engine.instants import DAY, YEAR
from leadline.engine.money import money_words
from leadline.engine.passages import passages, passages_since, path_of, reached
from leadline.engine.wording import called, counted, listed, percent, time_words

if TYPE_CHECKING:
    import altair as alt

    from leadline.engine.comparison.contest import Difference
    from leadline.engine.comparison.mixture import Mix, Segments
    from leadline.engine.history import History
    from leadline.engine.passages import Passages
    from leadline.engine.survival import Integers
    from leadline.engine.touches import Column

NO_MONEY = Ledger()
"""Neither costs nor income are known."""

_MOST_LINES = 4
_MOST_SEGMENTS = 6
_LIKELY = 0.8
_TOO_LONG = 2 * YEAR


@dataclass(frozen=True)
class Entry:
    """One group: how it stands, its money, and how far it is behind the first among alike contacts."""

    rival: Rival
    account: Account
    alike: Difference | None = None

    def fields(self) -> dict[str, Any]:
        """The group as flat data; shares between 0 and 1, money in minor units."""
        return _fields(self.rival, None) | _gap_fields("behind_alike", self.alike) | self.account.fields()


@dataclass(frozen=True)
class Comparison:
    """Groups side by side: the ranked ones first, best first; `segments` holds the same within each."""

    unit: str
    lead: str
    to: str
    currency: str
    field: Field
    entries: tuple[Entry, ...]
    idle: tuple[tuple[str, int], ...]
    segments: Segments
    mix: Mix | None

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each group, then for each group of each segment."""
        inside = [_fields(one, name) for name, field in self.segments for one in field.rivals]
        return [entry.fields() | {"within_days": self.field.days} for entry in self.entries] + [
            row | {"within_days": self.field.days} for row in inside
        ]

    def sentences(self) -> list[str]:
        """What the comparison says, the most important first."""
        if not self.to:
            return ["This funnel has no way from one stage to another, so there is nothing to compare."]
        if not self.entries:
            return [f"Nobody has begun, so there is nothing to compare on the way to “{self.to}”."]
        if len(self.field.ranked) > 1 and not any(value_of(one) for one in self.field.ranked):
            return [self._nobody(), *self._costs(), *self._unranked()]
        return [
            *self._first(),
            *self._mixed(),
            *self._enough(),
            *self._lines(),
            *self._costs(),
            *self._incomes(),
            *self._by_segment(),
            *self._unranked(),
        ]

    def chart(self) -> alt.Chart:
        """The share of each group with its interval, the best first."""
        title, description = f"Who comes to “{self.to}” {self._when()}", " ".join(self.sentences()[:3])
        dots = [_dot(one) for one in self.field.rivals]
        if not dots:
            return charts.note(title, description)
        subtitle = "Dot: the share that gets there. Line: how exactly it is known. Best expected first."
        return charts.ranges(dots, title, description, unit="share", subtitle=subtitle)

    def _when(self) -> str:
        return f"within {counted(self.field.days, 'day')}" if self.field.days else "so far"

    def _nobody(self) -> str:
        ranked = self.field.ranked
        groups = [f"{called(one.name)} ({one.began:,})" for one in ranked[:_MOST_LINES]]
        more = [f"{len(ranked) - len(groups):,} more"] * (len(ranked) > len(groups))
        return f"Nobody came to “{self.to}” {self._when()}, so none is ahead of {listed([*groups, *more])}."

    def _first(self) -> Iterator[str]:
        ranked = self.field.ranked
        if not ranked:
            yield f"It is too early to say who comes to “{self.to}” more often, or they are too few."
            return
        first = ranked[0]
        come = f"come to “{self.to}” {self._when()}"
        said = f"{said_share(first)} of {counted(first.began, self.unit)} {come}"
        if len(ranked) == 1:
            yield f"There is nothing to compare {called(first.name)} with: {said}."
            return
        if value_of(first) == value_of(ranked[1]):
            both = [f"{said_share(one)} of {one.began:,}" for one in ranked[:2]]
            names = f"{called(first.name, opens=True)} and {called(ranked[1].name)}"
            yield f"{names} are level: {listed(both)} {come}."
            return
        verdict, more = self.field.verdict, value_of(ranked[1]) > value_of(first)
        if more or (verdict is not None and verdict.probability < _LIKELY):
            best = f"by what is known so far {called(first.name)} is the best"
            yield f"None is clearly ahead; {best}: {said}. Next is {next_words(ranked[1], first)}."
        else:
            opens = called(first.name, opens=True)
            yield f"{opens} is ahead: {said}. Next is {next_words(ranked[1], first)}."

    def _enough(self) -> Iterator[str]:
        verdict = self.field.verdict
        if verdict is None:
            return
        chance = probability_words(verdict.probability)
        sure = f"the chance that {called(verdict.first)} is the best is {chance}"
        if verdict.clear:
            yield f"That is enough to stop comparing: {sure}."
        elif verdict.close:
            cost = f"{percent(max(verdict.cost, 1e-6), 1)} of its share on average"
            yield f"That is enough to stop comparing: {sure}, and if it isn't, little is lost ({cost})."
        else:
            yield f"That is not enough to stop comparing: {sure}. {self._more()}"

    def _more(self) -> str:
        verdict = self.field.verdict
        assert verdict is not None
        wait = time_words((self.field.days or 0) * DAY)
        both = [f"{called(verdict.first, opens=o)} and {called(verdict.next)}" for o in (False, True)]
        if not verdict.more:
            return f"What becomes of those under way will probably tell {both[0]} apart, within {wait}."
        more = f"{both[1]} will probably be told apart by some {rounded(verdict.more):,} more in each"
        if verdict.weeks is None:
            return f"{more}, and of late nobody has come with one of them."
        time = round(verdict.weeks * 7 * DAY)
        if time > _TOO_LONG:
            return f"{more}, which takes years: choose the cheaper or the easier one, and look again later."
        return f"{more}: {time_words(time)} at the pace of late, and {wait} more to see what becomes of them."

    def _lines(self) -> Iterator[str]:
        first, *rest = self.field.ranked or (None,)
        own = rest if len(rest) <= _MOST_LINES else rest[: _MOST_LINES - 1]
        for place, one in enumerate(own):
            assert first is not None
            assert one.belief is not None
            assert one.belief.behind is not None
            gap = gap_words(one.belief.behind, first.name)
            share = f"{said_share(one)} of {one.began:,}, " if place else ""  # of the next it was said
            better = probability_words(one.belief.better[first.name])
            yield f"{called(one.name, opens=True)}: {share}{gap}; the chance that it is better is {better}."
        if first is not None and len(rest) > len(own):
            yield others_words(rest[len(own) :], first.name)

    def _mixed(self) -> Iterator[str]:
        if self.mix is None:
            return
        mix, first = self.mix, self.field.ranked[0].name
        where = "in each segment" if mix.everywhere else "among alike contacts"
        chance = ", which may be chance" if mix.alike.high > 0 else ""
        points = point_words(-mix.alike.value, mix.alike)
        by = f"{points} {'point' if points == '1' else 'points'}{chance}"
        yield f"But {where} {called(mix.other)} does better than {called(first)}, by {by}."
        ours, often = (
            f"{percent(mix.ours)} of those are “{mix.segment}”",
            "more" if mix.often else "less",
        )
        theirs = f"who get there {often} often; of {called(mix.other)} {percent(mix.theirs)} are"
        yield f"{called(first, opens=True)} looks better because of whom it brings: {ours}, {theirs}."

    def _costs(self) -> Iterator[str]:
        costly = [one for one in self.entries if one.account.cost is not None]
        costly.sort(key=lambda one: _each(one.account.cost_per_client, otherwise=1 << 62))
        priced = [
            one
            for one in costly
            if one.account.cost_per_client and one.account.cost_per_client.value is not None
        ]
        if len(priced) > 1:
            least, most = priced[0].rival.name, priced[-1].rival.name
            yield f"A “{self.to}” costs least with {called(least)} and most with {called(most)}."
        for one in costly[:_MOST_LINES]:
            cost = self._money(one.account.cost or 0)
            yield f"{called(one.rival.name, opens=True)} cost {cost}: {listed(self._account(one))}."
        if len(costly) > _MOST_LINES:
            yield f"The table has what the other {len(costly) - _MOST_LINES:,} cost."
        for name, spent in self.idle:
            yield f"{called(name, opens=True)} cost {self._money(spent)}, and nobody on record began with it."

    def _account(self, one: Entry) -> list[str]:
        amounts = {self.lead: one.account.cost_per_lead, self.to: one.account.cost_per_client}
        said = [f"{self._amount(amount)} for each “{stage}”" for stage, amount in amounts.items() if amount]
        income = one.account.income
        if income and income.low is not None and income.high is not None and one.account.cost:
            times = [
                (part or 0) * one.rival.began / one.account.cost
                for part in (income.value, income.low, income.high)
            ]
            limits = f"(between {times_words(times[1])} and {times_words(times[2])})"
            said.append(f"it brings back {times_words(times[0])} times what it cost {limits} {self._when()}")
        return said

    def _incomes(self) -> Iterator[str]:
        earning = [one for one in self.entries if one.rival in self.field.ranked and one.account.income]
        if len(earning) < 2:
            return
        earning.sort(key=lambda one: -_each(one.account.income))
        if _each(earning[0].account.income) <= max(_each(earning[1].account.income), 0):
            return
        first, second = ((one.rival.name, one.account.income) for one in earning[:2])
        ahead = self.field.ranked[0].name
        turn = f", not with {called(ahead)}" if ahead != first[0] else ""
        words = [self._amount(income) for _, income in (first, second) if income]
        yield (
            f"A {self.unit} brings most money with {called(first[0])}{turn}: {words[0]} {self._when()}. "
            f"Next is {called(second[0])} with {words[1]}."
        )

    def _by_segment(self) -> Iterator[str]:
        told = [(name, field) for name, field in self.segments if field.verdict]
        if not told:
            if self.segments:
                yield "Within the segments there are too few to compare."
            return
        surely = {
            field.verdict.first for _, field in told if field.verdict and field.verdict.probability >= _LIKELY
        }
        leaders = {field.ranked[0].name for _, field in told}
        if len(surely) > 1:
            yield "Which is best depends on the segment."
        elif len(leaders) == 1 and len(told) > 1:
            yield f"{called(next(iter(leaders)), opens=True)} is ahead in every segment."
        elif len(leaders) > 1:
            yield "Others are ahead in some segments, but that may be chance."
        for name, field in told[:_MOST_SEGMENTS]:
            first, second, verdict = *field.ranked[:2], field.verdict
            if verdict and verdict.probability >= 1 / 2:
                ahead = f"{called(first.name)} with {said_share(first)} of {first.began:,}"
                sure = f"the chance that it is the best is {probability_words(verdict.probability)}"
                yield f"Among “{name}”: {ahead}, before {next_words(second, first)}; {sure}."

    def _unranked(self) -> Iterator[str]:
        few = [one for one in self.field.others if one.name != NOT_KNOWN]
        yield from uncompared(few, self.field.left_out, self.unit)
        for one in self.field.others:
            if one.name == NOT_KNOWN:
                yield f"Of {counted(one.began, self.unit)} it is not known with what they began."

    def _amount(self, amount: Amount) -> str:
        if amount.value is None:
            return f"at least {self._money(amount.low or 0)}"
        if amount.low is None or amount.high is None:
            return self._money(amount.value)
        low = self._money(amount.low).removesuffix(f" {self.currency}")
        return f"{self._money(amount.value)} (between {low} and {self._money(amount.high)})"

    def _money(self, minor: int) -> str:
        whole = 10 ** decimals_of(self.currency or None)
        return money_words(round(minor / whole) * whole if abs(minor) >= 20 * whole else minor, self.currency)


def compare(
    history: History,
    by: Column,
    *,
    to: str | None = None,
    within: int | None = None,
    first_touch: Integers | None = None,
    ledger: Ledger = NO_MONEY,
    segment: Column | None = None,
    caution: Caution = USUAL,
    unit: str = "contact",
) -> Comparison:
    """Compare the groups of `by`: who reaches the stage `to` (else the first of role `client`, or the last).

    Everybody begins by reaching the first stage, or at `first_touch` (an instant for each subject, NEVER for
    none), and counts for `within` days. `by`, `segment` and `ledger.values` are aligned with
    `history.subjects`. Raises BadDimension, BadPassage, UnknownName.
    """
    subjects, path = len(history.subjects), path_of(history.funnel)
    for given in (by, segment, ledger.values, first_touch):
        check_dimension(given, subjects)
    end, lead = to or _usual_end(history, path), ledger.lead or next(iter(path), "")
    if not path or (to is None and end == path[0] and first_touch is None):
        return Comparison(unit, lead, "", "", Field(None, (), (), 0, None), (), (), (), None)
    for stage in [end] * (first_touch is None or end not in path) + [lead] * (lead not in path):
        passages(history, path[0], stage)  # raises where that is no way
    begun, leading = (_begun(history, stage, first_touch) for stage in (end, lead))
    groups, as_of = by.take(begun.contact), history.as_of
    field = line_up(begun, groups, as_of, caution, within)
    inside = [] if segment is None or field.days is None else parts(segment.take(begun.contact))
    segments = tuple(
        (name, line_up(begun.take(at), groups.take(at), as_of, caution, field.days))
        for name, at in inside
        if name != NOT_KNOWN
    )
    places = dict(parts(groups))
    books = Books(ledger, begun, leading, (field.days or 0) * DAY, caution.level)
    entries = tuple(
        Entry(one, books.account(one.name, places[one.name]), _alike(one, field, segments))
        for one in field.rivals
    )
    idle = tuple((name, cost) for name, cost in ledger.costs.items() if name not in places)
    mix = find_mix(field.ranked, segments)
    return Comparison(unit, lead, end, ledger.currency, field, entries, idle, segments, mix)


def _usual_end(history: History, path: Sequence[str]) -> str:
    """The first stage of role `client`, or the last one; empty where there is none."""
    clients = [stage.name for stage in history.funnel.stages if stage.role == "client"]
    return next(iter([*clients, *path[-1:]]), "")


def _begun(history: History, stage: str, first_touch: Integers | None) -> Passages:
    """Everybody's passage to a stage, from the first stage or the first touch on."""
    number, first = history.funnel.stage_number, path_of(history.funnel)[0]
    start = reached(history, number(first)) if first_touch is None else first_touch
    return passages_since(history, start, number(stage))


def _alike(rival: Rival, field: Field, segments: Segments) -> Difference | None:
    return among_alike(field.ranked[0], rival, segments) if rival in field.ranked[1:] else None


def _fields(rival: Rival, segment: str | None) -> dict[str, Any]:
    """A group as flat data, without its money."""
    row: dict[str, Any] = {"segment": segment, "group": rival.name}
    row |= {"began": rival.began, "reached": rival.reached, **rival.share.fields("share")}
    belief = rival.belief
    row |= {name: belief and getattr(belief, name) for name in ("expected", "best", "loss")}
    return row | _gap_fields("behind", belief.behind if belief else None)


def _gap_fields(name: str, gap: Difference | None) -> dict[str, float | None]:
    limits = (gap.value, gap.low, gap.high) if gap else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), limits, strict=True))


def _each(amount: Amount | None, otherwise: int = 0) -> int:
    return otherwise if amount is None or amount.value is None else amount.value


def _dot(rival: Rival) -> dict[str, Any]:
    dot: dict[str, Any] = {"name": rival.name, "value": None, "low": None, "high": None}
    if isinstance(rival.share, Estimate):
        limits = {"value": rival.share.value, "low": rival.share.low, "high": rival.share.high}
        return dot | limits | {"label": f"{percent(rival.share.value)} of {rival.began:,}"}
    why = "too early" if isinstance(rival.share, TooEarly) else "too few"
    return dot | {"label": f"{rival.began:,}: {why} to say"}
