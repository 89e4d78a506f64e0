import base64

from odoo import Command, fields


def tell_contracts(cls):
    """A contract that was charged, whose customer does not pay and leaves, and all that follows."""
    cls.service = _make_service(cls)
    cls.contract = _make_contract(cls)
    contract, today = cls.contract, cls.env.company._alarm_today()
    start = fields.Date.start_of(fields.Date.subtract(today, months=2), "month")
    contract._action_sign(start)
    contract._action_start(start)
    # What it is worth is booked when a transaction ends.
    cls.env.cr.precommit.run()
    cls.moves = contract._charge(start)
    _tell_billing(cls, today)
    _tell_performance(cls, start, today)
    _tell_dunning(cls, today)
    _tell_prices(cls, today)
    _tell_settlement(cls, start)
    _tell_lease(cls)
    _tell_order(cls)
    _tell_changes(cls, today)
    cls.env.cr.precommit.run()


def _make_service(cls):
    return cls.env["product.product"].create(
        {
            "name": "Service",
            "type": "service",
            "list_price": 100,
            "alarm_recurrence": "quarterly",
            "alarm_revenue_class": "monitoring",
            "taxes_id": [Command.clear()],
        }
    )


def _make_contract(cls):
    company = cls.subscriber.company_id
    model = cls.env["alarm.business.model"].create(
        {
            "name": "Ours",
            "code": "OURS",
            "company_id": company.id,
            "term_months": 24,
            "period_months": 12,
            "defers_income": True,
            "share_base": "turnover",
            "settlement_months": 1,
            "exit_method": "declining",
            "tier_ids": [Command.create({"rate": 10})],
            "exit_step_ids": [Command.create({"from_month": 0, "rate": 50})],
        }
    )
    return cls.env["contract.contract"].create(
        {
            "name": "Ours",
            "partner_id": cls.subscriber.partner_id.id,
            "counterparty_id": cls.env["res.partner"].create({"name": "Venture"}).id,
            "business_model_id": model.id,
            "company_id": company.id,
            "subscriber_ids": [Command.set(cls.subscriber.ids)],
            "build_amount": 1000,
            "milestone_ids": [
                Command.create({"name": "Acceptance", "percent": 100, "product_id": cls.service.id})
            ],
            "contract_line_ids": [
                Command.create(
                    {
                        "product_id": cls.service.id,
                        "name": "Monitoring",
                        "quantity": 1,
                        "specific_price": 300,
                    }
                )
            ],
        }
    )


def _tell_billing(cls, today):
    env, company = cls.env, cls.subscriber.company_id
    run = env["alarm.billing.run"].create({"company_id": company.id, "date": today})
    env["alarm.billing.run.item"].sudo().create(
        {
            "run_id": run.id,
            "company_id": company.id,
            "contract_id": cls.contract.id,
            "group_key": "x",
        }
    )
    env["alarm.collection"].sudo().create(
        {"move_id": cls.moves[0].id, "company_id": company.id, "due_on": today}
    )
    now = fields.Datetime.now()
    env["alarm.billing.check"].sudo().create(
        {
            "kind": "not_billed",
            "state": "open",
            "reason": "no_contract",
            "company_id": company.id,
            "subscriber_id": cls.subscriber.id,
            "since": today,
            "due_on": today,
            "found_at": now,
        }
    )


def _tell_performance(cls, start, today):
    indicator = cls.env["alarm.contract.indicator"].create(
        {
            "name": "Ours",
            "contract_id": cls.contract.id,
            "date_start": start,
            "step_ids": [Command.create({"below": 90, "percent": 5})],
        }
    )
    indicator._open_results(today)


def _tell_dunning(cls, today):
    env, company = cls.env, cls.subscriber.company_id
    level = env["alarm.dunning.level"].create(
        {"name": "Ours", "company_id": company.id, "days": 400, "action": "remind"}
    )
    step = (
        env["alarm.dunning.step"]
        .sudo()
        .create(
            {
                "contract_id": cls.contract.id,
                "level_id": level.id,
                "action": "log_only",
                "state": "todo",
                "on": today,
            }
        )
    )
    env["alarm.dunning.switch"].sudo().create(
        {"step_id": step.id, "subscriber_id": cls.subscriber.id, "state": "todo"}
    )


