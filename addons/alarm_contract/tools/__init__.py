from . import charge_words, contract_states, periods, pricing, terms, terms_in_words
from . import charge_words, contract_states, escalation, exit_fee, periods, pricing, renewal, terms
from . import charge_words, contract_states, periods, pricing, terms, terms_in_words, timeline
from . import (
    charge_words,
    contract_changes,
    contract_states,
    escalation,
    exit_fee,
    periods,
    pricing,
    renewal,
    revenue,
    revenue_figures,
    terms,
    terms_in_words,
    timeline,
)
