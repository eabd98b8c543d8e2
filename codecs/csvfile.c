/* csvfile.c: files of comma separated records: the header line, the columns, the records' fields. See csvrow.h. */
#include <stdio.h>

#include "csvrow.h"
#include "charset.h"

static struct clr_csv_state *state_of(struct clr_codec_file *file)
{
    return (struct clr_csv_state *)(void *)file->state;
}

static const struct clr_csv_state *const_state_of(const struct clr_codec_file *file)
{
    return (const struct clr_csv_state *)(const void *)file->state;
}

/* ---- the header line ---- */

static struct clr_bytes behind_mark(struct clr_bytes head)
{
    return head.size >= 3 && memcmp(head.data, "\xef\xbb\xbf", 3) == 0 ? clr_bytes_of(head.data + 3, head.size - 3) : head;
}

/* Read the header line; `*next` is the offset in `head` behind it. @return how it ended */
static enum clr_csv_end read_header(struct clr_bytes head, struct clr_csv_row *row, size_t *next)
{
    const struct clr_bytes text = behind_mark(head);
    size_t at = 0;

    if (!clr_csv_start(text, &at)) return CLR_CSV_BROKEN;
    const enum clr_csv_end end = clr_csv_row_read(text, at, row);
    if (end == CLR_CSV_WHOLE) *next = head.size - text.size + at + row->size;
    if (end == CLR_CSV_ENDED) *next = head.size;
    return end;
}

/* Column of a name, 0xff when there is none; `*again` when there are two. */
static uint8_t find_column(const struct clr_csv_row *row, const char *name, bool *again)
{
    uint8_t found = 0xff;

    *again = false;
    for (unsigned i = 0; i < row->columns && i < CLR_CSV_COLUMNS_MAX; i++) {
        if (!clr_bytes_equal(clr_bytes_trim(clr_csv_text(row, i)), clr_bytes_text(name))) continue;
        if (found != 0xff) *again = true;
        found = (uint8_t)i;
    }
    return found;
}

int clr_csv_sniff(const struct clr_csv_format *format, struct clr_bytes head)
{
    struct clr_csv_row row;
    unsigned needed = 0, found = 0;
    size_t next;
    bool again;

    const enum clr_csv_end end = read_header(head, &row, &next);
    if (end != CLR_CSV_WHOLE && end != CLR_CSV_ENDED) return 0;
    for (unsigned i = 0; i < format->field_count; i++) {
        if (format->fields[i].need == CLR_NEED_NOT) continue;
        needed++;
        if (find_column(&row, format->fields[i].name, &again) != 0xff) found++;
    }
    return found == needed ? 2 : 2 * found > needed;
}

static enum clr_status map_columns(const struct clr_csv_format *format, struct clr_codec_file *file, const struct clr_csv_row *row,
                                   struct clr_fault *fault)
{
    struct clr_csv_state *state = state_of(file);

    for (unsigned i = 0; i < format->field_count; i++) {
        bool again;
        const char *const name = format->fields[i].name;
        const uint8_t column = find_column(row, name, &again);
        char en[128], zh[128];

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
    state->columns = (uint16_t)row->columns;
    return CLR_OK;
}

enum clr_status clr_csv_open(const struct clr_csv_format *format, struct clr_codec_file *file, struct clr_bytes head,
                             struct clr_fault *fault)
{
    struct clr_csv_row row;
    size_t next = 0;

