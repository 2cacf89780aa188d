"""Words that contacts are marked with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadline.web.actions.acting import Note
from leadline.web.actions.rows import insert, parts_of
from leadline.web.actions.texts import tidy
from leadline.web.errors import Invalid
from leadline.web.models import Contact, Mark, Tag

MOST_TAGS = 50


class TagDrafts:
    """The tags that contacts shall have, put down one after another and written in the end.

    `among` are those who may be meant: what they have is looked up for all of them at once.
    """

    def __init__(self, among: Iterable[int], note: Note) -> None:
        self._among, self._note = among, note
        self._there: dict[int, dict[str, int]] = {}
        self._wanted: dict[int, list[str]] = {}
        self._words: dict[str, None] = {}

    def begin(self, contact: Contact) -> None:
        """Know that somebody is new, and has none."""
        self._there[contact.pk] = {}

    def put(self, contact: Contact, names: Iterable[str]) -> None:
        """Mark somebody with these words and no others. Raises Invalid."""
        words = read_words(names)
        before, after = sorted(self._of(contact)), sorted(words)
        self._wanted[contact.pk] = words
        self._words |= dict.fromkeys(words)
        if before != after:
            self._note("contact.tagged", contact, {"tags": before}, {"tags": after})

    def write(self) -> None:
        """Put on and take off what differs; words that are new become known."""
        tags = tags_called(list(self._words))
        pairs = [(number, self._there[number], words) for number, words in self._wanted.items()]
        gone = [mark for _, there, words in pairs for word, mark in there.items() if word not in words]
        for part in parts_of(gone):
            Mark.objects.filter(pk__in=part).delete()
        come = (
            (number, tags[word].pk) for number, there, words in pairs for word in words if word not in there
        )
        insert(Mark, ("contact_id", "tag_id"), come)

    def _of(self, contact: Contact) -> Iterable[str]:
        if contact.pk not in self._there:
            self._look({contact.pk, *self._among} - self._there.keys())
        return self._wanted.get(contact.pk, self._there[contact.pk])

    def _look(self, numbers: set[int]) -> None:
        self._there |= {number: {} for number in numbers}
        for part in parts_of(sorted(numbers)):
            marks = Mark.objects.filter(contact__in=part).values_list("contact_id", "tag__name", "pk")
            for number, word, mark in marks:
                self._there[number][word] = mark


def tags_called(words: Sequence[str]) -> dict[str, Tag]:
    """The tags of these words; those that are new are made."""
    known = _known(words)
    if missing := [word for word in words if word not in known]:
        Tag.objects.bulk_create([Tag(name=word) for word in missing], ignore_conflicts=True)
        known |= _known(missing)
    return known


def read_words(names: Iterable[str]) -> list[str]:
    """The words of one contact, each once. Raises Invalid for one too long, and for too many."""
    words = words_of(names)
    if len(words) > MOST_TAGS:
        found = f"{len(words)} of them"
        raise Invalid("Tags were given", found=found, allowed=f"at most {MOST_TAGS}", field="tags")
    return words


def words_of(names: Iterable[str]) -> list[str]:
    """Words as they are kept, each once."""
    found = (" ".join(tidy(name, "A tag", 60, "tags").split()) for name in names)
    return list(dict.fromkeys(word for word in found if word))


def _known(words: Sequence[str]) -> dict[str, Tag]:
    found = (tag for part in parts_of(words) for tag in Tag.objects.filter(name__in=part))
    return {tag.name: tag for tag in found}
