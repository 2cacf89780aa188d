"""What somebody's files hold, put in the order in which it is written: people, each with their touches."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Named
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from leadline.engine.currencies import CODES
from leadline.engine.importers import Imported
from leadline.engine.importers.people.summaries import BETWEEN
from leadline.engine.importers.sorts.activities import Planned
from leadline.engine.importers.sorts.pipeline import Deal
from leadline.engine.importers.sorts.sales import Sold
from leadline.engine.importers.sorts.tags import GROUPS, part_cell
from leadline.engine.importers.words import squeezed
from leadline.engine.instants import DAY, to_instant
from leadline.engine.touches import Column, Touches
from leadline.engine.wording import day_words
from leadline.web.actions.checks import BEGUN, MOST
from leadline.web.actions.importing.bare_amounts import Told, in_currency
from leadline.web.actions.importing.undated import are_to_come, by_subject, find_to_do, with_opt_outs
from leadline.web.actions.meanings import kind_of
from leadline.web.models import Address, Ask, Contact, Touch

JOB_TITLE = (
    "jobtitle", "position", "currentposition", "jobposition", "organizationtitle", "organisationtitle",
    "occupation", "positionstitel", "berufsbezeichnung", "funktion", "poste", "fonction", "cargo", "puesto",
    "funzione", "ruolo", "functie", "stanowisko", "title",
)  # fmt: skip
"""What a column of jobs is called, without case and spaces, the surest first."""
OF_TOUCHES = frozenset({"campaign", "channel", "offer", "company", "owner"})
"""Attributes that are kept elsewhere than among the fields."""
TEXTS = ("path", "channel", "campaign", "content", "offer", "deal", "currency", "actor", "note")
EARLIEST = to_instant("1900-01-01")
"""Before this day nothing of today's contacts happened: such a date is a slip, or a blank of some program."""
FORMULA = frozenset("=+-@\t\r")
_SCHEME = re.compile(r"[a-z]{1,8}:\s*(?=\+?\d)", re.IGNORECASE)
"""What some programs write before each number: `tel:+49…`, `p:+49…`."""
_SEVERAL = re.compile(r"[;,|\s]+")


def _most(model: type[Contact | Address | Touch | Ask], name: str) -> int:
    return getattr(model._meta.get_field(name), "max_length", None) or 100_000


KEY, NAME, VALUE = _most(Contact, "key"), _most(Contact, "name"), _most(Address, "value")
OFFER = _most(Touch, "offer")
ASK_KEY, TITLE, REASON = _most(Ask, "key"), _most(Ask, "title"), _most(Ask, "reason")
NOTE = 20_000
"""Characters of a note that are kept."""


@dataclass(frozen=True)
class Person:
    """One subject of the files. `key` is what these call them, None where that is no more than an address.

    `only_named` is whoever they call by a name that others may have too, and give no address of.
    """

    label: str
    key: str | None
    emails: tuple[str, ...]
    phones: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    socials: tuple[str, ...] = ()
    name: str = ""
    company: str = ""
    owner: str = ""
    team: str = ""
    job_title: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    only_named: bool = False


@dataclass(frozen=True)
class Refused:
    """Something of the files that can't be recorded, and why; `line` is 0 where it is no single row."""

    file: str
    line: int
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Intake:
    """Everything that is to be written.

    `touches` stand person by person: those of person i in rows `starts[i]` to `starts[i + 1]`, audiences
    (nobody's) from `starts[-1]` on; `file` and `line` say which row each was read from. `texts` has for each
    text column of a touch the values that go into the database. `shared` are addresses that several have.
    `sold` has by the row of a purchase's touch what a list of clients says of it, `ended` by the row of the
    touch that ended it the row of the purchase; `dealt` has by the row of an ask what a file of deals says of
    it, `answered` by the row of its answer the row of the ask. `opted_out` are rows of touches by which
    somebody opted out on a day that the files don't say: they have the day of the import. `planned` has by
    person what is still to do.
    """

    people: Sequence[Person]
    touches: Touches
    starts: npt.NDArray[np.int64]
    file: Column
    line: npt.NDArray[np.int64]
    texts: dict[str, Column]
    shared: frozenset[str]
    refused: tuple[Refused, ...]
    cut: int = 0
    sold: dict[int, Sold] = field(default_factory=dict)
    ended: dict[int, int] = field(default_factory=dict)
    dealt: dict[int, Deal] = field(default_factory=dict)
    answered: dict[int, int] = field(default_factory=dict)
    opted_out: frozenset[int] = frozenset()
    planned: Named[int, Sequence[Planned]] = field(default_factory=dict)

    def rows(self, person: int) -> range:
        """The rows of one person's touches."""
        return range(int(self.starts[person]), int(self.starts[person + 1]))

    def is_of_deal(self, row: int) -> bool:
        """Whether a touch is an ask by a deal, or its answer."""
        return row in self.dealt or row in self.answered

    def is_of_sale(self, row: int) -> bool:
        """Whether a record of its own is written with a touch, which leads back to that."""
        return self.is_of_deal(row) or row in self.sold or row in self.ended

    @property
    def audiences(self) -> range:
        """The rows of touches of people without names."""
        return range(int(self.starts[-1]), len(self.touches))


