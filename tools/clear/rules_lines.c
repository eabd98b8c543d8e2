#include "rules_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static void push(struct rules_lines *lines, const char *file, char *text, uint64_t number, bool added)
{
    if (lines->count == lines->space) {
        lines->space = lines->space == 0 ? 64 : lines->space * 2;
        lines->line = memory_grow(lines->line, lines->space, sizeof *lines->line);
    }
    lines->line[lines->count++] = (struct rules_line){ memory_text(file), text, number, added };
}

static bool is_ini(const char *file)
{
    const size_t length = strlen(file);
    return length > 4 && strcmp(file + length - 4, ".ini") == 0;
}

void rules_lines_add(struct rules_lines *lines, const char *file, const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    char *section = memory_text("");
    const bool ini = is_ini(file);

    for (uint64_t number = 1; at < end; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *next = stop == NULL ? end : stop + 1;
        size_t length = (size_t)((stop == NULL ? end : stop) - at);

        if (length > 0 && at[length - 1] == '\r') length--;
        if (ini && length > 0 && at[0] == '[') {
            free(section);
            section = memory_print("%.*s ", (int)length, at);
        } else if (length > 0) {
            push(lines, file, memory_print("%s%.*s", section, (int)length, at), number, false);
        }
        at = next;
    }
    free(section);
}

void rules_lines_add_text(struct rules_lines *lines, const char *file, const char *text)
{
    push(lines, file, memory_text(text), 1, false);
}

static int by_text(const void *a, const void *b)
{
    const struct rules_line *left = a, *right = b;
    const int order = strcmp(left->file, right->file);
    return order != 0 ? order : strcmp(left->text, right->text);
}

static int by_place(const void *a, const void *b)
{
    const struct rules_line *left = a, *right = b;
    const int order = strcmp(left->file, right->file);

    if (order != 0) return order;
    if (left->number != right->number) return left->number < right->number ? -1 : 1;
    return (int)left->added - (int)right->added;
}

static void sort(struct rules_lines *lines, int (*order)(const void *, const void *))
{
    if (lines->count > 1) qsort(lines->line, lines->count, sizeof *lines->line, order);
}

void rules_lines_compare(struct rules_lines *older, struct rules_lines *newer, struct rules_lines *out)
{
    size_t i = 0, j = 0;

    *out = (struct rules_lines){ 0 };
    sort(older, by_text);
    sort(newer, by_text);
    while (i < older->count || j < newer->count) {
        const int order = i == older->count ? 1 : j == newer->count ? -1 : by_text(&older->line[i], &newer->line[j]);

        if (order == 0) {
            i++;
            j++;
        } else if (order < 0) {
            push(out, older->line[i].file, memory_text(older->line[i].text), older->line[i].number, false);
            i++;
        } else {
            push(out, newer->line[j].file, memory_text(newer->line[j].text), newer->line[j].number, true);
            j++;
        }
    }
    sort(out, by_place);
}

void rules_lines_free(struct rules_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        free(lines->line[i].file);
        free(lines->line[i].text);
    }
    free(lines->line);
    *lines = (struct rules_lines){ 0 };
}
