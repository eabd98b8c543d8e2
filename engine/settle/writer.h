/*
 * writer.h: text of outputs, into a growing buffer: CSV cells and JSON members.
 *
 * Errors    running out of memory sets pack.bad, asked for once at the end.
 * Threads   plain data.
 */
#ifndef CLR_SETTLE_WRITER_H
#define CLR_SETTLE_WRITER_H

#include "base/day.h"
#include "base/money.h"
#include "store/pack.h"

struct clr_writer {
    struct clr_pack pack;
    bool inner;                          /* a cell or member was written on this line or level */
};

void clr_write_raw(struct clr_writer *writer, const char *text);

/** CSV: cells of a row, then its end. NULL is an empty cell. */
void clr_write_cell(struct clr_writer *writer, const char *text);
void clr_write_cell_number(struct clr_writer *writer, int64_t number);
void clr_write_cell_day(struct clr_writer *writer, clr_day day);
void clr_write_row_end(struct clr_writer *writer);

/** JSON: `key` NULL inside arrays; `open` is '{' or '['. Texts that are not UTF-8 are written byte by byte as \u00XX. */
void clr_write_open(struct clr_writer *writer, const char *key, char open);
void clr_write_close(struct clr_writer *writer, char close);
void clr_write_text(struct clr_writer *writer, const char *key, const char *text);
void clr_write_number(struct clr_writer *writer, const char *key, int64_t number);
void clr_write_digest(struct clr_writer *writer, const char *key, const uint8_t *digest, size_t size);

#endif
