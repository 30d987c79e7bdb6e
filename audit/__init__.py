"""The auditor's side: the command line, the differential checker and the report."""
