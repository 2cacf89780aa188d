"""Leaks: which link of which path is missing or weak, and what it would bring to mend it.

Each path is judged at each link (`attempts` says who stands before it) by the share that gets through:

* *missing*: never done. Nobody nurtured on that path, nobody asked, nobody asked to renew; nobody who
  responds to what it reaches, none of the asked who buys; and fewer get through than one would expect (by the
  other paths; where there is none, than `WEAK`).
* *weak*: done, and credibly below. With r the rate of this path and u the rate that another path of this
  business has (`rates`), the median of r is below `WEAK` times that of u, and their log odds are `APART`
  standard errors apart (for generation: P(r < `WEAKEST` · u) is at least `SURE`); also when those who took
  their leave aren't counted, since self-selection is healthy. Or below the path's own past: of those of the
  last `LATELY`, whose rate r is known within the time that half took, P(r < `WEAK` · rate of before) is at
  least `PAST`.
* *thin*: fewer than the caution asks for have stood there, and for as long as it takes: too few to say.
* *fine*: none of these. *unknown*: whom the path reaches is not on record. *unrecorded*: that link is nowhere
  on record (asks, though people buy). *none*: nobody ever stood there, since people take that step elsewhere.

Leaks are ranked by what mending them is worth in the first year (`worth`); those whose worth can't be told,
for want of another path to compare with, come last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from leadline.engine import charts
from leadline.engine.cycle.advice import Past, name_leak, say_figures, say_remedy, say_usual
from leadline.engine.cycle.cycles import LINKS, Cycles, Link
from leadline.engine.cycle.links import LinkFigures, measure_links
from leadline.engine.cycle.worth import DRAWS, Gain, Worth
from leadline.engine.estimates import USUAL, Caution, Duration, Estimate, TooFewConversions, wilson
from leadline.engine.instants import DAY, NEVER
from leadline.engine.money import money_words
from leadline.engine.survival import HAPPENED
from leadline.engine.wording import counted, listed, percent, plural, within_words

if TYPE_CHECKING:
    import altair as alt

    from leadline.engine.cycle.attempts import Attempts
    from leadline.engine.cycle.rates import Floats

WEAK, WEAKEST = 0.5, 0.2
"""The part of what one would expect below which a link is weak; for generation, paths differ more."""
STRAY, STRAY_NAMED = 10_000, 100
"""Where no more than one in so many (of an audience, of people known by name) came forward, it is nobody."""
APART = 2.6
"""By how many standard errors the log odds of a weak link are at least below what one would expect."""
SURE, SURER = 0.95, 0.96
"""How sure one has to be that a link never done is below (an answer takes two), or one of generation."""
PAST = 0.997
"""How sure one has to be that it is below its own past: every link is looked at."""
LATELY = 120 * DAY
"""What counts as lately, beside the past."""

Status = Literal["missing", "weak", "thin", "fine", "unknown", "unrecorded", "none"]
_TONES = {"missing": "missing", "weak": "weak", "thin": "thin", "fine": "fine"}


@dataclass(frozen=True, eq=False)
class LinkReport:
    """One link of one path, judged.

    `usual` is what the other paths lead one to expect, `past` what this path's own past does where that is
    why it is weak; `time` the quartile, half and three quarters of those who got through. `gain` is there for
    leaks whose worth can be told.
    """

    figures: LinkFigures
    status: Status
    share: Estimate | TooFewConversions
    usual: Estimate | None
    past: Past | None
    time: Duration | None
    gain: Gain | None

    @property
    def path(self) -> str:
        """The path."""
        return self.figures.path

    @property
    def link(self) -> Link:
        """The link."""
        return self.figures.link

    def fields(self) -> dict[str, Any]:
        """The link as flat data; times in days, money in minor units."""
        rate, gain = self.figures.rate, self.gain
        row: dict[str, Any] = {
            "path": self.path,
            "link": self.link,
            "status": self.status,
            "stood": rate.began if rate else None,
            "through": self.figures.came,
            "done": self.figures.done,
            "left": rate.left if rate and self.link != "renew" else None,
            "idle": self.figures.idle,
        }
        row |= self.share.fields("share")
        usual = self.past.before if self.past else self.usual
        row |= {"usual": usual.value if usual else None}
        row |= {
            "half_within_days": self.time.value / DAY if self.time and self.time.value is not None else None
        }
        row |= {"clients_a_month": None, "clients_a_month_low": None, "clients_a_month_high": None}
        if gain:
            row |= {
                k: v for k, v in gain.clients.fields("clients_a_month").items() if not k.endswith("unsaid")
            }
        row["money_a_month"] = round(gain.money.value) if gain and gain.money else None
        row["clients_in_first_year"] = gain.first_year.value if gain else None
        return row


@dataclass(frozen=True, eq=False)
class Leaks:
    """Every link of every path, and the leaks among them, the one most worth mending first."""

    unit: str
    currency: str | None
    links: tuple[LinkReport, ...]
    leaks: tuple[LinkReport, ...]
    unrecorded: tuple[str, ...]
    capacity: float | None

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each path and link."""
        return [one.fields() for one in self.links]

    def sentences(self) -> list[str]:
        """The leaks, the biggest first, with what each is worth and what to do; then what can't be told."""
        if not self.links:
            return [
                f"There are no {plural(self.unit)} on record, so it can't be told where the funnel leaks."
            ]
        said = [self._leak(one, first=number == 0) for number, one in enumerate(self.leaks)]
        return [*(said or [self._sound()]), *self._unsaid()]

    def chart(self) -> alt.Chart:
        """Path by link: the share that gets through, and where it leaks."""
        rows = [
            {
                "row": one.path,
                "column": one.link,
                "label": _label(one),
                "tone": _TONES.get(one.status, "none"),
            }
            for one in self.links
        ]
        title = "What gets through each link of each path"
        if not rows:
            return charts.note(title, self.sentences()[0])
        return charts.matrix(rows, title, " ".join(self.sentences()[:3]))

    def _leak(self, one: LinkReport, *, first: bool) -> str:
        figures = one.figures
        name = name_leak(figures, one.status, one.past)
        biggest = f"Your biggest leak {'is that' if figures.alone else 'is'} {name}."
        parts = [
            biggest if first else f"{name[0].upper()}{name[1:]}.",
            say_figures(figures, one.status, self.unit),
            say_usual(figures, one.status, one.usual, one.past),
            self._worth(one.gain, renewing=one.link == "renew"),
            say_remedy(figures),
        ]
        return " ".join(part for part in parts if part)

    def _worth(self, gain: Gain | None, *, renewing: bool) -> str:
        if gain is None:
            return "What it would bring to mend it can't be told, as there is no other path to compare with."
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
        judged = self._with("fine")
        if not judged:
            return "There is too little on record to say where the funnel leaks."
        if all(one.usual is None for one in judged):
            return "Of what can be judged, nothing is missing; only a second path could tell what is weak."
        links = "The one link" if len(judged) == 1 else f"Each of the {len(judged)} links"
        return f"No leak is to be seen. {links} of which enough is known does about what one would expect."

    def _unsaid(self) -> list[str]:
        said = []
        thin = [one.link if one.figures.alone else f"{one.path} ({one.link})" for one in self._with("thin")]
        if thin:
            more = f" and {len(thin) - 6} more" if len(thin) > 6 else ""
            said.append(f"Too few to say: {listed(thin) if not more else ', '.join(thin[:6]) + more}.")
        unknown = [one.path for one in self._with("unknown")]
        if unknown:
            verb = "reach" if len(unknown) > 1 else "reaches"
            said.append(
                f"How many people {listed(unknown)} {verb} is not on record, so it can't be told what "
                "share of them comes forward: record how many read, listen or visit."
            )
        if all(one.figures.alone for one in self.links):
            said.append(_NO_PATHS)
        return [*said, *(_UNRECORDED[link] for link in self.unrecorded)]

    def _with(self, status: Status) -> list[LinkReport]:
        return [one for one in self.links if one.status == status]


