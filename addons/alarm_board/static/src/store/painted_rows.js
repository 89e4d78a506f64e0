/** How many incidents are remembered as reported to have been shown. */
const REPORTED_REMEMBERED = 10000;

/** Tells the server, once for each, which incidents a dispatcher could see. */
export class PaintedRows {
    /**
     * @param {object} orm silent
     * @param {ServerLink} link
     */
    constructor(orm, link) {
        this._orm = orm;
        this._link = link;
        this._painted = new Set();
        this._reported = new Set();
    }

    /** Remember that these were painted; the server is told with the next `report`. */
    add(rows) {
        for (const row of rows) {
            if (!row.shown && !this._reported.has(row.id)) {
                this._painted.add(row.id);
            }
        }
    }

    async report() {
        if (!this._painted.size) {
            return;
        }
        const ids = [...this._painted];
        this._painted.clear();
        if (this._reported.size > REPORTED_REMEMBERED) {
            // Of what has long left, or is told by its row to have been shown.
            this._reported.clear();
        }
        for (const id of ids) {
            this._reported.add(id);
        }
        try {
            await this._orm.call("alarm.incident", "action_shown", [ids]);
        } catch (error) {
            // Told again with the next painting.
            for (const id of ids) {
                this._reported.delete(id);
            }
            this._link.failed(error);
        }
    }
}
