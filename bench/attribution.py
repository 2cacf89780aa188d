"""Attribution: Markov's removal effects from a million journeys, beside the package ChannelAttribution.

    python bench/attribution.py
    python bench/attribution.py --journeys 100000 --repeat 1
    python bench/attribution.py --report 20          # and the whole report, over 20 M touches of 1 M contacts

Both are given the same journeys, in two forms: one row a journey, and one row a distinct journey with
counts. Each gets them in its own form, ready before the clock starts: ChannelAttribution a frame with texts
(“a > b > c”) and counts, Leadline arrays of numbers. So that nothing hangs on that, Leadline is also timed
from the frame's texts on. ChannelAttribution simulates until ten repetitions differ by less than 5 % (its
default), with as many threads as there are cores; Leadline solves the chain. Tools take turns; the table
shows medians. Below it stands how far each is from the chain solved anew without each value.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from rich.console import Console
from rich.table import Table

from leadline.engine.credit.chains import Chain, count_chain, removal_effects
from leadline.engine.credit.journeys import Journeys
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.kinds import Kinds
from leadline.engine.reports.attribution import attribution
from leadline.engine.touches import MISSING, Column, Touches

with contextlib.redirect_stdout(io.StringIO()):  # it greets whoever imports it
    import ChannelAttribution

PATHS = tuple(
    "website social content email referral advertising partnership networking speaking outbound list".split()
)
MILLION = 1_000_000
GOAL_SECONDS = 5
START, TWO_YEARS = 1_704_067_200_000_000, 730 * 86_400_000_000
Floats = npt.NDArray[np.float64]


def main() -> None:
    """Measure as the command line says, and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--journeys", type=int, default=MILLION)
    asked.add_argument("--repeat", type=int, default=3)
    asked.add_argument("--order", type=int, default=1, choices=(1, 2, 3))
    asked.add_argument(
        "--report", type=float, metavar="M", help="time the whole report over so many M touches"
    )
    given = asked.parse_args()
    journeys = _draw(given.journeys)
    frame = _frame(journeys)
    distinct = frame.groupby("path", sort=False, as_index=False).sum()
    console = Console(width=max(Console().width, 108))
    table = Table(
        "journeys", "rows", "ChannelAttribution", "Leadline", "Leadline, from texts", "ratio", "from texts"
    )
    found: dict[str, Floats] = {}
    for name, rows in (("one by one", frame), ("distinct, with counts", distinct)):
        ours = journeys if rows is frame else _read(distinct)
        tools: dict[str, Callable[[], Floats]] = {
            "theirs": lambda rows=rows: _theirs(rows, given.order),
            "ours": lambda ours=ours: removal_effects(count_chain(ours, given.order))[0],
            "from texts": lambda rows=rows: removal_effects(count_chain(_read(rows), given.order))[0],
        }
        took, answers = _turns(tools, given.repeat)
        found |= answers
        times = [f"{took[tool]:.3f} s" for tool in tools]
        ratios = [f"{took['theirs'] / took[tool]:.1f} ×" for tool in ("ours", "from texts")]
        table.add_row(name, f"{len(rows):,}", *times, *ratios)
    console.print(table)
    chain = count_chain(journeys, given.order)
    exact = _removal_by_removal(chain)
    console.print(f"furthest from the exact solution: Leadline {np.abs(found['ours'] - exact).max():.1e}, "
                  f"ChannelAttribution {np.abs(found['theirs'] - exact).max():.1e}")  # fmt: skip
    if given.report:
        _time_report(console, round(given.report * MILLION), given.repeat)


def _draw(number: int) -> Journeys:
    """Journeys of one to some forty touchpoints; referrals and talks lead somewhere more often."""
    rng = np.random.default_rng(1)
    lengths = np.minimum(rng.geometric(0.25, number), 40)
    value = rng.choice(len(PATHS), int(lengths.sum()), p=np.arange(1, 12) / 66).astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    likely = np.linspace(0.02, 0.3, len(PATHS))[value[starts[1:] - 1]]
    won = (rng.random(number) < likely).astype(np.int64)
    return Journeys(PATHS, starts, value, np.zeros(len(value), np.int64), won, 1 - won, np.zeros_like(won))


def _frame(journeys: Journeys) -> pd.DataFrame:
    names = np.array(journeys.names, dtype=object)[journeys.value]
    texts = [" > ".join(part) for part in np.split(names, journeys.starts[1:-1])]
    return pd.DataFrame({"path": texts, "won": journeys.won, "lost": journeys.lost})


