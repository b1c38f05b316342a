"""The read API `/api/v1`: what pages show, for programs, in a person's name; docs/guide/api.md says how it is used.

Begin with `app.py` (the application), `access.py` (from the token to the actor) and `problems.py` (every refusal).
"""
