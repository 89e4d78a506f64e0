/**
 * Which rows of a long list have to exist in the page.
 */

/** Rows drawn above and below what is visible, so that scrolling never shows a gap. */
export const OVERSCAN = 6;

/**
 * @param {{scrollTop: number, viewport: number, rowHeight: number, count: number}} list
 *  pixels, but for the count of rows
 * @returns {{start: number, end: number, offset: number, height: number}} rows
 *  start ≤ i < end are drawn, `offset` pixels below the top of a list `height` pixels high
 */
export function rowWindow({scrollTop, viewport, rowHeight, count}) {
    const first = Math.floor(Math.max(0, scrollTop) / rowHeight);
    const visible = Math.ceil(viewport / rowHeight) + 1;
    const end = Math.min(count, first + visible + OVERSCAN);
    const start = Math.max(0, Math.min(first - OVERSCAN, end - visible));
    return {start, end, offset: start * rowHeight, height: count * rowHeight};
}

/**
 * @returns {number} the scroll position, changed as little as possible, that shows the row
 */
export function scrollTopToShow(index, {scrollTop, viewport, rowHeight}) {
    const top = index * rowHeight;
    if (top < scrollTop) {
        return top;
    }
    return Math.max(scrollTop, top + rowHeight - viewport);
}
