/* rules_table.c: rows of named, typed cells, and the place of whatever is wrong with one. See rules_table.h. */
#include "model/rules_table.h"

#include <stdio.h>

const struct clr_rules_words clr_rules_products = { clr_product_find, clr_product_term, CLR_PRODUCT_COUNT };
const struct clr_rules_words clr_rules_formats = { clr_format_find, clr_format_term, CLR_FORMAT_COUNT };
const struct clr_rules_words clr_rules_kinds = { clr_kind_find, clr_kind_term, CLR_KIND_COUNT };
const struct clr_rules_words clr_rules_services = { clr_service_find, clr_service_term, CLR_SERVICE_COUNT };
const struct clr_rules_words clr_rules_roles = { clr_role_find, clr_role_term, CLR_ROLE_COUNT };

void clr_rules_seen(struct clr_fault *fault, struct clr_bytes text)
{
    size_t size = text.size;

    if (fault == NULL) return;
    if (size >= sizeof fault->seen) {
        size = sizeof fault->seen - 1;
        while (size > 0 && (text.data[size] & 0xC0) == 0x80) size--;
    }
    if (size > 0) memcpy(fault->seen, text.data, size);
    fault->seen[size] = '\0';
}

enum clr_status clr_rules_out_of_memory(struct clr_fault *fault, const char *file)
{
    const enum clr_status status = clr_fault_say(fault, CLR_FULL, "not enough memory for the rules; free some and load again", "内存不足，无法装载规则；请释放内存后重试");

    clr_fault_at(fault, file, 0, NULL);
    return status;
}

enum clr_status clr_rules_table_place(struct clr_rules_table *table, int column, enum clr_status status)
{
    if (table->fault == NULL) return status;
    clr_fault_at(table->fault, table->file, table->csv.row_line, column < 0 ? NULL : table->column[column].name);
    if (column >= 0 && !table->column[column].secret) clr_rules_seen(table->fault, clr_rules_cell(table, (unsigned)column));
    return status;
}

void clr_rules_table_init(struct clr_rules_table *table, const char *file, const struct clr_rules_column *column, unsigned count, struct clr_fault *fault)
{
    CLR_ASSERT(count <= CLR_CSV_FIELDS_MAX);
    table->file = file;
    table->column = column;
    table->column_count = count;
    table->fault = fault;
    for (unsigned i = 0; i < count; i++) table->place[i] = -1;
    clr_csv_init(&table->csv, clr_bytes_of("", 0));
}

/* The reader knows the number of the field only; its name is in the header, if that was read. Its texts are constants without formats. */
static enum clr_status bad_line(struct clr_rules_table *table)
{
    const enum clr_status status = clr_fault_say(table->fault, CLR_USAGE, table->csv.wrong_en, table->csv.wrong_zh);

    clr_fault_at(table->fault, table->file, table->csv.row_line, NULL);
    for (unsigned i = 0; i < table->column_count; i++) {
        if (table->place[i] >= 0 && (unsigned)table->place[i] + 1 == table->csv.column) clr_fault_at(table->fault, NULL, 0, table->column[i].name);
    }
    return status;
}

static enum clr_status unknown_column(struct clr_rules_table *table, unsigned field)
{
    char names[400] = "";
    size_t size = 0;

    for (unsigned i = 0; i < table->column_count && size < sizeof names; i++)
        size += (size_t)snprintf(names + size, sizeof names - size, "%s%s", i > 0 ? "," : "", table->column[i].name);
    return clr_fault_say(table->fault, CLR_USAGE, "column %u is not one this file has; its columns are %s", "第%u列不是本文件应有的列；本文件的列为 %s",
                         field + 1, names);
}

static enum clr_status place_column(struct clr_rules_table *table, unsigned field)
{
    const struct clr_bytes name = table->csv.field[field];
    enum clr_status status = CLR_OK;
    unsigned i = 0;

    while (i < table->column_count && !clr_bytes_equal(clr_bytes_text(table->column[i].name), name)) i++;
    if (i < table->column_count && table->place[i] < 0) {
        table->place[i] = (int)field;
        return CLR_OK;
    }
    if (i < table->column_count)
        status = clr_fault_say(table->fault, CLR_USAGE, "column %u repeats a column", "第%u列与前面的列重复", field + 1);
    else
        status = unknown_column(table, field);
    clr_rules_seen(table->fault, name);
    clr_fault_at(table->fault, table->file, table->csv.row_line, table->fault == NULL ? NULL : table->fault->seen);
    return status;
}

enum clr_status clr_rules_table_header(struct clr_rules_table *table)
{
    const enum clr_csv_result result = clr_csv_next(&table->csv);

    if (result == CLR_CSV_BAD) return bad_line(table);
    if (result != CLR_CSV_ROW) {
        const enum clr_status status = clr_fault_say(table->fault, CLR_USAGE, "the file has no header line", "文件缺少表头行");
        clr_fault_at(table->fault, table->file, 1, NULL);
        return status;
    }
    for (unsigned i = 0; i < table->csv.count; i++) CLR_TRY(place_column(table, i));
    for (unsigned i = 0; i < table->column_count; i++) {
        if (!table->column[i].required || table->place[i] >= 0) continue;
        return RULES_FAIL(table, i, "column %s is missing", "缺少列%s", table->column[i].name);
    }
    return CLR_OK;
}

static unsigned header_count(const struct clr_rules_table *table)
{
    unsigned count = 0;

    for (unsigned i = 0; i < table->column_count; i++) count += table->place[i] >= 0;
    return count;
}

