/* jsetc_transaction.c: an original transaction, and its binary twin. See jsetc_message.h. */
#include "jsetc_value.h"

#define WANT(name) CLR_JSETC_BIT(CLR_JSETC_##name)
#define WANTED                                                                                                                        \
    (WANT(TRANS_ID) | WANT(TIME) | WANT(FEE) | WANT(DETAIL) | WANT(CARD_TYPE) | WANT(NETWORK) | WANT(CARD) | WANT(BEFORE) | WANT(AFTER) |  \
     WANT(TRANS_TYPE) | WANT(TERMINAL) | WANT(TERMINAL_COUNTER) | WANT(CUSTOMIZED))
#define CARD_STORED 22
#define CARD_ACCOUNT 23
#define DETAIL_PARTS 11

/* ---- texts that are kept as they are ---- */

static void get_text(const struct jsetc_get *get, unsigned field, struct clr_bytes *to)
{
    *to = jsetc_text(get, field);
    if (to->size == 0) return;
    const enum clr_rule rule = clr_text_check(*to, false);
    if (rule != CLR_RULE_NONE) jsetc_bad(get, field, rule);
    else *get->has |= CLR_JSETC_BIT(field);
}

/* Exactly `size` hexadecimal digits, kept as text. */
static void get_digits(const struct jsetc_get *get, unsigned field, size_t size, struct clr_bytes *to)
{
    uint64_t value;

    jsetc_get_hex(get, field, (unsigned)size, (unsigned)size, &value);
    if (*get->has & CLR_JSETC_BIT(field)) *to = get->texts->text[field];
}

/* ---- Detail ---- */

/* "YYYYMMDD HHMMSS", or without the blank. */
static enum clr_rule read_moment(struct clr_bytes text, struct clr_reader *reader, int64_t *time_s, bool *impossible)
{
    uint8_t stamp[14];
    clr_day day;

    if (text.size != 15 && text.size != 14) return CLR_RULE_LENGTH;
    if (text.size == 15 && text.data[8] != ' ') return CLR_RULE_CHARSET;
    memcpy(stamp, text.data, 8);
    memcpy(stamp + 8, text.data + text.size - 6, 6);
    return clr_times_stamp(clr_bytes_of(stamp, sizeof stamp), reader, &day, time_s, impossible);
}

static unsigned split(struct clr_bytes text, struct clr_bytes part[DETAIL_PARTS])
{
    unsigned count = 0;

    for (;;) {
        const uint8_t *const bar = text.size == 0 ? NULL : memchr(text.data, '|', text.size);
        const size_t size = bar == NULL ? text.size : (size_t)(bar - text.data);
        if (count < DETAIL_PARTS) part[count] = clr_bytes_trim(clr_bytes_of(text.data, size));
        count++;
        if (bar == NULL) return count;
        text = clr_bytes_of(bar + 1, text.size - size - 1);
    }
}

static void get_detail(const struct jsetc_get *get, struct clr_jsetc_transaction *out)
{
    struct clr_jsetc_detail *const detail = &out->detail;
    struct clr_bytes part[DETAIL_PARTS];
    enum clr_rule rule = CLR_RULE_NONE;

    detail->exited_at_s = detail->entered_at_s = CLR_TIME_NONE;
    get_text(get, CLR_JSETC_DETAIL, &out->detail_text);
    if (!(out->has & WANT(DETAIL))) return;
    if (split(out->detail_text, part) != DETAIL_PARTS) {
        out->has &= ~WANT(DETAIL);
        jsetc_bad(get, CLR_JSETC_DETAIL, CLR_RULE_COLUMNS);
        return;
    }
    detail->vehicle_class = part[0];
    detail->exit_type = part[1];
    detail->exit_network = part[2];
    detail->exit_plaza = part[3];
    detail->exit_lane = part[4];
    detail->entry_type = part[6];
    detail->entry_network = part[7];
    detail->entry_plaza = part[8];
    detail->entry_lane = part[9];
    rule = read_moment(part[5], get->reader, &detail->exited_at_s, &out->detail_impossible);
    /* A road without an entry lane has no entry time. */
    if (rule == CLR_RULE_NONE && part[10].size > 0) rule = read_moment(part[10], get->reader, &detail->entered_at_s, &out->detail_impossible);
    if (rule != CLR_RULE_NONE) jsetc_bad(get, CLR_JSETC_DETAIL, rule);
}

/* ---- CustomizedData ---- */

static uint64_t big_endian(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) value = value << 8 | bytes[i];
    return value;
}

