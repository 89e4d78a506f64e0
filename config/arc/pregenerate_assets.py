# Run in an Odoo shell: the bundles of scripts and styles that browsers load are made and kept, so
# that no test makes them anew. Odoo's former test suite is loaded by nobody here.
UNUSED = {"web.tests_assets", "web.qunit_suite_tests"}

scripts, styles = env["ir.qweb"]._get_bundles_to_pregenarate()  # noqa: F821
for bundle in sorted((scripts | styles) - UNUSED):
    assets = env["ir.qweb"]._get_asset_bundle(  # noqa: F821
        bundle, css=bundle in styles, js=bundle in scripts
    )
    if bundle in scripts:
        assets.js()
    if bundle in styles:
        assets.css()
env.cr.commit()  # noqa: F821
