-- Odoo's role owns its databases and nothing else. Run once, when the cluster is new.
\set ON_ERROR_STOP on
\set password `cat /run/database-password/odoo`
CREATE ROLE odoo LOGIN CREATEDB PASSWORD :'password';
