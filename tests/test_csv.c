/* test_csv.c: the strict CSV reader: rows it reads, lines it refuses, and the same answers however the text is cut. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/csv.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* Rows as "line:field|field", one a line; a refused line as "line/column!". */
static void dump(struct clr_csv *csv, char *text, size_t size, bool *more)
{
    size_t used = strlen(text);

    *more = false;
    for (;;) {
        const enum clr_csv_result result = clr_csv_next(csv);

        if (result == CLR_CSV_END) return;
        *more = result == CLR_CSV_MORE;
        if (*more) return;
        if (result == CLR_CSV_BAD) {
            snprintf(text + used, size - used, "%lu/%u!", (unsigned long)csv->row_line, csv->column);
            assert_true(csv->wrong_en[0] != '\0' && csv->wrong_zh[0] != '\0');
            return;
        }
        used += (size_t)snprintf(text + used, size - used, "%lu:", (unsigned long)csv->row_line);
        for (unsigned i = 0; i < csv->count; i++)
            used += (size_t)snprintf(text + used, size - used, "%s%.*s", i == 0 ? "" : "|", (int)csv->field[i].size, (const char *)csv->field[i].data);
        used += (size_t)snprintf(text + used, size - used, "\n");
        assert_true(used < size);
    }
}

static const struct {
    const char *name, *text, *want;
} cases[] = {
    { "plain",                        "a,b\n1,2\n",                 "1:a|b\n2:1|2\n" },
    { "no line end at the end",       "a,b\n1,2",                   "1:a|b\n2:1|2\n" },
    { "carriage returns",             "a,b\r\n1,2\r\n",             "1:a|b\n2:1|2\n" },
    { "byte order mark",              "\xEF\xBB\xBF" "a\n",         "1:a\n" },
    { "blank lines count as lines",   "a\n\n  \nb\n",               "1:a\n4:b\n" },
    { "empty fields",                 ",,\n",                       "1:||\n" },
    { "blanks around go",             " a , b \n",                  "1:a|b\n" },
    { "quoted blanks stay",           "\" a \",b\n",                "1: a |b\n" },
    { "comma in quotes",              "\"a,b\",c\n",                "1:a,b|c\n" },
    { "doubled quotes",               "\"a\"\"b\",\"\"\"\"\n",      "1:a\"b|\"\n" },
    { "empty quotes",                 "\"\",x\n",                   "1:|x\n" },
    { "Chinese",                      "地铁一号线,🚇\n",             "1:地铁一号线|🚇\n" },
    { "nothing",                      "",                           "" },
    { "only blank lines",             "\n\n",                       "" },
    { "quote not closed",             "a\n\"b,c\nd\n",              "1:a\n2/1!" },
    { "quote over two lines",         "a,\"b\nc\"\n",               "1/2!" },
    { "text after a quote",           "\"a\"b\n",                   "1/1!" },
    { "blank after a quote",          "x,\"a\" ,b\n",               "1/2!" },
    { "quote inside a field",         "ab\"c\n",                    "1/1!" },
    { "quote after a blank",          "a, \"b\"\n",                 "1/2!" },
    { "tab",                          "a\tb\n",                     "1/0!" },
    { "carriage return inside",       "a\rb\n",                     "1/0!" },
    { "delete",                       "a\x7F\n",                    "1/0!" },
    { "GBK",                          "\xB5\xD8\xCC\xFA\n",         "1/0!" },
    { "overlong slash",               "\xC0\xAF\n",                 "1/0!" },
    { "surrogate",                    "\xED\xA0\x80\n",             "1/0!" },
    { "above Unicode",                "\xF4\x90\x80\x80\n",         "1/0!" },
    { "cut character",                "a\xE5\x9C\n",                "1/0!" },
    { "33 columns",                   ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", "1/33!" },
    { "32 columns",                   ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n",  "1:|||||||||||||||||||||||||||||||\n" },
};

static void reads_or_refuses(void **state)
{
    static struct clr_csv csv;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[512] = "";
        bool more = false;

        clr_csv_init(&csv, clr_bytes_text(cases[i].text));
        dump(&csv, text, sizeof text, &more);
        if (more || strcmp(text, cases[i].want) != 0) fail_msg("%s: %s", cases[i].name, text);
    }
}

/* Fed in two parts, cut anywhere, the rows are the same. */
static void cuts_do_not_matter(void **state)
{
    static struct clr_csv csv;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const size_t size = strlen(cases[i].text);

        for (size_t cut = 0; cut <= size; cut++) {
            char text[512] = "";
            bool more = false;
            uint8_t *first = malloc(cut + 1);

            assert_non_null(first);
            memcpy(first, cases[i].text, cut);
            clr_csv_init(&csv, clr_bytes_of("", 0));
            clr_csv_feed(&csv, clr_bytes_of(first, cut), false);
            dump(&csv, text, sizeof text, &more);
            free(first);
            if (more) {
                clr_csv_feed(&csv, clr_bytes_of(cases[i].text + csv.at, size - csv.at), true);
                dump(&csv, text, sizeof text, &more);
            }
            if (more || strcmp(text, cases[i].want) != 0) fail_msg("%s cut at %zu: %s", cases[i].name, cut, text);
        }
    }
}

static void a_line_has_a_limit(void **state)
{
    static struct clr_csv csv;
    static char text[CLR_CSV_LINE_MAX + 2];

    (void)state;
    memset(text, 'x', sizeof text);
    clr_csv_init(&csv, clr_bytes_of(text, CLR_CSV_LINE_MAX));
    assert_int_equal(clr_csv_next(&csv), CLR_CSV_ROW);
    clr_csv_init(&csv, clr_bytes_of(text, CLR_CSV_LINE_MAX + 1));
    assert_int_equal(clr_csv_next(&csv), CLR_CSV_BAD);
    clr_csv_feed(&csv, clr_bytes_of(text, CLR_CSV_LINE_MAX), false);
    assert_int_equal(clr_csv_next(&csv), CLR_CSV_MORE);
    clr_csv_feed(&csv, clr_bytes_of(text, CLR_CSV_LINE_MAX + 1), false);
    assert_int_equal(clr_csv_next(&csv), CLR_CSV_BAD);
    /* A whole line of doubled quotes is unescaped in place of the scratch, which is as large as a line. */
    memset(text, '"', CLR_CSV_LINE_MAX);
    clr_csv_init(&csv, clr_bytes_of(text, CLR_CSV_LINE_MAX));
    assert_int_equal(clr_csv_next(&csv), CLR_CSV_ROW);
    assert_int_equal(csv.field[0].size, CLR_CSV_LINE_MAX / 2 - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_or_refuses),
        cmocka_unit_test(cuts_do_not_matter),
        cmocka_unit_test(a_line_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
