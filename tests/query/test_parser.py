"""The query language: texts and the trees they are, and that nothing can break it."""

from __future__ import annotations

import itertools
import unicodedata
from datetime import date

import pytest
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import text as any_text

from searchapp.query.expression import (
    All,
    Any,
    Boosted,
    Clause,
    Everything,
    Fuzzy,
    Name,
    Not,
    Occur,
    Prefix,
    Published,
    Quoted,
    Sequence,
    Words,
)
from searchapp.query.parser import NoteCode, parse_query
from searchapp.query.printer import ENGLISH, VIETNAMESE, to_text

MARCH = Published(date(2024, 3, 1), date(2024, 3, 31))


def should(*children) -> Sequence:
    return Sequence(tuple(Clause(child) for child in children))


def must(child) -> Clause:
    return Clause(child, Occur.MUST)


def must_not(child) -> Clause:
    return Clause(child, Occur.MUST_NOT)


TREES = [
    ("", None),
    (" \n\t ", None),
    ('""', None),
    ('"…"', None),
    ("()", None),
    ("xây dựng  đảng\n", Words("xây dựng đảng")),
    ("???", Words("???")),
    ("là gì? 37,5 độ, 100/2019/NĐ-CP", Words("là gì? 37,5 độ, 100/2019/NĐ-CP")),
    ("covid-19 C++ U-23 a@b.vn", Words("covid-19 C++ U-23 a@b.vn")),
    # Quotation marks of every kind; text beside them without a space.
    ('"xây dựng"', Quoted("xây dựng")),
    ("“xây dựng”", Quoted("xây dựng")),
    ("„xây dựng“", Quoted("xây dựng")),
    ("«xây dựng»", Quoted("xây dựng")),
    ('“xây  dựng"', Quoted("xây dựng")),
    ('đảng "xây dựng" ta', should(Words("đảng"), Quoted("xây dựng"), Words("ta"))),
    ('a"b"c', should(Words("a"), Quoted("b"), Words("c"))),
    ("O'Neill's", Words("O'Neill's")),
    ('"lúa mùa"~5', Quoted("lúa mùa", 5)),
    ('"lúa mùa"~', Quoted("lúa mùa")),
    ('"lúa mùa"~0', Quoted("lúa mùa", 0)),
    # Operators bind looser than words side by side.
    ("bóng đá AND việt nam", All((Words("bóng đá"), Words("việt nam")))),
    ("bóng đá VÀ việt nam", All((Words("bóng đá"), Words("việt nam")))),
    (unicodedata.normalize("NFD", "đá VÀ nam"), All((Words("đa\u0301"), Words("nam")))),
    ("a HOẶC b OR c", Any((Words("a"), Words("b"), Words("c")))),
    ("a OR b AND c", Any((Words("a"), All((Words("b"), Words("c")))))),
    ("(a OR b) AND c", All((Any((Words("a"), Words("b"))), Words("c")))),
    ("a NOT b c", All((Words("a"), Not(Words("b c"))))),
    ("a AND NOT b", All((Words("a"), Not(Words("b"))))),
    ("KHÔNG mưa", Not(Words("mưa"))),
    ("NOT NOT mưa", Words("mưa")),
    ("NOT (a OR b)", Not(Any((Words("a"), Words("b"))))),
    ("((a AND b) AND c)", All((Words("a"), Words("b"), Words("c")))),
    ("và hoặc không and or not", Words("và hoặc không and or not")),
    ("a VA b HOAC c", Words("a VA b HOAC c")),
    # Signs.
    ("+phở -bò", Sequence((must(Words("phở")), must_not(Words("bò"))))),
    ("-bò", Sequence((must_not(Words("bò")),))),
    ("+(phở gà)", Sequence((must(Words("phở gà")),))),
    ('a -"b c" d', Sequence((Clause(Words("a")), must_not(Quoted("b c")), Clause(Words("d"))))),
    ("-10 độ +84 912", Words("-10 độ +84 912")),
    ("a - b + c", Words("a - b + c")),
    ("- gạch đầu dòng", Words("- gạch đầu dòng")),
    ("Hà Nội-Huế", Words("Hà Nội-Huế")),
    # Groups.
    ("Hiệp ước (NATO) thành lập", Words("Hiệp ước NATO thành lập")),
    ("f(x) bằng", Words("f(x) bằng")),
    ("a (b OR c)", should(Words("a"), Any((Words("b"), Words("c"))))),
    ("a (b -c)", should(Words("a"), Sequence((Clause(Words("b")), must_not(Words("c")))))),
    # Conditions.
    ("tiêu_đề:xây", Words("xây", Name.TITLE)),
    ("TIEU_DE:xây", Words("xây", Name.TITLE)),
    (unicodedata.normalize("NFD", "tiêu_đề:") + "xây", Words("xây", Name.TITLE)),
    ("title:(xây dựng)", Words("xây dựng", Name.TITLE)),
    ("title:(a OR b)", Any((Words("a", Name.TITLE), Words("b", Name.TITLE)))),
    ('title:"a b"~2', Quoted("a b", 2, Name.TITLE)),
    ("title:xây*", Prefix("xây", Name.TITLE)),
    ("nguồn:VnExpress bóng đá", should(Words("VnExpress", Name.SOURCE), Words("bóng đá"))),
    ('chuyên_mục:"Y tế"', Quoted("Y tế", None, Name.CATEGORY)),
    ("tác_giả:lê*", Prefix("lê", Name.AUTHOR)),
    ("thẻ:lũ tag:lũ", should(Words("lũ", Name.TAG), Words("lũ", Name.TAG))),
    ("id:a/b.c*", Words("a/b.c*", Name.ID)),
    ('id:"a b"', Quoted("a b", None, Name.ID)),
    ("-nguồn:báo", Sequence((must_not(Words("báo", Name.SOURCE)),))),
    ("title:(a source:b)", should(Words("a", Name.TITLE), Words("b", Name.SOURCE))),
    ("http://x.vn/a?b=c", Words("http://x.vn/a?b=c")),
    ("10:30 tỉ lệ 3:1", Words("10:30 tỉ lệ 3:1")),
    ("Câu hỏi: tại sao", Words("Câu hỏi: tại sao")),
    # Days.
    ("ngày:2024-03", MARCH),
    ("published:3/2024", MARCH),
    ("published:2024-03-05", Published(date(2024, 3, 5), date(2024, 3, 5))),
    ("ngay:5/3/2024", Published(date(2024, 3, 5), date(2024, 3, 5))),
    ("ngày_đăng:2024", Published(date(2024, 1, 1), date(2024, 12, 31))),
    ("published:>=2024-02", Published(date(2024, 2, 1), None)),
    ("published:>2024-02", Published(date(2024, 3, 1), None)),
    ("published:<=2024-02", Published(None, date(2024, 2, 29))),
    ("published:<2024-02", Published(None, date(2024, 1, 31))),
    ("published:[2023 TO 2024-06]", Published(date(2023, 1, 1), date(2024, 6, 30))),
    ("ngày:[2023 ĐẾN 6/2024]", Published(date(2023, 1, 1), date(2024, 6, 30))),
    ("published:{2023 TO 2025}", Published(date(2024, 1, 1), date(2024, 12, 31))),
    ("published:2023..2024", Published(date(2023, 1, 1), date(2024, 12, 31))),
    ("published:[* TO 2024]", Published(None, date(2024, 12, 31))),
    ("published:(2023 OR 2024-03)", Any((Published(date(2023, 1, 1), date(2023, 12, 31)), MARCH))),
    # Beginnings, slips, boosts, everything.
    ("xây*", Prefix("xây")),
    ("covid-1*", Prefix("covid-1")),
    ("a* b", should(Prefix("a"), Words("b"))),
    ("*a a*b", Words("*a a*b")),
    ("hải~", Fuzzy("hải", 1)),
    ("hải~2", Fuzzy("hải", 2)),
    ("đê^3 lũ", should(Boosted(Words("đê"), 3.0), Words("lũ"))),
    ("đê^1,5", Boosted(Words("đê"), 1.5)),
    ("đê^1", Words("đê")),
    ('"a b"^0.5', Boosted(Quoted("a b"), 0.5)),
    ("(a b)^2", Boosted(Words("a b"), 2.0)),
    ("+đê^2", Sequence((must(Boosted(Words("đê"), 2.0)),))),
    ("*", Everything()),
    ("*:*", Everything()),
    ("* -a", Sequence((Clause(Everything()), must_not(Words("a"))))),
]


