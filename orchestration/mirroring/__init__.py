"""Mirroring: the published marts as a schema of a Postgres server, for readers who connect to one.

What belongs here: the connection, the roles, and the copy with its swap. What does not: what is
published, which `publishing` has decided; only its file is read. Microdata never come here.
"""
