"""Customers of partners: who they belong to, on which terms, and which account manager looks after them, over time.

Spec: docs/requirements 04. Begin with `rules.py`: when an assignment begins and ends to count.
"""