@pytest.mark.parametrize(("text", "tree"), TREES, ids=[repr(text) for text, _ in TREES])
def test_trees(text, tree):
    parsed = parse_query(text)
    assert parsed.expression == tree
    assert parsed.notes == ()


@pytest.mark.parametrize(
    ("text", "tree", "codes"),
    [
        ('một "hai', Words("một hai"), [NoteCode.UNCLOSED_QUOTE]),
        ('"a" "b', should(Quoted("a"), Words("b")), [NoteCode.UNCLOSED_QUOTE]),
        ("(a", Words("a"), [NoteCode.UNBALANCED_PARENTHESIS]),
        ("a)", Words("a"), [NoteCode.UNBALANCED_PARENTHESIS]),
        ("title:(a b", Words("a b", Name.TITLE), [NoteCode.UNBALANCED_PARENTHESIS]),
        ("AND xây", Words("and xây"), [NoteCode.DANGLING_OPERATOR]),
        ("xây HOẶC", Words("xây hoặc"), [NoteCode.DANGLING_OPERATOR]),
        ("NOT", Words("not"), [NoteCode.DANGLING_OPERATOR]),
        ("(a OR) b", Words("a or b"), [NoteCode.DANGLING_OPERATOR]),
        ("KHÔNG KHÍ VÀ NƯỚC", Words("KHÔNG KHÍ VÀ NƯỚC"), [NoteCode.ALL_CAPITALS] * 2),
        ("ROCK AND ROLL", Words("ROCK AND ROLL"), [NoteCode.ALL_CAPITALS]),
        ("foo:bar", Words("foo:bar"), [NoteCode.UNKNOWN_NAME]),
        ("title: xây", Words("title: xây"), [NoteCode.EMPTY_CONDITION]),
        ("ngày:2024-02-30", Words("ngày 2024-02-30"), [NoteCode.BAD_DATE]),
        ("ngày:hôm", Words("ngày hôm"), [NoteCode.BAD_DATE]),
        ("published:[2024 TO 2023]", Words("published 2024 to 2023"), [NoteCode.BAD_DATE]),
        ("published:>9999", Words("published 9999"), [NoteCode.BAD_DATE]),
        ("published:0000", Words("published 0000"), [NoteCode.BAD_DATE]),
        ("hải~9", Fuzzy("hải", 2), [NoteCode.NUMBER_CAPPED]),
        ('"a b"~99999999999', Quoted("a b", 100), [NoteCode.NUMBER_CAPPED]),
        ("a^1000", Boosted(Words("a"), 100.0), [NoteCode.NUMBER_CAPPED]),
    ],
)
def test_what_does_not_parse_is_words_and_noted(text, tree, codes):
    parsed = parse_query(text)
    assert parsed.expression == tree
    assert [note.code for note in parsed.notes] == codes
    for note in parsed.notes:
        assert 0 <= note.start < note.end <= len(text)
        assert note.about
        assert "\n" not in note.about


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("bóng đá NOT việt nam", "bóng đá AND NOT việt nam"),
        ("a VÀ b HOẶC c", "(a AND b) OR c"),
        ("tiêu_đề:(xây OR dựng)", "title:xây OR title:dựng"),
        ("ngày:[1/2024 ĐẾN 3/2024]", "published:[2024-01-01 TO 2024-03-31]"),
        ("ngày:5/3/2024", "published:2024-03-05"),
        ("ngày:>2023", "published:>=2024-01-01"),
        ("published:[* TO *]", "published:[* TO *]"),
        ("«xây  dựng»~3^1,50", '"xây dựng"~3^1.5'),
        ("(a)(b)", "a b"),
        ('id:"a b"', 'id:"a b"'),
        ("đê~ lũ*", "đê~1 lũ*"),
    ],
)
def test_canonical_text(text, canonical):
    expression = parse_query(text).expression
    assert expression is not None
    assert to_text(expression) == canonical
    assert parse_query(canonical).expression == expression


