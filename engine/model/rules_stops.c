/*
 * rules_stops.c: the stop list from text, streamed, to sorted rows of tokens (rules_index.h draws one). The look-up: rules_stop_find.c.
 *
 *   status_list.csv[.zst] ─► pieces ─► lines ─► 4,096 card blocks ─► tokens ─► rows of 40 bytes ─► sorted in place
 *
 * Memory: the rows and a few MiB. The sort is a radix exchange on the bytes of the key, in place, because tokens are uniform and
 * a merge sort would need the rows twice. A row given twice is kept once.
 */
#include <endian.h>
#include <stdlib.h>
#include <zstd.h>

#include "model/rules_index.h"

#define TEXT_SIZE (1u << 20)
#define BULK 4096u
#define KEY_SIZE 33                           /* token, from, to, status */
#define SMALL 24                              /* groups this small are sorted by insertion */

/* Codes are stored: they keep their numbers. A card with any of them is not to be honoured. */
static const char *const statuses[] = { "stop", "lost", "stolen", "blocked", "black", "locked", "cancelled", "returned", "damaged", "expired", "fraud", "debt", NULL };

enum { CARD, STATUS, REASON, FROM, TO, COLUMNS };
static const struct clr_rules_column columns[COLUMNS] = {
    { "card", true, true }, { "status", true, false }, { "reason", false, false }, { "valid_from", false, false }, { "valid_to", false, false },
};

struct clr_rules_stops {
    struct clr_tokenizer *tokenizer;
    struct clr_fault *fault;
    ZSTD_DCtx *unpack;                        /* NULL: the file is plain */
    size_t unpack_left;                       /* 0 at the end of a frame */
    struct clr_rules_table table;
    bool header_read;
    struct clr_rules_stop_row *row;
    size_t count, capacity, tokenised;        /* rows before `tokenised` carry tokens, the others blocks */
    uint8_t *text;                            /* lines not read yet */
    size_t text_used;
};

enum clr_status clr_rules_stops_create(struct clr_tokenizer *tokenizer, bool packed, const char *file, struct clr_fault *fault,
                                       struct clr_rules_stops **out)
{
    struct clr_rules_stops *stops = calloc(1, sizeof *stops);

    *out = stops;
    if (stops == NULL) return clr_rules_out_of_memory(fault, file);
    stops->tokenizer = tokenizer;
    stops->fault = fault;
    stops->text = malloc(TEXT_SIZE);
    stops->unpack = packed ? ZSTD_createDCtx() : NULL;
    stops->unpack_left = packed;              /* an empty file is not an empty frame */
    clr_rules_table_init(&stops->table, file, columns, COLUMNS, fault);
    return stops->text == NULL || (packed && stops->unpack == NULL) ? clr_rules_out_of_memory(fault, file) : CLR_OK;
}

void clr_rules_stops_destroy(struct clr_rules_stops *stops)
{
    if (stops == NULL) return;
    ZSTD_freeDCtx(stops->unpack);
    free(stops->row);
    if (stops->text != NULL) explicit_bzero(stops->text, TEXT_SIZE);    /* card numbers stood there */
    free(stops->text);
    free(stops);
}

/* ---- lines to rows ---- */

/* Blocks become tokens by the thousand. They are gathered, because rows are 40 bytes apart and encryption wants them side by side. */
static void tokenise(struct clr_rules_stops *stops)
{
    struct clr_token bulk[BULK];
    size_t part;

    for (; stops->tokenised < stops->count; stops->tokenised += part) {
        struct clr_rules_stop_row *row = stops->row + stops->tokenised;

        part = stops->count - stops->tokenised < BULK ? stops->count - stops->tokenised : BULK;
        for (size_t i = 0; i < part; i++) bulk[i] = row[i].card;
        clr_tokens_of_blocks(stops->tokenizer, bulk, part);
        for (size_t i = 0; i < part; i++) row[i].card = bulk[i];
    }
}

static enum clr_status make_room(struct clr_rules_stops *stops)
{
    struct clr_rules_stop_row *grown;
    size_t capacity;

