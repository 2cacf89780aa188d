"""What a simulated business is made of: every parameter, in one declared model."""

from __future__ import annotations

import pathlib
import tomllib
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from leadline.engine.errors import LeadlineError, UnknownName, nearest

Share = Annotated[float, Field(ge=0, le=1)]
"""A probability."""

Weight = Annotated[float, Field(ge=0)]
"""How often something happens, beside the other things that can."""

Mix = dict[str, Weight]
"""What can happen, each with its weight; the weights need not add up to 1."""

Link = Literal["generate", "nurture", "ask", "answer", "renew"]
"""A link of the cycle that can leak."""

LEAKS: dict[str, tuple[str, ...]] = {
    "generate": ("generate_rate",),
    "nurture": ("nurture_rate", "nurture_touches"),
    "ask": ("ask_rate",),
    "answer": ("yes_rate",),
    "renew": ("renewal_ask_rate",),
}
"""The parameters of a path that a leak in each link makes smaller."""

_SHIPPED = files("leadline.engine.simulate").joinpath("businesses")


class BadBusiness(LeadlineError):
    """A simulated business that can't be: its file and parameter are named."""

    code, exit_code = "bad-business", 3


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


class Delay(_Declared):
    """How long something takes: a positive number of days with a mean and a spread.

    What people do is then moved to an hour and, in an office, a working day near by.

    gamma: shape 1/spread², scale mean·spread². lognormal: σ² = ln(1 + spread²), μ = ln(mean) − σ²/2.
    A gamma with spread 1 is the exponential distribution, which real delays are not.
    """

    mean_days: float = Field(ge=0)
    """The mean in days; 0 means at once."""
    spread: float = Field(default=0.8, gt=0, le=10)
    """Standard deviation over mean."""
    shape: Literal["gamma", "lognormal"] = "gamma"
    """lognormal has the longer tail of those who come back after a year."""


class Offer(_Declared):
    """Something that is sold."""

    name: str = Field(min_length=1)
    price: float = Field(gt=0)
    """The usual price in major units of the currency."""
    spread: float = Field(default=0, ge=0, le=3)
    """Standard deviation of a single price over the usual one (lognormal); 0 is a fixed price."""
    weight: float = Field(default=1, gt=0)
    """How often it is asked for, beside the other offers."""
    renews: bool = True
    """Whether it ends with a term, where the business has terms; what doesn't is sold once."""


class Path(_Declared):
    """One route by which business comes, with its own rates at every link.

    Occasions (posts, talks, events, mailings) reach people; `generate_rate` of those respond and are leads;
    `nurture_rate` of the leads warm to a conversation; `ask_rate` of the warm are asked; `yes_rate` of the
    asked say yes. A rate belongs to the path on which that link takes place, after any jump.
    """

    name: str = Field(min_length=1)
    cycle: Literal["closed", "open"] = "closed"
    """closed: everyone reached is known by name. open: only those who respond are, the rest are counted."""
    reached_per_month: float = Field(default=0, ge=0)
    """New people reached in a month of 30.4375 days, before growth and season (a Poisson mean)."""
    occasions_per_month: float = Field(default=4, gt=0, le=100)
    """On how many occasions in a month they are reached."""
    echo: Delay = Delay(mean_days=1)
    """From the occasion to the moment at which somebody notices it."""

    generate_rate: Share = 0.5
    """Of those reached: the share that responds, and is a lead."""
    respond: Delay = Delay(mean_days=3)
    """From being reached to the response, on closed paths."""
    skip_rate: Share = 0.05
    """Of the leads: the share that is ready for a conversation at once and skips nurturing."""
    unnamed_rate: Share = 0
    """Of the leads of an open path: the share that stays unknown until it buys."""

    jumps: Mix = Field(default_factory=dict)
    """To which other paths people move before they are nurtured; the rest stay."""
    ask_jumps: Mix | None = None
    """To which they move between the conversation and the ask; as `jumps` where nothing is said."""

    nurture_rate: Share = 0.4
    """Of the leads nurtured on this path: the share that warms to a two-way conversation."""
    nurture_touches: float = Field(default=3, ge=0, le=200)
    """Nurturing touches a lead gets from us while that takes (a Poisson mean)."""
    nurture: Delay = Delay(mean_days=30)
    """From the response to the conversation, or to the end of the interest."""
    heed_rate: Share = 0.4
    """Of those touches: the share that is opened, read or clicked."""
    leave_rate: Share = 0.2
    """Of the leads that don't warm, and of the last refusals: the share that takes its leave (healthy)."""

    ask_rate: Share = 0.6
    """Of the warm: the share that gets a direct ask."""
    ask: Delay = Delay(mean_days=10)
    """From the conversation to the ask."""
    prove_touches: float = Field(default=1, ge=0, le=200)
    """Meetings, demonstrations, trials between the conversation and the ask (a Poisson mean)."""
    yes_rate: Share = 0.3
    """Of the first asks: the share answered with yes."""
    answer: Delay = Delay(mean_days=7)
    """From the ask to the answer."""

    renewal_ask_rate: Share = 0.8
    """Of the clients whose term ends: the share that is asked to renew."""
    renew_rate: Share = 0.7
    """Of those asked to renew: the share that does."""

    reach_by: Mix = {"introduced": 1}
    """Kinds of the touch that reaches people; on closed paths none that is a response itself, as `met` is."""
    respond_by: Mix = {"requested_info": 1}
    """Kinds of the response."""
    nurture_by: Mix = {"mailed": 3, "sent_content": 1}
    """Kinds of our nurturing touches."""
    heed_by: Mix = {"opened": 3, "clicked": 1}
    """Kinds by which they are heeded."""
    warm_by: Mix = {"replied": 2, "called": 1, "had_meeting": 1}
    """Kinds of the first conversation, and of the care for clients."""
    prove_by: Mix = {"had_meeting": 1}
    """Kinds of the touches between conversation and ask."""
    ask_by: Mix = {"asked": 1, "proposed": 1}
    """Kinds of the ask."""
    leave_by: Mix = {"unsubscribed": 2, "went_elsewhere": 1}
    """Kinds of the leave-taking."""
    magnets: tuple[str, ...] = ()
    """Pieces of content that people respond to."""
    campaigns: tuple[str, ...] = ()
    """Campaigns that reach people, one a quarter, in turn."""

    @property
    def jumps_to_ask(self) -> Mix:
        """To which other paths people move between the conversation and the ask."""
        return self.jumps if self.ask_jumps is None else self.ask_jumps

    def declared(self, link: Link) -> float:
        """The probability to get through a link of this path; renew: to be asked, and to do it."""
        rate = float(getattr(self, LEAKS[link][0]))
        return rate * self.renew_rate if link == "renew" else rate

    @model_validator(mode="after")
    def _check(self) -> Self:
        for name, mix in self:
            if name.endswith("_by") and not sum(mix.values()) > 0:
                raise ValueError(f"{name} of the path “{self.name}” needs a kind with a weight above 0")
        return self


