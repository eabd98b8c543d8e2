/* jsetc_write.c: see jsetc_write.h. */
#include "jsetc_write.h"

#include <stdarg.h>
#include <stdio.h>

#include "charset.h"

#define BIT(name) CLR_JSETC_BIT(CLR_JSETC_##name)
#define TEXT_MAX 512

/* ---- bytes ---- */

static void fail(struct clr_jsetc_writer *writer, enum clr_status status)
{
    if (writer->status == CLR_OK) writer->status = status;
}

static void put(struct clr_jsetc_writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct clr_jsetc_writer *writer, const char *format, ...)
{
    va_list arguments;
    const size_t left = writer->capacity - writer->size;

    if (writer->status != CLR_OK) return;
    va_start(arguments, format);
    const int size = vsnprintf(writer->data + writer->size, left, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= left) fail(writer, CLR_FULL);
    else writer->size += (size_t)size;
}

static void indent(struct clr_jsetc_writer *writer, unsigned level)
{
    put(writer, "%*s", (int)(4 * level), "");
}

static void put_open(struct clr_jsetc_writer *writer, unsigned level, const char *name)
{
    indent(writer, level);
    put(writer, "<%s>\n", name);
}

static void put_close(struct clr_jsetc_writer *writer, unsigned level, const char *name)
{
    indent(writer, level);
    put(writer, "</%s>\n", name);
}

static void put_bytes(struct clr_jsetc_writer *writer, const uint8_t *data, size_t size)
{
    if (writer->status != CLR_OK || size == 0) return;
    if (size > writer->capacity - writer->size) {
        fail(writer, CLR_FULL);
        return;
    }
    memcpy(writer->data + writer->size, data, size);
    writer->size += size;
}

/* What would end the text is written as the XML standard has it; CR too, which a reader makes LF of. */
static const char *escape_of(uint8_t byte)
{
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '\r': return "&#13;";
    default: return NULL;
    }
}

static void put_escaped(struct clr_jsetc_writer *writer, struct clr_bytes text)
{
    size_t from = 0;

    for (size_t i = 0; i < text.size; i++) {
        const char *const escape = escape_of(text.data[i]);
        if (escape == NULL) continue;
        put_bytes(writer, text.data + from, i - from);
        put(writer, "%s", escape);
        from = i + 1;
    }
    if (text.size > from) put_bytes(writer, text.data + from, text.size - from);
}

/* ---- one element ---- */

static void put_text(struct clr_jsetc_writer *writer, unsigned level, const char *name, struct clr_bytes text)
{
    if (text.size > TEXT_MAX || clr_text_check(text, false) != CLR_RULE_NONE) {
        fail(writer, CLR_USAGE);
        return;
    }
    indent(writer, level);
    put(writer, "<%s>", name);
    put_escaped(writer, text);
    put(writer, "</%s>\n", name);
}

static void put_number(struct clr_jsetc_writer *writer, unsigned level, const char *name, uint64_t value)
{
    indent(writer, level);
    put(writer, "<%s>%llu</%s>\n", name, (unsigned long long)value, name);
}

static void put_hex(struct clr_jsetc_writer *writer, unsigned level, const char *name, uint64_t value, unsigned digits)
{
    indent(writer, level);
    put(writer, "<%s>%0*llX</%s>\n", name, (int)digits, (unsigned long long)value, name);
}

static void put_fen(struct clr_jsetc_writer *writer, unsigned level, const char *name, clr_fen fen)
{
    const char *const sign = fen < 0 ? "-" : "";
    const unsigned long long size = fen < 0 ? 0 - (unsigned long long)fen : (unsigned long long)fen;

    indent(writer, level);
    if (writer->fen) put(writer, "<%s>%s%llu</%s>\n", name, sign, size, name);
    else put(writer, "<%s>%s%llu.%02llu</%s>\n", name, sign, size / 100, size % 100, name);
}

struct moment {
    int year, month, day;
    unsigned hour, minute, second;
};

static struct moment moment_of(int64_t time_s)
{
    struct moment moment;
    const clr_day day = clr_day_of_time(time_s);
    const unsigned of_day = (unsigned)(time_s + CLR_ZONE_OFFSET_S - (int64_t)day * CLR_DAY_S);

    clr_day_to_date(day, &moment.year, &moment.month, &moment.day);
    moment.hour = of_day / 3600;
    moment.minute = of_day / 60 % 60;
    moment.second = of_day % 60;
    return moment;
}

