"""Rules by name: our own, and those that packages register."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from powclock.election import plug_ins
from powclock.race.rules import RuleError, has_blocks, is_plug_in, offers_of, rule_names
from powclock.race.scenario import Scenario, ScenarioError, adapted, parse_scenario


class Broken:
    """What a package may register that is no election."""

    offers = 3

    def __init__(self, setting: object) -> None:
        raise ValueError("prize must be\npositive")


class Timeless:
    """An election that does not say how long a tick takes; `work` is missing in the next."""

    interval_s: object = "soon"

    def __init__(self, setting: object) -> None:
        """Take anything."""

    def rule(self) -> None:
        """Nothing."""

    leaders = admits = reseal = rule


class Workless(Timeless):
    interval_s = 5


class Unpaid(Workless):
    """It offers work to faults, and has none."""

    offers = ("work", "blocks")
    work = None


class Timetabled(Workless):
    work = None
    schedule = "weekly"


class Misspelt(Broken):
    offers = ("blocks", "leader")  # type: ignore[assignment]


class Letters(Broken):
    offers = "blocks"  # type: ignore[assignment]


class Blockless(Broken):
    offers = ("leaders",)  # type: ignore[assignment]


def empty(_: object) -> object:
    return object()


def register(patch: pytest.MonkeyPatch, **values: str) -> None:
    """As if packages had registered these."""
    entries = EntryPoints(EntryPoint(n, v, plug_ins.GROUP) for n, v in values.items())
    patch.setattr(plug_ins, "entry_points", entries.select)


def test_our_own_rules_are_known() -> None:
    assert "pow" in rule_names()
    assert not is_plug_in("pow")
    assert {"work", "blocks"} == offers_of("pow")


def test_an_unknown_rule_is_one_line() -> None:
    known = ", ".join(rule_names())
    with pytest.raises(ScenarioError) as caught:
        parse_scenario('name = "x"\nrule = "lottery"', "f")
    assert str(caught.value) == f"f: rule: 'lottery' is not one of {known}"
    with pytest.raises(ScenarioError) as caught:
        adapted(Scenario(name="x"), rule="stake")
    assert str(caught.value) == f"--rule: 'stake' is not one of {known}"


def test_options_are_for_a_rule_of_ones_own() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario('name = "x"\n[rule_options]\nprize = 3', "f")
    message = "f: rule_options: pow takes none; they are for a rule of your own"
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module:Lottery", ("cannot be loaded: ModuleNotFoundError: No module named "
         "'no_such_module'")),
        ("tests.race.test_rules:Lottery", ("cannot be loaded: AttributeError: module "
         "'tests.race.test_rules' has no attribute 'Lottery'")),
        ("tests.race.test_rules:__name__", ("tests.race.test_rules:__name__ cannot be called to "
         "make an election")),
        ("tests.race.test_rules:Broken", "ValueError: prize must be positive"),
        ("tests.race.test_rules:empty", "its election has no rule()"),
        ("tests.race.test_rules:Timeless", "its interval_s is 'soon', not a time in seconds"),
        ("tests.race.test_rules:Workless", "its work is 'not said': give WorkTerms, or None"),
        ("tests.race.test_rules:Timetabled", ("its schedule is 'weekly': give ScheduleInfo, or "
         "None")),
        ("tests.race.test_rules:Unpaid", "it offers 'work' if, and only if, it has work"),
    ],
)  # fmt: skip
def test_a_plug_in_that_misbehaves_is_one_line_that_names_its_package(
    value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(monkeypatch, lottery=value)
    assert rule_names()[-1] == "lottery"
    with pytest.raises(ScenarioError) as caught:
        adapted(Scenario(name="x"), rule="lottery")
    package = value.partition(":")[0]
    of = f"--rule lottery: rule: rule 'lottery' of package {package}"
    assert str(caught.value).startswith(of)
    assert str(caught.value).removeprefix(of).lstrip(": ") == message


@pytest.mark.parametrize("value", ["Broken", "Misspelt", "Letters"])
def test_what_a_plug_in_offers_must_be_words(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, lottery=f"tests.race.test_rules:{value}")
    with pytest.raises(RuleError) as caught:
        offers_of("lottery")
    words = "offers must be a set of these words: blocks, leaders, work"
    assert str(caught.value) == f"rule 'lottery': {words}"


def test_a_plug_in_without_blocks_elects_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, lottery="tests.race.test_rules:Blockless")
    with pytest.raises(RuleError) as caught:
        offers_of("lottery")
    assert str(caught.value) == (
        "rule 'lottery': it says who appends blocks: offers must have 'blocks'"
    )


def test_blocks_are_what_a_rule_offers() -> None:
    names = ("pow", "schedule", "naive")
    assert {name: has_blocks(name) for name in names} == {
        "pow": True,
        "schedule": True,
        "naive": False,
    }


def test_a_name_that_two_packages_register_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = EntryPoints(EntryPoint("lottery", f"{p}:Lottery", plug_ins.GROUP) for p in "ab")
    monkeypatch.setattr(plug_ins, "entry_points", entries.select)
    with pytest.raises(RuleError) as caught:
        offers_of("lottery")
    assert str(caught.value) == ("rule 'lottery' is registered by a, b: uninstall all but one")


def test_our_own_names_cannot_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, pow="tests.race.test_rules:Broken")
    assert not is_plug_in("pow")
    assert rule_names().count("pow") == 1
