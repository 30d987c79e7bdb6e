"""Real protocols used as people use them: each flow is a call file under `contracts/flows`, written by `python -m audit.flows`."""