    CLR_ASSERT(format->field_count <= CLR_CSV_FIELDS_MAX);
    *state_of(file) = (struct clr_csv_state){ .columns = 0 };
    file->quick = clr_quick_best();
    file->declared_records = UINT64_MAX;
    if (head.size == 0) {
        return clr_refuse(file, fault, "header", "column names", clr_bytes_text("nothing"),
                          "the file is empty: not even a line of column names", "文件为空，没有表头");
    }
    const enum clr_csv_end end = read_header(head, &row, &next);
    if (end != CLR_CSV_WHOLE && (end != CLR_CSV_ENDED || file->size > head.size)) {
        return clr_refuse(file, fault, "header", "column names", clr_bytes_text("broken quoting, or no line end"),
                          "the line of column names cannot be read", "表头无法读取");
    }
    if (row.columns > CLR_CSV_COLUMNS_MAX) {
        return clr_refuse(file, fault, "header", "at most 128 columns", clr_bytes_text("more"), "more than 128 columns", "列数超过128");
    }
    file->data_offset = next;
    state_of(file)->carriage = next >= 2 && head.data[next - 2] == '\r';
    return map_columns(format, file, &row, fault);
}

/* ---- records ---- */

/* Undo doubled quotes of the fields that are used, into raw->text; what does not fit there is malformed. */
static void unescape(const struct clr_csv_format *format, struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw)
{
    for (unsigned i = 0; i < format->field_count; i++) {
        if (format->fields[i].type == CLR_FIELD_SHOW || text[i].size == 0 || memchr(text[i].data, '"', text[i].size) == NULL) continue;
        uint8_t *const to = raw->text + reader->text_used;
        const size_t room = CLR_RAW_TEXT_SIZE - reader->text_used;
        size_t size = 0;
        for (size_t at = 0; at < text[i].size && size <= room; at++) {
            if (size < room) to[size] = text[i].data[at];
            size++;
            if (text[i].data[at] == '"') at++;
        }
        if (size > room) {
            clr_raw_malformed(raw, i + 1, CLR_RULE_LENGTH);
            text[i] = (struct clr_bytes){ NULL, 0 };
            continue;
        }
        text[i] = clr_bytes_of(to, size);
        reader->text_used += (unsigned)size;
    }
}

static void read_texts(const struct clr_csv_format *format, struct clr_bytes *text, bool escapes, struct clr_reader *reader,
                       struct clr_raw *raw, struct clr_extra *extra)
{
    if (escapes) unescape(format, text, reader, raw);
    format->read(text, reader, raw, extra);
}

static void decode_row(const struct clr_csv_format *format, const struct clr_csv_state *state, const struct clr_csv_row *row, size_t offset,
                       struct clr_reader *reader, struct clr_raw *raw)
{
    struct clr_extra extra;
    struct clr_bytes text[CLR_CSV_FIELDS_MAX];

    clr_raw_init(raw, &extra, reader, format->product);
    raw->offset = (uint32_t)offset;
    raw->size = (uint32_t)row->size;
    if (row->columns == 0) {
        clr_raw_malformed(raw, 0, CLR_RULE_QUOTING);
        return;
    }
    if (row->columns != state->columns) {
        clr_raw_malformed(raw, 0, CLR_RULE_COLUMNS);
        return;
    }
    for (unsigned i = 0; i < format->field_count; i++) {
        text[i] = state->column_of[i] == 0xff ? (struct clr_bytes){ NULL, 0 } : clr_csv_text(row, state->column_of[i]);
    }
    read_texts(format, text, row->escapes, reader, raw, &extra);
}

/* The record at `at`, or what stands for it when its quoting is broken: the bytes to its first LF, and no columns. */
static void next_row(struct clr_bytes block, size_t at, struct clr_csv_row *row)
{
    const enum clr_csv_end end = clr_csv_row_read(block, at, row);

    if (end == CLR_CSV_WHOLE) return;
    if (end == CLR_CSV_ENDED && block.size - at < CLR_RECORD_SIZE_MAX) {
        row->size = block.size - at;
        return;
    }
    const uint8_t *const line_end = memchr(block.data + at, '\n', block.size - at);
    row->columns = 0;
    row->size = (line_end == NULL ? block.size : (size_t)(line_end - block.data) + 1) - at;
}

/* One record by the plain path. @return false at the end of the block */
static bool decode_plain(const struct clr_csv_format *format, const struct clr_csv_state *state, struct clr_bytes block, size_t *at,
                         struct clr_reader *reader, struct clr_raw *raw)
{
    struct clr_csv_row row;

