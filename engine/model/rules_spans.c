/* rules_spans.c: overlapping validity of one key. See rules_spans.h. */
#include "model/rules_spans.h"

#include <stdlib.h>

enum clr_status clr_rules_spans_add(struct clr_rules_spans *spans, const struct clr_rules_span *span)
{
    if (spans->count == spans->capacity) {
        const size_t capacity = spans->capacity == 0 ? 64 : spans->capacity * 2;
        struct clr_rules_span *grown = realloc(spans->span, capacity * sizeof *grown);

        if (grown == NULL) return CLR_FULL;
        spans->span = grown;
        spans->capacity = capacity;
    }
    spans->span[spans->count++] = *span;
    return CLR_OK;
}

static int by_key(const struct clr_rules_span *a, const struct clr_rules_span *b)
{
    const size_t common = a->key.size < b->key.size ? a->key.size : b->key.size;
    const int order = common == 0 ? 0 : memcmp(a->key.data, b->key.data, common);

    if (a->space != b->space) return a->space < b->space ? -1 : 1;
    if (order != 0) return order;
    return (a->key.size > b->key.size) - (a->key.size < b->key.size);
}

static int by_key_then_start(const void *left, const void *right)
{
    const struct clr_rules_span *a = left, *b = right;
    const int order = by_key(a, b);

    if (order != 0) return order;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

const struct clr_rules_span *clr_rules_spans_clash(struct clr_rules_spans *spans, uint64_t *earlier_line)
{
    const struct clr_rules_span *found = NULL;

    if (spans->count > 1) qsort(spans->span, spans->count, sizeof *spans->span, by_key_then_start);
    /* Sorted by start, some overlap of a key shows between neighbours, if there is one at all. */
    for (size_t i = 1; i < spans->count; i++) {
        const struct clr_rules_span *a = &spans->span[i - 1], *b = &spans->span[i];
        const struct clr_rules_span *later = a->line > b->line ? a : b;

        if (by_key(a, b) != 0 || b->from > a->to || (found != NULL && found->line <= later->line)) continue;
        found = later;
        *earlier_line = later == a ? b->line : a->line;
    }
    return found;
}

void clr_rules_spans_free(struct clr_rules_spans *spans)
{
    free(spans->span);
    *spans = (struct clr_rules_spans){ 0 };
}