static void put_time(struct clr_jsetc_writer *writer, unsigned level, const char *name, int64_t time_s, char between)
{
    if (time_s == CLR_TIME_NONE) {
        fail(writer, CLR_USAGE);
        return;
    }
    const struct moment at = moment_of(time_s);
    indent(writer, level);
    put(writer, "<%s>%04d-%02d-%02d%c%02u:%02u:%02u</%s>\n", name, at.year, at.month, at.day, between, at.hour, at.minute, at.second, name);
}

static void put_day(struct clr_jsetc_writer *writer, unsigned level, const char *name, clr_day day, bool dashes)
{
    int year = 0, month = 0, of_month = 0;

    if (day != CLR_DAY_NONE) clr_day_to_date(day, &year, &month, &of_month);
    else if (dashes) fail(writer, CLR_USAGE);
    indent(writer, level);
    put(writer, dashes ? "<%s>%04d-%02d-%02d</%s>\n" : "<%s>%04d%02d%02d</%s>\n", name, year, month, of_month, name);
}

/* ---- messages ---- */

static void put_parties(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    put_hex(writer, 2, "ServiceProviderId", message->provider, 16);
    put_hex(writer, 2, "IssuerId", message->issuer, 16);
}

static void put_dispute(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    put_hex(writer, 2, "ClearingOperatorId", message->operator_id, 16);
    put_parties(writer, message);
    put_number(writer, 2, "FileId", message->file_id);
    put_time(writer, 2, "ProcessTime", message->processed_at_s, 'T');
    put_number(writer, 2, "Count", message->count);
    if (message->has & BIT(AMOUNT)) put_fen(writer, 2, "Amount", message->amount_fen);
}

static void put_package(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    put_day(writer, 2, "ClearTargetDate", message->target, true);
    put_parties(writer, message);
    put_number(writer, 2, "MessageId", message->message_id);
    if (message->variant == CLR_JSETC_REFUND) put_time(writer, 2, "ProcessTime", message->processed_at_s, 'T');
    put_number(writer, 2, "Count", message->count);
    put_fen(writer, 2, "Amount", message->amount_fen);
}

static void put_account(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    put_parties(writer, message);
    put_number(writer, 2, "MessageId", message->message_id);
    put_time(writer, 2, "ProcessTime", message->processed_at_s, 'T');
    put_number(writer, 2, "Count", message->count);
    put_fen(writer, 2, "Amount", message->amount_fen);
    put_number(writer, 2, "DisputedCount", message->disputed);
}

static void put_totals(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    put_day(writer, 2, "ClearTargetDate", message->target, true);
    put_fen(writer, 2, "Amount", message->amount_fen);
    put_number(writer, 2, "Count", message->count);
    put_time(writer, 2, "ProcessTime", message->processed_at_s, 'T');
    if (message->has & BIT(ISSUER)) put_hex(writer, 2, "IssuerId", message->issuer, 16);
}

/* Only a confirmation of originals has a clearing date. */
static void put_confirmation(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    put_number(writer, 2, "MessageId", message->message_id);
    put_time(writer, 2, "ProcessTime", message->processed_at_s, 'T');
    put_number(writer, 2, "Result", message->result);
    if (message->message_type == 7 && message->content == 1) put_day(writer, 2, "ClearTargetDate", message->target, false);
}

