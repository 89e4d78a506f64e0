{
    "name": "PDF Reports by Chromium",
    "summary": "Prints every PDF report with headless Chromium instead of wkhtmltopdf",
    "version": "19.0.1.0.0",
    "category": "Technical",
    "author": "Alarm Centre contributors",
    "license": "AGPL-3",
    "depends": ["web"],
    "external_dependencies": {"python": ["pypdf"]},
    "data": ["data/ir_config_parameter.xml"],
}
