"""Disclosure control: which groups are hidden, so that no small one can be told or worked out.

What belongs here: how groups add up to one another, and what is hidden for the sake of others. What
does not: counting, hiding columns and saying why in words, which the models do.
"""