    if (stops->count < stops->capacity) return CLR_OK;
    capacity = stops->capacity == 0 ? 4096 : stops->capacity + stops->capacity / 2;
    if (stops->count == CLR_RULES_STOPS_MAX) return RULES_FAIL(&stops->table, -1, "more than %u rows", "超过%u行", CLR_RULES_STOPS_MAX);
    grown = realloc(stops->row, capacity * sizeof *grown);
    if (grown == NULL) return clr_rules_out_of_memory(stops->fault, stops->table.file);
    stops->row = grown;
    stops->capacity = capacity;
    return CLR_OK;
}

/* A time, or a date that means its first or its last second. */
static enum clr_status cell_time(struct clr_rules_table *table, unsigned column, int64_t open, int64_t of_date, int64_t *out)
{
    const struct clr_bytes text = clr_rules_cell(table, column);
    const clr_day day = clr_day_parse(text);

    *out = open;
    if (text.size == 0) return CLR_OK;
    *out = day == CLR_DAY_NONE ? clr_time_parse(text) : (int64_t)day * CLR_DAY_S - CLR_ZONE_OFFSET_S + of_date;
    if (*out != CLR_TIME_NONE) return CLR_OK;
    return RULES_FAIL(table, column, "not a time like 2026-03-03T02:00:00+08:00 and not a date", "不是时间（如2026-03-03T02:00:00+08:00），也不是日期");
}

static enum clr_status read_row(struct clr_rules_stops *stops)
{
    static const uint8_t no_card[16];
    struct clr_rules_table *table = &stops->table;
    struct clr_rules_stop_row row = { .zero = { 0 } };
    int status = 0;

    CLR_TRY(make_room(stops));
    clr_card_block(stops->tokenizer, clr_rules_cell(table, CARD), row.card.byte);
    if (memcmp(row.card.byte, no_card, sizeof no_card) == 0) return RULES_FAIL(table, CARD, "no card number", "没有卡号");
    CLR_TRY(clr_rules_cell_choice(table, STATUS, statuses, -1, &status));
    CLR_TRY(cell_time(table, FROM, INT64_MIN, 0, &row.from_s));
    CLR_TRY(cell_time(table, TO, INT64_MAX, CLR_DAY_S - 1, &row.to_s));
    if (row.to_s < row.from_s) return RULES_FAIL(table, TO, "the end lies before the start", "结束时间早于开始时间");
    row.status = (uint8_t)(status + 1);
    stops->row[stops->count++] = row;
    return CLR_OK;
}

/* Read every whole line of the text gathered so far; what is left of the last line moves to the front. */
static enum clr_status read_lines(struct clr_rules_stops *stops, bool last)
{
    struct clr_rules_table *table = &stops->table;
    bool row = true;

    clr_csv_feed(&table->csv, clr_bytes_of(stops->text, stops->text_used), last);
    if (!stops->header_read) CLR_TRY(clr_rules_table_header(table));
    stops->header_read = true;
    while (row) {
        CLR_TRY(clr_rules_table_next(table, &row));
        if (row) CLR_TRY(read_row(stops));
    }
    if (stops->count - stops->tokenised >= BULK || last) tokenise(stops);
    stops->text_used -= table->csv.at;
    memmove(stops->text, stops->text + table->csv.at, stops->text_used);
    return CLR_OK;
}

static enum clr_status feed_plain(struct clr_rules_stops *stops, struct clr_bytes bytes, bool last)
{
    do {
        const size_t room = TEXT_SIZE - stops->text_used;
        const size_t part = bytes.size < room ? bytes.size : room;

        if (part > 0) memcpy(stops->text + stops->text_used, bytes.data, part);
        stops->text_used += part;
        bytes = clr_bytes_of(bytes.data + part, bytes.size - part);
        if (stops->text_used == TEXT_SIZE || (last && bytes.size == 0)) CLR_TRY(read_lines(stops, last && bytes.size == 0));
    } while (bytes.size > 0);
    return CLR_OK;
}

static enum clr_status feed_packed(struct clr_rules_stops *stops, struct clr_bytes bytes, bool last)
{
    ZSTD_inBuffer in = { bytes.data, bytes.size, 0 };
    bool full = true;

