"""Members' Markdown, from source to safe HTML and to text without spoilers.

Knows no model and no database. Stored with what it made: RENDERER_VERSION, to be raised
whenever the same source would come out otherwise.
"""

from .figures import fill_figures, keys_named
from .opening import holds_spoilers, opened
from .passages import (
    Passage,
    fill_passages,
    passage_keys,
    source_without_passages,
    spans,
    without_passages,
)
from .problems import BODY_LIMIT, problems, unkeepable
from .quoting import first_line
from .rendering import (
    RENDERER_VERSION,
    Rendered,
    render,
    render_comment,
    source_without_blocks,
)
from .sentences import excerpt

__all__ = [
    "BODY_LIMIT",
    "RENDERER_VERSION",
    "Passage",
    "Rendered",
    "excerpt",
    "fill_figures",
    "fill_passages",
    "first_line",
    "holds_spoilers",
    "keys_named",
    "opened",
    "passage_keys",
    "problems",
    "render",
    "render_comment",
    "source_without_blocks",
    "source_without_passages",
    "spans",
    "unkeepable",
    "without_passages",
]
