/* test_cli_output.c: JSON, tables, rows and CSV: valid and aligned whatever goes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "row.h"
#include "rows.h"
#include "table.h"
#include "text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/** A stream into memory; `*text` is valid after fclose(). */
struct memory {
    char *text;
    size_t size;
    FILE *out;
};

static void memory_open(struct memory *memory)
{
    memory->out = open_memstream(&memory->text, &memory->size);
    assert_non_null(memory->out);
}

static void memory_check(struct memory *memory, const char *name, const char *want)
{
    assert_int_equal(fclose(memory->out), 0);
    if (strcmp(memory->text, want) != 0) fail_msg("%s:\n<%s>\nwanted\n<%s>", name, memory->text, want);
    free(memory->text);
}

static void json_text_is_escaped(void **state)
{
    static const struct { const char *name, *text; size_t size; const char *want; } cases[] = {
        { "empty", "", 0, "[\"\"]\n" },
        { "plain", "abc", 3, "[\"abc\"]\n" },
        { "quote and backslash", "a\"b\\c", 5, "[\"a\\\"b\\\\c\"]\n" },
        { "line ends and tab", "a\nb\rc\td", 7, "[\"a\\nb\\rc\\td\"]\n" },
        { "control characters", "\x01\x1F\x7F", 3, "[\"\\u0001\\u001f\\u007f\"]\n" },
        { "escape character", "\x1B[31m", 5, "[\"\\u001b[31m\"]\n" },
        { "NUL inside", "a\0b", 3, "[\"a\\u0000b\"]\n" },
        { "Chinese stays", "结算", 6, "[\"结算\"]\n" },
        { "four bytes stay", "\xF0\x9F\x98\x80", 4, "[\"\xF0\x9F\x98\x80\"]\n" },
        { "slash stays", "a/b", 3, "[\"a/b\"]\n" },
        { "a broken byte", "a\xFFz", 3, "[\"a\xEF\xBF\xBDz\"]\n" },
        { "GBK text", "\xBD\xE1", 2, "[\"\xEF\xBF\xBD\xEF\xBF\xBD\"]\n" },
        { "cut at the end", "a\xE7\xBB", 3, "[\"a\xEF\xBF\xBD\xEF\xBF\xBD\"]\n" },
        { "a surrogate", "\xED\xA0\x80", 3, "[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"]\n" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct memory memory;
        struct json json;
        memory_open(&memory);
        json_start(&json, memory.out);
        json_open(&json, NULL, '[');
        json_bytes(&json, NULL, cases[i].text, cases[i].size);
        json_close(&json);
        memory_check(&memory, cases[i].name, cases[i].want);
    }
}

static void json_nests(void **state)
{
    static const uint8_t bytes[] = { 0x0A, 0xFF };
    struct memory memory;
    struct json json;

    (void)state;
    memory_open(&memory);
    json_start(&json, memory.out);
    json_open(&json, NULL, '{');
    json_open(&json, "empty", '[');
    json_close(&json);
    json_open(&json, "list", '[');
    json_count(&json, NULL, UINT64_MAX);
    json_open(&json, NULL, '{');
    json_fen(&json, "fen", INT64_MIN);
    json_close(&json);
    json_null(&json, NULL);
    json_close(&json);
    json_flag(&json, "yes", true);
    json_flag(&json, "no", false);
    json_text(&json, "nothing", NULL);
    json_hex(&json, "hex", bytes, sizeof bytes);
    json_seconds(&json, "elapsed_s", 1250000);
    json_close(&json);
    memory_check(&memory, "nesting",
                 "{\"empty\":[],\"list\":[18446744073709551615,{\"fen\":-9223372036854775808},null],\"yes\":true,\"no\":false,"
                 "\"nothing\":null,\"hex\":\"0aff\",\"elapsed_s\":1.250000}\n");
}

static void tables_align_by_columns(void **state)
{
    struct memory memory;
    struct table table;

    (void)state;
    memory_open(&memory);
    table_start(&table, memory.out, TABLE_ALIGNED, false);
    table_column(&table, "名称", TABLE_LEFT);
    table_column(&table, "fen", TABLE_RIGHT);
    table_column(&table, "note", TABLE_LEFT);
    table_cell(&table, "扬州市民卡");
    table_cell(&table, "7");
    table_cell(&table, "x");
    table_note(&table, "under it");
    table_cell(&table, "bus");
    table_cell(&table, "1,234");
    table_cell(&table, NULL);
    table_end(&table);
    memory_check(&memory, "aligned",
                 "名称          fen  note\n"
                 "扬州市民卡      7  x\n"
                 "    under it\n"
                 "bus         1,234\n");
}

