/* csv.c: the strict reader of comma separated text. See csv.h. */
#include "base/csv.h"

void clr_csv_init(struct clr_csv *csv, struct clr_bytes text)
{
    csv->line = 1;
    csv->row_line = 0;
    csv->column = 0;
    csv->count = 0;
    csv->wrong_en = csv->wrong_zh = "";
    clr_csv_feed(csv, text, true);
}

void clr_csv_feed(struct clr_csv *csv, struct clr_bytes text, bool last)
{
    csv->text = text;
    csv->at = 0;
    csv->last = last;
}

static enum clr_csv_result bad(struct clr_csv *csv, const char *en, const char *zh)
{
    csv->column = csv->count + 1;
    csv->wrong_en = en;
    csv->wrong_zh = zh;
    return CLR_CSV_BAD;
}

/* The line as a whole is wrong, no field of it. */
static enum clr_csv_result bad_line(struct clr_csv *csv, const char *en, const char *zh)
{
    bad(csv, en, zh);
    csv->column = 0;
    return CLR_CSV_BAD;
}

/* Bytes of the character that starts here, 0 when it is not UTF-8. The ranges of the second byte keep out what is overlong, the surrogates, and what
 * lies above U+10FFFF. */
static size_t character_size(const uint8_t *at, size_t left)
{
    const uint8_t lead = at[0];
    const size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;

    if (size == 0 || size > left) return 0;
    if (size > 1 && (at[1] < low || at[1] > high)) return 0;
    for (size_t i = 2; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
    }
    return size;
}

bool clr_utf8_valid(struct clr_bytes text)
{
    for (size_t at = 0; at < text.size;) {
        const size_t size = character_size(text.data + at, text.size - at);
        if (size == 0) return false;
        at += size;
    }
    return true;
}

static bool has_control(struct clr_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7F) return true;
    }
    return false;
}

/* The next line without its end, and one past its end in the text; false when the text holds no whole line. */
static bool next_line(struct clr_csv *csv, struct clr_bytes *line)
{
    const uint8_t *start = csv->text.data + csv->at;
    const size_t left = csv->text.size - csv->at;
    const uint8_t *end = left == 0 ? NULL : memchr(start, '\n', left);

    if (end == NULL && (!csv->last || left == 0)) return false;
    *line = clr_bytes_of(start, end == NULL ? left : (size_t)(end - start));
    csv->at += line->size + (end != NULL);
    csv->row_line = csv->line++;
    if (line->size > 0 && line->data[line->size - 1] == '\r') line->size--;
    if (csv->row_line == 1 && line->size >= 3 && memcmp(line->data, "\xEF\xBB\xBF", 3) == 0) *line = clr_bytes_of(line->data + 3, line->size - 3);
    return true;
}

/* A quoted field from its opening quote; `*at` moves past the closing one. The copy is needed only where a doubled quote stands. */
static bool quoted_field(struct clr_csv *csv, struct clr_bytes line, size_t *at, struct clr_bytes *field)
{
    const size_t start = *at + 1;
    uint8_t *copy = csv->scratch + csv->scratch_used;
    size_t size = 0;
    bool doubled = false;

    for (size_t i = start; i < line.size; i++) {
        if (line.data[i] == '"') {
            if (i + 1 >= line.size || line.data[i + 1] != '"') {
                *field = doubled ? clr_bytes_of(copy, size) : clr_bytes_of(line.data + start, size);
                if (doubled) csv->scratch_used += size;
                *at = i + 1;
                return true;
            }
            doubled = true;
            i++;
        }
        copy[size++] = line.data[i];
    }
    return false;
}

static bool is_blank(struct clr_bytes line)
{
    return clr_bytes_trim(line).size == 0;
}

static enum clr_csv_result split(struct clr_csv *csv, struct clr_bytes line)
{
    size_t at = 0;

    for (;;) {
        struct clr_bytes *field = &csv->field[csv->count];

        if (csv->count == CLR_CSV_FIELDS_MAX) return bad(csv, "more columns than any table here has", "列数超过上限");
        if (at < line.size && line.data[at] == '"') {
            if (!quoted_field(csv, line, &at, field)) return bad(csv, "a quote is not closed on this line", "引号在本行内没有配对");
            if (at < line.size && line.data[at] != ',') return bad(csv, "text follows a closing quote", "引号之后还有其他字符");
        } else {
            const size_t start = at;
            while (at < line.size && line.data[at] != ',' && line.data[at] != '"') at++;
            if (at < line.size && line.data[at] == '"') return bad(csv, "a quote stands inside a field that does not start with one", "字段中间出现引号，字段应以引号开头");
            *field = clr_bytes_trim(clr_bytes_of(line.data + start, at - start));
        }
        csv->count++;
        if (at == line.size) return CLR_CSV_ROW;
        at++;
    }
}

enum clr_csv_result clr_csv_next(struct clr_csv *csv)
{
    struct clr_bytes line;

    csv->count = 0;
    csv->scratch_used = 0;
    do {
        if (!next_line(csv, &line)) {
            if (csv->last) return CLR_CSV_END;
            if (csv->text.size - csv->at <= CLR_CSV_LINE_MAX) return CLR_CSV_MORE;
            csv->row_line = csv->line;
            return bad_line(csv, "the line is too long", "行过长");
        }
    } while (is_blank(line));
    if (line.size > CLR_CSV_LINE_MAX) return bad_line(csv, "the line is too long", "行过长");
    if (has_control(line)) return bad_line(csv, "a control character (tab, NUL…) stands in the line", "行中含控制字符（制表符、NUL等）");
    if (!clr_utf8_valid(line)) return bad_line(csv, "the text is not UTF-8; save the file as UTF-8", "文本不是UTF-8编码；请另存为UTF-8");
    return split(csv, line);
}

/* ---- writing ---- */

bool clr_csv_runs(const char *text) { return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL; }

bool clr_csv_quoted(const char *text)
{
    return strpbrk(text, ",\"\r\n") != NULL || text[0] == ' ' || (text[0] != '\0' && text[strlen(text) - 1] == ' ');
}
