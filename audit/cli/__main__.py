"""`python -m audit.cli`, for where the console script is not installed."""

from audit.cli import main

main()
