/* fixed.c: one header line, then lines of one length: everything that xf158, xf160 and yz316 have in common. See lines.h. */
#include "lines.h"

#include <stdio.h>

#include "digits.h"
#include "quick.h"
#include "scan.h"
#include "charset.h"

bool clr_header_line(const struct clr_codec_file *file, struct clr_bytes head, struct clr_bytes *line, uint64_t *next)
{
    const uint8_t *const end = head.size == 0 ? NULL : memchr(head.data, '\n', head.size);

    if (end == NULL && file->size > head.size) return false;
    const size_t size = end == NULL ? head.size : (size_t)(end - head.data);
    *line = clr_bytes_of(head.data, size > 0 && head.data[size - 1] == '\r' ? size - 1 : size);
    *next = end == NULL ? head.size : size + 1;
    return true;
}

uint64_t clr_header_number(struct clr_bytes text, enum clr_field_pad pad)
{
    uint64_t number;

    if (pad == CLR_PAD_RIGHT) {
        while (text.size > 0 && text.data[text.size - 1] == ' ') text.size--;
    }
    return text.size > 0 && text.size <= 18 && clr_digits_read(text.data, text.size, &number) ? number : UINT64_MAX;
}

static struct clr_bytes part(struct clr_bytes text, unsigned at, unsigned size)
{
    return clr_bytes_of(text.data + at, size);
}

static bool is_header(const struct clr_layout *layout, struct clr_bytes line)
{
    const struct clr_bytes type = clr_bytes_text(layout->type);

    return line.size == layout->header_size && clr_bytes_equal(part(line, 0, (unsigned)type.size), type);
}

bool clr_fixed_has_header(const struct clr_layout *layout, const struct clr_codec_file *file, struct clr_bytes head)
{
    struct clr_bytes line;
    uint64_t next;

    return clr_header_line(file, head, &line, &next) && is_header(layout, line);
}

int clr_fixed_sniff(const struct clr_layout *layout, struct clr_bytes head)
{
    const struct clr_codec_file whole = { .size = head.size };
    struct clr_bytes line;
    struct clr_line record;
    uint64_t next;

    if (head.size == 0 || !clr_header_line(&whole, head, &line, &next) || !is_header(layout, line)) return 0;
    if (clr_header_number(part(line, layout->count_at, layout->count_size), layout->pad) == UINT64_MAX) return 0;
    /* The lines decide; the header's word is second, because real headers are wrong about it. */
    size_t at = (size_t)next;
    const bool any = clr_line_next(head, &at, &record);
    if (any && record.text.size == layout->record_size) return 2;
    if (clr_header_number(part(line, layout->length_at, layout->length_size), layout->pad) != layout->declared_size) return 0;
    return any ? 1 : 2;
}

/* What the header declares, against what this layout is. */
static void read_header(const struct clr_layout *layout, struct clr_codec_file *file, struct clr_bytes line)
{
    const struct clr_bytes count = part(line, layout->count_at, layout->count_size);
    const struct clr_bytes length = part(line, layout->length_at, layout->length_size);
    char declared[24], wanted[16];

    file->declared_records = clr_header_number(count, layout->pad);
    if (file->declared_records == UINT64_MAX) {
        clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_FRAMING, 0, layout->count_at), "record_count", "a number", count);
    }
    if (clr_header_number(length, layout->pad) == layout->declared_size) return;
    snprintf(wanted, sizeof wanted, "%u", layout->declared_size);
    clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_RECORD_LENGTH, 0, layout->length_at), "record_length",
                    clr_text_show(length, declared, sizeof declared),
                    clr_bytes_text(wanted));
}

enum clr_status clr_fixed_open(const struct clr_layout *layout, struct clr_codec_file *file, struct clr_bytes head, struct clr_fault *fault)
{
    struct clr_bytes line;
    uint64_t next;
    char wanted[40], seen[40];

    file->declared_records = UINT64_MAX;
    file->quick = clr_quick_best();
    snprintf(wanted, sizeof wanted, "%s and %u bytes", layout->type, layout->header_size);
    if (head.size == 0) return clr_refuse(file, fault, "header", wanted, clr_bytes_text("nothing"), "the file is empty: not even a header",
                                          "文件为空，没有文件头");
    if (!clr_header_line(file, head, &line, &next)) {
        return clr_refuse(file, fault, "header", wanted, clr_bytes_text("no line end"),
                          "no line ends where the header should: not this format", "文件头处没有行结束符，不是此格式");
    }
    if (is_header(layout, line)) {
        file->data_offset = next;
        read_header(layout, file, line);
        return CLR_OK;
    }
    snprintf(seen, sizeof seen, "a line of %zu bytes", line.size);
    if (line.size < layout->header_size && next == file->size) {
        return clr_refuse(file, fault, "header", wanted, clr_bytes_text(seen), "the header is cut off", "文件头不完整");
    }
    clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_FRAMING, 0, 0), "header", wanted, clr_bytes_text(seen));
    /* A record where the header should be is a record; any other line is a broken header. */
    file->data_offset = line.size == layout->record_size ? 0 : next;
    return CLR_OK;
}

/* One record by the plain path. @return false at the end of the block */
static bool decode_plain(const struct clr_layout *layout, const struct clr_codec_file *file, struct clr_bytes block, size_t *at,
                         struct clr_reader *reader, struct clr_raw *raw)
{
    struct clr_extra extra;
    struct clr_line line;

    if (!clr_line_next(block, at, &line)) return false;
    clr_raw_init(raw, &extra, reader, layout->product);
    raw->offset = (uint32_t)line.offset;
    raw->size = (uint32_t)line.size;
    if (line.text.size == layout->record_size) layout->read(file, line.text.data, clr_scan_class(line.text) == 0, reader, raw, &extra);
    else clr_raw_malformed(raw, 0, CLR_RULE_LENGTH);
    return true;
}

void clr_fixed_decode(const struct clr_layout *layout, const struct clr_codec_file *file, struct clr_bytes block, size_t *at,
                      struct clr_raw *out, size_t max, size_t *count)
{
    const bool quick = file->quick != NULL && !file->units_yuan;
    struct clr_reader reader;

    clr_reader_init(&reader, file);
    for (*count = 0; *count < max; ++*count) {
        if (quick) *count += layout->read_quick(file, block, at, &reader, out + *count, max - *count);
        if (*count == max || !decode_plain(layout, file, block, at, &reader, &out[*count])) return;
    }
}

void clr_fixed_close(const struct clr_layout *layout, struct clr_codec_file *file, const struct clr_cut *cut, uint64_t records)
{
    char wanted[32], seen[32];

    if (cut->open_size != 0 && cut->open_size < layout->record_size) {
        snprintf(wanted, sizeof wanted, "%u bytes", layout->record_size);
        snprintf(seen, sizeof seen, "%u bytes", cut->open_size);
        clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_FRAMING, records, file->size - cut->open_size), "last record", wanted,
                        clr_bytes_text(seen));
    }
    clr_close_count(file, records, "record_count");
}

void clr_fixed_explain(const struct clr_layout *layout, struct clr_bytes record,
                       void (*show)(void *context, unsigned field, struct clr_bytes text), void *context)
{
    size_t at = 0;
    struct clr_line line;

    if (!clr_line_next(record, &at, &line)) return;
    for (unsigned i = 0; i < layout->field_count; i++) {
        const struct clr_field *field = &layout->fields[i];
        const size_t from = field->offset < line.text.size ? field->offset : line.text.size;
        const size_t left = line.text.size - from;
        show(context, i + 1, clr_bytes_of(line.text.data + from, field->size < left ? field->size : left));
    }
}
