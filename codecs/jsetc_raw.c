/* jsetc_raw.c: see jsetc_raw.h. */
#include "jsetc_raw.h"

#include <stdarg.h>
#include <stdio.h>

#include "tollid.h"
#include "transit.h"

#define BIT(name) CLR_JSETC_BIT(CLR_JSETC_##name)

/* ---- texts of a record's own ---- */

struct writing {
    struct clr_raw *raw;
    size_t used;
};

/* What fits, into raw->text. */
static struct clr_bytes put(struct writing *writing, const char *format, ...) __attribute__((format(printf, 2, 3)));
static struct clr_bytes put(struct writing *writing, const char *format, ...)
{
    char text[CLR_RAW_TEXT_SIZE + 1];
    va_list arguments;

    va_start(arguments, format);
    const int wanted = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const size_t left = CLR_RAW_TEXT_SIZE - writing->used;
    size_t size = wanted < 0 ? 0 : (size_t)wanted;
    if (size > sizeof text - 1) size = sizeof text - 1;
    if (size > left) size = left;
    uint8_t *const to = writing->raw->text + writing->used;
    memcpy(to, text, size);
    writing->used += size;
    return clr_bytes_of(to, size);
}

/* The same of bytes that are there: every record has some. */
static struct clr_bytes put_bytes(struct writing *writing, const void *data, size_t size)
{
    const size_t left = CLR_RAW_TEXT_SIZE - writing->used, fits = size < left ? size : left;
    uint8_t *const to = writing->raw->text + writing->used;

    memcpy(to, data, fits);
    writing->used += fits;
    return clr_bytes_of(to, fits);
}

/* ---- what all records have ---- */

static struct writing begin(struct clr_raw *raw, enum clr_kind kind)
{
    struct clr_extra extra;
    struct clr_reader reader;

    clr_raw_init(raw, &extra, &reader, CLR_PRODUCT_TOLL);
    raw->kind = (uint8_t)kind;
    raw->toll.entered_at_s = CLR_TIME_NONE;
    raw->toll.stated_count = raw->toll.stated_disputed = UINT32_MAX;
    return (struct writing){ raw, 0 };
}

void jsetc_raw_begin(struct jsetc_raw_context *at)
{
    at->sender[0] = at->receiver[0] = at->provider[0] = '\0';
    (void)clr_jsetc_id_text(at->message.sender, at->sender);
    (void)clr_jsetc_id_text(at->message.receiver, at->receiver);
    (void)clr_jsetc_id_text(at->message.provider, at->provider);
}

/* A record whose message lacks what makes it one is no better than its message. */
static void need(const struct clr_jsetc_message *message, uint64_t fields, struct clr_raw *raw)
{
    for (unsigned field = 1; field <= CLR_JSETC_FIELD_COUNT; field++) {
        if (!(fields & CLR_JSETC_BIT(field)) || message->has & CLR_JSETC_BIT(field)) continue;
        const bool named = message->bad.any && message->bad.field == field;
        clr_raw_malformed(raw, field, named ? message->bad.rule : CLR_RULE_MISSING);
    }
}

static void note_bad(const struct clr_jsetc_bad *bad, struct clr_raw *raw)
{
    if (bad->any) clr_raw_malformed(raw, bad->field, bad->rule);
}

static uint64_t needed_of(enum clr_jsetc_variant variant)
{
    switch (variant) {
    case CLR_JSETC_ORIGINALS: return BIT(TARGET) | BIT(PROVIDER) | BIT(MESSAGE_ID);
    case CLR_JSETC_REFUND: return BIT(TARGET) | BIT(PROVIDER) | BIT(MESSAGE_ID) | BIT(PROCESSED);
    case CLR_JSETC_DISPUTE: return BIT(SENDER) | BIT(PROVIDER) | BIT(FILE_ID) | BIT(PROCESSED);
    case CLR_JSETC_ACCOUNT: return BIT(PROVIDER) | BIT(MESSAGE_ID) | BIT(PROCESSED);
    case CLR_JSETC_TOTALS: return BIT(SENDER) | BIT(RECEIVER) | BIT(TARGET) | BIT(PROCESSED);
    default: return BIT(SENDER) | BIT(HEADER_ID) | BIT(MESSAGE_ID) | BIT(PROCESSED) | BIT(RESULT);
    }
}

static void set_provider(struct writing *writing, const char *provider)
{
    if (provider[0] == '\0') return;
    writing->raw->toll.provider = put_bytes(writing, provider, strlen(provider));
    writing->raw->unit = writing->raw->toll.provider;
}

