"""Members' Markdown, from source to safe HTML and to text without spoilers.

Knows no model and no database. Stored with what it made: RENDERER_VERSION, to be raised
whenever the same source would come out otherwise.
"""

from .figures import fill_figures
from .opening import holds_spoilers, opened
from .problems import BODY_LIMIT, problems
from .quoting import first_line
from .rendering import RENDERER_VERSION, Rendered, render, render_comment
from .sentences import excerpt

__all__ = [
    "BODY_LIMIT",
    "RENDERER_VERSION",
    "Rendered",
    "excerpt",
    "fill_figures",
    "first_line",
    "holds_spoilers",
    "opened",
    "problems",
    "render",
    "render_comment",
]
