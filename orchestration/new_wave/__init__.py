"""New wave: from a first file to the codebook's rows for it, and what two waves ask alike.

What belongs here: reading what a file of an unknown wave holds, proposing the rows that follow from
it, asking people where nothing follows, taking over what they reviewed, and comparing waves in the
codebook. What does not: taking deliveries in (`deliveries`), and the rules that every codebook keeps
(`codebook_rules`). Plain Python: nothing here writes to the warehouse.
"""
