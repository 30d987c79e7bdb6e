"""Writes the call files under `contracts/flows` anew."""

from __future__ import annotations

import sys

from audit.flows.catalogue import FLOWS

if __name__ == "__main__":
    for name, make in FLOWS.items():
        if len(sys.argv) == 1 or name in sys.argv[1:]:
            sys.stdout.write(f"{make().write()}\n")
