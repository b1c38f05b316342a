"""Dashboards: tiles of questions that anybody who reads statistics puts together, and managers share with roles.

A dashboard holds questions, never figures: each reader's own scope and permissions answer them.
"""
