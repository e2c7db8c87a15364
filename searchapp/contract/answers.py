"""What each operation answers. Offsets are code points from 0, ends excluded."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from searchapp.contract.requests import QUERY, SortName

Span = Annotated[list[Annotated[int, Meta(ge=0)]], Meta(min_length=2, max_length=2)]
Spans = Annotated[
    list[Span], Meta(description="Marked spans: start and end, in order.", examples=[[[0, 7]]])
]
Count = Annotated[int, Meta(ge=0)]


class Snippet(Struct, frozen=True, kw_only=True):
    """A passage of a document."""

    text: Annotated[
        str, Meta(examples=["Cả huyện chung tay xây dựng nông thôn mới từ con đường làng."])
    ]
    highlights: Annotated[Spans, Meta(description="Spans of `text`.", examples=[[[19, 40]]])]
    html: Annotated[
        str,
        Meta(
            description="`text` escaped, with <mark> around each highlight and nothing else.",
            examples=["Cả huyện chung tay <mark>xây dựng nông thôn mới</mark> từ con đường làng."],
        ),
    ]


class ScorePart(Struct, frozen=True, kw_only=True):
    """What one term adds to a score: `weight` times `value`."""

    view: str
    term: str
    weight: float
    value: float
    score: float
    document_frequency: Count


class Hit(Struct, frozen=True, kw_only=True):
    """A document found."""

    id: Annotated[str, Meta(examples=["tin-tuc/duong-hoa.md"])]
    title: Annotated[str, Meta(examples=["Con đường hoa của thôn Đường Đình"])]
    title_highlights: Annotated[Spans, Meta(description="Spans of `title`.")]
    score: float
    url: str | None
    source: Annotated[str | None, Meta(examples=["Báo Sông Thương"])]
    category: Annotated[str | None, Meta(examples=["Tin tức"])]
    author: str | None
    tags: list[str]
    published: Annotated[
        str | None,
        Meta(
            description="ISO 8601, or as much as is known of it.",
            examples=["2024-03-05", "2024-03", "2024"],
        ),
    ]
    snippets: list[Snippet]
    explanation: Annotated[list[ScorePart] | None, Meta(description="Null unless `explain` is 1.")]


class Correction(Struct, frozen=True, kw_only=True):
    """Another reading of the query."""

    query: Annotated[str, Meta(examples=[QUERY])]
    kind: Annotated[
        Literal["marks", "keys", "spelling"],
        Meta(description="Marks restored, raw Telex or VNI keys read, or a slip mended."),
    ]


class FacetValue(Struct, frozen=True, kw_only=True):
    """A value and how many documents have it; null counts those without any."""

    value: str | None
    count: Count


class Facets(Struct, frozen=True, kw_only=True):
    """Counts by value, the most frequent first; each respects the query and all filters but its
    own.
    """

    source: list[FacetValue]
    category: list[FacetValue]
    author: list[FacetValue]
    tag: list[FacetValue]
    year: list[FacetValue]


class Note(Struct, frozen=True, kw_only=True):
    """A part of the query that was not taken as it stands; null offsets concern all of it."""

    code: Annotated[str, Meta(examples=["unknown_name"])]
    text: Annotated[str, Meta(examples=["foo is no field; taken as words"])]
    start: int | None
    end: int | None


class Interpretation(Struct, frozen=True, kw_only=True):
    """How the query that was answered was understood."""

    query: Annotated[str, Meta(description="The query in canonical form.", examples=[QUERY])]
    notes: list[Note]


class ScoredTerm(Struct, frozen=True, kw_only=True):
    """A term and what it counts."""

    view: str
    term: str
    weight: float


class Understood(Struct, frozen=True, kw_only=True):
    """The query as the engine gets it, in terms."""

    match: str
    first: str | None
    score: list[ScoredTerm]


class SearchAnswer(Struct, frozen=True, kw_only=True):
    """One page of hits."""

    query: Annotated[str, Meta(description="As it was sent.", examples=[QUERY])]
    total: Annotated[Count, Meta(description="Documents found.", examples=[12])]
    total_is_exact: bool
    page: Annotated[int, Meta(ge=1)]
    size: Annotated[int, Meta(ge=1)]
    took_ms: Annotated[float, Meta(ge=0, description="Milliseconds spent answering.")]
    hits: list[Hit]
    suggestion: Annotated[
        Correction | None, Meta(description="What the query may have been meant to be.")
    ]
    corrected: Annotated[
        Correction | None, Meta(description="What was answered in place of the query.")
    ]
    facets: Facets
    sort: SortName
    interpretation: Interpretation
    next_cursor: Annotated[
        str | None, Meta(description="Goes on behind the last hit; null if there are no more.")
    ]
    understood: Annotated[Understood | None, Meta(description="Null unless `explain` is 1.")]


class Completion(Struct, frozen=True, kw_only=True):
    """A way to go on typing."""

    text: Annotated[str, Meta(examples=["xây dựng nông thôn mới"])]
    matched: Annotated[
        Spans, Meta(description="Spans of `text` that were typed.", examples=[[[0, 5]]])
    ]
    kind: Literal["title", "phrase"]
    count: Annotated[int, Meta(ge=1, description="Documents that have it.")]


class SuggestAnswer(Struct, frozen=True, kw_only=True):
    """Completions, the one that matters most first."""

    query: Annotated[str, Meta(examples=["xây d"])]
    completions: list[Completion]


class DocumentAnswer(Struct, frozen=True, kw_only=True):
    """A document, whole."""

    id: str
    title: str
    title_highlights: Annotated[Spans, Meta(description="Spans of `title`; empty without `q`.")]
    text: str
    highlights: Annotated[Spans, Meta(description="Spans of `text`; empty without `q`.")]
    url: str | None
    source: str | None
    category: str | None
    author: str | None
    tags: list[str]
    published: str | None


class RelatedAnswer(Struct, frozen=True, kw_only=True):
    """The documents most like one, without itself."""

    id: str
    hits: list[Hit]


class ColumnStats(Struct, frozen=True, kw_only=True):
    """How many different values there are, and how many documents have none."""

    values: Count
    missing: Count


class Columns(Struct, frozen=True, kw_only=True):
    """What can be filtered by."""

    source: ColumnStats
    category: ColumnStats
    author: ColumnStats
    tag: ColumnStats
    year: ColumnStats


class StatsAnswer(Struct, frozen=True, kw_only=True):
    """What the live index holds."""

    documents: Count
    generation: str
    engine: str
    built: Annotated[str, Meta(description="ISO 8601.")]
    build_s: Annotated[float, Meta(ge=0, description="Seconds that the build took.")]
    bytes: Annotated[Count, Meta(description="Size on disk.")]
    analyzer_version: int
    pyvi_version: str
    sources: Annotated[list[str], Meta(description="Files and folders it was built from.")]
    first_published: Annotated[str | None, Meta(description="A day, ISO 8601.")]
    last_published: Annotated[str | None, Meta(description="A day, ISO 8601.")]
    columns: Columns


class Token(Struct, frozen=True, kw_only=True):
    """A piece of the text and its term."""

    text: Annotated[str, Meta(examples=["Xây_dựng"])]
    term: Annotated[str, Meta(examples=["xây_dựng"])]
    start: Count
    end: Count
    position: Annotated[Count, Meta(description="Counted in syllables.")]


class AnalysisAnswer(Struct, frozen=True, kw_only=True):
    """A text through every view of the analyzer."""

    text: str
    words: list[Token]
    codes: list[Token]
    exact: list[Token]
    folded: list[Token]
    pairs: list[str]


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457)."""

    type: Annotated[str, Meta(examples=["/api/v1/docs#problem-bad-parameter"])]
    title: Annotated[str, Meta(examples=["Tham số không hợp lệ"])]
    status: Annotated[int, Meta(ge=400, le=599, examples=[400])]
    detail: Annotated[str, Meta(examples=["page is 0, it should be a whole number from 1 on"])]
    field: Annotated[str | None, Meta(description="The parameter at fault.", examples=["page"])]
    request_id: Annotated[
        str, Meta(description="`X-Request-ID`, to be named when asking for help.")
    ]


class Health(Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Literal["ok"]


class Ready(Struct, frozen=True, kw_only=True):
    """Requests can be answered, or why not; then generation and documents are null."""

    status: Literal["ready", "unavailable"]
    generation: str | None
    documents: int | None
    detail: str | None
