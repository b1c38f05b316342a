"""Personal tokens: with one a program reads in a person's name, through the API, what that person may see.

Begin with `rules.py` (what a token may open) and `service.py` (`bearer`: from the secret to the actor).
"""
