"""Writes what the site is made of as a CycloneDX document: `make sbom`.

Names what requirements.lock pins, and what browser/package-lock.json pins for the scripts
that reporters run; nothing for tests, and not the bundler. Each has the hashes that were
allowed, its licence and what it stands on. Invariants: the same lock gives the same bytes;
what does not keep to CycloneDX's schema is not written.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from importlib.metadata import PackageMetadata, distribution
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.contrib.hash.factories import HashTypeFactory
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("requirements.lock", "requirements.in", "setup.cfg", "browser/package-lock.json")
PINNED = re.compile(r"^([\w.-]+)==(\S+)((?: \\\n    --hash=\S+)+)", re.MULTILINE)
hash_of = HashTypeFactory().from_hashlib_alg
MODULES = "node_modules/"
BUNDLER = "esbuild"
OPEN_SOURCE = "License :: OSI Approved :: "


@dataclass(frozen=True)
class Pinned:
    """A package of the lock: its name, its version, the SHA-256 of each file that is allowed."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pinned(lock: str) -> dict[str, Pinned]:
    """Return the packages of a lock by name."""
    found = {}
    for name, version, hashes in PINNED.findall(lock):
        sums = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", hashes))
        found[canonicalize_name(name)] = Pinned(canonicalize_name(name), version, sums)
    return found


def licence(metadata: PackageMetadata) -> License | None:
    """Return what a package says of its licence, in its newest field for it first."""
    approved = [
        value.removeprefix(OPEN_SOURCE)
        for value in metadata.get_all("Classifier") or []
        if value.startswith(OPEN_SOURCE)
    ]
    short = [value for value in metadata.get_all("License") or [] if "\n" not in value]
    said = [*(metadata.get_all("License-Expression") or []), *approved, *short]
    return LicenseFactory().make_from_string(said[0]) if said else None


def component(package: Pinned) -> Component:
    """Describe one package of the lock, which must be installed."""
    metadata = distribution(package.name).metadata
    purl = PackageURL("pypi", name=package.name, version=package.version)
    found = licence(metadata)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        description=metadata["Summary"],
        licenses=[found] if found else [],
        external_references=[distributed(purl, [hash_of("sha256", one) for one in package.hashes])],
    )


def needs(name: str) -> set[str]:
    """Return the names of what an installed package needs here."""
    wanted = map(Requirement, distribution(name).requires or [])
    return {
        canonicalize_name(one.name)
        for one in wanted
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


def in_scripts(lock: str) -> dict[str, tuple[Component, set[str]]]:
    """Describe the packages of the reporter's scripts by name, each with what it needs.

    Args:
        lock: the text of browser/package-lock.json.
    """
    found = {}
    for path, each in json.loads(lock)["packages"].items():
        name = path.removeprefix(MODULES)
        if not name or name == BUNDLER or each.get("dev") or each.get("optional"):
            continue
        purl = PackageURL("npm", *name.rpartition("/")[::2], each["version"])
        digest = base64.b64decode(each["integrity"].removeprefix("sha512-")).hex()
        part = Component(
            name=name,
            version=each["version"],
            type=ComponentType.LIBRARY,
            bom_ref=purl.to_string(),
            purl=purl,
            licenses=[LicenseFactory().make_from_string(each["license"])],
            external_references=[distributed(purl, [hash_of("sha512", digest)])],
        )
        found[name] = (part, set(each.get("dependencies", ())))
    return found


def distributed(purl: PackageURL, hashes: list[HashType]) -> ExternalReference:
    """Return where a package comes from, which is a name and no address, and its hashes."""
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(purl.to_string()), hashes=hashes
    )


def document(lock: str, direct: str, setup: str, scripts: str) -> str:
    """Return the document, checked.

    Args:
        lock: the text of requirements.lock.
        direct: the text of requirements.in: what the site itself stands on.
        setup: the text of setup.cfg.
        scripts: the text of browser/package-lock.json.

    Raises:
        ValueError: the result would not keep to the schema.
    """
    about = ConfigParser()
    about.read_string(setup)
    own = about["metadata"]
    bom = Bom(serial_number=uuid5(NAMESPACE_OID, lock + setup + scripts))
    bom.metadata.timestamp = None
    bom.metadata.component = Component(
        name=own["name"],
        version=own["version"],
        type=ComponentType.APPLICATION,
        bom_ref=own["name"],
        description=own["description"],
        licenses=[LicenseFactory().make_from_string(own["license"])],
    )
    parts = {name: component(package) for name, package in pinned(lock).items()}
    served = in_scripts(scripts)
    bom.components.update([*parts.values(), *(part for part, _needs in served.values())])
    lines = [line for line in direct.splitlines() if line and not line.startswith("#")]
    first = {canonicalize_name(Requirement(line).name) for line in lines}
    own_parts = [*(parts[name] for name in first), *(part for part, _needs in served.values())]
    bom.register_dependency(bom.metadata.component, own_parts)
    for part, wanted in served.values():
        bom.register_dependency(part, [served[one][0] for one in wanted])
    for name, part in parts.items():
        bom.register_dependency(part, [parts[one] for one in needs(name) if one in parts])
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(str(error))
    return text


def main(target: str) -> None:
    """Write the document of this checkout to ``target``, and say where it is."""
    text = document(*((ROOT / name).read_text("utf-8") for name in SOURCES))
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(text + "\n", "utf-8")
    print(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
