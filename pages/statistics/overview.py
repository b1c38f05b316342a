"""The whole ecosystem: partners, customers, expenditure, applications, money and goals, each as question and answer."""

from dashboard.parts import statistics_page

statistics_page.draw("overview")
