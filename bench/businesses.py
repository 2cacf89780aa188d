"""Invented businesses, none of which was looked at while the reports were written.

`random_business(seed)` draws every parameter of a business from the distributions below. Their ranges are
those of the five shipped businesses (coach, agency, B2B team, SaaS, blogger), widened, since real ones
differ more than five do. U(a, b) is uniform, L(a, b) uniform in the logarithm.

* Paths: 1 to 7 (most have 3 to 5), of TRADES, no trade twice unless all are used. A closed path
  (networking, a list) knows everybody by name; an open one (a talk, a blog) counts those whom it reaches.
  With three or more paths, half of the businesses nurture by a newsletter that reaches nobody itself.
* Contacts in two years: lognormal around 1,300 with sd 0.8, between 100 and 10,000; parted among the paths
  by Dirichlet(1.5), so that one path often brings half of them and another hardly any.
* Rates of nurture, ask and yes: the business has a level (nurture U(0.18, 0.42), ask U(0.45, 0.85), yes
  U(0.15, 0.4)), and each path has its own, at that level's logit + warmth + N(0, sd), with sd U(0.3, 0.45)
  once a business. Warmth is the trade's: people whom somebody recommends trust more, names on a list less.
  Together they make a rate of 40 % one of 25 to 58 % on most other paths, as in the shipped businesses.
* Rate of generate: the trade's own usual one, at its logit + N(0, 0.4): of those who see a post few
  respond, of those who are recommended most do. Renewals: asked U(0.75, 0.98), renewed U(0.5, 0.88), each
  with N(0, 0.25).
* Delays: means of respond U(1, 9), nurture L(9, 75), ask L(5, 20), answer L(2.5, 24) and closing L(0.3, 15)
  days; spread U(0.6, 1.1); gamma or lognormal, one as likely as the other. A week's trial or a quarter's
  tender.
* Growth U(−10 %, 40 %) a year. Season: every month lognormal with sd 0.15, and July and August U(0.6, 1).
* Jumps: before they are nurtured U(0, 0.3) of the people of a path move to one or two others; where there
  is a newsletter, U(0.2, 0.6) of the people of open paths and U(0, 0.3) of those of closed ones move there
  besides. After a conversation U(0, 0.15) are asked elsewhere: most are asked where they talked.
* A second ask: U(0.2, 0.45) of those who did not say yes, at most 1, 2 or 3 asks (1:3:1), after L(45, 150)
  days, each U(0.55, 0.8) as likely to end in a yes. *Not now* U(0.1, 0.3), silence U(0.15, 0.6).
* Half of them sell what is renewed, after 91, 182 or 365 days.
* Prices L(60, 20,000), one to three offers, with a spread of U(0, 0.5) for half of the businesses.
* Records: a quarter are perfect. In the others each flaw is U(0, most): 8 % of touches missing, 20 % late,
  2 % twice, 6 % followed by a machine's, 3 % of people with two ids, 15 % of typed stages stale.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from leadline.engine.simulate import Business


@dataclass(frozen=True)
class Trade:
    """A sort of path: what it may be called, whether it is open, and how people are reached and respond."""

    names: tuple[str, ...]
    usual: float
    reach_by: dict[str, float]
    respond_by: dict[str, float]
    open: bool = False
    warmth: float = 0.0
    skips: tuple[float, float] = (0.02, 0.12)
    more: dict[str, Any] = field(default_factory=dict)


TALKS = {"ask_by": {"asked": 2, "proposed": 1}, "prove_by": {"had_meeting": 2, "called": 1}}
TRADES = (
    Trade(("networking", "chamber of commerce", "trade fair"), 0.45, {"introduced": 1},
          {"met": 3, "requested_info": 2, "filled_form": 1}, more=TALKS),
    Trade(("referral", "word of mouth"), 0.7, {"introduced": 1}, {"referred": 3, "requested_info": 1},
          warmth=0.5, skips=(0.15, 0.35), more=TALKS),
    Trade(("partnership", "resellers"), 0.6, {"introduced": 1}, {"requested_info": 1, "filled_form": 1},
          warmth=0.4, skips=(0.1, 0.3), more=TALKS),
    Trade(("outbound", "cold calls"), 0.15, {"cold_emailed": 2, "cold_called": 2}, {"requested_info": 1},
          warmth=-0.3, more=TALKS),
    Trade(("list", "bought addresses"), 0.08, {"listed": 1}, {"requested_info": 1, "filled_form": 1},
          warmth=-0.4, more=TALKS),
    Trade(("website", "search"), 0.015, {"visited": 1}, {"filled_form": 2, "downloaded": 1}, open=True),
    Trade(("content", "blog", "podcast"), 0.012, {"posted": 1}, {"downloaded": 2, "subscribed": 1}, open=True,
          warmth=-0.1),
    Trade(("social", "Instagram"), 0.007, {"posted": 1}, {"followed": 2, "commented": 1}, open=True,
          warmth=-0.3, more={"heed_by": {"liked": 3, "commented": 1}, "warm_by": {"chatted": 2, "called": 1}},
          ),
    Trade(("advertising", "ads"), 0.008, {"advertised": 1}, {"clicked_ad": 1, "filled_form": 2}, open=True,
          warmth=-0.3),
    Trade(("speaking", "webinars"), 0.09, {"spoke": 1}, {"registered": 2, "downloaded": 1}, open=True),
)  # fmt: skip
NEWSLETTER = "newsletter"


def random_business(seed: int) -> Business:
    """A whole business, every parameter drawn as the module says; the same seed gives the same one."""
    return _Draw(seed).business()


class _Draw:
    def __init__(self, seed: int) -> None:
        self.seed, self.rng = seed, np.random.default_rng([seed, 20_260])

    def business(self) -> Business:
        count = int(self.rng.choice(np.arange(1, 8), p=[0.05, 0.1, 0.2, 0.25, 0.2, 0.12, 0.08]))
        newsletter = count >= 3 and self.rng.random() < 0.5
        trades = [TRADES[place] for place in self.rng.permutation(len(TRADES))[: count - newsletter]]
        names = [str(self.rng.choice(trade.names)) for trade in trades]
        level = {"nurture": self.even(0.18, 0.42), "ask": self.even(0.45, 0.85), "yes": self.even(0.15, 0.4)}
        level |= {"renewal_ask": self.even(0.75, 0.98), "renew": self.even(0.5, 0.88)}
        spread = self.even(0.3, 0.45)
        paths = [self.path(*one, level, spread) for one in zip(names, trades, strict=True)]
        paths = self.with_numbers(paths)
        for path, trade in zip(paths, trades, strict=True):
            path["jumps"] = self.jumps(path["name"], names, 0.3)
            if newsletter:
                path["jumps"][NEWSLETTER] = self.even(0.2, 0.6) if trade.open else self.even(0, 0.3)
            path["ask_jumps"] = self.jumps(path["name"], names, 0.15)
        if newsletter:
            paths.append(self.newsletter(level, spread))
        return Business.model_validate({"name": f"Business {self.seed}", "paths": paths} | self.habits())

    def habits(self) -> dict[str, Any]:
        """What belongs to the whole business."""
        rng, summer = self.rng, self.even(0.6, 1)
        season = np.exp(rng.normal(0, 0.15, 12)) * np.where(np.isin(np.arange(12), [6, 7]), summer, 1)
        renewal = {"term_days": int(rng.choice([91, 182, 365])), "notice_rate": self.even(0.3, 0.8)}
        return {
            "owners": ["Ada", "Ben", "Cleo"][: int(rng.integers(1, 4))],
            "offers": self.offers(),
            "growth_per_year": self.even(-0.1, 0.4),
            "season": season.tolist(),
            "not_now_rate": self.even(0.1, 0.3),
            "silence_rate": self.even(0.15, 0.6),
            "closing": self.delay(0.3, 15),
            "again": {
                "rate": self.even(0.2, 0.45),
                "delay": self.delay(45, 150),
                "yes_factor": self.even(0.55, 0.8),
                "asks_at_most": int(rng.choice([1, 2, 3], p=[0.2, 0.6, 0.2])),
            },
            "renewal": renewal if rng.random() < 0.5 else None,
            "flaws": self.flaws(),
        }

    def path(
        self, name: str, trade: Trade, level: dict[str, float], spread: float, **more: Any
    ) -> dict[str, Any]:
        """A path with its own rates and delays; how many it reaches comes later."""
        return {
            "name": name,
            "cycle": "open" if trade.open else "closed",
            "occasions_per_month": self.even_log(1.5, 12),
            "generate_rate": self.near(trade.usual, 0.4),
            "respond": self.delay(1, 9),
            "skip_rate": self.even(*trade.skips),
            "unnamed_rate": self.even(0, 0.1) if trade.open and self.rng.random() < 0.3 else 0,
            "nurture_rate": self.near(level["nurture"], spread, trade.warmth),
            "nurture_touches": self.even(1.2, 5),
            "nurture": self.delay(9, 75),
            "heed_rate": self.even(0.3, 0.5),
            "leave_rate": self.even(0.05, 0.35),
            "ask_rate": self.near(level["ask"], spread, trade.warmth),
            "ask": self.delay(5, 20),
            "prove_touches": self.even(0.5, 2),
            "yes_rate": self.near(level["yes"], spread, trade.warmth),
            "answer": self.delay(2.5, 24),
            "renewal_ask_rate": self.near(level["renewal_ask"], 0.25),
            "renew_rate": self.near(level["renew"], 0.25),
            "reach_by": trade.reach_by,
            "respond_by": trade.respond_by,
            **trade.more,
            **more,
        }

    def newsletter(self, level: dict[str, float], spread: float) -> dict[str, Any]:
        """The path on which people of other paths are nurtured by e-mail."""
        trade = Trade((NEWSLETTER,), 0.01, {"posted": 1}, {"subscribed": 1}, open=True)
        nurtures = {"heed_by": {"opened": 4, "clicked": 1}, "warm_by": {"replied": 3, "called": 1}}
        touches = self.even(4, 7)
        return self.path(NEWSLETTER, trade, level, spread, nurture_touches=touches, **nurtures) | {
            "reached_per_month": 0,
            "generate_rate": 0,
            "nurture": self.delay(30, 75),
            "unnamed_rate": 0,
        }

    def with_numbers(self, paths: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """How many people each path reaches, so that so many contacts come of them in two years."""
        contacts = float(np.clip(np.exp(self.rng.normal(np.log(1300), 0.8)), 100, 10_000))
        shares = self.rng.dirichlet(np.full(len(paths), 1.5))
        for path, share in zip(paths, shares.tolist(), strict=True):
            known = path["generate_rate"] * (1 - path["unnamed_rate"]) if path["cycle"] == "open" else 1
            path["reached_per_month"] = contacts * share / 24 / known
        return paths

    def jumps(self, name: str, names: list[str], most: float) -> dict[str, float]:
        others = [other for other in names if other != name]
        if not others:
            return {}
        targets = self.rng.permutation(others)[: int(self.rng.integers(1, 3))].tolist()
        shares = self.rng.dirichlet(np.ones(len(targets))) * self.even(0, most)
        return dict(zip(targets, shares.tolist(), strict=True))

    def offers(self) -> list[dict[str, Any]]:
        usual, spread = self.even_log(60, 20_000), self.even(0, 0.5) * (self.rng.random() < 0.5)
        return [
            {
                "name": f"Offer {number}",
                "price": round(usual * self.even(0.4, 2.5), 2),
                "spread": spread,
                "weight": self.even(0.5, 3),
            }
            for number in range(1, int(self.rng.integers(2, 5)))
        ]

    def flaws(self) -> dict[str, float]:
        most = {"missing_rate": 0.08, "late_rate": 0.2, "duplicate_rate": 0.02, "machine_rate": 0.06}
        most |= {"twin_rate": 0.03, "stale_rate": 0.15}
        found = {name: self.even(0, limit) for name, limit in most.items()}
        return dict.fromkeys(found, 0.0) if self.rng.random() < 0.25 else found

    def delay(self, low: float, high: float) -> dict[str, Any]:
        shape = "gamma" if self.rng.random() < 0.5 else "lognormal"
        return {"mean_days": self.even_log(low, high), "spread": self.even(0.6, 1.1), "shape": shape}

    def near(self, rate: float, spread: float, warmth: float = 0) -> float:
        """A rate near another: so far from its logit."""
        logit = np.log(rate / (1 - rate)) + warmth + self.rng.normal(0, spread)
        return float(1 / (1 + np.exp(-logit)))

    def even(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def even_log(self, low: float, high: float) -> float:
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))
