"""Numbers as alarm equipment sends them: text whose leading zeros mean nothing."""


def number_key(number):
    """Key under which a number on the wire and a number on file are the same.

    :param number: text as typed or as received ("0005", " 12ab ", None)
    :return: upper case without surrounding blanks and leading zeros; "0" for
        nothing but zeros; "" for no number at all
    """
    number = (number or "").strip().upper()
    return number.lstrip("0") or number[:1]
