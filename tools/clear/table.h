/*
 * table.h: rows of text, aligned for a person at a terminal or separated by tabs for a pipe.
 *
 *     table_start(&table, stdout, TABLE_ALIGNED, color);
 *     table_column(&table, "records", TABLE_RIGHT);
 *     table_cell(&table, "12");
 *     table_end(&table);
 *
 * Width     characters count as the columns they take: Chinese ones two.
 * Safety    control characters and broken UTF-8 never reach the terminal; a tab or line end in a cell becomes a blank.
 * Memory    aligned tables hold TABLE_CHUNK rows to find their widths; a longer table goes on with widths that only grow.
 *           Tab tables hold nothing.
 * Threads   one thread a table.
 */
#ifndef CLEAR_TABLE_H
#define CLEAR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 48
#define TABLE_CHUNK 1000

enum table_style { TABLE_ALIGNED, TABLE_TABS };
enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table {
    FILE *out;
    enum table_style style;
    bool color, headed;
    size_t column_count;
    struct { char *heading; enum table_align align; size_t width; } column[TABLE_COLUMNS_MAX];
    char **item;                     /* cells row by row; a note is one item with note[] set, between rows */
    bool *note;
    size_t item_count, item_space, row_count, row_fill, owed;
};

void table_start(struct table *table, FILE *out, enum table_style style, bool color);
void table_column(struct table *table, const char *heading, enum table_align align);

/** Next cell; the row ends by itself after the last column. NULL = empty. */
void table_cell(struct table *table, const char *text);

/** A free line under the row just ended, indented; aligned style only (tab tables carry such facts in tables of their own). */
void table_note(struct table *table, const char *text);

/** Print what is held and free everything. */
void table_end(struct table *table);

/** `text` with nothing in it that could act on a terminal. */
void table_print_clean(FILE *out, const char *text);

#endif
