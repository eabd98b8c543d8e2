/*
 * split.h: one toll over the units it was paid for: lists read, shares to the fen, parts given back. Pure arithmetic.
 *
 * Reads     lists as written, '|' between their items: "G001537008002210|G001537008000810", "0|200", "32:1900|37:853". Nothing is copied; unit
 *           texts point into what was given.
 * Units     fen. Amounts here are absolute: a list with a minus is not readable.
 * Shares    charges that sum to the total are taken as they are. Otherwise share_i = floor(T·W_i / W) − floor(T·W_{i−1} / W) over running
 *           weights W_i (charges; dues where all charges are 0), products of 128 bits: one pass, no sort, defined by the order alone, and the
 *           shares sum to T whatever the weights are. All weights 0: the exit unit, which is the last of the list, gets all.
 * Promise   sum of shares = total; every share >= 0; a list beyond CLR_SPLIT_UNITS_MAX is a gap, never cut.
 * Standard  clearing-rules.md 5 (toll), etc.md 3.
 * Threads   pure.
 */
#ifndef CLR_CLEAR_SPLIT_H
#define CLR_CLEAR_SPLIT_H

#include "base/bytes.h"
#include "base/money.h"

/** Units of one journey, and provinces of one: journeys have about 64 and 6 at most. */
#define CLR_SPLIT_UNITS_MAX 512
#define CLR_SPLIT_PROVINCES_MAX 64

/** Why a toll cannot be split: each is the reason split-incomplete, told apart for people. */
enum clr_split_gap {
    CLR_SPLIT_WHOLE,                        /* nothing is missing */
    CLR_SPLIT_NO_LIST,                      /* no units are listed */
    CLR_SPLIT_TOO_MANY,                     /* more than the declared limit */
    CLR_SPLIT_UNREADABLE,                   /* an item is empty, no number, or above CLR_RECORD_FEN_MAX */
    CLR_SPLIT_LENGTHS,                      /* the lists have different lengths, or there are no weights at all */
    CLR_SPLIT_PROVINCES,                    /* the provinces' parts are not known */
    CLR_SPLIT_UNKNOWN_UNIT,                 /* no owner for a unit on that day (clear/toll.h) */
    CLR_SPLIT_GAP_COUNT
};

/** English and Chinese text of a gap; "" for CLR_SPLIT_WHOLE. */
const char *clr_split_gap_en(enum clr_split_gap gap);
const char *clr_split_gap_zh(enum clr_split_gap gap);

struct clr_split_list {
    size_t count;
    struct clr_bytes unit[CLR_SPLIT_UNITS_MAX];
    clr_fen charge_fen[CLR_SPLIT_UNITS_MAX];
    clr_fen due_fen[CLR_SPLIT_UNITS_MAX];
    bool has_charges, has_dues;             /* else 0: not given */
};

/** An absent list: empty, or "0" alone, which is how senders write "none". */
bool clr_split_absent(struct clr_bytes list);

/** A number of fen: 1 to 12 digits and nothing else, at most CLR_RECORD_FEN_MAX. */
bool clr_split_fen(struct clr_bytes text, clr_fen *out);

/** Empty the list, for clr_split_append(). */
static inline void clr_split_begin(struct clr_split_list *list)
{
    list->count = 0;
    list->has_charges = list->has_dues = true;
}

/**
 * Add units with what was charged and due for each. Charges or dues may be absent, not both; a list that is there has as many items as units.
 * One call for an exit's own lists; one for each gantry row of a journey, in their order.
 *
 * @return CLR_SPLIT_WHOLE, else the list is not to be used
 */
enum clr_split_gap clr_split_append(struct clr_split_list *list, struct clr_bytes units, struct clr_bytes charges, struct clr_bytes dues);

/** clr_split_begin and one clr_split_append. */
enum clr_split_gap clr_split_read(struct clr_split_list *list, struct clr_bytes units, struct clr_bytes charges, struct clr_bytes dues);

/** Where the odd fen went. */
enum clr_split_way {
    CLR_SPLIT_AS_CHARGED,                   /* the charges sum to the total */
    CLR_SPLIT_BY_CHARGES,
    CLR_SPLIT_BY_DUES,                      /* all charges are 0, or not given */
    CLR_SPLIT_TO_EXIT                       /* all weights are 0 */
};

/** Shares of `total_fen` (0..CLR_RECORD_FEN_MAX), one a unit. The list has at least one unit. */
enum clr_split_way clr_split_share(const struct clr_split_list *list, clr_fen total_fen, clr_fen *share_fen);

/**
 * `total_fen` in proportion to weights by cumulative differencing, into share_fen (may be the same array as weight_fen).
 * @param total_fen  0..CLR_RECORD_FEN_MAX
 * @param weight_fen each 0..CLR_RECORD_FEN_MAX
 * @param count      1..CLR_SPLIT_UNITS_MAX
 * @return false: all weights are 0, nothing is written
 */
bool clr_split_weigh(clr_fen total_fen, const clr_fen *weight_fen, size_t count, clr_fen *share_fen);

/**
 * Give `refund_fen` back: each unit its part by what remains of its share. `remaining_fen` is lowered by what `part_fen` then holds. So parts
 * are never more than what remains, and any sequence of them that adds up to the whole returns every unit exactly.
 *
 * @return false: more than remains, or negative; nothing is written
 */
bool clr_split_refund(clr_fen *remaining_fen, size_t count, clr_fen refund_fen, clr_fen *part_fen);

/** What is charged of a unit after a discount of (10^6 − keep_ppm): half-up to the fen, as gantries compute it. due_fen 0..CLR_RECORD_FEN_MAX. */
static inline clr_fen clr_split_charged(clr_fen due_fen, uint32_t keep_ppm)
{
    return (clr_fen)(((clr_wide)due_fen * keep_ppm + CLR_PPM / 2) / CLR_PPM);
}

/** The discount is never rounded by itself: it is what is left. */
static inline clr_fen clr_split_discount(clr_fen due_fen, clr_fen charged_fen) { return due_fen - charged_fen; }

/* ---- provinces ---- */

/** What each province gets: the own part, and the others' in the order they are first named. Zero parts are not listed. */
struct clr_split_provinces {
    clr_fen own_fen;
    size_t count;
    struct clr_split_province { int province; clr_fen part_fen; } other[CLR_SPLIT_PROVINCES_MAX];
};

/**
 * First by province. Parts that sum to the total say it ("37:853", a longer code stands for its first two digits); else the whole is one's own
 * when the provinces passed name only it, or are absent.
 *
 * @param own  the province of one's own, 10..99; −1 not known: then only absent provinces are no gap
 */
enum clr_split_gap clr_split_by_province(clr_fen total_fen, struct clr_bytes provinces, struct clr_bytes parts, int own,
                                         struct clr_split_provinces *out);

#endif
