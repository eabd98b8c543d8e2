/*
 * xf.c: the XF consumption file of Suzhou, Jiangyin and Jiaxing: a header line of 44 bytes, records of 158 bytes (POS number of 8 digits) or
 * 160 (10 digits). All decimal text, zeros in front, amounts in fen. Format notes: transit 1.2.
 */
#include <stdio.h>

#include "codecs.h"
#include "lines.h"
#include "quick.h"
#include "fieldread.h"
#include "transit.h"
#include "xf.h"

#define FIELD_LIST CLR_XF_FIELD_LIST

#define X(id, ...) FIELD_##id,
enum { FIELD_NONE, FIELD_LIST(X, 0) FIELD_END };
#undef X
#define FIELD_COUNT (FIELD_END - 1)

static const struct clr_code gray_codes[] = { CLR_CODE("00", 0), CLR_CODE("01", 1), { NULL, 0, 0 } };
static const struct clr_code monthly_codes[] = { CLR_CODE("00", 0), CLR_CODE("01", 1), CLR_CODE("02", 2), CLR_CODE("03", 3),
                                                 { NULL, 0, 0 } };

static const struct clr_field fields_158[] = { FIELD_LIST(CLR_FIELD_ROW, 8) };
static const struct clr_field fields_160[] = { FIELD_LIST(CLR_FIELD_ROW, 10) };
static const struct clr_field_name field_names[] = { FIELD_LIST(CLR_FIELD_NAME_ROW, 0) };

static struct clr_xf_state *state_of(struct clr_codec_file *file)
{
    return (struct clr_xf_state *)(void *)file->state;
}

static const struct clr_xf_state *const_state_of(const struct clr_codec_file *file)
{
    return (const struct clr_xf_state *)(const void *)file->state;
}

/* The dates in the card's own application, where they are given. */
static bool outside_life(const struct clr_extra *extra)
{
    if (extra->trade_day == CLR_DAY_NONE) return false;
    if (extra->valid_from != CLR_DAY_NONE && extra->trade_day < extra->valid_from) return true;
    return extra->valid_to != CLR_DAY_NONE && extra->trade_day > extra->valid_to;
}

/* The checks no row can say. */
static void finish(const struct clr_codec_file *file, struct clr_raw *raw, const struct clr_extra *extra)
{
    static const struct clr_transit_numbers numbers = { FIELD_AMOUNT, FIELD_TYPE, FIELD_TAC, FIELD_BEFORE };

    raw->service = const_state_of(file)->service;
    raw->flags |= CLR_FLAG_HAS_GRAY | CLR_FLAG_HAS_MONTHLY;
    if (extra->monthly != 0) raw->flags |= CLR_FLAG_MONTHLY;
    if (extra->gray != 0) {
        raw->flags |= CLR_FLAG_GRAY;
        raw->reasons |= CLR_REASON_MASK(GRAY);
    }
    if (outside_life(extra)) raw->reasons |= CLR_REASON_MASK(CARD_EXPIRED);
    clr_transit_finish(&numbers, raw, extra);
}

#define X(id, ...) clr_field_read_fixed(&fields_158[FIELD_##id - 1], FIELD_##id, line, plain, reader, raw, extra);
static void read_158(const struct clr_codec_file *file, const uint8_t *line, bool plain, struct clr_reader *reader, struct clr_raw *raw,
                     struct clr_extra *extra)
{
    FIELD_LIST(X, 8)
    finish(file, raw, extra);
}
#undef X

#define X(id, ...) clr_field_read_fixed(&fields_160[FIELD_##id - 1], FIELD_##id, line, plain, reader, raw, extra);
static void read_160(const struct clr_codec_file *file, const uint8_t *line, bool plain, struct clr_reader *reader, struct clr_raw *raw,
                     struct clr_extra *extra)
{
    FIELD_LIST(X, 10)
    finish(file, raw, extra);
}
#undef X

#define READ_QUICK(size)                                                                                                           \
    static size_t read_quick_##size(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_reader *reader,    \
                                    struct clr_raw *out, size_t max)                                                               \
    {                                                                                                                              \
        return file->quick->xf##size##_rows(block, at, const_state_of(file)->service, reader, out, max);                           \
    }
READ_QUICK(158)
READ_QUICK(160)

#define LAYOUT(table, reader, size)                                                                                                       \
    {                                                                                                                             \
        .fields = table, .field_count = FIELD_COUNT, .record_size = size, .declared_size = size, .header_size = 44, .type = "XF", \
        .count_at = 4, .count_size = 8, .length_at = 12, .length_size = 8, .pad = CLR_PAD_LEFT, .product = CLR_PRODUCT_TRANSIT,   \
        .read = reader, .read_quick = read_quick_##size,                                                                          \
    }
