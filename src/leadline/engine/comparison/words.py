"""Words of a comparison: a share, a gap, a probability, as exactly as they are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.estimates import Estimate, TooEarly
from leadline.engine.wording import called, listed, percent, plural, share_words, why_unsaid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leadline.engine.comparison.contest import Difference
    from leadline.engine.comparison.rivals import Rival

_MOST_NAMED = 3


def said_share(rival: Rival) -> str:
    """The share of a group with its interval; nothing where too little is known."""
    return share_words(rival.share) if isinstance(rival.share, Estimate) else ""


def gap_words(gap: Difference, first: str) -> str:
    """“4 points less than ads (between 1 and 7)”, “2 points less than ads (between 1 more and 5 less)”."""
    low, high, value = (point_words(limit, gap) for limit in (gap.low, gap.high, gap.value))
    sides = f"{low} and {high}"
    if gap.low < 0 < gap.high:
        sides = f"{_side(low, 'more')} and {_side(high, 'less')}"
    points, side = plural("point") if value != "1" else "point", "less" if gap.value >= 0 else "more"
    much = f"{value} {points} {side} than" if float(value) else "much the same as"
    return f"{much} {called(first)} (between {sides})"


def _side(points: str, side: str) -> str:
    return f"{points} {side}" if float(points) else "no difference"


def next_words(rival: Rival, first: Rival) -> str:
    """The second, and why it is not the first where it shows more."""
    if value_of(rival) > value_of(first):
        return f"{called(rival.name)}, whose {said_share(rival)} rest on {rival.began:,} only"
    return f"{called(rival.name)} with {said_share(rival)} of {rival.began:,}"


def others_words(rest: Sequence[Rival], first: str) -> str:
    """Those who are further behind, in one sentence."""
    names = listed([called(one.name) for one in rest], most=_MOST_NAMED)
    low, high = (percent(pick(value_of(one) for one in rest)) for pick in (min, max))
    shares = high if low == high else f"between {low.removesuffix(' %')} and {high}"
    better = probability_words(max(one.belief.better[first] for one in rest if one.belief))
    each = f"for each of them the chance of being better than {called(first)} is at most {better}"
    return f"Of the other {len(rest):,} ({names}) {shares} get there; {each}."


def uncompared(few: Sequence[Rival], more: int, unit: str) -> Iterator[str]:
    """Those of which too little is known, in one sentence; `more` are beyond the largest that are shown."""
    if len(few) == 1 and not more:
        yield f"{called(few[0].name, opens=True)} is not compared: {why_unsaid(few[0].share, unit)}."
    elif few:
        early = any(isinstance(one.share, TooEarly) for one in few)
        needed = max(one.share.needed for one in few if not isinstance(one.share, Estimate))
        why = "too few began with them, or too lately" if early else f"fewer than {needed:,} began with each"
        names = [f"{called(one.name)} ({one.began:,})" for one in few[:_MOST_NAMED]]
        left = len(few) - len(names) + more
        yield f"Not compared, as {why}: {listed([*names, *[f'{left:,} more'] * (left > 0)])}."
    elif more:
        yield f"{more:,} more, the smallest, {'is' if more == 1 else 'are'} not compared."


def value_of(rival: Rival) -> float:
    """The share of a group, 0 where too little is known."""
    return rival.share.value if isinstance(rival.share, Estimate) else 0.0


def times_words(number: float) -> str:
    """So many times: “2.4”, “31”."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


def point_words(value: float, gap: Difference) -> str:
    """A difference in percentage points, without its sign, as exactly as the interval is narrow."""
    width = gap.high - gap.low
    decimals = next((d for d in range(2) if width >= 2 / 10 ** (2 + d)), 2)
    return f"{100 * abs(value):.{decimals}f}"


def probability_words(value: float) -> str:
    """A probability, which is neither nothing nor all."""
    return percent(min(max(value, 1e-6), 1 - 1e-6))


def rounded(number: int) -> int:
    """A number to two digits: 1,234 is 1,200."""
    return round(number, 2 - len(str(number))) if number >= 100 else number
