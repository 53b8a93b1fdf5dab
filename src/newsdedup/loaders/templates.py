"""What site generators put between the words of an article: Liquid, Hugo shortcodes, attribute lists of kramdown."""

from __future__ import annotations

import re
from typing import Final

_TEMPLATE: Final = re.compile(  # Liquid and Hugo: blocks of code and comments whole, of all else the tags only
    r"\{%-?[ ]*(?P<liquid>comment|highlight)\b[^{}]*%\}(?:[^{]|\{(?!%))*+\{%-?[ ]*end(?P=liquid)[ ]*-?%\}"
    r"|\{\{[<%][ ]*highlight\b[^{}]*\}\}(?:[^{]|\{(?!\{[<%]))*+\{\{[<%][ ]*/highlight[ ]*[>%]\}\}"
    r"|\{\{[^{}]*\}\}|\{%[^{}]*%\}"
)
_ATTRIBUTES: Final = re.compile(r"[ \t]*\{:[^{}\n]*\}|[ \t]*\{[#.][\w-][^{}\n]*\}[ \t]*$", re.MULTILINE)  # of kramdown


def without_templates(text: str) -> str:
    """The text without template tags; blocks that hold code or comments go as a whole."""
    if "{" not in text:
        return text
    return _ATTRIBUTES.sub("", _TEMPLATE.sub("", text))
