"""Tags that imports give, and who opted out before: what files only add to, and never take away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import connection

from leadline.web import warehouse
from leadline.web.actions.rows import insert, parts_of
from leadline.web.actions.tags import MOST_TAGS, tags_called
from leadline.web.models import Import, ImportChange, Mark, Tag, Touch

if TYPE_CHECKING:
    from leadline.web.actions.importing.loading import Load

LONGEST = Tag._meta.get_field("name").max_length or 60
REACHABLE = "reachable"
"""The fact that somebody may be written to: whoever says it again is no longer out."""
Words = tuple[str, ...]


def read_marks(words: Iterable[str]) -> tuple[Words, dict[str, str]]:
    """Words of a file as they are kept as tags; and of those that can't be kept, why."""
    tidy = list(dict.fromkeys(told for word in words if (told := " ".join(word.split()))))
    short = [word for word in tidy if len(word) <= LONGEST]
    why = {word: f"a tag has at most {LONGEST} signs" for word in tidy if len(word) > LONGEST}
    why |= dict.fromkeys(short[MOST_TAGS:], f"nobody has more than {MOST_TAGS} tags")
    return tuple(short[:MOST_TAGS]), why


def mark(record: Import, wanted: Mapping[int, Words], there: Mapping[int, Iterable[str]]) -> dict[int, Words]:
    """Give contacts the tags that they don't have yet: which each was given."""
    room = {pk: MOST_TAGS - len(set(there.get(pk, ()))) for pk in wanted}
    given = {
        pk: tuple(word for word in words if word not in there.get(pk, ()))[: max(room[pk], 0)]
        for pk, words in wanted.items()
    }
    words = list(dict.fromkeys(word for some in given.values() for word in some))
    known = {
        word
        for part in parts_of(words)
        for word in Tag.objects.filter(name__in=part).values_list("name", flat=True)
    }
    tags = tags_called(words)
    insert(
        ImportChange,
        ("of_id", "record"),
        ((record.pk, f"tag:{tags[word].pk}") for word in words if word not in known),
    )
    insert(
        Mark, ("contact_id", "tag_id"), ((pk, tags[word].pk) for pk, some in given.items() for word in some)
    )
    return {pk: some for pk, some in given.items() if some}


def mark_new(load: Load, wanted: Mapping[int, Words]) -> None:
    """Give tags to contacts that the import made, with a line for undoing each."""
    note_given(load.record, mark(load.record, {pk: words for pk, words in wanted.items() if words}, {}))


def note_given(record: Import, given: Mapping[int, Words]) -> None:
    """Write down which tags contacts were given that the import made itself."""
    as_json = connection.ops.adapt_json_value
    rows = ((record.pk, f"tagged:{pk}", as_json({"tags": list(words)}, None)) for pk, words in given.items())
    insert(ImportChange, ("of_id", "record", "before"), rows)


def tags_of(contacts: Sequence[int]) -> dict[int, list[str]]:
    """The tags that contacts have."""
    found: dict[int, list[str]] = {}
    marks = Mark.objects.filter(contact__in=contacts).order_by("tag__name")
    for contact, word in marks.values_list("contact_id", "tag__name"):
        found.setdefault(contact, []).append(word)
    return found


def take_off(contact: int, words: Iterable[str]) -> None:
    """Take tags off that an import gave."""
    Mark.objects.filter(contact=contact, tag__name__in=list(words)).delete()


def remove_unused(tags: Iterable[int]) -> None:
    """Forget tags that nobody has."""
    Tag.objects.filter(pk__in=list(tags), contacts=None).delete()


def still_out(contacts: Sequence[int]) -> set[int]:
    """Those who asked for nothing more, and have not come back since: it isn't recorded a second time."""
    kinds, same = warehouse.kinds(), warehouse.merged(contacts)
    out = {kinds.kinds[code].name for code in kinds.named("withdrew")}
    back = {kind.name for kind in kinds.kinds if REACHABLE in kind.sets}
    told = Touch.objects.filter(contact__in=[*contacts, *same], kind__in=[*out, *back])
    last: dict[int | None, tuple[int, bool]] = {}
    found = told.filter(in_force=True, retracts=None).values_list("contact_id", "kind", "happened_at")
    for contact, kind, at in found:
        who = same.get(contact or 0, contact)
        last[who] = max((at, kind in out), last.get(who, (at, kind in out)))
    return {who for who, (_, gone) in last.items() if gone and who is not None}
