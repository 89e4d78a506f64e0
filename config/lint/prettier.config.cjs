// The OCA 19.0 style for JavaScript, XML, SCSS and Markdown fragments.
module.exports = {
    bracketSpacing: false,
    printWidth: 88,
    proseWrap: "always",
    semi: true,
    trailingComma: "es5",
    tabWidth: 4,
    xmlWhitespaceSensitivity: "preserve",
    xmlSelfClosingSpace: true,
    plugins: [require.resolve("@prettier/plugin-xml")],
    overrides: [{files: ["*.json", "*.yml", "*.yaml", "*.md"], options: {tabWidth: 2}}],
};
