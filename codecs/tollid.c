/* tollid.c: see tollid.h. */
#include "tollid.h"

#define NETWORK_SIZE 4
#define CARD_SIZE 16
#define TERMINAL_MAX ((UINT64_C(1) << 48) - 1)

static char *put(char *to, struct clr_bytes text)
{
    for (size_t i = 0; i < text.size; i++) *to++ = text.data[i] >= 'a' && text.data[i] <= 'z' ? (char)(text.data[i] - 0x20) : (char)text.data[i];
    return to;
}

/* The last `digits` digits of a number, then a blank. */
static char *put_number(char *to, uint64_t value, unsigned digits, unsigned base)
{
    for (unsigned i = digits; i > 0; i--, value /= base) to[i - 1] = "0123456789ABCDEF"[value % base];
    to[digits] = ' ';
    return to + digits + 1;
}

static size_t write_card(const struct clr_tollid *toll, char text[2 * CLR_TOLLID_SIZE])
{
    char *at = text;
    int year, month, day;

    if (toll->network.size != NETWORK_SIZE || toll->card.size != CARD_SIZE || toll->terminal > TERMINAL_MAX || toll->time_s == CLR_TIME_NONE) return 0;
    clr_day_to_date(clr_day_of_time(toll->time_s), &year, &month, &day);
    const unsigned of_day = (unsigned)((toll->time_s + CLR_ZONE_OFFSET_S) - (int64_t)clr_day_of_time(toll->time_s) * CLR_DAY_S);
    const unsigned clock = of_day / 3600 * 10000 + of_day / 60 % 60 * 100 + of_day % 60;
    const unsigned date = (unsigned)year * 10000 + (unsigned)month * 100 + (unsigned)day;
    *at++ = 'C';
    *at++ = ' ';
    at = put(at, toll->network);
    *at++ = ' ';
    at = put(at, toll->card);
    *at++ = ' ';
    at = put_number(at, toll->terminal, 12, 16);
    at = put_number(at, toll->terminal_counter, 8, 16);
    at = put_number(at, (uint64_t)date * 1000000 + clock, 14, 10);
    *at++ = (char)('0' + toll->event % 10);
    return (size_t)(at - text);
}

static size_t write_trade(const struct clr_tollid *toll, char text[2 * CLR_TOLLID_SIZE])
{
    char *at = text;

    if (toll->trade_id.size == 0 || toll->trade_id.size > CLR_TOLLID_SIZE - 4) return 0;
    *at++ = 'T';
    *at++ = ' ';
    at = put(at, toll->trade_id);
    *at++ = ' ';
    *at++ = (char)('0' + toll->event % 10);
    return (size_t)(at - text);
}

size_t clr_tollid_write(const struct clr_tollid *toll, uint8_t to[CLR_TOLLID_SIZE])
{
    char text[2 * CLR_TOLLID_SIZE];
    const bool read = toll->terminal_counter != 0 || toll->tac != 0;
    const size_t size = read ? write_card(toll, text) : write_trade(toll, text);

    if (size > CLR_TOLLID_SIZE) return 0;
    memcpy(to, text, size);
    return size;
}