/* ---- replies ---- */

static const uint8_t replies[CLR_JSETC_VARIANTS] = {
    [CLR_JSETC_DISPUTE] = CLR_REPLY_DISPUTE,
    [CLR_JSETC_ACCOUNT] = CLR_REPLY_ACCOUNT,
    [CLR_JSETC_TOTALS] = CLR_REPLY_TOTALS,
    [CLR_JSETC_CONFIRMATION] = CLR_REPLY_CONFIRMATION,
};

static struct writing begin_reply(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, struct clr_raw *raw)
{
    const bool refund = at->message.variant == CLR_JSETC_REFUND;
    const struct writing writing = begin(raw, refund ? CLR_KIND_REFUND : CLR_KIND_REPLY);

    raw->toll.reply = replies[at->message.variant];
    raw->traded_at_s = at->message.processed_at_s;
    raw->declared_day = at->message.target;
    need(&at->message, needed_of(at->message.variant), raw);
    if (texts->stray[CLR_JSETC_LEVEL_RECORD]) clr_raw_malformed(raw, 0, CLR_RULE_CHARSET);
    return writing;
}

/* What was passed over or put right. */
static void set_note(struct writing *writing, const char *first, const struct clr_jsetc_texts *texts)
{
    const bool unknown = texts->unknown[0] != '\0';

    if (first[0] == '\0' && !unknown) return;
    writing->raw->note_text = put(writing, "%s%s%s%s", first, first[0] != '\0' && unknown ? "; " : "", unknown ? "unknown: " : "", texts->unknown);
}

/* The amount that a reply states is that of other records. */
static void set_stated(clr_fen fen, bool stated, struct clr_raw *raw)
{
    if (!stated) return;
    raw->price_fen = fen;
    raw->flags |= CLR_FLAG_HAS_PRICE;
}

static struct clr_bytes message_id(const struct jsetc_raw_context *at, struct writing *writing)
{
    const struct clr_jsetc_message *const message = &at->message;
    int year, month, day;

    switch (message->variant) {
    case CLR_JSETC_ACCOUNT: return put(writing, "AP %s %llu", at->provider, (unsigned long long)message->message_id);
    case CLR_JSETC_DISPUTE: return put(writing, "DF %s %llu", at->sender, (unsigned long long)message->file_id);
    case CLR_JSETC_TOTALS:
        if (message->target == CLR_DAY_NONE) return (struct clr_bytes){ NULL, 0 };
        clr_day_to_date(message->target, &year, &month, &day);
        return put(writing, "S %s %s %04d%02d%02d", at->sender, at->receiver, year, month, day);
    default:
        return put(writing, "K %u/%u/%u %s %llu", message->message_class, message->message_type, message->content, at->sender,
                   (unsigned long long)message->header_id);
    }
}

void jsetc_raw_message(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, struct clr_raw *raw)
{
    const struct clr_jsetc_message *const message = &at->message;
    struct writing writing = begin_reply(at, texts, raw);

    set_provider(&writing, at->provider);
    raw->id = message_id(at, &writing);
    raw->toll.message_id = message->message_id;
    raw->toll.result = message->result > UINT16_MAX ? UINT16_MAX : (uint16_t)message->result;
    set_stated(message->amount_fen, (message->has & BIT(AMOUNT)) != 0, raw);
    if (message->has & BIT(COUNT)) raw->toll.stated_count = message->count;
    if (message->has & BIT(DISPUTED)) raw->toll.stated_disputed = message->disputed;
    if (message->has & BIT(FILE_ID)) raw->orig_id = put(&writing, "%llu", (unsigned long long)message->file_id);
    set_note(&writing, message->swapped ? "provider and issuer swapped" : "", texts);
}

void jsetc_raw_list(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, struct clr_raw *raw)
{
    struct writing writing = begin_reply(at, texts, raw);

    set_provider(&writing, at->provider);
    note_bad(&at->list.bad, raw);
    raw->id = put(&writing, "DP %s %llu %s %llu", at->sender, (unsigned long long)at->message.file_id, at->provider,
                  (unsigned long long)at->list.message_id);
    raw->toll.message_id = at->list.message_id;
    if (at->list.has & BIT(LIST_COUNT)) raw->toll.stated_count = at->list.count;
    set_stated(at->list.amount_fen, (at->list.has & BIT(LIST_AMOUNT)) != 0, raw);
    set_note(&writing, "", texts);
}

/* ---- lines ---- */

