"""What Hypothesis is told: examples are bounded in number, not in milliseconds; a busy machine is no broken law.

In CI they are always the same ones: there a law is confirmed; new examples are hunted for wherever else the tests run.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("yiping", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=os.environ.get("CI") == "true")
settings.load_profile("yiping")
