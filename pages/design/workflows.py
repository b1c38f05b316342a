"""Workflows: how each kind of application runs, which version is in force, what somebody is changing."""

from dashboard.parts.design_list import type_list

type_list("Workflows", "How applications run, stage by stage", "")
