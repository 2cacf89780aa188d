"""Leaks: which link of which path is missing or weak, and what it would bring to mend it.

Each path is judged at each link (`judgement`) by the share that gets through, as `attempts` says.

Leaks are ranked by what mending them is worth in the first year (`worth`); those whose worth can't be told,
for want of another path to compare with, come last. After the leaks the ranking has the links that do less
than one would expect without being credibly below, by that worth times the chance that it is a leak
(`suspicion`): where to look first if there is no leak, or when the leaks are mended. One that is `LAGS`
standard errors behind is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.cycle.advice import (
    name_leak,
    say_figures,
    say_lag,
    say_passed,
    say_remedy,
    say_untold,
    say_usual,
)
from leadline.engine.cycle.cycles import LINKS, Cycles, Link
from leadline.engine.cycle.forgotten import Forgotten, forgotten
from leadline.engine.cycle.judgement import Judge, LinkReport, Status
from leadline.engine.cycle.links import measure_links
from leadline.engine.cycle.worth import Worth
from leadline.engine.estimates import USUAL, Caution, Estimate
from leadline.engine.horizon.demand import check_capacity
from leadline.engine.horizon.refunds import Refunds, refunds
from leadline.engine.money import money_words
from leadline.engine.wording import (
    YOUNG,
    called,
    counted,
    listed,
    percent,
    plural,
    quantity_words,
    relative,
    within_words,
)

if TYPE_CHECKING:
    import altair as alt

    from leadline.engine.cycle.links import LinkFigures

MOST_NAMED = 6
"""So many paths are named in a sentence; the table has them all."""
_NOBODY = 0.005
"""So few clients a month, one in seventeen years, are none."""
_TONES = {"missing": "missing", "weak": "weak", "thin": "thin", "fine": "fine"}


@dataclass(frozen=True, eq=False)
class Leaks:
    """Every link of every path, and those worth mending, the one most worth it first.

    `ranking` has the leaks, and after them what is behind without being one. `young`: less than a week is on
    record, so nothing is judged.
    """

    unit: str
    people: int
    currency: str | None
    links: tuple[LinkReport, ...]
    ranking: tuple[LinkReport, ...]
    unrecorded: tuple[str, ...]
    capacity: float | None
    forgotten: tuple[Forgotten, ...]
    refunds: Refunds
    young: bool = False

    @property
    def leaks(self) -> tuple[LinkReport, ...]:
        """The links that are missing or weak, the one most worth mending first."""
        return tuple(one for one in self.ranking if one.leaks)

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each path and link; `rank` is its place in the ranking, if it has one."""
        ranks = {id(one): rank for rank, one in enumerate(self.ranking, 1)}
        return [one.fields() | {"rank": ranks.get(id(one))} for one in self.links]

    def sentences(self) -> list[str]:
        """The leaks, the biggest first, with what each is worth and what to do; then what can't be told."""
        if not self.people:
            return [
                f"There are no {plural(self.unit)} on record, so it can't be told where the funnel leaks."
            ]
        if self.young:
            return [YOUNG, "So it can't be told where the funnel leaks."]
        said = [self._leak(one, first=number == 0) for number, one in enumerate(self.leaks)]
        beside = self._forgotten()
        if not said:
            sound = self._sound()
            said = [f"Besides, {sound[0].lower()}{sound[1:]}" if beside else sound, *self._lagging()]
            beside, said = [], [*beside, *said]
        said = [*said, *beside, *self._unsaid()]
        repaid = self.refunds.sentences()
        return [*repaid, *said] if self.refunds.grave else [*said, *repaid]

    def chart(self) -> alt.Chart:
        """Path by link: the share that gets through, and where it leaks."""
        rows = [
            {
                "row": one.path,
                "column": one.link,
                "label": _label(one),
                "tone": _TONES.get(one.status, "none"),
            }
            for one in self._leading()
        ]
        title = "What gets through each link of each path"
        if not rows:
            return charts.note(title, self.sentences()[0])
        return charts.matrix(rows, title, " ".join(self.sentences()[:3]), noun="path")

    def _leading(self) -> list[LinkReport]:
        """All links: first the paths that leak and lag most, then those on which most people stand."""
        stood: dict[str, int] = {}
        for one in self.links:
            stood[one.path] = stood.get(one.path, 0) + _stood(one)
        urgent = dict.fromkeys(one.path for one in self.ranking if one.leaks or one.lags)
        order = [*urgent, *sorted(stood.keys() - urgent.keys(), key=lambda path: (-stood[path], path))]
        place = {path: number for number, path in enumerate(order)}
        return sorted(self.links, key=lambda one: place[one.path])

    def _leak(self, one: LinkReport, *, first: bool) -> str:
        figures = one.figures
        name = name_leak(figures, one.status, one.past)
        biggest = f"Your biggest leak {'is that' if figures.alone else 'is'} {name}."
        parts = [
            biggest if first else f"{name[0].upper()}{name[1:]}.",
            say_figures(figures, one.status, self.unit),
            say_usual(figures, one.status, one.usual, one.past),
            self._worth(one),
            say_untold(figures),
            say_remedy(figures),
        ]
        return " ".join(part for part in parts if part)

    def _worth(self, one: LinkReport) -> str:
        gain, renewing = one.gain, one.link == "renew"
        if gain is None:
            nowhere = one.link in self.unrecorded
            why = "it is done on no path" if nowhere else "there is no other path to compare with"
            return f"What it would bring to mend it can't be told, as {why}."
        value, low, high = (_number(n) for n in (gain.clients.value, gain.clients.low, gain.clients.high))
        if high == "0":
            return "Mending it alone brings nobody: further on nobody gets through, or all places are taken."
        does = "keeps" if renewing else "is worth"
        if value == "0":
            return f"Mending it {does} little: at most {high} clients a month."
        money = _rounded(gain.money.value) if gain.money else 0
        worth = f", some {money_words(money, self.currency or '')} a month" if money else ""
        then = "" if renewing else f"; half of them come {within_words(gain.delay)}"
        return f"Mending it {does} about {value} clients a month (between {low} and {high}){worth}{then}."

    def _sound(self) -> str:
        unheard = {one.path for one in self.forgotten}
        judged = [one for one in self._with("fine") if one.path not in unheard]
        if not judged:
            return "There is too little on record to say where the funnel leaks."
        if all(one.usual is None for one in judged):
            why = "only a second path could tell what is weak"
            if len({one.path for one in self.links}) > 1:
                why = "what is weak can't be told, as no two paths have figures for the same link"
            return f"Of what can be judged, nothing is missing; {why}."
        links = "The one link" if len(judged) == 1 else f"Each of the {len(judged)} links"
        does = f"{links} of which enough is known does about what one would expect"
        open_yet = self._unjudged()
        if not open_yet:
            return f"No leak is to be seen. {does}."
        return f"Of what can be judged, nothing leaks. {does}; but {listed(open_yet)} can't be judged."

    def _unjudged(self) -> list[str]:
        """The links from lead to client that are compared on no path, though people came to them, and why."""
        said = []
        for link in _TO_CLIENT:
            here = [one for one in self.links if link in one.figures.links and one.status != "none"]
            if any(one.status == "fine" and one.usual is not None for one in here):
                continue
            if any(one.status == "fine" for one in here):
                said.append(f"{link} (on record for one path alone)")
            elif any(one.status == "thin" for one in here):
                said.append(f"{link} (too few have come to it)")
            elif here:
                said.append(f"{link} (not on record)")
        return said

    def _forgotten(self) -> list[str]:
        """The paths of which nobody ever heard from us, where that is not said as a leak."""
        leaking = {one.path for one in self.leaks}
        none = "none was ever written to, talked with or asked, as far as is on record: turn to each of them"
        return [
            f"Of {counted(one.people, self.unit)} {relative(self.unit)} came by {called(one.path)} over a "
            f"month ago, {none}."
            for one in self.forgotten
            if one.path not in leaking
        ]

    def _lagging(self) -> list[str]:
        """Where to look first if there is no leak."""
        first = next(iter(self.ranking), None)
        if first is None or not first.lags or not isinstance(first.share, Estimate):
            return []
        assert first.usual is not None
        lag = say_lag(first.figures, first.share, first.usual)
        parts = [
            f"Furthest behind, which may be chance or the nature of it, is {lag}.",
            self._worth(first),
        ]
        return [" ".join(part for part in parts if part)]

    def _unsaid(self) -> list[str]:
        said = []
        thin = [one.link if one.figures.alone else f"{one.path} ({one.link})" for one in self._with("thin")]
        if thin:
            said.append(f"Too few to say: {listed(thin, most=MOST_NAMED)}.")
        unknown = [one.path for one in self._with("unknown")]
        if unknown:
            whom = f"{listed(unknown, most=MOST_NAMED)} reach{'' if len(unknown) > 1 else 'es'}"
            said.append(
                f"How many people {whom} is not on record, so it can't be told what share of them comes "
                "forward: record how many read, listen or visit."
            )
        if all(one.figures.alone for one in self.links):
            said.append(_NO_PATHS)
        together = {one.figures.links: one.figures for one in self.links if one.status in _TONES}
        spans = {links: one for links, one in together.items() if one.until is not None}
        said += [self._together(one) for one in spans.values()]
        told = {link for links in spans for link in links}
        sayings = _UNRECORDED | (
            {"ask": _NEVER_ASKED} if any(one.link == "ask" for one in self.leaks) else {}
        )
        return [*said, *(sayings[link] for link in self.unrecorded if link not in told)]

    def _together(self, one: LinkFigures) -> str:
        """Which links are judged together where, why, by whom, and what to record."""
        cells = [cell for cell in self.links if cell.link == one.link and cell.status in _TONES]
        same = [cell for cell in cells if cell.figures.until == one.until]
        here = [cell.path for cell in same]
        where = "" if len(here) == len(cells) else f" on {listed(here, most=MOST_NAMED)}"
        what, who, record = _SPANS[one.links]
        lack = "Hardly any" if any(cell.figures.seen for cell in same) else "No"
        why = f"{lack} {what} is on record{where}"
        return f"{why}, so {listed(one.links)} are judged together, by {who}: {record}."

    def _with(self, status: Status) -> list[LinkReport]:
        return [one for one in self.links if one.status == status]


