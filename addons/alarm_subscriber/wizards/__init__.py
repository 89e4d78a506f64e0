from . import alarm_person_erase
from . import alarm_subscriber_snapshot
from . import alarm_passcode_ask
from . import alarm_passcode_check
from . import base_partner_merge
