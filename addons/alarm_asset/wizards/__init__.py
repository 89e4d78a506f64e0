from . import account_asset_remove
