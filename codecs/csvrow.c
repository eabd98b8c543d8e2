/* csvrow.c: one comma separated record, and where blocks of them may end. See csvrow.h. */
#include "csvrow.h"

#include "scan.h"

bool clr_csv_start(struct clr_bytes block, size_t *at)
{
    while (*at < block.size && (block.data[*at] == '\n' || block.data[*at] == '\r')) ++*at;
    return *at < block.size;
}

enum clr_csv_end clr_csv_row_read(struct clr_bytes block, size_t at, struct clr_csv_row *row)
{
    return clr_csv_row_quick(block, at, row) ? CLR_CSV_WHOLE : clr_csv_row_strict(block, at, row);
}

/* ---- the strict reader ---- */

static void keep(struct clr_csv_row *row, size_t from, size_t to)
{
    if (row->columns < CLR_CSV_COLUMNS_MAX) {
        row->column[row->columns].from = (uint32_t)from;
        row->column[row->columns].to = (uint32_t)to;
    }
    row->columns++;
}

/* `*close` becomes the closing quote of the field whose opening quote is at `open`. @return false when there is none before `limit`. */
static bool find_close(struct clr_bytes block, size_t open, size_t limit, size_t *close, bool *escapes)
{
    size_t at = open + 1;

    for (;;) {
        const uint8_t *const quote = at < limit ? memchr(block.data + at, '"', limit - at) : NULL;
        if (quote == NULL) return false;
        at = (size_t)(quote - block.data);
        if (at + 1 >= block.size || block.data[at + 1] != '"') {
            *close = at;
            return true;
        }
        *escapes = true;
        at += 2;
    }
}

enum clr_csv_end clr_csv_row_strict(struct clr_bytes block, size_t at, struct clr_csv_row *row)
{
    const uint8_t *const data = block.data;
    const size_t size = block.size;
    const size_t limit = size - at > CLR_RECORD_SIZE_MAX ? at + CLR_RECORD_SIZE_MAX : size;
    size_t from = at, close, stop;

    row->data = data + at;
    row->size = 0;
    row->columns = 0;
    row->escapes = false;
    for (;;) {
        if (from < limit && data[from] == '"') {
            if (!find_close(block, from, limit, &close, &row->escapes)) return limit < size ? CLR_CSV_BROKEN : CLR_CSV_OPEN;
            keep(row, from - at, close + 1 - at);
            stop = close + 1;
            if (stop < size && data[stop] == '\r') stop++;
            if (stop < size && data[stop] != '\n' && (data[stop] != ',' || stop > close + 1)) return CLR_CSV_BROKEN;
        } else {
            for (stop = from; stop < limit && data[stop] != ',' && data[stop] != '"' && data[stop] != '\n'; stop++) continue;
            if (stop < limit && data[stop] == '"') return CLR_CSV_BROKEN;
            const bool line_end = stop == size || data[stop] == '\n';
            keep(row, from - at, (line_end && stop > from && data[stop - 1] == '\r' ? stop - 1 : stop) - at);
        }
        if (stop >= limit) return limit < size ? CLR_CSV_BROKEN : CLR_CSV_ENDED;
        if (data[stop] == '\n') {
            row->size = stop + 1 - at;
            return CLR_CSV_WHOLE;
        }
        from = stop + 1;
    }
}

/* ---- the quick reader ---- */

static inline struct clr_scan_masks masks_at(struct clr_bytes block, size_t at)
{
    static const struct clr_scan_set set = { { ',', '\n', '"' } };
    const size_t left = block.size - at;
    uint8_t copy[64];

    if (left >= 64) return clr_scan_masks(block.data + at, set);
    memset(copy, 0, sizeof copy);
    memcpy(copy, block.data + at, left);
    return clr_scan_masks(copy, set);
}

/*
 * Commas and line ends outside quotes end fields; outside is where an even number of quotes stands before. That is what the strict reader
 * finds, too, as long as every quote that opens stands where a field starts and every quote that closes stands before a field's end.
 */
bool clr_csv_row_quick(struct clr_bytes block, size_t at, struct clr_csv_row *row)
{
    const size_t limit = block.size - at > CLR_RECORD_SIZE_MAX ? CLR_RECORD_SIZE_MAX : block.size - at;
    const uint8_t *const data = block.data + at;
    uint64_t carry = 0;                     /* all ones when the chunk begins inside quotes */
    uint64_t starts = 1;                    /* bit 0: a field starts with the chunk */
    uint32_t from = 0;
    unsigned columns = 0;

    for (size_t chunk = 0; chunk < limit; chunk += 64) {
        const struct clr_scan_masks masks = masks_at(block, at + chunk);
        const uint64_t inside = clr_scan_inside(masks.of[2]) ^ carry;
        uint64_t stops = (masks.of[0] | masks.of[1]) & ~inside;
        const uint64_t line = masks.of[1] & ~inside;
        const uint64_t upto = line == 0 ? ~UINT64_C(0) : line ^ (line - 1);      /* what is behind belongs to the next record */
        uint64_t ends = stops >> 1;
        if (chunk + 64 < limit && (data[chunk + 64] == ',' || data[chunk + 64] == '\n')) ends |= UINT64_C(1) << 63;
        if ((masks.of[2] & upto & ((inside & ~(stops << 1 | starts)) | (~inside & ~ends))) != 0) return false;
        for (stops &= upto; stops != 0; stops &= stops - 1) {
            const uint32_t stop = (uint32_t)chunk + (uint32_t)__builtin_ctzll(stops);
            if (columns == CLR_CSV_COLUMNS_MAX) return false;
            row->column[columns].from = from;
            row->column[columns++].to = stop;
            from = stop + 1;
        }
        if (line != 0) {
            if (from > limit) return false;
            const bool carriage = from >= 2 && data[from - 2] == '\r';
            if (carriage && row->column[columns - 1].to > row->column[columns - 1].from) row->column[columns - 1].to--;
            row->data = data;
            row->size = from;
            row->columns = columns;
            row->escapes = false;
            return true;
        }
        carry = (uint64_t)((int64_t)inside >> 63);
        starts = from == chunk + 64;
    }
    return false;
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
    struct clr_csv_row row;
    size_t end = at;

    while (clr_csv_start(buffer, &at)) {
        const enum clr_csv_end how = clr_csv_row_read(buffer, at, &row);
        if (how == CLR_CSV_WHOLE) {
            at = end = at + row.size;
            continue;
        }
        if (how != CLR_CSV_BROKEN && buffer.size - at < CLR_RECORD_SIZE_MAX) break;
        const uint8_t *const line_end = memchr(buffer.data + at, '\n', buffer.size - at);
        if (line_end == NULL) break;
        at = end = (size_t)(line_end - buffer.data) + 1;
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
