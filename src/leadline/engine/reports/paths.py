"""Paths: what each path does at each link of the cycle, and how people move from path to path.

*The matrix.* For each path and link how many stood before the link, how many got through, the share that
does (Aalen and Johansen, those who stood there too short being censored; `attempts` says who stands where,
`rates` within what time), and the touches it took. A contact counts at each link on the path where that link
took place, so a path can nurture those who came by another.

*The flow.* Everybody stands on the path by which they came, those who were nurtured (or talked with us) on
the one where that began, those who were asked on the one of the first ask, and the last column has the
clients. Who goes no further ends where they stand, so each column holds all who got so far, once.

A client *passed through* a path if it is one of those. Income: of all purchases of those who came by a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.cycle.cycles import LINKS, Cycles, Link
from leadline.engine.cycle.links import NO_PATHS, NOT_KNOWN, LinkFigures, measure_links
from leadline.engine.estimates import USUAL, Caution, Estimate, TooFewConversions
from leadline.engine.instants import DAY, NEVER
from leadline.engine.money import money_words
from leadline.engine.touches import MISSING
from leadline.engine.wording import called, counted, listed, number_words, percent, relative

if TYPE_CHECKING:
    import altair as alt
    import numpy.typing as npt

    from leadline.engine.cycle.firsts import Codes, Mask

STEPS = ("came by", "nurtured by", "asked by", "clients")
"""The columns of the flow."""

_GOT = {None: "", "ask": " were asked", "answer": " became clients"}
_MOST_LINES, _TWICE, _HALF, _TENTH, _SOME = 8, 2, 0.5, 0.1, 3


@dataclass(frozen=True)
class Cell:
    """One link of one path: how many stood before it, and got through; the share that does within `days`.

    `share` is None where those who stood there were never counted. `touches` of that link were spent on the
    path; `never`: never done for anybody, though elsewhere; `until`: the last of the links judged with it.
    """

    path: str
    link: Link
    before: int | None
    through: int
    share: Estimate | TooFewConversions | None
    days: float | None
    touches: int
    never: bool
    until: Link | None = None

    def fields(self) -> dict[str, Any]:
        """The cell as flat data."""
        names = ("path", "link", "until", "before", "through", "touches")
        row: dict[str, Any] = {name: getattr(self, name) for name in names} | {"within_days": self.days}
        unsaid = dict.fromkeys(("share", "share_low", "share_high")) | {"share_unsaid": "never counted"}
        return row | (unsaid if self.share is None else self.share.fields("share"))


@dataclass(frozen=True)
class Total:
    """What a path does in all: who came by it, who of those was nurtured and became a client, and its income.

    Of all clients: `passed` it on their way, and were asked on it (`closed`, by an ask on record).
    `nurtured_by` and `asked_by` tell on which paths those who came by it were nurtured, and those of them
    who became clients asked, most first. `income` is in minor units, None where no money is on record.
    """

    path: str
    came: int
    nurtured: int
    clients: int
    passed: int
    closed: int
    touches: int
    income: int | None
    nurtured_by: tuple[tuple[str, int], ...]
    asked_by: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Move:
    """How many went from a path in one column of the flow to one in the next; `clients` are clients now."""

    step: int
    source: str
    target: str
    count: int
    clients: int


@dataclass(frozen=True)
class Paths:
    """The matrix of paths and links, what each path does in all (most contacts first), and the moves.

    Of all `contacts` so many were `nurtured` (or talked with us), `asked` (None where no ask is on record)
    and became `clients`: so many `unasked`, without an ask on record; so many `jumped` from path to path.
    """

    unit: str
    currency: str | None
    contacts: int
    nurtured: int
    asked: int | None
    clients: int
    unasked: int
    jumped: int
    cells: tuple[Cell, ...]
    totals: tuple[Total, ...]
    steps: tuple[Move, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each path and link, with the clients and the income of those who came by the path."""
        totals = {total.path: total for total in self.totals}
        return [
            cell.fields() | {"clients": totals[cell.path].clients, "income": totals[cell.path].income}
            for cell in self.cells
        ]

    def moves(self) -> list[dict[str, Any]]:
        """A dict for each move: from which column to which, from which path to which, how many."""
        return [{"from": STEPS[move.step], "to": STEPS[move.step + 1]} | vars(move) for move in self.steps]

    def sentences(self) -> list[str]:
        """What the paths do, the most important first."""
        if not self.contacts:
            return ["Nobody is on record yet, so no path leads anywhere."]
        return [
            *self._whole(),
            *self._closers(),
            *self._starters(),
            *self._effort(),
            *self._money(),
            *self._journeys(),
        ]

    def chart(self) -> alt.Chart:
        """The matrix: how many of those before each link got through, path by path."""
        title, description = "What each path does at each link", " ".join(self.sentences()[:3])
        rows = [
            {"row": cell.path, "column": cell.link, "label": _label(cell), "tone": _tone(cell)}
            for cell in self.cells
        ]
        return charts.matrix(rows, title, description, noun="path")

    def flow(self) -> alt.Chart:
        """From path to path along the cycle; what ends in a path went no further."""
        title, description = "From path to path", " ".join(self.sentences()[:3])
        rows = [vars(move) for move in self.steps]
        return charts.flow(rows, title, description, columns=("came by, went on", *STEPS[1:]))

    def _whole(self) -> Iterator[str]:
        became = f"{number_words(self.clients)} became {'a client' if self.clients == 1 else 'clients'}"
        warm = [f"{number_words(self.nurtured)} {_were(self.nurtured)} nurtured"] * (self.nurtured > 0)
        asked = [] if self.asked is None else [f"{number_words(self.asked)} {_were(self.asked)} asked"]
        became += f" ({self.unasked:,} without an ask on record)" if self.asked and self.unasked else ""
        lacking = [what for what, done in (("nurturing", warm), ("ask", asked)) if not done]
        none = f"; no {' and no '.join(lacking)} is on record" if lacking else ""
        yield f"Of {counted(self.contacts, self.unit)}, {listed([*warm, *asked, became])}{none}."
        if not self._known():
            yield "No path is on record, so it can't be said where they came from."
        elif self.clients:
            changed, stayed = (number_words(some) for some in (self.jumped, self.clients - self.jumped))
            yield f"Of the clients, {changed} changed paths on the way and {stayed} stayed on one."

    def _closers(self) -> Iterator[str]:
        """Paths that close more than they start, and paths that many clients pass which came by others."""
        for total in self._known():
            passed = f"{total.passed:,} of {counted(self.clients, 'client')} passed through it"
            few = f"{total.clients:,}" if total.clients else "none"
            if total.closed >= max(_TWICE * total.clients, total.clients + _SOME):
                came = f"{few} of {counted(self.clients, 'client')} came by it"
                closed = f"{total.closed:,} {_were(total.closed)} asked on it"
                yield f"{called(total.path, opens=True)} starts few and closes many: {came}, and {closed}."
            elif total.passed >= max(_TWICE * total.clients, _SOME, _TENTH * self.clients):
                yield f"{called(total.path, opens=True)} brings few clients by itself ({few}), but {passed}."

    def _starters(self) -> Iterator[str]:
        """Paths whose clients are mostly asked elsewhere."""
        for total in self._known():
            elsewhere = [(path, count) for path, count in total.asked_by if path != total.path]
            away = sum(count for _, count in elsewhere)
            if away >= max(_HALF * total.clients, _SOME) and total.clients >= _TENTH * self.clients:
                came = f"{total.clients:,} of {counted(self.clients, 'client')} came by it"
                path, most = elsewhere[0]
                split = "" if most == away else f"on another path, {most:,} of them "
                asked = f"{away:,} were asked {split}by {called(path)}"
                yield f"{called(total.path, opens=True)} starts what others close: {came}, and {asked}."

    def _effort(self) -> Iterator[str]:
        spent = sum(total.touches for total in self.totals)
        most = max(self._known(), key=lambda total: total.touches, default=None)
        if most and spent and self.clients and len(self.totals) > 1:
            passed = percent(most.passed / self.clients) if most.passed else "none"
            yield (
                f"Most touches are on {called(most.path)}: {percent(most.touches / spent)} of {spent:,}, and "
                f"{passed} of the clients passed through it."
            )

    def _money(self) -> Iterator[str]:
        earned = [(total.income, total.path) for total in self._known() if total.income]
        if self.currency is not None and len(earned) > 1:
            (most, path), (next_most, _) = sorted(earned, reverse=True)[:2]
            whole = sum(total.income or 0 for total in self.totals)
            words = money_words(most, self.currency)
            if most == next_most:
                return
            share = percent(most / whole)
            yield f"Most income is from those who came by {called(path)}: {words}, {share} of all."

    def _journeys(self) -> Iterator[str]:
        for total in [one for one in self._known() if one.came > 1][:_MOST_LINES]:
            who = f"Of {counted(total.came, self.unit)} {relative(self.unit)} came by {called(total.path)}"
            heard = "all" if total.nurtured == total.came else number_words(total.nurtured)
            nurtured = f"{heard} {_were(total.nurtured)} nurtured{_mostly(total.nurtured_by)}"
            became = f"{number_words(total.clients)} became {'a client' if total.clients == 1 else 'clients'}"
            nurtured = f"{nurtured}, and " if self.nurtured else ""
            yield f"{who}, {nurtured}{became}{_asked(total.asked_by)}."

    def _known(self) -> list[Total]:
        return [total for total in self.totals if total.path not in {NOT_KNOWN, NO_PATHS}]


