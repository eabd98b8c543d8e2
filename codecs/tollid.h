/*
 * tollid.h: the identity of a toll record in one canonical text, the same whichever format it comes in.
 *
 *     C <network, 4> <card, 16> <terminal, 12 hex> <terminal counter, 8 hex> <yyyymmddhhmmss> <event>     the card was read
 *     T <trade id> <event>                                                                               it was not
 *
 * Letters are upper case; the time is the business zone's. A card was read when its terminal counter or its TAC is not zero.
 *
 * Threads   pure.
 * Source    clearing rules 3 (toll); event 1 original, 2 reversal, 3 replacement.
 */
#ifndef CLR_CODECS_TOLLID_H
#define CLR_CODECS_TOLLID_H

#include "codec.h"

#define CLR_TOLLID_SIZE 96

struct clr_tollid {
    struct clr_bytes network, card;         /* as written; letters of either case */
    struct clr_bytes trade_id;
    uint64_t terminal;
    uint32_t terminal_counter, tac;
    int64_t time_s;                         /* seconds since 1970 UTC */
    unsigned event;
};

/** @return bytes written to `to`, without a NUL; 0 when the parts do not make an identity: a wrong size, no time, no trade id. */
size_t clr_tollid_write(const struct clr_tollid *toll, uint8_t to[CLR_TOLLID_SIZE]);

#endif
