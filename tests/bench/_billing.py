"""Run in an Odoo shell by the bench ``billing``: invoices contracts of three lines by three ways in
turn, batch by batch, so that a busy machine slows all of them alike.

Variable BILLING: JSON with ``ours``, how many contracts of the centre, and ``others``, how many
each of the other two ways gets. Contracts are made by SQL from one that was made as a user makes
it. Prints one line "billing {json}": seconds, invoices and resident memory of each way.

- ours: a billing run of `alarm.billing.run`, everything that it does.
- oca: `contract.contract._recurring_create_invoice` on plain contracts; it leaves drafts.
- bare: `account.move` created and posted, the same lines.
"""

import json
import os
import time
from datetime import date

from odoo.fields import Command

from odoo.addons.alarm_contract.models.alarm_billing_run_work import BATCH

DAY = date(2026, 1, 1)
PRICES = (80.0, 35.0, 12.5)


def resident_mb():
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def multiply(table, where, number, **changed):
    """Copy the row of `table` so often, each copy number n; `changed`: column -> SQL of n."""
    cr.execute(  # noqa: F821
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY 1",
        [table],
    )
    columns = [name for (name,) in cr.fetchall()]  # noqa: F821
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(name, f'one."{name}"') for name in columns)
    cr.execute(  # noqa: F821
        f"INSERT INTO {table} ({names}) SELECT {values}"
        f" FROM {table} one, generate_series(1, %s) AS n WHERE one.{where}",
        [number],
    )


def room(table, number):
    """The first of so many free ids."""
    cr.execute(  # noqa: F821
        f"SELECT setval('{table}_id_seq', nextval('{table}_id_seq') + %s)",
        [number],
    )
    return cr.fetchone()[0] - number  # noqa: F821


class Contracts:
    """Customers, and for each of them a contract of the centre, or a plain one."""

    def __init__(self, env):
        self.env = env(context=dict(env.context, tracking_disable=True))
        self.services = self.env["product.product"].create(
            [
                {"name": f"Bench Fee {number}", "type": "service", "list_price": price}
                for number, price in enumerate(PRICES)
            ]
        )
        self.model = self.env["alarm.business.model"].create(
            {"name": "Bench Model", "code": "BENCH", "period_months": 1}
        )

    def customers(self, number):
        one = self.env["res.partner"].create({"name": "Bench Customer", "is_company": True})
        self.env.flush_all()
        first = room("res_partner", number)
        multiply(
            "res_partner", f"id = {one.id}", number, id=f"{first} + n",
            name="'Bench Customer ' || n", complete_name="'Bench Customer ' || n",
            commercial_partner_id=f"{first} + n",
        )  # fmt: skip
        return first

    def plain(self, number):
        """A contract as a user of OCA's module makes it, so many times."""
        contract = self.env["contract.contract"].create(
            {
                "name": "Bench",
                "partner_id": self.env.company.partner_id.id,
                "line_recurrence": True,
                "date": DAY,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": service.id,
                            "name": service.name,
                            "quantity": 1,
                            "specific_price": price,
                            "price_unit": price,
                            "recurring_rule_type": "monthly",
                            "recurring_interval": 1,
                            "recurring_invoicing_type": "pre-paid",
                            "date_start": DAY,
                            "recurring_next_date": DAY,
                        }
                    )
                    for service, price in zip(self.services, PRICES, strict=True)
                ],
            }
        )
        return self._multiplied(contract, number)

    def ours(self, number):
        """A running contract of the centre, so many times."""
        contract = self.env["contract.contract"].create(
            {
                "partner_id": self.env.company.partner_id.id,
                "business_model_id": self.model.id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": service.id,
                            "name": service.name,
                            "quantity": 1,
                            "specific_price": price,
                        }
                    )
                    for service, price in zip(self.services, PRICES, strict=True)
                ],
            }
        )
        contract._action_sign(DAY)
        contract._action_start(DAY)
        first = self._multiplied(contract, number)
        contract.contract_line_ids.is_canceled = True
        self._serve(first, number)
        return first

    def _serve(self, first, number):
        """Each contract has a site in service."""
        site = self.env["alarm.subscriber"].search([("state", "=", "active")], limit=1)
        self.env.flush_all()
        first_site = room("alarm_subscriber", number)
        multiply(
            "alarm_subscriber", f"id = {site.id}", number, id=f"{first_site} + n",
            ref="'BENCH' || n", name="'Bench Site ' || n",
        )  # fmt: skip
        cr.execute(  # noqa: F821
            "INSERT INTO alarm_contract_subscriber_rel (contract_id, subscriber_id)"
            " SELECT %s + n, %s + n FROM generate_series(1, %s) AS n",
            [first, first_site, number],
        )

    def _multiplied(self, contract, number):
        self.env.flush_all()
        customer = self.customers(number)
        first = room("contract_contract", number)
        multiply(
            "contract_contract", f"id = {contract.id}", number, id=f"{first} + n",
            name="'Bench ' || n", code="'BENCH' || n", partner_id=f"{customer} + n",
            commercial_partner_id=f"{customer} + n", invoice_partner_id=f"{customer} + n",
            access_token="NULL",
        )  # fmt: skip
        for line in contract.contract_line_ids:
            first_line = room("contract_line", number)
            multiply(
                "contract_line", f"id = {line.id}", number, id=f"{first_line} + n",
                contract_id=f"{first} + n", partner_id=f"{customer} + n",
            )  # fmt: skip
        return first


