"""Packages as a document of CycloneDX 1.6, checked against its schema."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from sbom.licences import declared_licence
from sbom.packages import Package


class InvalidDocumentError(Exception):
    """The document breaks the schema; the message is what the validator says."""


def document(packages: Mapping[str, Package], root: str, when: datetime) -> str:
    """The document, valid, in JSON. But for the time, the same packages make the same characters.

    Raises InvalidDocumentError.
    """
    components = {name: _component(one, is_root=name == root) for name, one in packages.items()}
    bom = Bom(
        components=[one for name, one in components.items() if name != root],
        serial_number=uuid5(NAMESPACE_URL, " ".join(sorted(map(_purl, packages.values())))),
    )
    bom.metadata.component = components[root]
    bom.metadata.timestamp = when
    bom.metadata.tools.components.add(this_component())
    # Some packages are needed on some Pythons and systems only.
    python = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    bom.metadata.properties.add(Property(name="searchapp:python", value=python))
    for name, package in packages.items():
        bom.register_dependency(components[name], [components[one] for one in package.needs])
    text = JsonV1Dot6(bom).output_as_string(indent=2) + "\n"
    check(text)
    return text


def check(text: str) -> None:
    """Raise InvalidDocumentError where a document breaks the schema of CycloneDX 1.6."""
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        raise InvalidDocumentError(f"the schema of CycloneDX 1.6 does not hold: {error.data}")


def _component(package: Package, *, is_root: bool) -> Component:
    licence = declared_licence(package.distribution)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.APPLICATION if is_root else ComponentType.LIBRARY,
        bom_ref=_purl(package),
        purl=PackageURL("pypi", None, package.name, package.version),
        description="".join(package.distribution.metadata.get_all("Summary", ())) or None,
        licenses=[licence] if licence is not None else (),
        scope=ComponentScope.OPTIONAL if package.is_optional else ComponentScope.REQUIRED,
    )


def _purl(package: Package) -> str:
    return PackageURL("pypi", None, package.name, package.version).to_string()
