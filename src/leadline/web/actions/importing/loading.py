"""Many contacts and touches at once: written batch by batch, each a short transaction of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.text import slugify

from leadline.web import access, warehouse
from leadline.web.actions import standings
from leadline.web.actions.acting import Actor, action, name_of
from leadline.web.actions.fields import read_field, without_blanks
from leadline.web.actions.importing.asks import write_deals
from leadline.web.actions.importing.intake import NAME, Intake, Person, Refused, clean
from leadline.web.actions.importing.marks import LONGEST, Words, mark_new, read_marks, still_out
from leadline.web.actions.importing.matching import Match, match
from leadline.web.actions.importing.own_records import declare_own
from leadline.web.actions.importing.own_tables import OwnTables
from leadline.web.actions.importing.parts import Part, Terms, part_people, prepare
from leadline.web.actions.importing.sales import Fresh, with_sales, write_offers
from leadline.web.actions.importing.takers import Takers
from leadline.web.actions.importing.tasks import write_tasks
from leadline.web.actions.importing.updating import Update, update_contacts
from leadline.web.actions.profiles import refit
from leadline.web.actions.rows import TOUCH, Row, insert, insert_touches, reserve, touch_rows
from leadline.web.actions.settling import settle, write
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import (
    Address,
    Company,
    Contact,
    Field,
    Import,
    ImportChange,
    Team,
    Touch,
    User,
)
from leadline.web.refusals import plainly

ROWS = 500
CONTACT = (
    "name", "key", "company_id", "job_title", "fields", "owner_id", "team_id", "path", "last_touch_at",
    "created_at",
)  # fmt: skip
"""The columns of a new contact besides its number, in the order of `_contact`."""
_SUFFIX = re.compile(r" \(field( \d+)?\)$")
"""What an export adds to the label of a field that is called as another column is."""


@dataclass(eq=False)
class Load:
    """One run of an import: what is written, by whom, and what has come of it so far.

    `hold` is called first in each batch, and ends it where another worker has taken the work over. It is
    called last too: the claim lasts from the end of the batch, however long that took.
    """

    record: Import
    actor: Actor
    user: User
    intake: Intake
    hold: Callable[[], None]
    own: OwnTables = field(default_factory=OwnTables)
    takers: Takers = field(default_factory=Takers)
    governs: bool = False
    fields: dict[str, Field] = field(default_factory=dict)
    owners: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)
    matched: Counter[str] = field(default_factory=Counter)
    came: int = 0

    def come(self, rows: int, **so_far: Any) -> None:
        """So many rows further; `so_far` is kept of the import with it.

        Whoever takes over from another worker goes through what is written already, and is told of once past
        it: progress never falls back.
        """
        self.came += rows
        done = Greatest("done", Value(self.came))
        Import.objects.filter(pk=self.record.pk).update(done=done, **so_far)

    def prepare(self) -> None:
        """Work out what holds for all batches: who was made before, and who owns what."""
        changes = ImportChange.objects.filter(
            of=self.record, before__isnull=True, record__startswith="contact:"
        )
        records = changes.values_list("record", flat=True)
        self.made = {int(record.partition(":")[2]) for record in records.iterator(chunk_size=5000)}
        self.owners = _find_owners()
        self.governs = access.may(self.user, "govern")
        if self.governs:  # whose contacts they become is for whoever decides on teams
            self.teams = {team.name.casefold(): team for team in Team.objects.all()}
        self.refused = list(self.intake.refused)
        self._name_actors()

    def _name_actors(self) -> None:
        """Call who of us did something as they are called here, whatever the files call them."""
        texts = self.intake.texts
        if done := texts.get("actor"):
            here = [self.owners.get(str(label).casefold()) for label in done.labels]
            named = [str(one or label) for one, label in zip(here, done.labels, strict=True)]
            texts["actor"] = replace(done, labels=named)

    def parts(self) -> Iterator[Part]:
        """What is written, one part after the other."""
        for places in part_people(self.intake):
            yield prepare(self.intake, places, self.origin, self.user.pk, self.actor.now)

    @property
    def origin(self) -> str:
        """What the touches of this import lead back to, but for their lines."""
        return f"{name_of(self.record)}:{self.record.counts['digest'][:12]}"


@action
def load_definitions(load: Load) -> None:
    """Declare a field for each attribute of the files that has none, and each offer that isn't there yet."""
    load.hold()
    declare_own(load)
    there = {one.label.casefold(): one for one in Field.objects.filter(of="contact")}
    there |= {one.name: one for one in Field.objects.filter(of="contact")}
    for label in dict.fromkeys(label for person in load.intake.people for label in person.fields):
        name = slugify(label, allow_unicode=True)[:60].strip("-_") or "field"
        plain = _SUFFIX.sub("", label.casefold())
        known = (
            there.get(label.casefold()) or there.get(name) or (plain != label and there.get(plain)) or None
        )
        if known is None:
            known = Field.objects.create(of="contact", name=name, label=label[:80])
            ImportChange.objects.create(of=load.record, record=name_of(known))
            there[label.casefold()] = there[name] = known
        load.fields[label] = known
    write_offers(load)