class Way:
    def __init__(self, env):
        self.env, self.seconds, self.invoices, self.memory = env, 0.0, 0, []

    def step(self):
        """One batch; False when there is no more."""
        started = time.perf_counter()
        number = self.batch()
        self.env.flush_all()
        self.env.cr.commit()
        self.seconds += time.perf_counter() - started
        self.env.invalidate_all()
        self.invoices += number
        self.memory.append(resident_mb())
        return number

    def result(self):
        return {
            "seconds": round(self.seconds, 3),
            "invoices": self.invoices,
            "a_second": round(self.invoices / self.seconds, 2) if self.seconds else 0,
            "memory_mb": self.memory,
        }


class Ours(Way):
    def __init__(self, env):
        super().__init__(env)
        self.run = None

    def batch(self):
        if not self.run:
            self.run = self.env["alarm.billing.run"].create({"date": DAY, "notify": False})
            self.run._transition("start")
            self.run._collect()
        done = self.run._bill_next()
        if not done:
            self.run._finish()
        return done


class Oca(Way):
    def __init__(self, env, first, number):
        super().__init__(env)
        self.ids = list(range(first + 1, first + number + 1))

    def batch(self):
        ids, self.ids = self.ids[:BATCH], self.ids[BATCH:]
        return len(self.env["contract.contract"].browse(ids)._recurring_create_invoice(DAY))


class Bare(Way):
    def __init__(self, env, first, number, services):
        super().__init__(env)
        self.customers, self.services = list(range(first + 1, first + number + 1)), services

    def batch(self):
        customers, self.customers = self.customers[:BATCH], self.customers[BATCH:]
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer,
                    "invoice_date": DAY,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": service.id,
                                "name": service.name,
                                "quantity": 1,
                                "price_unit": price,
                            }
                        )
                        for service, price in zip(self.services, PRICES, strict=True)
                    ],
                }
                for customer in customers
            ]
        )
        moves.action_post()
        return len(moves)


def check(ours):
    """Every contract was invoiced once, for what its lines cost."""
    run = ours.run
    assert run.state == "done", run.state
    assert run.failed_count == 0, run.item_ids.filtered("reason")[:1].reason
    moves = run.item_ids.move_ids
    assert len(moves) == ours.invoices, (len(moves), ours.invoices)
    assert set(moves.mapped("state")) == {"posted"}
    assert {round(move.amount_untaxed, 2) for move in moves} == {sum(PRICES)}


def seconds(call):
    """How long it takes, with nothing in the cache; the second time, when plans are made."""
    for _time in range(2):
        env.invalidate_all()  # noqa: F821
        started = time.perf_counter()
        call()
        env.flush_all()  # noqa: F821
        took = time.perf_counter() - started
    env.cr.commit()  # noqa: F821
    return round(took, 3)


def screens(env, ours):
    """Seconds of what is looked at over all contracts."""
    if not {"alarm.billing.check", "alarm.revenue.movement"} <= set(env.registry):
        return {}
    lines = ours.run.item_ids.contract_id.contract_line_ids
    movements = env["alarm.revenue.movement"]
    if not movements.search_count([("contract_line_id", "in", lines[:1].ids)]):
        lines._book_revenue()
        env.cr.commit()
    env.cr.execute("ANALYZE")
    return {
        "check": seconds(lambda: env["alarm.billing.check"]._check(date.today())),
        "dashboard": seconds(movements.get_dashboard),
    }


def main(env, wanted):
    contracts = Contracts(env)
    contracts.ours(wanted["ours"])
    plain = contracts.plain(wanted["others"])
    customers = contracts.customers(wanted["others"])
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    ways = {
        "ours": Ours(env),
        "oca": Oca(env, plain, wanted["others"]),
        "bare": Bare(env, customers, wanted["others"], contracts.services),
    }
    every = max(1, wanted["ours"] // wanted["others"])
    turn, going = 0, True
    while going:
        going = bool(ways["ours"].step())
        if turn % every == 0:
            for name in ("oca", "bare"):
                if ways[name].invoices < wanted["others"]:
                    ways[name].step()
        turn += 1
    check(ways["ours"])
    result = {name: way.result() for name, way in ways.items()}
    result["screens"] = screens(env, ways["ours"])
    print("billing " + json.dumps(result), flush=True)


cr = env.cr  # noqa: F821
main(env, json.loads(os.environ["BILLING"]))  # noqa: F821