static void get_customized(const struct jsetc_get *get, struct clr_jsetc_transaction *out)
{
    const struct clr_bytes text = jsetc_text(get, CLR_JSETC_CUSTOMIZED);
    uint8_t byte[CLR_JSETC_CUSTOMIZED_SIZE];
    struct clr_reader reader = { .date_day = CLR_DAY_NONE };
    bool impossible = false;
    unsigned bad = 0;
    clr_day day;

    out->customized.time_s = CLR_TIME_NONE;
    if (text.size == 0) return;
    if (text.size != 2 * sizeof byte) {
        jsetc_bad(get, CLR_JSETC_CUSTOMIZED, CLR_RULE_LENGTH);
        return;
    }
    for (unsigned i = 0; i < sizeof byte; i++) {
        const unsigned high = clr_hex_value[text.data[2 * i]], low = clr_hex_value[text.data[2 * i + 1]];
        bad |= high | low;
        byte[i] = (uint8_t)(high << 4 | (low & 15));
    }
    if (bad > 15) {
        jsetc_bad(get, CLR_JSETC_CUSTOMIZED, CLR_RULE_HEX);
        return;
    }
    out->has |= WANT(CUSTOMIZED);
    out->customized = (struct clr_jsetc_customized){
        .tac = (uint32_t)big_endian(byte, 4), .amount_fen = (uint32_t)big_endian(byte + 4, 4), .type = byte[8], .terminal = big_endian(byte + 9, 6),
        .terminal_counter = (uint32_t)big_endian(byte + 15, 4), .reserved = (uint16_t)big_endian(byte + 26, 2),
        .after_fen = (uint32_t)big_endian(byte + 28, 4), .before_fen = (uint32_t)big_endian(byte + 32, 4),
        .card_counter = (uint16_t)big_endian(byte + 36, 2), .time_s = CLR_TIME_NONE };
    /* BCD: its hexadecimal digits are the decimal ones, or it is no time and agrees with none. */
    if (clr_times_stamp(clr_bytes_of(text.data + 38, 14), &reader, &day, &out->customized.time_s, &impossible) != CLR_RULE_NONE)
        out->customized.time_s = CLR_TIME_NONE;
}

/* A field that both have must be the same. */
static void compare(struct clr_jsetc_transaction *out)
{
    const struct clr_jsetc_customized *const twin = &out->customized;
    const struct { uint64_t bit; bool same; } pairs[] = {
        { WANT(FEE), out->fee_fen == (clr_fen)twin->amount_fen },
        { WANT(TAC), out->tac == twin->tac },
        { WANT(TRANS_TYPE), out->type == twin->type },
        { WANT(TERMINAL), out->terminal == twin->terminal },
        { WANT(TERMINAL_COUNTER), out->terminal_counter == twin->terminal_counter },
        { WANT(TIME), out->time_s == twin->time_s },
        { WANT(BEFORE), out->before_fen == twin->before_fen },
        { WANT(AFTER), out->after_fen == twin->after_fen },
        { WANT(CARD_COUNTER), out->card_counter == twin->card_counter },
    };

    if (!(out->has & WANT(CUSTOMIZED))) return;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (out->has & pairs[i].bit && !pairs[i].same) out->disagrees |= pairs[i].bit;
    }
}

/* ---- the other groups ---- */

/* Balances are 32 bits: account cards count down from 2^32. */
static void get_balance(const struct jsetc_get *get, unsigned field, uint32_t *to)
{
    clr_fen fen = 0;
    bool negative = false;

    jsetc_get_fen(get, field, &fen, &negative);
    if (!(*get->has & CLR_JSETC_BIT(field))) return;
    if (!negative && fen <= UINT32_MAX) {
        *to = (uint32_t)fen;
        return;
    }
    *get->has &= ~CLR_JSETC_BIT(field);
    jsetc_bad(get, field, negative ? CLR_RULE_SIGN : CLR_RULE_RANGE);
}

/* Two bytes: four hexadecimal digits, or a decimal number of any other size. */
static void get_card_counter(const struct jsetc_get *get, uint16_t *to)
{
    uint64_t value = 0;

    if (get->texts->seen & WANT(CARD_COUNTER) && get->texts->text[CLR_JSETC_CARD_COUNTER].size == 4) jsetc_get_hex(get, CLR_JSETC_CARD_COUNTER, 4, 4, &value);
    else jsetc_get_number(get, CLR_JSETC_CARD_COUNTER, UINT16_MAX, &value);
    *to = (uint16_t)value;
}

static void get_card(const struct jsetc_get *get, struct clr_jsetc_transaction *out)
{
    jsetc_get_small(get, CLR_JSETC_CARD_TYPE, &out->card_type);
    if (out->has & WANT(CARD_TYPE) && out->card_type != CARD_STORED && out->card_type != CARD_ACCOUNT) jsetc_bad(get, CLR_JSETC_CARD_TYPE, CLR_RULE_CODE);
    get_digits(get, CLR_JSETC_NETWORK, 4, &out->network);
    get_digits(get, CLR_JSETC_CARD, 16, &out->card);
    get_text(get, CLR_JSETC_CARD_PLATE, &out->card_plate);
    get_card_counter(get, &out->card_counter);
    get_balance(get, CLR_JSETC_BEFORE, &out->before_fen);
    get_balance(get, CLR_JSETC_AFTER, &out->after_fen);
}

