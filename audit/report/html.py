"""The report as one HTML file: no scripts run, nothing is loaded, every value is escaped."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from audit.report.model import SECTIONS
from audit.report.sarif import RULES


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seconds"] = lambda value: f"{value:.3f}"
    environment.filters["megabytes"] = lambda value: f"{value / 1e6:.2f}"
    environment.filters["thousands"] = lambda value: f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return environment.get_template("report.html.j2")


def embedded(value: Any) -> Markup:
    """JSON for the inside of a script element: it holds no character that HTML could take for markup."""
    text = json.dumps(value, ensure_ascii=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - escaped just here


def html(report: dict[str, Any]) -> str:
    """The report's HTML."""
    return _template().render(report=report, sections=SECTIONS, rules=RULES, data=embedded(report)).lstrip()