def _tell_prices(cls, today):
    env, company = cls.env, cls.subscriber.company_id
    env["alarm.price.index"].create(
        {
            "name": "Ours",
            "company_id": company.id,
            "value_ids": [Command.create({"month": today, "value": 101})],
        }
    )
    campaign = env["alarm.price.campaign"].create(
        {
            "name": "Ours",
            "company_id": company.id,
            "date": fields.Date.add(today, months=6),
            "by_terms": False,
            "kind": "percent",
            "value": 3,
            "business_model_ids": [Command.set(cls.contract.business_model_id.ids)],
        }
    )
    campaign.action_preview()
    campaign.action_apply()


def _tell_settlement(cls, start):
    env, contract = cls.env, cls.contract
    contract.action_settle()
    env["alarm.contract.past.share"].sudo().create(
        {"source_id": contract.id, "contract_id": contract.id, "date_end": start}
    )
    env["alarm.capacity.lease"].create(
        {
            "name": "Two cores",
            "contract_id": contract.id,
            "partner_id": env["res.partner"].create({"name": "Lessee"}).id,
            "amount": 10,
            "product_id": cls.service.id,
        }
    )
    transfer = env["alarm.transfer.list"].create(
        {"contract_id": contract.id, "partner_id": contract.counterparty_id.id}
    )
    env["alarm.transfer.list.line"].create({"list_id": transfer.id, "name": "Mast", "quantity": 1})
    carrier = env["res.partner"].create({"name": "Carrier"})
    file = env["alarm.carrier.file"].create(
        {
            "partner_id": carrier.id,
            "company_id": cls.subscriber.company_id.id,
            "date_start": start,
            "date_end": fields.Date.end_of(start, "month"),
            "file": base64.b64encode(f"reference,amount\n{contract.code},5\n".encode()),
            "filename": "carrier.csv",
        }
    )
    file.action_compare()


def _tell_lease(cls):
    """A camera with a serial number that stays ours at the premises."""
    env = cls.env
    camera = env["product.product"].create(
        {
            "name": "Camera",
            "type": "consu",
            "is_storable": True,
            "tracking": "serial",
            "standard_price": 100,
            "alarm_device_kind": "camera",
        }
    )
    lot = env["stock.lot"].create({"name": "OURS-1", "product_id": camera.id})
    shelf = (
        env["stock.warehouse"]
        .search([("company_id", "=", cls.subscriber.company_id.id)], limit=1)
        .lot_stock_id
    )
    env["stock.quant"]._update_available_quantity(camera, shelf, 1, lot_id=lot)
    move = env["stock.move"].create(
        {
            "product_id": camera.id,
            "product_uom_qty": 1,
            "location_id": shelf.id,
            "location_dest_id": cls.subscriber._equipment_locations("leased")[cls.subscriber].id,
        }
    )
    move._action_confirm()
    move._action_assign()
    move.picked = True
    move._action_done()


def _tell_order(cls):
    """Fees that were sold and are not invoiced yet."""
    order = cls.env["sale.order"].create(
        {
            "partner_id": cls.subscriber.partner_id.id,
            "company_id": cls.subscriber.company_id.id,
            "order_line": [Command.create({"product_id": cls.service.id})],
        }
    )
    order.action_confirm()


def _tell_changes(cls, today):
    env, company, contract = cls.env, cls.subscriber.company_id, cls.contract
    reason = env["contract.terminate.reason"].create(
        {"name": "Ours", "terminate_comment_required": False}
    )
    env["alarm.cancellation.task.type"].create({"name": "Ours", "company_id": company.id})
    change = env["alarm.contract.change"].create({"contract_id": contract.id, "kind": "re_sign"})
    if not change.line_ids:
        env["alarm.contract.change.line"].create(
            {"change_id": change.id, "contract_line_id": contract.contract_line_ids[:1].id}
        )
    cancellation = env["alarm.contract.cancellation"].create(
        {
            "contract_id": contract.id,
            "reason_id": reason.id,
            "notice_date": today,
            "effective_date": fields.Date.add(today, months=1),
        }
    )
    cancellation.action_confirm()
