"""What each process that answers requests runs."""

from __future__ import annotations

import os
import signal

from leadline.web.holding import hold_open
from leadline.web.serving.parents import watch_parent
from leadline.web.serving.warming import REPORTS, start_answers, warm_up_later
from leadline.web.wsgi import application

__all__ = ["application"]

hold_open()
watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
warm_up_later(*REPORTS, start_answers)
