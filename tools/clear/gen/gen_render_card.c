/*
 * gen_render_card.c: records of card terminals: yz316 and xf, byte by byte as the formats draw them (formats/transit.md 1.1, 1.2), and what
 * all formats share: heads, tails, dates.
 */
#include <string.h>

#include "gen_file.h"
#include "gen_put.h"
#include "gen_source.h"

#define YZ_SIZE 315
#define XF_FIXED_SIZE 150                     /* without the POS number of 8 or 10 digits */

/* ---- shared ---- */

clr_day gen_trade_day(const struct gen_world *world, const struct gen_trade *trade)
{
    return world->date + (trade->time_s >= 0 ? trade->time_s / CLR_DAY_S : -((CLR_DAY_S - 1 - trade->time_s) / CLR_DAY_S));
}

char *gen_put_day(char *to, clr_day date, int32_t time_s)
{
    const clr_day day = date + (time_s >= 0 ? time_s / CLR_DAY_S : -((CLR_DAY_S - 1 - time_s) / CLR_DAY_S));
    int year, month, day_of_month;

    clr_day_to_date(day, &year, &month, &day_of_month);
    return gen_put_padded(gen_put_padded(gen_put_padded(to, (uint64_t)year, 4), (uint64_t)month, 2), (uint64_t)day_of_month, 2);
}

char *gen_put_time(char *to, int32_t time_s)
{
    const uint64_t second = (uint64_t)((time_s % CLR_DAY_S + CLR_DAY_S) % CLR_DAY_S);

    return gen_put_padded(gen_put_padded(gen_put_padded(to, second / 3600, 2), second / 60 % 60, 2), second % 60, 2);
}

char *gen_put_iso_day(char *to, clr_day date, int32_t time_s)
{
    char digits[8];

    gen_put_day(digits, date, time_s);
    memcpy(to, digits, 4);
    to[4] = '-';
    memcpy(to + 5, digits + 4, 2);
    to[7] = '-';
    memcpy(to + 8, digits + 6, 2);
    return to + 10;
}

char *gen_put_iso_time(char *to, int32_t time_s)
{
    char digits[6];

    gen_put_time(digits, time_s);
    memcpy(to, digits, 2);
    to[2] = ':';
    memcpy(to + 3, digits + 2, 2);
    to[5] = ':';
    memcpy(to + 6, digits + 4, 2);
    return to + 8;
}

uint64_t gen_terminal_number(const struct gen_trade *trade)
{
    return UINT64_C(100000000000) + (uint64_t)trade->operator * 1000000 + trade->terminal;
}

const char *gen_trade_card(const struct gen_world *world, const struct gen_trade *trade, char text[GEN_CARD_TEXT_SIZE])
{
    if (trade->flags & GEN_TRADE_UNKNOWN_CARD) return gen_world_unknown_card(world, trade->card, text);
    return gen_world_card_text(world, trade->card, text);
}

const char *gen_trade_unit(const struct gen_world *world, const struct gen_trade *trade, char text[GEN_UNIT_SIZE])
{
    if (trade->flags & GEN_TRADE_UNKNOWN_UNIT) return gen_world_unknown_unit(world, text);
    return trade->flags & GEN_TRADE_NO_UNIT ? "" : world->operator[trade->operator].unit;
}

/** Copy a text left-justified into a field that is all blanks. */
static void put_left(char *field, const char *text)
{
    memcpy(field, text, strlen(text));
}

uint64_t gen_shown_counter(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t modulus)
{
    const int offset = world->rules->sender[file->sender].counter_offset;

    return (trade->counter + modulus - (uint64_t)(int64_t)offset) % modulus;
}

/* Two of three are the day's own; the constants are what other systems write for "none". */
const char *gen_no_tac(const struct gen_trade *trade, const char *blank)
{
    static const char *const constants[] = { "00000000", "FFFFFFFF", "30303030" };

    return trade->damage == GEN_DAMAGE_TAC_CONST ? constants[trade->serial % 3] : blank;
}

/* ---- yz316 ---- */

