"""Documentation: one offline site about what is published, from what dbt and the codebook already say.

What belongs here: reading those, and pages for people. What does not: the figures themselves, which
the report shows, and a respondent's answers, which nothing here reads. Whoever may read what is
published may read these pages.
"""
