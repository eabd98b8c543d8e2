/*
 * gen_moves.h: rows of moves files: what is refunded, reversed or adjusted later, how, and with which outcome.
 *
 * An original is used once. Its parts stand one after the other in one file, so their outcome follows from the amounts alone.
 *
 * Threads   one.
 */
#ifndef CLEAR_GEN_MOVES_H
#define CLEAR_GEN_MOVES_H

#include "gen_file.h"

#define GEN_PARTS_MAX 5
#define GEN_REFERENCE_SIZE 320

/* One row about an original. */
struct gen_part {
    enum clr_kind kind;                       /* refund, reversal or adjust */
    int64_t amount_fen;                       /* of an adjustment: signed */
    int reason;                               /* expected, GEN_ACCEPTED if it counts */
    int64_t refunded_fen;                     /* given back before it */
    bool dangling;                            /* refers to a record that does not exist */
};

/** Draw what happens to an original of `amount_fen` > 0. @return number of parts. */
unsigned gen_parts_draw(struct gen_random *random, int64_t amount_fen, struct gen_part parts[GEN_PARTS_MAX]);

/* A row as it is printed. */
struct gen_move {
    uint64_t id;
    enum clr_kind kind;
    const char *reference;                    /* orig_id, "" if none */
    const char *card, *issuer, *acquirer;     /* codes */
    enum clr_service service;
    int32_t time_s;
    int64_t amount_fen, price_fen;            /* price −1: left empty */
    enum gen_damage damage;
};

size_t gen_render_move(const struct gen_world *world, const struct gen_move *move, char *to);

/** "sender/file/number" of a record. @return `text`. */
const char *gen_reference(const struct gen_rules *rules, const struct gen_file *file, uint64_t number, char text[GEN_REFERENCE_SIZE]);

/** When the money went back: within two hours, not after the day. */
int32_t gen_move_time(struct gen_random *random, int32_t time_s);

#endif