static void put_header(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    put(writer, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message>\n");
    put_open(writer, 1, "Header");
    put_hex(writer, 2, "Version", message->version, 8);
    put_number(writer, 2, "MessageClass", message->message_class);
    put_number(writer, 2, "MessageType", message->message_type);
    put_hex(writer, 2, "SenderId", message->sender, 16);
    put_hex(writer, 2, "ReceiverId", message->receiver, 16);
    put_number(writer, 2, "MessageId", message->header_id);
    put_close(writer, 1, "Header");
    indent(writer, 1);
    put(writer, "<Body ContentType=\"%u\">\n", message->content);
}

enum clr_status clr_jsetc_write_begin(struct clr_jsetc_writer *writer, const struct clr_jsetc_message *message)
{
    writer->variant = clr_jsetc_variant_of(message->message_class, message->message_type, message->content);
    if (writer->variant == CLR_JSETC_UNKNOWN || writer->variant != message->variant) fail(writer, CLR_USAGE);
    put_header(writer, message);
    switch (writer->variant) {
    case CLR_JSETC_DISPUTE: put_dispute(writer, message); break;
    case CLR_JSETC_ACCOUNT: put_account(writer, message); break;
    case CLR_JSETC_TOTALS: put_totals(writer, message); break;
    case CLR_JSETC_CONFIRMATION: put_confirmation(writer, message); break;
    default: put_package(writer, message);
    }
    return writer->status;
}

enum clr_status clr_jsetc_write_end(struct clr_jsetc_writer *writer)
{
    put_close(writer, 1, "Body");
    put_close(writer, 0, "Message");
    return writer->status;
}

/* ---- lists and lines ---- */

enum clr_status clr_jsetc_write_list_begin(struct clr_jsetc_writer *writer, const struct clr_jsetc_list *list)
{
    if (writer->variant == CLR_JSETC_TOTALS) {
        indent(writer, 2);
        put(writer, "<List MessageCount=\"%u\" FileCount=\"%u\">\n", list->messages, list->files);
        put_hex(writer, 3, "ServiceProviderId", list->provider, 16);
        writer->list_empty = true;
        return writer->status;
    }
    if (writer->variant != CLR_JSETC_DISPUTE && writer->variant != CLR_JSETC_REFUND) fail(writer, CLR_USAGE);
    put_open(writer, 2, "MessageList");
    put_number(writer, 3, "MessageId", list->message_id);
    put_number(writer, 3, "Count", list->count);
    put_fen(writer, 3, "Amount", list->amount_fen);
    return writer->status;
}

static void put_no_package(struct clr_jsetc_writer *writer)
{
    if (!writer->list_empty) return;
    indent(writer, 3);
    put(writer, "<MessageId/>\n");
    writer->list_empty = false;
}

enum clr_status clr_jsetc_write_list_end(struct clr_jsetc_writer *writer)
{
    if (writer->variant == CLR_JSETC_TOTALS) put_no_package(writer);
    put_close(writer, 2, writer->variant == CLR_JSETC_TOTALS ? "List" : "MessageList");
    return writer->status;
}

static void put_listed(struct clr_jsetc_writer *writer, const struct clr_jsetc_line *line)
{
    if (line->file_id != 0) {
        put_no_package(writer);
        put_number(writer, 3, "FileId", line->file_id);
        return;
    }
    put_number(writer, 3, "MessageId", line->message_id);
    writer->list_empty = false;
}

enum clr_status clr_jsetc_write_line(struct clr_jsetc_writer *writer, const struct clr_jsetc_line *line)
{
    const bool account = writer->variant == CLR_JSETC_ACCOUNT;
    const unsigned level = account ? 2 : 3;
    const char *const name = account ? "DisputedRecord" : "Transaction";

    if (writer->variant == CLR_JSETC_TOTALS) {
        put_listed(writer, line);
        return writer->status;
    }
    if (!account && writer->variant != CLR_JSETC_DISPUTE && writer->variant != CLR_JSETC_REFUND) fail(writer, CLR_USAGE);
    put_open(writer, level, name);
    put_number(writer, level + 1, "TransId", line->trans_id);
    if (writer->variant == CLR_JSETC_REFUND) put_fen(writer, level + 1, "Amount", line->amount_negative ? -line->amount_fen : line->amount_fen);
    else put_number(writer, level + 1, "Result", line->result);
    put_close(writer, level, name);
    return writer->status;
}

/* ---- transactions ---- */

static void put_moment(char *to, int64_t time_s)
{
    const struct moment at = moment_of(time_s);

    sprintf(to, "%04d%02d%02d %02u%02u%02u", at.year % 10000, at.month, at.day, at.hour, at.minute, at.second);
}

static void put_detail(struct clr_jsetc_writer *writer, const struct clr_jsetc_detail *detail)
{
    const struct clr_bytes parts[] = { detail->vehicle_class, detail->exit_type, detail->exit_network, detail->exit_plaza, detail->exit_lane, { NULL, 0 },
                                       detail->entry_type, detail->entry_network, detail->entry_plaza, detail->entry_lane, { NULL, 0 } };
    char times[2][64] = { "", "" };

    if (detail->exited_at_s != CLR_TIME_NONE) put_moment(times[0], detail->exited_at_s);
    if (detail->entered_at_s != CLR_TIME_NONE) put_moment(times[1], detail->entered_at_s);
    indent(writer, 4);
    put(writer, "<Detail>");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        put(writer, "%s", i == 0 ? "" : "|");
        if (i == 5 || i == 10) put(writer, "%s", times[i == 10]);
        else if (parts[i].size > 32 || clr_text_check(parts[i], false) != CLR_RULE_NONE) fail(writer, CLR_USAGE);
        else put_escaped(writer, parts[i]);
    }
    put(writer, "</Detail>\n");
}

