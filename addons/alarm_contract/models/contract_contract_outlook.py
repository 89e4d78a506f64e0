from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_amount, format_date

from ..tools.terms_in_words import terms_in_words
from ..tools.timeline import Event, in_order, scale_of


def as_html(rows):
    """Terms in words, ``(label, sentence)``, as a list of definitions."""
    rows = Markup("").join(Markup("<dt>%s</dt><dd>%s</dd>") % row for row in rows)
    return Markup("<dl class='o_alarm_terms mb-0'>%s</dl>") % rows


class ContractContract(models.Model):
    """What a clerk reads of a contract: the model in words, the term as a line, and what is owed
    next and why."""

    _inherit = "contract.contract"

    terms_in_words = fields.Html(compute="_compute_terms_in_words", string="In Words")
    timeline = fields.Json(compute="_compute_timeline")
    owed = fields.Json(compute="_compute_owed", string="What Is Owed Next")
    equipment_ids = fields.Many2many(
        "alarm.device", compute="_compute_equipment_ids", string="Equipment in the Field"
    )

    def _compute_terms_in_words(self):
        for contract in self:
            contract.terms_in_words = as_html(terms_in_words(contract, contract.company_id))

    def _compute_equipment_ids(self):
        """What stands at its premises and what it names."""
        devices = (
            self.env["alarm.device"]
            .search([("subscriber_id", "in", self.subscriber_ids.ids)])
            .grouped("subscriber_id")
        )
        nothing = self.env["alarm.device"]
        for contract in self:
            contract.equipment_ids = contract.device_ids.union(
                *(devices.get(site, nothing) for site in contract.subscriber_ids)
            )

    def _compute_timeline(self):
        today = self.company_id._alarm_today()
        for contract in self:
            contract.timeline = contract._prepare_timeline(today)

    def _prepare_timeline(self, today):
        """The line as the widget draws it: positions in percent, dates as they are written."""
        self.ensure_one()
        events = self._get_timeline_events()
        if not events:
            return False
        days = in_order(events)
        scale = scale_of([day for day, _events in days], today)
        end = self._get_term_end()
        start = self.term_start or self.live_on or days[0][0]
        return {
            "first": format_date(self.env, scale.first),
            "last": format_date(self.env, scale.last),
            "today": scale.at(today),
            "term": [scale.at(start), scale.at(end or scale.last)],
            "open": not end,
            "days": [
                {
                    "at": scale.at(day),
                    "date": format_date(self.env, day),
                    "past": day < today,
                    "kind": of_day[0].kind,
                    "texts": [event.text for event in of_day],
                }
                for day, of_day in days
            ],
        }

    def _get_timeline_events(self):
        """What happened and will happen to the contract. Others add what they know."""
        self.ensure_one()
        named = [
            (self.signed_on, "start", self.env._("Signed")),
            (self.live_on, "start", self.env._("Service started")),
            (self.term_start, "start", self.env._("Term starts")),
            (self.term_end, "end", self.env._("Term ends")),
            (self.renewed_until, "end", self.env._("Renewed until")),
            (self.terminate_date, "end", self.env._("Contract ends")),
            (self.recurring_next_date, "charge", self.env._("Next charge")),
        ]
        if self.notice_deadline and self.alarm_state in ("signed", "running", "suspended"):
            named.append((self.notice_deadline, "notice", self.env._("Last day for a notice")))
        events = [Event(day, kind, text) for day, kind, text in named if day]
        for line in self.contract_line_ids:
            events += line._get_timeline_events()
        return events

    def _compute_owed(self):
        for contract in self:
            contract.owed = contract._prepare_owed()

    def _prepare_owed(self):
        """What the next invoice brings, line by line with its reason, and what waits."""
        self.ensure_one()
        today = self.company_id._alarm_today()
        date = self.recurring_next_date
        rows = [
            (values["date_due"], self._prepare_owed_row(values))
            for values in (self._prepare_charges(max(date, today)) if date else ())
        ]
        still_open = self._get_open_charges(max(date or today, today))
        rows += [(charge.date_due, charge._prepare_owed_row()) for charge in still_open]
        # What is due first makes the next charge; what comes later is listed, but is none of it.
        first = min((due for due, _row in rows), default=date)
        total = sum(row["value"] for due, row in rows if due <= max(first, today))
        return {
            "date": format_date(self.env, first) if first else "",
            "overdue": bool(date and date < today),
            "total": self._format_money(total),
            "rows": [row for _due, row in rows],
            "waiting": [
                line._prepare_waiting_row()
                for line in self.contract_line_ids
                if line.waiting and not line.is_canceled and not line.display_type
            ],
        }

    def _prepare_owed_row(self, values):
        """One charge, made or not, as the widget shows it."""
        name, _newline, why = values["name"].partition("\n")
        site = self.env["alarm.subscriber"].browse(values.get("subscriber_id"))
        owed = values.get("state") != "waived"
        return {
            "name": name,
            "why": why.replace("\n", ", ") if owed else values["waive_reason"],
            "site": site.display_name or "",
            "date": format_date(self.env, values["date_due"]),
            "quantity": f"{values['quantity']:g}",
            "price": self._format_money(values["unit_price"]),
            "discount": f"{values['discount']:.4g} %" if values["discount"] else "",
            "amount": self._format_money(values["amount"]),
            "value": values["amount"],
        }

    def _format_money(self, amount):
        return format_amount(self.env, amount, self.currency_id or self.company_id.currency_id)


class ContractLine(models.Model):
    _inherit = "contract.line"

    def _get_timeline_events(self):
        """Price steps, discounts that end, services that begin or end apart from the contract."""
        self.ensure_one()
        events = []
        if self.display_type or self.is_canceled or self.waiting:
            return events
        contract, name = self.contract_id, self._get_short_name()
        before = self.predecessor_contract_line_id
        if before and self.price_unit != before.price_unit:
            events.append(
                Event(
                    self.date_start,
                    "price",
                    self.env._(
                        "%(name)s: %(old)s → %(new)s",
                        name=name,
                        old=contract._format_money(before.price_unit),
                        new=contract._format_money(self.price_unit),
                    ),
                )
            )
        elif self.start_cause == "add_on" and not before and self.date_start:
            events.append(Event(self.date_start, "line", self.env._("%s begins", name)))
        if self.discount and self.discount_until:
            events.append(
                Event(self.discount_until, "discount", self.env._("Discount ends: %s", name))
            )
        if self.date_end and not self.successor_contract_line_id:
            events.append(Event(self.date_end, "line", self.env._("%s ends", name)))
        return events

    def _prepare_waiting_row(self):
        self.ensure_one()
        begins = {
            "live": self.env._("begins with the service"),
            "signature": self.env._("begins with the signature"),
        }
        return {
            "id": self.id,
            "name": self._get_short_name(),
            "why": begins.get(self.begins, ""),
            "price": self.contract_id._format_money(self.price_unit),
        }

    def _get_short_name(self):
        self.ensure_one()
        return (self.name or "").split("\n")[0]
