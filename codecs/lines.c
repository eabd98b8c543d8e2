/* lines.c: lines, findings and counts. See lines.h. */
#include "lines.h"

#include <stdio.h>

#include "charset.h"

bool clr_line_next(struct clr_bytes block, size_t *at, struct clr_line *line)
{
    while (*at < block.size) {
        const uint8_t *const end = memchr(block.data + *at, '\n', block.size - *at);
        const size_t next = end == NULL ? block.size : (size_t)(end - block.data) + 1;
        size_t from = *at, to = end == NULL ? block.size : next - 1;

        *at = next;
        if (from < to && block.data[from] == '\r') from++;
        if (from < to && block.data[to - 1] == '\r') to--;
        if (from == to) continue;
        *line = (struct clr_line){ .text = clr_bytes_of(block.data + from, to - from), .offset = from, .size = next - from };
        return true;
    }
    return false;
}

/* Each step looks for the last LF of a window as long as the limit: lines inside the window are shorter than it. */
size_t clr_lines_long(struct clr_bytes buffer)
{
    size_t at = 0;

    while (buffer.size - at > CLR_RECORD_SIZE_MAX) {
        const uint8_t *const end = memrchr(buffer.data + at, '\n', CLR_RECORD_SIZE_MAX);
        if (end == NULL) return at;
        at = (size_t)(end - buffer.data) + 1;
    }
    return buffer.size;
}

void clr_lines_report_long(struct clr_codec_file *file, const struct clr_cut *cut, size_t offset)
{
    const uint64_t at = file->data_offset + cut->handed + offset;
    char declared[48];

    for (unsigned i = 0; i < file->finding_count; i++) {
        if (strcmp(file->findings[i].field, "record") == 0 && file->findings[i].offset == at) return;
    }
    snprintf(declared, sizeof declared, "at most %d bytes", CLR_RECORD_SIZE_MAX);
    clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_FRAMING, 0, at), "record", declared, clr_bytes_text("no record end"));
}

size_t clr_lines_cut(struct clr_codec_file *file, struct clr_cut *cut, struct clr_bytes buffer, bool last)
{
    const size_t too_long = clr_lines_long(buffer);
    size_t end = buffer.size;

    if (too_long < buffer.size) {
        clr_lines_report_long(file, cut, too_long);
        end = too_long;
    } else {
        const uint8_t *const line_end = memrchr(buffer.data, '\n', buffer.size);
        const size_t whole = line_end == NULL ? 0 : (size_t)(line_end - buffer.data) + 1;
        if (!last) end = whole;
        if (last) {
            struct clr_line line;
            size_t at = whole;
            cut->open_size = clr_line_next(buffer, &at, &line) ? (uint32_t)line.text.size : 0;
        }
    }
    cut->handed += end;
    return end;
}

void clr_finding_say(struct clr_finding *finding, const char *field, const char *declared, struct clr_bytes seen)
{
    if (finding == NULL) return;
    clr_text_show(clr_bytes_text(field), finding->field, sizeof finding->field);
    clr_text_show(clr_bytes_text(declared), finding->declared, sizeof finding->declared);
    clr_text_show(seen, finding->seen, sizeof finding->seen);
}

void clr_finding_say_number(struct clr_finding *finding, const char *field, uint64_t declared, uint64_t seen)
{
    char declared_text[24], seen_text[24];

    snprintf(declared_text, sizeof declared_text, "%llu", (unsigned long long)declared);
    snprintf(seen_text, sizeof seen_text, "%llu", (unsigned long long)seen);
    clr_finding_say(finding, field, declared_text, clr_bytes_text(seen_text));
}

void clr_close_count(struct clr_codec_file *file, uint64_t records, const char *field)
{
    if (file->declared_records == UINT64_MAX || file->declared_records == records) return;
    clr_finding_say_number(clr_codec_find(file, CLR_FILE_REASON_RECORDS, 0, 0), field, file->declared_records, records);
}

enum clr_status clr_refuse(struct clr_codec_file *file, struct clr_fault *fault, const char *field, const char *declared,
                           struct clr_bytes seen, const char *en, const char *zh)
{
    clr_finding_say(clr_codec_find(file, CLR_FILE_REASON_FRAMING, 0, 0), field, declared, seen);
    clr_fault_say(fault, CLR_REFUSED, "%s", "%.0s%s", en, zh);
    clr_fault_at(fault, NULL, 0, field);
    return CLR_REFUSED;
}
