/* csvrow.c: one comma separated record, and where blocks of them may end. See csvrow.h. */
#include "csvrow.h"

bool clr_csv_start(struct clr_scan *scan, size_t *at)
{
    const struct clr_bytes block = scan->block;
    bool passed_line_end = false;

    while (*at < block.size && (block.data[*at] == '\n' || block.data[*at] == '\r')) {
        if (block.data[*at] == '\n') passed_line_end = true;
        ++*at;
    }
    if (passed_line_end && *at < block.size) clr_scan_seek(scan, *at);
    return *at < block.size;
}

/*
 * The rest of a quoted field whose opening quote is at `open`: sets `*close` to its closing quote.
 * @return false when there is none before `limit`.
 */
static bool find_close(struct clr_scan *scan, size_t open, size_t limit, size_t *close, bool *escapes)
{
    const uint8_t *const data = scan->block.data;

    const size_t first = clr_scan_next(scan);
    CLR_ASSERT(first == open);
    for (;;) {
        const size_t at = clr_scan_next(scan);
        if (at >= limit) return false;
        if (data[at] != '"') continue;
        if (at + 1 >= scan->block.size || data[at + 1] != '"') {
            *close = at;
            return true;
        }
        *escapes = true;
        clr_scan_next(scan);                                             /* its twin */
    }
}

static inline void keep(struct clr_csv_row *row, const uint8_t *data, size_t from, size_t to)
{
    if (row->columns < CLR_CSV_COLUMNS_MAX) row->column[row->columns] = clr_bytes_of(data + from, to - from);
    row->columns++;
}

enum clr_csv_end clr_csv_row_read(struct clr_scan *scan, size_t at, struct clr_csv_row *row)
{
    const uint8_t *const data = scan->block.data;
    const size_t size = scan->block.size;
    const size_t limit = size - at > CLR_RECORD_SIZE_MAX ? at + CLR_RECORD_SIZE_MAX : size;
    size_t from = at, close, stop;

    row->offset = at;
    row->columns = 0;
    row->escapes = false;
    for (;;) {
        if (from < limit && data[from] == '"') {
            if (!find_close(scan, from, limit, &close, &row->escapes)) return limit < size ? CLR_CSV_BROKEN : CLR_CSV_OPEN;
            keep(row, data, from + 1, close);
            stop = close + 1;
            if (stop < size && data[stop] == '\r') stop++;
            if (stop < size && data[stop] != '\n' && (data[stop] != ',' || stop > close + 1)) return CLR_CSV_BROKEN;
            if (stop < size) clr_scan_next(scan);
        } else {
            stop = clr_scan_next(scan);
            if (stop < size && data[stop] == '"') return CLR_CSV_BROKEN;
            const bool line_end = stop == size || data[stop] == '\n';
            keep(row, data, from, line_end && stop > from && data[stop - 1] == '\r' ? stop - 1 : stop);
        }
        if (stop >= limit) return limit < size ? CLR_CSV_BROKEN : CLR_CSV_ENDED;
        if (data[stop] == '\n') {
            row->size = stop + 1 - at;
            return CLR_CSV_WHOLE;
        }
        from = stop + 1;
    }
}

/* ---- where a block may end ---- */

#define SYNC_TRIES 16

/*
 * Offset behind an LF that ends a record, whatever stands before it; 0 when none is found near the end. An LF is either a record's end or
 * inside a quoted field of a record that is in order. In the second case the next quote behind it closes the field or is doubled, so a
 * comma, a line end or a quote follows. Where something else follows, the LF is a record's end, and the records before need not be read.
 */
static size_t find_sync(struct clr_bytes buffer)
{
    size_t end = buffer.size;

    for (unsigned tries = 0; tries < SYNC_TRIES && end > 0; tries++) {
        const uint8_t *const line_end = memrchr(buffer.data, '\n', end);
        if (line_end == NULL) return 0;
        end = (size_t)(line_end - buffer.data);
        const uint8_t *const quote = memchr(line_end + 1, '"', buffer.size - end - 1);
        if (quote == NULL || quote + 1 == buffer.data + buffer.size) continue;
        if (quote[1] != '"' && quote[1] != ',' && quote[1] != '\r' && quote[1] != '\n') return end + 1;
    }
    return 0;
}

/* Read records from `at`, which is where one starts, to the last one that surely ends in the buffer. */
static size_t last_end(struct clr_bytes buffer, size_t at)
{
    struct clr_scan scan = clr_csv_scan(buffer, at);
    struct clr_csv_row row;
    size_t end = at;

    while (clr_csv_start(&scan, &at)) {
        const enum clr_csv_end how = clr_csv_row_read(&scan, at, &row);
        if (how == CLR_CSV_WHOLE) {
            at = end = at + row.size;
            continue;
        }
        if (how != CLR_CSV_BROKEN && buffer.size - at < CLR_RECORD_SIZE_MAX) break;
        const uint8_t *const line_end = memchr(buffer.data + at, '\n', buffer.size - at);
        if (line_end == NULL) break;
        at = end = (size_t)(line_end - buffer.data) + 1;
        if (at < buffer.size) clr_scan_seek(&scan, at);
    }
    return end;
}

size_t clr_csv_cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    struct clr_csv_state *const state = (struct clr_csv_state *)(void *)file->state;
    const size_t too_long = clr_lines_long(buffer);
    size_t end = buffer.size;

    if (too_long < buffer.size) {
        clr_lines_report_long(file, &state->cut, too_long);
        end = last_end(clr_bytes_of(buffer.data, too_long), 0);
    } else if (!last) {
        if (buffer.size > 0 && memchr(buffer.data, '"', buffer.size) == NULL) {
            const uint8_t *const line_end = memrchr(buffer.data, '\n', buffer.size);
            end = line_end == NULL ? 0 : (size_t)(line_end - buffer.data) + 1;
        } else {
            end = last_end(buffer, find_sync(buffer));
        }
    }
    state->cut.handed += end;
    return end;
}