@action
def load_people(load: Load, part: Part) -> None:
    """Write one part, people and their touches, whole or not at all; twice, it changes nothing."""
    load.hold()
    _still_runs(load.record)
    people = [load.intake.people[place] for place in part.places]
    matches = match(load.user, people, load.intake.shared, load.made, load.record.mapping.get("same", {}))
    new, old = [], []
    for place, person, found in zip(part.places, people, matches, strict=True):
        if found.doubt:
            _refuse(load, place, person, found)
        elif found.contact is None:
            new.append(place)
        else:
            old.append((place, found.contact))
            load.matched[found.by] += found.contact.pk not in load.made
    companies = _load_companies(load, [load.intake.people[p].company for p in (*new, *(p for p, _ in old))])
    made, numbers, touched = _load_new(load, new, companies, part)
    touched |= _load_old(load, old, companies, part)
    fitting = refit(load.actor, {*touched, *(contact.pk for _, contact in old)}, made.values())
    _settle(load, part, made, numbers, {*touched, *fitting})
    counts = load.record.counts | {"given": dict(load.takers.given)}
    so_far = {"counts": counts} if load.takers.people else {}
    load.come(len(part.places) + len(part.told), **so_far)
    load.hold()


def _settle(
    load: Load, part: Part, made: Mapping[int, int], numbers: Mapping[int, int], touched: set[int]
) -> None:
    """Write what follows: what is worked out of those `made`, by places; `numbers` are those of rows."""
    if part.terms == Terms.now():
        made = {place: number for place, number in made.items() if number not in touched}
        found = part.found.numbered(made, numbers)
        write(standings.hold(made.values()), found, load.actor.now)
        settle(touched, load.actor.now)
    else:  # what is worked out doesn't hold any more
        settle({*made.values(), *touched}, load.actor.now)


@action
def load_audiences(load: Load, rows: range) -> None:
    """Write touches of people without names; what is there already of these isn't written again."""
    load.hold()
    _still_runs(load.record)
    told = touch_rows(load.intake, rows, load.origin, load.actor.now, load.user.pk)
    named = ("kind", "happened_at", "path", "content", "n")
    places = [TOUCH.index(name) for name in named]
    nobodys = Touch.objects.filter(contact=None, in_force=True, retracts=None)
    there = Counter(nobodys.filter(happened_at__in={one[1] for one in told}).values_list(*named))
    fresh = []
    for one in told:
        known = tuple(one[place] for place in places)
        if there[known]:
            there[known] -= 1
        else:
            fresh.append((None, one))
    insert_touches(fresh)
    load.come(len(rows))
    load.hold()


def _still_runs(record: Import) -> None:
    if not Import.objects.filter(pk=record.pk, state=Import.State.RUNNING).exists():
        raise Conflict("An import was to go on", found="that it no longer runs")


def _refuse(load: Load, place: int, person: Person, found: Match) -> None:
    _leave_out(load, place, found.doubt, (person.label, person.name, *person.emails))


