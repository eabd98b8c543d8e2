/*
 * row.h: one thing to show (a record, a position, a file) as named, typed fields; and the four ways to write it.
 *
 * The same row becomes a JSON object, a CSV line, a line of a table for a person, or a tab-separated line: one place
 * says which fields there are. Stable names in JSON, CSV and tabs; headings and terms in the reader's language on a terminal.
 *
 * Amounts   fen as integers for programs; yuan with two decimals and separators for people.
 * Owner     texts are borrowed until the row is written; small texts made on the way live in the row.
 * Threads   one thread a row.
 */
#ifndef CLEAR_ROW_H
#define CLEAR_ROW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/day.h"
#include "json.h"
#include "model/terms.h"
#include "table.h"

#define ROW_FIELDS_MAX TABLE_COLUMNS_MAX

enum row_type { ROW_TEXT, ROW_TERM, ROW_COUNT, ROW_BALANCE, ROW_FEN, ROW_FLAG, ROW_LIST, ROW_SECONDS, ROW_TENTHS, ROW_NULL };

struct row_field {
    const char *name, *en, *zh;          /* stable name, headings */
    enum row_type type;
    bool hidden;                         /* too much for a person's table */
    bool number;                         /* aligned to the right, known or not */
    const char *text;                    /* TEXT; LIST: names joined by ';'; TERM: the stable name */
    const char *text_en, *text_zh;       /* TERM */
    uint64_t count;                      /* SECONDS: microseconds; TENTHS: tenths */
    int64_t fen;
};

struct row {
    struct row_field field[ROW_FIELDS_MAX];
    size_t count;
    char scratch[4096];
    size_t used;
};

void row_start(struct row *row);

void row_text(struct row *row, const char *name, const char *en, const char *zh, const char *text);    /* NULL = null */
void row_term(struct row *row, const char *name, const char *en, const char *zh, struct clr_term term);
void row_count(struct row *row, const char *name, const char *en, const char *zh, uint64_t count);

/** A count that returns can make negative. */
void row_balance(struct row *row, const char *name, const char *en, const char *zh, int64_t count);

void row_fen(struct row *row, const char *name, const char *en, const char *zh, int64_t fen);
void row_flag(struct row *row, const char *name, const char *en, const char *zh, bool flag);
void row_list(struct row *row, const char *name, const char *en, const char *zh, const char *joined);
void row_day(struct row *row, const char *name, const char *en, const char *zh, clr_day day);          /* CLR_DAY_NONE = null */
void row_time(struct row *row, const char *name, const char *en, const char *zh, int64_t time_s);
void row_digest(struct row *row, const char *name, const char *en, const char *zh, const uint8_t *digest, size_t size);

void row_seconds(struct row *row, const char *name, const char *en, const char *zh, uint64_t microseconds);

/** A number with one decimal. */
void row_tenths(struct row *row, const char *name, const char *en, const char *zh, uint64_t tenths);

/** The field just added stays out of tables for people. */
void row_hide(struct row *row);

/** The field just added is unknown: null, empty. */
void row_unknown(struct row *row);

/** A copy of `text` that lives as long as the row. Cut when the row's room is used up (4 KiB; no field we show comes near). */
const char *row_keep(struct row *row, const char *text);

/** Fields into the JSON object that is open. */
void row_json(const struct row *row, struct json *json);

/** RFC 4180: quoted where needed, CRLF line ends are not used. */
void row_csv_head(const struct row *row, FILE *out);
void row_csv(const struct row *row, FILE *out);

/** Columns of a table made for rows like this one; then cells. */
void row_table_head(const struct row *row, struct table *table);
void row_table(const struct row *row, struct table *table);

#endif
