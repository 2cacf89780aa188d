"""Pages and the API show what the engine says of the same touches, whatever happened to them.

The log is told twice: to the application by its actions, and to a few lists here. What the lists say goes
to the engine directly, and is held against stage lists, the funnel, the reasons, and every report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leadline.audit.report_sheets import report_sheets
from leadline.engine.explain import why
from leadline.engine.funnel import Funnel, dump_funnel, load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY, to_datetime
from leadline.engine.kinds import Kinds
from leadline.engine.reports.asks import Asks, asks
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.standing import standing
from leadline.engine.touches import Touches
from leadline.web import access
from leadline.web.actions import erasure, merging, mirrors, reports, touches
from leadline.web.actions.acting import Actor
from leadline.web.api.reports import REPORTS as OVER_API
from leadline.web.filters import Filters
from leadline.web.models import Ask, Contact, FunnelVersion, Token, Touch, User
from leadline.web.pages.board_columns import by_answer
from leadline.web.pages.reasons import places_of
from leadline.web.pages.whose import Whose
from leadline.web.tokens import SCOPES, digest_of, make_secret
from leadline.web.warehouse import cases, touches_of
from leadline.web.warehouse.cases import Case
from leadline.web.warehouse.days import funnel_on
from leadline.web.warehouse.reports import NOTHING, REPORTS, Circumstances
from leadline.web.warehouse.whom import FIGURES
from tests.strategies import examples
from tests.web.conftest import NOW

SLUGS = ("sales-cycle", "voltage")
KINDS = (
    "met", "downloaded", "replied", "called", "asked", "said_yes", "said_no", "bought", "refunded",
    "told_need", "unsubscribed", "opened",
)  # fmt: skip
PATHS = ("networking", "content", "")
DEALS = ("", "", "A", "B")
PEOPLE = 4
OWNER = "ada@example.org"
FEW = 8
"""Stories on PostgreSQL: what happens in them hangs on no database, that all of it is read there does."""


@dataclass
class Told:
    """The log as it is told here: every touch with whether it stands, and who was merged into whom."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    stands: list[bool] = field(default_factory=list)
    same: dict[int, int] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)

    def log(self, of: set[int] | None = None) -> Touches:
        """What stands, each touch of whom it counts for; `of` some contacts alone, without audiences."""
        rows = [
            row | {"contact": self.same.get(row.get("contact"), row.get("contact"))}
            for row, stands in zip(self.rows, self.stands, strict=True)
            if stands
        ]
        return Touches.of((row for row in rows if of is None or row["contact"] in of), kinds=Kinds.shipped())


@dataclass(frozen=True)
class Moment:
    """Something that may happen: what, to whom, of which kind, so many days ago, by which path, of a deal."""

    what: str
    one: int
    two: int
    kind: str
    days: int
    path: str
    deal: str = ""

    @property
    def at(self) -> int:
        """Its instant."""
        return NOW - self.days * DAY


moments = st.builds(
    Moment,
    st.sampled_from((*["touch"] * 5, "back", "merge", "part", "erase", "audience")),
    st.integers(0, PEOPLE - 1),
    st.integers(0, PEOPLE - 1),
    st.sampled_from(KINDS),
    st.integers(0, 400),
    st.sampled_from(PATHS),
    st.sampled_from(DEALS),
)


def _is_of_asks(it: Moment) -> bool:
    """Whether a moment has to do with asks and their answers, or with whose they are."""
    return it.what != "touch" or it.kind in ("asked", "said_yes", "said_no", "bought", "refunded", "met")