def _leave_out(load: Load, place: int, reason: str, cells: tuple[str, ...]) -> None:
    rows = load.intake.rows(place)
    file = str(load.intake.file[rows.start]) if rows else ""
    line = int(load.intake.line[rows.start]) if rows else 0
    load.refused.append(Refused(file, line, reason, cells))


def _fields_of(load: Load, place: int) -> dict[str, Any]:
    """The fields of a person as they are kept; what isn't of a field's type is left out, and listed."""
    person, found = load.intake.people[place], {}
    for label, text in person.fields.items():
        field = load.fields[label]
        try:
            found[field.name] = read_field(field, text)
        except Invalid as refusal:
            _leave_out(load, place, plainly(refusal), (person.label, person.name, text))
    return without_blanks(found)


def _marks_of(load: Load, place: int) -> Words:
    """The tags of a person as they are kept; what can't be one is left out, and listed."""
    person = load.intake.people[place]
    words, unfit = read_marks(person.tags)
    for word, why in unfit.items():
        _leave_out(load, place, f"the tag “{clean(word, LONGEST)}”: {why}", (person.label, person.name, word))
    return words


def _load_companies(load: Load, names: Sequence[str]) -> dict[str, int]:
    """The number of each company that they see by its name; of several that are called so the first."""
    wanted = {name for name in names if name}
    known = access.companies(load.user).filter(name__in=wanted).order_by("-id").values_list("name", "id")
    there = dict(known)
    fresh = [Company(name=name, team=load.user.team) for name in sorted(wanted - there.keys())]
    for company in Company.objects.bulk_create(fresh, batch_size=ROWS):
        there[company.name] = company.pk
    _note_made(load, map(name_of, fresh))
    return there


def _load_new(
    load: Load, places: Sequence[int], companies: dict[str, int], part: Part
) -> tuple[dict[int, int], dict[int, int], set[int]]:
    """Contacts that nobody knew, with their addresses and touches.

    Answers with the numbers of those of whom it is worked out what follows, by their places; of their
    touches, by their rows; and of all others that something became of.
    """
    intake, numbers = load.intake, reserve(Contact, len(places))
    pairs = list(zip(places, numbers, strict=True))
    at = connection.ops.adapt_datetimefield_value(timezone.now())
    insert(
        Contact,
        ("id", *CONTACT),
        [(number, *_contact(load, place, companies, part, at)) for place, number in pairs],
    )
    load.made.update(numbers)
    _note_made(load, [f"contact:{number}" for number in numbers])
    found = ((who, sort, value, "") for p, who in pairs for sort, value in addresses_of(intake.people[p]))
    insert(Address, ("contact_id", "sort", "value", "label"), found)
    write_tasks(load, ((who, one) for place, who in pairs for one in intake.planned.get(place, ())))
    mark_new(load, {who: _marks_of(load, place) for place, who in pairs})
    alone = {place: who for place, who in pairs if place not in part.sold}
    plain = [(who, row) for place, who in alone.items() for row in intake.rows(place)]
    written = insert_touches([(who, part.told[row]) for who, row in plain])
    sold = [(place, who) for place, who in pairs if place in part.sold]
    touched = _load_sold(load, [(who, row) for place, who in sold for row in intake.rows(place)], part)
    return alone, dict(zip((row for _, row in plain), written, strict=True)), touched


def _load_sold(load: Load, rows: Sequence[tuple[int, int]], part: Part) -> set[int]:
    """Touches of new contacts, some of them sales or deals, with the records of these; whose they are."""
    if not rows:
        return set()
    fresh = [(who, row, part.told[row]) for who, row in rows]
    asked = write_deals(load, [one for one in fresh if load.intake.is_of_deal(one[1])])
    insert_touches(with_sales(load, [one for one in fresh if not load.intake.is_of_deal(one[1])]))
    return asked | {who for who, _ in rows}