# -- any text -----------------------------------------------------------------------------------

FRAGMENTS = [
    *'"“”()+-~^*:[]{}<>=., ',
    *("AND", "OR", "NOT", "VÀ", "HOẶC", "KHÔNG", "TO", "ĐẾN", "..", "~2", "^2", "^0.5", "*:*"),
    *("title:", "tiêu_đề:", "nguồn:", "id:", "published:", "ngày:", "foo:", "thẻ:("),
    *("2024", "2024-03", "5/3/2024", "[2023 TO 2024]", ">=2024", "-10", "sông", "Hồng", "ĐÊ", "lũ"),
    *("f(x)", 'a"b', "x^y", "NATO", "đa\u0301", "\u200b", "🧊"),
]
typed = st.lists(st.sampled_from(FRAGMENTS), max_size=14).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda space: space.join(pieces))
)


@given(st.one_of(st.text(), any_text, typed))
def test_any_text_parses_and_its_canonical_text_is_the_same_tree(text):
    parsed = parse_query(text)
    for note in parsed.notes:
        assert 0 <= note.start <= note.end <= len(text)
    if parsed.expression is not None:
        canonical = to_text(parsed.expression)
        assert parse_query(canonical).expression == parsed.expression, canonical


syllables = st.sampled_from(["sông", "hồng", "đê", "2024", "nato", "covid-19", "37,5", "hoà"])
words = st.lists(syllables, min_size=1, max_size=3).map(" ".join)
names = st.none() | st.sampled_from(Name)
not_id = st.none() | st.sampled_from([name for name in Name if name is not Name.ID])
spans = st.one_of(
    st.tuples(st.dates(), st.dates()).map(sorted).map(lambda days: Published(*days)),
    st.dates().map(lambda day: Published(day, None)),
    st.dates().map(lambda day: Published(None, day)),
    st.just(Published(None, None)),
)
leaves = st.one_of(
    st.builds(Words, words, not_id),
    st.builds(Words, syllables, st.just(Name.ID)),
    st.builds(Quoted, words, st.none() | st.integers(0, 100), names),
    st.builds(Prefix, syllables, not_id),
    st.builds(Fuzzy, syllables, st.sampled_from([1, 2]), not_id),
    spans,
    st.just(Everything()),
)


