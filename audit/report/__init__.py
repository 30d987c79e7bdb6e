"""The re-audit report: one model, written as JSON, HTML, Markdown and SARIF."""
