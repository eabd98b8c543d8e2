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
#include "scan.h"

#define CLR_CSV_COLUMNS_MAX 128
#define CLR_CSV_FIELDS_MAX 16

/** What open() leaves in file->state. */
struct clr_csv_state {
    struct clr_cut cut;
    uint16_t columns;                       /* of the header line */
    uint8_t column_of[CLR_CSV_FIELDS_MAX];  /* field n is in column column_of[n − 1]; 0xff = nowhere */
};

struct clr_csv_format {
    const struct clr_field *fields;
    unsigned field_count;                   /* at most CLR_CSV_FIELDS_MAX */
    enum clr_product product;
    void (*finish)(struct clr_raw *raw, const struct clr_extra *extra);
};

/** 2 when every required column is in the first line, 1 when more than half of them are, else 0. */
int clr_csv_sniff(const struct clr_csv_format *format, struct clr_bytes head);

/** Read the header line (a UTF-8 byte order mark may stand before it). A missing required column is CLR_REFUSED and named. */
enum clr_status clr_csv_open(const struct clr_csv_format *format, struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault);

size_t clr_csv_cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last);
void clr_csv_decode(const struct clr_csv_format *format, const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max,
                    size_t *count);
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
    size_t offset, size;                    /* in the block, with line end */
    unsigned columns;                       /* may be more than are kept */
    bool escapes;                           /* some quoted text holds doubled quotes */
    struct clr_bytes column[CLR_CSV_COLUMNS_MAX];
};

static inline struct clr_scan clr_csv_scan(struct clr_bytes block, size_t at)
{
    struct clr_scan scan = { .block = block, .set = { { ',', '"', '\n' } } };

    clr_scan_seek(&scan, at);
    return scan;
}

/** Move `*at` over blank lines and CRs to where a record starts. @return false at the end of the block. */
bool clr_csv_start(struct clr_scan *scan, size_t *at);

/** Read the record at `at`, to which the scanner points. */
enum clr_csv_end clr_csv_row_read(struct clr_scan *scan, size_t at, struct clr_csv_row *row);

#endif
