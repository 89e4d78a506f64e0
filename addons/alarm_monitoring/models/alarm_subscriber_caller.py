from odoo import api, models

from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools.report import digits, short

# Signs of a search below which half the register would be found.
_MIN_TEXT = 2


class AlarmSubscriber(models.Model):
    """Finding the subscriber on the telephone from whatever the caller says."""

    _inherit = "alarm.subscriber"

    @api.model
    def search_caller(self, text, limit=12):
        """Subscribers by reference, account, name, telephone number, contact or street; the surest
        first.

        :return: list of ``{"id", "name", "ref", "state", "state_label", "accounts", "address",
            "on_test"}``
        """
        self.env["alarm.incident"]._check_dispatcher()
        text = short(text)
        found = self.browse()
        if len(text) < _MIN_TEXT:
            return []
        limit = max(1, min(int(limit), 50))
        for search in self._caller_searches(text, limit):
            found |= search()
            if len(found) >= limit:
                break
        return found[:limit]._prepare_caller_rows()

    @api.model
    def _caller_searches(self, text, limit):
        """Searches from the surest to the vaguest, each at most one query or two."""
        number = digits(text)
        yield lambda: self.search([("ref", "=ilike", text)], limit=limit)
        yield lambda: (
            self.env["alarm.panel"]
            .search([("account_key", "=", number_key(text))], limit=limit)
            .subscriber_id
        )
        if number:
            yield lambda: self._search_phone(number, limit)
        yield lambda: self.search([("name", "ilike", text)], limit=limit)
        yield lambda: (
            self.env["alarm.contact"]
            .search([("partner_id.name", "ilike", text)], limit=limit)
            .subscriber_id
        )
        yield lambda: self.search(
            ["|", ("address_id.street", "ilike", text), ("ref", "ilike", text)], limit=limit
        )

    @api.model
    def _search_phone(self, number, limit):
        """Subscribers with this number, of the premises, of the customer or of a contact, however
        it is written; the last digits are enough."""
        self.env["res.partner"].flush_model(["phone"])
        self.env["alarm.contact"].flush_model(["partner_id", "subscriber_id", "active"])
        self.flush_model(["partner_id", "address_id", "company_id"])
        self.env.cr.execute(
            r"""
            WITH known AS (
                SELECT contact.subscriber_id AS id, contact.company_id, contact.partner_id
                  FROM alarm_contact contact WHERE contact.active
             UNION ALL
                SELECT id, company_id, address_id FROM alarm_subscriber
             UNION ALL
                SELECT id, company_id, partner_id FROM alarm_subscriber
            )
            SELECT DISTINCT known.id FROM known JOIN res_partner partner
                ON partner.id = known.partner_id
             WHERE known.company_id = ANY(%s) AND partner.phone IS NOT NULL
               AND regexp_replace(partner.phone, '\D', '', 'g') LIKE %s
             ORDER BY known.id LIMIT %s
            """,
            [self.env.companies.ids, f"%{number}", limit],
        )
        # Searched again, so that the rules say who of them is shown.
        return self.search([("id", "in", [id_ for [id_] in self.env.cr.fetchall()])])

    def _prepare_caller_rows(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return [
            {
                "id": subscriber.id,
                "name": subscriber.name,
                "ref": subscriber.ref or "",
                "state": subscriber.state,
                "state_label": states[subscriber.state],
                "accounts": subscriber.panel_ids.mapped("account"),
                "address": subscriber.address_id._one_line_address() or "",
                "on_test": subscriber.on_test,
            }
            for subscriber in self
        ]
