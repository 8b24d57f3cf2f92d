"""What can go wrong with a new wave, as exceptions whose message says what to do."""

from __future__ import annotations

from orchestration.errors import VakwerkError


class NewWaveError(VakwerkError):
    """The proposal cannot be made or taken over; the message names the file and the remedy."""
