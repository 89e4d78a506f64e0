from odoo import models


class AlarmIncident(models.Model):
    """What a responder reported is not typed again: whom he told, and the loss, are the incident's
    when his order is finished."""

    _inherit = "alarm.incident"

    def _take_over_report(self, order):
        self.ensure_one()
        self._take_over_notices(order)
        if not self.loss_note and (words := order._loss_words()):
            amount = sum(order.loss_ids.mapped("value"))
            self._write_private({"loss_note": words, "loss_amount": amount})
            self._log("loss", words)

    def _take_over_notices(self, order):
        words = dict(self.notice_ids._fields["party"]._description_selection(self.env))
        known = set(self.notice_ids.mapped("party"))
        for party, reference, needless in order._parties_told():
            if party in known:
                continue
            note = f"{order.name}: {order._label(f'{party}_state')}"
            text = (words[party], self.env._("not needed") if needless else "", reference, note)
            self._add_notice(party, note, reference, needless)
            self._log("notified", ": ".join(filter(None, text)))


class AlarmDispatch(models.Model):
    _inherit = "alarm.dispatch"

    def _parties_told(self):
        """``(party, reference, whether nobody need be told)`` of all that the report says."""
        self.ensure_one()
        told = []
        if self.customer_state == "present":
            told.append(("customer", "", False))
        if self.police_state in ("present", "notified"):
            told.append(("police", self.police_report or "", False))
        if self.insurer_state in ("notified", "uninsured"):
            told.append(("insurer", "", self.insurer_state == "uninsured"))
        return told

    def _loss_words(self):
        """The loss in one line; nothing while it is not known."""
        self.ensure_one()
        if self.loss_state == "none":
            return f"{self.name}: {self._label('loss_state')}"
        if self.loss_state != "listed":
            return ""
        # The record has the whole list.
        named = [f"{loss.name} × {loss.quantity:g}" for loss in self.loss_ids[:10]]
        more = len(self.loss_ids) - len(named)
        if more > 0:
            named.append(self.env._("and %s more", more))
        return f"{self.name}: {', '.join(named)}"
