"""Conditions: CEL expressions over typed facts, behind one `evaluate()`."""
