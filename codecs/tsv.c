#include "tsv.h"

#include <stdio.h>

/* ---- cells ---- */

struct cells {
    unsigned count;                         /* may be more than are kept */
    struct clr_bytes cell[CLR_TSV_COLUMNS_MAX];
};

static struct clr_bytes value_of(struct clr_bytes cell)
{
    return clr_bytes_equal(cell, clr_bytes_text("(null)")) ? (struct clr_bytes){ NULL, 0 } : cell;
}

static void split_line(struct clr_bytes line, struct cells *out)
{
    const uint8_t *from = line.data, *const end = line.data + line.size;
    out->count = 0;
    for (;;) {
        const uint8_t *const tab = memchr(from, '\t', (size_t)(end - from));
        const uint8_t *const to = tab != NULL ? tab : end;
        if (out->count < CLR_TSV_COLUMNS_MAX) out->cell[out->count] = clr_bytes_of(from, (size_t)(to - from));
        out->count++;
        if (tab == NULL) return;
        from = tab + 1;
    }
}

/* ---- the header line ---- */

/** @return false when there is no line of names, or it does not end within the head. */
static bool read_header(struct clr_bytes head, bool whole, struct cells *out, size_t *next)
{
    const size_t mark = head.size >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    const struct clr_bytes text = clr_bytes_of(head.data + mark, head.size - mark);
    struct clr_line line;
    size_t at = 0;

    if (!clr_line_next(text, &at, &line)) return false;
    if (!whole && memchr(text.data, '\n', text.size) == NULL) return false;
    split_line(line.text, out);
    *next = mark + at;
    return true;
}

static uint8_t find_column(const struct cells *names, const char *name, bool *again)
{
    uint8_t found = 0xff;

    *again = false;
    for (unsigned i = 0; i < names->count && i < CLR_TSV_COLUMNS_MAX; i++) {
        if (!clr_bytes_equal(names->cell[i], clr_bytes_text(name))) continue;
        if (found != 0xff) *again = true;
        found = (uint8_t)i;
    }
    return found;
}

int clr_tsv_sniff(const struct clr_tsv_format *format, struct clr_bytes head)
{
    struct cells names;
    size_t next;
    bool again;

    if (!read_header(head, true, &names, &next)) return 0;
    for (unsigned i = 0; i < format->field_count; i++)
        if (format->fields[i].need != CLR_NEED_NOT && find_column(&names, format->fields[i].name, &again) == 0xff) return 0;
    return 2;
}

static enum clr_status map_columns(const struct clr_tsv_format *format, struct clr_codec_file *file, const struct cells *names, struct clr_fault *fault)
{
    struct clr_tsv_state *const state = (struct clr_tsv_state *)(void *)file->state;

    for (unsigned i = 0; i < format->field_count; i++) {
        bool again;
        char en[128], zh[128];
        const char *const name = format->fields[i].name;
        const uint8_t column = find_column(names, name, &again);

        if (again) {
            snprintf(en, sizeof en, "column %s is there twice", name);
            snprintf(zh, sizeof zh, "列 %s 重复", name);
            return clr_refuse(file, fault, name, "one column of this name", clr_bytes_text("two"), en, zh);
        }
        if (column == 0xff && format->fields[i].need != CLR_NEED_NOT) {
            snprintf(en, sizeof en, "column %s is missing from the header line", name);
            snprintf(zh, sizeof zh, "表头缺少列 %s", name);
            return clr_refuse(file, fault, name, name, clr_bytes_text("no such column"), en, zh);
        }
        state->column_of[i] = column;
    }
    state->columns = (uint16_t)names->count;
    return CLR_OK;
}

enum clr_status clr_tsv_open(const struct clr_tsv_format *format, struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    struct cells names;
    size_t next = 0;

    CLR_ASSERT(format->field_count <= CLR_TSV_FIELDS_MAX);
    *(struct clr_tsv_state *)(void *)file->state = (struct clr_tsv_state){ .columns = 0 };
    file->declared_records = UINT64_MAX;
    if (!read_header(head, head.size == file->size, &names, &next))
        return clr_refuse(file, fault, "header", "column names", clr_bytes_text(head.size == 0 ? "nothing" : "no line end in the first 64 KiB"),
                          "the line of column names cannot be read", "表头无法读取");
    if (names.count > CLR_TSV_COLUMNS_MAX)
        return clr_refuse(file, fault, "header", "at most 254 columns", clr_bytes_text("more"), "more than 254 columns", "列数超过254");
    file->data_offset = next;
    return map_columns(format, file, &names, fault);
}

/* ---- records ---- */

size_t clr_tsv_cut(struct clr_codec_file *file, struct clr_bytes buffer, bool last)
{
    return clr_lines_cut(file, &((struct clr_tsv_state *)(void *)file->state)->cut, buffer, last);
}

static void decode_line(const struct clr_tsv_format *format, const struct clr_tsv_state *state, const struct clr_line *line, struct clr_reader *reader,
                        struct clr_raw *raw)
{
    struct clr_extra extra;
    struct clr_bytes text[CLR_TSV_FIELDS_MAX];
    struct cells cells;

    clr_raw_init(raw, &extra, reader, format->product);
    raw->toll = (struct clr_raw_toll){ .entered_at_s = CLR_TIME_NONE, .stated_count = UINT32_MAX, .stated_disputed = UINT32_MAX };
    raw->offset = (uint32_t)line->offset;
    raw->size = (uint32_t)line->size;
    split_line(line->text, &cells);
    if (cells.count != state->columns) {
        clr_raw_malformed(raw, 0, CLR_RULE_COLUMNS);
        return;
    }
    for (unsigned i = 0; i < format->field_count; i++)
        text[i] = state->column_of[i] == 0xff ? (struct clr_bytes){ NULL, 0 } : value_of(cells.cell[state->column_of[i]]);
    format->read(text, reader, raw, &extra);
}

void clr_tsv_decode(const struct clr_tsv_format *format, const struct clr_codec_file *file, struct clr_bytes block, size_t *at, struct clr_raw *out,
                    size_t max, size_t *count)
{
    const struct clr_tsv_state *const state = (const struct clr_tsv_state *)(const void *)file->state;
    struct clr_reader reader;
    struct clr_line line;

    clr_reader_init(&reader, file);
    for (*count = 0; *count < max && clr_line_next(block, at, &line); ++*count) decode_line(format, state, &line, &reader, &out[*count]);
}

void clr_tsv_explain(const struct clr_tsv_format *format, const struct clr_codec_file *file, struct clr_bytes record,
                     void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    const struct clr_tsv_state *const state = (const struct clr_tsv_state *)(const void *)file->state;
    struct cells cells;
    struct clr_line line;
    size_t at = 0;

    if (!clr_line_next(record, &at, &line)) return;
    split_line(line.text, &cells);
    if (cells.count != state->columns) return;
    for (unsigned i = 0; i < format->field_count; i++)
        if (state->column_of[i] != 0xff) show(context, i + 1, cells.cell[state->column_of[i]]);
}
