/*
 * csv.h: a small strict reader of comma separated text: one record a line, fields optionally in double quotes, "" for a quote inside.
 *
 * Strict    UTF-8 only; no control characters; a quote opens at the first byte of a field and closes at its end; a line end inside quotes is an
 *           error (a forgotten quote is then reported on its own line). LF and CRLF end lines; a byte order mark and blank lines are skipped.
 * Blanks    around an unquoted field are not part of it; inside quotes they are.
 * Limits    CLR_CSV_FIELDS_MAX fields and CLR_CSV_LINE_MAX bytes a line.
 * Owner     the caller owns the text; fields point into it, or (a field with "" in it) into the reader, until the next call.
 * Threads   a reader belongs to one thread.
 */
#ifndef CLR_BASE_CSV_H
#define CLR_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define CLR_CSV_FIELDS_MAX 32
#define CLR_CSV_LINE_MAX 8192

enum clr_csv_result {
    CLR_CSV_ROW,                              /* field[0 .. count-1] are valid */
    CLR_CSV_END,                              /* nothing but blank lines was left */
    CLR_CSV_MORE,                             /* no whole line left and `last` is not set: feed the rest again, with more */
    CLR_CSV_BAD                               /* wrong_en and wrong_zh say what; row_line and column say where */
};

struct clr_csv {
    struct clr_bytes text;
    size_t at;                                /* first byte not consumed */
    bool last;                                /* no text follows `text` */
    uint64_t line;                            /* 1-based line of text.data[at] */
    uint64_t row_line;                        /* 1-based line of the row read last */
    unsigned column;                          /* of CLR_CSV_BAD: 1-based field number, 0 = the whole line */
    struct clr_bytes field[CLR_CSV_FIELDS_MAX];
    unsigned count;
    const char *wrong_en, *wrong_zh;
    size_t scratch_used;
    uint8_t scratch[CLR_CSV_LINE_MAX];
};

/** Start at the first line of `text`, which is all there is. */
void clr_csv_init(struct clr_csv *csv, struct clr_bytes text);

/** Go on with other text at the same line (streaming): the unconsumed rest of the text before, and what follows it. */
void clr_csv_feed(struct clr_csv *csv, struct clr_bytes text, bool last);

enum clr_csv_result clr_csv_next(struct clr_csv *csv);

/** A text that a spreadsheet would run when it opens the file: it begins with = + - @, a tab or a carriage return. Writers put an
 *  apostrophe before it; numbers are cells of their own and keep their sign. */
bool clr_csv_runs(const char *text);

/** Must the text stand in quotes to be read back as it is? */
bool clr_csv_quoted(const char *text);

/** Well-formed UTF-8 (no surrogates, nothing overlong, at most U+10FFFF)? */
bool clr_utf8_valid(struct clr_bytes text);

#endif
