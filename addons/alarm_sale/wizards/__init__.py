from . import alarm_sale_sign
from . import sale_make_invoice_advance
