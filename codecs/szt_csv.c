/* szt_csv.c: Shenzhen Tong open data as CSV; columns by header name, in any order. */
#include "codecs.h"
#include "csvrow.h"
#include "szt.h"

static size_t read_quick(const struct clr_quick *quick, const struct clr_csv_rows *rows, size_t count, struct clr_reader *reader,
                         struct clr_raw *out)
{
    return reader->yuan ? 0 : quick->szt_rows(rows, count, reader, out);
}

static const struct clr_csv_format format = {
    .fields = clr_szt_fields,
    .field_count = CLR_SZT_FIELD_COUNT,
    .product = CLR_PRODUCT_TRANSIT,
    .read = clr_szt_read,
    .read_quick = read_quick,
};

static int sniff(struct clr_bytes head, const char *name)
{
    (void)name;
    return clr_csv_sniff(&format, head);
}

static enum clr_status open_file(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    return clr_csv_open(&format, file, head, fault);
}

static void decode(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out, size_t max, size_t *count)
{
    clr_csv_decode(&format, file, block, at, out, max, count);
}

static void close_file(struct clr_codec_file *file, uint64_t records)
{
    (void)file;                             /* the format declares neither count nor sum */
    (void)records;
}

static void explain(const struct clr_codec_file *file, struct clr_bytes record,
                    void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    clr_csv_explain(&format, file, record, show, context);
}

const struct clr_codec clr_codec_szt_csv = {
    .name = "szt-csv",
    .format = CLR_FORMAT_SZT_CSV,
    .product = CLR_PRODUCT_TRANSIT,
    .unit_field = "company",
    .has_declared_day = true,
    .record_size_min = 55,
    .fields = clr_szt_field_names,
    .field_count = CLR_SZT_FIELD_COUNT,
    .sniff = sniff,
    .open = open_file,
    .cut = clr_csv_cut,
    .decode = decode,
    .close = close_file,
    .explain = explain,
};
