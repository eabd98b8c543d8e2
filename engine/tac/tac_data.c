/* tac_data.c: the bytes of a purchase that a card makes its code over. See tac.h. */
#include "base/bytes.h"
#include "base/day.h"
#include "tac/tac.h"

static uint8_t bcd2(int value)
{
    return (uint8_t)(value / 10 << 4 | value % 10);
}

uint64_t clr_tac_bcd12(uint64_t decimal)
{
    uint64_t packed = 0;

    for (int i = 0; i < 12; i++, decimal /= 10) packed |= decimal % 10 << 4 * i;
    return packed;
}

/* amount, type, terminal: where all forms begin */
static bool put_head(uint64_t amount_fen, uint8_t type, uint64_t terminal, uint8_t *data)
{
    uint8_t number[8];

    if (amount_fen > UINT32_MAX || terminal >> 48 != 0) return false;
    clr_put_be32(data, (uint32_t)amount_fen);
    data[4] = type;
    clr_put_be64(number, terminal);
    memcpy(data + 5, number + 2, 6);
    return true;
}

/* date 4 and time 3: where all forms end */
static bool put_time(int64_t time_s, uint8_t *data)
{
    const int64_t first = clr_time_of(1, 1, 1, 0, 0, 0), last = clr_time_of(9999, 12, 31, 23, 59, 59);
    int year, month, day;

    if (time_s < first || time_s > last) return false;
    const clr_day date = clr_day_of_time(time_s);
    const int second = (int)(time_s + CLR_ZONE_OFFSET_S - (int64_t)date * CLR_DAY_S);

    clr_day_to_date(date, &year, &month, &day);
    data[0] = bcd2(year / 100);
    data[1] = bcd2(year % 100);
    data[2] = bcd2(month);
    data[3] = bcd2(day);
    data[4] = bcd2(second / 3600);
    data[5] = bcd2(second / 60 % 60);
    data[6] = bcd2(second % 60);
    return true;
}

bool clr_tac_data22(uint64_t amount_fen, uint8_t type, uint64_t terminal, uint32_t serial, int64_t time_s, uint8_t data[22])
{
    uint8_t made[22];

    if (!put_head(amount_fen, type, terminal, made) || !put_time(time_s, made + 15)) return false;
    clr_put_be32(made + 11, serial);
    memcpy(data, made, sizeof made);
    return true;
}

bool clr_tac_data18(uint64_t amount_fen, uint8_t type, uint64_t terminal, int64_t time_s, uint8_t data[18])
{
    uint8_t made[18];

    if (!put_head(amount_fen, type, terminal, made) || !put_time(time_s, made + 11)) return false;
    memcpy(data, made, sizeof made);
    return true;
}
