/* jsetc_message.c: header, body, lists and lines of replies; the getters of single fields. See jsetc_message.h. */
#include "jsetc_value.h"

#include <stdio.h>

#define NUMBER_MAX (UINT64_C(999999999999999999))
#define FILE_ID_MAX (UINT32_MAX)

/* ---- one field ---- */

void jsetc_bad(const struct jsetc_get *get, unsigned field, enum clr_rule rule)
{
    if (!get->bad->any) *get->bad = (struct clr_jsetc_bad){ .field = (uint8_t)field, .rule = (uint8_t)rule, .any = true };
}

struct clr_bytes jsetc_text(const struct jsetc_get *get, unsigned field)
{
    const uint64_t bit = CLR_JSETC_BIT(field);
    const struct clr_bytes nothing = { NULL, 0 };

    if (get->texts->twice & bit) jsetc_bad(get, field, CLR_RULE_TWICE);
    if (get->texts->long_text & bit) {
        jsetc_bad(get, field, CLR_RULE_LENGTH);
        return nothing;
    }
    const struct clr_bytes text = get->texts->seen & bit ? get->texts->text[field] : nothing;
    if (text.size == 0 && get->wanted & bit) jsetc_bad(get, field, CLR_RULE_MISSING);
    return text;
}

static void note(const struct jsetc_get *get, unsigned field, enum clr_rule rule)
{
    if (rule == CLR_RULE_NONE) *get->has |= CLR_JSETC_BIT(field);
    else jsetc_bad(get, field, rule);
}

void jsetc_get_number(const struct jsetc_get *get, unsigned field, uint64_t max, uint64_t *to)
{
    const struct clr_bytes text = jsetc_text(get, field);
    uint64_t value;

    if (text.size == 0) return;
    const enum clr_rule rule = clr_value_number(text, max, &value);
    if (rule == CLR_RULE_NONE) *to = value;
    note(get, field, rule);
}

void jsetc_get_u32(const struct jsetc_get *get, unsigned field, uint32_t *to)
{
    uint64_t value = *to;

    jsetc_get_number(get, field, UINT32_MAX, &value);
    *to = (uint32_t)value;
}

void jsetc_get_small(const struct jsetc_get *get, unsigned field, uint8_t *to)
{
    uint64_t value = *to;

    jsetc_get_number(get, field, UINT8_MAX, &value);
    *to = (uint8_t)value;
}

bool jsetc_hex(struct clr_bytes text, uint64_t *value)
{
    uint32_t front = 0, back;
    const size_t tail = text.size > 8 ? 8 : text.size;

    if (text.size == 0 || text.size > 16) return false;
    if (text.size > 8 && !clr_hex_read(text.data, text.size - 8, &front)) return false;
    if (!clr_hex_read(text.data + text.size - tail, tail, &back)) return false;
    *value = (uint64_t)front << 32 | back;
    return true;
}

void jsetc_get_hex(const struct jsetc_get *get, unsigned field, unsigned least, unsigned most, uint64_t *to)
{
    const struct clr_bytes text = jsetc_text(get, field);

    if (text.size == 0) return;
    if (text.size < least || text.size > most) note(get, field, CLR_RULE_LENGTH);
    else note(get, field, jsetc_hex(text, to) ? CLR_RULE_NONE : CLR_RULE_HEX);
}

void jsetc_get_id(const struct jsetc_get *get, unsigned field, uint64_t *to)
{
    uint64_t value = UINT64_MAX;

    jsetc_get_hex(get, field, 1, 16, &value);
    if (!(*get->has & CLR_JSETC_BIT(field))) return;
    if (value == 0) jsetc_bad(get, field, CLR_RULE_RANGE);
    *to = value;
}

void jsetc_get_fen(const struct jsetc_get *get, unsigned field, clr_fen *to, bool *negative)
{
    const struct clr_bytes text = jsetc_text(get, field);

    if (text.size == 0) return;
    note(get, field, clr_value_fen(text, get->yuan, to, negative));
}

void jsetc_get_time(const struct jsetc_get *get, unsigned field, int64_t *to, bool *impossible)
{
    const struct clr_bytes text = jsetc_text(get, field);
    clr_day day;

    if (text.size == 0) return;
    if (text.size != 19) {
        note(get, field, CLR_RULE_LENGTH);      /* no fraction and no zone */
        return;
    }
    note(get, field, clr_times_iso(text, false, get->reader, &day, to, impossible));
}

