"""The project itself: what is installed is what is there, and nothing in it belongs to one machine or person."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

PRODUCT = ("appliance", "hardware", "web")
MADE_HERE = {"build", "dist", "__pycache__", "node_modules"}

PLACES_OF_A_MACHINE = re.compile(r"/(?:home|root|Users|work)/[\w.-]+")
REGISTRY_HOSTS = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian)\.(?:org|com)\b|--(?:extra-)?index-url|--find-links")
PRINTING = re.compile(r"^\s*print\(", re.MULTILINE)


@cache
def text_files(root: Path) -> dict[str, str]:
    """Every text file that belongs to the repository, by its path in it."""
    texts = {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        if hidden or MADE_HERE.intersection(parts) or any(part.endswith(".egg-info") for part in parts):
            continue
        if path.is_file() and (text := as_text(path)) is not None:
            texts[path.relative_to(root).as_posix()] = text
    return texts


def as_text(path: Path) -> str | None:
    """The words of a file, or `None` of a recording or picture."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def places(texts: dict[str, str], pattern: re.Pattern[str]) -> list[str]:
    """Where `pattern` stands, as `path: what`. This file has to name what it looks for, and is not looked at."""
    return [
        f"{path}: {match.group().strip()}"
        for path, text in texts.items()
        if path != "tests/test_project.py"
        for match in pattern.finditer(text)
    ]


def test_no_file_names_a_place_of_one_machine(root: Path) -> None:
    assert places(text_files(root), PLACES_OF_A_MACHINE) == []


def test_no_file_names_a_package_registry(root: Path) -> None:
    assert places(text_files(root), REGISTRY_HOSTS) == []


def test_the_product_never_prints(root: Path) -> None:
    product = {path: text for path, text in text_files(root).items() if path.startswith(PRODUCT)}
    assert places(product, PRINTING) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (PLACES_OF_A_MACHINE, 'HOME = "/home/anna/frontdesk"'),
        (PLACES_OF_A_MACHINE, "#!/Users/anna/bin/python"),
        (REGISTRY_HOSTS, "see files.pythonhosted.org"),
        (REGISTRY_HOSTS, "--extra-index-url file:x"),
        (PRINTING, "def f():\n    print(1)"),
    ],
)
def test_what_is_looked_for_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert len(places({"x": text}, pattern)) == 1


def test_every_package_is_installed(root: Path) -> None:
    declared = set(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"])
    present = {file.parent.relative_to(root) for name in PRODUCT for file in (root / name).rglob("*.py")}
    assert declared == {".".join(path.parts) for path in present} | {"voice_prompts"}


def test_every_package_folder_has_its_front_page(root: Path) -> None:
    folders = {file.parent for name in PRODUCT for file in (root / name).rglob("*.py")} | {root / "voice-prompts"}
    assert [folder.name for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_every_dependency_is_locked(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {name_of(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]}
    lines = [line for line in (root / "requirements.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert all("==" in line for line in lines)
    assert wanted <= {name_of(line) for line in lines}


def name_of(requirement: str) -> str:
    """The package a requirement is about, for example `numpy` of `numpy>=2.1,<3`."""
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None, requirement
    return found.group().lower().replace("_", "-")


# ---------------------------------------------------------------- make, and what the README says of it


def make_targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_the_readme_names_only_what_can_be_made(root: Path) -> None:
    named = set(re.findall(r"`?\bmake ([a-z-]+)(?=[` ]|$)", code_of(root / "README.md"), re.MULTILINE))
    assert {"demo", "test"} <= named <= make_targets(root)


def test_the_readme_names_only_files_that_are_there(root: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (root / "README.md").read_text("utf-8"))
    files = re.findall(r"`((?:[\w.-]+/)+(?:[\w-]+\.\w+)?)`", (root / "README.md").read_text("utf-8"))
    assert [name for name in [*links, *files] if not (root / name).exists()] == []


def test_the_readme_names_only_commands_that_exist(root: Path) -> None:
    named = set(re.findall(r"^(?:\$ |\S+/)?frontdesk ([a-z]+)|`frontdesk ([a-z]+)", code_of(root / "README.md"), re.M))
    frontdesk = Path(sys.executable).with_name("frontdesk")
    for command in {first or second for first, second in named}:
        done = subprocess.run([frontdesk, command, "--help"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"frontdesk {command}: {done.stderr}"


def code_of(readme: Path) -> str:
    """What stands in code blocks and between backquotes, one a line."""
    blocks = re.findall(r"^```.*?\n(.*?)^```|(`[^`\n]+`)", readme.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return "\n".join(block or words for block, words in blocks)


def test_make_alone_lists_what_can_be_made(root: Path) -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert set(re.findall(r"^make ([a-z]+) ", listed, re.MULTILINE)) >= {
        "demo",
        "test",
        "soak",
        "bench",
        "check",
        "lock",
    }