def leaks(cycles: Cycles, *, capacity: float | None = None, caution: Caution = USUAL, seed: int = 1) -> Leaks:
    """Where the funnel leaks. `capacity`: how many new clients a month can be taken on."""
    figures = [] if not len(cycles) else measure_links(cycles, caution)
    judge = _Judge(cycles, Worth(cycles, figures, caution, seed, capacity), caution)
    links = tuple(judge.report(one) for one in figures)
    found = [one for one in links if one.status in {"missing", "weak"}]
    ranked = sorted(found, key=lambda one: -one.gain.first_year.value if one.gain else np.inf)
    unrecorded = [link for link in LINKS[:3] if link not in cycles.on_record] if figures else []
    return Leaks(cycles.unit, cycles.currency, links, tuple(ranked), tuple(unrecorded), capacity)


class _Judge:
    """What is missing, weak, thin or fine."""

    def __init__(self, cycles: Cycles, worth: Worth, caution: Caution) -> None:
        self.cycles, self.worth, self.caution = cycles, worth, caution
        self.responses = bool((cycles.responded_at < NEVER).any())

    def report(self, one: LinkFigures) -> LinkReport:
        usual = self.worth.usual(one)
        past = None
        status = self._plain_status(one)
        mended = None if status == "missing" else usual
        if status is None:
            status = self._status(one, usual)
            if status == "fine" and (past := self._past(one)) is not None:
                status, mended = "weak", past.mended
        leaks = status in {"missing", "weak"}
        return LinkReport(
            figures=one,
            status=status,
            share=TooFewConversions(0, self.caution.needed) if one.rate is None else one.rate.share,
            usual=None if usual is None else self._estimate(usual),
            past=past,
            time=self._time(one),
            gain=self.worth.gain(one, mended) if leaks and mended is not None else None,
        )

    def _plain_status(self, one: LinkFigures) -> Status | None:
        """What can be said without comparing."""
        needs = {"answer": "ask", "renew": "answer"}.get(one.link, one.link)
        if one.rate is None:
            return "unknown" if one.came else "none"
        if one.link == "generate" and not self.responses:
            return "unrecorded"
        unasked = one.link == "ask" and "answer" not in self.cycles.on_record  # and so nobody bought
        if needs not in self.cycles.on_record and one.link != "generate" and not unasked:
            return "unrecorded"
        if one.rate.began == 0:
            return "none"
        if min(one.rate.weight, one.rate.ripe) < max(self.caution.needed, 1):
            return "thin"
        return "missing" if unasked and "ask" not in self.cycles.on_record else None

    def _status(self, one: LinkFigures, usual: Floats | None) -> Status:
        part = (STRAY if one.open_cycle else STRAY_NAMED) if one.link == "generate" else np.inf
        stray = one.rate.began / part if one.rate else 0
        never = one.done <= stray and (one.link != "renew" or "ask" in self.cycles.on_record)
        own, staying = self.worth.own(one), self.worth.own(one, staying=True)
        if usual is None:
            return "missing" if never and np.median(own) < WEAK else "fine"
        below = min((own < usual).mean(), (staying < usual).mean())
        if one.link == "generate":
            odd = (own < (1 if never else WEAKEST) * usual).mean() >= SURE
        elif never:
            odd = below >= (SURER if one.link == "answer" else SURE)
        else:
            much = max(np.median(own), np.median(staying)) < WEAK * np.median(usual)
            odd = much and min(_apart(usual, own), _apart(usual, staying)) > APART
        return "fine" if not odd else "missing" if never else "weak"

    def _past(self, one: LinkFigures) -> Past | None:
        """What it did before, where the rate of lately is credibly below it."""
        if one.link not in {"nurture", "ask", "answer"} or one.rate is None:
            return None
        some, through = one.some, one.some.outcome == HAPPENED
        if not through.any():
            return None
        within = int(np.median(some.duration[through]))
        known = some.take(np.flatnonzero(some.followed >= within))
        lately = known.followed < within + LATELY
        of_each = [_within(known.take(np.flatnonzero(rows)), within) for rows in (lately, ~lately)]
        if min(began for _, began in of_each) < 2 * max(self.caution.needed, 1):
            return None
        now, then = (self.worth.rng.beta(n + 0.5, began - n + 0.5, DRAWS) for n, began in of_each)
        if (now < WEAK * then).mean() < PAST:
            return None
        mended = np.minimum(then * self.worth.own(one) / np.maximum((now + then) / 2, 1e-9), 1.0)
        lately_is, before_was = (wilson(n, began, self.caution.level) for n, began in of_each)
        return Past(within, lately_is, before_was, mended)

    def _estimate(self, draws: Floats) -> Estimate:
        found = self.worth.told(draws)
        return Estimate(found.value, found.low, found.high)

    def _time(self, one: LinkFigures) -> Duration | None:
        """By when half of those who got through had done so."""
        taken = one.some.duration[one.some.outcome == HAPPENED]
        if len(taken) < max(self.caution.needed, 1):
            return None
        low, half, high = np.quantile(taken, [0.25, 0.5, 0.75]).astype(np.int64).tolist()
        return Duration(half, low, high)


