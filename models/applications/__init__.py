"""Applications of any type: drafts, submission, reviews, queues and the timeline that everybody reads alike.

Begin with `service.py`.
"""
