"""The doctor: whether what is kept is whole, private and as it was published.

What belongs here: looking, one module for what is looked at together, and one Finding for each thing
that can be wrong. What does not: mending; nothing here writes, so that it may look at any home, at
any time. `examining` joins the checks.
"""
