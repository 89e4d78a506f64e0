from . import account_asset
from . import alarm_settlement
from . import alarm_transfer_list
from . import contract_contract
