"""Judgement: whether a link of a path is missing, weak, thin or fine.

Each path is judged at each link (`attempts` says who stands before it) by the share that gets through:

* *missing*: never done. Nobody nurtured on that path, nobody asked, nobody asked to renew; nobody who
  responds to what it reaches (or so few that they are strays), none of the asked who buys; and it is `SURE`
  (for an answer, which takes two, `SURER`) that fewer get through than one would expect by the other paths.
  Where there is no other, fewer than `WEAK`.
* *weak*: done, and credibly below. With r the rate of this path and u the rate that another path of this
  business has (`rates`), the median of r is below `WEAK` times that of u, and their log odds are `APART`
  standard errors apart (for generation: P(r < `WEAKEST` · u) is at least `SURE`); also when those who took
  their leave aren't counted, since self-selection is healthy. Or below the path's own past: of those of the
  last `LATELY`, whose rate r is known within the time that half took, P(r < `WEAK` · rate of before) is at
  least `PAST`.
* *thin*: fewer than the caution asks for have stood there, and for as long as it takes: too few to say. Or
  less than a week is on record.
* *fine*: none of these. *unknown*: whom the path reaches is not on record. *unrecorded*: that link is not on
  record (ends of custom, though people buy again), or it is judged together with the one before (`spans`).
  *none*: nobody ever stood there, since people take that step elsewhere.

Links that are judged together count as one, never done where nobody gets through the last of them, and are
compared with what the other paths get through all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from leadline.engine.cycle.advice import Past
from leadline.engine.cycle.suspicion import log_odds, suspect
from leadline.engine.cycle.worth import Gain, Worth
from leadline.engine.estimates import Caution, Duration, Estimate, TooFewConversions, wilson
from leadline.engine.instants import DAY, NEVER
from leadline.engine.survival import HAPPENED

if TYPE_CHECKING:
    from leadline.engine.cycle.attempts import Attempts
    from leadline.engine.cycle.cycles import Cycles, Link
    from leadline.engine.cycle.links import LinkFigures
    from leadline.engine.cycle.rates import Floats

WEAK, WEAKEST = 0.5, 0.2
"""The part of what one would expect below which a link is weak; for generation, paths differ more."""
STRAY, STRAY_NAMED = 10_000, 100
"""Where no more than one in so many (of an audience, of people known by name) came forward, it is nobody."""
APART = 2.5
"""By how many standard errors the log odds of a weak link are at least below what one would expect."""
SURE, SURER = 0.95, 0.96
"""How sure one has to be that a link never done is below (an answer takes two), or one of generation."""
LAGS = 1.0
"""By how many standard errors a link that isn't a leak has to be behind to be worth a look."""
PAST = 0.997
"""How sure one has to be that it is below its own past: every link is looked at."""
LATELY = 120 * DAY
"""What counts as lately, beside the past."""

Status = Literal["missing", "weak", "thin", "fine", "unknown", "unrecorded", "none"]


@dataclass(frozen=True, eq=False)
class LinkReport:
    """One link of one path, judged.

    `usual` is what the other paths lead one to expect, `past` what this path's own past does where that is
    why it is weak; `time` the quartile, half and three quarters of those who got through. `behind`: by how
    many standard errors of log odds it is below the usual; None where there is nothing to compare with.
    `gain`: what mending it is worth, for leaks and for links that are behind.
    """

    figures: LinkFigures
    status: Status
    share: Estimate | TooFewConversions
    usual: Estimate | None
    past: Past | None
    time: Duration | None
    behind: float | None
    suspicion: float | None
    gain: Gain | None

    @property
    def path(self) -> str:
        """The path."""
        return self.figures.path

    @property
    def link(self) -> Link:
        """The link."""
        return self.figures.link

    @property
    def leaks(self) -> bool:
        """Whether it is a leak: missing, or weak."""
        return self.status in {"missing", "weak"}

    @property
    def lags(self) -> bool:
        """Whether it is no leak, and yet so far behind that it is worth a look."""
        return self.status == "fine" and self.behind is not None and self.behind >= LAGS

    def fields(self) -> dict[str, Any]:
        """The link as flat data; times in days, money in minor units; a gain only where it leaks or lags.

        `until`: the last of the links that are judged together as this one; None where it is judged alone.
        """
        rate, gain = self.figures.rate, self.gain if self.leaks or self.lags else None
        row: dict[str, Any] = {
            "path": self.path,
            "link": self.link,
            "until": self.figures.until,
            "status": self.status,
            "stood": rate.began if rate else None,
            "through": rate.through if rate else self.figures.came,
            "done": self.figures.done,
            "left": rate.left if rate and self.link != "renew" else None,
            "idle": self.figures.idle,
        }
        row |= self.share.fields("share")
        usual = self.past.before if self.past else self.usual
        row["usual"] = usual.value if usual else None
        half = self.time.value if self.time else None
        row["half_within_days"] = None if half is None else half / DAY
        row["clients_a_month"] = gain.clients.value if gain else None
        row["clients_a_month_low"] = gain.clients.low if gain else None
        row["clients_a_month_high"] = gain.clients.high if gain else None
        row["money_a_month"] = round(gain.money.value) if gain and gain.money else None
        row["clients_in_first_year"] = gain.first_year.value if gain else None
        return row


