/*
 * rules_split.h: who owns a toll unit on a day (splits.csv), and which province is one's own.
 *
 * Standard  clearing-rules.md 5 (toll): unit → section → owner by the journey date.
 * Shape     a hash of the unit's text leads to its rows, of which at most one is valid on a day: tens of thousands of units cost one look
 *           and one comparison each.
 * Owner     texts are borrowed from the rules.
 * Threads   immutable; any number of readers.
 */
#ifndef CLR_MODEL_RULES_SPLIT_H
#define CLR_MODEL_RULES_SPLIT_H

#include "model/rules.h"

enum clr_rules_unit_state {
    CLR_RULES_UNIT_FOUND,
    CLR_RULES_UNIT_UNKNOWN,                   /* splits.csv has no row of the unit on that day */
    CLR_RULES_UNIT_OWNER_GONE                 /* it has, but its owner is no participant on that day */
};

struct clr_rules_unit {
    const char *section;                      /* "" where splits.csv gives none; "" unless FOUND or OWNER_GONE */
    int owner;                                /* participant index, -1 unless FOUND */
};

/** Section and owner of a unit (as written, blanks around it ignored) on a journey date. */
enum clr_rules_unit_state clr_rules_unit(const struct clr_rules *rules, struct clr_bytes unit, clr_day day, struct clr_rules_unit *out);

/**
 * The province in which a product's tolls are one's own: own_province of windows.ini, else the first two digits of the region of the
 * product's centre on `day`. -1: neither says it.
 */
int clr_rules_own_province(const struct clr_rules *rules, enum clr_product product, clr_day day);

#endif
