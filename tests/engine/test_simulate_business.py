"""The declared model of a simulated business, and what it refuses."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from leadline.engine.errors import LeadlineError, UnknownName
from leadline.engine.simulate import (
    BadBusiness,
    Business,
    Delay,
    Flaws,
    Path,
    Renewal,
    load_business,
    shipped_businesses,
    simulate,
)


def test_five_businesses_are_shipped():
    assert shipped_businesses() == ["agency", "b2b-team", "blogger", "coach", "saas"]


@pytest.mark.parametrize("name", shipped_businesses())
def test_a_shipped_business_says_what_it_lives_from(name):
    business = load_business(name)
    assert business.means.endswith(".")
    assert business.flaws.stale_rate == 0.15


@pytest.mark.parametrize("name", shipped_businesses())
def test_every_path_of_a_shipped_business_can_leak_at_every_link(name):
    business = load_business(name)
    for path in business.paths:
        for link in ("generate", "nurture", "ask", "answer", "renew"):
            assert business.with_leak(path.name, link).path(path.name) != path or path.generate_rate == 0


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Path(name="social", ask_rate=1.2), "ask_rate"),
        (lambda: Path(name="social", yes_rate=-0.1), "yes_rate"),
        (lambda: Path(name="social", reached_per_month=-1), "reached_per_month"),
        (lambda: Path(name="social", reached_per_month=float("nan")), "reached_per_month"),
        (lambda: Path(name="social", ask_by={"asked": 0}), "ask_by"),
        (lambda: Delay(mean_days=-1), "mean_days"),
        (lambda: Delay(mean_days=3, spread=0), "spread"),
        (lambda: Flaws(missing_rate=2), "missing_rate"),
        (lambda: Renewal(term_days=0), "term_days"),
        (lambda: load_business("coach").replaced(growth_per_year=-1), "growth_per_year"),
        (lambda: load_business("coach").replaced(season=[1, 2]), "season"),
        (lambda: load_business("coach").replaced(not_now_rate=0.8, silence_rate=0.4), "silence_rate"),
        (lambda: load_business("coach").replaced(paths=[]), "paths"),
        (lambda: load_business("coach").replaced(segments={"all": 0}), "segments"),
        (lambda: load_business("coach").with_path("social", jumps={"mail": 0.5}), "mail"),
        (lambda: load_business("coach").with_path("social", jumps={"email": 0.8, "content": 0.4}), "social"),
        (lambda: Path(name="social", asks_rate=0.5), "asks_rate"),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(make, named):
    with pytest.raises(ValidationError, match=named):
        make()


def test_a_path_is_declared_once():
    coach = load_business("coach")
    with pytest.raises(ValidationError, match="“networking” is declared 2 times"):
        coach.replaced(paths=(*coach.paths, coach.path("networking")))


def test_a_leak_on_an_unknown_path_names_the_nearest():
    with pytest.raises(UnknownName, match=r"“netwerking”.*Did you mean “networking”"):
        load_business("coach").with_leak("netwerking", "ask")


def test_a_leak_in_an_unknown_link_names_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean “nurture”"):
        load_business("coach").with_leak("networking", "nurturing")


@pytest.mark.parametrize("keeps", [-0.1, 1.1])
def test_a_leak_keeps_a_share(keeps):
    with pytest.raises(BadBusiness, match="Allowed: 0 to 1"):
        load_business("coach").with_leak("networking", "ask", keeps=keeps)


def test_a_leak_changes_nothing_else():
    whole = load_business("coach")
    leaking = whole.with_leak("networking", "ask")
    assert leaking.path("networking").ask_rate == 0
    assert leaking.with_path("networking", ask_rate=0.55) == whole


def test_a_business_never_changes():
    with pytest.raises(ValidationError, match="frozen"):
        load_business("coach").name = "Another"


def test_scaling_reaches_as_many_times_more_people():
    coach = load_business("coach")
    assert coach.scaled(3).path("networking").reached_per_month == 60
    assert coach.scaled(1) == coach


def test_an_unknown_business_names_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean “blogger”"):
        load_business("bloger")


def test_a_business_is_read_from_a_file(tmp_path):
    file = tmp_path / "mine.toml"
    declared = 'name = "Mine"\nowners = ["Ada"]\noffers = [{name = "Day", price = 900}]\n'
    file.write_text(declared + '[[paths]]\nname = "social"\n', encoding="utf-8")
    business = load_business(file)
    assert (business.name, business.offers[0].price, business.path("social").cycle) == ("Mine", 900, "closed")
    assert load_business(str(file)) == business


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = ", "not valid TOML"),
        ("paths = []\n", "name. Found: nothing"),
        ('name = "Mine"\npaths = [{name = "social", ask_rate = 3}]\n', "paths, number 1, ask_rate. Found: 3"),
    ],
)
def test_a_file_that_cant_be_used_is_named_with_the_place(tmp_path, text, sentence):
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadBusiness, match=sentence) as caught:
        load_business(file)
    assert str(caught.value).startswith(str(file))


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(BadBusiness, match="can't be read"):
        load_business(tmp_path / "none.toml")


def test_a_kind_that_nobody_declared_is_refused():
    business = load_business("coach").with_path("networking", ask_by={"askd": 1})
    with pytest.raises(UnknownName, match=r"“askd”.*Did you mean “asked”"):
        simulate(business)


def test_the_end_comes_after_the_start():
    with pytest.raises(LeadlineError, match="2026-01-01 to 2025-01-01"):
        simulate(load_business("coach"), start="2026-01-01", as_of="2025-01-01")


def test_a_seed_is_no_negative_number():
    with pytest.raises(LeadlineError, match="seed"):
        simulate(load_business("coach"), seed=-1)


def test_every_parameter_says_what_it_means():
    schema = Business.model_json_schema()
    for name in ("Path", "Delay", "Again", "Renewal", "Flaws"):
        fields = schema["$defs"][name]["properties"]
        silent = [field for field, told in fields.items() if "description" not in told]
        assert set(silent) <= {"name"}, (name, silent)
