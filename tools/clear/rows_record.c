/* rows_record.c: a record as a row; what is not known of it is null. */
#include <stdio.h>
#include <string.h>

#include "model/txn.h"
#include "rows.h"

static void join(char *text, size_t size, const char *name)
{
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s", used == 0 ? "" : ";", name);
}

const char *reasons_text(uint64_t reasons, char text[REASONS_TEXT_SIZE])
{
    text[0] = '\0';
    for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++)
        if (reasons >> bit & 1) join(text, REASONS_TEXT_SIZE, clr_reason_term(bit).name);
    return text;
}

const char *notes_text(uint64_t reasons, char text[REASONS_TEXT_SIZE])
{
    text[0] = '\0';
    for (unsigned i = 0; i < CLR_NOTE_COUNT; i++)
        if (reasons >> (62 + i) & 1) join(text, REASONS_TEXT_SIZE, clr_note_term(i).name);
    return text;
}

static const char *flags_text(uint16_t flags, char *text, size_t size)
{
    static const struct { uint16_t flag; const char *name; } names[] = {
        { CLR_FLAG_OPEN, "open-data" }, { CLR_FLAG_GRAY, "gray" },       { CLR_FLAG_LOCK, "lock" },
        { CLR_FLAG_BONUS, "bonus" },    { CLR_FLAG_MONTHLY, "monthly" }, { CLR_FLAG_TRANSFER, "transfer" },
    };
    text[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (flags & names[i].flag) join(text, size, names[i].name);
    return text;
}

static void row_id(struct row *row, const char *name, const char *en, const char *zh, clr_record_id id)
{
    char text[CLR_RECORD_ID_TEXT_SIZE];
    row_text(row, name, en, zh, id == 0 ? NULL : row_keep(row, clr_record_id_text(id, text)));
}

static void judgement(struct row *row, const struct clr_record *record)
{
    char text[REASONS_TEXT_SIZE];
    const int primary = clr_reason_primary(record->reasons);

    row_term(row, "verdict", "verdict", "结论", clr_verdict_term(clr_verdict_of(record->reasons)));
    row_term(row, "reason", "reason", "原因", primary < 0 ? (struct clr_term){ 0 } : clr_reason_term((unsigned)primary));
    row_list(row, "reasons", "reasons", "全部原因", row_keep(row, reasons_text(record->reasons, text)));
    row_hide(row);
    row_list(row, "notes", "notes", "附注", row_keep(row, notes_text(record->reasons, text)));
    row_hide(row);
    row_term(row, "first_verdict", "first verdict", "最初结论", clr_verdict_term(clr_verdict_of(record->first_reasons)));
    row_hide(row);
    row_id(row, "link", "repeats", "所重复记录", record->link);
    row_hide(row);
}

static void count_where(struct row *row, bool known, const char *name, const char *en, const char *zh, uint64_t count)
{
    row_count(row, name, en, zh, count);
    row_hide(row);
    if (!known) row_unknown(row);
}

static void fen_where(struct row *row, bool known, const char *name, const char *en, const char *zh, int64_t fen)
{
    row_fen(row, name, en, zh, fen);
    if (!known) row_unknown(row);
}

/** What the record itself says; unknown as a whole when it could not be decoded. */
static void content(struct row *row, const struct clr_record *record)
{
    const bool known = record->decoded;
    const bool card_data = known && !(record->flags & CLR_FLAG_OPEN);
    char text[REASONS_TEXT_SIZE];

    row_term(row, "product", "product", "业务", known ? clr_product_term(record->product) : (struct clr_term){ 0 });
    row_hide(row);
    row_term(row, "kind", "kind", "类别", known ? clr_kind_term(record->kind) : (struct clr_term){ 0 });
    row_term(row, "service", "service", "服务", known ? clr_service_term(record->service) : (struct clr_term){ 0 });
    row_hide(row);
    count_where(row, known, "type", "type", "类型码", record->type);
    row_text(row, "card", "card", "卡号", known ? record->card : NULL);
    row_text(row, "issuer", "issuer", "发卡方", known && record->issuer.code != NULL ? record->issuer.code : NULL);
    row_text(row, "acquirer", "acquirer", "收单方", known && record->acquirer.code != NULL ? record->acquirer.code : NULL);
    count_where(row, known, "sam", "terminal", "终端", record->sam);
    count_where(row, card_data, "sam_serial", "terminal serial", "终端流水", record->sam_serial);
    count_where(row, card_data, "counter", "counter", "卡计数器", record->counter);
    snprintf(text, sizeof text, "%08x", record->tac);
    row_text(row, "tac", "TAC", "TAC", known && record->flags & CLR_FLAG_HAS_TAC ? row_keep(row, text) : NULL);
    row_hide(row);
    fen_where(row, known, "amount_fen", "amount", "金额", record->amount_fen);
    fen_where(row, known && record->flags & CLR_FLAG_HAS_PRICE, "price_fen", "price", "原价", record->price_fen);
    row_hide(row);
    fen_where(row, known && record->flags & CLR_FLAG_HAS_BALANCE, "balance_fen", "balance", "余额", record->balance_fen);
    row_hide(row);
    row_time(row, "traded_at", "traded at", "交易时间", known ? record->traded_at_s : CLR_TIME_NONE);
    row_day(row, "window", "window", "窗口", known ? record->window : CLR_DAY_NONE);
    row_list(row, "flags", "flags", "标志", row_keep(row, flags_text(known ? record->flags : 0, text, sizeof text)));
    row_hide(row);
    row_id(row, "original", "original", "原交易", known ? record->original : 0);
    row_hide(row);
}

void row_of_record(struct row *row, const struct clr_record *record)
{
    row_start(row);
    row_id(row, "record", "record", "记录", record->id);
    row_text(row, "file", "file", "文件", record->file_name == NULL ? "" : record->file_name);
    row_count(row, "number", "number", "序号", clr_record_id_number(record->id));
    row_hide(row);
    row_text(row, "sender", "sender", "发送方", record->sender == NULL ? "" : record->sender);
    row_hide(row);
    row_text(row, "format", "format", "格式", record->format == NULL ? "" : record->format);
    row_hide(row);
    judgement(row, record);
    content(row, record);
}
