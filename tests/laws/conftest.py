"""What Hypothesis is told: examples are bounded in number, not in milliseconds; a busy machine is no broken law."""

from hypothesis import settings

settings.register_profile("yiping", deadline=None)
settings.load_profile("yiping")
