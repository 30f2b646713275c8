"""Each code of this room has a page; the stylesheet's maker keeps its promises; nothing names a registry."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from piperoll.present.lint import CHECKS


def _codes(root: Path) -> set[str]:
    sources = (root / "src/piperoll/present").rglob("*.py")
    return {code for path in sources for code in re.findall(r"PR-Y\d{3}", path.read_text())}


def test_each_code_has_a_page_and_each_page_a_code(root: Path) -> None:
    pages = {path.stem for path in (root / "docs/errors").glob("PR-Y*.md")}
    assert pages == _codes(root)


def test_each_page_says_when_and_how(root: Path) -> None:
    for path in (root / "docs/errors").glob("PR-Y*.md"):
        text = path.read_text()
        assert text.startswith(f"# {path.stem}: ")
        when, fix = text.split("## When it occurs\n")[1].split("## How to fix\n")
        assert when.strip()
        assert fix.strip()


def test_the_page_of_a_check_says_what_the_check_asks(root: Path) -> None:
    for code, check in CHECKS.items():
        text = (root / f"docs/errors/{code}.md").read_text()
        assert check.asks in text
        assert check.fix in text


@pytest.fixture
def maker(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("stylesheet", root / "tools/stylesheet.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stylesheet_becomes_generic(maker: ModuleType) -> None:
    css = (
        '@charset "UTF-8";@font-face{font-family:GDS Transport;src:url(/assets/a.woff2)}'
        ".a{font-family:GDS Transport,arial,sans-serif}.b{background:url(/assets/crest.svg)}"
        "/*# sourceMappingURL=a.map */"
    )
    assert maker.generic(css) == ('@charset "UTF-8";.a{font-family:Arial,sans-serif}.b{background:none}\n')


def test_a_stylesheet_that_still_loads_is_refused(maker: ModuleType) -> None:
    with pytest.raises(ValueError, match="import"):
        maker.generic('@import "other.css";')
    with pytest.raises(ValueError, match="GDS"):
        maker.generic(".a{font:12px GDS Transport}")


def test_without_the_package_the_maker_says_what_to_do(
    maker: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(maker, "SOURCE", tmp_path / "none.css")
    assert maker.main() == 1
    assert "npm ci" in capsys.readouterr().err


def test_the_lock_file_names_no_registry(root: Path) -> None:
    text = (root / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_packages_are_pinned_exactly(root: Path) -> None:
    package = json.loads((root / "package.json").read_text())
    for version in (package["dependencies"] | package["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