def _contact(load: Load, place: int, companies: dict[str, int], part: Part, at: Any) -> Row:
    """The values of somebody new, for CONTACT; `at` is when they are made."""
    person = load.intake.people[place]
    owner = load.owners.get(person.owner.casefold()) or load.takers.next()
    team = load.teams.get(person.team.casefold()) or (owner.team if owner else None) or load.user.team
    return (
        person.name or next((mail[:NAME] for mail in person.emails), ""),
        person.key,
        companies.get(person.company),
        person.job_title,
        connection.ops.adapt_json_value(_fields_of(load, place), None),
        owner.pk if owner else None,
        team.pk if team else None,
        part.paths.get(place, ""),
        part.last.get(place),
        at,
    )


def addresses_of(person: Person) -> list[tuple[str, str]]:
    """The addresses of a person, each with its sort."""
    sorts = (
        (Address.Sort.EMAIL, person.emails),
        (Address.Sort.PHONE, person.phones),
        (Address.Sort.POSTAL, person.places),
        (Address.Sort.SOCIAL, person.socials),
    )
    return [(sort.value, value) for sort, values in sorts for value in values]


def _load_old(
    load: Load, found: Sequence[tuple[int, Contact]], companies: dict[str, int], part: Part
) -> set[int]:
    """What the files say of contacts that are there: what differs is changed, what is missing is added."""
    intake, numbers = load.intake, [contact.pk for _, contact in found]
    list(Contact.objects.select_for_update().filter(pk__in=numbers).values_list("pk"))
    update_contacts(load.record, load.actor, [_update(load, *one, companies) for one in found])
    to_do = ((contact.pk, one) for place, contact in found for one in intake.planned.get(place, ()))
    write_tasks(load, to_do)
    there = _touches_there(numbers)
    out = still_out(numbers) if intake.opted_out else set()
    fresh, deals = list[Fresh](), list[Fresh]()
    sold: list[tuple[int, int]] = []
    for place, contact in found:
        known = there.setdefault(contact.pk, Counter())
        for row in intake.rows(place):
            if contact.pk in out and row in intake.opted_out:
                continue
            touch = part.told[row]
            if load.intake.is_of_deal(row):
                deals.append((contact.pk, row, touch))
                continue
            if not known[touch[:3]]:
                fresh.append((contact.pk, row, touch))
                continue
            known[touch[:3]] -= 1
            if row in intake.sold:
                sold.append((contact.pk, row))
    asked = write_deals(load, deals)
    insert_touches(with_sales(load, fresh, sold))
    return {contact for contact, _, _ in fresh} | asked


def _update(load: Load, place: int, contact: Contact, companies: dict[str, int]) -> Update:
    """What the files say of one contact."""
    person = load.intake.people[place]
    return Update(
        contact,
        person,
        addresses_of(person),
        companies.get(person.company),
        load.owners.get(person.owner.casefold()),
        _fields_of(load, place),
        _marks_of(load, place),
        noted=contact.pk not in load.made,
    )


def _touches_there(contacts: list[int]) -> dict[int, Counter[tuple[str, int, int | None]]]:
    """What is on record of each contact: how often each kind at each instant, for which amount.

    What is on record of whoever was merged into them is theirs.
    """
    found: dict[int, Counter[tuple[str, int, int | None]]] = {}
    same = warehouse.merged(contacts)
    rows = Touch.objects.filter(contact__in=[*contacts, *same], in_force=True, retracts=None)
    for contact, kind, at, value in rows.values_list("contact_id", "kind", "happened_at", "value"):
        assert contact is not None
        found.setdefault(same.get(contact, contact), Counter())[kind, at, value] += 1
    return found


def _note_made(load: Load, records: Iterable[str]) -> None:
    insert(ImportChange, ("of_id", "record"), ((load.record.pk, record) for record in records))


def _find_owners() -> dict[str, User]:
    """People who work here, by e-mail and by name; a name that two have is nobody's."""
    users = list(User.objects.filter(is_active=True).select_related("team"))
    names = Counter(user.name.casefold() for user in users)
    found = {user.name.casefold(): user for user in users if user.name and names[user.name.casefold()] == 1}
    return found | {user.email.casefold(): user for user in users}
