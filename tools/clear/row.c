#include "row.h"

#include <assert.h>
#include <string.h>

#include "base/csv.h"
#include "base/money.h"
#include "text.h"
#include "value.h"

void row_start(struct row *row)
{
    row->count = 0;
    row->used = 0;
}

static struct row_field *add(struct row *row, const char *name, const char *en, const char *zh, enum row_type type)
{
    assert(row->count < ROW_FIELDS_MAX);
    struct row_field *field = &row->field[row->count++];
    *field = (struct row_field){ .name = name, .en = en, .zh = zh, .type = type,
                                .number = type == ROW_COUNT || type == ROW_BALANCE || type == ROW_FEN || type == ROW_SECONDS || type == ROW_TENTHS };
    return field;
}

const char *row_keep(struct row *row, const char *text)
{
    char *kept = row->scratch + row->used;
    const size_t room = sizeof row->scratch - row->used, length = strlen(text);
    const size_t size = length < room ? length : room - 1;

    memcpy(kept, text, size);
    kept[size] = '\0';
    row->used += size + (row->used + size + 1 < sizeof row->scratch);
    return kept;
}

void row_text(struct row *row, const char *name, const char *en, const char *zh, const char *text)
{
    add(row, name, en, zh, text == NULL ? ROW_NULL : ROW_TEXT)->text = text;
}

void row_term(struct row *row, const char *name, const char *en, const char *zh, struct clr_term term)
{
    struct row_field *field = add(row, name, en, zh, term.name == NULL ? ROW_NULL : ROW_TERM);

    field->text = term.name;
    field->text_en = term.en;
    field->text_zh = term.zh;
}

void row_count(struct row *row, const char *name, const char *en, const char *zh, uint64_t count)
{
    add(row, name, en, zh, ROW_COUNT)->count = count;
}

void row_balance(struct row *row, const char *name, const char *en, const char *zh, int64_t count)
{
    add(row, name, en, zh, ROW_BALANCE)->fen = count;
}

void row_fen(struct row *row, const char *name, const char *en, const char *zh, int64_t fen)
{
    add(row, name, en, zh, ROW_FEN)->fen = fen;
}

void row_flag(struct row *row, const char *name, const char *en, const char *zh, bool flag)
{
    add(row, name, en, zh, ROW_FLAG)->count = flag;
}

void row_list(struct row *row, const char *name, const char *en, const char *zh, const char *joined)
{
    add(row, name, en, zh, ROW_LIST)->text = joined;
}

void row_seconds(struct row *row, const char *name, const char *en, const char *zh, uint64_t microseconds)
{
    add(row, name, en, zh, ROW_SECONDS)->count = microseconds;
}

void row_tenths(struct row *row, const char *name, const char *en, const char *zh, uint64_t tenths)
{
    add(row, name, en, zh, ROW_TENTHS)->count = tenths;
}

void row_day(struct row *row, const char *name, const char *en, const char *zh, clr_day day)
{
    char text[CLR_DAY_TEXT_SIZE];
    row_text(row, name, en, zh, day == CLR_DAY_NONE ? NULL : row_keep(row, clr_day_text(day, text)));
}

void row_time(struct row *row, const char *name, const char *en, const char *zh, int64_t time_s)
{
    char text[CLR_TIME_TEXT_SIZE];
    row_text(row, name, en, zh, time_s == CLR_TIME_NONE ? NULL : row_keep(row, clr_time_text(time_s, text)));
}

void row_digest(struct row *row, const char *name, const char *en, const char *zh, const uint8_t *digest, size_t size)
{
    char text[129];

    assert(size <= 64);
    row_text(row, name, en, zh, row_keep(row, value_hex(digest, size, text)));
}

void row_hide(struct row *row)
{
    row->field[row->count - 1].hidden = true;
}

void row_unknown(struct row *row)
{
    row->field[row->count - 1].type = ROW_NULL;
}

static void json_list(const struct row_field *field, struct json *json)
{
    json_open(json, field->name, '[');
    for (const char *at = field->text; *at != '\0';) {
        const size_t size = strcspn(at, ";");
        json_bytes(json, NULL, at, size);
        at += size + (at[size] == ';');
    }
    json_close(json);
}