void clr_jsetc_customized_text(const struct clr_jsetc_customized *from, char text[2 * CLR_JSETC_CUSTOMIZED_SIZE])
{
    char whole[160], time[64];

    if (from->time_s == CLR_TIME_NONE) {
        memcpy(time, "00000000 000000", 16);
    } else {
        put_moment(time, from->time_s);
    }
    sprintf(whole, "%08X%08X%02X%012llX%08X%.8s%.6s%04X%08X%08X%04X", from->tac, from->amount_fen, from->type,
            (unsigned long long)(from->terminal & UINT64_C(0xffffffffffff)), from->terminal_counter, time, time + 9, from->reserved, from->after_fen,
            from->before_fen, from->card_counter);
    memcpy(text, whole, 2 * CLR_JSETC_CUSTOMIZED_SIZE);
}

static void put_card(struct clr_jsetc_writer *writer, const struct clr_jsetc_transaction *from)
{
    put_open(writer, 3, "ICCard");
    put_number(writer, 4, "CardType", from->card_type);
    put_text(writer, 4, "NetNo", from->network);
    put_text(writer, 4, "CardId", from->card);
    put_text(writer, 4, "License", from->card_plate);
    if (from->has & BIT(CARD_COUNTER)) put_hex(writer, 4, "TransNo", from->card_counter, 4);
    put_fen(writer, 4, "PreBalance", from->before_fen);
    put_fen(writer, 4, "PostBalance", from->after_fen);
    put_close(writer, 3, "ICCard");
}

static void put_validation(struct clr_jsetc_writer *writer, const struct clr_jsetc_transaction *from)
{
    put_open(writer, 3, "Validation");
    put_hex(writer, 4, "TAC", from->tac, 8);
    put_hex(writer, 4, "TransType", from->type, 2);
    put_hex(writer, 4, "TerminalNo", from->terminal, 12);
    put_hex(writer, 4, "TerminalTransNo", from->terminal_counter, 8);
    put_close(writer, 3, "Validation");
}

static void put_obu(struct clr_jsetc_writer *writer, const struct clr_jsetc_transaction *from)
{
    const struct clr_bytes nothing = { NULL, 0 };

    put_open(writer, 3, "OBU");
    put_text(writer, 4, "NetNo", from->obu_network);
    if (from->obu_digits > 0) put_hex(writer, 4, "OBUId", from->obu_id, from->obu_digits);
    else put_text(writer, 4, "OBUId", nothing);
    put_hex(writer, 4, "OBEState", from->obu_state, 4);
    put_text(writer, 4, "License", from->obu_plate);
    put_close(writer, 3, "OBU");
}

static void put_later(struct clr_jsetc_writer *writer, const struct clr_jsetc_transaction *from)
{
    if (!(from->has & (BIT(OUTER_ID) | BIT(NAME) | BIT(PARK_TIME) | BIT(VEHICLE) | BIT(ALGORITHM)))) return;
    put_text(writer, 3, "Id", from->outer_id);
    put_text(writer, 3, "name", from->name);
    put_text(writer, 3, "parkTime", from->park_time);
    put_number(writer, 3, "vehicleType", from->vehicle_type);
    put_number(writer, 3, "algorithmIdentifier", from->algorithm);
}

enum clr_status clr_jsetc_write_transaction(struct clr_jsetc_writer *writer, const struct clr_jsetc_transaction *from)
{
    char customized[2 * CLR_JSETC_CUSTOMIZED_SIZE];

    if (writer->variant != CLR_JSETC_ORIGINALS) fail(writer, CLR_USAGE);
    put_open(writer, 2, "Transaction");
    put_number(writer, 3, "TransId", from->trans_id);
    put_time(writer, 3, "Time", from->time_s, ' ');
    put_fen(writer, 3, "Fee", from->fee_negative ? -from->fee_fen : from->fee_fen);
    put_open(writer, 3, "Service");
    put_number(writer, 4, "ServiceType", from->service_type);
    put_text(writer, 4, "Description", from->description);
    put_detail(writer, &from->detail);
    put_close(writer, 3, "Service");
    put_card(writer, from);
    put_validation(writer, from);
    put_obu(writer, from);
    clr_jsetc_customized_text(&from->customized, customized);
    put_text(writer, 3, "CustomizedData", clr_bytes_of(customized, sizeof customized));
    put_later(writer, from);
    put_close(writer, 2, "Transaction");
    return writer->status;
}