def paths(cycles: Cycles, *, caution: Caution = USUAL) -> Paths:
    """What each path does at each link, and how people move from path to path, up to `cycles.as_of`."""
    figures = measure_links(cycles, caution)
    names = {one.place: one.path for one in figures}
    if (cycles.path[cycles.reached_at < NEVER] < 0).any():  # a client at once may stand before no link
        names.setdefault(-1, NOT_KNOWN if names else NO_PATHS)
    came, client = cycles.reached_at < NEVER, cycles.client_at < NEVER
    talked = (cycles.nurtured_at < NEVER) | (cycles.warm_at < NEVER)
    sold = np.minimum(cycles.asked_at, cycles.client_at)
    nurtured = (cycles.nurtured_at < NEVER) | (cycles.warm_at < sold)
    asked = cycles.asked_at < NEVER
    found = _totals(cycles, names, came, nurtured, client)
    totals = sorted(found, key=lambda total: (-total.came, total.path))
    place = {total.path: number for number, total in enumerate(totals)}
    jumped = (cycles.path != cycles.nurture_path) | (cycles.nurture_path != cycles.ask_path)
    return Paths(
        unit=cycles.unit,
        currency=cycles.currency,
        contacts=int(came.sum()),
        nurtured=int(nurtured.sum()),
        asked=int(cycles.asked.sum()) if "ask" in cycles.on_record else None,
        clients=int(client.sum()),
        unasked=int((client & ~cycles.asked).sum()),
        jumped=int((jumped & client).sum()),
        cells=tuple(
            sorted((_cell(cycles, one, caution) for one in figures), key=lambda cell: place[cell.path])
        ),
        totals=tuple(totals),
        steps=tuple(_steps(cycles, names, (talked, asked, client))),
    )