class Again(_Declared):
    """The second ask: a no goes back to nurturing, to be asked on another day."""

    rate: Share = 0.3
    """Of those asked without a yes: the share that is asked again."""
    delay: Delay = Delay(mean_days=90, spread=0.6)
    """From the answer (or from when it was due) to the next ask."""
    yes_factor: Share = 0.7
    """By how much each further ask's chance of a yes is smaller."""
    asks_at_most: int = Field(default=2, ge=1, le=5)
    """How often one person is asked, renewals apart."""


class Renewal(_Declared):
    """Clients whose time runs out unless they renew."""

    term_days: float = Field(ge=7)
    """From the purchase to the end of what was bought."""
    care_touches: float = Field(default=2, ge=0, le=200)
    """Conversations with a client during a term (a Poisson mean)."""
    notice_rate: Share = 0.4
    """Of those who don't renew: the share that says so (`churned`); the others just end (`lapsed`)."""


class Flaws(_Declared):
    """What goes wrong between what happened and what is on record. All 0 is a perfect log."""

    missing_rate: Share = 0
    """Touches never recorded. Purchases and renewals are invoiced, and always are."""
    late_rate: Share = 0
    """Touches recorded later than they happened."""
    late: Delay = Delay(mean_days=5, spread=1.2, shape="lognormal")
    """How much later."""
    duplicate_rate: Share = 0
    """Touches that a written log holds twice, under the same id."""
    machine_rate: Share = 0
    """E-mail and web touches followed by one that a machine made: a link scanner, an auto-reply, a bot."""
    twin_rate: Share = 0
    """People of at least two recorded touches who are on record twice, from some touch on by another id."""
    stale_rate: Share = 0
    """Contacts whose typed lifecycle stage is wrong."""


