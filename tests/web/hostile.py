"""Documents and ids that mean harm, or only look like it."""

HOSTILE = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>&amp;{{7*7}}{% raw %}"
# An id may be anything that a path of files or a record holds.
ODD_IDS = [
    "docs/thu muc/bài viết.md",
    "với dấu cách",
    "Tiếng Việt có dấu",
    "100% cotton?x=1&y=2",
    "%2F%00%",
    "a#b;c",
    "/starts/with/a/slash",
    "two//slashes///inside",
    "ends/with/",
    "..",
    "a/../b",
    "back\\slash",
    "quote\"'<>",
    "🧊",
    "line\nbreak",
    "plus+plus",
]
