"""What reviewers lend the workflow: who there is besides whoever acts."""

from models.engines.definitions.registry import lend_people
from models.reviewers.people import StoredPeople

lend_people(StoredPeople)