def _read(frame: pd.DataFrame) -> Journeys:
    """The journeys of a frame: its texts split and numbered."""
    place, texts = {name: number for number, name in enumerate(PATHS)}, frame["path"].tolist()
    lengths = np.fromiter((text.count(">") + 1 for text in texts), np.int64, len(texts))
    words = " > ".join(texts).split(" > ")
    value = np.fromiter(map(place.__getitem__, words), np.int32, len(words))
    starts = np.concatenate([[0], np.cumsum(lengths)])
    won, lost = frame["won"].to_numpy(), frame["lost"].to_numpy()
    return Journeys(PATHS, starts, value, np.zeros(len(value), np.int64), won, lost, np.zeros_like(won))


def _theirs(frame: pd.DataFrame, order: int) -> Floats:
    how = {"ncore": os.cpu_count() or 1, "seed": 1, "verbose": False, "flg_pro": False, "out_more": True}
    found: Any = ChannelAttribution.markov_model(frame, "path", "won", var_null="lost", order=order, **how)
    effects = found["removal_effects"] if isinstance(found, dict) else found[2]
    by_name: Floats = effects.set_index("channel_name")["removal_effect"].loc[list(PATHS)].to_numpy()
    return by_name


def _removal_by_removal(chain: Chain) -> Floats:
    """The removal effects by solving the chain anew without each value."""
    moves = np.zeros((chain.states, chain.states))
    moves[chain.source, chain.target] = chain.moves.sum(axis=0)
    won, begin = chain.won.sum(axis=0), chain.begun.sum(axis=0)
    left = moves.sum(axis=1) + won + chain.lost.sum(axis=0)
    moves, won, begin = moves / left[:, None], won / left, begin / begin.sum()

    def won_in(kept: npt.NDArray[np.bool_]) -> float:
        stay = np.eye(int(kept.sum())) - moves[np.ix_(kept, kept)]
        return float(begin[kept] @ np.linalg.solve(stay, won[kept]))

    whole = won_in(np.ones(chain.states, dtype=bool))
    return np.array([1 - won_in(~held) / whole for held in chain.holds])


def _turns(tools: dict[str, Callable[[], Floats]], repeat: int) -> tuple[dict[str, float], dict[str, Floats]]:
    """The median time of each tool over so many turns, and what each found."""
    took: dict[str, list[float]] = {name: [] for name in tools}
    found: dict[str, Floats] = {}
    for _ in range(repeat):
        for name, run in tools.items():
            began = time.perf_counter()
            found[name] = run()
            took[name].append(time.perf_counter() - began)
    return {name: median(times) for name, times in took.items()}, found


def _time_report(console: Console, touches: int, repeat: int) -> None:
    """The whole report, all seven models and their intervals, once history is there."""
    log = _log(touches)
    history = derive(log, load_funnel("sales-cycle"))
    attribution(history, log.take(np.arange(len(log))))  # fetches what is compiled
    times, worked = [], []
    for _ in range(repeat):
        began, cpu = time.perf_counter(), time.process_time()
        found = attribution(history, log)
        times.append(time.perf_counter() - began)
        worked.append(time.process_time() - cpu)
    seconds = median(times)
    whom = f"{touches / MILLION:g} M touches, {len(history.subjects):,} contacts, {found.traced:,} clients"
    goal = "reached" if seconds < GOAL_SECONDS else "missed"
    console.print(f"the report over {whom}: {seconds:.2f} s (goal: under {GOAL_SECONDS} s, {goal}), "
                  f"{median(worked):.2f} s of processor time")  # fmt: skip


def _log(number: int) -> Touches:
    """Touches in no order, twenty a contact, over two years."""
    rng, kinds, contacts = np.random.default_rng(1), Kinds.shipped(), max(number // 20, 1)
    names = {"visited": 20, "subscribed": 5, "mailed": 30, "opened": 15, "clicked": 10, "attended": 8}
    names |= {"called": 5, "asked": 3, "said_no": 2, "bought": 1, "told_need": 1}
    codes = np.array([kinds.code(name) for name in names], np.uint16)
    kind = codes[rng.choice(len(codes), number, p=np.array(list(names.values())) / 100)]
    value = np.where(kind == kinds.code("bought"), rng.integers(1_000, 100_000, number), MISSING)
    path = rng.choice(len(PATHS), number, p=np.arange(1, 12) / 66).astype(np.int32)
    contact = rng.integers(0, contacts, number).astype(np.int32)
    at = START + rng.integers(0, TWO_YEARS, number)
    return Touches(
        kinds, Column(contact, range(contacts)), kind, at, {"path": Column(path, PATHS)}, value=value
    )


if __name__ == "__main__":
    main()
