"""Who reviews for the vendor: groups, skills, regions, limits, who stands in for whom, and who is away.

Begin with `people.py`, which answers the workflow's questions about people (`models.engines.workflow.world.People`);
`service.py` is what administrators and reviewers change, `standing.py` by what a person's queue is found.
"""
