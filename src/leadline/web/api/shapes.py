"""What all that goes in and comes out is made of, as OpenAPI describes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from ninja import Path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
)

from leadline.engine.clocks import of_hour
from leadline.engine.instants import to_datetime, to_instant

LARGEST = 2**63 - 1
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _within_reach(moment: datetime) -> datetime:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("from 1900 to 2200")
    return moment if moment.time() == time() else to_datetime(of_hour(to_instant(moment)))


def _known_day(day: date) -> date:
    if not EARLIEST.date() <= day <= LATEST.date():
        raise ValueError("from 1900 to 2200")
    return day


def _no_truth(number: Any) -> Any:
    if isinstance(number, bool):
        raise ValueError("a number, not true or false")  # noqa: TRY004 - as pydantic wants it
    return number


def _not_blank(value: Any) -> Any:
    if value == "":
        raise ValueError("something: blank, it would mean all of them; leave it out, or say what")
    return value


Identity = Annotated[int, Path(ge=1, le=LARGEST)]
Whole = Annotated[int, BeforeValidator(_no_truth)]
"""A number, and no truth, which counts as 0 or 1 elsewhere."""
Id = Annotated[Whole, Field(ge=1, le=LARGEST)]
Short = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=20_000)]
Word = Annotated[str, Field(max_length=80)]
Instant = Annotated[datetime, AfterValidator(_within_reach)]
"""From 1900 to 2200; without a zone it is UTC. A midnight of UTC stands for its day."""
Day = Annotated[date, AfterValidator(_known_day)]
AsOf = Annotated[
    Annotated[Day, Tag("day")] | Annotated[Instant, Tag("instant")],
    Discriminator(lambda told: "day" if len(str(told)) == len("2026-03-01") else "instant"),
]
"""As of when is asked: a day, of which all counts, or an instant, up to which all counts."""
WHOLE = "All of a day counts, where the team is."
"""What is said of `as_of` and `on`."""
Text = Annotated[str, Field(min_length=1, max_length=200)]
COUNTED = "A whole day, and a touch of which only the day is known, begin at midnight where the team is."
"""What is said of `since` and `until`."""
Amount = Annotated[Whole, Field(ge=0, le=LARGEST, description="Money in minor units: 9950 for 99.50.")]
"""Never below nothing: money that was given back is a touch of its own kind."""
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="Its three letters, as EUR.")]


def example(**said: Any) -> ConfigDict:
    """The settings of a shape with an example: a name that nobody knows is an error, not ignored."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [said]})


class Given(BaseModel):
    """What comes in; a name that nobody knows is an error, not ignored.

    A shape of ninja's own would be read twice, and what is inside it four times: slow where rows are many.
    """

    model_config = ConfigDict(extra="forbid")

    def named(self) -> dict[str, Any]:
        """What was named, and nothing else."""
        return self.model_dump(exclude_unset=True)


class Asked(Given):
    """What records are asked for, by nothing blank: a program that lost a word would mean all of them."""

    _asks = field_validator("*", mode="before")(_not_blank)


class Nothing(Given):
    """A body in which nothing needs to stand."""

    model_config = example()
