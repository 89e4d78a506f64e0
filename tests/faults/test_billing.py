"""A billing run whose process is killed half-way, and two processes at one run: every contract is
invoiced exactly once."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import ROOT, Odoo, own_database

PROGRAM = ROOT / "tests/faults/billing.py"
CONTRACTS = 24


class Billing:
    """Odoo shells on one database."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo

    def start(self, step: str, value: int, **more: Any) -> subprocess.Popen[str]:
        with tempfile.TemporaryFile("w+") as program:
            program.write(PROGRAM.read_text("utf-8"))
            program.seek(0)
            return subprocess.Popen(
                [*self.odoo._command("shell"), "--no-http"],
                stdin=program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                env={**os.environ, "BILLING": json.dumps({"step": step, "value": value, **more})},
            )  # fmt: skip

    @staticmethod
    def says(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("billing "):
                yield json.loads(line.removeprefix("billing "))

    def run(self, step: str, value: int, **more: Any) -> list[dict[str, Any]]:
        process = self.start(step, value, **more)
        said = list(self.says(process))
        assert process.wait(60) == 0, (step, said)
        return said

    def make(self) -> tuple[int, list[int]]:
        (made,) = self.run("make", CONTRACTS)
        return made["run"], made["contracts"]

    def tell(self, run: int) -> dict[str, Any]:
        (told,) = self.run("tell", run)
        return told

    def check_all_once(self, run: int, contracts: list[int]) -> None:
        told = self.tell(run)
        assert told["state"] == "done"
        assert told["items"] == {"done": CONTRACTS}
        assert told["charges"] == {str(contract): 2 for contract in contracts}
        assert told["lines"] == 2 * CONTRACTS
        assert told["loose"] == 0
        # Eight contracts of two payers come on two invoices.
        assert told["invoices"] == told["posted"] == CONTRACTS - 8 + 2
        assert told["amount"] == pytest.approx(20 * CONTRACTS)
        assert told["notices"] == told["invoices"]
        assert len(set(told["names"])) == told["invoices"]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Odoo]:
    odoo = Odoo(pathlib.Path(tmp_path_factory.mktemp("billing")), own_database("faults_billing"))
    try:
        odoo.create()
        odoo.back_up()
        yield odoo
    finally:
        odoo.drop()


@pytest.fixture
def billing(database: Odoo) -> Iterator[Billing]:
    yield Billing(database)
    database.restore()
    database.back_up()


@pytest.mark.parametrize("open_batch", [False, True], ids=["after a batch", "within a batch"])
def test_killed_half_way_and_run_again(billing: Billing, open_batch: bool) -> None:
    run, contracts = billing.make()
    process = billing.start("go on", run)
    committed = 0
    for said in billing.says(process):
        committed += said.get("committed", 0)
        # A batch is done, and the next one has its invoices but is not committed.
        if committed and (said.get("open") if open_batch else said.get("committed")):
            process.send_signal(signal.SIGKILL)
            break
    assert process.wait(30) == -signal.SIGKILL
    told = billing.tell(run)
    assert told["state"] == "running"
    assert 0 < told["items"]["done"] < CONTRACTS
    assert told["lines"] == 2 * told["items"]["done"], "What is invoiced is exactly what is done"
    billing.run("go on", run)
    billing.check_all_once(run, contracts)


def test_killed_again_and_again(billing: Billing) -> None:
    run, contracts = billing.make()
    for _kill in range(4):
        process = billing.start("go on", run)
        for said in billing.says(process):
            if "open" in said:
                process.send_signal(signal.SIGKILL)
                break
        process.wait(30)
    billing.run("go on", run, batch=9)
    billing.check_all_once(run, contracts)


def test_two_processes_at_once(billing: Billing) -> None:
    run, contracts = billing.make()
    processes = [billing.start("go on", run, batch=3) for _process in range(2)]
    said = [list(billing.says(process)) for process in processes]
    assert [process.wait(60) for process in processes] == [0, 0]
    worked = [sum(one.get("committed", 0) for one in of) for of in said]
    assert sum(worked) == CONTRACTS, worked
    billing.check_all_once(run, contracts)
