"""The list of what the site is made of."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from scripts import sbom
from tests.deploy_world import ROOT

TEXTS = [(ROOT / name).read_text("utf-8") for name in sbom.SOURCES]
IN_SCRIPTS = {"@noble/ciphers", "@noble/curves", "@noble/hashes", "@scure/bip39"}


def test_sbom_lists_what_the_lock_pins_and_nothing_else(tmp_path: Path) -> None:
    """Every package of a server is there with version, hashes and needs; no tool for tests is.

    That it keeps to CycloneDX's schema is checked before it is written; twice gives the same.
    """
    target = tmp_path / "build" / "sbom.cdx.json"
    sbom.main(str(target))
    found = json.loads(target.read_text("utf-8"))
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert found["metadata"]["component"]["licenses"] == [{"license": {"id": "EUPL-1.2"}}]
    components = {part["purl"]: part for part in found["components"]}
    listed = {purl: part for purl, part in components.items() if purl.startswith("pkg:pypi/")}
    lock = TEXTS[0]
    assert set(listed) == {
        f"pkg:pypi/{name.lower()}@{version}"
        for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", lock)
    }
    hashes = [
        one["content"]
        for part in listed.values()
        for one in part["externalReferences"][0]["hashes"]
    ]
    assert sorted(hashes) == sorted(re.findall(r"sha256:(\w+)", lock))
    needs = {part["ref"]: part.get("dependsOn", []) for part in found["dependencies"]}
    flask = next(purl for purl in listed if purl.startswith("pkg:pypi/flask@"))
    assert any(purl.startswith("pkg:pypi/werkzeug@") for purl in needs[flask])
    assert flask in needs["meldkluis"]
    assert sbom.document(*TEXTS) + "\n" == target.read_text("utf-8")


def test_sbom_lists_what_is_in_the_scripts_and_no_tool() -> None:
    """The packages of the reporter's scripts are there with version, sum, licence and needs."""
    found = json.loads(sbom.document(*TEXTS))
    listed = {one["name"]: one for one in found["components"] if "pkg:npm/" in one["purl"]}
    assert set(listed) == IN_SCRIPTS
    locked = json.loads(TEXTS[-1])["packages"]
    for name, part in listed.items():
        lock = locked[f"node_modules/{name}"]
        assert part["version"] == lock["version"]
        assert part["purl"] == f"pkg:npm/{name.replace('@', '%40')}@{lock['version']}"
        assert part["licenses"] == [{"license": {"id": "MIT"}}]
        (digest,) = part["externalReferences"][0]["hashes"]
        assert digest["alg"] == "SHA-512"
        assert base64.b64encode(bytes.fromhex(digest["content"])).decode() in lock["integrity"]
    needs = {part["ref"]: part.get("dependsOn", []) for part in found["dependencies"]}
    assert needs[listed["@scure/bip39"]["purl"]] == [listed["@noble/hashes"]["purl"]]
    assert {part["purl"] for part in listed.values()} < set(needs["meldkluis"])


def test_sbom_that_breaks_the_schema_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that no other program could read ends the command."""

    class Broken(sbom.JsonV1Dot6):
        def output_as_string(self, *, indent: int | str | None = None, **_rest: object) -> str:
            return super().output_as_string(indent=indent).replace('"library"', '"thing"')

    monkeypatch.setattr(sbom, "JsonV1Dot6", Broken)
    with pytest.raises(ValueError, match="thing"):
        sbom.document(*TEXTS)
