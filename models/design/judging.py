"""What is wrong with a draft, each fault with its place: what has to be mended before it can be published."""

from __future__ import annotations

from models.core.errors import Problem, Refused
from models.engines.definitions.loading import Content, build, faults
from models.engines.definitions.schema import ApplicationType
from models.engines.workflow.schema import ReviewNode
from models.identity.roles import role_book


def problems(content: Content) -> list[Problem]:
    """Everything that keeps a content from being published; `field` is the node (or the place) it is about."""
    return judged(content)[1]


def judged(content: Content) -> tuple[ApplicationType | None, list[Problem]]:
    """The type that the content means, as far as it means one, and everything wrong with it."""
    try:
        made = build(content)
    except Refused as error:
        return None, list(error.problems)
    return made, [*_nobody(made), *faults(made, roles=role_book().vendor)]


def _nobody(made: ApplicationType) -> list[Problem]:
    """Reviews for which nobody is named."""
    return [
        Problem("FLOW-NOBODY", "Nobody decides here. Choose who.", name)
        for name, node in made.workflow.nodes.items()
        if isinstance(node, ReviewNode) and not node.review and not node.candidates
    ]