def leaks(cycles: Cycles, *, capacity: float | None = None, caution: Caution = USUAL, seed: int = 1) -> Leaks:
    """Where the funnel leaks. `capacity`: how many new clients a month can be taken on; or BadCapacity."""
    check_capacity(capacity)
    figures = [] if not len(cycles) else measure_links(cycles, caution)
    judge = Judge(cycles, Worth(cycles, figures, caution, seed, capacity), caution)
    links = tuple(judge.report(one) for one in figures)
    ranked = sorted((one for one in links if one.leaks or _promises(one)), key=_urgency)
    unrecorded = [link for link in LINKS[:3] if link not in cycles.on_record] if len(cycles) else []
    endless = [one for one in links if one.link == "renew" and one.status == "unrecorded"]
    unrecorded += ["renew"] if any(one.figures.rate and one.figures.rate.began for one in endless) else []
    return Leaks(
        cycles.unit,
        len(cycles),
        cycles.currency,
        links,
        tuple(ranked),
        tuple(unrecorded),
        capacity,
        forgotten(cycles, caution),
        refunds(cycles),
        cycles.young,
    )


def _promises(one: LinkReport) -> bool:
    """Whether it is behind, and something would come of mending it."""
    return one.suspicion is not None and one.gain is not None and one.gain.first_year.value > 0


