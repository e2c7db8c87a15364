"""Under which licence a package says that it is."""

from __future__ import annotations

from importlib.metadata import Distribution

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.license import License, LicenseAcknowledgement

_OSI = "License :: OSI Approved :: "
_IDENTIFIERS = {
    "mit license": "MIT",
    "two-clause bsd license": "BSD-2-Clause",
    "3-clause bsd license": "BSD-3-Clause",
}
"""What names mean without doubt; "BSD License" and "Apache Software License" leave it open."""
_NAME_MAX_CHARS = 100  # what is longer, or of several lines, is a licence's text


def declared_licence(distribution: Distribution) -> License | None:
    """An identifier or expression of SPDX if possible, else a name; None if nothing is said.

    `License-Expression` rules the older fields out (PEP 639). Of those, `License` comes first if it
    is an identifier, since the classifier "BSD License" says less than "BSD-2-Clause".
    """
    metadata = distribution.metadata
    make = LicenseFactory().make_from_string
    classifiers = [
        one.removeprefix(_OSI) for one in metadata.get_all("Classifier", ()) if one.startswith(_OSI)
    ]
    texts = metadata.get_all("License-Expression") or [
        *metadata.get_all("License", ()),
        *classifiers,
    ]
    names = [one.strip() for one in texts if _is_name(one.strip())]
    names = [_IDENTIFIERS.get(one.casefold(), one) for one in names]
    made = [make(one, license_acknowledgement=LicenseAcknowledgement.DECLARED) for one in names]
    return next((one for one in made if getattr(one, "name", None) is None), next(iter(made), None))


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _NAME_MAX_CHARS and "\n" not in text and text.upper() != "UNKNOWN"
