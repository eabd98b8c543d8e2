/* cmd_why.c: a readable account of one record: what it says, which rules were tried, the bytes, what happened to it later. */
#include <stdio.h>

#include "cmds.h"
#include "keys_open.h"
#include "model/txn.h"
#include "rows.h"
#include "text.h"

#define BYTES_A_LINE 16

/* ---- for programs ---- */

static void fields_json(struct json *json, const struct clr_why *why)
{
    json_open(json, "fields", '[');
    for (size_t i = 0; i < why->field_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "name", why->field[i].name);
        json_text(json, "value", why->field[i].value);
        json_close(json);
    }
    json_close(json);
    json_open(json, "rules", '[');
    for (size_t i = 0; i < why->step_count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "rule", why->step[i].rule);
        json_flag(json, "passed", why->step[i].passed);
        json_text(json, "en", why->step[i].en);
        json_text(json, "zh", why->step[i].zh);
        json_close(json);
    }
    json_close(json);
}

static void event_row(struct row *row, uint64_t number, uint64_t from, uint64_t to, int64_t stamp, const char *cause)
{
    char reasons[REASONS_TEXT_SIZE];

    row_start(row);
    row_count(row, "event", "event", "事件", number);
    row_time(row, "stamp", "at", "时间", stamp);
    row_term(row, "from", "from", "原结论", clr_verdict_term(clr_verdict_of(from)));
    row_list(row, "from_reasons", "reasons", "原因", row_keep(row, reasons_text(from, reasons)));
    row_term(row, "to", "to", "现结论", clr_verdict_term(clr_verdict_of(to)));
    row_list(row, "to_reasons", "reasons", "原因", row_keep(row, reasons_text(to, reasons)));
    row_text(row, "cause", "cause", "缘由", cause);
}

