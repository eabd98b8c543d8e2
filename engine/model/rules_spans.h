/*
 * rules_spans.h: private to the rules folder: does anything hold twice at one time? Rows of one key must not overlap in validity.
 *
 * Owner     keys are borrowed until clr_rules_spans_free().
 * Threads   one.
 */
#ifndef CLR_MODEL_RULES_SPANS_H
#define CLR_MODEL_RULES_SPANS_H

#include "base/bytes.h"
#include "base/day.h"
#include "base/status.h"

struct clr_rules_span {
    struct clr_bytes key;
    uint32_t space;                           /* keys of different spaces are different */
    clr_day from, to;                         /* inclusive */
    uint64_t line;
};

struct clr_rules_spans {
    struct clr_rules_span *span;
    size_t count, capacity;
};

/** @return CLR_OK | CLR_FULL */
CLR_MUST_USE enum clr_status clr_rules_spans_add(struct clr_rules_spans *spans, const struct clr_rules_span *span);

/** A row that overlaps an earlier line of its key (of several the one with the smallest line), NULL when there is none. Sorts the spans. */
const struct clr_rules_span *clr_rules_spans_clash(struct clr_rules_spans *spans, uint64_t *earlier_line);

void clr_rules_spans_free(struct clr_rules_spans *spans);

#endif
