from odoo import SUPERUSER_ID, Command, api


def migrate(cr, version):
    """Switch on in databases that had no stock what `data/stock_features.xml` does in new ones."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    features = ("stock.group_production_lot", "stock.group_stock_multi_locations")
    env.ref("base.group_user").implied_ids = [
        Command.link(env.ref(feature).id) for feature in features
    ]
    env["stock.warehouse"].search([]).int_type_id.active = True
