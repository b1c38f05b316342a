"""The designer as two managers use it: look, begin a draft, change a node, propose; the other one agrees."""

from __future__ import annotations

from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.designer.canvas import Added, Connected, Moved, Reconnected, Removed, Way
from dashboard.parts.design_work import edits_of
from models.applications.types import application_type
from models.core.actor import SYSTEM, Actor
from models.core.unit_of_work import unit_of_work
from models.design import drafting, publishing
from models.design.edits import AddNode, ChangeNode, Connect, Disconnect, MoveNodes, RemoveNodes
from models.design.rules import DraftStatus
from tests.support.build import Build
from tests.support.pages import page, texts

LIST, DESIGNER = "design/workflows.py", "design/designer.py"


@pytest.fixture
def managers(on_sqlite: str) -> tuple[Actor, Actor]:
    """Kofi, who changes things, and Elif, who looks over them."""
    with unit_of_work(actor=SYSTEM) as uow:
        build = Build(uow)
        made = tuple(build.actor("ecosystem_manager", name=name) for name in ("Kofi Mensah", "Elif Demir"))
    return made[0], made[1]


def begun(actor: Actor) -> UUID:
    with unit_of_work(actor=actor) as uow:
        return drafting.begin(uow, "mdf")


def draft(actor: Actor, draft_id: UUID):
    with unit_of_work(read_only=True, actor=actor) as uow:
        return drafting.find(uow, draft_id)


def shown(script: str, actor: Actor, **query: str) -> AppTest:
    test = page(script, actor, **query).run()
    assert not test.exception
    assert "could not be drawn" not in texts(test)
    return test


def press(test: AppTest, words: str) -> AppTest:
    return next(button for button in test.button if button.label.startswith(words)).click().run()


def test_the_list_says_what_is_in_force_and_what_is_changed(managers: tuple[Actor, Actor]) -> None:
    """One type; a draft is named once there is one."""
    kofi, elif_ = managers
    assert "<b>1 application type</b> in force, no drafts." in texts(shown(LIST, kofi))
    begun(kofi)
    assert "<b>1 application type</b> in force, <b>1 draft</b>." in texts(shown(LIST, elif_))


def test_a_number_of_the_type_is_changed_where_it_is_used(managers: tuple[Actor, Actor]) -> None:
    """The review's due time is the type's number; changing it there changes the number, and says so as a difference."""
    kofi, _ = managers
    made = begun(kofi)
    test = shown(DESIGNER, kofi, draft=str(made), node="application_review")
    field = next(each for each in test.text_input if each.label == "Until")
    assert field.value == "5 working days"
    test = field.set_value("8 working days").run()
    assert draft(kofi, made).content["type"]["parameters"]["review_application"] == "8 working days"
    said = texts(test)
    assert "Review application" in said
    assert "<s>5 working days</s> → <b>8 working days</b>" in said


def test_what_cannot_be_published_says_why(managers: tuple[Actor, Actor]) -> None:
    """A span of time that is none stands at its node, in words, and nothing can be proposed."""
    kofi, _ = managers
    made = begun(kofi)
    test = shown(DESIGNER, kofi, draft=str(made), node="reimbursement")
    field = next(each for each in test.text_input if each.label == "Until")
    test = field.set_value("soon").run()
    assert "is no span of time; write for example 3 working days" in texts(test)
    assert next(each for each in test.button if each.label == "Publish").disabled


