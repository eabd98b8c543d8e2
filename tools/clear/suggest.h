/*
 * suggest.h: the nearest known word to a mistyped one.
 *
 * Threads   pure.
 */
#ifndef CLEAR_SUGGEST_H
#define CLEAR_SUGGEST_H

#include <stddef.h>

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other, ASCII case ignored. Words over 63 bytes: 64. */
unsigned suggest_distance(const char *a, const char *b);

/** Remembers the best candidate so far; start from { typed, NULL, 0 }. */
struct suggestion {
    const char *typed;
    const char *best;            /* borrowed from the candidates; NULL when nothing is near */
    unsigned distance;
};

/** Offer one candidate. Near = at most a third of its letters wrong (at least 1, at most 3), or it begins with what was typed (>= 3). */
void suggest_offer(struct suggestion *suggestion, const char *candidate);

#endif