static void set_resolved(const struct jsetc_raw_context *at, const struct clr_jsetc_line *line, struct writing *writing)
{
    const bool account = at->message.variant == CLR_JSETC_ACCOUNT;
    struct clr_raw *const raw = writing->raw;

    raw->toll.message_id = account ? at->message.message_id : at->list.message_id;
    raw->toll.trans_id = line->trans_id;
    raw->toll.result = (uint16_t)line->result;
    raw->id = put(writing, "%s %s %llu %u", account ? "AT" : "DT", at->provider, (unsigned long long)raw->toll.message_id, line->trans_id);
}

static void set_refunded(const struct jsetc_raw_context *at, const struct clr_jsetc_line *line, struct writing *writing)
{
    struct clr_raw *const raw = writing->raw;
    const unsigned long long package = at->list.message_id;

    raw->toll.message_id = at->list.message_id;
    raw->toll.trans_id = line->trans_id;
    raw->amount_fen = raw->price_fen = line->amount_fen;
    raw->negative = line->amount_negative;
    if (line->amount_negative) raw->reasons |= CLR_REASON_MASK(SIGN);
    raw->id = put(writing, "R %s %llu %llu %u", at->provider, (unsigned long long)at->message.message_id, package, line->trans_id);
    raw->orig_id = put(writing, "%s/%llu/%u", at->provider, package, line->trans_id);
}

static void set_cleared(const struct jsetc_raw_context *at, const struct clr_jsetc_line *line, const char *provider, struct writing *writing)
{
    struct clr_raw *const raw = writing->raw;

    raw->toll.message_id = line->message_id;
    if (line->file_id == 0) {
        raw->id = put(writing, "SP %s %llu", provider, (unsigned long long)line->message_id);
        return;
    }
    raw->toll.trans_id = (uint32_t)line->file_id;
    raw->id = put(writing, "SF %s %s %llu", at->sender, provider, (unsigned long long)line->file_id);
    raw->orig_id = put(writing, "%llu", (unsigned long long)line->file_id);
}

void jsetc_raw_line(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, const struct clr_jsetc_line *line, struct clr_raw *raw)
{
    struct writing writing = begin_reply(at, texts, raw);
    char provider[CLR_JSETC_ID_SIZE] = "";

    if (at->message.variant == CLR_JSETC_TOTALS) (void)clr_jsetc_id_text(at->list.provider, provider);
    else memcpy(provider, at->provider, sizeof provider);
    set_provider(&writing, provider);
    note_bad(&line->bad, raw);
    if (at->message.variant != CLR_JSETC_ACCOUNT) note_bad(&at->list.bad, raw);
    if (at->message.variant == CLR_JSETC_TOTALS) set_cleared(at, line, provider, &writing);
    else if (at->message.variant == CLR_JSETC_REFUND) set_refunded(at, line, &writing);
    else set_resolved(at, line, &writing);
    set_note(&writing, "", texts);
}

/* ---- transactions ---- */

static bool inside(struct clr_bytes text, struct clr_bytes whole)
{
    return text.size > 0 && text.data >= whole.data && text.data + text.size <= whole.data + whole.size;
}

static void set_reasons(const struct clr_jsetc_transaction *from, struct clr_raw *raw)
{
    const uint64_t sums = BIT(FEE) | BIT(BEFORE) | BIT(AFTER);
    const clr_fen fee = from->fee_negative ? -from->fee_fen : from->fee_fen;

    if (from->time_impossible || from->detail_impossible) raw->reasons |= CLR_REASON_MASK(BAD_DATE);
    if (from->has & BIT(TRANS_TYPE) && from->type != CLR_TYPE_PURSE && from->type != CLR_TYPE_COMPOUND) raw->reasons |= CLR_REASON_MASK(UNKNOWN_TYPE);
    /* A passage that costs nothing need not have been written to the card. */
    if (from->tac_blank && from->fee_fen != 0) raw->reasons |= CLR_REASON_MASK(TAC_ABSENT);
    if (from->disagrees != 0) raw->reasons |= CLR_REASON_MASK(FIELD_MISMATCH);
    if (from->fee_negative) raw->reasons |= CLR_REASON_MASK(SIGN);
    if ((from->has & sums) == sums && (clr_fen)from->before_fen - (clr_fen)from->after_fen != fee) raw->reasons |= CLR_REASON_MASK(ARITHMETIC);
}

