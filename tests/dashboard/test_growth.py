"""A server that was asked for thousands of things, sound and senseless, takes no more memory than
one that was asked for hundreds.

CORRIDORS_EXAMPLES=10000 asks for as many; a run of all tests for fewer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ASKING = Path(__file__).with_name("asking.py")
REQUESTS = max(int(os.environ.get("CORRIDORS_EXAMPLES", "0")), 1000)
GROWTH = 12e6  # bytes that the last quarter may add, once what is remembered is full


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_stays_after_the_first_hundreds():
    run = subprocess.run(
        [sys.executable, str(ASKING), str(REQUESTS)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-2000:]
    used = json.loads(run.stdout)
    assert used[-1] - used[-2] < GROWTH, [f"{bytes_ / 1e6:.0f} MB" for bytes_ in used]
