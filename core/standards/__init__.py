"""Figures that a standard defines, versioned by the date it came into force. Pure; each module names its source."""
