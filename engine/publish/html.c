#include "publish/html.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *clr_html_pick(const struct clr_html *html, const char *en, const char *zh) { return html->zh ? zh : en; }

void clr_html_raw(struct clr_html *html, const char *markup) { clr_pack_bytes(&html->pack, markup, strlen(markup)); }

void clr_html_format(struct clr_html *html, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CLR_ASSERT(size >= 0 && (size_t)size < sizeof text);
    clr_html_raw(html, text);
}

/* ---- text ---- */

#define REPLACED UINT32_C(0xfffd)

/** The next character and its size; what is no character is one byte and U+FFFD. */
static uint32_t next_character(const unsigned char *at, unsigned *size)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned want = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : at[0] >= 0xc0 ? 2 : 0;
    uint32_t character = want == 1 ? at[0] : at[0] & (0x7fu >> want);
    *size = 1;
    if (want == 1) return character;
    if (want == 0 || at[0] > 0xf4) return REPLACED;
    for (unsigned i = 1; i < want; i++) {
        if ((at[i] & 0xc0) != 0x80) return REPLACED;
        character = character << 6 | (at[i] & 0x3fu);
    }
    if (character < smallest[want] || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) return REPLACED;
    *size = want;
    return character;
}

/** Controls, and marks that change the direction of what follows. */
static bool is_hidden(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x61c || (character >= 0x200e && character <= 0x200f)
        || (character >= 0x2028 && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069) || (character & 0xfffe) == 0xfffe;
}

static void put_character(struct clr_html *html, uint32_t character, const unsigned char *bytes, unsigned size)
{
    switch (character) {
    case '<': clr_html_raw(html, "&lt;"); return;
    case '>': clr_html_raw(html, "&gt;"); return;
    case '&': clr_html_raw(html, "&amp;"); return;
    case '"': clr_html_raw(html, "&quot;"); return;
    case '\'': clr_html_raw(html, "&#39;"); return;
    default: break;
    }
    if (character == REPLACED || is_hidden(character)) clr_html_raw(html, "\xef\xbf\xbd");
    else clr_pack_bytes(&html->pack, bytes, size);
}

static unsigned columns_of(uint32_t character) { return character >= 0x1100 && character != REPLACED ? 2 : 1; }

static unsigned columns_of_text(const char *text)
{
    unsigned columns = 0, size;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at += size) columns += columns_of(next_character(at, &size));
    return columns;
}

void clr_html_label(struct clr_html *html, const char *text, unsigned width)
{
    const bool cut = columns_of_text(text) > width;
    unsigned columns = cut ? 1 : 0, size;                    /* the ellipsis takes one */
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at += size) {
        const uint32_t character = next_character(at, &size);
        columns += columns_of(character);
        if (columns > width) break;
        put_character(html, character, at, size);
    }
    if (cut) clr_html_raw(html, "\xe2\x80\xa6");
}

void clr_html_text(struct clr_html *html, const char *text)
{
    unsigned size;
    if (text == NULL) return;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at += size) {
        const uint32_t character = next_character(at, &size);
        put_character(html, character, at, size);
    }
}

void clr_html_say(struct clr_html *html, const char *en, const char *zh) { clr_html_text(html, clr_html_pick(html, en, zh)); }

/* ---- numbers ---- */

void clr_html_count(struct clr_html *html, int64_t count)
{
    char digits[24], text[40];
    const uint64_t size = count < 0 ? 0 - (uint64_t)count : (uint64_t)count;
    const int length = snprintf(digits, sizeof digits, "%" PRIu64, size);
    size_t at = 0;
    if (count < 0) text[at++] = '-';
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    clr_html_raw(html, text);
}

void clr_html_yuan(struct clr_html *html, clr_fen fen)
{
    char text[CLR_YUAN_TEXT_SIZE];
    clr_html_raw(html, clr_yuan_text(fen, text));
}

void clr_html_day(struct clr_html *html, clr_day day)
{
    char text[CLR_DAY_TEXT_SIZE];
    clr_html_raw(html, day == CLR_DAY_NONE ? "\xe2\x80\x93" : clr_day_text(day, text));
}

