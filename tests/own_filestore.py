"""A pytest plugin: each of several workers has its own files beside its own copy of the database.
Sharing them, the collector of one worker deletes the files that only the other's database knows."""

import contextlib
import pathlib
import shutil

import pytest_odoo

import odoo.tools


@contextlib.contextmanager
def _own_filestore(template: str, database: str):
    stores = pathlib.Path(odoo.tools.config["data_dir"]) / "filestore"
    own = stores / database
    if database != template:
        shutil.rmtree(own, ignore_errors=True)
        if (stores / template).is_dir():
            shutil.copytree(stores / template, own)
    try:
        yield
    finally:
        if database != template:
            shutil.rmtree(own, ignore_errors=True)


pytest_odoo._shared_filestore = _own_filestore
