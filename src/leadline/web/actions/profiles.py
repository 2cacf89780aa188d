"""The ideal customer: rules over fields, which say by a touch that somebody fits, and later that they don't.

Every action that changes fields calls `follow`, so that the fact is never behind them.

A rule has a `field` (`contact.industry`, `company.size`), a `test` and a `value`; all rules of a profile have
to hold, of one active profile. The fact is written when that begins, and cleared when it ends; what people
say about it in between stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from leadline.engine.errors import nearest
from leadline.engine.wording import listed
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, action, enqueue, note_change
from leadline.web.actions.people import checked_name
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Contact, Field, Profile, Touch

FACT = "fit"
PROFILE = ("name", "rules", "active")
"""What a profile is, besides its number."""
TESTS = {
    "is": "is one of",
    "is not": "is none of",
    "contains": "contains",
    "at least": "is at least",
    "at most": "is at most",
    "known": "is known",
}
"""The tests of a rule, as people read them. Several values of *is* and *is not* have commas between them."""
MOST_RULES = 30
MOST_NAMED = 12
MOST_AT_ONCE = 500
"""So many are held against the profiles by the action that changed them; more of them by the worker."""
JOB, ORIGIN, BY = "profile.refit", "profile:", "the customer profile"
_OURS = {
    "contact.job_title": "Job title",
    "contact.path": "Path",
    "company.name": "Company",
    "company.domain": "Company's domain",
}


def fields() -> dict[str, str]:
    """The fields that rules may look at, by name, as people call them."""
    own = Field.objects.order_by("of", "label")
    return _OURS | {f"{one.of}.fields.{one.name}": f"{one.label} ({one.get_of_display()})" for one in own}


@action
def declare(
    actor: Actor, profile: Profile | None, name: str, rules: list[dict[str, str]], *, active: bool = True
) -> Profile:
    """Declare a profile, or change one; everybody is held against it by a job."""
    name, rules = checked_name(name, "profile's name", 80), [_checked(rule) for rule in rules]
    if not 1 <= len(rules) <= MOST_RULES:
        raise Invalid("A profile needs rules", found=str(len(rules)), allowed=f"1 to {MOST_RULES}")
    if Profile.objects.filter(name__iexact=name).exclude(pk=profile.pk if profile else 0).exists():
        raise Conflict("A profile was to be called so", found=f"a profile “{name}” already", field="name")
    before = {"name": profile.name, "rules": profile.rules, "active": profile.active} if profile else {}
    profile = profile or Profile()
    profile.name, profile.rules, profile.active = name, rules, active
    profile.save()
    after = {"name": name, "rules": rules, "active": active}
    note_change(actor, "profile.changed" if before else "profile.declared", profile, before, after)
    enqueue(JOB, {}, actor.now, JOB)
    return profile


@action
def drop(actor: Actor, profile: Profile) -> None:
    """Take a profile away; whoever fitted by it alone no longer does."""
    note_change(actor, "profile.dropped", profile, {name: getattr(profile, name) for name in PROFILE}, {})
    profile.delete()
    enqueue(JOB, {}, actor.now, JOB)


@action
def refit_some(actor: Actor, contacts: list[int]) -> int:
    """Hold some contacts against the profiles; for how many that changed something."""
    return len(follow(actor, contacts))


def follow(actor: Actor, contacts: Iterable[int]) -> list[int]:
    """Inside an action that changed fields: hold these contacts against the profiles, and settle them.

    Answers with those of whom that said something new. Of a great many, the worker does it.
    """
    numbers = sorted(set(contacts))
    if len(numbers) > MOST_AT_ONCE:
        for start in range(0, len(numbers), MOST_AT_ONCE):
            enqueue(JOB, {"contacts": numbers[start : start + MOST_AT_ONCE]}, actor.now)
        return []
    if changed := refit(actor, numbers):
        touches.settle(actor, changed)
    return changed


def refit(actor: Actor, contacts: Iterable[int], new: Iterable[int] = ()) -> list[int]:
    """Hold contacts against the profiles inside an action; whoever is given back has to be settled by it.

    It is the profile that says it, whoever changed the fields. Of those who are `new` none said anything yet.
    """
    actor = Actor(None, BY, actor.now)
    numbers, profiles = warehouse.survivors(contacts), list(Profile.objects.filter(active=True))
    said, drafts = _said(numbers), []
    if not profiles and not said:
        return []
    numbers += new
    known = warehouse.kinds()
    held = (kind for kind in known.kinds if not kind.machine)
    kinds = {kind.name: FACT in kind.sets for kind in held if FACT in (*kind.sets, *kind.clears)}
    sets, clears = (next(name for name, makes in kinds.items() if makes is true) for true in (True, False))
    people = Contact.objects.filter(pk__in=numbers, erased_at=None).select_related("company")
    for contact in people:
        last = said.get(contact.pk)
        fitted = last is not None and kinds.get(last.kind, False)
        profile = next((one for one in profiles if holds(one.rules, contact)), None)
        if fitted == (profile is not None):
            continue
        origin = f"{ORIGIN}{profile.pk}" if profile else last.origin if last else ""
        note = f"By the profile “{profile.name}”." if profile else "By no profile any longer."
        kind = sets if profile else clears
        drafts.append(touches.draft(actor, known, contact, kind, origin=origin, note=note))
    touches.write(actor, drafts)
    return [draft.contact_id for draft in drafts if draft.contact_id]


def holds(rules: Iterable[dict[str, str]], contact: Contact) -> bool:
    """Whether all rules hold of a contact."""
    return all(_holds(rule, _value(contact, rule["field"])) for rule in rules)


def _said(contacts: list[int]) -> dict[int | None, Touch]:
    """The last touch by which a profile said something of each contact, or whoever was merged into them."""
    same = warehouse.merged(contacts)
    by_profile = Touch.objects.filter(
        contact__in=[*contacts, *same], origin__startswith=ORIGIN, in_force=True, retracts=None
    )
    told = by_profile.order_by("happened_at", "id")
    return {same.get(touch.contact_id or 0, touch.contact_id): touch for touch in told}


def _value(contact: Contact, field: str) -> Any:
    of, _, name = field.partition(".")
    record = contact if of == "contact" else contact.company
    if record is None:
        return None
    if name.startswith("fields."):
        return record.fields.get(name.removeprefix("fields."))
    return getattr(record, name, None)


def _holds(rule: dict[str, str], value: Any) -> bool:
    test, wanted = rule["test"], rule["value"]
    known, text = value not in (None, ""), _text(value)
    if test == "known":
        return known
    if test in {"is", "is not"}:
        return (text in set(_listed(wanted))) is (test == "is")
    if test == "contains":
        return wanted.casefold() in text
    left, right = _number(value), _number(wanted)
    if left is None or right is None:  # dates in ISO form stand in the order of their letters
        return known and (text >= wanted if test == "at least" else text <= wanted)
    return left >= right if test == "at least" else left <= right


def _checked(rule: dict[str, str]) -> dict[str, str]:
    field, test, value = (str(rule.get(name, "")).strip() for name in ("field", "test", "value"))
    known = fields()
    if field not in known:
        near, allowed = nearest(field, known), listed(list(known), "or", MOST_NAMED)
        raise Invalid("A field was asked for", found=f"“{field[:80]}”", allowed=allowed, suggestion=near)
    if test not in TESTS:
        raise Invalid("A test was asked for", found=f"“{test[:40]}”", allowed=", ".join(TESTS))
    if test != "known" and not value:
        raise Invalid(
            f"“{known[field]}” was to be tested", found="no value", allowed="one to compare it with"
        )
    if len(value) > 500 or "\0" in value:
        raise Invalid("A value was asked for", found="one that is too long", allowed="500 letters")
    return {"field": field, "test": test, "value": "" if test == "known" else value}


def _listed(text: str) -> Iterator[str]:
    return (part.strip().casefold() for part in text.split(","))


def _text(value: Any) -> str:
    return (
        {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value or "").strip().casefold()
    )


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