def test_one_proposes_another_agrees(managers: tuple[Actor, Actor]) -> None:
    """The proposer finds no button to agree; the other one reads the difference and publishes it."""
    kofi, elif_ = managers
    made = begun(kofi)
    with unit_of_work(actor=kofi) as uow:
        drafting.change(uow, made, ChangeNode("application_review", {"label": "Business look"}))
    test = press(shown(DESIGNER, kofi, draft=str(made)), "Publish")
    test.text_area(key="design:note").set_value("A plainer name.").run()
    test = test.button(key="design:do").click().run()
    assert "Proposed. Whoever may agree was told." in texts(test)
    own = shown(DESIGNER, kofi, draft=str(made))
    assert [each.label for each in own.button if each.label in ("Agree", "Decline", "Take the proposal back")] == [
        "Take the proposal back"
    ]
    test = press(shown(DESIGNER, elif_, draft=str(made)), "Agree")
    assert "Kofi Mensah: A plainer name." in texts(test)
    test.button(key="design:do").click().run()
    with unit_of_work(read_only=True, actor=elif_) as uow:
        assert application_type(uow, "mdf").label("application_review") == "Business look"
        assert drafting.find(uow, made).status is DraftStatus.PUBLISHED


def test_an_earlier_version_is_taken_again(managers: tuple[Actor, Actor]) -> None:
    """The version in force stands with its history; the one before is one button away."""
    kofi, elif_ = managers
    made = begun(kofi)
    with unit_of_work(actor=kofi) as uow:
        before = application_type(uow, "mdf").version
        drafting.change(uow, made, ChangeNode("application_review", {"label": "Business look"}))
        publishing.propose(uow, made, note="A plainer name.")
    with unit_of_work(actor=elif_) as uow:
        publishing.publish(uow, made)
    test = press(shown(DESIGNER, elif_, type="mdf"), f"Roll back to version {before}")
    test.text_area(key="design:why").set_value("Nobody knew it any more.").run()
    test.button(key="design:do").click().run()
    with unit_of_work(read_only=True, actor=elif_) as uow:
        assert application_type(uow, "mdf").version == before


def test_what_is_unknown_is_said(managers: tuple[Actor, Actor]) -> None:
    """A draft or type that is not there, and an address without either."""
    kofi, _ = managers
    assert "There is no such draft." in texts(shown(DESIGNER, kofi, draft="01a21bb8-001e-72f0-8d71-6aeb04164e59"))
    assert "There is no such kind of application." in texts(shown(DESIGNER, kofi, type="nothing"))
    assert "No workflow is chosen" in texts(shown(DESIGNER, kofi))


@pytest.mark.parametrize(
    ("change", "edits"),
    [
        (Moved({"a": (1, 2)}), [MoveNodes({"a": (1, 2)})]),
        (Connected("a", "approve", "b"), [Connect("a", "approve", "b")]),
        (Reconnected(Way("a", "", "b"), Way("a", "", "c")), [Disconnect("a", "", "b"), Connect("a", "", "c")]),
        (Removed(("a",), (Way("b", "", "c"),)), [Disconnect("b", "", "c"), RemoveNodes(("a",))]),
        (Removed((), (Way("b", "", "c"),)), [Disconnect("b", "", "c")]),
        (Added("review", 3, 4, ("a", "approve")), [AddNode("review", (3, 4), ("a", "approve"))]),
    ],
    ids=str,
)
def test_what_is_done_on_the_canvas_changes_the_draft(change: object, edits: list[object]) -> None:
    """Each deed as the changes it means."""
    assert edits_of(change) == edits  # type: ignore[arg-type]


def test_a_tried_case_asks_the_records_of_a_chosen_partner(managers: tuple[Actor, Actor]) -> None:
    """Without a partner nothing is asked; with one the rules of the form are, and can be overruled."""
    kofi, _ = managers
    with unit_of_work(actor=SYSTEM) as uow:
        partner = Build(uow).partner("Meridian ICT", business_authenticated=False).id
    test = shown(DESIGNER, kofi, draft=str(begun(kofi)), view="try")
    assert "Choose one to run its checks for real." in texts(test)
    choose = next(box for box in test.selectbox if box.label == "Partner")
    test = choose.set_value(partner).run()
    test = press(test, "Send Application")
    assert not test.exception
    assert "Complete business information authentication first" in texts(test)
    assert "records: partner" in texts(test)
    said = next(box for box in test.selectbox if box.label == "Business information authenticated")
    test = said.set_value("passes").run()
    assert "Said by hand." in texts(test)
    assert next(box for box in test.selectbox if box.label == "Partner").value == partner
