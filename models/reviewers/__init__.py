"""Who reviews for the vendor: groups, skills, regions, limits, who stands in for whom, and who is away.

Begin with `people.py`, which answers the workflow's questions about people (`models.engines.workflow.world.People`);
`service.py` is what administrators change, `handing_over.py` what reviewers change themselves (read by `stand_ins.py`),
`staffing.py` finds stages that nobody decides, `standing.py` says by what a person's queue is found.
"""
