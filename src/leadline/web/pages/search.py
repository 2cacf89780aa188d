"""What the palette finds: contacts by the beginning of a name or an address, and companies."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from leadline.web import access
from leadline.web.knowing import begins
from leadline.web.models import Address, Company, Contact, User
from leadline.web.pages.frame import user_of

MOST, MOST_COMPANIES, LONGEST = 8, 4, 200
LOOKED = 2000
"""So many of those who are called so are looked at, whoever sees them."""


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """At most eight contacts and four companies that the reader sees, as JSON: name, hint, and address."""
    words, user = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST], user_of(request)
    if len(words) < 2:
        return JsonResponse({"contacts": [], "companies": []})
    contacts, companies = find_contacts(user, words), find_companies(user, words)
    return JsonResponse(
        {
            "contacts": [_contact(one) for one in contacts],
            "companies": [_company(one) for one in companies],
        }
    )


def find_contacts(user: User, words: str, most: int = MOST) -> list[Contact]:
    """Contacts whose name, second name, or one of whose addresses begins with what was typed.

    Of several words the last may be the first one of the name: “Young Elena” finds Elena Young.

    Each is a span of an index, of which the first are looked up: among them are those whom somebody sees,
    or, where these are rare among very many, some of them.
    """
    everybody = Contact.objects.select_related("company").prefetch_related("addresses")
    named = {
        column: Contact.objects.filter(begins(column, words))
        for column in ("name_small", "second_name_small")
    }
    ways: list[QuerySet[Any, int]] = [
        rows.order_by(column).values_list("pk", flat=True) for column, rows in named.items()
    ]
    if turned := _turned(words):
        rows = Contact.objects.filter(begins("name_small", turned))
        ways.append(rows.order_by("name_small").values_list("pk", flat=True))
    addresses = Address.objects.filter(begins("value_small", words))
    ways.append(addresses.order_by("value_small").values_list("contact_id", flat=True))
    found: dict[int, Contact] = {}
    for numbers in ways:
        if len(found) < most:
            wanted = set(numbers[:LOOKED]) - found.keys()
            for rows, where in access.few(user, everybody, wanted):
                seen = rows.filter(where).order_by("name_small", "pk")
                found |= {one.pk: one for one in seen[: most - len(found)]}
    return list(found.values())


def _turned(words: str) -> str:
    """What was typed, with its last word first and without commas; nothing for one word."""
    *others, last = words.replace(",", " ").split() or [""]
    return " ".join((last, *others)) if others else ""


def find_companies(user: User, words: str, most: int = MOST_COMPANIES) -> list[Company]:
    """Companies whose name begins with what was typed."""
    return list(
        access.every_company(user).filter(begins("name_small", words)).order_by("name_small", "pk")[:most]
    )


def _contact(contact: Contact) -> dict[str, str]:
    mail = next((one.value for one in contact.addresses.all() if one.sort == Address.Sort.EMAIL), "")
    hint = str(contact.company or "") or mail
    return {"name": str(contact), "hint": hint, "url": reverse("contact", args=[contact.pk])}


def _company(company: Company) -> dict[str, str]:
    hint = f"company, {company.domain}" if company.domain else "company"
    return {"name": str(company), "hint": hint, "url": reverse("company", args=[company.pk])}


urlpatterns = [path("search", search, name="search")]