void row_json(const struct row *row, struct json *json)
{
    for (size_t i = 0; i < row->count; i++) {
        const struct row_field *field = &row->field[i];
        switch (field->type) {
        case ROW_TEXT:
        case ROW_TERM: json_text(json, field->name, field->text); break;
        case ROW_COUNT: json_count(json, field->name, field->count); break;
        case ROW_BALANCE:
        case ROW_FEN: json_fen(json, field->name, field->fen); break;
        case ROW_FLAG: json_flag(json, field->name, field->count != 0); break;
        case ROW_LIST: json_list(field, json); break;
        case ROW_SECONDS: json_seconds(json, field->name, field->count); break;
        case ROW_TENTHS: json_tenths(json, field->name, field->count); break;
        case ROW_NULL: json_null(json, field->name); break;
        }
    }
}

/** The field as programs read it from CSV and tabs. */
static const char *plain(const struct row_field *field, char text[VALUE_TEXT_SIZE])
{
    switch (field->type) {
    case ROW_TEXT:
    case ROW_TERM:
    case ROW_LIST: return field->text;
    case ROW_COUNT: snprintf(text, VALUE_TEXT_SIZE, "%llu", (unsigned long long)field->count); return text;
    case ROW_BALANCE:
    case ROW_FEN: snprintf(text, VALUE_TEXT_SIZE, "%lld", (long long)field->fen); return text;
    case ROW_FLAG: return field->count != 0 ? "true" : "false";
    case ROW_SECONDS: return value_micros_text(field->count, text);
    case ROW_TENTHS: return value_tenths_text(field->count, text);
    case ROW_NULL: break;
    }
    return "";
}

/** The field as a person reads it. */
static const char *pretty(const struct row_field *field, char text[VALUE_TEXT_SIZE])
{
    static_assert(VALUE_TEXT_SIZE >= CLR_YUAN_TEXT_SIZE, "one buffer for both");
    char number[VALUE_TEXT_SIZE];

    switch (field->type) {
    case ROW_TERM: return text_of(field->text_en, field->text_zh);
    case ROW_COUNT: return value_count_text(field->count, text);
    case ROW_BALANCE:
        snprintf(text, VALUE_TEXT_SIZE, "%s%s", field->fen < 0 ? "-" : "",
                 value_count_text(field->fen < 0 ? -(uint64_t)field->fen : (uint64_t)field->fen, number));
        return text;
    case ROW_FEN: return clr_yuan_text(field->fen, text);
    case ROW_FLAG: return field->count != 0 ? text_of("yes", "是") : text_of("no", "否");
    default: return plain(field, text);
    }
}

static void csv_cell(FILE *out, const char *text)
{
    const bool quoted = clr_csv_quoted(text);

    if (quoted) putc('"', out);
    if (clr_csv_runs(text)) putc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') putc('"', out);
        putc(*text, out);
    }
    if (quoted) putc('"', out);
}

static bool is_text(const struct row_field *field)
{
    return field->type == ROW_TEXT || field->type == ROW_TERM || field->type == ROW_LIST;
}

void row_csv_head(const struct row *row, FILE *out)
{
    for (size_t i = 0; i < row->count; i++) fprintf(out, "%s%c", row->field[i].name, i + 1 == row->count ? '\n' : ',');
}

void row_csv(const struct row *row, FILE *out)
{
    char text[VALUE_TEXT_SIZE];

    for (size_t i = 0; i < row->count; i++) {
        if (is_text(&row->field[i])) csv_cell(out, row->field[i].text);
        else fputs(plain(&row->field[i], text), out);
        putc(i + 1 == row->count ? '\n' : ',', out);
    }
}

void row_table_head(const struct row *row, struct table *table)
{
    for (size_t i = 0; i < row->count; i++) {
        const struct row_field *field = &row->field[i];
        if (table->style == TABLE_TABS) table_column(table, field->name, TABLE_LEFT);
        else if (!field->hidden) table_column(table, text_of(field->en, field->zh), field->number ? TABLE_RIGHT : TABLE_LEFT);
    }
}

void row_table(const struct row *row, struct table *table)
{
    char text[VALUE_TEXT_SIZE];

    for (size_t i = 0; i < row->count; i++) {
        const struct row_field *field = &row->field[i];

        if (table->style == TABLE_TABS) table_cell(table, plain(field, text));
        else if (!field->hidden) table_cell(table, pretty(field, text));
    }
}
