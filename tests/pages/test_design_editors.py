"""What stands beside the canvas: decisions, tables, clocks, who decides, what Kontor brings, who is missing."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from models.applications.types import shipped
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.design import drafting
from models.design.edits import AddNode, ChangeNode, Connect, Edit
from models.design.exchange import to_yaml
from models.design.queries import open_drafts
from models.engines.definitions import loading, versions
from models.engines.definitions.tables import DefinitionChosen
from tests.support.build import Build
from tests.support.pages import page, texts

LIST, DESIGNER = "design/workflows.py", "design/designer.py"


@pytest.fixture
def kofi(on_sqlite: str) -> Actor:
    """A manager; there is nobody else."""
    with unit_of_work(actor=SYSTEM) as uow:
        return Build(uow).actor("ecosystem_manager", name="Kofi Mensah")


CHOICE = (
    AddNode("decision", label="Large", after=("application_review", "approve")),
    ChangeNode("large", {"decision": "budget_mdf > usd(5000)"}),
)


def begun(actor: Actor, *edits: Edit) -> UUID:
    with unit_of_work(actor=actor) as uow:
        made = drafting.begin(uow, "mdf")
        for edit in edits:
            drafting.change(uow, made, edit)
        return made


def node(actor: Actor, draft_id: UUID, name: str) -> dict[str, Any]:
    with unit_of_work(read_only=True, actor=actor) as uow:
        found: dict[str, Any] = drafting.find(uow, draft_id).content["type"]["workflow"]
    return found["nodes"][name] if name else found


def shown(script: str, actor: Actor, **query: str) -> AppTest:
    test = page(script, actor, **query).run()
    assert not test.exception
    return test


def labelled(widgets: Any, label: str) -> Any:
    return next(each for each in widgets if each.label == label)


def test_a_condition_is_chosen_field_by_field(kofi: Actor) -> None:
    """Field, comparison and value; the panel says it in words; a value of another kind is refused."""
    made = begun(kofi, *CHOICE)
    test = shown(DESIGNER, kofi, draft=str(made), node="large")
    assert "is more than 5,000.00" in texts(test)
    test = shown(DESIGNER, kofi, draft=str(made), node="large", sheet="decision")
    value = next(each for each in test.text_input if each.label.startswith("Value of"))
    test = value.set_value("60,000").run()
    assert node(kofi, made, "large")["decision"] == "budget_mdf > usd(60000)"
    value = next(each for each in test.text_input if each.label.startswith("Value of"))
    test = value.set_value("much").run()
    assert "write an amount such as 50000 or 8640.50" in texts(test)
    assert node(kofi, made, "large")["decision"] == "budget_mdf > usd(60000)"


def test_branches_are_named_ordered_and_led_on(kofi: Actor) -> None:
    """A branch that leads nowhere is a problem; a name of a way is what people typed."""
    made = begun(kofi, *CHOICE)
    test = shown(DESIGNER, kofi, draft=str(made), node="large", sheet="decision")
    test = labelled(test.button_group, "It decides by").set_value("branches").run()
    test = labelled(test.button, "Add a branch").click().run()
    names = [each for each in test.text_input if each.label == "Name of this way"]
    test = names[1].set_value("Very large").run()
    assert [each["then"] for each in node(kofi, made, "large")["decision"]] == ["yes", "very_large"]
    assert "Nothing follows after very_large." in texts(test)
    leads = [each for each in test.selectbox if each.label == "Leads to"]
    test = leads[1].set_value("finance_review").run()
    assert ["large.very_large", "finance_review"] in node(kofi, made, "")["edges"]
    test = next(each for each in test.button if each.key == "design:branch-1:1").click().run()
    assert [each["then"] for each in node(kofi, made, "large")["decision"]] == ["very_large", "yes"]
    labelled(test.button, "Undo").click().run()
    assert [each["then"] for each in node(kofi, made, "large")["decision"]] == ["yes", "very_large"]


def large_table(count: int) -> dict[str, Any]:
    rows = [[f"[{number}..{number + 1})", "yes" if number % 2 else "no"] for number in range(count)]
    inputs = [{"name": "budget_mdf", "type": "usd", "label": "Budget"}]
    return {"inputs": inputs, "outputs": [{"name": "way", "type": "text"}], "rows": rows, "hit": "first"}


def test_a_table_says_where_no_row_fits(kofi: Actor) -> None:
    made = begun(kofi, *CHOICE, ChangeNode("large", {"decision": large_table(4), "outcome": "way"}))
    said = texts(shown(DESIGNER, kofi, draft=str(made), node="large", sheet="decision"))
    assert "No row fits Budget under 0.00. Add a row, or say where such a case goes." in said
    with unit_of_work(actor=kofi) as uow:
        drafting.change(uow, made, ChangeNode("large", {"otherwise": "no"}))
    said = texts(shown(DESIGNER, kofi, draft=str(made), node="large", sheet="decision"))
    assert "No row fits Budget under 0.00. Such a case takes the way of otherwise." in said


def test_a_large_table_says_how_it_is_changed(kofi: Actor) -> None:
    """It is not laid into a grid; it goes away as CSV and comes back."""
    made = begun(kofi, *CHOICE, ChangeNode("large", {"decision": large_table(1_001), "outcome": "way"}))
    test = page(DESIGNER, kofi, draft=str(made), node="large", sheet="decision").run()
    said = texts(test)
    assert "This table has 1,001 rows; up to 1,000 can be changed here." in said
    assert "and 901 more rows" in said


def test_a_decision_of_a_review_gets_its_key_from_its_words(kofi: Actor) -> None:
    """Until it is published; what cases know already keeps its key. Its way follows."""
    made = begun(kofi)
    test = shown(DESIGNER, kofi, draft=str(made), node="business_review")
    before = list(node(kofi, made, "business_review")["decisions"])
    test = labelled(test.button, "Add a decision").click().run()
    with unit_of_work(actor=kofi) as uow:
        drafting.change(uow, made, Connect("business_review", "new_decision", "finance_review"))
    test = shown(DESIGNER, kofi, draft=str(made), node="business_review")
    buttons = [each for each in test.text_input if each.label == "Button"]
    test = buttons[-1].set_value("Ask legal").run()
    assert list(node(kofi, made, "business_review")["decisions"]) == [*before, "ask_legal"]
    assert ["business_review.ask_legal", "finance_review"] in node(kofi, made, "")["edges"]
    buttons = [each for each in test.text_input if each.label == "Button"]
    test = buttons[0].set_value("Agree").run()
    assert next(iter(node(kofi, made, "business_review")["decisions"])) == before[0]
    removal = [each for each in test.button if each.label == "Remove this decision"][-1]
    removal.click().run()
    assert not any(begin == "business_review.ask_legal" for begin, _ in node(kofi, made, "")["edges"])


def test_who_decides_is_set_in_words(kofi: Actor) -> None:
    """How many, of whom, whose turn first, and every rung of who is told when it is late."""
    made = begun(kofi)
    test = shown(DESIGNER, kofi, draft=str(made), node="finance_review")
    test = labelled(test.selectbox, "How many must agree").set_value("of").run()
    assert node(kofi, made, "finance_review")["quorum"] == "2 of 3"
    test = labelled(test.number_input, "Of").set_value(1).run()
    assert "2 of 1 can never agree." in texts(test)
    test = labelled(test.button, "Add candidates").click().run()
    test = labelled(test.selectbox, "Who").set_value("partner_manager").run()
    test = labelled(test.button, "Only when …").click().run()
    (candidate,) = node(kofi, made, "finance_review")["candidates"]
    assert candidate["partner_manager"] is True
    assert " > usd(0)" in candidate["when"]
    rungs = dict(node(kofi, made, "finance_review")["escalate"])
    more = next(each for each in test.selectbox if each.label == "What if late: also tell")
    test = more.set_value("finance").run()
    assert node(kofi, made, "finance_review")["escalate"] == {**rungs, "finance": "1 working day"}
    labelled(test.button, "Tell them no longer").click().run()
    assert node(kofi, made, "finance_review")["escalate"] == {"finance": "1 working day"}


def test_a_clock_is_added_and_set(kofi: Actor) -> None:
    """What it listens to is chosen in words; a span that is none is named at the clock."""
    made = begun(kofi)
    test = shown(DESIGNER, kofi, draft=str(made), view="clocks")
    labelled(test.text_input, "New clock").set_value("Time to decide").run()
    test = labelled(test.button, "Add the clock").click().run()
    stops = labelled(test.multiselect, "Is over when")
    assert "Finance review is over: approve" in stops.options
    test = stops.set_value(["leave finance_review.approve", "end"]).run()
    assert node(kofi, made, "")["clocks"]["time_to_decide"]["stop"] == ["leave finance_review.approve", "end"]
    test = labelled(test.text_input, "Promised time").set_value("soon").run()
    assert "is no span of time; write for example 3 working days" in texts(test)
    test = labelled(test.text_input, "Promised in all").set_value("4 working days").run()
    assert node(kofi, made, "")["promised"] == "4 working days"


BROKEN = [
    ("mdf.yaml", b"type: {key: mdf\n  nodes: [", "Look at indentation, colons and quotes there"),
    ("mdf.yaml", b"type: {key: mdf, name: Fund}", "workflow: Field required."),
    ("mdf.yaml", b"name: Fund\nkey: mdf\nworkflow: {start: a, nodes: {a: 5}, edges: [[a]]}", "workflow.nodes.a: "),
    ("mdf.bpmn", b"<definitions><process>", "Line 1: the file is broken XML"),
    ("mdf.bpmn", b"<html/>", "no BPMN"),
]


def test_files_that_cannot_be_drawn_are_refused_and_nothing_is_lost(kofi: Actor) -> None:
    """The words name the place; the draft stays as it was."""
    made = begun(kofi)
    test = shown(DESIGNER, kofi, draft=str(made), view="files")
    for name, data, said in BROKEN:
        test = test.file_uploader[0].set_value((name, data, "application/octet-stream")).run()
        assert said in texts(labelled(test.button, "Bring it into the draft").click().run())
    with unit_of_work(read_only=True, actor=kofi) as uow:
        assert drafting.find(uow, made).place == 0


def test_a_file_comes_into_the_draft_in_one_step(kofi: Actor) -> None:
    """Undo brings back what was there, all of it."""
    made = begun(kofi)
    content = copy.deepcopy(loading.contents()["mdf"])
    content["type"]["name"] = "Development fund"
    content["type"]["parameters"]["claim_within_days"] = 70
    test = shown(DESIGNER, kofi, draft=str(made), view="files")
    test = test.file_uploader[0].set_value(("mdf.yaml", to_yaml(content).encode(), "application/yaml")).run()
    labelled(test.button, "Bring it into the draft").click().run()
    with unit_of_work(actor=kofi) as uow:
        draft = drafting.find(uow, made)
        assert (draft.place, draft.name) == (1, "Development fund")
        assert draft.content["type"]["parameters"]["claim_within_days"] == 70
        assert drafting.undo(uow, made) == "Brought in mdf.yaml"
        assert drafting.find(uow, made).content == loading.contents()["mdf"]


def test_two_people_in_one_draft_lose_nothing(kofi: Actor) -> None:
    """Whoever is second is told what the first one made of it, and changes nothing unseen."""
    made = begun(kofi)
    test = shown(DESIGNER, kofi, draft=str(made), node="finance_review")
    with unit_of_work(actor=kofi) as uow:
        drafting.change(uow, made, ChangeNode("finance_review", {"label": "Budget review"}))
    test = labelled(test.text_input, "Name").set_value("Money review").run()
    assert "Somebody changed this meanwhile to 'Budget review'." in texts(test)
    assert node(kofi, made, "finance_review")["label"] == "Budget review"


def test_stages_that_nobody_decides_are_named_when_proposing(kofi: Actor) -> None:
    """They keep nothing from being published: people come; but whoever publishes is told."""
    made = begun(kofi, ChangeNode("finance_review", {"label": "Budget review"}))
    test = shown(DESIGNER, kofi, draft=str(made))
    publish = labelled(test.button, "Publish")
    assert not publish.disabled
    said = texts(publish.click().run())
    assert "Budget review: Nobody who can sign in is Finance reviewer." in said


def test_a_newer_version_of_kontor_is_offered(kofi: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it would change; one button takes it into a draft."""
    present = shipped("mdf").version
    own = loading.contents()
    content = copy.deepcopy(own["mdf"])
    content["type"]["version"] = present + 1
    content["type"]["parameters"]["claim_within_days"] = 77
    with unit_of_work(actor=SYSTEM) as uow:
        versions.add(uow, own["mdf"])
        uow.session.add(DefinitionChosen(key="mdf", version=present))
    assert "Kontor brings" not in texts(shown(LIST, kofi))
    monkeypatch.setattr(versions, "contents", lambda: {**own, "mdf": content})
    test = shown(LIST, kofi)
    assert f"Kontor brings version {present + 1} of Market Development Fund." in texts(test)
    assert "<b>77</b>" in texts(test)
    labelled(test.button, "Take it into a draft").click().run()
    with unit_of_work(read_only=True, actor=kofi) as uow:
        (draft,) = open_drafts(uow)
        assert drafting.find(uow, draft.id).content["type"]["parameters"]["claim_within_days"] == 77


def test_a_step_is_called_something_else_and_taken_out(kofi: Actor) -> None:
    draft_id = begun(kofi)

    def steps() -> list[str]:
        with unit_of_work(read_only=True, actor=kofi) as uow:
            content = drafting.find(uow, draft_id).content
        return [step["title"] for step in content["type"]["forms"]["application"]["steps"]]

    before = steps()
    test = shown(DESIGNER, kofi, draft=str(draft_id), view="forms", form="application")
    labelled(test.text_input, "What the step is called").set_value("Who you are").run()
    assert steps() == ["Who you are", *before[1:]]
    test = shown(DESIGNER, kofi, draft=str(draft_id), view="forms", form="application")
    test.button(key="design:gone:application:1").click().run()
    assert steps() == ["Who you are", *before[2:]]