class Judge:
    """What is missing, weak, thin or fine."""

    def __init__(self, cycles: Cycles, worth: Worth, caution: Caution) -> None:
        self.cycles, self.worth, self.caution = cycles, worth, caution
        self.responses = bool((cycles.responded_at < NEVER).any())

    def report(self, one: LinkFigures) -> LinkReport:
        """One link of one path, judged, and what mending it is worth."""
        past, behind, suspicion, status = None, None, None, self._plain_status(one)
        usual = mended = None if status == "missing" else self.worth.usual(one)
        if status is None:
            own, staying = self.worth.own(one), self.worth.own(one, staying=True)
            if usual is not None:
                behind = min(_apart(usual, own), _apart(usual, staying))
                suspicion = _suspect(usual, one) if behind > 0 else None
            status = self._status(one, usual, own, staying)
            if status == "fine" and (past := self._past(one)) is not None:
                status, mended = "weak", past.mended
        worth_telling = status in {"missing", "weak"} or (behind is not None and behind > 0)
        return LinkReport(
            figures=one,
            status=status,
            share=self._share(one),
            usual=None if usual is None else self._estimate(usual),
            past=past,
            time=self._time(one),
            behind=behind,
            suspicion=suspicion,
            gain=self.worth.gain(one, mended) if worth_telling and mended is not None else None,
        )

    def _share(self, one: LinkFigures) -> Estimate | TooFewConversions:
        if one.rate is None or self.cycles.young:
            return TooFewConversions(one.rate.through if one.rate else 0, self.caution.needed)
        return one.rate.share

    def _unrecorded(self, link: Link) -> bool:
        """Whether a link is nowhere on record; of renewals, whether nobody wrote down who came to an end."""
        if link == "generate":
            return not self.responses
        terms = self.cycles.renewals
        if link == "renew" and len(terms) >= max(self.caution.needed, 1) and terms.renewed.all():
            return True
        return {"answer": "ask", "renew": "answer"}.get(link, link) not in self.cycles.on_record

    def _plain_status(self, one: LinkFigures) -> Status | None:
        """What can be said without comparing."""
        if one.rate is None:
            return "unknown" if one.came else "none"
        whole = one.until is None
        unasked = whole and one.link == "ask" and "answer" not in self.cycles.on_record  # so nobody bought
        if one.covered or (whole and self._unrecorded(one.link) and not unasked):
            return "unrecorded"
        if one.rate.began == 0:
            return "none"
        if self.cycles.young or min(one.rate.weight, one.rate.ripe) < max(self.caution.needed, 1):
            return "thin"
        return "missing" if unasked and "ask" not in self.cycles.on_record else None

    def _status(self, one: LinkFigures, usual: Floats | None, own: Floats, staying: Floats) -> Status:
        part = (STRAY if one.open_cycle else STRAY_NAMED) if one.link == "generate" else np.inf
        stray = one.rate.began / part if one.rate else 0
        never = one.done <= stray and (one.link != "renew" or "ask" in self.cycles.on_record)
        if usual is None:
            return "missing" if never and np.median(own) < WEAK else "fine"
        below = min((own < usual).mean(), (staying < usual).mean())
        if one.link == "generate":
            odd = (own < (1 if never else WEAKEST) * usual).mean() >= SURE
        elif never:
            odd = below >= (SURER if one.last == "answer" else SURE)
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
        now, then = (self.worth.rng.beta(n + 0.5, began - n + 0.5, self.worth.draws) for n, began in of_each)
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


def _suspect(usual: Floats, one: LinkFigures) -> float:
    """The chance that a link leaks, of all who stood there and of those who didn't take their leave."""
    assert one.rate is not None
    return min(suspect(usual, one.rate.passed, of) for of in (one.rate.weight, one.rate.stayed))


def _apart(usual: Floats, own: Floats) -> float:
    """How far the log odds of two rates are apart, in standard errors."""
    usual, own = log_odds(usual), log_odds(own)
    return float((usual.mean() - own.mean()) / np.sqrt(usual.var() + own.var()))
