/*
 * szt.h: the record of the Shenzhen Tong open data, whether it comes as CSV or as JSON.
 *
 * Amounts are fen. No card counter, no SAM, no TAC, no balance: identity is card, time, device and type.
 *
 * Threads   constant and pure.
 * Source    the publisher's column list; deal types are 地铁入站 (entry), 地铁出站 (exit), 巴士 (bus).
 */
#ifndef CLR_CODECS_SZT_H
#define CLR_CODECS_SZT_H

#include "fields.h"

#define CLR_SZT_FIELD_COUNT 11

/** Field numbers, in the order of the table. */
enum {
    CLR_SZT_CARD = 1, CLR_SZT_DEAL_DATE, CLR_SZT_CLOSE_DATE, CLR_SZT_TYPE, CLR_SZT_VALUE, CLR_SZT_MONEY, CLR_SZT_COMPANY, CLR_SZT_DEVICE,
    CLR_SZT_VEHICLE, CLR_SZT_STATION, CLR_SZT_TRANSFER
};

/** raw->type; 0 is a word that is none of these. */
enum { CLR_SZT_ENTRY = 1, CLR_SZT_EXIT = 2, CLR_SZT_BUS = 3 };

extern const struct clr_field clr_szt_fields[CLR_SZT_FIELD_COUNT];
extern const struct clr_field_name clr_szt_field_names[CLR_SZT_FIELD_COUNT];

/** Read all fields, text[n − 1] is field n, and make the checks that no row can say. */
void clr_szt_read(const struct clr_bytes *text, struct clr_reader *reader, struct clr_raw *raw, struct clr_extra *extra);

#endif