def _within(some: Attempts, within: int) -> tuple[int, int]:
    """How many of these got through within so long, and how many they are."""
    return int(np.count_nonzero((some.outcome == HAPPENED) & (some.duration <= within))), len(some)


def _apart(usual: Floats, own: Floats) -> float:
    """How far the log odds of two rates are apart, in standard errors."""
    usual, own = (np.log(some / (1 - some)) for some in (np.clip(r, 1e-9, 1 - 1e-9) for r in (usual, own)))
    return float((usual.mean() - own.mean()) / np.sqrt(usual.var() + own.var()))


_NO_PATHS = (
    "By which path people come is not on record, so no path can be compared with another: "
    "record the path of each touch (networking, content, referral …)."
)
_UNRECORDED = {
    "generate": "How people come to know you is not on record: record first meetings and requests.",
    "nurture": "No nurturing is on record (no mail, no talk), so whether people are nurtured can't be told.",
    "ask": "No ask is on record, so where asks are missing can't be told: record each direct offer you make.",
}


def _label(one: LinkReport) -> str:
    if one.status in {"none", "unrecorded"}:
        return ""
    if one.status == "unknown":
        return counted(one.figures.came, "lead")
    share = percent(one.share.value) if isinstance(one.share, Estimate) else "too few"
    stood = one.figures.rate.began if one.figures.rate else 0
    return f"{share} of {stood:,}" if isinstance(one.share, Estimate) else f"{stood:,}: too few"


def _number(value: float) -> str:
    """A number of clients as exactly as it matters: 12, 1.8, 0.25, 0."""
    if value >= 9.95 or value < 0.005:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 0.95 else f"{value:.2f}"


def _rounded(minor: float) -> int:
    """Money to two leading digits, in whole units where it is more than a few."""
    if minor < 1:
        return 0
    step: int = 10 ** max(int(np.log10(minor)) - 1, 0)
    return round(minor / step) * step
