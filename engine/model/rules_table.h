/*
 * rules_table.h: private to the rules folder: one CSV file of it as rows of named, typed cells.
 *
 * Columns are found by header name, in any order; an unknown or repeated column is an error, a missing one is an error when it is
 * required and otherwise empty in every row. Every error is CLR_USAGE with file, line, column and what was seen, in both languages.
 *
 * Owner     cells point into the file or the reader, until the next row.
 * Threads   one.
 */
#ifndef CLR_MODEL_RULES_TABLE_H
#define CLR_MODEL_RULES_TABLE_H

#include "base/csv.h"
#include "base/day.h"
#include "base/status.h"
#include "model/terms.h"

#define CLR_RULES_CODE_MAX 64                 /* bytes of a participant's code */
#define CLR_RULES_TEXT_MAX 255                /* bytes of a name, account or note */
#define CLR_DAY_OPEN INT32_MAX                /* valid_to when empty; valid_from is then CLR_DAY_NONE */

struct clr_rules_column {
    const char *name;
    bool required;                            /* the column must be there and no cell of it may be empty */
    bool secret;                              /* never shown in an error */
};

struct clr_rules_table {
    const char *file;
    const struct clr_rules_column *column;
    unsigned column_count;
    int place[CLR_CSV_FIELDS_MAX];            /* field of each column, -1 = not in this file */
    struct clr_fault *fault;
    struct clr_csv csv;
};

/** Prepare; the text is given to table->csv by the caller (clr_csv_init, clr_csv_feed). Then read the header. */
void clr_rules_table_init(struct clr_rules_table *table, const char *file, const struct clr_rules_column *column, unsigned count, struct clr_fault *fault);
CLR_MUST_USE enum clr_status clr_rules_table_header(struct clr_rules_table *table);

/** Next row; `*row` is false at the end of the text. */
CLR_MUST_USE enum clr_status clr_rules_table_next(struct clr_rules_table *table, bool *row);

/** Text of a cell, "" when the column is not there. */
struct clr_bytes clr_rules_cell(const struct clr_rules_table *table, unsigned column);

/** A list of the vocabulary, for reading a cell and for saying what may stand there. */
struct clr_rules_words {
    int (*find)(struct clr_bytes name);
    struct clr_term (*term)(unsigned number);
    unsigned count;
};
extern const struct clr_rules_words clr_rules_products, clr_rules_formats, clr_rules_kinds, clr_rules_services, clr_rules_roles;

/** Number of a word; `any`: "*" is allowed and gives -1. */
CLR_MUST_USE enum clr_status clr_rules_cell_word(struct clr_rules_table *table, unsigned column, const struct clr_rules_words *words, bool any, int *out);

/** Number of a cell in `names` (NULL-terminated); empty gives `fallback` unless that is -1. */
CLR_MUST_USE enum clr_status clr_rules_cell_choice(struct clr_rules_table *table, unsigned column, const char *const *names, int fallback, int *out);

/** A whole number of min..max in decimal digits; empty gives `fallback`. */
CLR_MUST_USE enum clr_status clr_rules_cell_whole(struct clr_rules_table *table, unsigned column, int64_t min, int64_t max, int64_t fallback, int64_t *out);

/** A participant's code: 1 to CLR_RULES_CODE_MAX printable ASCII characters without blank " ' , ; * and /. Empty is allowed here. */
CLR_MUST_USE enum clr_status clr_rules_cell_code(struct clr_rules_table *table, unsigned column, struct clr_bytes *out);

/** Text of at most CLR_RULES_TEXT_MAX bytes. */
CLR_MUST_USE enum clr_status clr_rules_cell_text(struct clr_rules_table *table, unsigned column, struct clr_bytes *out);

/** Validity, both days inclusive; an end before its start is an error. */
CLR_MUST_USE enum clr_status clr_rules_cell_validity(struct clr_rules_table *table, unsigned from, unsigned to, clr_day *valid_from, clr_day *valid_to);

/** Whole number of at most 18 digits, optional minus sign; false when it is none. */
bool clr_rules_whole_parse(struct clr_bytes text, int64_t *out);

/** Put the place of the present row and a column (-1: none) on a fault already said. @return `status`. */
enum clr_status clr_rules_table_place(struct clr_rules_table *table, int column, enum clr_status status);

/** Say what is wrong with a cell of the present row: RULES_FAIL(table, column, english format, chinese format, arguments…). */
#define RULES_FAIL(table, column, ...) clr_rules_table_place((table), (int)(column), clr_fault_say((table)->fault, CLR_USAGE, __VA_ARGS__))

/** Printable copy of a text for fault.seen, cut at a character. */
void clr_rules_seen(struct clr_fault *fault, struct clr_bytes text);

/** The memory of the machine did not suffice. */
enum clr_status clr_rules_out_of_memory(struct clr_fault *fault, const char *file);

static inline bool clr_rules_overlap(clr_day from_a, clr_day to_a, clr_day from_b, clr_day to_b)
{
    return from_a <= to_b && from_b <= to_a;
}

static inline bool clr_rules_valid_on(clr_day from, clr_day to, clr_day day)
{
    return day == CLR_DAY_NONE || (from <= day && day <= to);
}

#endif
