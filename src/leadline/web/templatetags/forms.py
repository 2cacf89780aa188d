"""The one shape of a field in a form: its label, what can be typed or chosen, what helps, what is wrong.

Where a page says what a record has now (`stands`, texts by the names of fields), each of these fields tells
along what it showed, and `forms.changed` finds what two people changed at the same time.

`{% sent "keep" one.pk as here %}` before a form's fields says whether it is the form that was refused, on a
page with several. Its fields then have what was typed, and the one that it is about says what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from leadline.web.refusals import plainly
from leadline.web.templatetags.markup import fill_each

register = template.Library()


@register.simple_tag(takes_context=True)
def sent(context: template.Context, do: str = "", record: object = "") -> bool:
    """Whether the form with this button, about the record of this number, is the one that was refused."""
    typed = context.get("typed") or {}
    return bool(typed) and (typed.get("do", ""), typed.get("record", "")) == (do, str(record or ""))


@register.simple_tag
def options(choices: Iterable[tuple[str, object]], chosen: object = "") -> SafeString:
    """What a list to choose from offers: values with their words, of which one is chosen."""
    said = str(chosen)
    marked = ((value, SafeString(" selected" if value == said else ""), words) for value, words in choices)
    return fill_each('<option value="{}"{}>{}</option>', marked)


@register.inclusion_tag("web/parts/field.html", takes_context=True)
def field(
    context: template.Context,
    name: str,
    label: str,
    value: object = "",
    *,
    key: object = "",
    hint: str = "",
    choices: Iterable[Any] | Mapping[Any, Any] | None = None,
    rows: int = 0,
    **attributes: Any,
) -> dict[str, Any]:
    """A field with its label; `key` tells it from those of the same name, `choices` are (value, words)."""
    here, refused = context.get("here"), context.get("refused")
    typed = context.get("typed") or {}
    shown = typed[name] if here and name in typed and attributes.get("type") != "password" else value
    wrong = plainly(refused) if here and refused and getattr(refused, "field", "") == name else ""
    number = "-".join(filter(None, (name.replace(".", "-"), str(key or ""))))
    described = [f"{number}-{part}" for part, said in (("hint", hint), ("wrong", wrong)) if said]
    attributes = {one.replace("_", "-"): said for one, said in attributes.items()}
    attributes |= {"autofocus": False} if here else {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if wrong:
        attributes |= {"aria-invalid": "true", "autofocus": True}
    offered = choices.items() if isinstance(choices, Mapping) else choices
    return {
        "id": number,
        "name": name,
        "label": label,
        "value": "" if shown is None else str(shown),
        "hint": hint,
        "wrong": wrong,
        "rows": rows,
        "was": (context.get("stands") or {}).get(name),
        "choices": None if offered is None else [(str(one), words) for one, words in offered],
        "attributes": flatatt(attributes),
    }
