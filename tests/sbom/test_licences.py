from __future__ import annotations

from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from sbom.licences import declared_licence

BSD = "Classifier: License :: OSI Approved :: BSD License"
MIT = "Classifier: License :: OSI Approved :: MIT License"
TEXT = "License: Copyright (c) 2001\n        All rights reserved.\n        Redistribution …"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (["License-Expression: MIT OR Apache-2.0"], "MIT OR Apache-2.0"),
        (["License-Expression: MIT"], "MIT"),
        (["License-Expression: LicenseRef-Own", "License: MIT", BSD], "LicenseRef-Own"),
        (["License: Apache-2.0", "Classifier: License :: OSI Approved :: X"], "Apache-2.0"),
        (["License: BSD", MIT], "MIT"),
        (["License: Two-clause BSD license", BSD], "BSD-2-Clause"),
        (["License: 3-Clause BSD License"], "BSD-3-Clause"),
        ([TEXT, BSD], "BSD License"),  # SciPy's field is the whole text
        (["License: UNKNOWN", MIT], "MIT"),
        (["License: BSD-3-Clause, Apache-2.0, others"], "BSD-3-Clause, Apache-2.0, others"),
        (["Classifier: License :: Public Domain"], None),
        ([], None),
    ],
)
def test_a_licence_is_said_as_exactly_as_it_is_declared(
    tmp_path: Path, said: list[str], found: str | None
) -> None:
    lines = ["Metadata-Version: 2.4", "Name: one", "Version: 1", *said]
    (tmp_path / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    licence = declared_licence(PathDistribution(tmp_path))
    kinds = ("id", "name", "value")  # an identifier, a name, an expression
    shown = [getattr(licence, one) for one in kinds if getattr(licence, one, None)]
    assert shown == ([found] if found else [])
