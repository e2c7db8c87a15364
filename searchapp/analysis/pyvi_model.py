"""The one door to pyvi: its segmentation model, read from its files without running it.

pyvi ships a linear-chain CRF as a pickled scikit-learn wrapper around a crfsuite model. Unpickling
the wrapper imports scikit-learn and SciPy (about a second and 100 MB); the numbers inside are
11,400 doubles. They are read here with their full precision from crfsuite's binary format
(https://github.com/chokkan/crfsuite, ``lib/crf/src/crf1d_model.c`` and ``lib/cqdb``), through an
unpickler that builds nothing but plain containers.
"""

from __future__ import annotations

import importlib.util
import io
import json
import pickle
import struct
from dataclasses import dataclass, fields
from importlib import metadata
from pathlib import Path
from typing import Any

from searchapp.errors import SearchappError

# What reading a file of another shape, or a piece of one, may raise.
_UNREADABLE = (
    OSError,
    EOFError,
    LookupError,
    AttributeError,
    TypeError,
    ValueError,
    struct.error,
    pickle.UnpicklingError,
)
_STATE, _TRANSITION = 0, 1
_BEGIN, _INSIDE = "B_W", "I_W"


class ModelError(SearchappError):
    """pyvi's model is missing or is not of the shape this version reads."""


@dataclass(frozen=True, slots=True)
class SegmentationModel:
    """pyvi's word segmentation as numbers: for each attribute, the score of *inside* minus *begin*.

    ``transitions[a][b]`` is the score of label b after label a (0 begins a word, 1 is inside one).
    ``bigrams`` and ``trigrams`` are pyvi's lower-case dictionary entries of two and three
    syllables.
    """

    pyvi_version: str
    attributes: dict[str, float]
    transitions: tuple[tuple[float, float], tuple[float, float]]
    bigrams: tuple[str, ...]
    trigrams: tuple[str, ...]

    def dumps(self) -> str:
        """The model as JSON; floats round-trip exactly."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return json.dumps(values, ensure_ascii=False)

    @classmethod
    def loads(cls, text: str) -> SegmentationModel:
        """The inverse of `dumps`."""
        data = json.loads(text)
        begin, inside = data["transitions"]
        return cls(
            pyvi_version=data["pyvi_version"],
            attributes=data["attributes"],
            transitions=((begin[0], begin[1]), (inside[0], inside[1])),
            bigrams=tuple(data["bigrams"]),
            trigrams=tuple(data["trigrams"]),
        )


def load_pyvi_model() -> SegmentationModel:
    """Read the model of the installed pyvi.

    Raises ModelError if pyvi is absent or its files are of another shape.
    """
    spec = importlib.util.find_spec("pyvi")  # finds the package without importing its modules
    if spec is None or spec.origin is None:
        raise ModelError("pyvi is not installed; run: pip install pyvi")
    folder = Path(spec.origin).parent / "models"
    try:
        crf = _crfsuite_bytes((folder / "pyvi3.pkl").read_bytes())
        attributes, transitions = _read_crfsuite(crf)
        entries = (folder / "words.txt").read_text(encoding="utf-8").split("\n")
    except _UNREADABLE as error:
        raise ModelError(
            f"pyvi's model in {folder} can't be read ({error}); install the pinned pyvi again"
        ) from error
    # pyvi looks entries up in lower case: one with a capital never matches.
    entries = sorted({e for e in entries if e == e.lower()})
    return SegmentationModel(
        pyvi_version=metadata.version("pyvi"),
        attributes=attributes,
        transitions=transitions,
        bigrams=tuple(e for e in entries if e.count(" ") == 1),
        trigrams=tuple(e for e in entries if e.count(" ") == 2),
    )


class _Bag:
    """Stands for every class in the pickle: keeps the state it is given, does nothing."""

    state: dict[str, Any]

    def __init__(self, *_: object) -> None:
        self.state = {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = state


class _PlainUnpickler(pickle.Unpickler):
    """Reads a pickle without importing anything: every global becomes an empty container."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return str.encode
        return type(name, (_Bag,), {})


def _crfsuite_bytes(pickled: bytes) -> bytes:
    model = _PlainUnpickler(io.BytesIO(pickled)).load()
    data = model.state["modelfile"].state["__FILE_RESOURCE_DATA__"]
    if not isinstance(data, bytes) or data[:4] != b"lCRF":
        raise ValueError("no crfsuite model inside")
    return data


def _read_crfsuite(
    data: bytes,
) -> tuple[dict[str, float], tuple[tuple[float, float], tuple[float, float]]]:
    offsets = struct.unpack_from("<5I", data, 28)
    features_at, labels_at, attributes_at = offsets[:3]
    labels = _read_cqdb(data, labels_at)
    names = _read_cqdb(data, attributes_at)
    if sorted(labels) != [_BEGIN, _INSIDE]:
        raise ValueError(f"labels {labels}, expected {_BEGIN} and {_INSIDE}")
    inside = labels.index(_INSIDE)
    (count,) = struct.unpack_from("<I", data, features_at + 8)
    attributes: dict[str, float] = {}
    transitions = [[0.0, 0.0], [0.0, 0.0]]
    for kind, source, target, weight in struct.iter_unpack(
        "<IIId", data[features_at + 12 : features_at + 12 + 20 * count]
    ):
        if kind == _STATE:
            signed = weight if target == inside else -weight
            attributes[names[source]] = attributes.get(names[source], 0.0) + signed
        elif kind == _TRANSITION:
            transitions[source == inside][target == inside] = weight
    return attributes, (
        (transitions[0][0], transitions[0][1]),
        (transitions[1][0], transitions[1][1]),
    )


def _read_cqdb(data: bytes, base: int) -> list[str]:
    """The strings of a constant quark database, by their id."""
    magic, _, _, _, count, table = struct.unpack_from("<4s5I", data, base)
    if magic != b"CQDB":
        raise ValueError("no string table where one should be")
    strings = []
    for offset in struct.unpack_from(f"<{count}I", data, base + table):
        _, size = struct.unpack_from("<II", data, base + offset)
        start = base + offset + 8
        strings.append(data[start : start + size - 1].decode("utf-8"))
    return strings
