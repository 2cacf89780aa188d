"""Fields of one's own in forms: each with the value that it has, and what was typed in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from leadline.engine.importers.cells.values import parse_typed
from leadline.web import together
from leadline.web.filters import OWN
from leadline.web.models import Field
from leadline.web.templatetags.words import decimal_mark, typed
from leadline.web.together import Place

TYPES = {Field.Type.DATE: "date", Field.Type.NUMBER: "text", Field.Type.TEXT: "text"}
MOST = 200
View = Callable[..., HttpResponseBase]
TYPED = "typed"
"""What an address has besides where its filters stand in it as somebody typed them."""
FLAG = (("", "Not known"), ("yes", "Yes"), ("no", "No"))


def declared(of: str) -> list[Field]:
    """The fields of contacts or companies, by label."""
    return together.records_of(_of(), {"of": of})


@cache
def _of() -> together.Question:
    return together.put_together(Field.objects.filter(of=Place("of")).order_by("label"))


def own_fields(of: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The fields of contacts or companies as a form has them: name, label, value, type, choices."""
    values = values or {}
    return [_shown(one, values.get(one.name)) for one in declared(of)]


def own_filters(fields: Sequence[Field], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields by which a list is filtered: each with what was asked of it, of numbers and days a span."""
    ways = {"value": "", "from": ".from", "to": ".to"}
    return [
        {"field": one}
        | {way: _asked(one, given.get(f"{OWN}{one.name}{side}", "")) for way, side in ways.items()}
        for one in fields[:MOST]
    ]


def _asked(field: Field, value: str) -> str:
    """What was asked of a field, as one would type it."""
    number = parse_typed(value, decimals=3) if field.type == Field.Type.NUMBER else None
    return value if number is None else typed(number)


def read_where_one_is(of: str) -> Callable[[View], View]:
    """A list whose address has numbers as programs write them, so that it says the same to everybody.

    What was just typed in its filters leads there, read as it is written where whoever typed it is.
    """

    def wrapped(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponseBase:
            if TYPED not in request.GET:
                return view(request)
            asked = request.GET.copy()
            del asked[TYPED]
            for one in Field.objects.filter(of=of, type=Field.Type.NUMBER):
                for name in (f"{OWN}{one.name}{side}" for side in (".from", ".to")):
                    if number := _number(asked.get(name, "")):
                        asked[name] = number
            return redirect(f"{request.path}?{asked.urlencode()}")

        return answer

    return wrapped


def _number(text: str) -> str:
    """A number that somebody typed as programs write it; nothing for what is none."""
    number = parse_typed(text.strip(), decimal_mark(), decimals=3)
    return "" if number is None else str(number)


def span_labels(fields: Iterable[Field]) -> dict[str, str]:
    """What each filter by a field is called."""
    ways = {"": "", ".from": " from", ".to": " up to"}
    return {f"{OWN}{one.name}{side}": f"{one.label}{said}" for one in fields for side, said in ways.items()}


def own_typed(of: str, form: Mapping[str, Any]) -> dict[str, str]:
    """What was typed in them, by the name of the field, as `as_meant`."""
    found = {name.removeprefix(OWN): str(value) for name, value in form.items() if name.startswith(OWN)}
    return as_meant(of, found)


def as_meant(of: str, texts: Mapping[str, str]) -> dict[str, str]:
    """What was typed in fields, by their names: numbers as programs write them.

    `1.200` and `1,200` are what they are where whoever typed them is.
    """
    found = dict(texts)
    for one in Field.objects.filter(of=of, type=Field.Type.NUMBER, name__in=found):
        found[one.name] = _number(found[one.name]) or found[one.name]
    return found


def _shown(field: Field, value: Any) -> dict[str, Any]:
    choices: tuple[tuple[str, str], ...] | None = None
    if field.type == Field.Type.FLAG:
        choices, value = FLAG, {True: "yes", False: "no"}.get(value, "")
    elif isinstance(value, int | float) and field.type == Field.Type.NUMBER:
        value = typed(value)
    elif field.type == Field.Type.CHOICE:
        known = list(map(str, field.choices))
        kept = [str(value)] if value and str(value) not in known else []
        choices = (("", "Not known"), *((one, one) for one in [*known, *kept]))
    return {
        "name": f"{OWN}{field.name}",
        "label": field.label,
        "value": "" if value is None else value,
        "type": TYPES.get(Field.Type(field.type), "text"),
        "numeric": "decimal" if field.type == Field.Type.NUMBER else False,
        "choices": choices,
    }
