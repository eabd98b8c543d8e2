/*
 * rules_calendar.c: banking days, settlement dates and receipt windows; and limits.csv, which only later stages
 * read: it is checked here so that a folder that loads is a good folder.
 */
#include <stdlib.h>

#include "model/rules_index.h"

/* ---- calendar.csv ---- */

enum { DATE, KIND, CALENDAR_COLUMNS };
static const struct clr_rules_column calendar_columns[CALENDAR_COLUMNS] = { { "date", true, false }, { "kind", true, false } };

static enum clr_status read_date(struct clr_rules_table *table, struct clr_rules_date *date)
{
    static const char *const kinds[] = { "bank", "closed", NULL };
    int kind = 0;

    date->day = clr_day_parse(clr_rules_cell(table, DATE));
    if (date->day == CLR_DAY_NONE) return RULES_FAIL(table, DATE, "not a date that exists, written YYYY-MM-DD", "不是有效日期，格式应为YYYY-MM-DD");
    CLR_TRY(clr_rules_cell_choice(table, KIND, kinds, -1, &kind));
    date->bank = kind == 0;
    date->line = (uint32_t)table->csv.row_line;
    return CLR_OK;
}

static enum clr_status read_dates(struct clr_rules_load *load)
{
    struct clr_rules_index *index = load->index;
    struct clr_rules_table table;
    size_t capacity = 0;
    bool more = false;

    CLR_TRY(clr_rules_load_table(load, "calendar.csv", calendar_columns, CALENDAR_COLUMNS, &table, &more));
    while (more) {
        enum clr_status status;
        void *grown;

        CLR_TRY(clr_rules_table_next(&table, &more));
        if (!more) break;
        grown = clr_rules_load_room(&table, index->date, index->date_count, &capacity, CLR_RULES_DATES_MAX, sizeof *index->date, &status);
        CLR_TRY(status);
        index->date = grown;
        CLR_TRY(read_date(&table, &index->date[index->date_count]));
        index->date_count++;
    }
    return CLR_OK;
}

static int by_day(const void *left, const void *right)
{
    const struct clr_rules_date *a = left, *b = right;

    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

enum clr_status clr_rules_load_calendar(struct clr_rules_load *load)
{
    struct clr_rules_index *index = load->index;
    const struct clr_rules_date *again = NULL;
    char text[CLR_DAY_TEXT_SIZE];

    CLR_TRY(read_dates(load));
    if (index->date_count > 1) qsort(index->date, index->date_count, sizeof *index->date, by_day);
    for (size_t i = 1; i < index->date_count; i++) {
        if (index->date[i].day == index->date[i - 1].day && (again == NULL || index->date[i].line < again->line)) again = &index->date[i];
    }
    if (again == NULL) return CLR_OK;
    return clr_rules_place(load->fault, "calendar.csv", again->line, "date", clr_bytes_text(clr_day_text(again->day, text)),
                           clr_fault_say(load->fault, CLR_USAGE, "the date is listed already", "该日期已经列出"));
}

bool clr_rules_bank_day(const struct clr_rules *rules, clr_day day)
{
    const struct clr_rules_index *index = clr_rules_index_of(rules);
    size_t low = 0, high = index->date_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (index->date[middle].day == day) return index->date[middle].bank;
        if (index->date[middle].day < day) low = middle + 1;
        else high = middle;
    }
    return clr_day_weekday(day) < 5;
}

/* The calendar is finite, and past its end weekdays are banking days: the search ends. */
clr_day clr_rules_settlement_day(const struct clr_rules *rules, enum clr_product product, clr_day business_day)
{
    clr_day day = business_day;
    int left = rules->product[product].settle_days;

    if (left == 0) {
        while (!clr_rules_bank_day(rules, day)) day++;
    }
    while (left > 0) left -= clr_rules_bank_day(rules, ++day);
    return day;
}

clr_day clr_rules_receipt_window(const struct clr_rules *rules, enum clr_product product, int64_t stamp_s)
{
    return clr_day_of_time(stamp_s - rules->product[product].cut_off_s) + 1;
}

/* ---- limits.csv ---- */

enum { PARTICIPANT, PRODUCT, CAP, PREPAID, LIMIT_FROM, LIMIT_TO, LIMIT_COLUMNS };
static const struct clr_rules_column limit_columns[LIMIT_COLUMNS] = {
    { "participant", true, false }, { "product", true, false },     { "net_debit_cap_fen", false, false }, { "prepaid_fen", false, false },
    { "valid_from", false, false }, { "valid_to", false, false },
};

static enum clr_status read_limit(struct clr_rules_table *table, struct clr_rules_load *load, struct clr_rules_span *span)
{
    int64_t fen = 0;
    int head = -1, product = 0;

    CLR_TRY(clr_rules_cell_participant(table, PARTICIPANT, load->rules, &head));
    if (head < 0) return RULES_FAIL(table, PARTICIPANT, "a limit is for one participant", "限额须对应一个参与方");
    span->key = clr_bytes_text(load->rules->participant[head].code);
    CLR_TRY(clr_rules_cell_word(table, PRODUCT, &clr_rules_products, true, &product));
    span->space = (uint32_t)(product + 1);
    CLR_TRY(clr_rules_cell_whole(table, CAP, 0, INT64_C(999999999999999999), 0, &fen));
    CLR_TRY(clr_rules_cell_whole(table, PREPAID, 0, INT64_C(999999999999999999), 0, &fen));
    return clr_rules_cell_validity(table, LIMIT_FROM, LIMIT_TO, &span->from, &span->to);
}

static enum clr_status read_limits(struct clr_rules_load *load, struct clr_rules_spans *spans)
{
    struct clr_rules_table table;
    bool more = false;

    CLR_TRY(clr_rules_load_table(load, "limits.csv", limit_columns, LIMIT_COLUMNS, &table, &more));
    while (more) {
        struct clr_rules_span span = { { NULL, 0 }, 0, 0, 0, 0 };

        CLR_TRY(clr_rules_table_next(&table, &more));
        if (!more) break;
        if (spans->count == CLR_RULES_ROWS_MAX) return RULES_FAIL(&table, -1, "more than %d rows", "超过%d行", CLR_RULES_ROWS_MAX);
        CLR_TRY(read_limit(&table, load, &span));
        span.line = table.csv.row_line;
        if (clr_rules_spans_add(spans, &span) != CLR_OK) return clr_rules_out_of_memory(load->fault, "limits.csv");
    }
    return CLR_OK;
}

enum clr_status clr_rules_load_limits(struct clr_rules_load *load)
{
    struct clr_rules_spans spans = { 0 };
    const enum clr_status status = read_limits(load, &spans);

    if (status == CLR_OK)
        return clr_rules_load_clash(load, &spans, "limits.csv", "participant", "the participant has a limit at the same time, in line %llu", "该参与方同时另有限额（第%llu行）");
    clr_rules_spans_free(&spans);
    return status;
}
