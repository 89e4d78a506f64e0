"""Run in an Odoo shell by `test_billing.py`: makes contracts, goes on with a billing run, or tells
what there is. Variable BILLING: JSON with the step and what it needs. Prints "billing {json}".
"""

import json
import os
import sys
from datetime import date

from odoo.addons.alarm_contract.models import alarm_billing_run_work as work

DAY = date(2026, 1, 1)
wanted = json.loads(os.environ["BILLING"])


def say(**values):
    print("billing " + json.dumps(values), flush=True)


def make(env, number):
    """So many contracts of two lines, two payers with one invoice each for a third of them."""
    env = env(context=dict(env.context, tracking_disable=True))
    model = env["alarm.business.model"].create({"name": "Faults", "code": "FAULTS"})
    services = env["product.product"].create(
        [{"name": f"Fault Fee {n}", "type": "service", "list_price": 10} for n in range(2)]
    )
    payers = env["res.partner"].create(
        [{"name": f"Fault Payer {n}", "email": f"p{n}@example.com"} for n in range(number)]
    )
    contracts = env["contract.contract"].create(
        [
            {
                "partner_id": payers[n].id,
                "invoice_partner_id": payers[n % 2 if n % 3 == 0 else n].id,
                "invoice_grouping": "customer" if n % 3 == 0 else "contract",
                "business_model_id": model.id,
                "contract_line_ids": [
                    (0, 0, {"product_id": one.id, "name": one.name, "specific_price": 10.0})
                    for one in services
                ],
            }
            for n in range(number)
        ]
    )
    contracts._action_sign(DAY)
    contracts._action_start(DAY)
    run = env["alarm.billing.run"].create({"date": DAY, "notify": True})
    run._transition("start")
    env.cr.commit()
    say(run=run.id, contracts=contracts.ids)


def go_on(env, run_id):
    """As the scheduler does; says when each batch begins and is committed."""
    work.BATCH = wanted.get("batch", 4)
    runs = type(env["alarm.billing.run"])
    bill_next = runs._bill_next
    bill_together = runs._bill_together

    def told(run, ids):
        bill_together(run, ids)
        # Invoiced, and not committed yet.
        say(open=len(ids))
        if wanted.get("hang"):
            sys.stdin.readline()

    def counted(run):
        done = bill_next(run)
        say(committed=done)
        return done

    runs._bill_next, runs._bill_together = counted, told
    run = env["alarm.billing.run"].browse(run_id)
    say(finished=run._in_own_name()._work())


def tell(env, run_id):
    """What there is of the run: how often each contract was charged and invoiced."""
    run = env["alarm.billing.run"].browse(run_id)
    contracts = run.item_ids.contract_id
    charges = env["alarm.charge"].search([("contract_id", "in", contracts.ids)])
    say(
        state=run.state,
        items={state: len(items) for state, items in run.item_ids.grouped("state").items()},
        charges={contract.id: len(of) for contract, of in charges.grouped("contract_id").items()},
        invoices=len(run.item_ids.move_ids),
        posted=len(run.item_ids.move_ids.filtered(lambda move: move.state == "posted")),
        loose=env["account.move.line"].search_count(
            [("contract_line_id.contract_id", "in", contracts.ids), ("alarm_charge_id", "=", False)]
        ),
        lines=env["account.move.line"].search_count(
            [("contract_line_id.contract_id", "in", contracts.ids)]
        ),
        amount=sum(run.item_ids.move_ids.mapped("amount_untaxed")),
        names=sorted(run.item_ids.move_ids.mapped("name")),
        notices=len(run.notice_ids),
    )


step = {"make": make, "go on": go_on, "tell": tell}[wanted["step"]]
step(env, wanted["value"])  # noqa: F821