/** Break one field of a record that is complete so far. */
static size_t break_yz316(const struct gen_trade *trade, char *to)
{
    switch ((enum gen_damage)trade->damage) {
    case GEN_DAMAGE_AMOUNT: to[79 + trade->serial % 8] = 'X'; break;
    case GEN_DAMAGE_CARD: memset(to + 12, ' ', 20); break;
    case GEN_DAMAGE_SERIAL: to[129] = 'S'; break;
    case GEN_DAMAGE_PSAM: memset(to + 117, ' ', 12); break;
    case GEN_DAMAGE_COUNTER: to[174] = 'Z'; break;
    case GEN_DAMAGE_INDUSTRY: memcpy(to + 259, "77", 2); break;
    case GEN_DAMAGE_TAC_HEX: to[165] = 'G'; break;
    case GEN_DAMAGE_TYPE: memcpy(to + 95, "77", 2); break;
    case GEN_DAMAGE_DATE: memcpy(to + 147, "20260231", 8); break;
    case GEN_DAMAGE_BLACK: to[70] = '1'; break;
    case GEN_DAMAGE_AFTER: gen_put_hex(to + 87, trade->balance_fen - trade->amount_fen + 1 + trade->serial % 50, 8); break;
    case GEN_DAMAGE_INNER: to[51] = to[51] == '9' ? '8' : '9'; break;
    case GEN_DAMAGE_SHORT: {
        const size_t size = 20 + trade->serial % 290;
        to[size] = '\n';
        return size + 1;
    }
    case GEN_DAMAGE_LONG: {
        const size_t extra = 1 + trade->serial % 40;
        memset(to + YZ_SIZE, 'E', extra);
        to[YZ_SIZE + extra] = '\n';
        return YZ_SIZE + extra + 1;
    }
    default: break;
    }
    return YZ_SIZE + 1;
}

static void put_yz316_parties(const struct gen_world *world, const struct gen_trade *trade, char *to)
{
    const struct gen_operator *operator = &world->operator[trade->operator];
    const bool unknown_card = (trade->flags & GEN_TRADE_UNKNOWN_CARD) != 0, unknown_unit = (trade->flags & GEN_TRADE_UNKNOWN_UNIT) != 0;
    char unit[GEN_UNIT_SIZE];

    put_left(to + 193, unknown_unit ? "9999" : operator->city);
    put_left(to + 197, unknown_card ? "9999" : gen_world_issuer(world, trade->card)->city);
    put_left(to + 201, gen_trade_unit(world, trade, unit));
    gen_put_padded(to + 259, gen_industry_of((enum clr_service)operator->service), 2);
    if (operator->service == CLR_SERVICE_BUS) {
        *gen_put_decimal(to + 209, 1 + trade->terminal % 150) = ' ';
        gen_put_padded(to + 229, trade->terminal, 8);
        gen_put_padded(to + 237, 60000000 + trade->terminal % 5000, 8);
    }
}

