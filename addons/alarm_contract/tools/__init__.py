from . import charge_words, contract_states, periods, pricing, terms, terms_in_words
from . import escalation, exit_fee, renewal
from . import timeline
from . import (
    contract_changes,
    revenue,
    revenue_figures,
)
