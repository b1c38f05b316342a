"""The kernel every area stands on: settings, errors, time, actor, transaction, history, outbox, files and the lake.

Begin with `unit_of_work.py`: it carries the session, the actor and the time through every action.
"""
