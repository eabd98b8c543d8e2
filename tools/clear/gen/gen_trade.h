/*
 * gen_trade.h: one planned trade, the ways to break its record, and the planner that draws trades in time order.
 *
 * Time      slot i of n has the time at which the day's arrival curve reaches i/n; so trades come in order without being sorted.
 * Chains    a card's counter rises by one and its balance falls by the amount with every trade; a terminal's serial rises by one.
 *           A card's trades never share a second.
 * Threads   one planner, one thread.
 */
#ifndef CLEAR_GEN_TRADE_H
#define CLEAR_GEN_TRADE_H

#include "gen_world.h"

/* What is wrong with a record: name, its primary reason, whether the amount can be read, formats that can have it. */
#define GEN_OF_YZ 1u
#define GEN_OF_XF 2u
#define GEN_OF_CSV 4u
#define GEN_OF_JSON 8u
#define GEN_OF_MOVES 16u
#define GEN_OF_TRADE 32u
#define GEN_OF_CARD (GEN_OF_YZ | GEN_OF_XF)
#define GEN_OF_OPEN (GEN_OF_CSV | GEN_OF_JSON)
#define GEN_OF_TAPS (GEN_OF_CARD | GEN_OF_TRADE)        /* with card counter, PSAM and TAC */
#define GEN_OF_ALL (GEN_OF_TAPS | GEN_OF_OPEN | GEN_OF_MOVES)
#define GEN_DAMAGE_LIST(X)                                                                                     \
    X(NONE,       MALFORMED,      true,  0)                                                                    \
    X(AMOUNT,     MALFORMED,      false, GEN_OF_ALL)      /* letters in the amount */                          \
    X(CARD,       MALFORMED,      true,  GEN_OF_TAPS | GEN_OF_OPEN)  /* blank, or letters that are none */     \
    X(SERIAL,     MALFORMED,      true,  GEN_OF_TAPS)     /* letters in the PSAM serial */                     \
    X(PSAM,       MALFORMED,      true,  GEN_OF_TAPS)     /* blank */                                          \
    X(COUNTER,    MALFORMED,      true,  GEN_OF_TAPS)                                                          \
    X(SHORT,      MALFORMED,      false, GEN_OF_CARD)     /* a line cut off */                                 \
    X(LONG,       MALFORMED,      false, GEN_OF_CARD)     /* a line with something behind */                   \
    X(INDUSTRY,   MALFORMED,      true,  GEN_OF_YZ | GEN_OF_TRADE)                                             \
    X(GRAY_CODE,  MALFORMED,      true,  GEN_OF_XF)                                                            \
    X(TAC_HEX,    MALFORMED,      true,  GEN_OF_TAPS)                                                          \
    X(COLUMNS,    MALFORMED,      false, GEN_OF_CSV | GEN_OF_MOVES | GEN_OF_TRADE)  /* a column too few */                    \
    X(OBJECT,     MALFORMED,      false, GEN_OF_JSON)     /* an object that is not JSON */                       \
    X(DEVICE,     MALFORMED,      true,  GEN_OF_OPEN)     /* letters in the device number */                   \
    X(TYPE,       UNKNOWN_TYPE,   true,  GEN_OF_TAPS | GEN_OF_OPEN)                                            \
    X(DATE,       BAD_DATE,       true,  GEN_OF_ALL)      /* 31 February */                                    \
    X(FUTURE,     BAD_DATE,       true,  GEN_OF_ALL)      /* after the stamp */                                \
    X(TAC_BLANK,  TAC_ABSENT,     true,  GEN_OF_TAPS)                                                          \
    X(TAC_CONST,  TAC_ABSENT,     true,  GEN_OF_TAPS)     /* what a terminal writes when its SAM fails */      \
    X(BLACK,      CARD_STATUS,    true,  GEN_OF_YZ)       /* marked as a black-card transaction */             \
    X(EXPIRED,    CARD_EXPIRED,   true,  GEN_OF_XF)                                                            \
    X(AFTER,      ARITHMETIC,     true,  GEN_OF_YZ)       /* balance after does not fit */                     \
    X(INNER,      FIELD_MISMATCH, true,  GEN_OF_YZ)       /* inner card number of another card */

