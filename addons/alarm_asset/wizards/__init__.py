from . import account_asset_remove
from . import alarm_asset_buy_out
