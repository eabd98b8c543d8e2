/*
 * quick.h: the quick readers: many bytes at once, for records that are in order. What they do not take, the plain path reads.
 *
 * The plain path (csvfile.c, fixed.c and the field tables) is the one definition of what a record says and what is wrong with it. A quick
 * reader takes a record only when it can see that nothing is wrong with it and nothing unusual in it; then it gives what the plain path would
 * give, to the bit (tests/prop_quick.c). Everything else it leaves, and the plain path reads that record.
 *
 * Every reader is built twice from one text: for any processor (quick_plain.c), and with AVX2 and BMI (quick_avx2.c). clr_quick_best() is
 * the only place that asks which processor this is.
 *
 * Reads     never outside the block.
 * Threads   pure; a clr_reader belongs to one decode() call.
 */
#ifndef CLR_CODECS_QUICK_H
#define CLR_CODECS_QUICK_H

#include "fields.h"

/** What the rows of a CSV file look like. */
struct clr_csv_shape {
    unsigned stride;                        /* separators of a row: one a column, and the CR before the LF */
    bool carriage;                          /* lines end with CR LF */
    bool gbk;                               /* bytes of 0x80 and more are left to whoever reads the text; else they must be plain UTF-8 */
};

#define CLR_CSV_STARTS_MAX 1024             /* columns of all the rows that are asked for */
#define CLR_CSV_STARTS_ROOM (1 + CLR_CSV_STARTS_MAX + 128)

/**
 * Rows found in a block. start[r * stride + c] is the offset of column c of row r; before the next start stands the comma or line end
 * behind it. So the row after the last has a start, too.
 */
struct clr_csv_rows {
    const uint8_t *data;                    /* the block's */
    const uint32_t *start;
    unsigned stride;
    const uint8_t *column_of;               /* field n is in column column_of[n − 1]; 0xff = nowhere */
    bool text_checked;                      /* all text is in its encoding and without control characters */
};

/** Text of a column of the first row, without the quotes around it. Every row has a byte behind each column. */
CLR_INLINE struct clr_bytes clr_csv_rows_text(const struct clr_csv_rows *rows, unsigned column)
{
    const size_t from = rows->start[column], next = rows->start[column + 1];

    if (rows->data[from] == '"') return clr_bytes_of(rows->data + from + 1, next - from - 3);
    return clr_bytes_of(rows->data + from, next - from - 1);
}

/** The readers, built for one kind of processor. */
struct clr_quick {
    /**
     * Find rows from `at`, where one starts, up to the first that is unusual: other than `stride` separators, a comma or line end in quotes,
     * doubled or stray quotes, a control character, text that is not as csvscan.h says, or near the end of the block.
     * `rows_max` > 0, `rows_max` * stride <= CLR_CSV_STARTS_MAX; `start` has room for CLR_CSV_STARTS_ROOM. At least CLR_QUICK_SLACK bytes of the
     * block follow every row.
     *
     * @return number of rows
     */
    size_t (*csv_scan)(struct clr_bytes block, size_t at, const struct clr_csv_shape *shape, size_t rows_max, uint32_t *start);

    /** Read the first rows, up to one that is unusual. @return how many of the `count` rows were read into `out`. */
    size_t (*szt_rows)(const struct clr_csv_rows *rows, size_t count, struct clr_reader *reader, struct clr_raw *out);

    /** Read lines from `*at`, where one starts, up to one that is unusual; `*at` moves behind them. Amounts are fen. @return how many */
    size_t (*yz316_rows)(struct clr_bytes block, size_t *at, struct clr_reader *reader, struct clr_raw *out, size_t max);
    size_t (*xf158_rows)(struct clr_bytes block, size_t *at, enum clr_service service, struct clr_reader *reader, struct clr_raw *out,
                         size_t max);
    size_t (*xf160_rows)(struct clr_bytes block, size_t *at, enum clr_service service, struct clr_reader *reader, struct clr_raw *out,
                         size_t max);
};

#define CLR_QUICK_SLACK 32

extern const struct clr_quick clr_quick_plain, clr_quick_avx2;

/** The readers for this processor. */
const struct clr_quick *clr_quick_best(void);

#endif
