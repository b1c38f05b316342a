"""Application types: the forms, numbers and words of each, and who can apply; new ones are made here."""

from dashboard.parts.design_list import type_list

type_list("Application types", "What partners can apply for: forms, numbers, words, and who can apply", "forms")