class Business(_Declared):
    """A whole business: its paths, what it sells, and how well it keeps its records."""

    name: str = Field(min_length=1)
    means: str = ""
    """What it lives from, in one sentence."""
    paths: tuple[Path, ...] = Field(min_length=1)
    offers: tuple[Offer, ...] = Field(min_length=1)
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    owners: tuple[str, ...] = Field(min_length=1)
    """Those who look after contacts."""
    segments: Mix = {"small business": 1}
    """Kinds of customers, with their shares."""
    people_per_company: float = Field(default=0, ge=0)
    """Contacts at one company, on average; 0 when it sells to people."""
    articles: tuple[str, ...] = ()
    """Content for nurturing."""
    office_hours: bool = True
    """Whether conversations, asks and purchases keep office hours; on the web they don't."""

    growth_per_year: float = Field(default=0, gt=-1, le=20)
    """By how much a year reaches more people than the one before; 0.2 is a fifth."""
    season: tuple[Weight, ...] = Field(default=(1.0,) * 12, min_length=12, max_length=12)
    """How many people January to December reach, against an ordinary month."""

    facts: dict[str, Share] = {"told_need": 0.8, "matched_profile": 0.6, "told_budget": 0.4}
    """What comes out in the first conversation, each with its probability."""
    refusal_facts: dict[str, Share] = {"withdrew_budget": 0.2, "dropped_timeline": 0.2}
    """What comes out with a no."""
    not_now_rate: Share = 0.3
    """Of the asks without a yes: the share answered with *not now*."""
    silence_rate: Share = 0.2
    """Of the asks without a yes: the share never answered."""
    closing: Delay = Delay(mean_days=3)
    """From the yes to the purchase."""
    again: Again = Again()
    renewal: Renewal | None = None
    """None when what is sold is sold once."""
    flaws: Flaws = Flaws()

    @model_validator(mode="after")
    def _check(self) -> Self:
        names = [path.name for path in self.paths]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the path “{name}” is declared {names.count(name)} times")
        for path in self.paths:
            _check_jumps(path, names)
        if not sum(self.segments.values()) > 0:
            raise ValueError("segments needs one with a share above 0")
        if self.not_now_rate + self.silence_rate > 1:
            raise ValueError("not_now_rate and silence_rate add up to more than 1")
        return self

    def path(self, name: str) -> Path:
        """The path of that name; raises UnknownName with the nearest one."""
        for path in self.paths:
            if path.name == name:
                return path
        names = [path.name for path in self.paths]
        raise UnknownName(
            f"A path of {self.name} was asked for",
            found=f"“{name}”",
            allowed=", ".join(names),
            suggestion=nearest(name, names),
        )

    def with_path(self, name: str, **changes: Any) -> Business:
        """The same business with other parameters for one path."""
        changed = {path.name: path for path in self.paths}
        changed[name] = Path.model_validate(dict(self.path(name)) | changes)
        return self.replaced(paths=tuple(changed.values()))

    def with_leak(self, path: str, link: Link | str, keeps: Share = 0) -> Business:
        """The same business with a leak: `keeps` of what came through that link of that path still does.

        0 is a missing link: no response, no nurturing, no ask, no yes, nobody asked to renew. With the same
        seed everything else happens as it did. Raises UnknownName for a path or link there isn't.
        """
        if link not in LEAKS:
            raise UnknownName(
                "A leak was asked for",
                found=f"the link “{link}”",
                allowed=", ".join(LEAKS),
                suggestion=nearest(link, LEAKS),
            )
        if not 0 <= keeps <= 1:
            raise BadBusiness("A leak keeps a share of what came through", found=str(keeps), allowed="0 to 1")
        whole = self.path(path)
        return self.with_path(path, **{name: getattr(whole, name) * keeps for name in LEAKS[link]})

    def scaled(self, factor: float) -> Business:
        """The same business reaching `factor` times as many people on every path."""
        paths = (
            Path.model_validate(dict(path) | {"reached_per_month": path.reached_per_month * factor})
            for path in self.paths
        )
        return self.replaced(paths=tuple(paths))

    def replaced(self, **changes: Any) -> Business:
        """The same business with other parameters, checked like a new one."""
        return Business.model_validate(dict(self) | changes)


def shipped_businesses() -> list[str]:
    """The names of the businesses that come with Leadline."""
    names = (pathlib.PurePath(entry.name) for entry in _SHIPPED.iterdir())
    return sorted(name.stem for name in names if name.suffix == ".toml")


def load_business(name_or_path: str | pathlib.Path) -> Business:
    """A shipped business by its name, or one from a TOML file.

    Raises UnknownName for a name that isn't shipped, BadBusiness for a file that can't be used.
    """
    name = str(name_or_path)
    if isinstance(name_or_path, str) and not name.endswith(".toml"):
        if name not in shipped_businesses():
            raise UnknownName(
                "A business was asked for",
                found=f"“{name}”",
                allowed=", ".join(shipped_businesses()) + ", or the path of a .toml file",
                suggestion=nearest(name, shipped_businesses()),
            )
        return _parse(_SHIPPED.joinpath(f"{name}.toml").read_text(encoding="utf-8"), name)
    try:
        text = pathlib.Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found = str(error)
        raise BadBusiness("The file can't be read", found=found, allowed="a TOML file", where=name) from None
    return _parse(text, name)


def _parse(text: str, where: str) -> Business:
    try:
        return Business.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadBusiness("The file is not valid TOML", found=str(error), where=where) from None
    except ValidationError as error:
        first = error.errors()[0]
        steps = (f"number {part + 1}" if isinstance(part, int) else part for part in first["loc"])
        place = ", ".join(steps) or "as a whole"
        found = "nothing" if first["type"] == "missing" else repr(first["input"])[:80]
        raise BadBusiness(
            f"The business can't be used: {place}", found=found, allowed=first["msg"], where=where
        ) from None


def _check_jumps(path: Path, names: list[str]) -> None:
    for jumps in (path.jumps, path.ask_jumps or {}):
        for name in jumps:
            if name not in names:
                raise ValueError(
                    f"the path “{path.name}” jumps to “{name}”, which is no path of this business"
                )
        if sum(jumps.values()) > 1 + 1e-9:
            raise ValueError(f"the jumps of the path “{path.name}” add up to more than 1")
