"""Names of kinds, groups and facts as people say them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from leadline.engine.conditions import Phrase
from leadline.engine.kinds import Kinds
from leadline.web import warehouse
from leadline.web.templatetags.markup import fill, fill_each
from leadline.web.templatetags.words import means, said

register = template.Library()
_BUTTON = '<button class="btn btn-quiet small" name="kind" value="{}" title="{}">{}{}</button>'
_NUMBER = ' <kbd aria-hidden="true">{}</kbd>'
_NUMBERED = 9
_NAME = re.compile(r"(?<![\w/@.-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w/@-])")


@register.filter
def spoken(name: str) -> str:
    """The name of a kind as it is said: “had meeting”."""
    return name.replace("_", " ")


@register.simple_tag(takes_context=True)
def phrase(context: template.Context, condition: Phrase) -> SafeString:
    """A phrase of a condition, each name in it with what it means."""
    kinds, parts = warehouse.kinds(), condition.parts()
    told = (means(context, spoken(words), kinds.means(words)) if named else words for words, named in parts)
    return fill(" ".join("{}" for _ in parts), *told)


@register.simple_tag
def kind_buttons(kinds: Iterable[tuple[str, str]]) -> SafeString:
    """A button for each kind (its name, and what it means) that is logged by pressing it, or its number."""
    return fill_each(
        _BUTTON,
        (
            (name, means, spoken(name), fill(_NUMBER, number) if number <= _NUMBERED else "")
            for number, (name, means) in enumerate(kinds, start=1)
        ),
    )


def said_kind(name: str) -> str:
    """The same where a line begins with it: “Had meeting”."""
    return spoken(name).capitalize()


@register.filter
def retold(text: str, kinds: Kinds | None = None) -> str:
    """A sentence with the names of kinds, groups and facts in it as they are said; other words stay.

    Figures are written as the reader writes them.
    """
    text = said(text)
    if "_" not in text:
        return text
    kinds = kinds or warehouse.kinds()
    return _NAME.sub(lambda found: spoken(found[0]) if _is_name(found[0], kinds) else found[0], text)


def _is_name(word: str, kinds: Kinds) -> bool:
    return word in kinds or word in kinds.groups or word in kinds.facts