enum clr_status clr_rules_table_next(struct clr_rules_table *table, bool *row)
{
    const enum clr_csv_result result = clr_csv_next(&table->csv);

    *row = result == CLR_CSV_ROW;
    if (result == CLR_CSV_BAD) return bad_line(table);
    if (!*row) return CLR_OK;
    if (table->csv.count != header_count(table)) {
        const unsigned count = table->csv.count;
        table->csv.count = 0;
        return RULES_FAIL(table, -1, "the row has %u columns, the header %u", "本行有%u列，表头有%u列", count, header_count(table));
    }
    for (unsigned i = 0; i < table->column_count; i++) {
        if (table->column[i].required && clr_rules_cell(table, i).size == 0) return RULES_FAIL(table, i, "%s is empty", "%s为空", table->column[i].name);
    }
    return CLR_OK;
}

struct clr_bytes clr_rules_cell(const struct clr_rules_table *table, unsigned column)
{
    const int place = table->place[column];

    return place < 0 || (unsigned)place >= table->csv.count ? clr_bytes_of("", 0) : table->csv.field[place];
}

enum clr_status clr_rules_cell_word(struct clr_rules_table *table, unsigned column, const struct clr_rules_words *words, bool any, int *out)
{
    const struct clr_bytes text = clr_rules_cell(table, column);
    char list[256] = "";
    size_t used = 0;

    *out = -1;
    if (any && clr_bytes_equal(text, clr_bytes_text("*"))) return CLR_OK;
    *out = words->find(text);
    if (*out >= 0) return CLR_OK;
    for (unsigned i = 0; i < words->count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : " ", words->term(i).name);
    return RULES_FAIL(table, column, "unknown %s; use one of: %s%s", "未知的%s；可用的值：%s%s", table->column[column].name, list, any ? " *" : "");
}

enum clr_status clr_rules_cell_choice(struct clr_rules_table *table, unsigned column, const char *const *names, int fallback, int *out)
{
    const struct clr_bytes text = clr_rules_cell(table, column);
    char list[256] = "";
    size_t used = 0;

    *out = fallback;
    if (text.size == 0 && fallback >= 0) return CLR_OK;
    for (int i = 0; names[i] != NULL && used < sizeof list; i++) {
        *out = i;
        if (clr_bytes_equal(clr_bytes_text(names[i]), text)) return CLR_OK;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : " ", names[i]);
    }
    return RULES_FAIL(table, column, "unknown %s; use one of: %s", "未知的%s；可用的值：%s", table->column[column].name, list);
}

bool clr_rules_whole_parse(struct clr_bytes text, int64_t *out)
{
    const bool minus = text.size > 0 && text.data[0] == '-';
    int64_t value = 0;

    if (text.size - minus == 0 || text.size - minus > 18) return false;
    for (size_t i = minus; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = minus ? -value : value;
    return true;
}

enum clr_status clr_rules_cell_whole(struct clr_rules_table *table, unsigned column, int64_t min, int64_t max, int64_t fallback, int64_t *out)
{
    const struct clr_bytes text = clr_rules_cell(table, column);

    *out = fallback;
    if (text.size == 0) return CLR_OK;
    if (clr_rules_whole_parse(text, out) && *out >= min && *out <= max) return CLR_OK;
    return RULES_FAIL(table, column, "not a whole number of %lld to %lld", "不是%lld到%lld之间的整数", (long long)min, (long long)max);
}

enum clr_status clr_rules_cell_code(struct clr_rules_table *table, unsigned column, struct clr_bytes *out)
{
    const struct clr_bytes text = clr_rules_cell(table, column);
    bool good = text.size <= CLR_RULES_CODE_MAX;

    for (size_t i = 0; i < text.size && good; i++)
        good = text.data[i] > 0x20 && text.data[i] < 0x7F && strchr("\"',;*/", text.data[i]) == NULL;
    *out = text;
    if (good) return CLR_OK;
    return RULES_FAIL(table, column, "a code has 1 to %d printable ASCII characters, none of them blank \" ' , ; * /",
                      "代码应为1到%d个可见ASCII字符，不含空格和 \" ' , ; * /", CLR_RULES_CODE_MAX);
}

enum clr_status clr_rules_cell_text(struct clr_rules_table *table, unsigned column, struct clr_bytes *out)
{
    *out = clr_rules_cell(table, column);
    if (out->size <= CLR_RULES_TEXT_MAX) return CLR_OK;
    return RULES_FAIL(table, column, "longer than %d bytes", "超过%d字节", CLR_RULES_TEXT_MAX);
}

static enum clr_status cell_day(struct clr_rules_table *table, unsigned column, clr_day open, clr_day *out)
{
    const struct clr_bytes text = clr_rules_cell(table, column);

    *out = open;
    if (text.size == 0) return CLR_OK;
    *out = clr_day_parse(text);
    if (*out != CLR_DAY_NONE) return CLR_OK;
    return RULES_FAIL(table, column, "not a date that exists, written YYYY-MM-DD", "不是有效日期，格式应为YYYY-MM-DD");
}

enum clr_status clr_rules_cell_validity(struct clr_rules_table *table, unsigned from, unsigned to, clr_day *valid_from, clr_day *valid_to)
{
    CLR_TRY(cell_day(table, from, CLR_DAY_NONE, valid_from));
    CLR_TRY(cell_day(table, to, CLR_DAY_OPEN, valid_to));
    if (*valid_from <= *valid_to) return CLR_OK;
    return RULES_FAIL(table, to, "the last day lies before the first", "失效日期早于生效日期");
}
