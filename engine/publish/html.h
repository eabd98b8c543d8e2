/*
 * html.h: HTML written into a growing buffer, in one of two languages.
 *
 * Safety    clr_html_raw and clr_html_format take markup of ours; everything else is escaped. Bytes that are no UTF-8, control characters
 *           and marks that turn the direction of writing come out as U+FFFD: a name can neither make markup nor reorder its line.
 * Errors    running out of memory sets pack.bad, asked for once at the end.
 * Threads   plain data.
 */
#ifndef CLR_PUBLISH_HTML_H
#define CLR_PUBLISH_HTML_H

#include "base/day.h"
#include "base/money.h"
#include "settle/position.h"
#include "store/pack.h"

struct clr_html {
    struct clr_pack pack;
    bool zh;
};

/** The text of the language. */
const char *clr_html_pick(const struct clr_html *html, const char *en, const char *zh);

/** Markup as it is. */
void clr_html_raw(struct clr_html *html, const char *markup);
/** Markup with numbers and our own words in it, at most 500 bytes. */
__attribute__((format(printf, 2, 3))) void clr_html_format(struct clr_html *html, const char *format, ...);

/** Text, escaped. NULL is nothing. */
void clr_html_text(struct clr_html *html, const char *text);
/** At most `width` columns of it (a Chinese character takes two), the rest as "…": for labels in pictures. */
void clr_html_label(struct clr_html *html, const char *text, unsigned width);
/** One of two texts, escaped. */
void clr_html_say(struct clr_html *html, const char *en, const char *zh);

/** "1,234,567"; "-1,234.56"; "2026-03-03"; lower-case hex. */
void clr_html_count(struct clr_html *html, int64_t count);
void clr_html_yuan(struct clr_html *html, clr_fen fen);
void clr_html_day(struct clr_html *html, clr_day day);
void clr_html_digest(struct clr_html *html, const uint8_t *digest, size_t size);

/** What a participant is called in the language, else in the other, else its code. */
const char *clr_html_called(const struct clr_html *html, const struct clr_name *name);
/** The name, and the code small beside it. */
void clr_html_name(struct clr_html *html, const struct clr_name *name);

/** <section> with a heading; ends with clr_html_section_end. `id` is our own word. */
void clr_html_section(struct clr_html *html, const char *id, const char *en, const char *zh);
void clr_html_section_end(struct clr_html *html);

/**
 * A table that scrolls by itself when it is wider than the page. Headings: "text|text…", one per column; a leading '#': numbers.
 * @param en,zh  the caption, also what a screen reader announces.
 */
void clr_html_table(struct clr_html *html, const char *en, const char *zh, const char *heads_en, const char *heads_zh);
void clr_html_table_end(struct clr_html *html);

/** Rows: <tr> … </tr>; `total` rows stand out. The first cell of a row is its heading: clr_html_head_…. */
void clr_html_row(struct clr_html *html, bool total);
void clr_html_row_end(struct clr_html *html);
void clr_html_head_cell(struct clr_html *html, const char *text);
void clr_html_head_name(struct clr_html *html, const struct clr_name *name);
void clr_html_cell(struct clr_html *html, const char *text);
void clr_html_cell_name(struct clr_html *html, const struct clr_name *name);
void clr_html_cell_count(struct clr_html *html, int64_t count);
void clr_html_cell_yuan(struct clr_html *html, clr_fen fen);

#endif
