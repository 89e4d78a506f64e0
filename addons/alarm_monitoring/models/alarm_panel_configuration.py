import logging
from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ..tools import configuration_log

_logger = logging.getLogger(__name__)


class AlarmPanel(models.Model):
    """What the bridges must know of a panel. As superuser only: it holds keys and persons."""

    _inherit = "alarm.panel"

    def _prepare_configuration(self):
        """The panels as a bridge must know them, in this order, in a constant number of queries.

        :return: list of ``{"receiver_group": code, "account": str, "key": hex or "",
            "timestamps": "" | "check" | "encrypted" | "ignore", "tolerate": ["crc", "length"],
            "clear": "" | "accept" | "refuse", "supervision": seconds or 0, "directory": {…}}``;
            "": as set for the receiver; no ``directory`` of a terminated subscriber, because
            XML-RPC knows no null; ``"key_unreadable": true`` beside an empty key that cannot be
            decrypted here
        """
        # It is never prefetched, and would be read panel by panel.
        self.fetch(["dc09_key_encrypted"])
        directory = self._prepare_directory()
        supervised = self._supervised()
        return [
            {
                "receiver_group": panel.receiver_group_id.code,
                "account": panel.account,
                **panel._configuration_key(),
                "timestamps": _own(panel.dc09_timestamps),
                "tolerate": [
                    name
                    for name, tolerated in (
                        ("crc", panel.dc09_tolerate_crc),
                        ("length", panel.dc09_tolerate_length),
                    )
                    if tolerated
                ],
                "clear": _own(panel.dc09_clear),
                # Who is not monitored is not missed either; once active, counting begins anew.
                "supervision": panel.supervision_interval if panel in supervised else 0,
            }
            | ({"directory": directory[panel.id]} if panel.id in directory else {})
            for panel in self
        ]

    def _supervised(self):
        """Hook: those of these panels whose silence the bridges report."""
        return self.filtered(lambda panel: panel.subscriber_state == "active")

    def _note_configuration_changed(self):
        """Tell the bridges of these panels anew: something of another module has changed that the
        answer is made of."""
        configuration_log.note_changed(self.env.cr, self.ids)

    def _configuration_key(self):
        """The panel's key as it is told, "" without one.

        One that cannot be decrypted must not keep all others from being told: it is left out and
        said to be so. The bridge goes on with the key that it has, and raises it on the board.
        """
        try:
            return {"key": self._get_dc09_key() or ""}
        except UserError as error:
            _logger.error(
                "The bridges are not told the key of account %s in group %s: %s",
                self.account,
                self.receiver_group_id.code,
                error,
            )
            return {"key": "", "key_unreadable": True}

    def _prepare_directory(self):
        """panel id -> what somebody needs who handles its alarm without this database: where it is,
        what its numbers mean, whom to call. No passcode, and nothing of terminated subscribers."""
        panels = self.filtered(lambda panel: panel.subscriber_state != "terminated")
        contacts = panels._directory_contacts()
        parts = {
            "areas": panels._directory_parts("alarm.area"),
            "zones": panels._directory_parts("alarm.zone"),
            "users": panels._directory_parts("alarm.panel.user"),
        }
        addresses = {
            address.id: address._one_line_address() or ""
            for address in panels.subscriber_id.address_id
        }
        labels = {}
        directory = {}
        for panel in panels:
            subscriber = panel.subscriber_id
            words = panel._directory_words(labels)
            directory[panel.id] = {
                "subscriber": subscriber.name,
                "ref": subscriber.ref or "",
                "state": words["state"][subscriber.state],
                "address": addresses[subscriber.address_id.id],
                "phone": subscriber.address_id.phone or "",
                "note": html2plaintext(subscriber.note or "").strip(),
                "areas": [[area.number, area.name] for area in parts["areas"][panel.id]],
                "zones": [
                    [zone.number, zone.name, words["detector_type"].get(zone.detector_type, "")]
                    for zone in parts["zones"][panel.id]
                ],
                "users": [[user.number, user.name] for user in parts["users"][panel.id]],
                "contacts": [
                    {
                        "name": contact.partner_id.name or "",
                        "phones": [contact.partner_id.phone] if contact.partner_id.phone else [],
                        "note": " · ".join(
                            filter(
                                None,
                                (words["role"][contact.role], contact.available, contact.note),
                            )
                        ),
                    }
                    for contact in contacts[subscriber.id]
                ],
            }
        return directory

    def _directory_parts(self, model):
        """panel id -> its areas, zones or users, in the order of their numbers."""
        parts = self.env[model].search_fetch([("panel_id", "in", self.ids)])
        return defaultdict(parts.browse, parts.grouped(lambda part: part.panel_id.id))

    def _directory_contacts(self):
        """subscriber id -> the persons to call, in this order."""
        contacts = self.env["alarm.contact"].search_fetch(
            [("subscriber_id", "in", self.subscriber_id.ids)]
        )
        return defaultdict(contacts.browse, contacts.grouped(lambda one: one.subscriber_id.id))

    def _directory_words(self, labels):
        """field -> value -> label, in the language of the panel's company.

        :param labels: language -> what this returns, filled as needed
        """
        lang = self.company_id.partner_id.lang or self.env.lang or "en_US"
        if lang not in labels:
            env = self.with_context(lang=lang).env
            labels[lang] = {
                name: dict(env[model]._fields[name]._description_selection(env))
                for model, name in (
                    ("alarm.subscriber", "state"),
                    ("alarm.zone", "detector_type"),
                    ("alarm.contact", "role"),
                )
            }
        return labels[lang]


def _own(rule):
    """A rule of the panel itself; "" where the receiver's setting counts."""
    return "" if rule == "receiver" else rule