def take_in(imported: Imported, digest: str, now: int, currency: str = "") -> Intake:
    """The intake of what was read from files; `digest` tells these files from others.

    Amounts of which the files don't say the currency are in the one that is given.
    """
    imported = in_currency(imported, currency)
    file, line = imported.file, imported.line
    assert file is not None
    assert line is not None
    touches, told = _end_by(imported, file, line, now)
    touches, file, line = with_opt_outs(imported, touches, file, line, now)
    latest = now + np.where(touches.happened_at % DAY, DAY, BEGUN)
    planned = find_to_do(imported, now)
    to_come = are_to_come(touches, file, line, planned)
    off = (touches.happened_at > latest) | (touches.happened_at < EARLIEST)
    refused = tuple(_refuse_day(touches, file, line, int(row)) for row in np.flatnonzero(off & ~to_come))
    off |= to_come
    touches, file, line = touches.take(~off), file.take(~off), line[~off]
    codes = touches.contact.codes
    last = len(touches.contact.labels)
    order = np.argsort(np.where(codes < 0, last, codes), kind="stable")
    touches, file, line = touches.take(order), file.take(order), line[order]
    starts = np.searchsorted(
        np.where(touches.contact.codes < 0, last, touches.contact.codes), np.arange(last + 1)
    )
    people = _find_people(imported, digest)
    texts, cut = _read_texts(touches)
    sold, ended, doubtful = _find_sold(told, touches, file, line)
    refused += tuple(doubtful)
    dealt, answered = _find_dealt(imported.deals, touches, file, line)
    out = touches.kind == touches.kinds.code(kind_of("opt out"))
    opted_out = frozenset(np.flatnonzero(out & (touches.happened_at == now)).tolist())
    return Intake(
        people, touches, starts, file, line, texts, _find_shared(people), refused, cut,
        sold, ended, dealt, answered, opted_out, by_subject(planned),
    )  # fmt: skip


def clean(text: str, most: int) -> str:
    """A text as a database can hold it: without NUL and broken characters, and not too long.

    The mark that keeps spreadsheets from taking a cell for a formula (`'=…`) is no part of the text.
    """
    if text[:1] == "'" and text[1:2] in FORMULA:
        text = text[1:]
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= most else text[: most - 1] + "…"


Sales = tuple[dict[int, Sold], dict[int, int], list[Refused]]


def is_cut_short(one: Sold, now: int) -> bool:
    """Whether it is over as of now, though the day on which it ends or would be renewed is to come."""
    if one.ended_at is None:
        return False
    return one.ended_at > now + DAY or (not one.ended_told and (one.renews_at or now) > now + DAY)


def _end_by(
    imported: Imported, file: Column, line: npt.NDArray[np.int64], now: int
) -> tuple[Touches, list[Sold]]:
    """The touches and the sales; what is over, and would have ended on a day to come, ended now."""
    touches, short = imported.touches, [one for one in imported.sold if is_cut_short(one, now)]
    if not short:
        return touches, list(imported.sold)
    lines = {(one.file, one.line) for one in short}
    at, kind = touches.happened_at.copy(), touches.kind.copy()
    for row in np.flatnonzero(np.isin(kind, list(touches.kinds.named("ended")))).tolist():
        if (str(file[row]), int(line[row])) in lines:
            at[row], kind[row] = now, touches.kinds.code(kind_of("end"))
    told = [
        replace(one, ended_at=now, ended_told=False) if (one.file, one.line) in lines else one
        for one in imported.sold
    ]
    return replace(touches, happened_at=at, kind=kind), told


