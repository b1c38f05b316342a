"""The lines behind any figure of statistics: the same question, down to each fact (FIN-SREV, FIN-SINC)."""

from dashboard.parts import statistics_lines

statistics_lines.draw()
