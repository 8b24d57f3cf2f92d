"""The machine's own faults: a full disk, a folder that may not be written, a damaged database.

What belongs here: telling such a fault from one of the data, and what to do about it. What does not:
faults of a delivery, of the codebook or of the code.
"""

from __future__ import annotations

import errno
import os

ROOM = (
    "Make room on the disk of VAKWERK_HOME, then give the same command again: it goes on from what stands, and "
    "readers keep what they have."
)
ROOM_OR_DISK = (
    "The disk of VAKWERK_HOME is full or failing (`df -h`, `journalctl -k`): make room or mend it, then "
    "give the same command again. Readers keep what they have."
)
SMALLER = (
    "A limit on the size of files is too low (`ulimit -f`, or LimitFSIZE of the service): raise it, "
    "then give the same command again."
)
RIGHT = (
    "Give this user the right to write there (`ls -ld` on the folder, `findmnt` on the disk), or use "
    "the account that owns VAKWERK_HOME, then give the same command again."
)
MEMORY = "Give it more memory, or end what else uses it, then give the same command again."

# What can go wrong with writing alone, so that a file that is read meanwhile is not to blame.
WRITING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})

# Libraries hand on the system's own words; SQLite and DuckDB have some of theirs.
REMEDIES = {
    os.strerror(errno.ENOSPC): ROOM,
    os.strerror(errno.EDQUOT): ROOM,
    "database or disk is full": ROOM,
    # What SQLite, which holds Dagster's history, says of a full disk too.
    "disk I/O error": ROOM_OR_DISK,
    os.strerror(errno.EIO): ROOM_OR_DISK,
    os.strerror(errno.EFBIG): SMALLER,
    os.strerror(errno.EROFS): RIGHT,
    os.strerror(errno.EACCES): RIGHT,
    os.strerror(errno.EPERM): RIGHT,
    "attempt to write a readonly database": RIGHT,
    "unable to open database file": RIGHT,
    "Out of Memory Error": MEMORY,
}

REBUILD = (
    "See first whether the disk is sound; then `vakwerk rebuild` makes the warehouse again from the "
    "archive. Readers keep what they have."
)

# How DuckDB says that a database is not as it was written.
DAMAGE = (
    "Corrupt database file",
    "not a valid DuckDB database file",
    "Could not read enough bytes",
    "Failed to deserialize",
)


def is_damaged(said: str) -> bool:
    """Whether an error's words say that a database's file is damaged."""
    return any(words in said for words in DAMAGE)


def remedy(said: str) -> str | None:
    """What to do about the machine's fault that an error's words speak of; None where they do not."""
    if is_damaged(said):
        return REBUILD
    return next((what for words, what in REMEDIES.items() if words in said), None)


def is_at_fault(error: Exception) -> bool:
    """Whether the machine is to blame for an error met while reading a file, and not the file."""
    import duckdb

    # Other errors of DuckDB quote the file, which may say anything.
    own = (OSError, duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
    return isinstance(error, duckdb.OutOfMemoryException) or (
        isinstance(error, own) and any(words in str(error) for words in REMEDIES)
    )