def _find_sold(told: Sequence[Sold], touches: Touches, file: Column, line: npt.NDArray[np.int64]) -> Sales:
    """What was bought by the row of its touch, which touch ended it, and which days can't both be right."""
    sold: dict[int, Sold] = {}
    ended: dict[int, int] = {}
    doubtful = []
    rows = _rows_of_lines(touches, file, line) if told else {}
    bought, ends = touches.kinds.named("purchased"), touches.kinds.named("ended")
    for one in told:
        theirs = rows.get((one.file, one.line), [])
        of = next((row for row in theirs if int(touches.kind[row]) in bought), None)
        if of is None:
            continue  # its day is refused
        ordered = one.renews_at is None or one.renews_at // DAY > one.bought_at // DAY
        sold[of] = _as_kept(one if ordered else replace(one, renews_at=None))
        doubtful += [] if ordered else [_refuse_renewal(one)]
        ended |= {row: of for row in theirs if int(touches.kind[row]) in ends}
    return sold, ended, doubtful


def _find_dealt(
    told: Sequence[Deal], touches: Touches, file: Column, line: npt.NDArray[np.int64]
) -> tuple[dict[int, Deal], dict[int, int]]:
    """The deals by the rows of their asks, and of each answer the row of the ask."""
    rows = _rows_of_lines(touches, file, line) if told else {}
    answers = touches.kinds.named("answered")
    dealt: dict[int, Deal] = {}
    answered: dict[int, int] = {}
    for one in told:
        kinds = {row: int(touches.kind[row]) for row in rows.get((one.file, one.line), [])}
        asked = next((row for row, kind in kinds.items() if touches.kinds.kinds[kind].link == "ask"), None)
        if asked is not None:  # its day is not refused
            dealt[asked] = replace(_as_kept(one), key=clean(one.key, ASK_KEY), title=clean(one.title, TITLE))
            closing = next((row for row, kind in kinds.items() if kind in answers), None)
            answered |= {} if closing is None else {closing: asked}
    return dealt, answered


def _rows_of_lines(
    touches: Touches, file: Column, line: npt.NDArray[np.int64]
) -> dict[tuple[str, int], list[int]]:
    """The touches of each line of each file."""
    names = [str(label) for label in file.labels]
    rows: dict[tuple[str, int], list[int]] = {}
    for row, (code, number) in enumerate(zip(file.codes.tolist(), line.tolist(), strict=True)):
        rows.setdefault((names[code], number), []).append(row)
    return rows


def _refuse_renewal(one: Sold) -> Refused:
    assert one.renews_at is not None
    days = f"the renewal on {day_words(one.renews_at)} is not after the start on {day_words(one.bought_at)}"
    return Refused(one.file, one.line, f"{days}: a purchase, and no contract")


def _as_kept(one: Told) -> Told:
    """As a database can hold it: an amount needs a currency, and is no debt."""
    named = one.currency in CODES and one.value is not None and 0 <= one.value <= MOST
    value, currency = (one.value, one.currency) if named else (None, "")
    return replace(one, offer=clean(one.offer, OFFER), value=value, currency=currency)


def _refuse_day(touches: Touches, file: Column, line: npt.NDArray[np.int64], row: int) -> Refused:
    at = int(touches.happened_at[row])
    kind = touches.kinds.kinds[int(touches.kind[row])].name
    why = "lies before 1900" if at < EARLIEST else "is still to come: a touch is something that has happened"
    said = f"“{kind}” on {day_words(at)} {why}"
    return Refused(str(file[row]), int(line[row]), said, (str(touches.contact[row] or ""),))


def _read_texts(touches: Touches) -> tuple[dict[str, Column], int]:
    """The text columns as they are kept, and how many cells were too long."""
    found, cut = {}, 0
    for name in TEXTS:
        if name in touches.columns:
            column = touches.columns[name]
            most = NOTE if name == "note" else _most(Touch, name)
            long = np.array([len(str(label)) > most for label in column.labels] + [False])
            cut += int(long[column.codes].sum())
            found[name] = _as_told(column.codes, [clean(str(label), most) for label in column.labels])
    return found, cut


def _as_told(codes: npt.NDArray[np.int32], labels: list[str]) -> Column:
    """The column of these texts, of which some may be the same and some empty by now."""
    if "" not in labels and len(set(labels)) == len(labels):
        return Column(codes, labels)
    once = Column.of(label or None for label in labels)
    return Column(np.append(once.codes, np.int32(-1))[codes], once.labels)


