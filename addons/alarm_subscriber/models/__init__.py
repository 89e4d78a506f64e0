# ruff: noqa: I001 - a model comes after the one it inherits from
from . import res_company
from . import res_partner
from . import alarm_secret
from . import alarm_evidence
from . import alarm_subscriber_category
from . import alarm_subscriber
from . import alarm_subscriber_lifecycle
from . import alarm_panel
from . import alarm_panel_transmission
from . import alarm_panel_part
from . import alarm_area
from . import alarm_zone
from . import alarm_panel_user
from . import alarm_contact
