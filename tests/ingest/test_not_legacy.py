"""Text that is in no encoding from before Unicode, or may not be, stays as it is."""

import timeit
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from legacy_texts import FRENCH, PASTED, SENTENCES, encode, without_lost_case

from searchapp.analysis.clean import clean
from searchapp.ingest import legacy
from searchapp.ingest.decoding import DecodingError, decode_noted
from searchapp.ingest.legacy import TCVN3
from searchapp.ingest.records import make_document

OTHERS = {
    "French": FRENCH,
    "French menu": "Thé glacé, café crème, purée, crêpe sucrée, pâté, bœuf rôti, gâteau, né",
    "German": (
        "Über den Dächern von München hängen schwere Wolken, während die Bäckerei an der Straße "
        "schon öffnet. Für größere Bestellungen müssen Gäste früh kommen: süße Brötchen, Käse, "
        "Äpfel und Öl gehören zum täglichen Frühstück. Fußgänger grüßen, Türen schließen, und "
        "die Kühe dürfen über die Brücke."
    ),
    "Portuguese": (
        "A nação não será salva por promessas: são as mãos das mulheres que dão pão às crianças. "
        "Não há razão para tão pouca atenção; a solução está lá, à espera. Amanhã, às três, João "
        "virá à reunião com sua irmã, e então verão que o coração também tem razões. Avó, avô, pé, "
        "fé, só, pá, nó, dó, má, vã, lã, rã, sã, tão, mão, cão."
    ),
    "Spanish": (
        "El niño pequeño corrió detrás del ratón; mamá gritó que la lámpara se caería, y así fue. "
        "¿Quién lo hará mañana? ¡Qué sé yo! Más allá del jardín está el café de don José, que "
        "abrió en el año mil, según él. Sí, tú y él, té y pan."
    ),
    "Italian": (
        "La città è più bella perché c’è il caffè; però già lunedì sarà così. Né io né lui può "
        "dire di sì: là giù, lassù, laggiù, la virtù è lì. Papà è qui, il tè è già freddo."
    ),
    "Czech": (
        "Příliš žluťoučký kůň úpěl ďábelské ódy. Každé ráno chodí děti do školy přes starý most, "
        "kde rybáři čekají na úlovek, a večer se všichni vracejí domů."
    ),
    "Danish": (
        "Rødgrød med fløde på en ø i åen: børnene får øl, æbler og brød, når solen går ned over "
        "søen, og så går de hjem på gåben. Også mågen råber: på, få, nå, så, åh, tø, dø, sø, rå."
    ),
    "Icelandic": (
        "Það er ekki á hverjum degi sem við förum í fjöruna, en þá sjáum við líka hvað hún er "
        "falleg. Ég á þrjú börn og öll þeirra búa í Reykjavík, þar sem ég ólst upp."
    ),
    "English": "Naïve café-goers paid £5 for a ½ pint of crème brûlée at 20 °C, © 2024, ±5 µm.",
    "symbols": "§ 1 « a » © 2020 ® ° ± ² ³ µ ¶ · ¹ º » ¼ ½ ¾ ¿ × ÷ 5µm 10m² «» ©® ¬¬ \xad",
    "Vietnamese": " ".join(SENTENCES),
    "Vietnamese NFD": unicodedata.normalize("NFD", " ".join(SENTENCES)),
    "Vietnamese in Latin-1": (
        "Cà phê và bánh mì là hai món mà tôi thích, còn cô ý thì không, ví dù bà có mòn tay làm "
        "hàng tá món xào, món ngào, món rán, món sên, mà là ai thì cùng chê cà."
    ),
    "mixed": f"{SENTENCES[0]} {encode(SENTENCES[1], TCVN3)} {FRENCH}",
    "Chinese and pinyin": "越南 Yuènán, nǐ hǎo, zhōngguó, tóngzhì, wénxué, lǜsè, shénme",
    "emoji": "👍🏽 é 👨\u200d👩\u200d👧 🇻🇳 ❤️ ñ",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_text_is_untouched(text):
    document, notes = make_document({"id": "1", "title": text[:60], "text": text}, "a")
    assert (document.title, document.text, notes) == (text[:60].strip(), text, [])


@pytest.mark.parametrize(
    "name", ["French", "French menu", "German", "Portuguese", "Spanish", "Danish"]
)
def test_other_bytes_are_refused_and_not_named(name):
    with pytest.raises(DecodingError, match=r"is not UTF-8 \(byte \d+\); save it as UTF-8"):
        decode_noted(OTHERS[name].encode("cp1252"))


@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused(data):
    try:
        text, _ = decode_noted(data)
    except DecodingError:
        pass
    else:
        assert "\x00" not in text


latin1 = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\x00"), max_size=200)
syllables = st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=30).map(" ".join)


@given(st.one_of(st.text(max_size=200), latin1, syllables))
def test_what_is_recognised_as_nothing_is_identical(text):
    finding = legacy.recognise(text)
    document, notes = make_document({"id": "1", "title": "a", "text": text}, "a")
    if finding is None or not finding.certain:
        assert document.text == text
    assert len(notes) == (finding is not None)


@given(syllables, st.sampled_from(PASTED))
def test_what_is_converted_is_converted_rightly(text, encoding):
    codes = encode(text, encoding)
    document, _ = make_document({"id": "1", "title": "a", "text": codes}, "a")
    assert document.text in (codes, without_lost_case(text, encoding))


@pytest.mark.parametrize(
    "text", ["plain words " * 1000, f"{SENTENCES[0]} " * 200], ids=["ascii", "vi"]
)
def test_ordinary_text_costs_next_to_nothing(text):
    """A small part of cleaning it, as is done with every text."""

    def taken(work):
        return min(timeit.repeat(lambda: work(text), number=20, repeat=10))

    assert taken(legacy.recognise) < taken(clean) / 10