size_t gen_render_yz316(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to)
{
    const bool taken = (trade->flags & GEN_TRADE_NO_TAC) == 0 && trade->damage != GEN_DAMAGE_TAC_BLANK && trade->damage != GEN_DAMAGE_TAC_CONST;
    const int32_t time_s = trade->damage == GEN_DAMAGE_FUTURE ? trade->time_s + GEN_FUTURE_S : trade->time_s;
    char card[GEN_CARD_TEXT_SIZE];

    memset(to, ' ', YZ_SIZE);
    to[YZ_SIZE] = '\n';
    gen_put_decimal(to, number);
    gen_trade_card(world, trade, card);
    put_left(to + 12, card);
    if (strlen(card) == 19) {
        put_left(to + 32, card);
        put_left(to + 51, card + 3);
        memcpy(to + 177, card, 8);
    }
    memcpy(to + 67, "01 ", 3);
    to[70] = '0';
    gen_put_hex(to + 71, trade->balance_fen, 8);
    gen_put_hex(to + 79, trade->amount_fen, 8);
    gen_put_hex(to + 87, trade->balance_fen - trade->amount_fen, 8);
    gen_put_padded(to + 95, trade->type, 2);
    gen_put_padded(to + 105, gen_terminal_number(trade) % 1000000000, 12);
    gen_put_padded(to + 117, gen_terminal_number(trade), 12);
    gen_put_decimal(to + 129, trade->serial);
    to[138] = trade->flags & GEN_TRADE_LOCK ? '1' : '0';
    gen_put_hex(to + 139, trade->serial, 8);
    gen_put_time(gen_put_day(to + 147, world->date, time_s), time_s);
    if (taken) gen_put_hex(to + 161, trade->tac, 8);
    else if (trade->damage == GEN_DAMAGE_TAC_CONST) put_left(to + 161, gen_no_tac(trade, ""));
    memcpy(to + 169, "0101", 4);
    gen_put_hex(to + 173, gen_shown_counter(world, file, trade, 0x10000), 4);
    put_yz316_parties(world, trade, to);
    to[261] = trade->flags & GEN_TRADE_BONUS ? '2' : trade->flags & GEN_TRADE_TRANSFER ? '8' : '0';
    gen_put_time(gen_put_day(to + 262, world->date + 1, 0), trade->time_s % 3600);
    to[276] = trade->flags & GEN_TRADE_TEST ? '1' : '0';
    gen_put_hex(to + 277, trade->tac ^ trade->serial, 8);
    return break_yz316(trade, to);
}

/* ---- xf158, xf160 ---- */

static size_t end_line(const struct gen_file *file, char *to, size_t size)
{
    static const char *const ends[] = { "\r\n", "\n", "\n\r" };           /* all three are seen in real files */
    const char *end = ends[file->variant % 3];

    memcpy(to + size, end, strlen(end));
    return size + strlen(end);
}

static size_t break_xf(const struct gen_file *file, const struct gen_trade *trade, unsigned pos, char *to)
{
    const size_t size = XF_FIXED_SIZE + pos;

    switch ((enum gen_damage)trade->damage) {
    case GEN_DAMAGE_AMOUNT: to[95 + pos + trade->serial % 8] = 'X'; break;
    case GEN_DAMAGE_CARD: memset(to + 23 + pos, ' ', 20); break;
    case GEN_DAMAGE_SERIAL: to[80 + pos] = 'S'; break;
    case GEN_DAMAGE_PSAM: memset(to + 119 + pos, ' ', 12); break;
    case GEN_DAMAGE_COUNTER: to[72 + pos] = 'Z'; break;
    case GEN_DAMAGE_GRAY_CODE: memcpy(to + 139 + pos, "07", 2); break;
    case GEN_DAMAGE_TAC_HEX: to[133 + pos] = 'G'; break;
    case GEN_DAMAGE_TYPE: memcpy(to + 117 + pos, "77", 2); break;
    case GEN_DAMAGE_DATE: memcpy(to + 103 + pos, "20260231", 8); break;
    case GEN_DAMAGE_EXPIRED: memcpy(to + 63 + pos, "20191231", 8); break;
    case GEN_DAMAGE_SHORT: return end_line(file, to, 20 + trade->serial % 120);
    case GEN_DAMAGE_LONG: {
        const size_t extra = 3 + trade->serial % 40;
        memset(to + size, 'F', extra);
        return end_line(file, to, size + extra);
    }
    default: break;
    }
    return end_line(file, to, size);
}