static void tables_without_rows_keep_their_head(void **state)
{
    struct memory memory;
    struct table table;

    (void)state;
    for (int style = TABLE_ALIGNED; style <= TABLE_TABS; style++) {
        memory_open(&memory);
        table_start(&table, memory.out, style, false);
        table_column(&table, "a", TABLE_LEFT);
        table_column(&table, "b", TABLE_RIGHT);
        table_end(&table);
        memory_check(&memory, "empty", style == TABLE_TABS ? "a\tb\n" : "a  b\n");
    }
}

static void cells_cannot_act_on_a_terminal(void **state)
{
    static const struct { const char *name, *text, *want; } cases[] = {
        { "escape sequence", "\x1B[2J", "?[2J" },
        { "C1 control", "\xC2\x9B" "31m", "?31m" },
        { "tab and line end", "a\tb\nc\rd", "a b c d" },
        { "bell and delete", "\x07\x7F", "??" },
        { "broken UTF-8", "\xFF", "\xEF\xBF\xBD" },
        { "Chinese", "结", "结" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct memory memory;
        memory_open(&memory);
        table_print_clean(memory.out, cases[i].text);
        memory_check(&memory, cases[i].name, cases[i].want);
    }
}

static void tabs_stay_one_cell_a_column(void **state)
{
    struct memory memory;
    struct table table;

    (void)state;
    memory_open(&memory);
    table_start(&table, memory.out, TABLE_TABS, false);
    table_column(&table, "a", TABLE_LEFT);
    table_column(&table, "b", TABLE_RIGHT);
    table_cell(&table, "x\ty");
    table_cell(&table, "1\n2");
    table_note(&table, "not in a pipe");
    table_cell(&table, NULL);
    table_cell(&table, "3");
    table_end(&table);
    memory_check(&memory, "tabs", "a\tb\nx y\t1 2\n\t3\n");
}

static void long_tables_go_on(void **state)
{
    struct memory memory;
    struct table table;
    size_t lines = 0;
    char number[16];

    (void)state;
    memory_open(&memory);
    table_start(&table, memory.out, TABLE_ALIGNED, false);
    table_column(&table, "n", TABLE_RIGHT);
    for (int i = 0; i < 2 * TABLE_CHUNK + 7; i++) {
        snprintf(number, sizeof number, "%d", i);
        table_cell(&table, number);
        if (i == TABLE_CHUNK - 1) table_note(&table, "of the last row of a chunk");
    }
    table_end(&table);
    assert_int_equal(fclose(memory.out), 0);
    for (const char *at = memory.text; (at = strchr(at, '\n')) != NULL; at++) lines++;
    assert_int_equal(lines, 1 + 2 * TABLE_CHUNK + 7 + 1);
    assert_non_null(strstr(memory.text, "\n999\n    of the last row of a chunk\n1000\n"));
    free(memory.text);
}

/** One field of every type. */
static void sample_row(struct row *row)
{
    row_start(row);
    row_text(row, "text", "text", "文字", "a,\"b\"");
    row_term(row, "term", "term", "词", (struct clr_term){ "pending", "待定", "waits" });
    row_count(row, "count", "count", "数", 1234567);
    row_fen(row, "amount_fen", "amount", "金额", -123456);
    row_flag(row, "flag", "flag", "标志", true);
    row_list(row, "list", "list", "表", "x;y");
    row_day(row, "day", "day", "日", 0);
    row_day(row, "no_day", "no day", "无日", CLR_DAY_NONE);
    row_time(row, "time", "time", "时", 0);
    row_seconds(row, "elapsed_s", "s", "秒", 1500000);
    row_text(row, "hidden", "hidden", "隐", "h");
    row_hide(row);
    row_count(row, "unknown", "unknown", "未知", 5);
    row_unknown(row);
}

static void a_row_in_json(void **state)
{
    struct memory memory;
    struct json json;
    struct row row;

    (void)state;
    sample_row(&row);
    memory_open(&memory);
    json_start(&json, memory.out);
    json_open(&json, NULL, '{');
    row_json(&row, &json);
    json_close(&json);
    memory_check(&memory, "json",
                 "{\"text\":\"a,\\\"b\\\"\",\"term\":\"pending\",\"count\":1234567,\"amount_fen\":-123456,\"flag\":true,\"list\":[\"x\",\"y\"],"
                 "\"day\":\"1970-01-01\",\"no_day\":null,\"time\":\"1970-01-01T08:00:00+08:00\",\"elapsed_s\":1.500000,\"hidden\":\"h\",\"unknown\":null}\n");
}

static void a_row_in_csv(void **state)
{
    struct memory memory;
    struct row row;

    (void)state;
    sample_row(&row);
    memory_open(&memory);
    row_csv_head(&row, memory.out);
    row_csv(&row, memory.out);
    memory_check(&memory, "csv",
                 "text,term,count,amount_fen,flag,list,day,no_day,time,elapsed_s,hidden,unknown\n"
                 "\"a,\"\"b\"\"\",pending,1234567,-123456,true,x;y,1970-01-01,,1970-01-01T08:00:00+08:00,1.500000,h,\n");
}

/* What a sender wrote must not run in the spreadsheet of whoever opens the file; numbers keep their sign. */
static void csv_cells(void **state)
{
    static const struct { const char *name, *text, *want; } rows[] = {
        { "plain", "bus", "bus" },
        { "empty", "", "" },
        { "equals", "=1+1", "'=1+1" },
        { "plus", "+86", "'+86" },
        { "minus", "-2", "'-2" },
        { "at", "@SUM(A1)", "'@SUM(A1)" },
        { "tab", "\t=1", "'\t=1" },
        { "carriage return", "\r=1", "\"'\r=1\"" },
        { "formula with a comma", "=HYPERLINK(\"http://x\",1)", "\"'=HYPERLINK(\"\"http://x\"\",1)\"" },
        { "sign inside", "a=b", "a=b" },
        { "apostrophe", "'=1", "'=1" },
        { "blank before", " =1", "\" =1\"" },
        { "blank behind", "x ", "\"x \"" },
        { "Chinese", "＝1", "＝1" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct memory memory;
        struct row row;
        char want[160];

        row_start(&row);
        row_text(&row, "text", "Text", "文本", rows[i].text);
        row_fen(&row, "amount_fen", "Amount", "金额", -5);
        row_balance(&row, "count", "Count", "笔数", -1);
        snprintf(want, sizeof want, "%s,-5,-1\n", rows[i].want);
        memory_open(&memory);
        row_csv(&row, memory.out);
        memory_check(&memory, rows[i].name, want);
    }
}

static void show_row(enum table_style style, enum text_lang lang, const char *want)
{
    struct memory memory;
    struct table table;
    struct row row;

    text_lang_set(lang);
    sample_row(&row);
    memory_open(&memory);
    table_start(&table, memory.out, style, false);
    row_table_head(&row, &table);
    row_table(&row, &table);
    table_end(&table);
    text_lang_set(TEXT_EN);
    memory_check(&memory, "table", want);
}

static void a_row_in_tables(void **state)
{
    (void)state;
    show_row(TABLE_ALIGNED, TEXT_EN,
             "text   term       count     amount  flag  list  day         no day  time                              s  unknown\n"
             "a,\"b\"  waits  1,234,567  -1,234.56  yes   x;y   1970-01-01          1970-01-01T08:00:00+08:00  1.500000\n");
    show_row(TABLE_ALIGNED, TEXT_ZH,
             "文字   词           数       金额  标志  表   日          无日  时                               秒  未知\n"
             "a,\"b\"  待定  1,234,567  -1,234.56  是    x;y  1970-01-01        1970-01-01T08:00:00+08:00  1.500000\n");
    /* Pipes do not depend on the language. */
    const char *const tabs =
        "text\tterm\tcount\tamount_fen\tflag\tlist\tday\tno_day\ttime\telapsed_s\thidden\tunknown\n"
        "a,\"b\"\tpending\t1234567\t-123456\ttrue\tx;y\t1970-01-01\t\t1970-01-01T08:00:00+08:00\t1.500000\th\t\n";
    show_row(TABLE_TABS, TEXT_EN, tabs);
    show_row(TABLE_TABS, TEXT_ZH, tabs);
}

static void counts_may_be_negative(void **state)
{
    static const struct { int64_t count; const char *aligned, *tabs; } cases[] = {
        { 0, "n\n0\n", "n\n0\n" },
        { 1234, "    n\n1,234\n", "n\n1234\n" },
        { -1234, "     n\n-1,234\n", "n\n-1234\n" },
        { INT64_MIN, "                         n\n-9,223,372,036,854,775,808\n", "n\n-9223372036854775808\n" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int style = TABLE_ALIGNED; style <= TABLE_TABS; style++) {
            struct memory memory;
            struct table table;
            struct row row;
            row_start(&row);
            row_balance(&row, "n", "n", "数", cases[i].count);
            memory_open(&memory);
            table_start(&table, memory.out, (enum table_style)style, false);
            row_table_head(&row, &table);
            row_table(&row, &table);
            table_end(&table);
            memory_check(&memory, "balance", style == TABLE_TABS ? cases[i].tabs : cases[i].aligned);
        }
    }
}

static void kept_texts_never_overrun(void **state)
{
    struct row row;
    char long_text[3000];

    (void)state;
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    row_start(&row);
    const char *first = row_keep(&row, long_text), *second = row_keep(&row, long_text), *third = row_keep(&row, "x");
    assert_int_equal(strlen(first), sizeof long_text - 1);
    assert_int_equal(strlen(second), sizeof row.scratch - sizeof long_text - 1);
    assert_string_equal(third, "");
    assert_true(row.used <= sizeof row.scratch);
}

static const struct row_field *field_of(const struct row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++)
        if (strcmp(row->field[i].name, name) == 0) return &row->field[i];
    fail_msg("no field %s", name);
    return NULL;
}

static void records_show_only_what_is_known(void **state)
{
    struct clr_record record = {
        .id = clr_record_id_of(7, 12), .file_name = "a.txt", .decoded = true, .flags = CLR_FLAG_HAS_TAC | CLR_FLAG_GRAY, .tac = 0xAB,
        .reasons = CLR_REASON_MASK(GRAY) | CLR_REASON_MASK(TAC_MISMATCH) | CLR_NOTE_MASK_SEEN_BEFORE, .amount_fen = 200, .counter = 9,
    };
    struct row row;

    (void)state;
    row_of_record(&row, &record);
    assert_string_equal(field_of(&row, "record")->text, "r7-12");
    assert_string_equal(field_of(&row, "verdict")->text, "rejected");
    assert_string_equal(field_of(&row, "reason")->text, "tac-mismatch");
    assert_string_equal(field_of(&row, "reasons")->text, "tac-mismatch;gray");
    assert_string_equal(field_of(&row, "notes")->text, "seen-before");
    assert_string_equal(field_of(&row, "tac")->text, "000000ab");
    assert_string_equal(field_of(&row, "flags")->text, "gray");
    assert_int_equal(field_of(&row, "counter")->type, ROW_COUNT);
    assert_int_equal(field_of(&row, "price_fen")->type, ROW_NULL);
    record.flags = CLR_FLAG_OPEN;
    row_of_record(&row, &record);
    assert_int_equal(field_of(&row, "counter")->type, ROW_NULL);
    assert_int_equal(field_of(&row, "tac")->type, ROW_NULL);
    record.decoded = false;
    row_of_record(&row, &record);
    assert_int_equal(field_of(&row, "amount_fen")->type, ROW_NULL);
    assert_int_equal(field_of(&row, "traded_at")->type, ROW_NULL);
    assert_int_equal(field_of(&row, "card")->type, ROW_NULL);
}

static void all_reasons_fit_one_text(void **state)
{
    char text[REASONS_TEXT_SIZE];

    (void)state;
    reasons_text(CLR_REASONS_ALL, text);
    assert_non_null(strstr(text, "malformed;"));
    assert_non_null(strstr(text, ";tac-unverified"));
    assert_true(strlen(text) + 64 < REASONS_TEXT_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_text_is_escaped),
        cmocka_unit_test(json_nests),
        cmocka_unit_test(tables_align_by_columns),
        cmocka_unit_test(tables_without_rows_keep_their_head),
        cmocka_unit_test(cells_cannot_act_on_a_terminal),
        cmocka_unit_test(tabs_stay_one_cell_a_column),
        cmocka_unit_test(long_tables_go_on),
        cmocka_unit_test(a_row_in_json),
        cmocka_unit_test(a_row_in_csv),
        cmocka_unit_test(csv_cells),
        cmocka_unit_test(a_row_in_tables),
        cmocka_unit_test(counts_may_be_negative),
        cmocka_unit_test(kept_texts_never_overrun),
        cmocka_unit_test(records_show_only_what_is_known),
        cmocka_unit_test(all_reasons_fit_one_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
