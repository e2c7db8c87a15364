"""Archives, records, feeds and mail by their first bytes, where the name doesn't say otherwise.

Much that is JSON, XML or ZIP inside is something else to people (a notebook, a drawing, a
spreadsheet): a name with an ending of its own is believed.
"""

from __future__ import annotations

import csv
import json
import re

from searchapp.ingest.opening import is_compressed

_ENDING = re.compile(r"\.[a-z0-9_~-]{1,12}$")
_TEXT_ENDINGS = (".txt", ".html", ".htm", ".md", ".markdown", ".xml", ".json", ".eml")
_MARK = b"\xef\xbb\xbf"
_JSON_RECORDS = re.compile(rb'\s*(?:\[\s*)?\{\s*"')
_XML_ROOT = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?.*?\?>\s*)*"
    rb"<(?:rss|feed|rdf:RDF|mediawiki|urlset|sitemapindex)[\s>]",
    re.DOTALL,
)
_RSS1 = b"http://purl.org/rss/1.0/"
_FIELD = re.compile(rb"([!-9;-~]+):(?: |\t|\r?\n)")
_MBOX = re.compile(rb"From \S+ +\w{3} \w{3} +\d+ \d\d:\d\d(?::\d\d)?.*\r?\n[!-9;-~]+: ?")
_MAIL_FIELDS = ({b"from"}, {b"date", b"received"}, {b"message-id", b"to", b"subject"})
_DELIMITERS = ",;\t|"


def is_bare(name: str) -> bool:
    """Whether a name has no ending that says what the file is."""
    return _ENDING.search(name.rpartition("/")[2]) is None


def is_json_lines(head: bytes, name: str) -> bool:
    """A first line that is a whole object, and another behind it."""
    if not (is_bare(name) or name.endswith(".json")):
        return False
    first, end, rest = head.removeprefix(_MARK).lstrip().partition(b"\n")
    try:
        return bool(end) and rest.lstrip().startswith(b"{") and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def is_json(head: bytes, name: str) -> bool:
    """What begins as an object, or a list of them, does."""
    return is_bare(name) and _JSON_RECORDS.match(head.removeprefix(_MARK)) is not None


def is_table(head: bytes, name: str) -> bool:
    """A first line that names a title or text among other columns, and rows as wide."""
    if not is_bare(name) or b"\x00" in head:
        return False
    lines = head.removeprefix(_MARK).decode("utf-8", "replace").splitlines()
    if len(lines) < 2:
        return False
    delimiter = max(_DELIMITERS, key=lines[0].count)
    try:
        names, row = next(csv.reader(lines[:1], delimiter=delimiter, strict=True)), lines[1]
    except (csv.Error, StopIteration):
        return False
    known = {"title", "text"} & set(names)
    return len(names) > 1 and bool(known) and delimiter in row


def is_known_xml(head: bytes, name: str) -> bool:  # noqa: ARG001
    """A feed, a sitemap or a dump of MediaWiki."""
    head = head.removeprefix(_MARK)
    found = _XML_ROOT.match(head)
    return found is not None and (b"<rdf:RDF" not in found[0] or _RSS1 in head)


def is_eml(head: bytes, name: str) -> bool:
    """A head of fields, those among them that every message has."""
    if not is_bare(name) or not _FIELD.match(head):
        return False
    lines = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0].splitlines()
    fields = {m[1].lower() for m in map(_FIELD.match, (line + b"\n" for line in lines)) if m}
    return all(fields & group for group in _MAIL_FIELDS)


def is_mbox(head: bytes, name: str) -> bool:
    """A line of mbox, and a message's first field behind it."""
    return is_bare(name) and _MBOX.match(head) is not None


def is_zip(head: bytes, name: str) -> bool:
    """A first or an only record of a ZIP file."""
    return is_bare(name) and head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_tar(head: bytes, name: str) -> bool:  # noqa: ARG001
    """The magic of POSIX or of GNU in the first header."""
    return head[257:262] == b"ustar"


def is_compressed_file(head: bytes, name: str) -> bool:
    """What is compressed though its name is that of a text, or none."""
    return is_compressed(head) and (is_bare(name) or name.endswith(_TEXT_ENDINGS))
