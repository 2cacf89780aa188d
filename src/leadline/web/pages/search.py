"""Whom the palette finds: contacts by the beginning of a name or an e-mail address."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_GET

from leadline.web import access
from leadline.web.models import Address, Contact, User
from leadline.web.pages.frame import user_of

MOST, LONGEST = 8, 200


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """At most eight contacts whom the reader sees, as JSON: name, address or company, and where they are."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    if len(words) < 2:
        return JsonResponse({"contacts": []})
    found = find_contacts(user_of(request), words)
    return JsonResponse({"contacts": [_row(contact) for contact in found]})


def find_contacts(user: User, words: str, most: int = MOST) -> list[Contact]:
    """Contacts whose name, one of its words, or e-mail address begins with what was typed."""
    seen = access.contacts(user).select_related("company").prefetch_related("addresses")
    named = list(seen.filter(_begins("name", words)).order_by("name", "id")[:most])
    if len(named) < most:
        named += _by_address(seen, words, {one.pk for one in named}, most - len(named))
    return named


def _begins(column: str, words: str) -> Q:
    """Ranges, which an index answers, for the ways in which a name is written."""
    ways = {words, words.lower(), words.capitalize(), words.title()}
    return Q(
        *[Q(**{f"{column}__gte": way, f"{column}__lt": way + "\U0010ffff"}) for way in sorted(ways)],
        _connector=Q.OR,
    )


def _by_address(seen: QuerySet[Contact], words: str, known: set[int], most: int) -> list[Contact]:
    addresses = Address.objects.filter(_begins("value", words), sort=Address.Sort.EMAIL)
    return list(
        seen.filter(pk__in=addresses.values("contact")).exclude(pk__in=known).order_by("name", "id")[:most]
    )


def _row(contact: Contact) -> dict[str, str]:
    mail = next((one.value for one in contact.addresses.all() if one.sort == Address.Sort.EMAIL), "")
    try:
        url = reverse("contact", args=[contact.pk])
    except NoReverseMatch:
        url = f"/contacts/{contact.pk}"
    return {"name": str(contact), "hint": mail or str(contact.company or ""), "url": url}


urlpatterns = [path("search", search, name="search")]
