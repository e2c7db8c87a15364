import importlib.util
import json
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from searchapp.analysis.pyvi_model import ModelError, SegmentationModel, load_pyvi_model
from searchapp.errors import SearchappError


def test_the_model_is_of_the_known_size(model):
    assert 6_000 < len(model.attributes) < 20_000
    assert len(model.bigrams) > 10_000
    assert len(model.trigrams) > 1_000
    assert model.pyvi_version.startswith("0.1")


def test_weights_lean_the_right_way(model):
    """Inside minus begin: a dictionary pair speaks for inside, punctuation for begin."""
    assert model.attributes["-1:word.bi_gram()"] > 0
    assert model.attributes["word.lower():,"] < 0
    (begin_begin, begin_inside), (inside_begin, inside_inside) = model.transitions
    assert len({begin_begin, begin_inside, inside_begin, inside_inside}) == 4


def test_dictionary_entries_are_lower_case_syllables(model):
    assert "xây dựng" in model.bigrams
    assert all(entry.count(" ") == 1 and entry == entry.lower() for entry in model.bigrams)
    assert all(entry.count(" ") == 2 and entry == entry.lower() for entry in model.trigrams)


def test_json_round_trip_is_exact(model):
    text = model.dumps()
    assert SegmentationModel.loads(text) == model
    assert SegmentationModel.loads(text).dumps() == text
    assert json.loads(text)["attributes"] == model.attributes


def test_segmenting_imports_neither_pyvi_nor_scikit_learn():
    script = """
import sys
from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.pyvi_model import load_pyvi_model
words = Analyzer(load_pyvi_model()).analyze("Xây dựng Đảng").words
assert [w.text for w in words] == ["xây_dựng", "đảng"], words
print(*{name.partition(".")[0] for name in sys.modules})
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    loaded = set(done.stdout.split())
    assert "searchapp" in loaded
    assert not loaded & {"pyvi", "sklearn", "sklearn_crfsuite", "pycrfsuite", "scipy"}


def test_a_missing_pyvi_says_how_to_mend_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install pyvi") as caught:
        load_pyvi_model()
    assert isinstance(caught.value, SearchappError)


def _good_pickle():
    spec = importlib.util.find_spec("pyvi")
    return (Path(spec.origin).parent / "models" / "pyvi3.pkl").read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda good: None, id="no file"),
        pytest.param(lambda good: b"", id="empty"),
        pytest.param(lambda good: b"no pickle at all", id="no pickle"),
        pytest.param(lambda good: b"\x80\x04]\x94.", id="a pickled list"),
        pytest.param(lambda good: b"\x80\x04}\x94.", id="a pickled dict"),
        pytest.param(lambda good: good[: len(good) // 2], id="half"),
        pytest.param(lambda good: good[:-1], id="last byte gone"),
        pytest.param(lambda good: good.replace(b"lCRF", b"xxxx"), id="another crfsuite format"),
        pytest.param(lambda good: good.replace(b"CQDB", b"XXXX"), id="no string table"),
        pytest.param(lambda good: good.replace(b"I_W\0", b"J_W\0"), id="other labels"),
    ],
)
def test_a_damaged_pyvi_says_how_to_mend_it(damage, monkeypatch, tmp_path):
    damaged = damage(_good_pickle())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "words.txt").write_text("xây dựng", encoding="utf-8")
    if damaged is not None:
        (tmp_path / "models" / "pyvi3.pkl").write_bytes(damaged)
    spec = ModuleSpec("pyvi", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(ModelError, match="install the pinned pyvi again"):
        load_pyvi_model()
