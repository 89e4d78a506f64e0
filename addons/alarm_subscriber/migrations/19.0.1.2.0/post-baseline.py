from odoo import SUPERUSER_ID, api
from odoo.tools import split_every


def migrate(cr, version):
    """The history of subscribers that were approved before there was one begins now."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    Subscriber = env["alarm.subscriber"].with_context(active_test=False)
    approved = Subscriber.search([("state", "in", ["active", "suspended", "terminated"])])
    for ids in split_every(500, approved.ids):
        Subscriber.browse(ids)._revision_note_baseline()
        env.invalidate_all()
