"""The first page, in the language of its address: what holds the page until Dash has made it."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from dash import Dash

from dashboard import languages, safety
from dashboard.catalogue import catalogue

NAMES = {"fr": "Corridors, atlas des coopérations entre territoires",
         "en": "Corridors, an atlas of cooperation between territories"}  # fmt: skip
INDEX = """<!DOCTYPE html>
<html lang="%(lang)s"%(frames)s>
<head>
{%%metas%%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%%title%%}</title>
{%%favicon%%}
{%%css%%}
</head>
<body>
{%%app_entry%%}
<div id="alive" role="status"%(told)s></div>
<footer>{%%config%%}{%%scripts%%}{%%renderer%%}</footer>
</body>
</html>"""
ALIVE = ("offline", "unreachable", "failed", "signedout", "retry", "close")  # what alive.js says
ROOTED = re.compile(r'( (?:src|href)=")/')
MADE_BY = ("dash_version", "python_version", "plotly_version", "dash_version_url", "ddk_version")


class Page(Dash):
    """A Dash app whose first page is in the language of its address, below the prefix that a proxy
    may put before every address, and says nothing of what it is made with."""

    default_lang = "fr"
    frames = True

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        lang = languages.asked(self.default_lang)
        words, root = catalogue(lang), escape(safety.prefix())
        told = "".join(f' data-{name}="{escape(words.say(f"alive.{name}"))}"' for name in ALIVE)
        page = INDEX % {
            "lang": lang,
            "told": told,
            "frames": "" if self.frames else " data-unframed",
        }
        for name in ("css", "scripts", "favicon"):
            parts[name] = ROOTED.sub(rf"\1{root}/", parts[name])
        parts["favicon"] = re.sub(r"\?v=[^\"]*", "", parts["favicon"])
        for name, value in {**parts, "title": NAMES[lang]}.items():
            page = page.replace("{%" + name + "%}", value)
        return page

    def _config(self) -> dict[str, Any]:
        told: dict[str, Any] = super()._config()  # type: ignore[no-untyped-call]
        told |= dict.fromkeys(MADE_BY, "")
        return told | {"requests_pathname_prefix": f"{safety.prefix()}/"}
