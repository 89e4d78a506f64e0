/**
 * Take in what the centre says of a walk test: the lines that have changed, all findings and the
 * figures.
 *
 * @param {object} walk as `_walk_data` of the model gives it
 * @param {object} message as `_walk_changed` of the model sends it
 * @returns {object} a new one
 */
export function merged(walk, message) {
    const changed = new Map(message.lines.map((line) => [line.id, line]));
    const figures = {};
    for (const name of ["awaited", "count", "passed", "open", "open_findings"]) {
        figures[name] = message[name];
    }
    return {
        ...walk,
        ...figures,
        lines: walk.lines.map((line) => changed.get(line.id) || line),
        findings: message.findings,
    };
}

/** @returns {number[]} ids of findings that are new in the message and not settled */
export function newFindings(walk, message) {
    const known = new Set(walk.findings.map((finding) => finding.id));
    return message.findings
        .filter((finding) => !finding.resolution && !known.has(finding.id))
        .map((finding) => finding.id);
}

/** What stands first is what the crew looks for: what is wrong, then what is open. */
export function inOrder(lines, awaited) {
    const rank = (line) => {
        if (line.id === awaited) {
            return 0;
        }
        if (["wrong", "missing_restore"].includes(line.state)) {
            return 1;
        }
        if (line.passed) {
            return 4;
        }
        return line.mandatory ? 2 : 3;
    };
    return lines
        .map((line, index) => ({line, index, rank: rank(line)}))
        .sort((a, b) => a.rank - b.rank || a.index - b.index)
        .map(({line}) => line);
}