    /* A full output may hide more of it, so the loop ends only when the input is used up and the output was not filled. */
    while (in.pos < in.size || full) {
        ZSTD_outBuffer out = { stops->text, TEXT_SIZE, stops->text_used };
        const size_t left = in.pos == in.size && stops->unpack_left == 0 ? 0 : ZSTD_decompressStream(stops->unpack, &out, &in);

        if (ZSTD_isError(left)) return RULES_FAIL(&stops->table, -1, "not a zstd file, or damaged: %s", "不是zstd文件或已损坏：%s", ZSTD_getErrorName(left));
        stops->unpack_left = left;
        stops->text_used = out.pos;
        full = out.pos == TEXT_SIZE;
        if (full) CLR_TRY(read_lines(stops, false));
    }
    if (!last) return CLR_OK;
    if (stops->unpack_left != 0) return RULES_FAIL(&stops->table, -1, "the zstd file is cut off", "zstd文件不完整");
    return read_lines(stops, true);
}

/* ---- sorting ---- */

static uint8_t key_byte(const struct clr_rules_stop_row *row, unsigned at)
{
    if (at < 16) return row->card.byte[at];
    if (at < 24) return (uint8_t)(((uint64_t)row->from_s ^ UINT64_C(1) << 63) >> 8 * (23 - at));
    if (at < 32) return (uint8_t)(((uint64_t)row->to_s ^ UINT64_C(1) << 63) >> 8 * (31 - at));
    return row->status;
}

int clr_rules_stop_compare(const struct clr_rules_stop_row *a, const struct clr_rules_stop_row *b)
{
    const int order = memcmp(a->card.byte, b->card.byte, 16);

    if (order != 0) return order;
    if (a->from_s != b->from_s) return a->from_s < b->from_s ? -1 : 1;
    if (a->to_s != b->to_s) return a->to_s < b->to_s ? -1 : 1;
    return (a->status > b->status) - (a->status < b->status);
}

static void sort_small(struct clr_rules_stop_row *row, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct clr_rules_stop_row moving = row[i];
        size_t to = i;

        for (; to > 0 && clr_rules_stop_compare(&moving, &row[to - 1]) < 0; to--) row[to] = row[to - 1];
        row[to] = moving;
    }
}

/* Exchange rows until each lies in the range of its key byte ("American flag"). */
static void sort(struct clr_rules_stop_row *row, size_t count, unsigned at)
{
    size_t end[256] = { 0 }, next[256], start = 0;

    if (count <= SMALL || at == KEY_SIZE) {
        if (at < KEY_SIZE) sort_small(row, count);
        return;
    }
    for (size_t i = 0; i < count; i++) end[key_byte(&row[i], at)]++;
    for (unsigned byte = 0; byte < 256; byte++) {
        next[byte] = start;
        start = end[byte] += start;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        while (next[byte] < end[byte]) {
            const uint8_t belongs = key_byte(&row[next[byte]], at);
            const struct clr_rules_stop_row moving = row[next[byte]];

            if (belongs != byte) {
                row[next[byte]] = row[next[belongs]];
                row[next[belongs]] = moving;
            }
            next[belongs]++;
        }
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        start = byte == 0 ? 0 : end[byte - 1];
        sort(row + start, end[byte] - start, at + 1);
    }
}

static void drop_repeats(struct clr_rules_stops *stops)
{
    size_t kept = 0;

    for (size_t i = 0; i < stops->count; i++) {
        if (kept == 0 || clr_rules_stop_compare(&stops->row[kept - 1], &stops->row[i]) != 0) stops->row[kept++] = stops->row[i];
    }
    stops->count = kept;
}

static void to_little_endian(struct clr_rules_stops *stops)
{
    for (size_t i = 0; i < stops->count; i++) {
        stops->row[i].from_s = (int64_t)htole64((uint64_t)stops->row[i].from_s);
        stops->row[i].to_s = (int64_t)htole64((uint64_t)stops->row[i].to_s);
    }
}

enum clr_status clr_rules_stops_feed(struct clr_rules_stops *stops, struct clr_bytes bytes, bool last)
{
    CLR_TRY(stops->unpack != NULL ? feed_packed(stops, bytes, last) : feed_plain(stops, bytes, last));
    if (!last) return CLR_OK;
    sort(stops->row, stops->count, 0);
    drop_repeats(stops);
    to_little_endian(stops);
    return CLR_OK;
}

void clr_rules_stops_take(struct clr_rules_stops *stops, uint8_t **data, size_t *size)
{
    struct clr_rules_stop_row *fitted = realloc(stops->row, stops->count == 0 ? 1 : stops->count * sizeof *fitted);

    *data = (uint8_t *)(fitted != NULL ? fitted : stops->row);
    *size = stops->count * sizeof *fitted;
    stops->row = NULL;
}