void jsetc_get_day(const struct jsetc_get *get, unsigned field, clr_day *to)
{
    const struct clr_bytes text = jsetc_text(get, field);
    bool impossible = false;
    int64_t time_s;
    enum clr_rule rule = CLR_RULE_LENGTH;

    if (text.size == 0) return;
    if (text.size == 8 && memcmp(text.data, "00000000", 8) == 0) return;
    if (text.size == 8) rule = clr_times_date(text, get->reader, to, &impossible);
    if (text.size == 10) rule = clr_times_iso_any(text, true, get->reader, to, &time_s, &impossible);
    note(get, field, rule == CLR_RULE_NONE && impossible ? CLR_RULE_DATE : rule);
}

size_t clr_jsetc_id_text(uint64_t id, char text[CLR_JSETC_ID_SIZE])
{
    if (id == 0) return 0;
    return (size_t)snprintf(text, CLR_JSETC_ID_SIZE, "%llX", (unsigned long long)id);
}

/* ---- header and body ---- */

#define WANT(name) CLR_JSETC_BIT(CLR_JSETC_##name)
#define WANT_HEADER (WANT(VERSION) | WANT(CLASS) | WANT(TYPE) | WANT(SENDER) | WANT(RECEIVER) | WANT(HEADER_ID) | WANT(CONTENT))

static const uint64_t wanted[CLR_JSETC_VARIANTS] = {
    [CLR_JSETC_UNKNOWN] = WANT_HEADER,
    [CLR_JSETC_ORIGINALS] = WANT_HEADER | WANT(TARGET) | WANT(PROVIDER) | WANT(ISSUER) | WANT(MESSAGE_ID) | WANT(COUNT) | WANT(AMOUNT),
    [CLR_JSETC_DISPUTE] = WANT_HEADER | WANT(OPERATOR) | WANT(PROVIDER) | WANT(ISSUER) | WANT(FILE_ID) | WANT(PROCESSED) | WANT(COUNT),
    [CLR_JSETC_REFUND] = WANT_HEADER | WANT(TARGET) | WANT(PROVIDER) | WANT(ISSUER) | WANT(MESSAGE_ID) | WANT(PROCESSED) | WANT(COUNT) | WANT(AMOUNT),
    [CLR_JSETC_ACCOUNT] = WANT_HEADER | WANT(PROVIDER) | WANT(ISSUER) | WANT(MESSAGE_ID) | WANT(PROCESSED) | WANT(COUNT) | WANT(AMOUNT) | WANT(DISPUTED),
    [CLR_JSETC_TOTALS] = WANT_HEADER | WANT(TARGET) | WANT(AMOUNT) | WANT(COUNT) | WANT(PROCESSED),
    [CLR_JSETC_CONFIRMATION] = WANT_HEADER | WANT(MESSAGE_ID) | WANT(PROCESSED) | WANT(RESULT),
};

static void get_header(const struct jsetc_get *get, struct clr_jsetc_message *out)
{
    uint64_t version = 0;

    jsetc_get_hex(get, CLR_JSETC_VERSION, 8, 8, &version);
    out->version = (uint32_t)version;
    if (*get->has & WANT(VERSION) && version != 0x00010000 && version != 0x00020000) jsetc_bad(get, CLR_JSETC_VERSION, CLR_RULE_CODE);
    jsetc_get_small(get, CLR_JSETC_CLASS, &out->message_class);
    jsetc_get_small(get, CLR_JSETC_TYPE, &out->message_type);
    jsetc_get_id(get, CLR_JSETC_SENDER, &out->sender);
    jsetc_get_id(get, CLR_JSETC_RECEIVER, &out->receiver);
    jsetc_get_number(get, CLR_JSETC_HEADER_ID, NUMBER_MAX, &out->header_id);
    jsetc_get_small(get, CLR_JSETC_CONTENT, &out->content);
}

static void get_body(const struct jsetc_get *get, struct clr_jsetc_message *out)
{
    bool impossible = false;

    jsetc_get_id(get, CLR_JSETC_OPERATOR, &out->operator_id);
    jsetc_get_day(get, CLR_JSETC_TARGET, &out->target);
    jsetc_get_id(get, CLR_JSETC_PROVIDER, &out->provider);
    jsetc_get_id(get, CLR_JSETC_ISSUER, &out->issuer);
    jsetc_get_number(get, CLR_JSETC_MESSAGE_ID, NUMBER_MAX, &out->message_id);
    jsetc_get_number(get, CLR_JSETC_FILE_ID, FILE_ID_MAX, &out->file_id);
    jsetc_get_time(get, CLR_JSETC_PROCESSED, &out->processed_at_s, &impossible);
    if (impossible) {
        out->has &= ~WANT(PROCESSED);
        jsetc_bad(get, CLR_JSETC_PROCESSED, CLR_RULE_DATE);
    }
    jsetc_get_u32(get, CLR_JSETC_RESULT, &out->result);
    jsetc_get_u32(get, CLR_JSETC_COUNT, &out->count);
    jsetc_get_fen(get, CLR_JSETC_AMOUNT, &out->amount_fen, &out->amount_negative);
    jsetc_get_u32(get, CLR_JSETC_DISPUTED, &out->disputed);
}

