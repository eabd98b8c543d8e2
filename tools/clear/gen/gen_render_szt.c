/*
 * gen_render_szt.c: open data of Shenzhen Tong as CSV and JSON: the columns of the published data, in an order that differs between files.
 * Stations, vehicles and companies are made up.
 */
#include <string.h>

#include "gen_file.h"
#include "gen_put.h"

enum column { DEAL_DATE, CLOSE_DATE, CARD_NO, DEAL_VALUE, DEAL_TYPE, COMPANY_NAME, CAR_NO, STATION, CONN_MARK, DEAL_MONEY, EQU_NO, COLUMNS };

static const char *const names[COLUMNS] = { "deal_date", "close_date", "card_no", "deal_value", "deal_type", "company_name", "car_no", "station",
                                            "conn_mark", "deal_money", "equ_no" };

static const uint8_t orders[3][COLUMNS] = {
    { DEAL_DATE, CLOSE_DATE, CARD_NO, DEAL_VALUE, DEAL_TYPE, COMPANY_NAME, CAR_NO, STATION, CONN_MARK, DEAL_MONEY, EQU_NO },
    { CARD_NO, DEAL_DATE, DEAL_TYPE, DEAL_MONEY, DEAL_VALUE, EQU_NO, COMPANY_NAME, STATION, CAR_NO, CONN_MARK, CLOSE_DATE },
    { EQU_NO, CAR_NO, STATION, COMPANY_NAME, CLOSE_DATE, DEAL_DATE, CONN_MARK, DEAL_VALUE, DEAL_MONEY, DEAL_TYPE, CARD_NO },
};

static char *put_deal_date(const struct gen_world *world, const struct gen_trade *trade, char *to)
{
    const int32_t time_s = trade->damage == GEN_DAMAGE_FUTURE ? trade->time_s + GEN_FUTURE_S : trade->time_s;

    if (trade->damage == GEN_DAMAGE_DATE) return gen_put_text(to, "2026-02-31 08:00:00");
    to = gen_put_iso_day(to, world->date, time_s);
    *to++ = ' ';
    return gen_put_iso_time(to, time_s);
}

static char *put_station(const struct gen_trade *trade, char *to)
{
    static const char *const stations[] = { "东湖", "西岭", "南塘", "北桥", "青石", "白鹭洲", "红树", "云山", "望海", "新圩" };

    if (trade->type != 3) return gen_put_text(to, stations[trade->terminal % 10]);
    return gen_put_text(gen_put_decimal(to, 100 + trade->terminal % 300), "路");
}

static char *put_car(const struct gen_trade *trade, char *to)
{
    if (trade->type == 3) return gen_put_padded(gen_put_text(to, "鹏B"), trade->terminal % 100000, 5);
    return gen_put_decimal(gen_put_text(to, trade->type == 1 ? "IGT-" : "OGT-"), 101 + trade->terminal % 30);
}

static char *put_column(const struct gen_world *world, const struct gen_trade *trade, enum column column, char *to)
{
    static const char *const types[] = { "地铁换乘", "地铁入站", "地铁出站", "巴士" };
    char text[GEN_UNIT_SIZE], *at = to;

    switch (column) {
    case DEAL_DATE: return put_deal_date(world, trade, to);
    case CLOSE_DATE: return gen_put_text(gen_put_iso_day(to, world->date, 0), " 00:00:00");
    case CARD_NO:
        at = gen_put_text(to, gen_trade_card(world, trade, text));
        if (trade->damage == GEN_DAMAGE_CARD) to[1 + trade->serial % 7] = (char)('K' + trade->serial % 10);
        return at;
    case DEAL_VALUE: return gen_put_decimal(to, trade->price_fen);
    case DEAL_TYPE: return gen_put_text(to, types[trade->damage == GEN_DAMAGE_TYPE ? 0 : trade->type]);
    case COMPANY_NAME: return gen_put_text(to, gen_trade_unit(world, trade, text));
    case CAR_NO: return put_car(trade, to);
    case STATION: return put_station(trade, to);
    case CONN_MARK: return gen_put_text(to, trade->flags & GEN_TRADE_TRANSFER ? "1" : "0");
    case DEAL_MONEY:
        at = gen_put_decimal(to, trade->amount_fen);
        if (trade->damage == GEN_DAMAGE_AMOUNT) *at++ = 'x';
        return at;
    case EQU_NO:
        at = gen_put_decimal(to, gen_terminal_number(trade) - UINT64_C(99800000000));
        if (trade->damage == GEN_DAMAGE_DEVICE) to[3] = 'D';
        return at;
    default: return to;
    }
}

size_t gen_render_szt_head(const struct gen_file *file, char *to)
{
    const uint8_t *order = orders[file->variant % 3];
    char *at = to;

    for (unsigned i = 0; i < COLUMNS; i++) {
        if (i > 0) *at++ = ',';
        at = gen_put_text(at, names[order[i]]);
    }
    *at++ = '\n';
    return (size_t)(at - to);
}

size_t gen_render_szt_csv(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, char *to)
{
    const uint8_t *order = orders[file->variant % 3];
    const unsigned columns = trade->damage == GEN_DAMAGE_COLUMNS ? COLUMNS - 1 - trade->serial % 3 : COLUMNS;
    char *at = to;

    for (unsigned i = 0; i < columns; i++) {
        const bool quoted = order[i] == DEAL_DATE || order[i] == CLOSE_DATE;
        if (i > 0) *at++ = ',';
        if (quoted) *at++ = '"';
        at = put_column(world, trade, (enum column)order[i], at);
        if (quoted) *at++ = '"';
    }
    *at++ = '\n';
    return (size_t)(at - to);
}

size_t gen_render_szt_json(const struct gen_world *world, const struct gen_file *file, const struct gen_trade *trade, uint64_t number, char *to)
{
    const uint8_t *order = orders[file->variant % 3];
    char *at = to;

    if (number > 1) *at++ = ',';
    *at++ = '{';
    for (unsigned i = 0; i < COLUMNS; i++) {
        if (i > 0) *at++ = ',';
        *at++ = '"';
        at = gen_put_text(gen_put_text(at, names[order[i]]), trade->damage == GEN_DAMAGE_OBJECT && i == 0 ? "\":?\"" : "\":\"");
        at = put_column(world, trade, (enum column)order[i], at);
        *at++ = '"';
    }
    *at++ = '}';
    return (size_t)(at - to);
}
