"""Engines that definitions run: they know no business area."""