class Room:
    """An application with a few people, to which moments happen."""

    def __init__(self) -> None:
        self.owner = User.objects.create_user(OWNER, role="owner")
        self.member = User.objects.create_user("ben@example.org", role="member")
        self.actor = Actor.of(self.owner, NOW)
        for slug in SLUGS:
            FunnelVersion.objects.create(
                slug=slug,
                number=1,
                toml=dump_funnel(load_funnel(slug)),
                in_force=True,
                published_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        self.people = [
            Contact.objects.create(name=f"Person {n}", owner=self.member if n % 2 else self.owner)
            for n in range(PEOPLE)
        ]
        self.told = Told()
        self.numbers: list[int] = []

    def happen(self, it: Moment) -> None:
        """One moment, where it can happen."""
        getattr(self, f"_{it.what}")(it, self.people[it.one].pk)

    def _touch(self, it: Moment, one: int) -> None:
        money = {"value": 90_000, "currency": "EUR"} if it.kind in ("asked", "bought", "refunded") else {}
        contact = Contact.objects.get(pk=self.told.same.get(one, one))
        deal = it.deal or None
        made = touches.record(self.actor, contact, it.kind, it.at, path=it.path, deal=deal, **money)
        row = {"contact": contact.pk, "kind": it.kind, "happened_at": it.at, "path": it.path, "actor": OWNER}
        self._note(made.pk, row | money | {"deal": it.deal})

    def _note(self, number: int, row: dict[str, Any]) -> None:
        self.numbers.append(number)
        self.told.rows.append({name: value for name, value in row.items() if value != ""})
        self.told.stands.append(True)

    def _back(self, it: Moment, _: int) -> None:
        if self.numbers:
            place = it.days % len(self.numbers)
            if self.told.stands[place]:
                touches.retract(self.actor, Touch.objects.get(pk=self.numbers[place]))
                self.told.stands[place] = False

    def _merge(self, it: Moment, one: int) -> None:
        two = self.people[it.two].pk
        busy = {*self.told.same, *self.told.erased}
        if one != two and not busy & {one, two}:
            merging.merge_contacts(self.actor, *(Contact.objects.get(pk=pk) for pk in (one, two)))
            self.told.same = {who: one if kept == two else kept for who, kept in self.told.same.items()}
            self.told.same[two] = one

    def _part(self, _: Moment, one: int) -> None:
        kept = self.told.same.get(one)
        if kept is not None and kept not in self.told.erased:
            others = [who for who, into in self.told.same.items() if into == kept]
            if others == [one]:  # of several, who came along with whom is the merging's own test
                merging.part_contacts(self.actor, Contact.objects.get(pk=one))
                del self.told.same[one]

    def _erase(self, _: Moment, one: int) -> None:
        if one not in self.told.same and one not in self.told.erased:
            erasure.erase_contact(self.actor, Contact.objects.get(pk=one))
            self.told.erased |= {one, *(who for who, into in self.told.same.items() if into == one)}

    def _audience(self, it: Moment, _: int) -> None:
        row = {"kind": "read", "happened_at": it.at, "path": it.path, "n": 40}
        self._note(Touch.objects.create(recorded_at=it.at, **row).pk, row)

    def counted(self, user: User) -> set[int] | None:
        """Whose figures somebody's are: None, everybody's."""
        return None if user == self.owner else {one.pk for one in self.people if one.owner_id == user.pk}


class TestWhatTheEngineSays(TestCase):
    """Each example is a story of its own, in a database and a mirror of its own."""

    @given(st.lists(moments, min_size=1, max_size=25), st.sampled_from((0, 40, 200)))
    @examples(25 if connection.vendor == "sqlite" else FEW)
    def test_stage_lists_and_funnel_and_reasons_are_the_engines(self, story, days):
        with _a_home():
            room = _after(story)
            at = NOW - days * DAY
            for slug in SLUGS:
                funnel = load_funnel(slug)
                _check_lists(room, slug, funnel)
                _check_reasons(room, slug, funnel)
                for user in (room.owner, room.member):
                    _check_funnel(room, user, slug, funnel, at)

    @given(st.lists(moments.filter(_is_of_asks), min_size=1, max_size=25))
    @examples(40 if connection.vendor == "sqlite" else FEW)
    def test_of_the_asks_on_record_reports_say_what_the_board_says(self, story):
        with _a_home():
            room = _after(story)
            mirrors.refresh(NOW)
            for user in (room.owner, room.member):
                case, _ = reports.case_for(None if user == room.owner else user, "sales-cycle", NOW)
                _check_asks(user, case)

    @pytest.mark.one_database  # of the cases of which the tests above tell that they come whole
    @given(st.lists(moments, min_size=1, max_size=25))
    @examples(4)
    def test_the_reports_of_pages_and_api_are_the_engines(self, story):
        with _a_home():
            room = _after(story)
            for user in (room.owner, room.member):
                log = room.told.log(room.counted(user))
                case = Case(log, derive(log, load_funnel("sales-cycle"), NOW))
                _check_pages(user, case)
                _check_api(self.client, user, case)


@contextmanager
def _a_home() -> Iterator[None]:
    cases.forget()
    cache.clear()
    with TemporaryDirectory() as folder, override_settings(HOME=Path(folder)):
        yield


def _after(story: list[Moment]) -> Room:
    room = Room()
    for moment in story:
        room.happen(moment)
    return room


def _check_lists(room: Room, slug: str, funnel: Funnel) -> None:
    """The list of contacts, filtered by stage: everybody who was neither erased nor merged."""
    history = derive(room.told.log(), funnel, NOW)
    here = {
        history.subjects[history.contact[row]]: history.stages[history.stage[row]]
        for row in range(len(history))
        if history.left_at[row] > NOW
    }
    listed = [one.pk for one in room.people if one.pk not in {*room.told.same, *room.told.erased}]
    for stage in funnel.stage_names:
        asked = Filters({"funnel": slug, "stage": stage})
        found = asked.apply(access.contacts(room.owner), room.owner, NOW).values_list("pk", flat=True)
        wanted = {pk for pk in listed if here.get(pk, funnel.stage_names[0]) == stage}
        assert set(found) == wanted, (slug, stage)


def _check_reasons(room: Room, slug: str, funnel: Funnel) -> None:
    """Why: where somebody stands, since when, and each phrase, in the words of people."""
    log = room.told.log()
    for number in set(log.contact.labels):
        place = next(
            one for one in places_of(touches_of([number]), number, NOW, room.owner) if one.slug == slug
        )
        wanted = why(log, funnel, number, NOW)
        assert (place.reason.stage, place.reason.step, place.reason.since) == (
            wanted.stage,
            wanted.step,
            wanted.since,
        )
        said = [
            f"{'✓' if one['holds'] else '✗'} {one['phrase']}: {one['reason']}".replace("_", " ")
            for one in place.phrases
        ]
        sentences = [one.replace("_", " ").rstrip(".") for one in wanted.sentences()[2:]]
        assert said == sentences or number in room.told.erased
        assert "_" not in place.because


def _check_funnel(room: Room, user: User, slug: str, funnel: Funnel, at: int) -> None:
    """The figures of the funnel on a day, and the people behind them."""
    log = room.told.log(room.counted(user))
    history = derive(log, funnel, at).by_stage()
    wanted = standing(history, first_touch=log.first_at())
    case, _ = reports.case_for(None if user == room.owner else user, slug, NOW)
    found = funnel_on(case, at)
    stages = {one.name: one for one in (*found.path, *found.others)}
    counts = {place.stage: place.count for place in wanted.total.places}
    assert {name: one.people for name, one in stages.items()} == {name: counts[name] for name in stages}
    assert (found.known, found.sentences) == (wanted.total.known, tuple(wanted.sentences()))
    assert [(one.entered, one.went_on, one.left, one.in_play) for one in found.steps] == [
        (way.total.entered, way.total.converted, way.total.left, way.total.in_play)
        for way in conversions(history).steps
    ]
    for number, name in enumerate(funnel.stage_names):
        people = FIGURES["people"].find(case, at, None, number)
        assert len(people) == counts[name]


def _check_asks(user: User, case: Case) -> None:
    """How many asks there are of each answer: in the report, and among the records of the board."""
    said = Counter(access.counted(user, Ask).values_list("answer", flat=True))
    said.pop(Ask.Answer.WITHDRAWN, None)
    found = {} if not len(case.touches) else _tallied(asks(case.cycles))
    assert {answer: found.get(answer, 0) for answer in Ask.Answer.values if answer != "taken"} == {
        answer: said[answer] for answer in Ask.Answer.values if answer != "taken"
    }
    seen = sum(one.filter(answer="").count() for one in access.parts_of_contacts(user, Ask))
    columns = by_answer(Whose(user), to_datetime(NOW).date(), "", "")
    assert columns[0].count == seen
    if not Contact.objects.exclude(erased_at=None).exists():
        assert seen == found.get("", 0)


def _tallied(report: Asks) -> Counter[str]:
    names = {"yes": "yes", "no": "no", "not_now": "not_now", "waiting": "", "superseded": "again"}
    return Counter(
        {
            answer: getattr(report.total, name) + getattr(report.renewals, name)
            for name, answer in names.items()
        }
    )


def _check_pages(user: User, case: Case) -> None:
    """Each report as a page keeps it."""
    for name, make in REPORTS.items():
        kept = reports.report_for(user, name, "sales-cycle", NOW, {})
        if not len(case.touches) or not case.history.subjects:
            assert len(kept.result["sentences"]) == 1
            continue
        wanted = make(case, {}, Circumstances())[0]
        if name != "balance":  # whom the income hangs on is told by number there
            assert kept.result["sentences"] == wanted.sentences(), name
        tables = {one["title"]: one["rows"] for one in kept.result["tables"]}
        for sheet in report_sheets(wanted, lambda subject: f"contact:{subject}"):
            assert tables[sheet.title] == [list(cells) for cells in sheet.cells], (name, sheet.title)


def _check_api(client: Any, user: User, case: Case) -> None:
    """Each report as the API tells it."""
    secret = make_secret()
    Token.objects.create(user=user, name="x", digest=digest_of(secret), hint=secret[-4:], scopes=list(SCOPES))
    as_of = to_datetime(NOW).isoformat().replace("+00:00", "Z")
    for name, make in OVER_API.items():
        answer = client.get(
            f"/api/v1/reports/{name}?funnel=sales-cycle&as_of={as_of}",
            headers={"Authorization": f"Bearer {secret}"},
        )
        if not len(case.touches) or not case.history.subjects:
            assert (answer.json()["sentences"], answer.json()["rows"]) == ([NOTHING], []), name
            continue
        wanted = make(case, {}, Circumstances())[0]
        if name != "balance":  # whom the income hangs on is told by number there
            assert answer.json()["sentences"] == wanted.sentences(), name
        assert len(answer.json()["rows"]) == len(wanted.rows()), name
