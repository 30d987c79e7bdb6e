"""The auditor's side: the command line, the differential checker and the report."""

from __future__ import annotations

import resource
import sys

if resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY:
    # Python does not notice a short write: under a limit on file sizes it would leave cut-off .pyc files that break every later import.
    sys.dont_write_bytecode = True