static const struct clr_layout layout_158 = LAYOUT(fields_158, read_158, 158);
static const struct clr_layout layout_160 = LAYOUT(fields_160, read_160, 160);

/* ---- the file name: type(2) date(8) industry(2) merchant(15) serial(3, 5 or 9) ---- */

static bool all_digits(struct clr_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
    }
    return true;
}

/* `industry` is the header's, empty when there is no header to agree with. */
static bool name_fits(struct clr_bytes name, struct clr_bytes industry)
{
    struct clr_reader reader = { .date_day = CLR_DAY_NONE };
    bool impossible = false;
    clr_day day;

    if (name.size != 30 && name.size != 32 && name.size != 36) return false;
    if (memcmp(name.data, "XF", 2) != 0 || !all_digits(clr_bytes_of(name.data + 2, name.size - 2))) return false;
    if (industry.size != 0 && memcmp(name.data + 10, industry.data, 2) != 0) return false;
    return clr_times_date(clr_bytes_of(name.data + 2, 8), &reader, &day, &impossible) == CLR_RULE_NONE && !impossible;
}

static enum clr_status open_file(const struct clr_layout *layout, struct clr_codec_file *file, struct clr_bytes head,
                                 struct clr_fault *fault)
{
    struct clr_xf_state *state = state_of(file);
    struct clr_bytes industry = { NULL, 0 };
    char declared[64];

    *state = (struct clr_xf_state){ .service = CLR_SERVICE_OTHER };
    CLR_TRY(clr_fixed_open(layout, file, head, fault));
    if (clr_fixed_has_header(layout, file, head)) {
        industry = clr_bytes_of(head.data + 2, 2);
        for (const struct clr_code *code = clr_industry_codes; code->text != NULL; code++) {
            if (memcmp(code->text, industry.data, 2) == 0) state->service = code->value;
        }
    }
    if (name_fits(clr_bytes_text(file->name), industry)) return CLR_OK;
    const char *const industry_text = industry.size == 0 ? "##" : (const char *)industry.data;
    snprintf(declared, sizeof declared, "XF YYYYMMDD %.2s merchant(15) serial(3,5,9)", industry_text);
    clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_FILE_NAME, 0, 0), "file name", declared, clr_bytes_text(file->name));
    return CLR_OK;
}

/* ---- the two codecs ---- */

static size_t cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    return clr_lines_cut(file, &state_of(file)->cut, buffer, last);
}

#define CODEC_FUNCTIONS(size)                                                                                                      \
    static int sniff_##size(struct clr_bytes head, const char *name)                                                               \
    {                                                                                                                              \
        (void)name;                                                                                                                \
        return clr_fixed_sniff(&layout_##size, head);                                                                              \
    }                                                                                                                              \
    static enum clr_status open_##size(struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)                \
    {                                                                                                                              \
        return open_file(&layout_##size, file, head, fault);                                                                       \
    }                                                                                                                              \
    static void decode_##size(const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out,          \
                              size_t max, size_t *count)                                                                           \
    {                                                                                                                              \
        clr_fixed_decode(&layout_##size, file, block, at, out, max, count);                                                        \
    }                                                                                                                              \
    static void close_##size(struct clr_codec_file *file, uint64_t records)                                                        \
    {                                                                                                                              \
        clr_fixed_close(&layout_##size, file, &state_of(file)->cut, records);                                                      \
    }                                                                                                                              \
    static void explain_##size(const struct clr_codec_file *file, struct clr_bytes record,                                         \
                               void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)                  \
    {                                                                                                                              \
        (void)file;                                                                                                                \
        clr_fixed_explain(&layout_##size, record, show, context);                                                                  \
    }                                                                                                                              \
    const struct clr_codec clr_codec_xf##size = {                                                                                  \
        .name = "xf" #size,                                                                                                        \
        .format = CLR_FORMAT_XF##size,                                                                                             \
        .product = CLR_PRODUCT_TRANSIT,                                                                                            \
        .unit_field = "merchant",                                                                                                  \
        .named_by_file = true,                                                                                                     \
        .record_size_min = size,                                                                                                   \
        .fields = field_names,                                                                                                     \
        .field_count = FIELD_COUNT,                                                                                                \
        .sniff = sniff_##size,                                                                                                     \
        .open = open_##size,                                                                                                       \
        .cut = cut,                                                                                                                \
        .decode = decode_##size,                                                                                                   \
        .close = close_##size,                                                                                                     \
        .explain = explain_##size,                                                                                                 \
    };

CODEC_FUNCTIONS(158)
CODEC_FUNCTIONS(160)