/* A TAC may be blank, but its element must be there. */
static void get_tac(const struct jsetc_get *get, struct clr_jsetc_transaction *out)
{
    uint64_t tac = 0;

    if (!(get->texts->seen & WANT(TAC))) jsetc_bad(get, CLR_JSETC_TAC, CLR_RULE_MISSING);
    jsetc_get_hex(get, CLR_JSETC_TAC, 8, 8, &tac);
    out->tac = (uint32_t)tac;
    out->tac_blank = get->texts->seen & WANT(TAC) && get->texts->text[CLR_JSETC_TAC].size == 0;
    if (out->has & WANT(TAC)) out->tac_blank = tac == 0 || tac == UINT32_C(0xffffffff) || tac == UINT32_C(0x30303030);
}

static void get_validation(const struct jsetc_get *get, struct clr_jsetc_transaction *out)
{
    uint64_t type = 0, counter = 0;

    get_tac(get, out);
    jsetc_get_hex(get, CLR_JSETC_TRANS_TYPE, 2, 2, &type);
    jsetc_get_hex(get, CLR_JSETC_TERMINAL, 12, 12, &out->terminal);
    jsetc_get_hex(get, CLR_JSETC_TERMINAL_COUNTER, 8, 8, &counter);
    out->type = (uint8_t)type;
    out->terminal_counter = (uint32_t)counter;
}

static void get_obu(const struct jsetc_get *get, struct clr_jsetc_transaction *out)
{
    const struct clr_bytes id = get->texts->seen & WANT(OBU) ? get->texts->text[CLR_JSETC_OBU] : (struct clr_bytes){ NULL, 0 };
    uint64_t state = 0;

    get_digits(get, CLR_JSETC_OBU_NETWORK, 4, &out->obu_network);
    jsetc_get_hex(get, CLR_JSETC_OBU, id.size == 12 ? 12 : 16, 16, &out->obu_id);
    out->obu_digits = out->has & WANT(OBU) ? (uint8_t)id.size : 0;
    jsetc_get_hex(get, CLR_JSETC_OBU_STATE, 1, 4, &state);
    out->obu_state = (uint16_t)state;
    get_text(get, CLR_JSETC_OBU_PLATE, &out->obu_plate);
}

static void get_rest(const struct jsetc_get *get, struct clr_jsetc_transaction *out)
{
    uint64_t vehicle = 0;

    get_text(get, CLR_JSETC_OUTER_ID, &out->outer_id);
    get_text(get, CLR_JSETC_NAME, &out->name);
    get_text(get, CLR_JSETC_PARK_TIME, &out->park_time);
    jsetc_get_number(get, CLR_JSETC_VEHICLE, UINT16_MAX, &vehicle);
    out->vehicle_type = (uint16_t)vehicle;
    jsetc_get_small(get, CLR_JSETC_ALGORITHM, &out->algorithm);
    if (out->algorithm > 2) jsetc_bad(get, CLR_JSETC_ALGORITHM, CLR_RULE_CODE);
}

void clr_jsetc_transaction_of(const struct clr_jsetc_texts *texts, bool yuan, struct clr_reader *reader, struct clr_jsetc_transaction *out)
{
    *out = (struct clr_jsetc_transaction){ .time_s = CLR_TIME_NONE };
    const struct jsetc_get get = { texts, yuan, WANTED, &out->has, &out->bad, reader };

    jsetc_get_u32(&get, CLR_JSETC_TRANS_ID, &out->trans_id);
    if (out->has & WANT(TRANS_ID) && out->trans_id == 0) jsetc_bad(&get, CLR_JSETC_TRANS_ID, CLR_RULE_RANGE);
    jsetc_get_time(&get, CLR_JSETC_TIME, &out->time_s, &out->time_impossible);
    jsetc_get_fen(&get, CLR_JSETC_FEE, &out->fee_fen, &out->fee_negative);
    jsetc_get_small(&get, CLR_JSETC_SERVICE_TYPE, &out->service_type);
    get_text(&get, CLR_JSETC_DESCRIPTION, &out->description);
    get_detail(&get, out);
    get_card(&get, out);
    get_validation(&get, out);
    get_obu(&get, out);
    get_customized(&get, out);
    get_rest(&get, out);
    compare(out);
    if (!(out->has & WANT(CARD_COUNTER)) && out->has & WANT(CUSTOMIZED)) out->card_counter = out->customized.card_counter;
    if (texts->stray[CLR_JSETC_LEVEL_RECORD]) jsetc_bad(&get, 0, CLR_RULE_CHARSET);
}
