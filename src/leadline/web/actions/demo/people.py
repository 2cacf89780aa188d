"""The people of a made-up business, and their companies."""

from __future__ import annotations

from typing import Any

import numpy as np

from leadline.engine.simulate import Simulation
from leadline.engine.simulate.names import company_names
from leadline.web.models import Address, Company, Contact, Field, Mark, Tag, User

BATCH = 500
EMPLOYED = {"managing director", "team lead"}
"""Of which segments people have a company, where the business itself tells of none."""
PEOPLE_OF_ONE = 5


def write_people(simulation: Simulation, owner: User) -> dict[str, Contact]:
    """Contacts by their key, with addresses, companies, tags and the field `segment`."""
    table = simulation.contacts
    people = [
        dict(zip(table, row, strict=True))
        for row in zip(*(column.tolist() for column in table.values()), strict=True)
    ]
    _employ(people, simulation.seed)
    companies = _write_companies(people, owner)
    segments = sorted({str(one["segment"]) for one in people if one["segment"]})
    Field.objects.create(of="contact", name="segment", label="Segment", type="choice", choices=segments)
    made = Contact.objects.bulk_create(
        (
            Contact(
                name=one["name"],
                key=one["id"],
                owner=owner,
                company=companies.get(one["company"]),
                fields={"segment": one["segment"]} if one["segment"] else {},
            )
            for one in people
        ),
        batch_size=BATCH,
    )
    contacts = {str(contact.key): contact for contact in made}
    Address.objects.bulk_create(
        (
            Address(contact=contacts[one["id"]], sort="email", value=one["email"])
            for one in people
            if one["email"]
        ),
        batch_size=BATCH,
    )
    _write_tags(people, contacts)
    return contacts


def _employ(people: list[dict[str, Any]], seed: int) -> None:
    """Gives people an employer, who haven't one: a page of companies should have something to show."""
    some = [one for one in people if one["company"] is None and one["segment"] in EMPLOYED]
    names = company_names(np.random.default_rng(seed), 1 + len(some) // PEOPLE_OF_ONE)
    for place, one in enumerate(some):
        one["company"] = names[place % len(names)]


def _write_companies(people: list[dict[str, Any]], owner: User) -> dict[str, Company]:
    names = sorted({str(one["company"]) for one in people if one["company"]})
    made = Company.objects.bulk_create((Company(name=name, owner=owner) for name in names), batch_size=BATCH)
    return {company.name: company for company in made}


def _write_tags(people: list[dict[str, Any]], contacts: dict[str, Contact]) -> None:
    names = sorted({str(one["source"]) for one in people if one["source"]})
    tags = {tag.name: tag for tag in Tag.objects.bulk_create(Tag(name=name) for name in names)}
    Mark.objects.bulk_create(
        (
            Mark(contact_id=contacts[one["id"]].pk, tag_id=tags[one["source"]].pk)
            for one in people
            if one["source"]
        ),
        batch_size=BATCH,
    )
