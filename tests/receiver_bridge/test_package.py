"""The bridge is a package of its own: a wheel has all its files, and it needs nothing of Odoo's."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "receiver_bridge"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of an earlier build gets into it, and without network."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(
        PACKAGE, source / "receiver_bridge", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "pyproject.toml", source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    [built] = folder.glob("receiver_bridge-*.whl")
    return built


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        there = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert there == here
    for folder, ending in (("codes", ".csv"), ("simulator/scenarios", ".toml"), ("watch", ".tcss")):
        assert any(
            name.startswith(f"receiver_bridge/{folder}/") and name.endswith(ending)
            for name in there
        ), folder


def test_the_wheel_runs_where_nothing_else_of_the_project_is(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}

    def run(*arguments: str, given: bytes = b"") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "receiver_bridge", *arguments],
            input=given,
            capture_output=True,
            cwd=tmp_path,
            env=environment,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    for command in ("run", "check", "decode", "simulate", "capture", "journal", "watch"):
        assert f"receiver-bridge {command}" in run(command, "--help")
    frame = b'\n9EC40027"ADM-CID"0001L0#1002[#1002|1602 00 001]\r'
    assert '"code": "602"' in run("decode", "--format", "dc09", given=frame)


def test_nothing_of_odoo_is_imported() -> None:
    files = list(PACKAGE.rglob("*.py"))
    assert len(files) > 100
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                assert name.partition(".")[0] not in ("odoo", "addons", "tests"), f"{file}: {name}"
