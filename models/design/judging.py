"""What is wrong with a draft, each fault with its place: what has to be mended before it can be published, and what
keeps nothing from being published but would leave cases waiting for nobody."""

from __future__ import annotations

from functools import lru_cache

from models.core.errors import Problem, Refused
from models.core.unit_of_work import UnitOfWork
from models.engines.definitions.loading import Content, build, digest, faults
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.lint_people import people_faults
from models.engines.workflow.schema import ReviewNode
from models.identity.roles import role_book
from models.reviewers import staffing

Judged = tuple[ApplicationType | None, list[Problem]]


def problems(content: Content) -> list[Problem]:
    """Everything that keeps a content from being published; `field` is the node (or the place) it is about."""
    return judged(content)[1]


def judged(content: Content) -> Judged:
    """The type that the content means, as far as it means one, and everything wrong with it.

    What was judged before is not judged again: a page asks several times, and a large decision table takes seconds.
    """
    made, found = _judged(_Hashed(content), tuple(role_book().vendor))
    return made, list(found)


class _Hashed:
    """A content as a key: equal when it says the same."""

    def __init__(self, content: Content) -> None:
        self.content, self.mark = content, digest(content)

    def __hash__(self) -> int:
        return hash(self.mark)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and self.mark == other.mark


@lru_cache(maxsize=64)
def _judged(hashed: _Hashed, roles: tuple[str, ...]) -> tuple[ApplicationType | None, tuple[Problem, ...]]:
    try:
        made = build(hashed.content)
    except Refused as error:
        return None, tuple(error.problems)
    return made, (*_nobody(made), *faults(made, roles=roles))


def _nobody(made: ApplicationType) -> list[Problem]:
    """Reviews for which nobody is named."""
    return [
        Problem("FLOW-NOBODY", "Nobody decides here. Choose who.", name)
        for name, node in made.workflow.nodes.items()
        if isinstance(node, ReviewNode) and not node.review and not node.candidates
    ]


def warnings(uow: UnitOfWork, made: ApplicationType) -> list[Problem]:
    """Stages that nobody who can sign in decides now, or that four eyes keep from everybody who is left, by stage.

    They keep nothing from being published, since people come and go; but cases would wait.
    """
    found = [Problem("FLOW-NOBODY", each.text, each.node) for each in staffing.without_members(uow, made)]
    named = {each.field for each in found}
    known = set(people_faults(made.workflow, None))
    people = people_faults(made.workflow, staffing.members_of(uow))
    return found + [each for each in people if each not in known and each.field not in named]