def _urgency(one: LinkReport) -> tuple[bool, float]:
    """Leaks come first, by what mending them is worth; the others by that and the chance that they leak."""
    worth = one.gain.first_year.value if one.gain else -np.inf
    return not one.leaks, -worth if one.leaks else -worth * (one.suspicion or 0)


_TO_CLIENT: tuple[Link, ...] = ("nurture", "ask", "answer")
_SPANS: dict[tuple[Link, ...], tuple[str, str, str]] = {
    ("ask", "answer"): (
        "ask",
        "who talked with you and who became a client",
        "record each direct offer you make",
    ),
    ("nurture", "ask"): ("talk", "who responded and who was asked", "record each talk"),
    ("nurture", "ask", "answer"): (
        "talk or ask",
        "who responded and who became a client",
        "record each talk, and each direct offer you make",
    ),
}
"""Of links judged together: what is not on record, who is counted, and what to record."""
_NO_PATHS = (
    "By which path people come is not on record, so no path can be compared with another: "
    "record the path of each touch (networking, content, referral …)."
)
_NEVER_ASKED = "No ask is on record on any path. If you do ask, record each direct offer you make."
_UNRECORDED = {
    "generate": "How people come to know you is not on record: record first meetings and requests.",
    "nurture": "No nurturing is on record (no mail, no talk after a first meeting), so whether people are "
    "nurtured can't be told.",
    "ask": "No ask is on record, so where asks are missing can't be told: record each direct offer you make.",
    "renew": "No end of custom is on record, so what share renews can't be told: record who stops.",
}


def _label(one: LinkReport) -> str:
    if one.status in {"none", "unrecorded"}:
        return ""
    if one.status == "unknown":
        return counted(one.figures.came, "lead")
    share = percent(one.share.value) if isinstance(one.share, Estimate) else "too few"
    stood = _stood(one)
    passed = f"\n{say_passed(one.figures)}" if one.figures.until else ""
    if one.status == "missing" and not one.figures.done:  # some may have got through elsewhere
        return f"none of {stood:,}{passed}"
    return f"{share} of {stood:,}{passed}" if isinstance(one.share, Estimate) else f"{stood:,}: too few"


def _stood(one: LinkReport) -> int:
    return one.figures.rate.began if one.figures.rate else 0


def _number(value: float) -> str:
    """A number of clients as exactly as it matters: 12, 1.8, 0.25, 0."""
    if value < _NOBODY:
        return "0"
    return f"{value:.2f}" if 0.095 <= value < 0.95 else quantity_words(value)


def _rounded(minor: float) -> int:
    """Money to two leading digits, in whole units where it is more than a few."""
    if minor < 1:
        return 0
    step: int = 10 ** max(int(np.log10(minor)) - 1, 0)
    return round(minor / step) * step
