"""Analysis: copies of the answers of each respondent for analysts, only when somebody asks for one.

What belongs here: writing a copy without direct keys, and the log of all copies, by which an erasure
finds them. What does not: the marts, which need none of this.
"""
