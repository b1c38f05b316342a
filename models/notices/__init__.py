"""Notices: what the system tells a person, on the home page and by e-mail when a mail server is set.

Begin with `service.py`.
"""