static void set_values(const struct clr_jsetc_transaction *from, struct clr_raw *raw)
{
    raw->type = from->type;
    raw->amount_fen = raw->price_fen = from->fee_fen;
    raw->negative = from->fee_negative;
    raw->traded_at_s = from->time_s;
    raw->counter = from->card_counter;
    raw->sam = from->terminal;
    raw->sam_serial = from->terminal_counter;
    raw->tac_algorithm = from->algorithm <= 2 ? from->algorithm : 0;
    raw->toll.trans_id = from->trans_id;
    raw->toll.event = 1;
    raw->toll.entered_at_s = from->detail.entered_at_s;
    if (from->has & BIT(BEFORE)) {
        raw->balance_fen = from->before_fen;
        raw->flags |= CLR_FLAG_HAS_BALANCE;
    }
    if (from->has & BIT(TAC) && !from->tac_blank) {
        raw->tac = from->tac;
        raw->flags |= CLR_FLAG_HAS_TAC;
    }
}

/* The card as network and number, the identity; without a card that was read: the package's own. */
static void set_identity(const struct jsetc_raw_context *at, const struct clr_jsetc_transaction *from, struct writing *writing)
{
    struct clr_raw *const raw = writing->raw;
    uint8_t id[CLR_TOLLID_SIZE];

    if (from->has & BIT(NETWORK) && from->has & BIT(CARD)) {
        uint8_t *const digits = raw->text + writing->used;
        raw->card = put_bytes(writing, from->network.data, from->network.size);
        raw->card.size += put_bytes(writing, from->card.data, from->card.size).size;
        for (size_t i = 0; i < raw->card.size; i++) {
            if (digits[i] >= 'a') digits[i] = (uint8_t)(digits[i] - 0x20);
        }
    }
    const uint64_t parts = BIT(NETWORK) | BIT(CARD) | BIT(TERMINAL) | BIT(TERMINAL_COUNTER) | BIT(TIME);
    const bool read = (from->terminal_counter != 0 || raw->tac != 0) && (from->has & parts) == parts && from->time_s != CLR_TIME_NONE;
    if (!read && at->provider[0] != '\0' && from->trans_id != 0)
        raw->toll.trade_id = put(writing, "%s/%llu/%u", at->provider, (unsigned long long)at->message.message_id, from->trans_id);
    const struct clr_tollid toll = { .network = from->network, .card = from->card, .trade_id = raw->toll.trade_id, .terminal = from->terminal,
                                     .terminal_counter = read ? from->terminal_counter : 0, .tac = read ? raw->tac : 0, .time_s = from->time_s,
                                     .event = 1 };
    const size_t size = clr_tollid_write(&toll, id);
    if (size > 0) raw->id = put_bytes(writing, id, size);
}

/* Names of the fields that CustomizedData says otherwise, with blanks between them. */
static void list_fields(uint64_t fields, char text[96])
{
    size_t used = 0;

    text[0] = '\0';
    for (unsigned field = 1; field <= CLR_JSETC_FIELD_COUNT; field++) {
        if (!(fields & CLR_JSETC_BIT(field)) || used >= 60) continue;
        used += (size_t)snprintf(text + used, 96 - used, "%s%s", used == 0 ? "differs: " : " ", clr_jsetc_field_names[field - 1].name);
    }
}

void jsetc_raw_transaction(const struct jsetc_raw_context *at, const struct clr_jsetc_texts *texts, const struct clr_jsetc_transaction *from,
                           struct clr_bytes whole, struct clr_raw *raw)
{
    struct writing writing = begin(raw, CLR_KIND_PURCHASE);
    char differs[96];

    raw->declared_day = at->message.target;
    raw->toll.message_id = at->message.message_id;
    note_bad(&from->bad, raw);
    need(&at->message, needed_of(CLR_JSETC_ORIGINALS), raw);
    set_values(from, raw);
    set_reasons(from, raw);
    set_provider(&writing, at->provider);
    set_identity(at, from, &writing);
    if (inside(from->detail.exit_plaza, whole)) raw->toll.station = from->detail.exit_plaza;
    list_fields(from->disagrees, differs);
    set_note(&writing, differs, texts);
}

void jsetc_raw_place(struct clr_raw *raw, const struct clr_jsetc_texts *texts)
{
    raw->offset = (uint32_t)texts->offset;
    raw->size = (uint32_t)texts->size;
    if (texts->size <= CLR_RECORD_SIZE_MAX) return;
    raw->size = CLR_RECORD_SIZE_MAX;
    clr_raw_malformed(raw, 0, CLR_RULE_LENGTH);
}
