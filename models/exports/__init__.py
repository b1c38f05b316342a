"""Exports: what a person asked to download, made in the background within that person's scope (FIN-EXP).

Begin with `service.py`.
"""