def _cell(cycles: Cycles, one: LinkFigures, caution: Caution) -> Cell:
    rate, enough = one.rate, len(one.some) >= max(caution.needed, 1)
    own = one.until is None and one.link in {"nurture", "ask"} and one.link in cycles.on_record
    return Cell(
        path=one.path,
        link=one.link,
        before=rate.began if rate else None,
        through=rate.through if rate else one.came,
        share=rate.share if rate else None,
        days=rate.horizon / DAY if rate and rate.horizon is not None else None,
        touches=int(cycles.touched[one.place, LINKS.index(one.link)]) if one.place >= 0 else 0,
        never=own and enough and not one.done,
        until=one.until,
    )


def _totals(cycles: Cycles, names: dict[int, str], came: Mask, warmed: Mask, client: Mask) -> Iterator[Total]:
    """What each path does in all."""
    size = len(cycles.paths) + 1  # the last place is for -1, the path that isn't known
    closing = client & cycles.asked
    nurtured_by = _by_source(cycles.path, cycles.nurture_path, warmed, names)
    asked_by = _by_source(cycles.path, cycles.ask_path, closing, names)
    counts = {
        "came": _count(cycles.path, came, size),
        "nurtured": _count(cycles.path, warmed, size),
        "clients": _count(cycles.path, client, size),
        "closed": _count(cycles.ask_path, closing, size),
        "passed": _passed(cycles, client, size),
        "touches": np.append(cycles.touched.sum(axis=1), 0),
    }
    income = _income(cycles, size)
    for place, name in names.items():
        yield Total(
            path=name,
            income=None if income is None else int(income[place]),
            nurtured_by=nurtured_by.get(place, ()),
            asked_by=asked_by.get(place, ()),
            **{what: int(count[place]) for what, count in counts.items()},
        )