#define X(name, ...) GEN_DAMAGE_##name,
enum gen_damage { GEN_DAMAGE_LIST(X) GEN_DAMAGE_COUNT };
#undef X

#define GEN_FUTURE_S (400 * CLR_DAY_S)        /* further than any stamp that is accepted */

/** Primary reason of a damage (a bit number), and whether its amount can still be read. */
enum clr_reason gen_damage_reason(enum gen_damage damage);
bool gen_damage_leaves_amount(enum gen_damage damage);

/** A damage that the format can have, drawn evenly. */
enum gen_damage gen_damage_draw(struct gen_random *random, enum clr_format format);

enum {
    GEN_TRADE_GRAY = 1, GEN_TRADE_LOCK = 2, GEN_TRADE_BONUS = 4, GEN_TRADE_MONTHLY = 8, GEN_TRADE_TRANSFER = 16, GEN_TRADE_NO_UNIT = 32,
    GEN_TRADE_UNKNOWN_CARD = 64, GEN_TRADE_UNKNOWN_UNIT = 128, GEN_TRADE_TEST = 256, GEN_TRADE_ENTRY = 512, GEN_TRADE_NO_TAC = 1024,
    GEN_TRADE_LOAD = 2048, GEN_TRADE_UNKNOWN_PARTY = 4096, GEN_TRADE_BAD_TAC = 8192,
};

struct gen_trade {
    int32_t time_s;                           /* seconds after 00:00 of the date; negative: the days before */
    uint32_t card;                            /* card, or ordinal of an unknown card */
    uint32_t terminal;                        /* number within its operator */
    uint32_t serial;                          /* of the terminal's SAM; moves: the number in the row's id */
    uint32_t amount_fen, price_fen, balance_fen;
    uint32_t tac;
    uint16_t operator;
    uint16_t counter;
    uint16_t flags;
    uint8_t type;                             /* 6 or 9; open data: 1 entry, 2 exit, 3 bus */
    uint8_t damage;                           /* enum gen_damage */
    uint16_t file;                            /* where it was written, */
    uint32_t number;                          /* and as which record, from 1 */
};

struct gen_inside {                           /* a card between metro entry and exit */
    uint32_t card;
    int32_t due_s;
    uint16_t operator;
};

struct gen_planner {
    struct gen_world *world;
    struct gen_random *random;
    struct gen_inside *inside;                /* ring, in order of entry */
    size_t inside_first, inside_count, inside_size;
    uint32_t unknown;                         /* unknown cards so far */
};

CLR_MUST_USE enum clr_status gen_planner_make(struct gen_world *world, struct gen_random *random, struct gen_planner *out, struct clr_fault *fault);
void gen_planner_free(struct gen_planner *planner);

/** Time of slot i of n. In open data one in 64 records is of the evening before: it reached the centre with this day's. */
int32_t gen_time_of_slot(enum clr_format format, uint64_t slot, uint64_t slots);

enum gen_want { GEN_WANT_NORMAL, GEN_WANT_PLAIN, GEN_WANT_STOPPED, GEN_WANT_ZERO, GEN_WANT_UNKNOWN_CARD };

/**
 * Draw the next trade of a source and let its card and terminal live through it.
 *
 * @param want  WANT_PLAIN: an ordinary purchase, nothing special about it. WANT_ZERO: free of charge. WANT_UNKNOWN_CARD: nobody's card.
 *              WANT_STOPPED: a card of the stop list; false when there is none.
 */
bool gen_plan_trade(struct gen_planner *planner, const struct gen_source *source, int32_t time_s, enum gen_want want, struct gen_trade *out);

/** A TAC that is none of the constants for "no TAC". */
uint32_t gen_plan_tac(struct gen_random *random);

/** A card for a load at that time, its balance raised. */
uint32_t gen_plan_load(struct gen_planner *planner, uint32_t amount_fen);

/** Does a record of this trade make an obligation when it is accepted? */
bool gen_trade_owes(const struct gen_trade *trade);

#endif
