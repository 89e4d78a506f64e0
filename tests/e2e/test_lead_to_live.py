"""The promise of the way from a lead to a monitored customer: every fact is entered once.

Six people do it, each at a screen of his own: a salesperson, the customer, a planner, a storekeeper,
a technician with a telephone, an approver; in the end a dispatcher sees the first alarm. The ledger
has every value that one of them entered.
"""

import pytest

from tests.browser import log_in, open_board
from tests.e2e.typist import Ledger, Typist, draw_signature
from tests.e2e.wire import burglary, dc09
from tests.stack import tcp_exchange, wait_for

OWNER = "Lin Demo"
SITE = "Moonlight Bakery (demo)"
STREET = "27 Canal Street"
ACCOUNT = "6127"


@pytest.fixture
def ledger(request):
    ledger = Ledger()
    yield ledger
    print(f"\n{ledger}")
