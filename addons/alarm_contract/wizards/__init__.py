from . import alarm_deferral_run
from . import alarm_cancellation_reason
from . import account_move_reversal
from . import alarm_billing_exempt
from . import alarm_charge_waive
from . import alarm_dunning_delivery
from . import alarm_dunning_pause
from . import alarm_charge_once