static void events_show(struct cli *cli, struct json *json, const struct clr_why *why)
{
    struct listing listing;
    struct row row;

    if (json == NULL && why->event_count == 0) return;
    event_row(&row, 0, 0, 0, CLR_TIME_NONE, "");
    listing_open(&listing, cli, json, "events", text_of("What happened later", "后续事件"), &row);
    for (size_t i = 0; i < why->event_count; i++) {
        event_row(&row, why->event[i].number, why->event[i].from, why->event[i].to, why->event[i].stamp, why->event[i].cause);
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

static void why_json(struct cli *cli, const struct clr_why *why)
{
    struct json json;
    struct row row;

    cli_json_start(cli, &json, CLR_OK);
    row_of_record(&row, &why->record);
    json_open(&json, "record", '{');
    row_json(&row, &json);
    json_close(&json);
    fields_json(&json, why);
    json_open(&json, "source", '{');
    json_count(&json, "offset", why->offset);
    json_count(&json, "size", why->size);
    if (why->bytes != NULL) json_hex(&json, "bytes", why->bytes, why->byte_count);
    else json_null(&json, "bytes");
    json_close(&json);
    events_show(cli, &json, why);
    cli_json_end(cli, &json, CLR_OK);
}

/* ---- for people ---- */

/** A verdict in a sentence: what it is, and every reason in words. */
static void verdict_lines(const struct clr_record *record)
{
    const struct clr_term verdict = clr_verdict_term(clr_verdict_of(record->reasons));
    char link[CLR_RECORD_ID_TEXT_SIZE];

    printf(text_of("Verdict: %s\n", "结论：%s\n"), text_of(verdict.en, verdict.zh));
    for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++) {
        const struct clr_term reason = clr_reason_term(bit);
        if (record->reasons >> bit & 1) printf("  %s: %s\n", reason.name, text_of(reason.en, reason.zh));
    }
    for (unsigned i = 0; i < CLR_NOTE_COUNT; i++) {
        const struct clr_term note = clr_note_term(i);
        if (record->reasons >> (62 + i) & 1) printf(text_of("  note %s: %s\n", "  附注 %s：%s\n"), note.name, text_of(note.en, note.zh));
    }
    if (record->link != 0) printf(text_of("  see %s\n", "  参见 %s\n"), clr_record_id_text(record->link, link));
    if (record->first_reasons != record->reasons) {
        const struct clr_term first = clr_verdict_term(clr_verdict_of(record->first_reasons));
        printf(text_of("  when admitted: %s\n", "  受理时：%s\n"), text_of(first.en, first.zh));
    }
}

static void fields_table(struct cli *cli, const struct clr_why *why)
{
    struct table table;

    cli_table_start(cli, &table, text_of("What it says", "记录内容"));
    table_column(&table, text_of("field", "字段"), TABLE_LEFT);
    if (text_lang_get() == TEXT_ZH) table_column(&table, "中文名", TABLE_LEFT);
    table_column(&table, text_of("value", "值"), TABLE_LEFT);
    for (size_t i = 0; i < why->field_count; i++) {
        table_cell(&table, why->field[i].name);
        if (text_lang_get() == TEXT_ZH) table_cell(&table, why->field[i].zh);
        table_cell(&table, why->field[i].value);
    }
    table_end(&table);
}

static void steps_table(struct cli *cli, const struct clr_why *why)
{
    struct table table;

    cli_table_start(cli, &table, text_of("Rules tried", "逐条规则"));
    table_column(&table, text_of("rule", "规则"), TABLE_LEFT);
    table_column(&table, text_of("result", "结果"), TABLE_LEFT);
    table_column(&table, text_of("values", "数值"), TABLE_LEFT);
    for (size_t i = 0; i < why->step_count; i++) {
        table_cell(&table, why->step[i].rule);
        table_cell(&table, why->step[i].passed ? text_of("passed", "通过") : text_of("failed", "未通过"));
        table_cell(&table, text_of(why->step[i].en, why->step[i].zh));
    }
    table_end(&table);
}

/** Offset, hexadecimal, ASCII: sixteen bytes a line. */
static void dump_lines(const struct clr_why *why)
{
    for (size_t at = 0; at < why->byte_count; at += BYTES_A_LINE) {
        const size_t size = why->byte_count - at < BYTES_A_LINE ? why->byte_count - at : BYTES_A_LINE;

        printf("  %010llx  ", (unsigned long long)(why->offset + at));
        for (size_t i = 0; i < BYTES_A_LINE; i++) {
            if (i < size) printf("%02x ", why->bytes[at + i]);
            else fputs("   ", stdout);
        }
        putchar(' ');
        for (size_t i = 0; i < size; i++) putchar(why->bytes[at + i] >= 0x20 && why->bytes[at + i] < 0x7F ? why->bytes[at + i] : '.');
        putchar('\n');
    }
}

static void source_lines(const struct clr_why *why, bool unmask)
{
    if (why->bytes == NULL) {
        fputs(text_of("\nThe source was not archived (--archive none): no bytes to show.\n",
                      "\n原文件未归档（--archive none），无法显示原始字节。\n"), stdout);
        return;
    }
    printf(text_of("\nSource: %llu bytes at offset %llu of the unpacked file", "\n原始字节：解包后文件偏移 %2$llu 处 %1$llu 字节"),
           (unsigned long long)why->size, (unsigned long long)why->offset);
    puts(unmask ? "" : text_of(" (personal fields masked)", "（个人信息已遮盖）"));
    dump_lines(why);
}

static void why_text(struct cli *cli, const struct clr_why *why, bool unmask)
{
    const struct clr_record *record = &why->record;
    char id[CLR_RECORD_ID_TEXT_SIZE];

    printf(text_of("Record %s: number %llu of ", "记录 %s：第 %llu 条，文件 "), clr_record_id_text(record->id, id),
           (unsigned long long)clr_record_id_number(record->id));
    table_print_clean(stdout, record->file_name == NULL ? "" : record->file_name);
    printf(text_of(" (%s, from %s)\n", "（%s，发送方 %s）\n"), record->format == NULL ? "" : record->format,
           record->sender == NULL ? "" : record->sender);
    verdict_lines(record);
    cli->sections++;
    fields_table(cli, why);
    steps_table(cli, why);
    source_lines(why, unmask);
    events_show(cli, NULL, why);
}

int cmd_why(struct cli *cli)
{
    struct clr_why why = { 0 };
    clr_record_id id;
    const bool unmask = cli_given(cli, OPTION_ID_UNMASK);

    enum clr_status status = cli_open(cli, !unmask);
    if (status == CLR_OK) status = cli_use_keys(cli);
    if (status == CLR_OK && unmask) status = cli_audit(cli, CLR_OK);
    if (status == CLR_OK) status = clr_record_find(cli->store, cli->arguments.operand[0], &id, &cli->fault);
    if (status == CLR_OK) status = clr_why(cli->store, &clr_codecs, id, unmask, &why, &cli->fault);
    if (status != CLR_OK) {
        clr_why_free(&why);
        return cli_fail(cli, status);
    }
    if (cli->json) why_json(cli, &why);
    else why_text(cli, &why, unmask);
    clr_why_free(&why);
    return 0;
}
