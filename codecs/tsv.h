/*
 * tsv.h: lines of tab separated cells under a header line of column names, as databases unload them. "(null)" is an empty cell; nothing is quoted.
 *
 * Columns are found by name, in any order; unknown ones are passed over. A line with another number of cells than the header is malformed.
 *
 * Threads   clr_tsv_cut is for the cutting thread; everything else is pure.
 */
#ifndef CLR_CODECS_TSV_H
#define CLR_CODECS_TSV_H

#include "lines.h"

#define CLR_TSV_COLUMNS_MAX 254
#define CLR_TSV_FIELDS_MAX 48

/** What open() leaves in file->state. */
struct clr_tsv_state {
    struct clr_cut cut;
    uint16_t columns;
    uint8_t column_of[CLR_TSV_FIELDS_MAX];  /* field n is in column column_of[n − 1]; 0xff = nowhere */
};
static_assert(sizeof(struct clr_tsv_state) <= CLR_CODEC_STATE_SIZE, "a codec's state");

struct clr_tsv_format {
    const struct clr_field *fields;         /* names are the columns' */
    unsigned field_count;
    enum clr_product product;
    /** Read the fields, text[n − 1] is field n, and make the checks that no row can say. */
    void (*read)(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra);
};

/** 2 when every column that is needed is in the first line, else 0: unloaded tables share many columns. */
int clr_tsv_sniff(const struct clr_tsv_format *format, struct clr_bytes head);

/** Read the header line (a UTF-8 byte order mark may stand before it). A missing column that is needed is CLR_REFUSED and named. */
enum clr_status clr_tsv_open(const struct clr_tsv_format *format, struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault);

size_t clr_tsv_cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last);
void clr_tsv_decode(const struct clr_tsv_format *format, const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out,
                    size_t max, size_t *count);
void clr_tsv_explain(const struct clr_tsv_format *format, const struct clr_codec_file *file, struct clr_bytes record,
                     void (*show)(void *context, unsigned field, struct clr_bytes text), void *context);

#endif
