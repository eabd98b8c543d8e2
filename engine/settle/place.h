/*
 * place.h: from the party ids of cells to the names that a ledger shows: participant, member or region.
 *
 *     clr_places_init → clr_places_find … (a visit for each party of a cell) → clr_places_settle → place numbers
 *
 * Promise   after clr_places_settle() the places are numbered by (code, window): within a window, place order is code order, and two
 *           visits with the same code and window are one place, whichever cell came first.
 * Owner     the places own their arrays; names are borrowed from the rules.
 * Threads   one.
 */
#ifndef CLR_SETTLE_PLACE_H
#define CLR_SETTLE_PLACE_H

#include "settle/position.h"

/** How one (rules version, party, window) is shown. */
struct clr_visit {
    uint32_t version;
    clr_party party;
    clr_day window;
    uint32_t place;                  /* after clr_places_settle() */
    uint64_t named_by;               /* who gave the name: a rules version, or more than any: the current rules */
    struct clr_name name;
};

#define CLR_PLACES_CURRENT UINT32_MAX    /* as a version number: the current rules, whether the lookup knows them or not */

struct clr_places_version;

struct clr_places {
    enum clr_level level;
    const struct clr_rules *current; /* may be NULL: then every code is an old one */
    clr_rules_lookup *lookup;
    void *context;
    struct clr_places_version *version;  size_t version_count, version_last;
    struct clr_visit *visit;  size_t visit_count, visit_capacity;
    uint32_t *slot;  size_t slot_count;      /* hash of a visit → its index + 1 */
    struct clr_name *place;  size_t place_count;
};

void clr_places_init(struct clr_places *places, clr_rules_lookup *lookup, void *context, const struct clr_rules *current,
                     enum clr_level level);
void clr_places_free(struct clr_places *places);

/** Rules of a version, asked for once; NULL if unknown or out of memory (`*status` says which: CLR_DAMAGED or CLR_FULL). */
const struct clr_rules *clr_places_rules(struct clr_places *places, uint32_t version, enum clr_status *status);

/** @param[out] visit  index into places->visit. @return CLR_OK | CLR_FULL | CLR_DAMAGED (version or party unknown) */
CLR_MUST_USE enum clr_status clr_places_find(struct clr_places *places, uint32_t version, clr_party party, clr_day window, uint32_t *visit);

/** Number the places; no clr_places_find() after it. */
CLR_MUST_USE enum clr_status clr_places_settle(struct clr_places *places);

/** How a row of the current rules is shown at this level on that day. */
struct clr_name clr_places_current_name(const struct clr_places *places, int participant, clr_day window);

/** Row of a code on a day, else any row of it, else -1. NULL rules have none. */
int clr_places_row(const struct clr_rules *rules, const char *code, clr_day day);

#endif