size_t gen_render_xf(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to)
{
    const unsigned pos = file->format == CLR_FORMAT_XF158 ? 8 : 10;
    const bool taken = (trade->flags & GEN_TRADE_NO_TAC) == 0 && trade->damage != GEN_DAMAGE_TAC_BLANK && trade->damage != GEN_DAMAGE_TAC_CONST;
    const int32_t time_s = trade->damage == GEN_DAMAGE_FUTURE ? trade->time_s + GEN_FUTURE_S : trade->time_s;
    char card[GEN_CARD_TEXT_SIZE], unit[GEN_UNIT_SIZE], *at;
    size_t size;

    at = gen_put_padded(to, number % 100000000, 8);
    at = gen_put_text(at, gen_trade_unit(world, trade, unit));
    at = gen_put_padded(at, gen_terminal_number(trade) % 100000000, pos);
    gen_trade_card(world, trade, card);
    size = strlen(card);
    for (size_t i = size; i < 20; i++) *at++ = '0';
    at = gen_put_text(at, card);
    at = gen_put_text(at, "0100203512312015010120351231");
    at = gen_put_padded(at, gen_shown_counter(world, file, trade, 1000000), 6);
    at = gen_put_padded(at, trade->serial, 10);
    at = gen_put_padded(at, trade->balance_fen, 8);
    at = gen_put_padded(at, trade->amount_fen, 8);
    at = gen_put_time(gen_put_day(at, world->date, time_s), time_s);
    at = gen_put_padded(at, trade->type, 2);
    at = gen_put_padded(at, gen_terminal_number(trade), 12);
    at = taken ? gen_put_hex(at, trade->tac, 8) : gen_put_text(at, trade->damage == GEN_DAMAGE_TAC_BLANK ? "        " : gen_no_tac(trade, "00000000"));
    at = gen_put_text(at, trade->flags & GEN_TRADE_GRAY ? "01" : "00");
    at = gen_put_text(at, trade->flags & GEN_TRADE_MONTHLY ? "011" : "000");
    gen_put_text(at, "FFFFFF");
    return break_xf(file, trade, pos, to);
}

/* ---- heads and tails ---- */

static size_t put_xf_head(const struct gen_file *file, uint64_t records, char *to)
{
    char *at = gen_put_padded(gen_put_text(to, "XF"), file->source->industry, 2);

    at = gen_put_padded(gen_put_padded(at, records, 8), file->format == CLR_FORMAT_XF158 ? 158 : 160, 8);
    memset(at, 'F', 24);
    return end_line(file, to, 44);
}

static size_t put_yz316_head(uint64_t records, char *to)
{
    memset(to, ' ', 46);
    memcpy(to, "1001", 4);
    gen_put_decimal(to + 4, records);
    memcpy(to + 14, "316", 3);
    to[46] = '\n';
    return 47;
}

size_t gen_render_head(const struct gen_world *world, const struct gen_file *file, uint64_t records, char *to)
{
    static const char moves[] = "id,product,kind,orig_id,card,issuer,acquirer,service,trade_time,amount_fen,price_fen,reason,note\n";

    switch (file->format) {
    case CLR_FORMAT_YZ316: return put_yz316_head(records, to);
    case CLR_FORMAT_XF158:
    case CLR_FORMAT_XF160: return put_xf_head(file, records, to);
    case CLR_FORMAT_TRADE_CSV: return gen_render_trade_head(file, to);
    case CLR_FORMAT_SZT_CSV: return gen_render_szt_head(file, to);
    case CLR_FORMAT_SZT_JSON: return (size_t)(gen_put_text(gen_put_decimal(gen_put_text(to, "{\"total\":"), world->options->records), ",\"data\":[") - to);
    default: memcpy(to, moves, sizeof moves - 1); return sizeof moves - 1;
    }
}

size_t gen_render_tail(const struct gen_world *world, const struct gen_file *file, char *to)
{
    (void)world;
    if (file->format != CLR_FORMAT_SZT_JSON) return 0;
    char *at = gen_put_decimal(gen_put_text(to, "],\"page\":"), file->variant + 1);
    at = gen_put_decimal(gen_put_text(at, ",\"rows\":"), file->records);
    return (size_t)(gen_put_text(at, "}\n") - to);
}

size_t gen_render_trade(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to)
{
    switch (file->format) {
    case CLR_FORMAT_YZ316: return gen_render_yz316(world, file, trade, number, to);
    case CLR_FORMAT_TRADE_CSV: return gen_render_trade_csv(world, file, trade, to);
    case CLR_FORMAT_SZT_CSV: return gen_render_szt_csv(world, file, trade, to);
    case CLR_FORMAT_SZT_JSON: return gen_render_szt_json(world, file, trade, number, to);
    default: return gen_render_xf(world, file, trade, number, to);
    }
}
