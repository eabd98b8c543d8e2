/*
 * gen_render_trade.c: records of trade-csv (codecs/trade_csv.c). Files differ: plain columns with LF, the same with CR LF, and another order of
 * columns with some quotes.
 */
#include <string.h>

#include "gen_file.h"
#include "gen_put.h"
#include "gen_source.h"

enum column { CARD, TERMINAL, SERIAL, COUNTER, AMOUNT, TIME, CITY_CARD, CITY_TRADE, SERVICE, TYPE, TAC, COLUMNS };

static const char *const names[COLUMNS] = { "card", "terminal", "serial", "counter", "amount_fen", "time", "city_card", "city_trade", "service", "type", "tac" };

static const uint8_t orders[2][COLUMNS] = {
    { CARD, TERMINAL, SERIAL, COUNTER, AMOUNT, TIME, CITY_CARD, CITY_TRADE, SERVICE, TYPE, TAC },
    { TIME, CITY_TRADE, TERMINAL, SERIAL, SERVICE, TYPE, AMOUNT, CARD, CITY_CARD, COUNTER, TAC },
};

enum { VARIANT_LF, VARIANT_CRLF, VARIANT_OTHER, VARIANTS };

static const uint8_t *order_of(const struct gen_file *file)
{
    return orders[file->variant % VARIANTS == VARIANT_OTHER];
}

static char *end_line(const struct gen_file *file, char *to)
{
    return gen_put_text(to, file->variant % VARIANTS == VARIANT_CRLF ? "\r\n" : "\n");
}

static char *put_time(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, char *to)
{
    const int32_t time_s = trade->damage == GEN_DAMAGE_FUTURE ? trade->time_s + GEN_FUTURE_S : trade->time_s;

    if (trade->damage == GEN_DAMAGE_DATE) return gen_put_text(to, "2026-02-31T08:00:00");
    to = gen_put_iso_day(to, world->date, time_s);
    *to++ = file->variant % VARIANTS == VARIANT_OTHER ? ' ' : 'T';
    return gen_put_iso_time(to, time_s);
}

static char *put_number(char *to, uint64_t value, unsigned width, bool damaged, char with)
{
    char *const end = width == 0 ? gen_put_decimal(to, value) : gen_put_padded(to, value, width);

    if (damaged) to[(end - to) / 2] = with;
    return end;
}

static char *put_tac(const struct gen_trade *trade, char *to)
{
    if (trade->damage == GEN_DAMAGE_TAC_BLANK || trade->damage == GEN_DAMAGE_TAC_CONST || (trade->flags & GEN_TRADE_NO_TAC))
        return gen_put_text(to, gen_no_tac(trade, ""));
    gen_put_hex(to, trade->tac, 8);
    if (trade->damage == GEN_DAMAGE_TAC_HEX) to[4] = 'G';
    return to + 8;
}

static char *put_column(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, enum column column, char *to)
{
    char text[GEN_CARD_TEXT_SIZE > GEN_UNIT_SIZE ? GEN_CARD_TEXT_SIZE : GEN_UNIT_SIZE];

    switch (column) {
    case CARD: return trade->damage == GEN_DAMAGE_CARD ? to : gen_put_text(to, gen_trade_card(world, trade, text));
    case TERMINAL: return trade->damage == GEN_DAMAGE_PSAM ? to : gen_put_padded(to, gen_terminal_number(trade), 12);
    case SERIAL: return put_number(to, trade->serial, 9, trade->damage == GEN_DAMAGE_SERIAL, 'S');
    case COUNTER: return put_number(to, gen_shown_counter(world, file, trade, 0x10000), 0, trade->damage == GEN_DAMAGE_COUNTER, 'Z');
    case AMOUNT: return put_number(to, trade->amount_fen, 0, trade->damage == GEN_DAMAGE_AMOUNT, 'X');
    case TIME: return put_time(world, file, trade, to);
    case CITY_CARD: return gen_put_text(to, trade->flags & GEN_TRADE_UNKNOWN_CARD ? "9999" : gen_world_issuer(world, trade->card)->city);
    case CITY_TRADE: return gen_put_text(to, gen_trade_unit(world, trade, text));
    case SERVICE: return gen_put_padded(to, trade->damage == GEN_DAMAGE_INDUSTRY ? 77 : gen_industry_of((enum clr_service)world->operator[trade->operator].service), 2);
    case TYPE: return gen_put_padded(to, trade->damage == GEN_DAMAGE_TYPE ? 77 : trade->type, 2);
    case TAC: return put_tac(trade, to);
    default: return to;
    }
}

size_t gen_render_trade_head(const struct gen_file *file, char *to)
{
    char *at = to;

    for (unsigned i = 0; i < COLUMNS; i++) {
        if (i > 0) *at++ = ',';
        at = gen_put_text(at, names[order_of(file)[i]]);
    }
    return (size_t)(end_line(file, at) - to);
}

size_t gen_render_trade_csv(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, char *to)
{
    const unsigned columns = trade->damage == GEN_DAMAGE_COLUMNS ? COLUMNS - 1 - trade->serial % 3 : COLUMNS;
    char *at = to;

    for (unsigned i = 0; i < columns; i++) {
        const enum column column = (enum column)order_of(file)[i];
        const bool quoted = file->variant % VARIANTS == VARIANT_OTHER && (column == TIME || column == TAC);
        if (i > 0) *at++ = ',';
        if (quoted) *at++ = '"';
        at = put_column(world, file, trade, column, at);
        if (quoted) *at++ = '"';
    }
    return (size_t)(end_line(file, at) - to);
}