def _steps(cycles: Cycles, names: dict[int, str], reached: Sequence[Mask]) -> Iterator[Move]:
    """The moves from each column of the flow to the next."""
    client = reached[-1]
    columns = (cycles.path, cycles.nurture_path, cycles.ask_path, np.zeros_like(cycles.path))
    for step, here in enumerate(reached):
        sources, targets = columns[step], columns[step + 1]
        clients = _pairs(sources, targets, client)
        for pair, count in _pairs(sources, targets, here).items():
            target = STEPS[-1] if step + 1 == len(STEPS) - 1 else names[pair[1]]
            yield Move(step, names[pair[0]], target, count, clients.get(pair, 0))


def _pairs(one: Codes, other: Codes, some: Mask) -> dict[tuple[int, int], int]:
    """How many have each pair of codes, the most frequent first."""
    size = int(other.max(initial=0)) + 2
    packed, counts = np.unique((one[some].astype(np.int64) + 1) * size + other[some] + 1, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {
        (int(pair) // size - 1, int(pair) % size - 1): int(count)
        for pair, count in zip(packed[order], counts[order], strict=True)
    }


def _by_source(
    one: Codes, other: Codes, some: Mask, names: dict[int, str]
) -> dict[int, tuple[tuple[str, int], ...]]:
    """For each code of the first the names of those of the other, with how many have both."""
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    for (source, target), count in _pairs(one, other, some).items():
        found[source] = (*found.get(source, ()), (names[target], count))
    return found


def _count(codes: Codes, some: Mask, size: int) -> npt.NDArray[np.int64]:
    return np.bincount(np.where(codes < 0, size - 1, codes)[some], minlength=size)


def _passed(cycles: Cycles, client: Mask, size: int) -> npt.NDArray[np.int64]:
    """How many clients each path has on their way, each client once."""
    who = np.flatnonzero(client)
    codes = np.stack([code[who] for code in (cycles.path, cycles.nurture_path, cycles.ask_path)])
    pairs = np.unique(np.where(codes < 0, size - 1, codes) + np.arange(len(who), dtype=np.int64) * size)
    return np.bincount(pairs % size, minlength=size)


def _income(cycles: Cycles, size: int) -> npt.NDArray[np.int64] | None:
    """What those who came by each path paid; None without money on record."""
    if cycles.currency is None:
        return None
    rows = np.flatnonzero(cycles.purchases.value != MISSING)
    codes = cycles.path[cycles.purchases.contact[rows]]
    income = np.zeros(size, dtype=np.int64)
    np.add.at(income, np.where(codes < 0, size - 1, codes), cycles.purchases.value[rows])
    return income


def _label(cell: Cell) -> str | None:
    """The figures of a cell: “41 of 100” and the share below; None where nobody stood there."""
    if not cell.before:
        return f"{cell.through:,} came" if cell.before is None and cell.through else None
    counts = f"{cell.through:,} of {cell.before:,}"
    if cell.never:
        return f"{counts}\nnever done"
    share = cell.share
    return f"{counts}\n{percent(share.value)}{_GOT[cell.until]}" if isinstance(share, Estimate) else counts


def _tone(cell: Cell) -> str:
    if cell.never:
        return "missing"
    return "thin" if cell.before and isinstance(cell.share, TooFewConversions) else "none"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _mostly(by: Sequence[tuple[str, int]]) -> str:
    """By which path most of them were: “ by email”, “, most by email (30)”, “, 12 of them by …”."""
    if not by:
        return ""
    path, most = called(by[0][0]), by[0][1]
    everybody = sum(count for _, count in by)
    if most == everybody:
        return f" by {path}"
    return f", most by {path} ({most:,})" if most > _HALF * everybody else f", {most:,} of them by {path}"


def _asked(by: Sequence[tuple[str, int]]) -> str:
    """On which paths those who became clients were asked, the first two."""
    words = [f"{count:,} by {called(path)}" for path, count in by[:2]]
    return f" (asked: {listed(words)})" if words else ""
