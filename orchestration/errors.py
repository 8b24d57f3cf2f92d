"""What every error that a person can mend has in common.

Each room raises its own; the command line tells them in a line or two, and everything else with its
trace, for that is a fault of the project.
"""

from __future__ import annotations


class VakwerkError(Exception):
    """Something that a person can mend; the message says what to do."""
