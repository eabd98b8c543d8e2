/*
 * csvrow.h: comma separated records (RFC 4180) as codecs read them: columns by header name, quotes, newlines in quotes, broken quoting.
 *
 * A record is read strictly: a quote may only open a field or be doubled inside a quoted one, and behind a closing quote stands a comma or a
 * line end. A record that breaks this, or whose quotes do not close within CLR_RECORD_SIZE_MAX bytes, ends at its first LF and is
 * malformed; the next record starts behind that LF. So one lone quote costs one line, and a record's extent depends only on
 * the bytes from its start, never on where a block ends.
 *
 * Threads   clr_csv_cut is for the cutting thread; everything else is pure.
 */
#ifndef CLR_CODECS_CSVROW_H
#define CLR_CODECS_CSVROW_H

#include "lines.h"
#include "quick.h"

#define CLR_CSV_COLUMNS_MAX 128
#define CLR_CSV_FIELDS_MAX 24

/** What open() leaves in file->state. */
struct clr_csv_state {
    struct clr_cut cut;
    uint16_t columns;                       /* of the header line */
    bool carriage;                          /* the header line ends with CR LF */
    uint8_t column_of[CLR_CSV_FIELDS_MAX];  /* field n is in column column_of[n − 1]; 0xff = nowhere */
};

struct clr_csv_format {
    const struct clr_field *fields;
    unsigned field_count;                   /* at most CLR_CSV_FIELDS_MAX */
    enum clr_product product;
    /** Read the fields, text[n − 1] is field n, and make the checks that no row can say. */
    void (*read)(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra);
    /** Read the first of some ordinary rows, and give what read() would. @return how many. NULL: the format has no quick reader of its own. */
    size_t (*read_quick)(const struct clr_quick *quick, const struct clr_csv_rows *rows, size_t count, struct clr_reader *reader,
                         struct clr_raw *out);
};

/** 2 when every required column is in the first line, 1 when more than half of them are, else 0. */
int clr_csv_sniff(const struct clr_csv_format *format, struct clr_bytes head);

/** Read the header line (a UTF-8 byte order mark may stand before it). A missing required column is CLR_REFUSED and named. */
enum clr_status clr_csv_open(const struct clr_csv_format *format, struct clr_codec_file *file, struct clr_bytes head,
                             struct clr_fault *fault);

size_t clr_csv_cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last);
void clr_csv_decode(const struct clr_csv_format *format, const struct clr_codec_file *file, struct clr_bytes block, size_t *at,
                    struct clr_raw *out, size_t max, size_t *count);
void clr_csv_explain(const struct clr_csv_format *format, const struct clr_codec_file *file, struct clr_bytes record,
                     void (*show)(void *context, unsigned field, struct clr_bytes text), void *context);

/* ---- one record ---- */

enum clr_csv_end {
    CLR_CSV_WHOLE,                          /* ended by its LF */
    CLR_CSV_ENDED,                          /* the block ends where the record could */
    CLR_CSV_OPEN,                           /* the block ends inside quotes */
    CLR_CSV_BROKEN                          /* the quoting is broken, or the record too long */
};

struct clr_csv_row {
    const uint8_t *data;                    /* its first byte */
    size_t size;                            /* with line end; only when whole */
    unsigned columns;                       /* may be more than are kept */
    bool escapes;                           /* some quoted text holds doubled quotes */
    struct { uint32_t from, to; } column[CLR_CSV_COLUMNS_MAX];     /* from the row's first byte; with the quotes around it */
};

/** Text of a column that is kept, without the quotes around it. */
static inline struct clr_bytes clr_csv_text(const struct clr_csv_row *row, unsigned column)
{
    const uint32_t from = row->column[column].from, to = row->column[column].to;
    const uint32_t quote = from < to && row->data[from] == '"';

    return clr_bytes_of(row->data + from + quote, to - from - 2 * quote);
}

/** Move `*at` over blank lines and CRs to where a record starts. @return false at the end of the block. */
bool clr_csv_start(struct clr_bytes block, size_t *at);

/** Read the record at `at`. */
enum clr_csv_end clr_csv_row_read(struct clr_bytes block, size_t at, struct clr_csv_row *row);

/**
 * The two readers behind it. The quick one takes records that end in the block, whose quotes stand in pairs around whole fields; it returns
 * false for all others, and then the strict one, which goes from byte to byte, says what they are.
 */
bool clr_csv_row_quick(struct clr_bytes block, size_t at, struct clr_csv_row *row);
enum clr_csv_end clr_csv_row_strict(struct clr_bytes block, size_t at, struct clr_csv_row *row);

#endif