    if (!clr_csv_start(block, at)) return false;
    next_row(block, *at, &row);
    decode_row(format, state, &row, *at, reader, raw);
    *at += row.size;
    return true;
}

/* One row whose columns are known to be in order, whatever they say. */
static void decode_found(const struct clr_csv_format *format, const struct clr_csv_rows *rows, struct clr_reader *reader, struct clr_raw *raw)
{
    struct clr_extra extra;
    struct clr_bytes text[CLR_CSV_FIELDS_MAX];

    clr_raw_init(raw, &extra, reader, format->product);
    raw->offset = rows->start[0];
    raw->size = rows->start[rows->stride] - rows->start[0];
    for (unsigned i = 0; i < format->field_count; i++) {
        const unsigned column = rows->column_of[i];
        text[i] = column == 0xff ? (struct clr_bytes){ NULL, 0 } : clr_csv_rows_text(rows, column);
    }
    format->read(text, reader, raw, &extra);
}

/* As many rows as are in order from `*at`, at most `max`. @return how many */
static size_t decode_many(const struct clr_csv_format *format, const struct clr_codec_file *file, struct clr_bytes block, size_t *at,
                          struct clr_reader *reader, struct clr_raw *out, size_t max)
{
    const struct clr_csv_state *const state = const_state_of(file);
    uint32_t start[CLR_CSV_STARTS_ROOM];
    const struct clr_csv_shape shape = { state->columns + state->carriage, state->carriage, reader->gbk };
    struct clr_csv_rows rows = { block.data, start, shape.stride, state->column_of, !reader->gbk };
    const size_t most = CLR_CSV_STARTS_MAX / shape.stride < max ? CLR_CSV_STARTS_MAX / shape.stride : max;

    const size_t count = file->quick->csv_scan(block, *at, &shape, most, start);
    reader->text_checked = rows.text_checked;
    for (size_t done = 0; done < count;) {
        if (format->read_quick != NULL) done += format->read_quick(file->quick, &rows, count - done, reader, out + done);
        rows.start = start + done * shape.stride;
        if (done == count) break;
        decode_found(format, &rows, reader, &out[done++]);
        rows.start += shape.stride;
    }
    reader->text_checked = false;
    *at = start[count * shape.stride];
    return count;
}

/* Where a row is not in order, more such rows may follow: so many at most are read plainly before the next look. */
#define PLAIN_ROWS_MAX 32

void clr_csv_decode(const struct clr_csv_format *format, const struct clr_codec_file *file, struct clr_bytes block, size_t *at,
                    struct clr_raw *out, size_t max, size_t *count)
{
    const struct clr_csv_state *const state = const_state_of(file);
    /* A blank line looks like a row of one column, and is no record. */
    const bool many = file->quick != NULL && state->columns > 1;
    struct clr_reader reader;
    unsigned plain = 0, plain_next = 1;

    clr_reader_init(&reader, file);
    for (*count = 0; *count < max;) {
        if (many && plain == 0) {
            const size_t found = decode_many(format, file, block, at, &reader, out + *count, max - *count);
            *count += found;
            plain = found > 0 ? 0 : plain_next;
            plain_next = found > 0 ? 1 : plain_next < PLAIN_ROWS_MAX ? 2 * plain_next : PLAIN_ROWS_MAX;
            if (found > 0) continue;
        }
        if (!decode_plain(format, state, block, at, &reader, &out[*count])) return;
        ++*count;
        if (plain > 0) plain--;
    }
}

void clr_csv_explain(const struct clr_csv_format *format, const struct clr_codec_file *file, struct clr_bytes record,
                     void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    const struct clr_csv_state *state = const_state_of(file);
    struct clr_csv_row row;
    size_t at = 0;

    if (!clr_csv_start(record, &at)) return;
    next_row(record, at, &row);
    const unsigned columns = row.columns < CLR_CSV_COLUMNS_MAX ? row.columns : CLR_CSV_COLUMNS_MAX;
    for (unsigned i = 0; i < format->field_count; i++) {
        if (state->column_of[i] < columns) show(context, i + 1, clr_csv_text(&row, state->column_of[i]));
    }
}
