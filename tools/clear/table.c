#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "utf8.h"

#define GAP 2                    /* blanks between columns */

void table_start(struct table *table, FILE *out, enum table_style style, bool color)
{
    *table = (struct table){ .out = out, .style = style, .color = color };
}

void table_column(struct table *table, const char *heading, enum table_align align)
{
    assert(table->column_count < TABLE_COLUMNS_MAX);
    table->column[table->column_count].heading = memory_text(heading);
    table->column[table->column_count].align = align;
    table->column[table->column_count++].width = utf8_text_width(heading);
}

void table_print_clean(FILE *out, const char *text)
{
    const size_t size = strlen(text);

    for (size_t at = 0; at < size;) {
        uint32_t code;
        const size_t taken = utf8_next(text + at, size - at, &code);

        if (code == '\t' || code == '\n' || code == '\r') putc(' ', out);
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0)) putc('?', out);
        else if (code == UTF8_REPLACEMENT) fputs("\xEF\xBF\xBD", out);
        else fwrite(text + at, 1, taken, out);
        at += taken;
    }
}

/** Blanks are owed until a text follows them, so that no line ends in blanks. */
static void print_owed(struct table *table)
{
    for (; table->owed > 0; table->owed--) putc(' ', table->out);
}

static void print_cell(struct table *table, size_t column, const char *text)
{
    const size_t width = utf8_text_width(text);
    const size_t pad = table->column[column].width > width ? table->column[column].width - width : 0;

    if (column > 0) table->owed += GAP;
    if (table->column[column].align == TABLE_RIGHT) table->owed += pad;
    if (*text != '\0') print_owed(table);
    table_print_clean(table->out, text);
    if (table->column[column].align == TABLE_LEFT) table->owed += pad;
}

static void end_line(struct table *table)
{
    table->owed = 0;
    putc('\n', table->out);
}

static void print_head(struct table *table)
{
    if (table->headed) return;
    table->headed = true;
    if (table->style == TABLE_TABS) {
        for (size_t i = 0; i < table->column_count; i++)
            fprintf(table->out, "%s%c", table->column[i].heading, i + 1 == table->column_count ? '\n' : '\t');
        return;
    }
    if (table->color) fputs("\033[1m", table->out);
    for (size_t i = 0; i < table->column_count; i++) print_cell(table, i, table->column[i].heading);
    if (table->color) fputs("\033[0m", table->out);
    end_line(table);
}

/** Let the held cells widen their columns. */
static void measure(struct table *table)
{
    size_t column = 0;

    for (size_t i = 0; i < table->item_count; i++) {
        if (table->note[i]) continue;
        const size_t width = utf8_text_width(table->item[i]);
        if (width > table->column[column].width) table->column[column].width = width;
        column = (column + 1) % table->column_count;
    }
}

static void flush_rows(struct table *table)
{
    size_t column = 0;

    measure(table);
    print_head(table);
    for (size_t i = 0; i < table->item_count; i++) {
        if (table->note[i]) {
            fputs("    ", table->out);
            table_print_clean(table->out, table->item[i]);
            putc('\n', table->out);
        } else {
            print_cell(table, column, table->item[i]);
            column = (column + 1) % table->column_count;
            if (column == 0) end_line(table);
        }
        free(table->item[i]);
    }
    table->item_count = 0;
    table->row_count = 0;
}

static void hold(struct table *table, const char *text, bool note)
{
    if (table->item_count == table->item_space) {
        table->item_space = table->item_space == 0 ? 64 : table->item_space * 2;
        table->item = memory_grow(table->item, table->item_space, sizeof *table->item);
        table->note = memory_grow(table->note, table->item_space, sizeof *table->note);
    }
    table->note[table->item_count] = note;
    table->item[table->item_count++] = memory_text(text);
}

void table_cell(struct table *table, const char *text)
{
    const bool last = table->row_fill + 1 == table->column_count;

    if (text == NULL) text = "";
    if (table->style == TABLE_TABS) {
        print_head(table);
        table_print_clean(table->out, text);
        putc(last ? '\n' : '\t', table->out);
        table->row_fill = last ? 0 : table->row_fill + 1;
        return;
    }
    /* Full chunks are printed before a new row begins, so that the notes of the last one still follow it. */
    if (table->row_fill == 0 && table->row_count >= TABLE_CHUNK) flush_rows(table);
    hold(table, text, false);
    table->row_fill = last ? 0 : table->row_fill + 1;
    if (last) table->row_count++;
}

void table_note(struct table *table, const char *text)
{
    assert(table->row_fill == 0);
    if (table->style == TABLE_ALIGNED) hold(table, text, true);
}

void table_end(struct table *table)
{
    assert(table->row_fill == 0);
    if (table->style == TABLE_TABS) print_head(table);
    else flush_rows(table);
    for (size_t i = 0; i < table->column_count; i++) free(table->column[i].heading);
    free(table->item);
    free(table->note);
    *table = (struct table){ 0 };
}