/* A dispute result goes from the centre to the collector, so the receiver is the provider. */
static void put_right(struct clr_jsetc_message *out)
{
    if (out->variant != CLR_JSETC_DISPUTE || out->receiver == 0 || out->provider == out->receiver || out->issuer != out->receiver) return;
    out->issuer = out->provider;
    out->provider = out->receiver;
    out->swapped = true;
}

void clr_jsetc_message_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_jsetc_message *out)
{
    struct clr_reader reader = { .date_day = CLR_DAY_NONE };

    *out = (struct clr_jsetc_message){ .variant = texts->variant, .target = CLR_DAY_NONE, .processed_at_s = CLR_TIME_NONE };
    const struct jsetc_get get = { texts, yuan, wanted[texts->variant], &out->has, &out->bad, &reader };
    get_header(&get, out);
    get_body(&get, out);
    put_right(out);
}

/* ---- lists and lines ---- */

void clr_jsetc_list_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_jsetc_list *out)
{
    const bool totals = texts->variant == CLR_JSETC_TOTALS, refund = texts->variant == CLR_JSETC_REFUND;
    const uint64_t lists = totals ? WANT(LIST_MESSAGES) | WANT(LIST_FILES) | WANT(LIST_PROVIDER) : WANT(LIST_ID) | WANT(LIST_COUNT);
    bool negative = false;

    *out = (struct clr_jsetc_list){ .provider = 0 };
    const struct jsetc_get get = { texts, yuan, lists | (refund ? WANT(LIST_AMOUNT) : 0), &out->has, &out->bad, NULL };
    jsetc_get_u32(&get, CLR_JSETC_LIST_MESSAGES, &out->messages);
    jsetc_get_u32(&get, CLR_JSETC_LIST_FILES, &out->files);
    jsetc_get_id(&get, CLR_JSETC_LIST_PROVIDER, &out->provider);
    jsetc_get_number(&get, CLR_JSETC_LIST_ID, NUMBER_MAX, &out->message_id);
    jsetc_get_u32(&get, CLR_JSETC_LIST_COUNT, &out->count);
    jsetc_get_fen(&get, CLR_JSETC_LIST_AMOUNT, &out->amount_fen, &negative);
    if (negative) jsetc_bad(&get, CLR_JSETC_LIST_AMOUNT, CLR_RULE_SIGN);
}

/* A record of a package has a number from 1; a blank one of the totals is none, and no error. */
void clr_jsetc_line_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_jsetc_line *out)
{
    const bool totals = texts->variant == CLR_JSETC_TOTALS, refund = texts->variant == CLR_JSETC_REFUND;
    const uint64_t lines = totals ? 0 : refund ? WANT(TRANS_ID) | WANT(TRANS_AMOUNT) : WANT(TRANS_ID) | WANT(TRANS_RESULT);

    *out = (struct clr_jsetc_line){ .trans_id = 0 };
    const struct jsetc_get get = { texts, yuan, lines, &out->has, &out->bad, NULL };
    jsetc_get_number(&get, CLR_JSETC_LISTED_PACKAGE, NUMBER_MAX, &out->message_id);
    jsetc_get_number(&get, CLR_JSETC_LISTED_FILE, FILE_ID_MAX, &out->file_id);
    jsetc_get_u32(&get, CLR_JSETC_TRANS_ID, &out->trans_id);
    if (out->has & WANT(TRANS_ID) && out->trans_id == 0) jsetc_bad(&get, CLR_JSETC_TRANS_ID, CLR_RULE_RANGE);
    uint64_t result = 0;
    jsetc_get_number(&get, CLR_JSETC_TRANS_RESULT, UINT16_MAX, &result);
    out->result = (uint32_t)result;
    if (texts->variant == CLR_JSETC_DISPUTE && out->result > 1) jsetc_bad(&get, CLR_JSETC_TRANS_RESULT, CLR_RULE_CODE);
    jsetc_get_fen(&get, CLR_JSETC_TRANS_AMOUNT, &out->amount_fen, &out->amount_negative);
}
