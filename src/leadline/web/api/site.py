"""The API as a whole: its addresses, its description, how it reads and how it fails."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from leadline.web.access import SAID
from leadline.web.actions.replies import keep_answer
from leadline.web.api import (
    asks,
    backups,
    changes,
    companies,
    contact_records,
    contacts,
    definitions,
    edits,
    exports,
    figures,
    funnels,
    imports,
    offers,
    own,
    people,
    plans,
    profiles,
    reports,
    sales,
    tasks,
    today,
    touches,
    webhooks,
)
from leadline.web.api.door import NEEDS
from leadline.web.api.problems import PROBLEM, Problem, answer_with_problems
from leadline.web.api.reading import Reader

MEANS = """\
Record what happened, ask, sell, define, and see where everybody stands: everything that a page can do. Each
request carries a token, made in the settings: `Authorization: Bearer …`; each operation says which scope the
token needs. Lists come a part at a time: `next` is the `cursor` of the following part. What can't be done is
answered with a problem of RFC 9457 (`application/problem+json`), whose `code` never changes.
"""

ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once, and answered alike for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


class Described(NinjaAPI):
    """The API with what all of its operations have in common in its description."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the function: `list_contacts`."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The description, with scopes, the keys of what writes, and the problems that all may answer."""
        schema = super().get_openapi_schema(**given)
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        schema["tags"] = [{"name": name, "description": means} for name, means in TAGS.items()]
        for way in schema["paths"].values():
            for method, operation in way.items():
                _describe(method, operation)
        return schema

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        """What doesn't fit the description, with what was given there, which is told too."""
        found = super().validation_error_from_error_contexts(error_contexts)
        given = (one for context in error_contexts for one in context.pydantic_validation_error.errors())
        return ValidationError(
            [said | {"input": one["input"]} for said, one in zip(found.errors, given, strict=True)]
        )

    def create_response(self, request: HttpRequest, data: Any, **given: Any) -> HttpResponse:
        """An answer, kept where the request had a key."""
        response = super().create_response(request, data, **given)
        keep_answer(getattr(request, "once", None), response.status_code, response.content.decode())
        return response


def _describe(method: str, operation: dict[str, Any]) -> None:
    """What an operation needs and may answer."""
    said = {"description": "A problem.", "content": {PROBLEM: {"schema": {"$ref": PROBLEM_SHAPE}}}}
    operation["responses"] |= {"4XX": said, "503": said}
    need = NEEDS[operation["operationId"]]
    words = [operation.get("description", ""), f"Needs the scope `{need.scope}`"]
    words[1] += "." if need.right == "see" else f", and a role that may {SAID[need.right]}."
    operation["description"] = "\n\n".join(filter(None, words))
    operation["x-scope"] = need.scope
    if method != "get":
        operation["parameters"] = [*operation.get("parameters", []), ONCE]


PROBLEM_SHAPE = "#/components/schemas/Problem"
TAGS = {
    "contacts": "People, with their addresses, tags and fields, and where they stand.",
    "companies": "Organisations.",
    "touches": "What happened.",
    "facts and notes": "What is known of somebody, and what is worth remembering.",
    "asks": "Who was asked what, and what was answered.",
    "sales": "What is sold, what was bought, and what clients have.",
    "today": "What is worth doing today, and tasks.",
    "plans": "Goals, capacity, costs, and how many people without names were reached.",
    "reports": "Where the funnel leaks, and all other reports.",
    "funnels": "The vocabularies: versions, checks, what-if, and putting one in force.",
    "definitions": "Kinds of touches, paths, fields of one's own, and the ideal customer.",
    "imports and exports": "Files in, and everything out.",
    "people": "Who works here, in which teams.",
    "own": "What is one's own: preferences, tokens, kept views.",
    "webhooks": "Addresses that hear of events.",
    "changes": "Who changed what, and when; and to undo edits.",
    "backups": "Copies of everything, kept on the server.",
}
ROUTERS = [
    contacts.router,
    contact_records.router,
    companies.router,
    edits.router,
    touches.router,
    asks.router,
    offers.router,
    sales.router,
    today.router,
    tasks.router,
    plans.router,
    reports.router,
    figures.router,
    funnels.router,
    definitions.router,
    profiles.router,
    imports.router,
    exports.router,
    people.router,
    own.router,
    webhooks.router,
    changes.router,
    backups.router,
]

api = Described(
    title="Leadline",
    version="1",
    description=MEANS,
    urls_namespace="api",
    docs_url=None,
    auth=lambda _: None,  # an operation that isn't @scoped lets nobody in
    parser=Reader(),
)
for router in ROUTERS:
    api.add_router("", router)
answer_with_problems(api)

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls)]
