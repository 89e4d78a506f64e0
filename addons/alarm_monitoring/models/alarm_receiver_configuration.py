import uuid
from typing import NamedTuple

from odoo import api, models

from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools import configuration_log

# Accounts in one answer: some hundred kilobytes, made in about a second.
PAGE = 1000

_FULL = "full"


class _Since(NamedTuple):
    """What a bridge has, as its version says it.

    ``base``: the version up to which it knows everything, None for nothing; ``target``: the version
    it will have when the pages under way have all come, None when none are; ``after``: the last
    panel that it was told of on the way there.
    """

    base: str | None
    target: str | None = None
    after: int = 0


def _parse_since(since):
    """A version is ``token``, or ``base:target:after`` between two pages; all else is none."""
    base, *page = since.split(":")
    if not page:
        return _Since(base or None)
    if len(page) == 2 and page[1].isascii() and page[1].isdigit() and len(page[1]) < 10:
        return _Since(None if base == _FULL else base, page[0], int(page[1]))
    return _Since(None)


class AlarmReceiver(models.Model):
    _inherit = "alarm.receiver"

    @api.model
    def _configuration(self, since):
        """One page of what the bridges must know and do not know yet.

        :param since: ``version`` of the last answer; what is no version of this database (another
            one, a restored one) leads to a full transfer
        :return: ``{"version": str, "full": bool, "more": bool, "accounts": […], "removed":
            [{"receiver_group": code, "account": str}], "receivers": [{"name": str,
            "receiver_group": code, "allow": [str]}]}``. Accounts as
            `alarm.panel._prepare_configuration`; ``full`` on the first page of a full transfer;
            ``more``: ask again with this version; ``receivers`` is always whole
        """
        self.env.flush_all()
        origin, xid = configuration_log.current(self.env.cr)
        since, base_xid = self._known_since(_parse_since(since), origin)
        panel_ids = self._panel_ids_since(since, base_xid)
        if panel_ids is None:
            since, base_xid = _Since(None), None
            panel_ids = self._panel_ids_since(since, base_xid)
        more = len(panel_ids) > PAGE
        panel_ids = panel_ids[:PAGE]
        target = since.target
        if not target and since.base and not panel_ids:
            target = since.base
        elif not target:
            target = uuid.uuid4().hex
            configuration_log.add_version(self.env.cr, target, origin, xid)
        panels = self.env["alarm.panel"].search(
            [("id", "in", panel_ids), ("receiver_group_id", "!=", False)]
        )
        return {
            "version": f"{since.base or _FULL}:{target}:{panel_ids[-1]}" if more else target,
            "full": not since.base and not since.target,
            "more": more,
            "accounts": panels._prepare_configuration(),
            "removed": self._removed_accounts(base_xid, panel_ids) if base_xid else [],
            "receivers": self._configuration_receivers(),
        }

    @api.model
    def _known_since(self, since, origin):
        """What is left of ``since`` when its versions are looked up, and the xid of its base."""
        tokens = {since.base, since.target} - {None}
        known = configuration_log.known_versions(self.env.cr, tokens, origin) if tokens else {}
        if tokens - known.keys():
            return _Since(None), None
        return since, known.get(since.base)

    @api.model
    def _panel_ids_since(self, since, base_xid):
        """The panels of the next page and one more if there is one; None: everything is to be told
        anew."""
        cr = self.env.cr
        if since.base:
            return configuration_log.changed_panels(cr, base_xid, since.after, PAGE + 1)
        cr.execute(
            """
            SELECT id FROM alarm_panel
             WHERE id > %s AND active AND receiver_group_id IS NOT NULL
             ORDER BY id LIMIT %s
            """,
            [since.after, PAGE + 1],
        )
        return [panel_id for [panel_id] in cr.fetchall()]

    @api.model
    def _removed_accounts(self, base_xid, panel_ids):
        """Accounts that these panels had and that nobody has now."""
        former = configuration_log.former_accounts(self.env.cr, base_xid, panel_ids)
        if not former:
            return []
        codes, accounts = zip(*former, strict=True)
        self.env.cr.execute(
            """
            SELECT receiver_group.code, panel.account_key
              FROM alarm_panel panel
              JOIN alarm_receiver_group receiver_group
                ON receiver_group.id = panel.receiver_group_id
             WHERE panel.active
               AND receiver_group.code = ANY(%s) AND panel.account_key = ANY(%s)
            """,
            [sorted(set(codes)), sorted({number_key(account) for account in accounts})],
        )
        taken = set(self.env.cr.fetchall())
        return [
            {"receiver_group": code, "account": account}
            for code, account in former
            if (code, number_key(account)) not in taken
        ]

    @api.model
    def _configuration_receivers(self):
        # All of them: a centre has a handful, and a bridge must know which are gone.
        return [
            {
                "name": receiver.name,
                "receiver_group": receiver.receiver_group_id.code,
                "allow": (receiver.allow or "").split(),
            }
            for receiver in self.search([("name", "!=", False)])
        ]

    @api.model
    def _install_configuration_log(self):
        """Called by the module's data, when all tables are there."""
        configuration_log.install(self.env.cr)

    @api.autovacuum
    def _gc_configuration_log(self):
        configuration_log.compact(self.env.cr)