def without_kind(kind):
    return lambda tree: not isinstance(tree, kind)


def grown(children):
    """Trees of the normal form: see the parser."""

    def apart(clauses):
        """No two unsigned plain words side by side: they would be one; no group of them."""
        plain = [c.occur is Occur.SHOULD and is_plain(c.child) for c in clauses]
        names_apart = all(not (a and b) for a, b in itertools.pairwise(plain))
        return names_apart and (len(clauses) > 1 or clauses[0].occur is not Occur.SHOULD)

    def is_plain(child):
        return isinstance(child, Words) and child.name is None

    parts = children.filter(without_kind(Not))
    clauses = st.builds(Clause, parts, st.sampled_from(Occur)).filter(
        # An unsigned sequence inside a sequence is a group that stays one only if it is signed.
        lambda c: not (isinstance(c.child, Sequence) and len(c.child.clauses) < 2)
    )
    return st.one_of(
        st.lists(children.filter(without_kind(All)), min_size=2, max_size=3).map(
            lambda found: All(tuple(found))
        ),
        st.lists(children.filter(without_kind(Any)), min_size=2, max_size=3).map(
            lambda found: Any(tuple(found))
        ),
        children.filter(without_kind(Not)).map(Not),
        st.builds(
            Boosted,
            children.filter(without_kind(Boosted)),
            st.sampled_from([0.0, 0.25, 2.0, 1.5, 100.0]),
        ),
        st.lists(clauses, min_size=1, max_size=3).filter(apart).map(lambda c: Sequence(tuple(c))),
    )


# Hypothesis prints the strategy when it tells of its progress, which nobody reads here.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@given(st.recursive(leaves, grown, max_leaves=8), st.sampled_from([ENGLISH, VIETNAMESE]))
def test_a_tree_printed_and_parsed_is_the_same_tree(tree, wording):
    assert parse_query(to_text(tree, wording)).expression == tree, to_text(tree, wording)


def test_vietnamese_words_for_a_query():
    typed = 'title:(hà nội) AND (source:"Báo Mới" OR NOT published:[2023 TO 2024-06]) OR tag:lũ*'
    expression = parse_query(typed).expression
    assert expression is not None
    assert to_text(expression, VIETNAMESE) == (
        '(tiêu_đề:(hà nội) VÀ (nguồn:"Báo Mới" HOẶC KHÔNG ngày:[2023-01-01 ĐẾN 2024-06-30]))'
        " HOẶC thẻ:lũ*"
    )


@given(words)
def test_plain_words_are_themselves(text):
    parsed = parse_query(f"  {text}\n")
    assert parsed.expression == Words(text)
    assert parsed.notes == ()


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "(",
            ")",
            '"',
            "NOT ",
            "AND ",
            "+",
            "-",
            "~",
            "^2",
            "*",
            "a(",
            "a)",
            "a:",
            "title:",
            "((a ",
        ),
        *("published:[", "[", '""', "NOT(", "-(", "title:(", "a OR ", "a^2 ", "id:", "a ", "+a "),
    ],
)
def test_time_is_in_proportion_to_long_and_deep_queries(piece):
    def read(size: int) -> None:
        parsed = parse_query(piece * (size // len(piece)))
        if parsed.expression is not None:
            to_text(parsed.expression)

    assert_in_proportion(read, 2000)
