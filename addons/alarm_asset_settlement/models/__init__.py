from . import alarm_transfer_list
from . import contract_contract
