"""Publishing: from audited marts to the files that readers see, all of them at once.

What belongs here: writing the candidate, holding it against the marts that were audited, its
manifest, and the switch. What does not: what may be shown, which the marts have decided, and
whether the build may be published, which the audit says.
"""
