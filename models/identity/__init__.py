"""Who signs in and what they may do: users, roles, permissions, sessions.

Spec: docs/requirements 02 (ORG-ROLE, ORG-USER, ORG-LOGIN, ORG-PWD). Begin with `definitions/roles.yaml` and `rules.py`.
"""