void clr_html_digest(struct clr_html *html, const uint8_t *digest, size_t size)
{
    for (size_t i = 0; i < size; i++) clr_html_format(html, "%02x", digest[i]);
}

/* ---- participants ---- */

static bool is_given(const char *text) { return text != NULL && text[0] != '\0'; }

const char *clr_html_called(const struct clr_html *html, const struct clr_name *name)
{
    const char *const first = html->zh ? name->zh : name->en, *const second = html->zh ? name->en : name->zh;
    if (is_given(first)) return first;
    if (is_given(second)) return second;
    return is_given(name->code) ? name->code : "?";
}

void clr_html_name(struct clr_html *html, const struct clr_name *name)
{
    const char *const called = clr_html_called(html, name);
    clr_html_text(html, called);
    if (!is_given(name->code) || strcmp(called, name->code) == 0) return;
    clr_html_raw(html, " <span class=\"code\">");
    clr_html_text(html, name->code);
    clr_html_raw(html, "</span>");
}

/* ---- sections and tables ---- */

void clr_html_section(struct clr_html *html, const char *id, const char *en, const char *zh)
{
    clr_html_format(html, "<section id=\"%s\">\n<h2>", id);
    clr_html_say(html, en, zh);
    clr_html_raw(html, "</h2>\n");
}

void clr_html_section_end(struct clr_html *html) { clr_html_raw(html, "</section>\n"); }

static void put_heads(struct clr_html *html, const char *heads)
{
    while (*heads != '\0') {
        char head[96];
        const bool number = *heads == '#';
        heads += number;
        const size_t size = strcspn(heads, "|");
        CLR_ASSERT(size < sizeof head);
        memcpy(head, heads, size);
        head[size] = '\0';
        heads += size + (heads[size] == '|');
        clr_html_raw(html, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
        clr_html_text(html, head);
        clr_html_raw(html, "</th>");
    }
}

void clr_html_table(struct clr_html *html, const char *en, const char *zh, const char *heads_en, const char *heads_zh)
{
    clr_html_raw(html, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    clr_html_say(html, en, zh);
    clr_html_raw(html, "\">\n<table>\n<caption>");
    clr_html_say(html, en, zh);
    clr_html_raw(html, "</caption>\n<thead><tr>");
    put_heads(html, clr_html_pick(html, heads_en, heads_zh));
    clr_html_raw(html, "</tr></thead>\n<tbody>\n");
}

void clr_html_table_end(struct clr_html *html) { clr_html_raw(html, "</tbody>\n</table>\n</div>\n"); }

void clr_html_row(struct clr_html *html, bool total) { clr_html_raw(html, total ? "<tr class=\"total\">" : "<tr>"); }
void clr_html_row_end(struct clr_html *html) { clr_html_raw(html, "</tr>\n"); }

void clr_html_head_cell(struct clr_html *html, const char *text)
{
    clr_html_raw(html, "<th scope=\"row\">");
    clr_html_text(html, text);
    clr_html_raw(html, "</th>");
}

void clr_html_head_name(struct clr_html *html, const struct clr_name *name)
{
    clr_html_raw(html, "<th scope=\"row\">");
    clr_html_name(html, name);
    clr_html_raw(html, "</th>");
}

void clr_html_cell(struct clr_html *html, const char *text)
{
    clr_html_raw(html, "<td>");
    clr_html_text(html, text);
    clr_html_raw(html, "</td>");
}

void clr_html_cell_name(struct clr_html *html, const struct clr_name *name)
{
    clr_html_raw(html, "<td>");
    clr_html_name(html, name);
    clr_html_raw(html, "</td>");
}

void clr_html_cell_count(struct clr_html *html, int64_t count)
{
    clr_html_raw(html, count < 0 ? "<td class=\"n neg\">" : count == 0 ? "<td class=\"n zero\">" : "<td class=\"n\">");
    clr_html_count(html, count);
    clr_html_raw(html, "</td>");
}

void clr_html_cell_yuan(struct clr_html *html, clr_fen fen)
{
    clr_html_raw(html, fen < 0 ? "<td class=\"n neg\">" : fen == 0 ? "<td class=\"n zero\">" : "<td class=\"n\">");
    clr_html_yuan(html, fen);
    clr_html_raw(html, "</td>");
}