def _find_people(imported: Imported, digest: str) -> list[Person]:
    labels = [str(label) for label in imported.touches.contact.labels]
    named = {name: column.values() for name, column in imported.names.items()}
    told = {name: column.values() for name, column in imported.attributes.items()}
    blank = [None] * len(labels)
    columns = [named.get(name, blank) for name in ("e-mail", "other e-mail", "phone", "name", "deal name")]
    tags = imported.tags or ((),) * len(labels)
    places, socials, teams = (named.get(name, blank) for name in ("address", "social", "team"))
    companies = told.get("company", named.get("company", blank))
    job = _find_job(told)
    titles = told.get(job, blank)
    owners = told.get("owner", blank)
    elsewhere = {*OF_TOUCHES, *(header for header, means in _means(imported) if means == "tags")}
    own = {n: v for n, v in told.items() if n not in elsewhere and n != job}
    people = []
    for place, label in enumerate(labels):
        mail, more, phone, name, deal = (column[place] for column in columns)
        emails = _find_emails(f"{mail or ''}; {more or ''}", label)
        called = str(name or ("" if emails else deal) or "")
        called = _call(imported.unit, label, called, str(companies[place] or ""), reached=bool(emails))
        company = companies[place] or (label if imported.unit == "company" else "")
        reached = emails or phone or places[place] or socials[place]
        person = Person(
            label=label,
            key=_find_key(label, emails, digest),
            emails=emails,
            phones=tuple(_SCHEME.sub("", one) for one in _parts(str(phone or ""))),
            places=_parts(str(places[place] or "")),
            socials=_parts(str(socials[place] or "")),
            name=clean(called, NAME),
            company=clean(str(company), NAME),
            owner=str(owners[place] or ""),
            team=str(teams[place] or ""),
            job_title=clean(str(titles[place] or ""), NAME),
            fields={name: clean(str(v[place]), 2000) for name, v in own.items() if v[place] is not None},
            tags=tuple(clean(one, NOTE) for one in tags[place]),
            only_named=imported.unit == "contact" and not reached and str(name or "") == label,
        )
        people.append(person)
    return people


def _find_job(told: Named[str, object]) -> str:
    """The attribute that says what the job of each is: a `Title` does where nothing says it better."""
    named = {squeezed(name): name for name in reversed(tuple(told))}
    return next((named[one] for one in JOB_TITLE if one in named), "")


def _call(unit: str, label: str, name: str, company: str, *, reached: bool) -> str:
    """What a subject is called: whoever stands for a company, of which nobody is named, as that is."""
    if label.casefold() == f"company {company}".casefold():
        return company
    name = name or (company if unit == "company" else "")
    if name or (reached and unit == "contact"):
        return name
    return label if unit != "contact" or not label.isdigit() else ""


def _find_emails(cell: str, label: str) -> tuple[str, ...]:
    parts = _SEVERAL.split(cell.strip("<> ")) or []
    found = [clean(part, VALUE) for part in parts if "@" in part]
    if not found and "@" in label and " " not in label:
        found = [clean(label, VALUE)]
    return tuple({one.casefold(): one for one in reversed(found)}.values())[::-1]


def _parts(cell: str) -> tuple[str, ...]:
    """Each of several numbers or addresses in a cell."""
    parts = part_cell(cell.replace(GROUPS, BETWEEN.strip()), BETWEEN.strip())
    return tuple(dict.fromkeys(clean(part, VALUE) for part in parts))


def _means(imported: Imported) -> Iterator[tuple[str, str]]:
    """Each column of the files with its meaning."""
    for file in imported.mapping.files:
        yield from ((header, meaning.means) for header, meaning in file.columns.items())


def _find_key(label: str, emails: tuple[str, ...], digest: str) -> str | None:
    """What the next file would call them too; a line of a file is its own, and holds for this file alone."""
    if label.casefold() in {one.casefold() for one in emails}:
        return None
    if re.fullmatch(r"(row )?line \d+", label):
        return f"{digest[:12]} {label}"
    return clean(label, KEY)


def _find_shared(people: Sequence[Person]) -> frozenset[str]:
    counts = Counter(mail.casefold() for person in people for mail in person.emails)
    return frozenset(mail for mail, count in counts.items() if count > 1)
