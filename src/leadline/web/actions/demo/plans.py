"""What a made-up business plans, counts, spends and has to do."""

from __future__ import annotations

from datetime import date, timedelta

from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.simulate import Simulation
from leadline.web.models import Audience, Capacity, Contact, Goal, Note, PathCost, Task, User

COSTS = {"networking": 18_000, "speaking": 25_000, "social": 9_000, "email": 4_900, "content": 12_000}
"""What a month of a path costs, in cents."""
TASKS = (
    "Send the case study that they asked for",
    "Ask whether the board has decided",
    "Call back about the workshop",
    "Write a summary of our talk",
    "Find a day for the second meeting",
    "Thank them for the introduction",
)
NOTES = (
    "Prefers the phone, mornings. Decides together with her partner.",
    "New role since the summer; the team has doubled.",
    "Was burnt by another coach: wants to see how progress is measured.",
    "Budget is set in November, so ask before.",
)


def write_plans(simulation: Simulation, owner: User, contacts: dict[str, Contact], now: int) -> None:
    """Audiences, a goal, capacity, what paths cost, tasks and notes."""
    today = to_datetime(now).date()
    Audience.objects.bulk_create(_audiences(simulation, now), batch_size=500)
    Goal.objects.create(
        by=date(today.year, 12, 31) if today.month < 10 else date(today.year + 1, 6, 30), clients=24
    )
    Capacity.objects.create(since=today - timedelta(days=730), clients_a_month=6)
    currency = simulation.business.currency
    PathCost.objects.bulk_create(
        PathCost(path=path, since=first, until=last, amount=cents, currency=currency)
        for path, cents in COSTS.items()
        for first, last in _months(today, 12)
    )
    known = sorted(contacts.values(), key=lambda contact: -contact.pk)
    Task.objects.bulk_create(
        Task(
            contact=contact,
            owner=owner,
            title=TASKS[place % len(TASKS)],
            due_on=today + timedelta(days=place - 3),
        )
        for place, contact in enumerate(known[:24:2])
    )
    Note.objects.bulk_create(
        Note(contact=contact, author=owner, text=NOTES[place % len(NOTES)])
        for place, contact in enumerate(known[:120:4])
    )


def _audiences(simulation: Simulation, now: int) -> list[Audience]:
    log = simulation.log
    rows = (log.row(number) for number in range(len(simulation.touches), len(log)))
    return [
        Audience(
            path=row.get("path", ""),
            kind=row["kind"],
            day=row["happened_at"].date(),
            n=row["n"],
            content=row.get("content", ""),
        )
        for row in rows
        if to_instant(row["happened_at"]) <= now
    ]


def _months(today: date, count: int) -> list[tuple[date, date]]:
    found, last = [], today.replace(day=1) - timedelta(days=1)
    for _ in range(count):
        found.append((last.replace(day=1), last))
        last = last.replace(day=1) - timedelta(days=1)
    return found
