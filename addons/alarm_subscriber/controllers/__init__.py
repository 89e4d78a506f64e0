from . import register_book
